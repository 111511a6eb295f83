"""One sector shock, and shocks that hit half of the firms."""

import numpy as np
import pytest

from experiments.validation.evidence import observe
from experiments.validation.measure import Interval
from experiments.validation.measures import shocks
from experiments.validation.measures.shocks import MEASURES, AfterHalfShocks, AfterSectorShock, lived
from simulation.run import Spells
from simulation.scenario import Scenario

SMALL = {"firms.count": 20, "time.quarters": 130, "time.warm_up_quarters": 80}


def spells(entered: list[int], ended: list[int], cause: list[int]) -> Spells:
    zeros = np.zeros(len(entered), np.int64)
    columns = (np.array(column) for column in (entered, entered, ended, cause))
    return Spells(zeros, zeros, *columns, zeros, zeros, zeros)


def test_quarters_lived_in_the_window() -> None:
    # before it; into it; from within beyond it; alive at the end of the run in quarter 104; ended in its last quarter
    life = spells([0, 0, 103, 90, 100], [99, 102, 120, 104, 107], [2, 2, 2, -1, 2])
    exits, quarters = lived(life, 100)
    assert exits.tolist() == [0, 1, 0, 0, 1]
    assert quarters.tolist() == [0, 3, 5, 4, 8]


def test_ratios_of_rates() -> None:
    with_shock, without = np.array([[12.0, 100], [9.0, 200]]), np.array([[10.0, 100], [6.0, 200]])
    key = "after_sector_shock.rates"
    found = MEASURES[0].value({"one sector shock": {key: with_shock}, "base": {key: without}})
    assert found == {"endings": pytest.approx(1.2), "beginnings": pytest.approx(1.5)}
    assert MEASURES[0].holds({name: Interval(value, 1.01, 2.0) for name, value in found.items()})
    assert not MEASURES[0].holds({name: Interval(value, 0.99, 2.0) for name, value in found.items()})
    half = {"half shocks": {"after_half_shocks.exits": np.array([[3.0, 10], [2.0, 10]])}}
    assert MEASURES[1].value(half) == {"one partner hit over both": pytest.approx(1.5)}


def test_a_small_world_with_and_without_shocks() -> None:
    scenario = Scenario().with_(SMALL)
    (shocked, base), (half,) = MEASURES[0].arms, MEASURES[1].arms
    assert observe(base.of(scenario), (AfterSectorShock,), 1, 0)["after_sector_shock.rates"][1, 1] == 8 * 5
    assert [event.quarter for event in shocked.of(scenario).environment.events] == [shocks.QUARTER]
    calm = scenario.with_({"environment.shock_rate": 0.0})
    exits = observe(half.of(calm), (AfterHalfShocks,), 1, 0)["after_half_shocks.exits"]
    assert (exits[:, 0] < exits[:, 1]).all()
    assert observe(calm, (AfterHalfShocks,), 1, 0)["after_half_shocks.exits"].sum() == 0  # nobody was hit


def test_arms_keep_the_scenarios_own_events() -> None:
    scenario = Scenario().with_({**SMALL, "environment.events": ({"quarter": 5},)})
    assert [event.quarter for event in MEASURES[1].arms[0].of(scenario).environment.events] == [5, shocks.FIRST]
