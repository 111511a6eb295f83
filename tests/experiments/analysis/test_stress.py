"""Fates of alliances as tables: hand-counted cases, published intervals, exact zeros."""

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from experiments.analysis.stress import chances, course, dangers, lived_so_long, paired_mean, paired_shares, wilson

LIVED = np.array([[3, 20], [8, 20], [20, 12], [20, 20]])  # [worlds, alliances] quarters


def test_wilsons_interval_is_that_of_statsmodels() -> None:
    for successes, trials in ((0, 10), (3, 10), (50, 100), (100, 100)):
        found = wilson(np.array([successes]), trials)
        low, high = proportion_confint(successes, trials, method="wilson")
        assert found.low[0] == pytest.approx(low, abs=1e-12)
        assert found.high[0] == pytest.approx(high, abs=1e-12)


def test_chances_count_worlds() -> None:
    assert chances(LIVED, 4).mean.tolist() == [0.75, 1.0]
    assert chances(LIVED, 20).mean.tolist() == [0.5, 0.75]


def test_the_main_danger_is_the_most_frequent_unintended_cause_in_time() -> None:
    cause = np.array([[2, -1], [0, -1], [-1, 1], [-1, -1]])
    found = dangers(LIVED, cause, 20, 3, intended=1)
    assert found.cause.tolist() == [0, -1]  # of equals the first; completion alone is no danger
    assert (found.worlds.tolist(), found.endings.tolist()) == ([1, 0], [2, 1])
    assert dangers(LIVED, cause, 8, 3, intended=1).cause.tolist() == [2, -1]


def test_the_course_starts_with_all_and_ends_with_the_chances() -> None:
    found = course(LIVED, 20)
    assert (found.mean[0], found.mean[20]) == (1.0, chances(LIVED, 20).mean.mean())
    assert (np.diff(found.mean) <= 0).all()
    assert (found.low <= found.mean).all()
    assert (found.mean <= found.high).all()


def test_how_many_live_so_long() -> None:
    mean, (low, high) = lived_so_long(LIVED, 20)
    assert (mean.mean, low, high) == (1.25, 1.0, 2.0)


def test_a_change_that_changes_nothing_is_exactly_zero() -> None:
    found, share = paired_shares(LIVED, LIVED, 20), paired_mean(LIVED, LIVED, 20)
    assert found.mean.tolist() == [0.0, 0.0]
    assert (found.low < 0).all()
    assert (found.high > 0).all()
    assert (share.mean, share.low, share.high) == (0.0, 0.0, 0.0)


def test_the_paired_interval_is_agresti_and_mins() -> None:
    """Approval twice, of the same 1,600 people (Agresti & Min 2005, from Agresti 2002): 150 and 86 changed their minds.

    The plain interval of the difference 86 − 150 is −0.040 ± 0.0187; so many pairs move the adjusted one by little.
    """
    before = np.array([20] * 150 + [0] * 86 + [20] * 794 + [0] * 570)[:, None]
    after = np.array([0] * 150 + [20] * 86 + [20] * 794 + [0] * 570)[:, None]
    found = paired_shares(before, after, 20)
    assert found.mean[0] == pytest.approx(-64 / 1600)
    assert found.low[0] == pytest.approx(-0.0587, abs=2e-4)
    assert found.high[0] == pytest.approx(-0.0213, abs=2e-4)


def test_intervals_of_paired_shares_cover_the_truth() -> None:
    luck, true, repeats, worlds = np.random.default_rng(5), 0.1, 2000, 60
    before = np.where(luck.random((worlds, repeats)) < 0.4, 20, 0)
    after = np.where((before == 20) | (luck.random((worlds, repeats)) < true / 0.6), 20, 0)
    found = paired_shares(before, after, 20)
    covered = float(((found.low <= true) & (true <= found.high)).mean())
    assert 0.95 - 3 * np.sqrt(0.95 * 0.05 / repeats) - 0.01 <= covered
