"""Tipping points of made-up curves with known roots, of worlds with a known answer, and what people see of them."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import tipping_point
from experiments.provenance import BASE
from experiments.searches.tipping import TippingPoint
from experiments.searches.tipping_search import Search, outward
from experiments.storage import ResultFolder
from simulation.problems import InputError
from simulation.scenario import Scenario

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not

RATE = "environment.shock_rate"
# Nothing ends an alliance but a constant chance per quarter: survival is geometric (oracle L3).
GEOMETRIC = {
    "firms.count": 40, "firms.initial_capital": 1e6, "time.quarters": 80, "time.warm_up_quarters": 0,
    "exit.completion": 0.0, "exit.racer_chance": 0.0, "opportunism.side_deal_rate": 0.0, "environment.shock_rate": 0.0,
    "formation.rate": 0.3,
}  # fmt: skip


class Made:
    """A curve made up from a function of the lever, plus a height of each world; counts its evaluations."""

    def __init__(self, curve: Any, spread: float = 0.03, jump: float = 0.0, worlds: int = 400) -> None:
        generator = np.random.default_rng(7)
        self.curve, self.jump = curve, jump
        self.height = generator.normal(0, spread, worlds)
        self.height -= self.height.mean()
        self.evaluations = 0

    def __call__(self, levers: Any, worlds: int) -> np.ndarray:
        self.evaluations += len(levers) * worlds
        rows = []
        for lever in levers:
            own = np.random.default_rng(int(1e6 * abs(lever)) + 11).normal(0, 1, 400)[:worlds]
            rows.append(self.curve(lever) + self.height[:worlds] + self.jump * own)
        return np.array(rows)


def found(made: Made, low: float = 0.0, high: float = 1.0, start: float | None = 0.2, level: float = 0.35,
          worlds: int = 400, whole: bool = False) -> Search:  # fmt: skip
    return Search(made, low, high, start, whole, level, worlds).run()


def logistic(lever: float) -> float:
    return 1 / (1 + math.exp(6 * (lever - 0.6)))


# --- the search ------------------------------------------------------------------------------------------------------


def test_the_root_of_a_line_is_exact() -> None:
    tipping = found(Made(lambda lever: 0.9 - lever)).found()
    assert tipping is not None
    assert tipping.value == pytest.approx(0.55, abs=1e-9)
    assert np.quantile(tipping.per_world, 0.5) == pytest.approx(0.55, abs=0.01)


@pytest.mark.parametrize("slope", [6, 60, 600])
def test_the_root_of_a_logistic_curve_however_steep(slope: float) -> None:
    made = Made(lambda lever: 1 / (1 + math.exp(min(700.0, slope * (lever - 0.6)))))
    tipping = found(made).found()
    assert tipping is not None
    true = 0.6 + math.log(0.65 / 0.35) / slope
    # The grid's nearest value lies within 0.05 widths of the root; a width is at least a fiftieth of a span of 0.13.
    assert tipping.value == pytest.approx(true, abs=0.005)
    assert tipping.low <= true <= tipping.high


def test_it_is_economical() -> None:
    made = Made(logistic, spread=0.03, jump=0.02)
    found(made, worlds=100)
    assert made.evaluations <= 1200


def test_jumps_of_single_worlds_do_not_mislead_it() -> None:
    made = Made(logistic, spread=0.03, jump=0.03)
    tipping = found(made).found()
    assert tipping is not None
    true = 0.6 + math.log(0.65 / 0.35) / 6
    error = math.hypot(0.0, 0.03) / math.sqrt(400) / 1.36  # of the mean at one value, over the slope there
    assert tipping.value == pytest.approx(true, abs=4 * error)


def test_a_curve_that_never_crosses_is_measured_in_all_worlds_where_it_comes_nearest() -> None:
    search = found(Made(lambda lever: 0.8 - (lever - 0.5) ** 2))
    assert search.found() is None
    assert {0.0, 1.0} <= set(search.full)
    assert math.isnan(search.place)


def test_when_the_first_few_worlds_are_not_like_the_others_all_of_them_decide() -> None:
    made = Made(lambda lever: 0.1 - 0.05 * lever, spread=0.0)
    made.height[:10] = 0.275  # these cross 0.35 in the middle of the range, the others never
    search = found(made)
    assert search.found() is None
    assert set(search.full) >= {0.0, 1.0}
    made.height[10:] = 0.2875  # now all cross, at 0.75 but for ten
    tipping = found(made).found()
    assert tipping is not None
    assert tipping.value == pytest.approx((390 * 0.75 + 10 * 0.5) / 400, abs=1e-6)


def test_of_several_crossings_the_first_from_where_the_scenario_stands() -> None:
    made = Made(lambda lever: 0.35 + 0.2 * math.cos(2 * math.pi * lever), spread=0.01)
    near, far = (found(made, start=start) for start in (0.1, 0.9))
    assert near.found().value == pytest.approx(0.25, abs=0.01)  # type: ignore[union-attr]
    assert far.found().value == pytest.approx(0.75, abs=0.01)  # type: ignore[union-attr]
    assert near.others == pytest.approx([0.75], abs=0.05)
    assert far.others == pytest.approx([0.25], abs=0.05)


def test_whole_numbers_are_the_only_ones_tried() -> None:
    made = Made(lambda lever: 0.9 - lever / 100)
    search = found(made, 2, 200, 20, whole=True)
    assert all(value == int(value) for value in search.rough | search.full)
    assert search.found().value == pytest.approx(55, abs=1e-6)  # type: ignore[union-attr]


def test_worlds_that_never_cross_are_looked_for_at_the_ends_of_the_range() -> None:
    made = Made(lambda lever: 0.6 - 0.5 * lever, spread=0.2)
    search = found(made, worlds=100)
    tipping = search.found()
    assert tipping is not None
    assert {0.0, 1.0} <= set(search.full)
    never = np.count_nonzero((made.height[:100] + 0.6 < 0.35) | (made.height[:100] + 0.1 >= 0.35))
    assert tipping.never == never > 0


def test_values_at_which_the_outcome_is_undefined_are_passed_over() -> None:
    search = found(Made(lambda lever: math.nan if lever < 0.15 else 0.9 - lever))
    assert search.found().value == pytest.approx(0.55, abs=1e-9)  # type: ignore[union-attr]
    nothing = found(Made(lambda lever: math.nan))
    assert nothing.found() is None


def test_the_first_look_reaches_both_ends_and_holds_the_start() -> None:
    for low, high, start in ((0.0, 1.0, 0.066), (0.0, 100.0, 2.27), (-1e12, 0.0, 0.0), (-10.0, 10.0, -10.0)):
        values = outward(low, high, start)
        assert values == sorted(values)
        assert {low, high, start} <= set(values)
        assert 5 <= len(values) <= 14
    assert outward(0.0, 1.0, None)[0] == 0.0
    beyond = outward(2.0, 6.0, 100.0, whole=True)
    assert (beyond[0], beyond[-1]) == (2.0, 6.0)
    assert all(value == int(value) for value in beyond)


# --- worlds ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Scenario:
    return Scenario().with_(firms__count=24, time__quarters=80, time__warm_up_quarters=15)


@pytest.fixture(scope="module")
def result(small: Scenario) -> TippingPoint:
    return tipping_point(small, RATE, "survival_5y", 0.35, worlds=12, arms={"sharing": {"mix.sharer": 0.5}}, seed=3)


@pytest.mark.slow
def test_geometric_survival_tips_where_algebra_says() -> None:
    world = Scenario().with_(GEOMETRIC)
    tip = tipping_point(world, "exit.fixed_hazard", "survival_5y", 0.35, worlds=40, bounds=(0.01, 0.2))
    true = 1 - 0.35 ** (1 / 20)
    error = (tip.high - tip.low) / (2 * 1.96)
    assert error < 0.1 * true
    assert tip.value == pytest.approx(true, abs=4 * error)
    assert tip.arms[BASE].search.rough.keys() | tip.arms[BASE].search.full.keys() >= {0.01, 0.2}


@pytest.mark.slow
def test_the_same_seed_gives_the_same_answer_whatever_the_threads(small: Scenario, result: TippingPoint) -> None:
    again = tipping_point(
        small, RATE, "survival_5y", 0.35, worlds=12, arms={"sharing": {"mix.sharer": 0.5}}, seed=3, jobs=1
    )
    first, second = ({**one.to_json(), "seconds": 0} for one in (result, again))
    assert first == second
    other = tipping_point(small, RATE, "survival_5y", 0.35, worlds=12, seed=4)
    assert other.value != result.value


def test_an_arm_tips_elsewhere_and_the_difference_is_paired(result: TippingPoint) -> None:
    base, arm = result.arms[BASE], result.arms["sharing"]
    assert base.shift is None
    assert arm.shift is not None
    assert arm.tipping is not None
    assert arm.shift.value == pytest.approx(arm.tipping.value - result.value)
    assert f"sharing {'buys +' if arm.shift.value > 0 else 'costs −'}" in result.sentence()
    assert "of shock rate" in result.sentence()


def test_an_arm_that_changes_nothing_shifts_nothing(small: Scenario) -> None:
    same = tipping_point(small, RATE, "survival_5y", 0.35, worlds=10, arms={"same": {"trust.initial": 0.454}})
    shift = same.arms["same"].shift
    assert shift is not None
    assert (shift.value, shift.low, shift.high) == (0.0, 0.0, 0.0)
    assert "same moves it by 0.00" in same.sentence()


def test_it_speaks_for_itself(result: TippingPoint) -> None:
    assert result.sentence().startswith("Baseline: with a shock rate of 0.")
    assert "35 of 100 alliances live five years; single worlds tip between" in result.sentence()
    assert repr(result).startswith("TippingPoint(baseline, survival_5y crosses 0.35 at 0.")
    assert "<script" not in result._repr_html_()
    frame = result.frame()
    assert set(frame.columns) == {"arm", RATE, "mean", "low", "high", "worlds"}
    assert len(result.curve[RATE]) == (frame.arm == BASE).sum()
    assert (np.diff(result.curve[RATE]) > 0).all()
    assert result.per_world.shape == (12,)
    assert result.plot().axes
    assert "<html" in result.to_html()


def test_json_has_the_shape_that_scripts_rely_on(result: TippingPoint) -> None:
    told = json.loads(json.dumps(result.to_json(), allow_nan=False))
    needed = {"value", "low", "high", "world_p05", "world_p50", "world_p95", "evaluations", "seconds", "lever", "unit",
              "outcome", "level", "scenario", "worlds", "arms", "curve"}  # fmt: skip
    assert needed <= set(told)
    assert told["low"] < told["value"] < told["high"]
    assert told["world_p05"] <= told["world_p50"] <= told["world_p95"]
    assert set(told["arms"]) == {BASE, "sharing"}
    assert set(told["arms"]["sharing"]["difference"]) == {"value", "low", "high"}
    assert told["unit"] == "1/quarter"


def test_never_crossing_is_an_answer(small: Scenario) -> None:
    calm = tipping_point(small, RATE, "survival_5y", 0.99, worlds=10, bounds=(0.0, 0.1))
    assert math.isnan(calm.value)
    told = calm.to_json()
    assert (told["value"], told["low"], told["crosses"]) == (None, None, False)
    assert "no tipping point between a shock rate of 0 per quarter and 0.1 per quarter: " in calm.sentence()
    assert "always less than 99 of 100" in calm.sentence()
    assert np.isnan(calm.per_world).all()
    assert calm.plot().axes
    assert "<html" in calm.to_html()
    assert "nowhere" in repr(calm)


def test_an_outcome_that_no_world_defines(small: Scenario) -> None:
    alone = small.with_({"network.kind": "empty", "formation.rate": 0.0})
    nothing = tipping_point(alone, RATE, "survival_5y", 0.5, worlds=3)
    assert "no world defines alliances that live five years" in nothing.sentence()
    assert nothing.to_json()["value"] is None
    assert nothing.plot().axes
    assert "<html" in nothing.to_html()


def test_a_whole_number_says_between_which_two(small: Scenario) -> None:
    firms = tipping_point(small, "firms.count", "alliances_alive", 20, worlds=10, bounds=(8, 40))
    assert 8 < firms.value < 40
    assert " firms" in firms.sentence()
    assert any("is a whole number: the level lies between" in note for note in firms.notes())
    assert all(value == int(value) for value in firms.curve["firms.count"])


def test_few_worlds(small: Scenario) -> None:
    three = tipping_point(small, RATE, "survival_5y", 0.35, worlds=3)
    assert any("too few to resample" in note for note in three.notes())
    one = tipping_point(small, RATE, "survival_5y", 0.35, worlds=1)
    assert one.to_json()["low"] is None
    assert "95 %" not in one.sentence()


def test_a_strategy_s_share_moves_the_others_in_proportion(small: Scenario) -> None:
    found = tipping_point(small, "mix.hoarder", "mean_trust", 0.5, worlds=10, arms={"sharing": {"mix.sharer": 0.05}})
    assert "share of hoarders" in found.sentence()
    assert found.lever.start == small.strategies["hoarder"].share
    assert found.lever.high == pytest.approx(0.95)  # all that the sharers of the arm leave


@pytest.mark.slow
def test_a_folder_is_the_same_twice_and_refuses_another_plan(small: Scenario, tmp_path: Path) -> None:
    out = tmp_path / "tip"
    kept = []
    for _ in range(2):
        found = tipping_point(small, RATE, "survival_5y", 0.35, worlds=10, out=out)
        names = (
            "tipping.json",
            "tipping.svg",
            "tipping.png",
            "curve.csv",
            "worlds.csv",
            "curve.parquet",
            "report.html",
        )
        kept.append({name: (out / name).read_bytes() for name in names})
    assert kept[0] == kept[1]
    assert json.loads(kept[0]["tipping.json"])["sentence"] == found.sentence()
    np.testing.assert_array_equal(ResultFolder(out).read_table("curve.parquet")["mean"], found.columns()["mean"])
    assert b"<script" not in kept[0]["report.html"]
    assert not list(out.rglob(".*"))
    with pytest.raises(InputError, match=r"holds another tipping: level is 0.35 there, 0.4 now"):
        tipping_point(small, RATE, "survival_5y", 0.4, worlds=10, out=out)


def test_runs_that_fail_are_left_out(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    import simulation

    real = simulation.simulate

    def fails(scenario: Scenario, seed: int, world: int) -> object:
        if world == 4:
            raise MemoryError("no room")
        return real(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", fails)
    found = tipping_point(small, RATE, "survival_5y", 0.35, worlds=11)
    assert found.failures
    assert np.isnan(found.per_world[4])
    assert any("1 of 11 worlds do not define the outcome" in note for note in found.notes())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lever": "environment.shock_rat"}, r'no such setting; did you mean "environment.shock_rate"\?'),
        ({"lever": "mix.shaerer"}, r'did you mean "mix.sharer"\?'),
        ({"lever": "network.kind"}, "not a number that can be moved"),
        ({"lever": "mechanisms.shocks"}, "not a number that can be moved|no such setting"),
        ({"lever": "network.seed"}, "is a name for luck, not an amount"),
        ({"lever": "strategies.sharer.share"}, "move mix.sharer"),
        ({"lever": 3}, "is not the name of a setting"),
        ({"outcome": "survival_5yy"}, r'did you mean "survival_5y"\?'),
        ({"level": 35}, "write 0.35 for 35 of 100"),
        ({"level": math.nan}, "nan is not a number"),
        ({"level": "high"}, "'high' is not a number"),
        ({"bounds": (0.3, 0.1)}, "low 0.3 must be below high 0.1"),
        ({"bounds": (-1, 3)}, "-1 is not a number from 0 to 1"),
        ({"bounds": 0.3}, r"is not \(low, high\)"),
        ({"bounds": (0, "much")}, "'much' is not a number"),
        ({"lever": "firms.count", "bounds": (10.5, 20)}, "10.5 is not a whole number"),
        ({"lever": "network.degree", "bounds": (2, 100)}, "network.degree = 100|network.degree"),
        ({"worlds": 0}, "worlds"),
        ({"arms": {"odd": {RATE: 0.1}}}, f'arm "odd": sets {RATE}, which is what moves'),
        ({"arms": {"odd": {"trust.initail": 0.1}}}, r'did you mean "trust.initial"\?'),
        ({"lever": "mix.sharer", "bounds": (0, 1), "arms": {"odd": {"mix.hoarder": 0.5}}}, "must not exceed 1"),
    ],
)
def test_wrong_input_is_named(small: Scenario, tmp_path: Path, change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"lever": RATE, "outcome": "survival_5y", "level": 0.35, "worlds": 3} | change
    with pytest.raises(InputError, match=message):
        tipping_point(small, out=tmp_path / "never", **given)
    assert not (tmp_path / "never").exists()


def test_a_name_is_no_scenario() -> None:
    with pytest.raises(InputError, match="is not a Scenario"):
        tipping_point("baseline", RATE)  # type: ignore[arg-type]
