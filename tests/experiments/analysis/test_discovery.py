"""Boxes in made-up data whose borders are known; intervals against statsmodels."""

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from experiments.analysis.discovery import LEAST_POINTS, Box, boxes, phi, quality, wilson


def corner(points: np.ndarray) -> np.ndarray:
    """Fails where input 3 is above 0.6 and input 1 below 0.5: a fifth of the unit cube."""
    return (points[:, 3] > 0.6) & (points[:, 1] < 0.5)


def flipped(cases: np.ndarray, share: float, random: np.random.Generator) -> np.ndarray:
    return cases ^ (random.random(len(cases)) < share)


def test_a_box_without_noise_is_found_to_within_the_gaps_between_points() -> None:
    points = np.random.default_rng(1).random((500, 8))
    (found,) = boxes(points, corner(points))
    assert sorted(found.restricted) == [1, 3]
    # Expected gap between neighbours of 100 failing points along a side: 0.4/100 and 0.5/100; ten of them are plenty.
    assert found.low[3] == pytest.approx(0.6, abs=0.05)
    assert found.high[1] == pytest.approx(0.5, abs=0.05)
    assert np.isinf(found.high[3])
    assert np.isinf(found.low[1])
    fresh = np.random.default_rng(2).random((2000, 8))
    tested = quality(found, fresh, corner(fresh))
    assert tested.density.share > 0.95
    assert tested.coverage.share > 0.95
    assert tested.tells


@pytest.mark.parametrize("noise", [0.1, 0.2])
def test_among_many_idle_inputs_the_right_ones_are_restricted(noise: float) -> None:
    """Of 10 noisy clouds with 22 inputs at least 9 give just the two inputs: the others look well by luck alone."""
    right = 0
    for seed in range(10):
        random = np.random.default_rng(seed)
        points = random.random((400, 22))
        found = boxes(points, flipped(corner(points), noise, random), most=1)
        right += bool(found) and sorted(found[0].restricted) == [1, 3]
    assert right >= 9


def test_where_nothing_sets_cases_apart_there_is_no_box() -> None:
    """A false alarm has a chance of about 5 % by the threshold; 4 of 20 or more would have one of 2 %."""
    alarms = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        alarms += bool(boxes(random.random((300, 10)), random.random(300) < 0.3))
    assert alarms < 4
    assert binom.sf(3, 20, 0.05) < 0.02


def test_two_boxes_are_found_one_after_the_other() -> None:
    points = np.random.default_rng(5).random((800, 5))
    first = (points[:, 0] > 0.7) & (points[:, 1] > 0.3)
    second = (points[:, 0] < 0.3) & (points[:, 2] < 0.5)
    found = boxes(points, first | second)
    assert [sorted(box.restricted) for box in found[:2]] == [[0, 1], [0, 2]]
    taken = found[0].holds(points)
    both = quality(found[0], points, first | second), quality(found[1], points, first | second, taken)
    assert sum(one.coverage.share for one in both) > 0.9
    assert both[1].coverage.of == (first | second).sum()


def test_a_grid_of_few_levels_is_cut_between_levels() -> None:
    axis = np.linspace(0, 1, 6)
    points = np.array([[a, b] for a in axis for b in axis for _ in range(5)])
    (found,) = boxes(points, points[:, 0] > 0.5)
    assert found.restricted == [0]
    assert found.low[0] == pytest.approx(0.5)


def test_too_few_cases_are_no_rule() -> None:
    points = np.random.default_rng(1).random((200, 3))
    few = np.zeros(200, dtype=bool)
    few[np.argsort(points[:, 0])[: LEAST_POINTS - 1]] = True
    assert boxes(points, few) == []
    assert boxes(points, np.zeros(200, dtype=bool)) == []
    assert boxes(points, np.ones(200, dtype=bool)) == []


def test_quasi_p_is_the_binomial_tail() -> None:
    """One restriction: the box without it is everything."""
    points = np.linspace(0, 1, 100)[:, None]
    cases = points[:, 0] > 0.75
    (found,) = boxes(points, cases)
    inside = found.holds(points)
    assert found.quasi_p[0] == pytest.approx(binom.sf(cases[inside].sum() - 1, inside.sum(), cases.mean()))


def test_a_rule_that_does_not_hold_is_seen_as_such() -> None:
    random = np.random.default_rng(8)
    box = Box(np.array([0.5, -np.inf]), np.array([np.inf, np.inf]), np.array([0.001, np.nan]))
    points = random.random((400, 2))
    assert not quality(box, points, random.random(400) < 0.3).tells
    assert quality(box, points, points[:, 0] > 0.6).tells
    nobody = quality(Box(np.array([2.0, 2.0]), np.array([np.inf, np.inf]), np.zeros(2)), points, points[:, 0] > 0.6)
    assert (nobody.density.of, nobody.tells) == (0, False)


@pytest.mark.parametrize(("count", "of"), [(0, 10), (3, 17), (50, 50), (86, 100)])
def test_wilson_is_that_of_statsmodels(count: int, of: int) -> None:
    mine = wilson(count, of)
    assert (mine.low, mine.high) == pytest.approx(proportion_confint(count, of, method="wilson"), abs=1e-12)


def test_phi_is_symmetric_and_knows_its_ends() -> None:
    random = np.random.default_rng(2)
    inside, cases = random.random(50) < 0.4, random.random(50) < 0.3
    assert phi(inside, cases) == phi(cases, inside)
    assert phi(cases, cases) == 1.0
    assert phi(~cases, cases) == -1.0
    assert phi(np.ones(50, dtype=bool), cases) == 0.0
