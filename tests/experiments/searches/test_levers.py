"""Settings that a question moves: ranges, names and what cannot be moved."""

import pytest

from experiments.searches.levers import Lever, lever, number
from simulation.problems import InputError
from simulation.scenario import Scenario


def test_by_default_the_bounds_of_the_schema() -> None:
    rate = lever(Scenario(), "environment.shock_rate")
    assert (rate.low, rate.high, rate.start, rate.whole) == (0.0, 1.0, 0.066, False)
    assert rate.phrase(0.212, 2) == "a shock rate of 0.21 per quarter"
    assert lever(Scenario(), "environment.shock_rate", high=0.3).high == 0.3


def test_of_what_costs_time_no_more_than_ten_times_as_much() -> None:
    firms = lever(Scenario(), "firms.count")
    assert (firms.high, firms.whole) == (1000.0, True)
    assert firms.low == Scenario().network.degree + 1  # a ring of so many partners needs one firm more
    assert firms.phrase(63.0, 0) == "63 firms"
    assert lever(Scenario(), "firms.count", high=5000).high == 5000


def test_default_bounds_stop_where_the_scenario_would_not_hold() -> None:
    degree = lever(Scenario(), "network.degree")
    Scenario().with_({"network.degree": int(degree.high)})
    with pytest.raises(InputError):
        Scenario().with_({"network.degree": int(degree.high) + 1})
    quarters = lever(Scenario(), "time.quarters")
    assert quarters.low == Scenario().time.warm_up_quarters + 1


def test_other_arms_narrow_the_range() -> None:
    def arm(value: float) -> Scenario:
        return Scenario().with_({"mix.sharer": 0.3, "mix.hoarder": value})

    assert lever(Scenario(), "mix.hoarder").high == 1.0
    assert lever(Scenario(), "mix.hoarder", arms=[arm]).high == pytest.approx(0.7)


def test_a_setting_without_a_value_has_no_start() -> None:
    own = lever(Scenario(), "strategies.sharer.absorptive_capacity")
    assert own.start is None
    assert own.name == "absorptive capacity of sharers"


def test_whole_numbers_stay_whole() -> None:
    firms = Lever("firms.count", 2, 100, 20, True, "firms", "number of firms")
    assert firms.setting(63.0) == 63
    assert isinstance(firms.setting(63.0), int)


def test_numbers_in_sentences() -> None:
    assert [number(value) for value in (0.21192, -3.0, 12345.6, -0.0)] == ["0.212", "−3", "12,346", "0"]


@pytest.mark.parametrize("key", ["name", "environment.events", "mechanisms.trust", "network.kind", "mix", ""])
def test_what_is_not_a_number_cannot_be_moved(key: str) -> None:
    with pytest.raises(InputError):
        lever(Scenario(), key)
