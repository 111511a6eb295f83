"""Summaries of life tables with intervals over worlds: cases by hand, and agreement with the whole curves."""

import math

import numpy as np
import pytest

from experiments.analysis.lifetimes import chance_in_year, incidence_by, mean_within, pooled, survival_to
from experiments.analysis.survival import survival_curve


def tables(worlds: int) -> tuple[np.ndarray, np.ndarray]:
    """A constant hazard by quarter of 5 % and 3 %, 200 alliances a world, 40 quarters."""
    generator = np.random.default_rng(7)
    risk, deaths = np.zeros((worlds, 40), dtype=np.int64), np.zeros((worlds, 2, 40), dtype=np.int64)
    for world in range(worlds):
        left = 200
        for age in range(40):
            risk[world, age] = left
            deaths[world, :, age] = generator.multinomial(left, [0.05, 0.03, 0.92])[:2]
            left -= deaths[world, :, age].sum()
    return risk, deaths


def test_a_table_by_hand() -> None:
    risk = np.array([[10, 10, 10, 10, 5, 5, 5, 5]])
    deaths = np.zeros((1, 2, 8), dtype=np.int64)
    deaths[0, 0, 3], deaths[0, 1, 7] = 5, 1
    assert [item.mean for item in pooled(risk, deaths, survival_to([1, 2]), 2)] == [0.5, 0.4]
    assert [item.mean for item in pooled(risk, deaths, incidence_by([1, 2]), 2)] == pytest.approx([0.5, 0.5, 0.0, 0.1])
    assert [item.mean for item in pooled(risk, deaths, chance_in_year([1, 2]), 2)] == pytest.approx([0.5, 0.2])
    assert [item.mean for item in pooled(risk, deaths, mean_within([1, 2]), 2)] == pytest.approx([1.0, 1.5])
    beyond = pooled(risk, deaths, survival_to([3]), 3)[0]
    assert math.isnan(beyond.mean)
    assert math.isnan(pooled(risk, deaths, mean_within([3]), 3)[0].mean)
    assert math.isnan(pooled(risk, deaths, survival_to([1]), 2)[0].low)  # one world has no interval


def test_survival_and_its_interval_are_those_of_the_curve() -> None:
    risk, deaths = tables(20)
    curve = survival_curve(risk, deaths)
    found = pooled(risk, deaths, survival_to([1, 5, 10]), 10)
    for age, item in zip((4, 20, 40), found, strict=True):
        assert (item.mean, item.low, item.high) == pytest.approx((curve.estimate[age], curve.low[age], curve.high[age]))


def test_intervals_hold_the_truth_and_shares_add_up() -> None:
    risk, deaths = tables(40)
    kept = 0.92 ** (4 * np.array([1, 3, 5]))
    for item, truth in zip(pooled(risk, deaths, survival_to([1, 3, 5]), 5), kept, strict=True):
        assert abs(item.mean - truth) < 4 * math.sqrt(truth * (1 - truth) / 8000)
        assert item.low < item.mean < item.high
    shares = [item.mean for item in pooled(risk, deaths, incidence_by([5]), 5)]
    assert sum(shares) + pooled(risk, deaths, survival_to([5]), 5)[0].mean == pytest.approx(1.0)
    area = sum(0.92**age for age in range(20)) / 4
    mean = pooled(risk, deaths, mean_within([5]), 5)[0]
    assert abs(mean.mean - area) < 4 * 2.5 / math.sqrt(8000)  # no life within five years spreads more than 2.5 years
    assert mean.low < area + 0.1


def test_few_worlds_have_student_s_intervals() -> None:
    risk, deaths = tables(3)
    curve = survival_curve(risk, deaths)
    item = pooled(risk, deaths, survival_to([5]), 5)[0]
    assert item.high - item.low > curve.high[20] - curve.low[20]
    assert item.mean - item.low == pytest.approx(item.high - item.mean)
