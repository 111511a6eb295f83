"""Exit rates: exposure adds up, and age is taken out where it should be."""

import numpy as np
import pytest

from experiments.validation.exits import exits_by_age, rate_by_year, rate_ratio, rate_ratio_at_same_ages
from simulation import Scenario, simulate


def test_every_alliance_quarter_and_every_ending_is_counted_once(tiny: Scenario) -> None:
    run = simulate(tiny)
    measured = slice(run.scenario.time.warm_up_quarters, None)
    found = exits_by_age(run, run.spells().rival, 2)
    ended = run.series("ended")[measured].sum()
    assert found[:, 0].sum() == ended
    assert found[:, 1].sum() == run.series("living")[measured].sum() + ended  # who ends in a quarter lived in it


def test_the_ratio_is_that_of_endings_per_quarter() -> None:
    table = np.array([[[5.0, 5.0], [100.0, 100.0]], [[10.0, 20.0], [100.0, 100.0]]])
    assert rate_ratio(table) == pytest.approx(3.0)
    np.testing.assert_allclose(rate_by_year(table), [[0.05, 0.05], [0.1, 0.2]])


def test_at_same_ages_a_young_group_is_not_blamed_for_its_age() -> None:
    rate, half = np.array([0.2, 0.02]), 0.5
    lived = np.array([[100.0, 1000.0], [1000.0, 100.0]])
    table = np.stack([lived * rate * np.array([[1.0], [half]]), lived], axis=1)
    assert rate_ratio(table) > 1.0
    assert rate_ratio_at_same_ages(table) == pytest.approx(half)
