import numpy as np
import pytest

from experiments.analysis import bootstrap
from experiments.analysis.bootstrap import mean_interval, percentile_interval, resample


def test_resampled_tables_add_up_and_keep_their_shape():
    tables = np.arange(24, dtype=np.int64).reshape(4, 2, 3)
    sums = resample(tables, draws=50)
    assert sums.shape == (50, 2, 3)
    # Every draw takes four worlds, so a table of ones would sum to four.
    assert np.array_equal(resample(np.ones((4, 1)), draws=50), np.full((50, 1), 4.0))


def test_resampling_draws_the_same_worlds_in_every_arm():
    base, arm = np.random.default_rng(1).normal(size=(2, 30))
    assert np.allclose(resample(arm, 40) - resample(base, 40), resample(arm - base, 40))


def test_resampling_in_chunks_changes_nothing(monkeypatch):
    tables = np.random.default_rng(2).normal(size=(13, 5))
    whole = resample(tables, draws=101)
    monkeypatch.setattr(bootstrap, "_CHUNK", 100)
    assert np.array_equal(resample(tables, draws=101), whole)


def test_interval_of_the_mean_covers_the_truth_as_often_as_it_says():
    experiments, worlds = 600, 60
    draws = np.random.default_rng(3).exponential(size=(experiments, worlds)) - 1.0  # skewed, true mean 0
    hits = 0
    for values in draws:
        low, high = mean_interval(values, draws=600)
        hits += low <= 0.0 <= high
    # Four standard errors of the count, and .02 for the known undercoverage of BCa at 60 skewed observations.
    tolerance = 4 * np.sqrt(0.95 * 0.05 / experiments) + 0.02
    assert abs(hits / experiments - 0.95) < tolerance


def test_interval_is_close_to_normal_theory_for_normal_values():
    values = np.random.default_rng(4).normal(size=400)
    low, high = mean_interval(values)
    half = 1.96 * values.std(ddof=1) / 20
    # Noise of a 2.5 % quantile of 2,000 draws: sqrt(pq/n)/density(1.96) = .06 standard errors; four of them.
    assert np.allclose([low, high], values.mean() + np.array([-half, half]), atol=0.25 * half)


def test_interval_follows_skew_where_percentiles_do_not():
    values = np.random.default_rng(5).exponential(size=40)
    low, high = mean_interval(values)
    assert high - values.mean() > values.mean() - low


def test_too_few_worlds_give_no_interval_and_equal_ones_a_point():
    assert np.isnan(mean_interval(np.array([0.4]))).all()
    assert mean_interval(np.full(7, 0.1)) == (np.full(7, 0.1).mean(), np.full(7, 0.1).mean())


def test_percentiles_ignore_a_few_undefined_draws_but_not_many():
    samples = np.tile(np.linspace(0, 1, 101)[:, None], (1, 2))
    samples[:10, 0] = np.nan
    samples[:60, 1] = np.nan
    low, high = percentile_interval(samples)
    assert np.isclose(high[0], 0.9775)
    assert 0.1 < low[0] < 0.15
    assert np.isnan([low[1], high[1]]).all()


def test_two_worlds_give_an_interval_symmetric_about_their_mean():
    low, high = mean_interval(np.array([0.3, 0.7]))
    assert low + high == pytest.approx(1.0)
    assert low < 0.3 < 0.7 < high


def test_means_that_differ_by_rounding_only_are_ties():
    # Half of the worlds 0.1, half 0.3: as many resampled means lie below as above the mean, and a fifth upon it.
    low, high = mean_interval(np.tile([0.1, 0.3], 6))
    assert low + high == pytest.approx(0.4, abs=0.2 / 12)  # one step of the lattice of means


@pytest.mark.parametrize("worlds", [3, 5, 9])
def test_few_worlds_are_covered_as_often_as_it_says(worlds):
    experiments = 2000
    draws = np.random.default_rng(6).normal(size=(experiments, worlds))
    hits = sum(low <= 0.0 <= high for low, high in map(mean_interval, draws))
    assert abs(hits / experiments - 0.95) < 4 * np.sqrt(0.95 * 0.05 / experiments)  # four standard errors of the count
