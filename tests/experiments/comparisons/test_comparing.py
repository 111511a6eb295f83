"""Comparisons: the same luck in every arm, honest intervals, a folder that can be read again."""

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import simulation
from experiments.analysis.survival import median_life_estimate
from experiments.comparisons.comparing import Comparison, compare
from experiments.comparisons.comparison_folder import load_comparison
from experiments.outcomes import OUTCOMES, life_table, outcomes
from experiments.provenance import BASE
from experiments.runner import RunsFailedError
from simulation.problems import InputError
from simulation.scenario import Scenario

ARMS: dict[str, Any] = {"managed": {"firms.alliance_function_share": 0.5}, "flexible": {"firms.flexibility": 1.0}}


@pytest.fixture(scope="module")
def result() -> Comparison:
    base = Scenario().with_(firms__count=20, time__quarters=60, time__warm_up_quarters=10)
    return compare(base, ARMS, worlds=8, seed=4)


def test_the_base_comes_first_and_all_arms_are_there(result: Comparison) -> None:
    assert list(result.arms) == [BASE, "managed", "flexible"]
    assert len(result.differences) == 2 * len(OUTCOMES)
    assert result.scenarios["managed"].firms.alliance_function_share == 0.5
    assert result.changes("flexible") == {"firms.flexibility": 1.0}


def test_a_row_is_a_run_of_the_same_world(result: Comparison, tiny: Scenario) -> None:
    for arm, scenario in ((BASE, tiny), ("managed", tiny.with_(firms__alliance_function_share=0.5))):
        run = simulation.simulate(scenario, seed=4, world=3)
        np.testing.assert_array_equal([result.table[arm][name][3] for name in OUTCOMES], list(outcomes(run).values()))
        np.testing.assert_array_equal(result.life[arm].deaths[3], life_table(run).deaths)
        np.testing.assert_array_equal(result.series[arm][3], run.series("living"))


def test_an_arm_that_changes_nothing_differs_by_nothing(tiny: Scenario) -> None:
    same = compare(tiny, {"same": tiny}, worlds=4)
    for item in same.differences:
        if item.worlds:
            assert (item.mean, item.low, item.high, item.better_in) == (0.0, 0.0, 0.0, 0)
    assert "(0, 95 % 0 to 0; better in 0 of 4 worlds)" in same.sentence()


def test_better_follows_what_a_strategist_hopes_for(result: Comparison) -> None:
    item = result.difference("managed", "dilemma_share")
    change = result.table["managed"]["dilemma_share"] - result.table[BASE]["dilemma_share"]
    assert item.better_in == (change < 0).sum()


def test_json_has_the_shape_that_scripts_rely_on(result: Comparison) -> None:
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))
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


def test_the_sentence_answers_first(result: Comparison) -> None:
    assert result.sentence().startswith("Baseline, 8 worlds: ")
    assert "of 100 alliances live five years. With managed, " in result.sentence()


def test_a_comparison_speaks_for_itself(result: Comparison) -> None:
    frame = result.frame()
    assert len(frame) == 3 * len(OUTCOMES)
    assert frame.loc[frame["arm"] == BASE, "difference"].isna().all()
    assert "managed" in repr(result)
    assert "<script" not in result._repr_html_()
    assert result.plot().axes
    assert result.plot("mean_capital").axes
    with pytest.raises(InputError):
        result.plot("mean_capitall")


@pytest.mark.slow
def test_a_folder_gives_the_comparison_back(tiny: Scenario, tmp_path: Path) -> None:
    first = compare(tiny, ARMS, worlds=5, out=tmp_path / "demo")
    again = load_comparison(tmp_path / "demo")
    assert again.sentence() == first.sentence()
    assert again.differences == first.differences
    for arm in first.arms:
        np.testing.assert_array_equal(again.life[arm].at_risk, first.life[arm].at_risk)
        np.testing.assert_array_equal(again.life[arm].deaths, first.life[arm].deaths)
        np.testing.assert_array_equal(again.series[arm], first.series[arm])
    query = f"SELECT arm, count(*) FROM '{tmp_path}/demo/parts/*.parquet' GROUP BY arm ORDER BY arm"
    assert duckdb.connect().execute(query).fetchall() == [(BASE, 5), ("flexible", 5), ("managed", 5)]


@pytest.mark.slow
def test_again_into_the_same_folder_gives_the_same_bytes_but_for_times(tiny: Scenario, tmp_path: Path) -> None:
    def content() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (tmp_path / "demo").rglob("*") if path.is_file()}

    compare(tiny, ARMS, worlds=3, out=tmp_path / "demo")
    before = content()
    compare(tiny, ARMS, worlds=3, jobs=1, out=tmp_path / "demo")
    after = content()
    changed = {name for name in before if before[name] != after[name]}
    assert before.keys() == after.keys()
    assert changed <= {"manifest.json"}
    one, two = json.loads(before["manifest.json"]), json.loads(after["manifest.json"])
    assert {key for key in one if one[key] != two[key]} <= {"times"}
    with pytest.raises(InputError, match="worlds is 3 there, 4 now"):
        compare(tiny, ARMS, worlds=4, out=tmp_path / "demo")
    assert content() == after


