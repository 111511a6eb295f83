"""Discovery in real worlds: rules that are tested, honest answers where there is none, sweeps as a source."""

import json
from pathlib import Path

import numpy as np
import pytest

from experiments.analysis.discovery import Box
from experiments.outcomes import OUTCOMES
from experiments.searches.clouds import Cloud, bar_of
from experiments.searches.discovering import Discovery, discover
from experiments.searches.rules import Bar, Rule, condition, verdict
from experiments.storage import ResultFolder
from experiments.sweeps.sweeping import sweep
from simulation.problems import InputError
from simulation.scenario import Scenario

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not

RANGES = {"exit.fixed_hazard": (0.01, 0.2), "trust.initial": (0.2, 0.8)}


@pytest.fixture(scope="module")
def result() -> Discovery:
    tiny = Scenario().with_(firms__count=20, time__quarters=60, time__warm_up_quarters=10)
    return discover(tiny, RANGES, "alliances_alive", below=10, samples=60, worlds=6, fresh=60, seed=3)


def test_the_hazard_is_found_and_holds_on_fresh_settings(result: Discovery) -> None:
    rule = result.rules[0]
    assert "exit.fixed_hazard" in [result.keys[place] for place in rule.box.restricted]
    assert np.isfinite(rule.box.low[0])
    assert 0.06 < rule.box.low[0] < 0.15  # 13 and 18 alliances live at 0.06, 6 and 6 at 0.15
    assert rule.fresh is not None
    assert rule.fresh.tells
    sentence = result.sentence()
    assert sentence.startswith(
        "Baseline, 60 settings, 6 worlds each: “living alliances, mean over time” is below 10 alliances "
    )
    assert "Tested at 60 fresh settings in fresh worlds: " in sentence
    assert "exit.fixed_hazard is above 0." in sentence


def test_fresh_settings_and_worlds_are_fresh(result: Discovery) -> None:
    assert result.fresh is not None
    assert (result.found.seed, result.fresh.seed) == (3, 4)
    assert not set(result.found.levels[:, 1]) & set(result.fresh.levels[:, 1])
    assert result.ran == 6 * (60 + 60)


def test_the_rule_that_is_told_is_the_rule_that_was_tested(result: Discovery) -> None:
    box = result.rules[0].box
    edge = float(box.low[0])
    assert edge == float(f"{edge:.3g}")
    assert f"exit.fixed_hazard is above {edge:g}" in condition(box, result.keys, result.whole, str)
    levels, means, fails = result.known()
    inside = box.holds(levels)
    assert result.rules[0].here.density.count == (fails & inside).sum()
    np.testing.assert_array_equal(fails, means < 10)


def test_it_speaks_for_itself(result: Discovery) -> None:
    assert len(result.frame()) == sum(len(rule.box.restricted) for rule in result.rules)
    assert "exit.fixed_hazard" in repr(result)
    assert "<script" not in result._repr_html_()
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert found["rules"][0]["fresh"]["holds"] is True
    assert found["below"] == 10
    for names, rows in (result.rows(), result.restrictions()):
        assert all(len(row) == len(names) for row in rows)


def test_nothing_fails_or_everything_does(tiny: Scenario) -> None:
    def ask(**bar: float) -> Discovery:
        return discover(tiny, RANGES, "alliances_alive", samples=40, worlds=1, fresh=40, **bar)

    never, always = ask(below=0.001), ask(below=1000)
    assert "none of 40 settings fail" in never.sentence()
    assert ": the lowest is " in never.sentence()
    assert "all of 40 settings fail" in always.sentence()
    assert ": the highest is " in always.sentence()
    for one in (never, always):
        assert one.fresh is None
        assert one.rules == []
        assert one.frame().empty
        assert one.to_html()


def test_the_worst_quarter_fails_if_nobody_says_what_failing_is() -> None:
    table = {name: np.linspace(0, 1, 101)[:, None] for name in OUTCOMES}
    cloud = Cloud(np.zeros((101, 1)), table, 1, 1)
    assert bar_of("survival_5y", None, None, cloud) == Bar("survival_5y", 0.25, True, asked=False)
    assert bar_of("dilemma_share", None, None, cloud) == Bar("dilemma_share", 0.75, False, asked=False)
    assert bar_of("survival_5y", None, 0.4, cloud) == Bar("survival_5y", 0.4, False)


def test_settings_that_no_world_defines_are_left_out() -> None:
    values = np.array([[0.1, np.nan], [np.nan, np.nan], [0.6, 0.8]])
    cloud = Cloud(np.arange(3.0)[:, None], {"survival_5y": values}, 1, 2)
    levels, means, fails = cloud.known(Bar("survival_5y", 0.5, True))
    assert levels[:, 0].tolist() == [0.0, 2.0]
    np.testing.assert_allclose(means, [0.1, 0.7])
    assert fails.tolist() == [True, False]


