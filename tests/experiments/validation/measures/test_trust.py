"""Trust: won and lost, with age, with sharing."""

import numpy as np
import pytest

from experiments.validation.evidence import observe
from experiments.validation.measure import Interval
from experiments.validation.measures.trust import (
    MEASURES,
    CrossLag,
    Impulse,
    TrustAndAge,
    correlation,
    cross_lags,
    moments,
    partial_correlation,
    within_products,
)
from simulation.scenario import Scenario


def test_the_impulse_is_that_of_the_rule_with_the_scenarios_numbers(tiny: Scenario) -> None:
    scenario = tiny.with_({"trust.gain": 0.1, "trust.loss": 0.3})
    evidence = {"base": observe(scenario, (Impulse,), 1, 0)}
    assert evidence["base"]["impulse.moves"].tolist() == pytest.approx([0.1 * 0.2 * 0.5, 0.3 * 0.2 * 0.5])
    assert MEASURES[0].value(evidence) == {"loss over gain": pytest.approx(3.0)}


def test_correlations_add_up_over_worlds() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 200))
    y += x
    parts = moments(x[:50], y[:50]) + moments(x[50:], y[50:])
    assert correlation(parts) == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert np.isnan(correlation(moments(np.ones(3), np.arange(3.0))))


def test_products_within_alliances_ignore_what_sets_alliances_apart() -> None:
    rng = np.random.default_rng(2)
    number = np.repeat(np.arange(20), 5)
    values = rng.normal(size=(100, 2))
    apart = values + 100.0 * rng.normal(size=(20, 1))[number]
    expected = np.zeros((2, 2))
    for k in range(20):
        own = values[number == k] - values[number == k].mean(axis=0)
        expected += own.T @ own
    assert within_products(apart, number) == pytest.approx(expected)
    assert within_products(np.zeros((0, 3)), np.zeros(0, np.int64)).tolist() == np.zeros((3, 3)).tolist()


def test_a_partial_correlation_is_that_of_residuals() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(500, 3)) @ rng.normal(size=(3, 3))
    values -= values.mean(axis=0)
    x, y, z = values.T
    residual_x, residual_y = x - z * (x @ z) / (z @ z), y - z * (y @ z) / (z @ z)
    expected = np.corrcoef(residual_x, residual_y)[0, 1]
    assert partial_correlation(values.T @ values, 0, 1, 2) == pytest.approx(expected)


def test_a_small_world_gives_every_living_alliance_quarter(tiny: Scenario) -> None:
    found = observe(tiny, (TrustAndAge, CrossLag, Lived), 1, 0)
    number, trust = found["trust_and_age.moments"][:2]
    assert [number, trust] == pytest.approx(found["lived"].tolist())
    assert all(abs(part) <= 1.0 for part in cross_lags({"base": found}).values())


def test_both_directions_must_be_clear() -> None:
    holds = MEASURES[2].holds
    assert holds({"a": Interval(0.1, 0.05, 0.2), "b": Interval(0.03, 0.01, 0.05)})
    assert not holds({"a": Interval(0.1, 0.05, 0.2), "b": Interval(0.03, -0.01, 0.05)})
    assert not holds({"a": Interval(0.1, 0.05, 0.2), "b": Interval(0.01, 0.005, 0.02)})


class Lived:
    """Living alliance-quarters and their trust, from the records."""

    quarterly = False

    def sums(self, run):
        start = run.scenario.time.warm_up_quarters
        living, trust = run.series("living")[start:], run.series("mean_trust")[start:]
        return {"lived": np.array([living.sum(), (living * trust).sum()])}
