"""The command line as a person and a script meet it."""

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

import simulation
from experiments.cli import app
from scenarios import names

ROOT = Path(__file__).resolve().parents[2]
TINY = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10"]
ARM = ["--arm", "managed: firms.alliance_function_share=0.5"]
VARY = ["--vary", "environment.shock_rate=0:0.3:3", "--vary", "trust.initial=0.2,0.8"]


def alliances(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="alliances")


def json_of(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


# --- run -------------------------------------------------------------------------------------------------------------


def test_run_answers_before_any_table() -> None:
    result = alliances("run", "baseline", *TINY)
    assert result.exit_code == 0
    assert result.stdout.startswith("Baseline, one world of 20 firms over 60 quarters: of 100 alliances ")
    assert "What ends them most is " in result.stdout.splitlines()[0]
    assert "trust, mean over time" in result.stdout
    assert "alliances formed / ended after the warm-up" in result.stdout
    assert re.search(r"sharers: alliances alive after 5 years / mean capital at the end +\d+ % / \d", result.stdout)


def test_a_run_without_alliances_says_so_with_dashes() -> None:
    alone = ["--set", "network.kind=empty", "--set", "formation.rate=0"]
    result = alliances("run", "baseline", *TINY, *alone)
    assert result.exit_code == 0, result.stderr
    assert "No alliance ended." in result.stdout
    for measure in ("median life", "trust, mean over time", "reciprocity of sharing"):
        assert re.search(rf"{measure} +– *\n", result.stdout)
    found = json_of(alliances("run", "baseline", *TINY, *alone, "--json"))
    assert (found["mean_trust"], found["reciprocity"], found["mean_fit"]) == (None, None, None)


def test_run_json_is_one_object_and_the_same_twice() -> None:
    first, second = (json_of(alliances("run", "baseline", "--seed", "3", *TINY, "--json")) for _ in range(2))
    assert first.pop("seconds") >= 0
    second.pop("seconds")
    assert first == second
    assert (first["scenario"], first["seed"], first["world"], first["firms"], first["quarters"]) == (
        "baseline",
        3,
        0,
        20,
        60,
    )
    other = json_of(alliances("run", "baseline", "--seed", "3", "--world", "1", *TINY, "--json"))
    assert other["endings"] != first["endings"]


@pytest.mark.slow
def test_run_leaves_a_folder_with_pictures_and_report(tmp_path: Path) -> None:
    out = tmp_path / "one"
    for _ in range(2):
        result = alliances("run", "baseline", *TINY, "--out", out)
        assert result.exit_code == 0, result.stderr
        assert f"Report: {out}/report.html" in result.stdout.splitlines()[0]
    pictures = {f"{name}.{kind}" for name in ("network", "survival", "endings", "living") for kind in ("png", "svg")}
    tables = {
        "events.parquet",
        "spells.parquet",
        "series.parquet",
        "series.csv",
        "summary.parquet",
        "summary.csv",
        "part-000000.parquet",
    }
    assert {path.name for path in out.rglob("*") if path.is_file()} == pictures | tables | {
        "report.html",
        "manifest.json",
    }
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["kind"] == "run"
    assert manifest["scenarios"]["as it is"]["firms"]["count"] == 20
    assert {"python", "numpy", "numba", "alliance-dynamics"} <= set(manifest["versions"])
    before = (out / "report.html").read_bytes()
    assert alliances("report", out).exit_code == 0
    assert (out / "report.html").read_bytes() == before


def test_a_run_that_fails_is_status_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise FloatingPointError("all is lost")

    monkeypatch.setattr(simulation, "simulate", never)
    result = alliances("run", "baseline", *TINY)
    assert result.exit_code == 3
    assert result.stderr == "Error: the run failed with FloatingPointError: all is lost\n"
    assert result.stdout == ""


# --- compare ---------------------------------------------------------------------------------------------------------


def test_compare_says_it_in_one_line_before_the_table(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    result = alliances("compare", "constant_change", *ARM, "--worlds", "6", *TINY, "--out", out)
    assert result.exit_code == 0, result.stderr
    number = r"\d+(\.\d)?"
    change = rf"[+−]?{number}"
    pattern = (
        rf"Constant change, 6 worlds: {number} of 100 alliances live five years\. With managed, {number} "
        rf"\({change}, 95 % {change} to {change}; better in \d of 6 worlds\)\. "
        rf"Report: {re.escape(str(out))}/report\.html"
    )
    assert re.fullmatch(pattern, result.stdout.splitlines()[0])
    assert "different luck in each arm" not in result.stdout  # not told from fewer than 20 worlds
    page = (out / "report.html").read_text()
    assert "alliances compare" in page or "made from Python" in page
    assert duckdb.connect().execute(f"SELECT count(*) FROM '{out}/parts/*.parquet'").fetchone() == (12,)


def test_compare_tells_what_pairing_saves_from_twenty_worlds_on() -> None:
    result = alliances("compare", "baseline", *ARM, "--worlds", "20", *TINY)
    assert "with different luck in each arm" in result.stdout


def test_compare_in_one_world_shows_no_interval() -> None:
    result = alliances("compare", "baseline", *ARM, "--worlds", "1", *TINY)
    assert result.exit_code == 0, result.stderr
    assert "1 world: " in result.stdout
    for wrong in ("1 worlds", "– to –", "per arm would have been"):
        assert wrong not in result.stdout


def test_compare_json_has_the_agreed_shape() -> None:
    words = [
        "compare",
        "constant_change",
        *ARM,
        "--arm",
        "flexible: firms.flexibility=1.0, trust.initial=0.5",
        "--worlds",
        "4",
        *TINY,
        "--json",
    ]
    found = json_of(alliances(*words))
    assert list(found["arms"]) == ["as it is", "managed", "flexible"]
    assert set(found["arms"]["managed"]["survival_5y"]) == {"mean", "low", "high"}
    assert set(found["differences"][0]) == {
        "arm",
        "outcome",
        "mean",
        "low",
        "high",
        "better_in",
        "worlds",
        "worlds_if_unpaired",
    }
    again = json_of(alliances(*words, "--jobs", "1"))
    assert found.pop("seconds") >= 0
    again.pop("seconds")
    assert again == found


# --- sweep -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_sweep_prints_counts_and_leaves_a_map(tmp_path: Path) -> None:
    out = tmp_path / "map"
    found = json_of(alliances("sweep", "baseline", *VARY, "--worlds", "3", *TINY, "--out", out, "--json"))
    assert (found["cells"], found["runs"], found["failed"]) == (6, 18, 0)
    assert found["seconds"] > 0
    assert {"heatmap.png", "heatmap.svg", "report.html", "summary.csv"} <= {path.name for path in out.iterdir()}
    again = alliances("sweep", "baseline", *VARY, "--worlds", "3", *TINY, "--out", out)
    assert "18 of 18 runs were there already" in again.stdout
    before = (out / "report.html").read_bytes()
    assert json_of(alliances("report", out, "--json")) == {"report": str(out / "report.html")}
    assert (out / "report.html").read_bytes() == before


@pytest.mark.parametrize("command", ["sweep", "compare"])
def test_only_a_sweep_says_that_it_keeps_what_is_done(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.sweeps.sweeping.run_parts", stopped)
    monkeypatch.setattr("experiments.comparisons.comparing.run_all", stopped)
    what = VARY if command == "sweep" else ARM
    result = alliances(command, "baseline", *what, "--worlds", "2", *TINY, "--out", tmp_path / "deep" / "out")
    assert result.exit_code == 130
    assert ("keeps what is done" in result.stderr) == (command == "sweep")
    assert result.stderr.splitlines()[-1].startswith("Stopped.")
    assert (tmp_path / "deep").exists() == (command == "sweep")
    if command == "sweep":
        redrawn = alliances("report", tmp_path / "deep" / "out")
        assert redrawn.exit_code == 0, redrawn.stderr
        assert redrawn.stdout.startswith("Not finished: 0 of 12 runs so far. Report: ")


def test_arms_may_hold_lists_of_tables() -> None:
    arm = "a: environment.events=[{quarter=20,scope='global'},{quarter=30}]"
    assert alliances("compare", "baseline", "--arm", arm, "--worlds", "2", *TINY).exit_code == 0


def test_shares_have_at_most_one_decimal() -> None:
    for name in names():
        assert not re.search(r"\d\.\d{2,} %", alliances("strategies", name).stdout), name


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "map"
    words = ["sweep", "baseline", *VARY, "--worlds", "3", *TINY, "--out", str(out), "--dry-run"]
    found = json_of(alliances(*words, "--json"))
    assert (found["cells"], found["runs"], found["left"]) == (6, 18, 18)
    assert found["minutes"] >= 0
    assert found["megabytes"] > 0
    assert "Nothing was written" in alliances(*words).stdout
    assert not out.exists()
    alliances(*words[:-1])
    assert json_of(alliances(*words, "--json"))["left"] == 0


def test_failed_runs_are_status_3_and_the_others_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = simulation.simulate

    def sometimes(scenario: Any, seed: int = 1, world: int = 0) -> Any:
        if world == 1:
            raise RuntimeError("the dice are gone")
        return real(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", sometimes)
    result = alliances("sweep", "baseline", *VARY, "--worlds", "3", *TINY, "--out", tmp_path / "map", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["failed"] == 6
    assert "6 of 18 runs failed, the first (world 1) with RuntimeError: the dice are gone" in result.stderr
    assert len((tmp_path / "map" / "failures.jsonl").read_text().splitlines()) == 6
    compared = alliances("compare", "baseline", *ARM, "--worlds", "2", *TINY, "--json")
    assert compared.exit_code == 3
    assert json.loads(compared.stdout)["failed"] == 2


# --- look up ---------------------------------------------------------------------------------------------------------


def test_scenarios_are_listed() -> None:
    assert [row["name"] for row in json_of(alliances("scenarios", "--json"))] == list(names())
    assert "constant_change" in alliances("scenarios").stdout


def test_parameters_are_found_by_word() -> None:
    found = json_of(alliances("parameters", "tacit", "--json"))
    assert {"knowledge.tacitness", "value.tacit_loss"} <= {row["key"] for row in found}
    assert {"key", "meaning", "default", "unit", "low", "high", "allowed", "source"} == set(found[0])
    assert "trust in an unknown partner" in alliances("parameters", "trust").stdout
    assert len(json_of(alliances("parameters", "--json"))) > 100
    nothing = alliances("parameters", "tacitnes")
    assert nothing.exit_code == 0 or "tacitness" in nothing.stderr


def test_strategies_are_formulas_in_words() -> None:
    text = alliances("strategies").stdout
    assert "(0.25 + 0.375 · trust + 0.375 · what the partner is seen to share) × (0.6 + 0.4 · trust)" in text
    assert "makes side deals" in text
    rows = json_of(alliances("strategies", "turn_and_burn", "--json"))
    assert sum(row["share"] for row in rows) == pytest.approx(1)


def test_phases_are_the_schedule() -> None:
    from simulation.schedule import STEP

    assert [row["name"] for row in json_of(alliances("phases", "--json"))] == [phase.name for phase in STEP]
    assert STEP[0].sentence in alliances("phases").stdout


def test_the_schema_is_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = json_of(alliances("schema"))
    assert "properties" in schema
    monkeypatch.setattr("scenarios.schema.schema_path", lambda: tmp_path / "schema.json")
    assert json_of(alliances("schema", "--write", "--json")) == {"written": str(tmp_path / "schema.json")}
    assert json.loads((tmp_path / "schema.json").read_text()) == schema


# --- wrong input -----------------------------------------------------------------------------------------------------

COMPARE, SWEEP = ["compare", "baseline", *TINY], ["sweep", "baseline", *TINY]
WRONG: list[tuple[list[str], str]] = [
    (["rum"], "run"),
    (["run", "baseline", "--sed", "1"], "--seed"),
    (["run"], "SCENARIO"),
    (["run", "baselin"], "baseline"),
    (["run", "nowhere.toml"], "nowhere.toml"),
    (["run", "baseline", "--seed", "-1"], "seed"),
    (["run", "baseline", "--seed", str(2**63)], "seed"),
    (["run", "baseline", "--seed", "one"], "--seed"),
    (["run", "baseline", "--world", "-1"], "world"),
    (["run", "baseline", "--set", "trust.inital=0.5"], "trust.initial"),
    (["run", "baseline", "--set", "trust.initial=1.5"], "0 to 1"),
    (["run", "baseline", "--set", "trust.initial"], "key=value"),
    (["run", "baseline", "--set", "firms.count=2.5"], "whole"),
    (["run", "baseline", "--set", "time.warm_up_quarters=240"], "warm_up"),
    ([*COMPARE], "--arm"),
    ([*COMPARE, "--arm", "managed"], "name: key=value"),
    ([*COMPARE, "--arm", "firms.flexibility=1"], "name: key=value"),
    ([*COMPARE, "--arm", "managed: firms.flexibilty=1"], "firms.flexibility"),
    ([*COMPARE, "--arm", "a: firms.flexibility=3"], "0 to 1"),
    ([*COMPARE, "--arm", "as it is: firms.flexibility=1"], "as it is"),
    ([*COMPARE, "--arm", "a: firms.flexibility=1", "--arm", "a: firms.flexibility=0"], "two arms"),
    ([*COMPARE, *ARM, "--worlds", "0"], "worlds"),
    ([*COMPARE, *ARM, "--worlds", "-5"], "worlds"),
    ([*COMPARE, *ARM, "--worlds", "many"], "--worlds"),
    ([*COMPARE, *ARM, "--jobs", "0"], "jobs"),
    ([*SWEEP, "--out", "OUT"], "--vary"),
    ([*SWEEP, *VARY], "--out"),
    ([*SWEEP, "--vary", "trust.initial", "--out", "OUT"], "key=low:high:n"),
    ([*SWEEP, "--vary", "trust.initial=0.2:0.8", "--out", "OUT"], "say how many: 0.2:0.8:7"),
    ([*SWEEP, "--vary", "trust.initial=0.8:0.2:3", "--out", "OUT"], "below"),
    ([*SWEEP, "--vary", "trust.inital=0.2:0.8:3", "--out", "OUT"], "trust.initial"),
    ([*SWEEP, "--vary", "trust.initial=0.2:1.8:3", "--out", "OUT"], "0 to 1"),
    ([*SWEEP, "--vary", "firms.count=20:30:4", "--out", "OUT"], "whole"),
    ([*SWEEP, *VARY, "--outcome", "survival_5", "--out", "OUT"], "survival_5y"),
    ([*SWEEP, *VARY, "--worlds", "0", "--out", "OUT"], "worlds"),
    ([*SWEEP, *VARY, "--worlds", "0", "--dry-run"], "worlds"),
    ([*SWEEP, *VARY, "--out", "FILE"], "is a file"),
    ([*SWEEP, *VARY, "--out", "FULL"], "other files (mine.txt)"),
    ([*COMPARE, *ARM, "--worlds", "2", "--out", "FULL"], "other files (mine.txt)"),
    (["run", "baseline", *TINY, "--out", "FULL"], "other files (mine.txt)"),
    (["run", "baseline", *TINY, "--out", "FILE"], "is a file"),
    (["run", "baseline", *TINY, "--out", "/proc/nowhere"], "/proc/nowhere"),
    (["report", "FULL"], "not a result folder"),
    (["report", "OUT"], "not a result folder"),
    (["strategies", "baselin"], "baseline"),
    (["parameters", "tacitnesss"], "tacitness"),
]


@pytest.mark.parametrize(("words", "expected"), WRONG, ids=[" ".join(words)[:60] for words, _ in WRONG])
def test_wrong_input_is_one_clear_message(words: list[str], expected: str, tmp_path: Path) -> None:
    (tmp_path / "FULL").mkdir()
    (tmp_path / "FULL" / "mine.txt").write_text("mine")
    (tmp_path / "FILE").write_text("x")
    places = {name: str(tmp_path / name) for name in ("OUT", "FULL", "FILE")}
    before = sorted(tmp_path.rglob("*"))
    result = alliances(*(places.get(word, word) for word in words))
    assert result.exit_code == 2, (result.stdout, result.stderr)
    assert result.stdout == ""
    assert expected in re.sub(r"\s*│\n│\s*", " ", result.stderr), result.stderr
    assert "Traceback" not in result.stderr
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_another_plan_in_the_folder_is_refused_and_nothing_touched(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    assert alliances(*COMPARE, *ARM, "--worlds", "2", "--out", out).exit_code == 0
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    for words, expected in (
        ([*COMPARE, *ARM, "--worlds", "2", "--seed", "2"], "seed is 1 there, 2 now"),
        (
            [*COMPARE, "--arm", "managed: firms.alliance_function_share=0.6", "--worlds", "2"],
            "firms.alliance_function_share is 0.5 there, 0.6 now",
        ),
        (["run", "baseline", *TINY], "holds the result of a compare, not of a run"),
        ([*SWEEP, *VARY], "holds the result of a compare, not of a sweep"),
    ):
        result = alliances(*words, "--out", out)
        assert result.exit_code == 2
        assert expected in result.stderr
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before
