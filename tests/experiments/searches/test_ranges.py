"""Ranges: what people may give, what is drawn within, what is said about the rest."""

import numpy as np
import pytest

from experiments.searches.ranges import cost, levels_at, ranges_of, read_ranges, scenarios_at
from experiments.searches.spoken import IMPORTANT
from simulation.problems import InputError
from simulation.scenario import Scenario


def test_what_nobody_names_goes_from_half_to_one_and_a_half() -> None:
    found = ranges_of(Scenario())
    assert list(found) == list(IMPORTANT)
    assert found["trust.initial"] == (0.227, 0.681)
    assert found["knowledge.tacitness"] == (0.245, 0.735)
    clipped = ranges_of(Scenario().with_(trust__initial=0.8))
    assert clipped["trust.initial"] == (0.4, 1.0)


def test_what_is_zero_in_the_scenario_is_left_out() -> None:
    assert "environment.shock_rate" not in ranges_of(Scenario().with_(environment__shock_rate=0.0))


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ({"trust.initail": (0, 1)}, 'did you mean "trust.initial"?'),
        ({"trust.initial": (0, 2)}, "2 is not a number from 0 to 1"),
        ({"trust.initial": (0.6, 0.6)}, "low 0.6 must be below high 0.6"),
        ({"trust.initial": (0.6, 0.2)}, "low 0.6 must be below high 0.2"),
        ({"trust.initial": 0.6}, "0.6 is not a range; give (low, high)"),
        ({"trust.initial": (0.1, 0.5, 3)}, "is not a range"),
        ({"trust.initial": (0.1, float("nan"))}, "is not a range"),
        ({"trust.initial": (True, False)}, "is not a range"),
        ({"network.kind": (0, 1)}, "is not a number but one of"),
        ({"mechanisms.trust_losses": (0, 1)}, "only numbers have a range"),
        ({"firms.count": (20.5, 40)}, "20.5 is not a whole number"),
        ({3: (0, 1)}, "no such setting"),
        ([("trust.initial", (0, 1))], "is not a table of settings and ranges"),
    ],
)
def test_what_cannot_be_varied(vary: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        ranges_of(Scenario(), vary)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_all_problems_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        ranges_of(Scenario(), {"trust.initail": (0, 1), "fit.rate": (1, 0)})
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="1 setting; at least 2"):
        ranges_of(Scenario(), {"fit.rate": (0, 1)}, least=2)


def test_points_lie_in_their_ranges_and_whole_numbers_are_whole() -> None:
    ranges = ranges_of(Scenario(), {"firms.count": (20, 40), "trust.initial": (0.2, 0.8)})
    levels = levels_at(Scenario(), ranges, np.random.default_rng(1).random((50, 2)))
    assert (levels[:, 0] == np.rint(levels[:, 0])).all()
    assert levels[:, 0].min() >= 20
    assert levels[:, 1].max() <= 0.8
    one = scenarios_at(Scenario(), list(ranges), levels[:1])[0]
    assert (one.firms.count, one.trust.initial) == (int(levels[0, 0]), levels[0, 1])
    assert str(levels[0, 1]) == f"{levels[0, 1]:.6g}"


def test_settings_that_do_not_go_together_are_named_with_their_place() -> None:
    ranges = ranges_of(Scenario(), {"time.warm_up_quarters": (10, 400), "time.quarters": (20, 400)})
    with pytest.raises(InputError, match=r"time\.quarters=20"):
        scenarios_at(Scenario(), list(ranges), np.array([[400.0, 20.0]]))


def test_shares_of_strategies_can_be_varied(tiny: Scenario) -> None:
    ranges = ranges_of(tiny, {"mix.opportunist": (0, 0.5)})
    assert scenarios_at(tiny, list(ranges), np.array([[0.25]]))[0].strategies["opportunist"].share == 0.25


def test_texts_of_the_command_line() -> None:
    assert read_ranges(["trust.initial = 0.2:0.8", "firms.count=20:40"]) == {
        "trust.initial": (0.2, 0.8),
        "firms.count": (20, 40),
    }
    with pytest.raises(InputError) as caught:
        read_ranges(["trust.initial", "fit.rate=1", "fit.rate=1:2:3", "fit.rate=0:1", "fit.rate=0:1"])
    assert [problem.message.split(",")[0].split(" is ")[-1] for problem in caught.value.problems] == [
        "not of the form key=low:high",
        "not of the form key=low:high",
        "not of the form key=low:high",
        "is varied twice",
    ]


def test_the_cost_is_told_in_words(tiny: Scenario) -> None:
    text = cost([tiny, tiny], 5, seed=1, jobs=1)
    assert text.startswith("2 settings x 5 worlds = 10 runs: about ")
