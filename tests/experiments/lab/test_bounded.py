from typing import Any

import numpy as np
import pytest

from experiments.lab import bounded
from experiments.lab.asks import ask_of
from experiments.lab.bounded import is_small, simulated_in_bounds, traced_in_bounds
from experiments.lab.worlds import Worlds
from scenarios import load
from simulation import Scenario, simulate
from simulation.problems import InputError
from simulation.trace import traced

CROWDED = {
    "exit.base_hazard": 0.0, "exit.completion": 0.0, "formation.rate": 1.0, "formation.threshold": -10.0,
    "firms.least_capital": -1e12, "firms.count": 300, "time.quarters": 400, "network.degree": 50,
}  # fmt: skip


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """A scenario that counts as large."""
    monkeypatch.setattr(bounded, "MOST_WORK", 12_000)
    scenario = load("rescue").with_(firms__count=30, time__quarters=150)
    assert not is_small(scenario)
    return scenario


def test_a_large_world_is_the_same_as_without_bounds(large: Scenario) -> None:
    run, found = simulate(large, 3, 2), traced_in_bounds(large, 3, 2)
    np.testing.assert_array_equal(simulated_in_bounds(large, 3, 2).records, run.records)
    np.testing.assert_array_equal(found.run.records, run.records)
    whole = traced(large, 3, 2).trace
    for name in ("start", "about", "trust", "chance", "strategy", "capital"):
        np.testing.assert_array_equal(getattr(found.trace, name), getattr(whole, name))


@pytest.mark.slow
@pytest.mark.parametrize("run", [simulated_in_bounds, traced_in_bounds])
def test_a_world_in_which_alliances_heap_up_is_broken_off(run: Any) -> None:
    scenario = ask_of({"scenario": "baseline", "changes": CROWDED}, Worlds()).scenario
    with pytest.raises(InputError, match=r"firms\.count: [0-9,]+ alliances live at once in quarter [0-9]+, too many"):
        run(scenario, 1, 0)


def test_what_a_class_drags_needs_no_looking_at() -> None:
    assert is_small(load("constant_change").with_(firms__count=60))
