"""Survival of single spells: published numbers, statsmodels as the oracle, and slow counts by hand."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from experiments.analysis.spells import (
    ending_chance,
    median_of,
    restricted_mean,
    spell_curve,
    spell_incidence,
)

Floats = NDArray[np.float64]

# Freireich et al. 1963: weeks of remission under 6-mercaptopurine, the classic of every textbook.
REMISSION = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
RELAPSED = [1] * 9 + [0] * 12


def random_spells(seed: int, late: bool = True) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Duration, cause (-1 if still going) and entry, in half units so that many are tied; entries tie with endings."""
    generator = np.random.default_rng(seed)
    count = int(generator.integers(5, 200))
    duration = generator.integers(1, 2 + int(generator.integers(2, 40)), count) / 2
    cause = np.where(generator.random(count) < generator.random(), -1, generator.integers(0, 3, count))
    cause[0] = 0
    entry = np.where(generator.random(count) < 0.4, 0.0, np.floor(2 * duration * generator.random(count)) / 2)
    entry[0] = 0.0
    return duration, cause.astype(np.int64), entry if late else np.zeros(count)


@pytest.mark.parametrize("seed", range(60))
def test_survival_and_its_error_are_those_of_statsmodels(seed: int) -> None:
    duration, cause, entry = random_spells(seed)
    ended = cause >= 0
    curve = spell_curve(duration, ended, entry)
    with np.errstate(all="ignore"):
        oracle = SurvfuncRight(duration, ended.astype(int), entry=entry)
    np.testing.assert_array_equal(curve.age, oracle.surv_times)
    np.testing.assert_array_equal(curve.at_risk, oracle.n_risk)
    np.testing.assert_array_equal(curve.deaths, oracle.n_events)
    alive = curve.survival > 0
    np.testing.assert_allclose(curve.survival, oracle.surv_prob, rtol=0, atol=1e-9)
    gone = np.logical_or.accumulate(~alive)  # statsmodels lets a curve rise again from 0 in its errors
    np.testing.assert_allclose(curve.error[~gone], oracle.surv_prob_se[~gone], rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_incidence_without_late_entry_is_that_of_statsmodels(seed: int) -> None:
    duration, cause, _ = random_spells(seed, late=False)
    age, shares = spell_incidence(duration, cause, 3)
    with np.errstate(all="ignore"):  # its errors, which are not asked for, divide by 0 where all have ended
        oracle = CumIncidenceRight(duration, cause + 1)
    for place in range(3):
        if (cause == place).any():  # statsmodels does not list causes that nobody had
            theirs = oracle.cinc[place][np.isin(oracle.times, age)]
            np.testing.assert_allclose(shares[place], theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_incidence_with_late_entry_is_that_of_counting_one_by_one(seed: int) -> None:
    duration, cause, entry = random_spells(seed)
    age, shares = spell_incidence(duration, cause, 3, entry)
    alive, total = 1.0, [0.0] * 3
    for place, now in enumerate(age):
        risk = [k for k in range(len(duration)) if duration[k] >= now and (entry[k] < now or entry[k] == 0)]
        ended = [k for k in risk if duration[k] == now and cause[k] >= 0]
        for k in ended:
            total[cause[k]] += alive / len(risk)
        alive *= 1 - len(ended) / len(risk)
        np.testing.assert_allclose(shares[:, place], total, rtol=0, atol=1e-12)
    np.testing.assert_allclose(shares.sum(axis=0) + spell_curve(duration, cause >= 0, entry).survival, 1.0, atol=1e-12)


def test_the_published_remissions() -> None:
    curve = spell_curve(REMISSION, RELAPSED)
    assert curve.age.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    np.testing.assert_allclose(curve.survival, published, atol=5e-4)
    np.testing.assert_allclose(curve.error, errors, atol=5e-5)
    median = median_of(curve)
    assert (median.mean, median.low) == (23, 13)
    assert math.isnan(median.high)  # the upper band never comes down to one half
    # Log-log band at 10 weeks: 0.753^exp(±1.96·0.0963/(0.753·ln 0.753)), by hand.
    survival, low, high = (float(side) for side in curve.at(10.5))
    theta = math.exp(1.959964 * curve.error[2] / (survival * -math.log(survival)))
    assert (low, high) == (pytest.approx(survival**theta), pytest.approx(survival ** (1 / theta)))
    assert low < 0.753 < high
    first = curve.at(1.0)
    assert first[0] == 1.0
    assert np.isnan(first[1:]).all()


def test_mean_life_within_some_years_is_the_area_under_the_curve() -> None:
    curve = spell_curve(REMISSION, RELAPSED)
    # Rectangles by hand up to 20 weeks.
    edges, heights = [6, 7, 10, 13, 16, 20], [0.857143, 0.806723, 0.752941, 0.690196, 0.627451]
    area = 6 + sum(h * (b - a) for h, a, b in zip(heights, edges, edges[1:], strict=False))
    found = restricted_mean(curve, 20)
    assert found.mean == pytest.approx(area, abs=1e-5)
    assert found.low < area < found.high
    assert math.isnan(restricted_mean(curve, 36).mean)  # nobody was seen for so long
    # Without censoring it is the mean of the lives cut off there, and its variance is theirs (n in the denominator).
    lives = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
    whole = restricted_mean(spell_curve(lives, np.ones(5)), 4.0)
    cut = np.minimum(lives, 4.0)
    assert whole.mean == pytest.approx(cut.mean())
    assert whole.high - whole.mean == pytest.approx(1.959964 * math.sqrt(cut.var() / 5), rel=1e-6)


def test_a_whole_world_of_quarters_gives_the_curve_of_its_table() -> None:
    from experiments.analysis.survival import cumulative_incidence, kaplan_meier

    generator = np.random.default_rng(5)
    age, first = generator.integers(0, 12, 300), generator.integers(0, 6, 300)
    age = np.maximum(age, first)
    cause = np.where(generator.random(300) < 0.6, generator.integers(0, 3, 300), -1)
    ages = np.arange(14)
    risk = np.array([np.count_nonzero((first <= a) & (np.where(cause >= 0, age, age - 1) >= a)) for a in ages])
    deaths = np.array([[np.count_nonzero((age == a) & (cause == c)) for a in ages] for c in range(3)])
    time = np.where(cause >= 0, age + 1, np.maximum(age, first)) / 4
    curve = spell_curve(time, cause >= 0, first / 4)
    table = kaplan_meier(risk, deaths.sum(axis=0))
    known = np.isfinite(table)
    np.testing.assert_allclose(curve.at(np.arange(15) / 4)[0][known], table[known], atol=1e-12)
    when, shares = spell_incidence(time, cause, 3, first / 4)
    whole = cumulative_incidence(risk, deaths)
    np.testing.assert_allclose(shares, whole[:, np.round(4 * when).astype(int)], atol=1e-12)


def test_the_chance_to_end_in_a_year_starts_anew_at_its_beginning() -> None:
    curve = spell_curve([0.5, 1.5, 1.5, 2.5], [1, 1, 0, 1])
    assert ending_chance(curve, 0, 1).mean == pytest.approx(1 / 4)
    second = ending_chance(curve, 1, 2)
    assert second.mean == pytest.approx(1 / 3)
    assert second.low < 1 / 3 < second.high
    assert ending_chance(curve, 2, 3).mean == 1.0
    assert math.isnan(ending_chance(curve, 3, 4).mean)  # nobody was left


def test_where_none_ended_the_interval_still_goes_up() -> None:
    """None of ten in a year: a constant hazard with a chance of 2.5 % of that is -ln(0.025)/10 a year."""
    curve = spell_curve([1.0] * 10 + [0.25], [0] * 11)
    found = ending_chance(curve, 0, 1)
    assert (found.mean, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - math.exp(math.log(0.025) / 10.25))
    late = ending_chance(spell_curve([1.0] * 10, [0] * 10, [0.5] * 10), 0, 1)  # half a year of each was seen
    assert late.high == pytest.approx(1 - math.exp(math.log(0.025) / 5))


def test_how_many_are_under_observation() -> None:
    curve = spell_curve([1.0, 2.0, 3.0], [1, 0, 1], [0.0, 1.5, 0.0])
    assert curve.observed_at([0.0, 1.0, 1.5, 2.5, 4.0]).tolist() == [2, 2, 2, 1, 0]
    assert curve.last == 3.0


def test_endings_at_once_count_and_nobody_is_unknown() -> None:
    assert spell_curve([0.0, 1.0], [1, 1]).survival.tolist() == [0.5, 0.0]
    curve = spell_curve([1.0, 2.0], [0, 0])
    assert curve.at([0.0, 2.0, 3.0])[0].tolist()[:2] == [1.0, 1.0]
    assert np.isnan(curve.at(3.0)[0])
    assert math.isnan(median_of(curve).mean)
    assert spell_incidence([1.0, 2.0], [-1, -1], 2)[1].shape == (2, 0)


def test_wrong_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        spell_curve([1.0], [True, False])
    with pytest.raises(ValueError, match="no spell"):
        spell_curve([], [])
    with pytest.raises(ValueError, match="before it was first seen"):
        spell_curve([1.0], [True], [2.0])
    with pytest.raises(ValueError, match="causes run from 0 to 1"):
        spell_incidence([1.0], [2], 2)
