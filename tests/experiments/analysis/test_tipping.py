"""Roots of curves whose roots are known, and intervals that hold the truth as often as they say."""

import numpy as np
import pytest

from experiments.analysis.tipping import crossing_places, interval, quantile, roots, shift, tip

LEVERS = np.linspace(0.0, 1.0, 11)


def lines(heights, slope=-1.0, levers=LEVERS):
    """Worlds whose curves are straight and parallel. heights : [worlds]     Returns [points, worlds]."""
    return slope * levers[:, None] + np.asarray(heights)[None, :]


def test_a_straight_line_crosses_where_arithmetic_says():
    assert crossing_places(LEVERS, 0.8 - LEVERS, 0.35) == pytest.approx([0.45])
    found = tip(LEVERS, lines([0.7, 0.8, 0.9] * 10), 0.35, 0.5)
    assert found.value == pytest.approx(0.45)
    assert found.slope == pytest.approx(-1.0)
    assert np.sort(found.per_world) == pytest.approx(np.repeat([0.35, 0.45, 0.55], 10))
    assert found.low < 0.45 < found.high


def test_the_interval_is_that_of_the_mean_divided_by_the_slope():
    heights = np.random.default_rng(1).normal(1.0, 0.2, 80)
    found = tip(LEVERS, lines(heights, slope=-2.0), 0.0, 0.5)
    half = 1.96 * heights.std(ddof=1) / np.sqrt(80) / 2
    # Noise of a 2.5 % quantile of 2,000 draws: sqrt(pq/n)/density(1.96) = .06 standard errors; four of them.
    assert [found.low, found.high] == pytest.approx(heights.mean() / 2 + np.array([-half, half]), abs=0.25 * half)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Logistic curves whose places vary by world, and a jump of its own at every value."""
    experiments, worlds, true = 300, 40, 0.5
    generator = np.random.default_rng(2)
    levers = np.linspace(0.2, 0.8, 7)
    hits = 0
    for _ in range(experiments):
        height = generator.normal(0, 0.3, worlds) + generator.normal(0, 0.1, (7, worlds))
        values = 6 * (true - levers)[:, None] + height  # logits: their mean crosses 0 at the truth
        found = tip(levers, values, 0.0, 0.5, draws=400)
        hits += found.low <= true <= found.high
    # Four standard errors of the count, and .02 for percentiles of 40 worlds, which are a little too narrow.
    assert abs(hits / experiments - 0.95) < 4 * np.sqrt(0.95 * 0.05 / experiments) + 0.02


def test_few_worlds_get_the_interval_of_student():
    experiments, worlds = 1000, 4
    generator = np.random.default_rng(3)
    hits = 0
    for _ in range(experiments):
        found = tip(LEVERS, lines(generator.normal(0.5, 0.1, worlds)), 0.0, 0.5)
        hits += found.low <= 0.5 <= found.high
    assert abs(hits / experiments - 0.95) < 4 * np.sqrt(0.95 * 0.05 / experiments)
    alone = tip(LEVERS, lines([0.5]), 0.0, 0.5)
    assert alone.value == pytest.approx(0.5)
    assert np.isnan([alone.low, alone.high]).all()


def test_worlds_that_never_cross_lie_beyond_the_end_that_they_did_not_reach():
    found = tip(LEVERS, lines([0.5] * 20 + [2.0, -1.0, -1.0]), 0.0, 0.5)
    assert found.never == 3
    assert np.count_nonzero(found.per_world == np.inf) == 1  # still above at the right end
    assert np.count_nonzero(found.per_world == -np.inf) == 2
    assert found.world(0.5) == pytest.approx(0.5)
    assert np.isnan(found.world(0.01))
    rising = tip(LEVERS, lines([-0.5] * 20 + [-2.0], slope=1.0), 0.0, 0.5)
    assert rising.per_world[-1] == np.inf


def test_no_crossing_is_none():
    assert tip(LEVERS, lines([2.0, 2.1]), 0.0, 0.5) is None


def test_an_interval_that_reaches_beyond_the_points_is_open():
    heights = np.random.default_rng(4).normal(0.97, 0.3, 20)
    found = tip(LEVERS, lines(heights), 0.0, 0.9)
    assert found.value == pytest.approx(heights.mean())
    assert found.high == np.inf
    assert np.isfinite(found.low)


def test_of_several_crossings_the_nearest_and_of_a_world_the_middle_one():
    wave = np.cos(2 * np.pi * LEVERS)[:, None] + np.zeros((1, 12))
    assert tip(LEVERS, wave, 0.0, 0.1).value == pytest.approx(0.25, abs=0.005)
    assert tip(LEVERS, wave, 0.0, 0.9).value == pytest.approx(0.75, abs=0.005)
    levers = np.arange(5.0)
    zigzag = np.array([[1.0, -1.0, 1.0, -1.0, -1.0]])
    assert roots(levers, zigzag, 0.0, 0.0, True) == pytest.approx([1.5])
    even = np.array([[1.0, -1.0, -1.0, -1.0, 1.0]])
    assert roots(levers, even, 0.0, 3.0, True) == pytest.approx([3.5])


def test_a_height_exactly_on_the_level_is_one_crossing():
    assert crossing_places(np.arange(3.0), np.array([1.0, 0.0, -1.0]), 0.0) == pytest.approx([1.0])
    assert crossing_places(np.arange(3.0), np.array([-1.0, 0.0, 1.0]), 0.0) == pytest.approx([1.0])
    assert crossing_places(np.arange(3.0), np.zeros(3), 0.0).size == 0


def test_gaps_are_jumped_over():
    assert crossing_places(np.arange(3.0), np.array([1.0, np.nan, -1.0]), 0.0) == pytest.approx([1.0])


def test_a_shift_is_paired():
    heights = np.random.default_rng(5).normal(0.5, 0.2, 60)
    before, after = (tip(LEVERS, lines(heights + more), 0.0, 0.5) for more in (0.0, 0.1))
    found = shift(before, after)
    assert found.value == pytest.approx(0.1)
    assert [found.low, found.high] == pytest.approx([0.1, 0.1])  # the worlds are the same: no luck is left
    assert after.high - after.low > 0.05
    few = tip(LEVERS, lines([0.4, 0.5]), 0.0, 0.5)
    assert np.isnan(shift(few, few).low)
    with pytest.raises(ValueError, match="same number of draws"):
        shift(before, few)


def test_quantiles_of_values_that_may_be_infinite():
    values = np.array([-np.inf, 1.0, 2.0, 3.0, np.inf])
    assert quantile(values, 0.5) == 2.0
    assert quantile(values, 0.0) == -np.inf
    assert quantile(values, 0.25) == 1.0
    assert np.isnan(interval(np.array([1.0, np.inf, np.inf]))).all()


def test_the_same_table_gives_the_same_answer():
    values = lines(np.random.default_rng(6).normal(0.5, 0.2, 30))
    first, second = (tip(LEVERS, values, 0.0, 0.5) for _ in range(2))
    np.testing.assert_array_equal(first.draws, second.draws)
    assert (first.low, first.high) == (second.low, second.high)
