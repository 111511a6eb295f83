"""Regrets that can be worked out by hand, and their properties."""

import numpy as np
import pytest

from experiments.analysis.regret import regrets


def table(means: list[list[float]], worlds: int = 30, luck: float = 0.0, seed: int = 1) -> np.ndarray:
    """Cells with these means [arms, futures], the same luck in all of them plus some of their own."""
    random = np.random.default_rng(seed)
    common, own = random.normal(size=worlds), random.normal(size=(*np.shape(means), worlds))
    own -= own.mean(axis=2, keepdims=True)
    return np.array(means)[:, :, None] + common - common.mean() + luck * own


def test_savages_rule_by_hand() -> None:
    """Three arms, two futures: regrets [[5, 0], [0, 4], [1, 1]]; the third is never the best and regretted least."""
    found = regrets(table([[5.0, 9.0], [10.0, 5.0], [9.0, 8.0]]))
    np.testing.assert_allclose(found.regret, [[5, 0], [0, 4], [1, 1]], atol=1e-12)
    np.testing.assert_allclose(found.worst, [5, 4, 1])
    np.testing.assert_allclose(found.mean, [2.5, 2, 1])
    assert found.order == [2, 1, 0]


def test_luck_that_all_arms_share_cancels() -> None:
    found = regrets(table([[1.0, 2.0], [2.0, 1.5]]))
    np.testing.assert_allclose(found.low, found.regret, atol=1e-12)
    np.testing.assert_allclose(found.high, found.regret, atol=1e-12)
    np.testing.assert_array_equal(found.sure, [0.0, 1.0])


def test_less_may_be_better() -> None:
    values = table([[1.0, 2.0], [3.0, 1.0]])
    np.testing.assert_allclose(regrets(values, less_is_better=True).regret, [[0, 1], [2, 0]], atol=1e-12)
    np.testing.assert_allclose(regrets(-values).regret, regrets(values, less_is_better=True).regret, atol=1e-12)


def test_equal_arms_share_the_surety() -> None:
    values = table([[1.0, 2.0], [1.0, 2.0]])
    np.testing.assert_allclose(regrets(np.stack([values[0], values[0]])).sure, [0.5, 0.5])


def test_a_cell_that_a_world_lacks_takes_the_world_out_of_all() -> None:
    values = table([[1.0, 2.0], [3.0, 1.0]], luck=0.3)
    values[1, 0, 4] = np.nan
    found = regrets(values)
    assert found.worlds == 29
    np.testing.assert_allclose(found.means, np.delete(values, 4, axis=2).mean(axis=2))
    nothing = regrets(np.full((2, 2, 5), np.nan))
    assert nothing.worlds == 0
    assert np.isnan(nothing.worst).all()


def test_few_worlds_have_regrets_and_no_intervals() -> None:
    found = regrets(table([[1.0, 2.0], [3.0, 1.0]], worlds=5))
    assert np.isfinite(found.worst).all()
    assert np.isnan(found.worst_low).all()
    assert np.isnan(found.sure).all()


def test_regrets_are_never_negative_and_one_arm_is_best_in_each_future() -> None:
    found = regrets(np.random.default_rng(3).normal(size=(4, 5, 40)))
    assert (found.regret >= 0).all()
    assert (found.low >= 0).all()
    np.testing.assert_array_equal(found.regret.min(axis=0), 0.0)
    assert found.sure.sum() == pytest.approx(1.0)
    assert (found.worst >= found.mean).all()


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Two arms, 2 apart in one future: 95 % of 300 intervals; 4 binomial standard errors are 5 %."""
    held = 0
    for seed in range(300):
        random = np.random.default_rng(seed)
        values = np.array([[2.0], [0.0]])[:, :, None] + random.normal(size=(2, 1, 30))
        found = regrets(values, draws=500)
        held += found.low[1, 0] <= 2.0 <= found.high[1, 0]
    assert abs(held / 300 - 0.95) < 0.05
