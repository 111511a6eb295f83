import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from experiments.analysis.survival import (
    cumulative_incidence,
    kaplan_meier,
    median_life,
    median_life_difference,
    median_life_estimate,
    survival_at,
    survival_curve,
)

AGES = 40


def spells(seed, alliances=500, late=False):
    """entry age, last age, cause (−1 = alive) of random alliances."""
    generator = np.random.default_rng(seed)
    life = generator.geometric(0.08, alliances) - 1
    watched = generator.integers(5, AGES, alliances)
    entry = generator.integers(0, 6, alliances) if late else np.zeros(alliances, dtype=int)
    last = np.minimum(life, watched)
    cause = np.where(life <= watched, generator.integers(0, 3, alliances), -1)
    seen = last >= entry
    return entry[seen], last[seen], cause[seen]


def table(entry, last, cause, causes=3):
    ages = np.arange(AGES)
    at_risk = ((entry[:, None] <= ages) & (last[:, None] >= ages)).sum(axis=0)
    deaths = np.array([[np.sum((last == age) & (cause == k)) for age in ages] for k in range(causes)])
    return at_risk, deaths


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_survival_equals_statsmodels(seed, late):
    entry, last, cause = spells(seed, late=late)
    at_risk, deaths = table(entry, last, cause)
    # statsmodels counts an entry at time t as at risk after t, so both clocks are moved by half a quarter.
    entries = {"entry": entry - 0.5} if late else {}
    oracle = SurvfuncRight(last.astype(float), (cause >= 0).astype(int), **entries)
    ours = kaplan_meier(at_risk, deaths.sum(axis=0))
    for time, share in zip(oracle.surv_times, oracle.surv_prob, strict=True):
        assert ours[int(time) + 1] == pytest.approx(share, abs=1e-12)


@pytest.mark.filterwarnings("ignore:::statsmodels")  # it divides by zero in its standard errors, which we do not use
@pytest.mark.parametrize("seed", range(4))
def test_incidence_equals_statsmodels(seed):
    entry, last, cause = spells(seed)
    at_risk, deaths = table(entry, last, cause)
    oracle = CumIncidenceRight(last.astype(float), cause + 1)
    ours = cumulative_incidence(at_risk, deaths)
    for k in range(3):
        found = [ours[k, int(time) + 1] for time in oracle.times]
        assert found == pytest.approx(list(oracle.cinc[k]), abs=1e-12)


def test_incidence_worked_by_hand():
    # Ten alliances. Age 0: two end by deceit, one by misfit. Age 1: one is censored before it; six at risk, three by
    # misfit.
    # Age 2: three at risk, one each.
    at_risk = np.array([10, 6, 3])
    deaths = np.array([[2, 0, 1], [1, 3, 1]])
    assert kaplan_meier(at_risk, deaths.sum(axis=0)) == pytest.approx([1, 0.7, 0.35, 0.35 / 3])
    expected = [[0, 0.2, 0.2, 0.2 + 0.35 / 3], [0, 0.1, 0.1 + 0.7 / 2, 0.45 + 0.35 / 3]]
    assert cumulative_incidence(at_risk, deaths) == pytest.approx(np.array(expected))


@pytest.mark.parametrize("late", [False, True])
def test_survivors_and_endings_add_up_to_everyone(late):
    at_risk, deaths = table(*spells(9, late=late))
    total = kaplan_meier(at_risk, deaths.sum(axis=0)) + cumulative_incidence(at_risk, deaths).sum(axis=0)
    known = np.isfinite(total)
    assert known.sum() > 30
    assert np.abs(total[known] - 1.0).max() < 1e-14 * AGES


def test_a_stack_of_tables_is_done_table_by_table():
    tables = [table(*spells(seed)) for seed in range(3)]
    at_risk, deaths = (np.stack(part) for part in zip(*tables, strict=True))
    for world in range(3):
        assert np.array_equal(
            cumulative_incidence(at_risk, deaths)[world], cumulative_incidence(*tables[world]), equal_nan=True
        )


def test_what_nobody_lived_through_is_unknown():
    assert np.array_equal(
        kaplan_meier(np.array([4, 0, 3]), np.array([1, 0, 0])), [1, 0.75, np.nan, np.nan], equal_nan=True
    )
    assert np.array_equal(kaplan_meier(np.array([4, 0]), np.array([4, 0])), [1, 0, 0])
    assert np.array_equal(cumulative_incidence(np.array([4, 0]), np.array([[4, 0]])), [[0, 1, 1]])
    assert np.array_equal(kaplan_meier(np.zeros(0), np.zeros(0)), [1])


def test_more_deaths_than_alliances_are_refused():
    with pytest.raises(ValueError, match="between 0 and at_risk"):
        kaplan_meier(np.array([2]), np.array([3]))


def test_median_between_quarters_and_never_reached():
    curves = np.array([[1.0, 0.8, 0.5, 0.5], [1.0, 0.75, 0.25, 0.2], [1.0, 0.9, 0.8, 0.7], [1.0, 0.9, np.nan, np.nan]])
    assert np.array_equal(median_life(curves), [2.0, 1.5, np.nan, np.nan], equal_nan=True)
    assert median_life(np.array([1.0, 0.0])) == 0.5


def test_survival_at_an_age_beyond_the_table_is_unknown():
    curve = np.array([1.0, 0.8])
    assert survival_at(curve, 1) == 0.8
    assert np.isnan(survival_at(curve, 2))


