"""Switching mechanisms off: what is run again, what is lost, and the command."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from experiments import Ablation, ablation, measure_patterns
from experiments.ablating import check_mechanisms
from experiments.cli import app
from experiments.validation.lives import Lives, survival_of
from simulation import Scenario
from simulation.mechanisms import Mechanisms, needed_for
from simulation.problems import InputError

MECHANISM, PATTERN = "renegotiation", "P32"


@pytest.fixture(scope="module")
def found(tiny: Scenario) -> Ablation:
    return ablation(tiny.with_(name="tiny"), worlds=4, only=[MECHANISM], patterns=[PATTERN, "P02"])


def invoke(*words: str) -> Any:
    sets = [
        word for key in ("firms.count=20", "time.quarters=60", "time.warm_up_quarters=10") for word in ("--set", key)
    ]
    return CliRunner().invoke(app, ["ablation", *sets, *words])


def test_verdicts_are_those_of_the_scoreboard(found: Ablation, tiny: Scenario) -> None:
    names = [PATTERN, "P02"]
    on = measure_patterns(tiny, worlds=4, only=names)
    off = measure_patterns(tiny.with_({f"mechanisms.{MECHANISM}": False}), worlds=4, only=names)
    assert [row.parts for row in found.board.rows] == [row.parts for row in on.rows]
    (row,) = found.rows
    was, now = ({one.pattern.id: one for one in board.rows if one.holds} for board in (on, off))
    assert {flip.pattern for flip in row.lost} == set(was) - set(now)
    assert {flip.pattern for flip in row.gained} == set(now) - set(was)
    assert row.held == off.held
    assert row.asked == needed_for(MECHANISM)


def test_five_year_survival_is_compared_in_the_same_worlds(found: Ablation, tiny: Scenario) -> None:
    from experiments.validation.evidence import Arm, gather

    arm = Arm("base", {}, (Lives,))
    shares = []
    for scenario in (tiny, tiny.with_({f"mechanisms.{MECHANISM}": False})):
        evidence = gather(scenario, [arm], 4)["base"]
        shares.append(survival_of({key: value.sum(axis=0) for key, value in evidence.items()}, 20))
    (row,) = found.rows
    assert row.survival.value == pytest.approx(shares[1])
    assert row.change.value == pytest.approx(shares[1] - shares[0])
    assert row.change.low <= row.change.value <= row.change.high
    assert not row.is_at_rest


def test_a_pattern_whose_arms_differ_by_the_mechanism_only_is_clearly_lost(tiny: Scenario) -> None:
    """Without shocks the two arms of P13 are one; it needs no luck to tell that it is lost."""
    found = ablation(tiny, worlds=3, only=["shocks"], patterns=["P13"])
    lost = found.rows[0].lost
    if found.board.rows[0].holds:
        assert [(flip.pattern, flip.is_clear) for flip in lost] == [("P13", True)]
        assert lost[0].after.value == lost[0].after.low == lost[0].after.high == 0
    else:
        assert lost == ()


def test_what_is_at_rest_already_is_not_run_again(tiny: Scenario) -> None:
    seen: list[tuple[int, int]] = []
    off = tiny.with_(mechanisms__loyalty=False)
    found = ablation(
        off, worlds=2, only=["loyalty"], patterns=["P02"], progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (2, 2)
    (row,) = found.rows
    assert row.is_at_rest
    assert row.change == (0, 0, 0)
    assert found.notes() == ["At rest in this scenario already, so that nothing changes: loyalty."]


def test_progress_counts_up_to_all_runs_and_the_work_is_announced(tiny: Scenario) -> None:
    seen: list[tuple[int, int]] = []
    told: list[str] = []
    ablation(
        tiny, worlds=2, only=["racing", "loyalty"], patterns=["P02"], notify=told.append,
        progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert seen[-1] == (6, 6)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(told) == 1
    assert told[0].startswith("3 scoreboards of up to 1 arm, 2 worlds each: 6 runs, about ")


def test_the_same_seed_gives_the_same_numbers_and_one_world_no_interval(tiny: Scenario) -> None:
    once, again = (ablation(tiny, worlds=1, only=["loyalty"], patterns=["P02"], jobs=jobs) for jobs in (1, 2))
    assert once.columns()["change"] == again.columns()["change"]
    assert math.isnan(once.rows[0].change.low)


def test_mechanisms_come_in_the_order_of_the_model() -> None:
    assert check_mechanisms(None) == list(Mechanisms.model_fields)
    assert check_mechanisms([" loyalty", "mechanisms.shocks"]) == ["shocks", "loyalty"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"only": ["loyal"]}, 'only: no mechanism "loyal"; did you mean "loyalty"?'),
        ({"only": ["xyz"]}, "`alliances mechanisms` lists them"),
        ({"only": []}, "names no mechanism"),
        ({"patterns": ["P99"]}, 'patterns: no pattern "P99"'),
        ({"patterns": []}, "patterns: names no pattern"),
        ({"worlds": 0}, "worlds"),
        ({"scenario": "baseline"}, "is not a Scenario"),
    ],
)
def test_wrong_input(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        ablation(**changes)
    assert says in str(caught.value)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_answers_first_and_writes_its_files(tmp_path: Path) -> None:
    out, table = tmp_path / "out", tmp_path / "ablation.md"
    words = ["--worlds", "2", "--only", MECHANISM, "--patterns", PATTERN, "--out", str(out), "--write", str(table)]
    done = invoke(*words)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Baseline, 2 worlds, 1 mechanism: ")
    assert f"Table: {out / 'ablation.md'}" in done.stdout.splitlines()[0]
    assert "five-year survival, of 100" in done.stdout
    assert "2 scoreboards of up to 4 arms, 2 worlds each: " in done.stderr
    assert {path.name for path in out.iterdir()} == {"ablation.json", "ablation.md"}
    assert table.read_text(encoding="utf-8") == (out / "ablation.md").read_text(encoding="utf-8")
    kept = json.loads((out / "ablation.json").read_text(encoding="utf-8"))
    asked = invoke(*words[:6], "--json")
    told = json.loads(asked.stdout)
    assert kept.pop("seconds") >= 0
    told.pop("seconds")
    assert told == kept
    assert [row["mechanism"] for row in told["mechanisms"]] == [MECHANISM]


def test_the_command_refuses_wrong_input_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for words, says in (
        (["--only", "loyal"], 'did you mean "loyalty"?'),
        (["--patterns", "P77"], 'no pattern "P77"'),
        (["--out", str(tmp_path / "file")], "is a file, not a folder"),
        (["--write", str(tmp_path / "none" / "x.md")], "its folder does not exist"),
    ):
        done = invoke(*words)
        assert done.exit_code == 2
        assert says in done.stderr
        assert done.stdout == ""