def test_a_rule_that_does_not_hold_is_not_sold_as_one() -> None:
    from experiments.analysis.discovery import Quality, wilson

    box = Box(np.array([0.5]), np.array([np.inf]), np.array([1e-4]))
    here = Quality(wilson(40, 50), wilson(40, 100), wilson(100, 400))
    weak = Quality(wilson(10, 40), wilson(10, 75), wilson(75, 300))
    some = Quality(wilson(20, 50), wilson(20, 75), wilson(75, 300))
    sure = Quality(wilson(45, 50), wilson(45, 75), wilson(75, 300))
    bar, count = Bar("survival_5y", 0.25, True), {"failing": 100, "settings": 400, "fresh": 300, "few": False}
    count |= {"lowest": 0.1, "highest": 0.6}

    def told(fresh: Quality | None) -> str:
        return verdict([Rule(box, here, fresh)], bar, ["trust.initial"], [False], count)

    assert told(weak).startswith(
        "no rule that holds. What set failing settings apart (initial trust is above 0.5) does not"
    )
    assert told(some).startswith(
        "fewer than 25 of 100 alliances live five years more often when initial trust is above"
    )
    assert told(sure) == (
        "fewer than 25 of 100 alliances live five years when initial trust is above 0.5. Tested at 300 fresh settings in "
        "fresh worlds: 90 of 100 such settings fail (95 % 79 to 96; 25 anywhere), and these are 60 of 100 failures "
        "(95 % 49 to 70)."
    )
    few = verdict([], bar, ["trust.initial"], [False], count | {"few": True, "failing": 3})
    assert few.startswith("no rule. 3 of 400 settings fail")
    assert few.endswith("too few to find one.")


@pytest.mark.slow
def test_a_sweep_is_taken_as_it_is(tiny: Scenario, tmp_path: Path) -> None:
    levels = {"exit.fixed_hazard": [0.01, 0.03, 0.15, 0.2], "trust.initial": (0.2, 0.8, 12), "firms.sectors": [2]}
    swept = sweep(tiny, levels, worlds=2, seed=5, out=tmp_path / "map")
    found = discover(tmp_path / "map", outcome="alliances_alive", below=10, fresh=40)
    assert found.source == tmp_path / "map"
    assert found.scenario.firms.sectors == 2
    assert found.ranges == {"exit.fixed_hazard": (0.01, 0.2), "trust.initial": (0.2, 0.8)}
    assert found.ran == 2 * 40
    means = np.nanmean(swept.table["alliances_alive"], axis=1)
    np.testing.assert_array_equal(found.known()[2], means < 10)
    assert found.rules
    assert found.keys[found.rules[0].box.restricted[0]] == "exit.fixed_hazard"
    with pytest.raises(InputError) as caught:
        discover(tmp_path / "map", worlds=3, seed=2)
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="a sweep says itself what was varied"):
        discover(swept, RANGES)
    words = sweep(tiny, {"network.kind": ["empty", "watts_strogatz"]}, worlds=1)
    with pytest.raises(InputError, match="its levels are not numbers"):
        discover(words)


@pytest.mark.slow
def test_a_folder_holds_all_of_it(tiny: Scenario, tmp_path: Path) -> None:
    said: list[str] = []
    out = tmp_path / "when"
    result = discover(tiny, RANGES, "alliances_alive", None, 10, 60, 2, 40, out=out, tell=said.append)
    assert len(said) == 1
    assert said[0].endswith("If they show a rule, it is tested at 40 fresh settings.")
    assert json.loads((out / "discover.json").read_text())["sentence"] == result.sentence()
    design, rows = ResultFolder(out).read_table("design.parquet"), ResultFolder(out).rows(order="world, point")
    assert (design["fresh"].sum(), len(design["point"])) == (40, 100)
    assert len(rows["point"]) == 200
    assert set(rows["seed"]) == {1, 2}
    assert (out / "discovery.svg").exists()
    assert "when does it fail?" in (out / "report.html").read_text()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"below": 25}, "25 is not a number from 0 to 1; did you mean 0.25?"),
        ({"below": 0.2, "above": 0.3}, "not both"),
        ({"below": float("nan")}, "nan is not a number"),
        ({"outcome": "alliances_formed"}, "have no better side; say what failing is"),
        ({"outcome": "survival"}, "did you mean"),
        ({"samples": 10}, "10 is not a whole number from 40"),
        ({"fresh": 0}, "0 is not a whole number from 40"),
        ({"worlds": 0}, "worlds"),
        ({"vary": {"trust.initail": (0, 1)}}, 'did you mean "trust.initial"?'),
        ({"scenario": 3}, "is neither a Scenario nor a sweep"),
        ({"scenario": "/no/such/folder"}, "is not a result folder"),
    ],
)
def test_bad_input(given: dict, message: str, tiny: Scenario, tmp_path: Path) -> None:
    vary = {} if isinstance(given.get("scenario"), str) else {"vary": RANGES}
    with pytest.raises(InputError) as caught:
        discover(**({"scenario": tiny, "out": tmp_path / "never"} | vary | given))
    assert message in str(caught.value)
    assert not (tmp_path / "never").exists()