def worlds_of(generator, worlds, hazard, spread=0.0, alliances=40):
    """at_risk, deaths [worlds, 12]: lives at a constant hazard that may differ between worlds."""
    risk, died = np.zeros((worlds, 12), dtype=np.int64), np.zeros((worlds, 12), dtype=np.int64)
    own = np.clip(generator.normal(hazard, spread, worlds), 0.01, 0.5)
    left = np.full(worlds, alliances)
    for age in range(12):
        risk[:, age], died[:, age] = left, generator.binomial(left, own)
        left = left - died[:, age]
    return risk, died


def test_band_covers_the_true_curve_as_often_as_it_says():
    generator, experiments = np.random.default_rng(11), 400
    truth = 0.9**8
    hits = 0
    for _ in range(experiments):
        curve = survival_curve(*worlds_of(generator, 50, 0.1), draws=300)
        hits += curve.low[8] <= truth <= curve.high[8]
    # Four standard errors of the count, and .02 for percentiles of 50 worlds in 300 draws.
    assert abs(hits / experiments - 0.95) < 4 * np.sqrt(0.95 * 0.05 / experiments) + 0.02


def test_band_is_wider_where_worlds_differ():
    generator = np.random.default_rng(12)
    alike = survival_curve(*worlds_of(generator, 60, 0.1, alliances=400))
    apart = survival_curve(*worlds_of(generator, 60, 0.1, spread=0.04, alliances=400))
    assert (apart.high - apart.low)[8] > 2 * (alike.high - alike.low)[8]


def test_a_single_world_has_a_curve_but_no_band():
    curve = survival_curve(np.array([10, 6, 3]), np.array([[2, 0, 1], [1, 3, 1]]))
    assert curve.worlds == 1
    assert curve.estimate == pytest.approx([1, 0.7, 0.35, 0.35 / 3])
    assert np.isnan(curve.low).all()
    assert np.array_equal(curve.at_risk, [10, 6, 3])


def test_band_holds_the_estimate_and_ends_with_it():
    risk, died = worlds_of(np.random.default_rng(13), 30, 0.2)
    curve = survival_curve(risk, died)
    known = np.isfinite(curve.low)
    assert (curve.low[known] <= curve.estimate[known]).all()
    assert (curve.high[known] >= curve.estimate[known]).all()
    assert np.array_equal(curve.at_risk, risk.sum(axis=0))


def test_median_life_of_many_worlds():
    risk, died = worlds_of(np.random.default_rng(14), 80, 0.1)
    found = median_life_estimate(risk, died)
    assert found.low < found.mean < found.high
    assert found.low < np.log(0.5) / np.log(0.9) < found.high
    never = median_life_estimate(risk[:, :3], died[:, :3])
    assert np.isnan([never.mean, never.low, never.high]).all()


def test_tables_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="same worlds and ages"):
        survival_curve(np.zeros((3, 5), dtype=int), np.zeros((3, 4), dtype=int))


def test_median_life_does_not_leave_out_worlds_of_long_lives():
    # Half of the worlds lose half of their alliances by age 3, the others almost none: a mean over those that reach
    # the median would say 3.
    risk, died = worlds_of(np.random.default_rng(15), 40, 0.02)
    risk[::2], died[::2] = worlds_of(np.random.default_rng(16), 20, 0.2)
    own = median_life(kaplan_meier(risk, died))
    assert np.isnan(own[1::2]).any()
    found = median_life_estimate(risk, died)
    assert found.mean > np.nanmean(own) + 2
    assert found.low <= found.mean <= found.high


def test_difference_of_medians_pairs_the_worlds():
    generator = np.random.default_rng(17)
    base, arm = worlds_of(generator, 60, 0.16), worlds_of(generator, 60, 0.1)
    found = median_life_difference(base, arm, "managed", "median_life_quarters")
    assert found.mean == median_life_estimate(*arm).mean - median_life_estimate(*base).mean
    truth = np.log(0.5) / np.log(0.9) - np.log(0.5) / np.log(0.84)
    assert found.low < truth < found.high
    own = median_life(kaplan_meier(*arm)) - median_life(kaplan_meier(*base))
    assert (found.better_in, found.worlds) == ((own > 0).sum(), np.isfinite(own).sum())
    assert found.worlds_if_unpaired is not None
    same = median_life_difference(base, base)
    assert (same.mean, same.low, same.high, same.better_in) == (0.0, 0.0, 0.0, 0)
    few = median_life_difference(tuple(part[:4] for part in base), tuple(part[:4] for part in arm))
    assert few.low + few.high == pytest.approx(2 * few.mean)
    short = median_life_difference(base, tuple(part[:, :2] for part in arm))
    assert np.isnan([short.mean, short.low, short.high]).all()
    with pytest.raises(ValueError, match="the same worlds"):
        median_life_difference(base, tuple(part[:4] for part in arm))


def test_median_life_of_few_worlds_is_covered_nearly_as_often_as_it_says():
    generator, experiments = np.random.default_rng(18), 400
    truth = median_life(0.84 ** np.arange(13.0))
    hits = 0
    for _ in range(experiments):
        found = median_life_estimate(*worlds_of(generator, 5, 0.16, alliances=200), draws=300)
        hits += found.low <= truth <= found.high
    # Four standard errors of the count, and .02 for 300 draws and the bend of the curve.
    assert abs(hits / experiments - 0.95) < 4 * np.sqrt(0.95 * 0.05 / experiments) + 0.02
