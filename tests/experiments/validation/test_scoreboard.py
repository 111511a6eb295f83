"""The scoreboard: a small real run, bad input, and every form in which it is told."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from experiments import Scoreboard, measure_patterns
from experiments.cli import app
from experiments.validation.measure import Interval
from experiments.validation.patterns import patterns
from experiments.validation.scoreboard import Row, check_patterns, interval_text
from simulation import Scenario
from simulation.problems import InputError

SOME = ["P02", "P09", "P13", "P21", "P27"]


@pytest.fixture(autouse=True, scope="module")
def no_observations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The folder of real observations is missing here, as on most machines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLIANCES_DATA", str(tmp_path_factory.mktemp("nothing")))
        yield


@pytest.fixture(scope="module")
def board(tiny: Scenario) -> Scoreboard:
    return measure_patterns(tiny.with_(name="tiny"), worlds=3, only=SOME)


def invoke(*words: str) -> Any:
    return CliRunner().invoke(app, ["patterns", *words])


def test_rows_are_those_asked_for(board: Scoreboard) -> None:
    assert [row.pattern.id for row in board.rows] == SOME
    assert board.of == 5
    assert board.held == sum(row.holds is True for row in board.rows)
    for row in board.rows[:-1]:
        assert row.headline.low < row.headline.value < row.headline.high
        assert row.holds or row.reason
    assert board.rows[-1].holds is None
    assert board.rows[-1].reason.startswith("not measured here: the folder of observations is missing")


def test_the_same_seed_gives_the_same_numbers(board: Scoreboard, tiny: Scenario) -> None:
    again = measure_patterns(tiny, worlds=3, only=["P13"], jobs=1)
    assert again.rows[0].parts == board.rows[2].parts


def test_json_holds_what_was_promised(board: Scoreboard) -> None:
    found = json.loads(json.dumps(board.to_json(), allow_nan=False))
    assert {"held", "of", "scenario", "worlds", "patterns"} <= set(found)
    assert set(found["patterns"][0]) >= {"id", "name", "value", "low", "high", "band", "holds", "parts", "source"}
    assert found["patterns"][0]["band"] == [0.45, 0.7]
    assert found["patterns"][-1]["holds"] is None
    assert found["patterns"][-1]["value"] is None


def test_other_forms(board: Scoreboard, tmp_path: Path) -> None:
    assert len(board.frame()) == 5
    assert "| P09 | rivals part sooner |" in board.markdown()
    page = board.to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    assert page.index(board.sentence()) < page.index("rivals part sooner")
    assert page.count("<svg") == 1 + sum(row.curve is not None for row in board.rows)
    assert "<script" not in page
    assert board.plot().axes
    assert "Scoreboard(" in repr(board)
    assert "<table>" in board._repr_html_()


def test_a_setting_that_cannot_be_changed_leaves_its_pattern_out(tiny: Scenario) -> None:
    short = tiny.with_(time__warm_up_quarters=0, time__quarters=8)
    found = measure_patterns(short, worlds=1, only=["P02"])
    assert found.rows[0].holds is None
    assert found.rows[0].reason == "undefined in these worlds: share"


def row(name: str, holds: bool | None) -> Row:
    return Row(patterns()[name], {"value": Interval(1.0, math.nan, math.nan)}, holds, "" if holds else "why")


def test_the_sentence_names_what_misses() -> None:
    rows = (row("P01", True), row("P02", False), row("P03", None), row("P04", False))
    board = Scoreboard(Scenario(), 20, 1, rows)
    assert board.sentence() == (
        "Baseline, 20 worlds: 1 of 4 patterns of real alliances hold, P02 and P04 miss, P03 could not be told."
    )
    alone = Scoreboard(Scenario(), 1, 1, rows[:1])
    assert alone.sentence() == "Baseline, 1 world: 1 of 1 pattern of real alliances holds."


def test_intervals_as_text() -> None:
    assert interval_text(Interval(-0.1234, -0.2, 0.0)) == "−0.123 (−0.2 to 0)"


def test_ids_may_be_written_short_and_in_any_order() -> None:
    assert check_patterns(["p9", " P02 "]) == ["P02", "P09"]
    assert len(check_patterns(None)) == 33


@pytest.mark.parametrize(
    ("only", "says"),
    [(["P99"], 'no pattern "P99"; did you mean'), ([], "names no pattern"), (["x"], "they are P01 to P33")],
)
def test_unknown_patterns_are_input_errors(only: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        check_patterns(only)


def test_wrong_amounts_are_input_errors(tiny: Scenario) -> None:
    with pytest.raises(InputError):
        measure_patterns(tiny, worlds=0)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_answers_first_and_writes_its_files(tmp_path: Path) -> None:
    sets = [
        word for key in ("firms.count=20", "time.quarters=60", "time.warm_up_quarters=10") for word in ("--set", key)
    ]
    out, table = tmp_path / "out", tmp_path / "patterns.md"
    done = invoke("--worlds", "2", "--only", "P02,P27", *sets, "--out", str(out), "--write", str(table))
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0].startswith("Baseline, 2 worlds: ")
    assert "P27 not told: not measured here: the folder of observations is missing" in done.stdout
    assert sorted(file.name for file in out.iterdir()) == ["patterns.html", "patterns.json", "patterns.md"]
    assert table.read_text(encoding="utf-8").startswith("# Patterns of real alliances\n")
    told = invoke("--worlds", "2", "--only", "P02", *sets, "--json")
    assert json.loads(told.stdout)["of"] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--only", "P99"], 'did you mean "P29"?'),
        (["--only", ","], "names no pattern"),
        (["--worlds", "0"], "worlds"),
        (["baselin"], 'did you mean "baseline"?'),
        (["--set", "trust.intial=1"], 'did you mean "trust.initial"?'),
        (["--write", "nowhere/at/all.md"], "its folder does not exist"),
        (["--out", "a_file"], "is a file, not a folder"),
    ],
)
def test_wrong_input_ends_with_status_2(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_file").touch()
    monkeypatch.chdir(tmp_path)
    done = invoke(*words)
    assert done.exit_code == 2, done.output
    assert says in done.stderr
    assert "Traceback" not in done.output
    assert [file.name for file in tmp_path.iterdir()] == ["a_file"]
