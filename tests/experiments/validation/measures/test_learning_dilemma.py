"""A lone hoarder, populations, and strategies side by side."""

import math

import numpy as np
import pytest

from experiments.validation.evidence import observe
from experiments.validation.measure import Interval
from experiments.validation.measures.learning_dilemma import (
    MEASURES,
    MOST_STRATEGIES,
    FirmIncome,
    LoneHoarder,
    StrategyIncome,
    times,
)
from simulation.scenario import Scenario

(P31,) = MEASURES


def test_how_many_times_more() -> None:
    assert times(3.0, 2.0) == 1.5
    assert times(1.0, 0.0) == times(1.0, -1.0) == math.inf
    assert math.isnan(times(-2.0, -1.0))


def test_the_three_numbers_by_hand() -> None:
    total = np.zeros((MOST_STRATEGIES, 2))
    total[0], total[1], total[2] = [20.0, 10], [10.0, 10], [15.0, 10]
    evidence = {
        "lone hoarder": {"lone_hoarder.income": np.array([[6.0, 2], [20.0, 10]])},
        "all sharers": {"firm_income.total": np.array([50.0, 10])},
        "all hoarders": {"firm_income.total": np.array([20.0, 10])},
        "base": {"strategy_income.total": total},
    }
    found = P31.value(evidence)
    assert list(found.values()) == pytest.approx([1.5, 2.5, 2.0])
    parts = {name: Interval(value, value, value) for name, value in found.items()}
    assert P31.holds(parts)
    assert not P31.holds(parts | {"richest over poorest strategy": Interval(3.5, 3.0, 4.0)})


def test_income_by_strategy_is_all_income_but_that_of_firms_that_fail(tiny: Scenario) -> None:
    rich = tiny.with_(firms__initial_capital=1000.0)
    run = observe(rich, (StrategyIncome, FirmIncome, Failures), 1, 0)
    assert run["failures"].sum() == 0
    assert run["strategy_income.total"].sum(axis=0) == pytest.approx(run["firm_income.total"])


def test_a_lone_hoarder_meets_sharers_only(tiny: Scenario) -> None:
    mixed = tiny.with_({"mix.sharer": 0.8, "mix.hoarder": 0.2})
    income = observe(mixed, (LoneHoarder,), 1, 0)["lone_hoarder.income"]
    assert income[1, 1] % 2 == 0  # ties of two sharers have two such sides ...
    assert income[0, 1] > 0
    nobody = observe(tiny.with_({"mix.reciprocator": 1.0}), (LoneHoarder,), 1, 0)["lone_hoarder.income"]
    assert nobody.sum() == 0


class Failures:
    """Firms that failed in measured quarters."""

    quarterly = False

    def sums(self, run):
        return {"failures": run.series("failed")[run.scenario.time.warm_up_quarters :]}