@pytest.mark.slow
def test_failed_runs_leave_gaps_and_are_told(tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = simulation.simulate

    def sometimes(scenario: Scenario, seed: int = 1, world: int = 0) -> Any:
        if world == 2 or (world == 0 and scenario.firms.flexibility == 1.0):
            raise RuntimeError("the dice are gone")
        return real(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", sometimes)
    result = compare(tiny, {"flexible": {"firms.flexibility": 1.0}}, worlds=5, out=tmp_path / "demo")
    assert result.failed == 3
    assert result.difference("flexible", "alliances_formed").worlds == 3
    assert len((tmp_path / "demo" / "failures.jsonl").read_text().splitlines()) == 3
    assert load_comparison(tmp_path / "demo").failed == 3


def test_nothing_to_show_is_an_error(tiny: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(simulation, "simulate", never)
    with pytest.raises(RunsFailedError, match="all 4 runs failed"):
        compare(tiny, {"flexible": {"firms.flexibility": 1.0}}, worlds=2)


@pytest.mark.parametrize(
    ("arms", "message"),
    [
        ({}, "nothing to compare"),
        ({BASE: {"firms.flexibility": 1.0}}, "cannot be called"),
        ({"a": {"firms.flexibilty": 1.0}}, 'arm "a": firms.flexibilty.*firms.flexibility'),
        ({"a": {"firms.flexibility": 2.0}}, "0 to 1"),
    ],
)
def test_wrong_arms_are_refused_before_anything_is_written(
    tiny: Scenario, tmp_path: Path, arms: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        compare(tiny, arms, worlds=2, out=tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


BASELINE: Any = "baseline"
A_LIST: Any = ["managed"]
FLEXIBLE = {"firms.flexibility": 1.0}


@pytest.mark.parametrize(
    ("arms", "message"),
    [
        (A_LIST, "not a mapping of names"),
        (None, "None .NoneType. is not a mapping of names"),
        ({"a": "firms.flexibility=1.0"}, 'arm "a" is .*must be a Scenario or a mapping'),
        ({"a": ["firms.flexibility=1.0"]}, 'arm "a" is .*must be a Scenario or a mapping'),
        ({"a": {3: 1.0}}, 'arm "a" is .*must be a Scenario or a mapping'),
        ({3: FLEXIBLE}, "3 .int. is not a name"),
        ({"a" * 61: FLEXIBLE}, "has 61 letters; at most 60"),
        ({"a\nb": FLEXIBLE}, "cannot be called"),
    ],
)
def test_arms_of_a_wrong_type_are_refused_plainly(tiny: Scenario, arms: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare(tiny, arms, worlds=2)


def test_other_inputs_of_a_wrong_type_are_refused_plainly(tiny: Scenario) -> None:
    out: Any = 3
    with pytest.raises(InputError, match="not a Scenario; scenarios"):
        compare(BASELINE, ARMS)
    with pytest.raises(InputError, match="out: 3 is not the path"):
        compare(tiny, ARMS, out=out)
    whole: Any = np.int64(2)
    assert compare(tiny, {"flexible": FLEXIBLE}, worlds=whole, seed=whole).worlds == 2


def test_unknown_names_get_a_hint(result: Comparison, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='no arm "manged"; did you mean "managed"'):
        result.difference("manged")
    with pytest.raises(InputError, match="survival_5y"):
        result.difference("managed", "survival_5")
    with pytest.raises(InputError, match="cannot be written"):
        result.to_html(tmp_path / "nowhere" / "page.html")


def test_the_median_life_is_that_of_all_worlds_together(result: Comparison) -> None:
    name = "median_life_quarters"
    lives = result.life["managed"]
    assert result.arms["managed"][name] == median_life_estimate(lives.at_risk, lives.deaths)
    item = result.difference("managed", name)
    assert item.mean == result.arms["managed"][name].mean - result.arms[BASE][name].mean
    change = result.table["managed"][name] - result.table[BASE][name]
    assert (item.better_in, item.worlds) == ((change > 0).sum(), np.isfinite(change).sum())


def test_arms_that_are_not_alike_in_time_or_size_are_told(tiny: Scenario) -> None:
    uneven = compare(tiny, {"late": {"time.warm_up_quarters": 20, "time.quarters": 61}, "flexible": FLEXIBLE}, worlds=2)
    told = "Counts are not alike: “late” has 61 quarters instead of 60 and 20 quarters of warm-up instead of 10."
    assert uneven.sentence().endswith(told)


@pytest.mark.slow
def test_a_folder_of_another_engine_is_read_but_nothing_is_run_again(tiny: Scenario, tmp_path: Path) -> None:
    first = compare(tiny, {r"$\foo$": FLEXIBLE}, worlds=2, out=tmp_path / "demo")  # matplotlib must not read a formula
    path = tmp_path / "demo" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"engine": "another"}))
    again = load_comparison(tmp_path / "demo")
    assert again.differences == first.differences
    assert (again.other_engine, again.examples) == (True, {})
    assert "another version of the engine wrote this" in again.to_html()
