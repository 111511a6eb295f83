"""Sensitivity against functions whose indices are known, and luck against tables whose components are."""

import itertools

import numpy as np
import pytest

from experiments.analysis.sensitivity import GRID, design, luck_share, morris_effects, sobol_indices

pytest.importorskip("SALib")


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami & Homma 1990, a = 7, b = 0.1, inputs from -π to π. x : [points, 3] 0..1"""
    a, b, c = (np.pi * (2 * x[:, k] - 1) for k in range(3))
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def g_function(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sobol' 1993, inputs from 0 to 1."""
    return np.prod((np.abs(4 * x - 2) + weights) / (1 + weights), axis=1)


def in_all_worlds(values: np.ndarray, worlds: int = 3) -> np.ndarray:
    return np.repeat(values[:, None], worlds, axis=1)


@pytest.mark.slow
def test_the_published_indices_of_ishigami() -> None:
    points = design("sobol", 3, 4096)
    found = sobol_indices(3, in_all_worlds(ishigami(points)))
    for k, (first, total) in enumerate(zip((0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437), strict=True)):
        assert found.first_low[k] <= first <= found.first_high[k]
        assert found.total_low[k] <= total <= found.total_high[k]
        assert found.first_high[k] - found.first_low[k] < 0.12


@pytest.mark.slow
def test_the_analytic_indices_of_the_g_function() -> None:
    """Indices follow from the weights: V_k = 1/(3(1+a_k)²), V = Π(1+V_k) − 1, total of k: V_k Π_others(1+V) / V."""
    weights = np.array([0.0, 1.0, 4.5, 9.0])
    alone = 1 / (3 * (1 + weights) ** 2)
    variance = np.prod(1 + alone) - 1
    found = sobol_indices(4, in_all_worlds(g_function(design("sobol", 4, 2048), weights)))
    # Two intervals of 95 % for each of four inputs: three standard errors hold all of them together.
    wide = 1.5
    for k in range(4):
        total = alone[k] * np.prod(1 + np.delete(alone, k)) / variance
        assert abs(found.first[k] - alone[k] / variance) <= wide * (found.first_high[k] - found.first[k]) + 1e-3
        assert abs(found.total[k] - total) <= wide * (found.total_high[k] - found.total[k]) + 1e-3
    assert (np.argsort(-found.strength) == range(4)).all()


def exact_effects(function, inputs: int) -> tuple[np.ndarray, np.ndarray]:
    """mu* and sigma of a function over all steps on Morris' grid, each as often as any other."""
    levels, delta = np.linspace(0, 1, GRID), GRID / (2 * (GRID - 1))
    star, sigma = np.empty(inputs), np.empty(inputs)
    for k in range(inputs):
        grids = [levels[: GRID // 2] if k == one else levels for one in range(inputs)]
        base = np.array(list(itertools.product(*grids)))
        effects = (function(base + delta * (np.arange(inputs) == k)) - function(base)) / delta
        star[k], sigma[k] = np.abs(effects).mean(), effects.std()
    return star, sigma


def test_elementary_effects_of_ishigami_over_the_whole_grid() -> None:
    from SALib.sample import morris

    count = 2000
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0.0, 1.0]] * 3}
    points = morris.sample(problem, count, GRID, seed=1)
    found = morris_effects(points, in_all_worlds(ishigami(points)))
    star, sigma = exact_effects(ishigami, 3)
    # By hand; SALib's regression tests have 7.70, 7.875 and 6.29 for 10,000 trajectories.
    fourth, sine = np.pi**4 * np.array([1, 1 / 81]), np.sqrt(3) / 2
    by_hand = [1.5 * sine * (1 + 0.1 * fourth.mean()), 1.5 * 7 * 0.75, 1.5 * 0.1 * (fourth[0] - fourth[1]) * sine / 2]
    np.testing.assert_allclose(star, by_hand, rtol=1e-12)
    np.testing.assert_array_less(np.abs(found.mu_star - star), 4 * sigma / np.sqrt(count) + 1e-9)
    np.testing.assert_allclose(found.sigma, sigma, rtol=0.1)
    assert (found.low <= found.mu_star).all()
    np.testing.assert_allclose(found.floor, 0.0, atol=1e-12)


def test_a_linear_function_has_its_slopes_as_effects_and_no_interaction() -> None:
    points = design("morris", 4, 6)
    assert points.shape == (30, 4)
    slopes = np.array([3.0, -2.0, 0.0, 0.5])
    found = morris_effects(points, in_all_worlds(points @ slopes))
    np.testing.assert_allclose(found.mu, slopes, atol=1e-12)
    np.testing.assert_allclose(found.mu_star, np.abs(slopes), atol=1e-12)
    np.testing.assert_allclose(found.sigma, 0.0, atol=1e-12)


def test_what_does_nothing_lies_at_the_floor() -> None:
    """Pure luck: mu* is the folded normal's mean, which the floor foretells."""
    points = design("morris", 8, 40)
    values = np.random.default_rng(3).normal(size=(len(points), 10))
    found = morris_effects(points, values)
    spread = found.mu_star.std(ddof=1) / np.sqrt(8)
    assert abs(found.mu_star.mean() - found.floor.mean()) < 4 * spread
    # Luck that is common to all points cancels.
    common = np.random.default_rng(4).normal(size=10)
    same = morris_effects(points, (points @ np.arange(8.0))[:, None] + common)
    np.testing.assert_allclose(same.floor, 0.0, atol=1e-12)
    np.testing.assert_allclose(same.mu_star, np.arange(8.0), atol=1e-12)


def test_undefined_points_take_their_trajectory_with_them() -> None:
    points = design("morris", 3, 5)
    values = in_all_worlds(points @ np.array([1.0, 2.0, 3.0]))
    values[5] = np.nan
    values[9, 0] = np.nan  # in one world only: the others tell
    found = morris_effects(points, values)
    assert found.used == 4
    np.testing.assert_allclose(found.mu_star, [1.0, 2.0, 3.0], atol=1e-12)
    assert morris_effects(points, np.full_like(values, np.nan)).used == 0
    blocks = in_all_worlds(design("sobol", 2, 16) @ np.array([1.0, 2.0]))
    blocks[0] = np.nan
    assert sobol_indices(2, blocks).used == 15


def test_an_output_that_never_varies_has_no_indices() -> None:
    assert np.isnan(sobol_indices(2, np.ones((64, 2))).total).all()
    np.testing.assert_array_equal(morris_effects(design("morris", 2, 4), np.ones((12, 2))).mu_star, 0.0)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_the_same_seed_gives_the_same_points(method: str) -> None:
    np.testing.assert_array_equal(design(method, 5, 8, seed=7), design(method, 5, 8, seed=7))
    points = design(method, 5, 8, seed=7)
    assert ((points >= 0) & (points <= 1)).all()


# --- luck ------------------------------------------------------------------------------------------------------------


def test_luck_of_an_additive_table_is_exact() -> None:
    settings, worlds = np.array([0.0, 1.0, 5.0, 2.0]), np.array([0.3, -0.2, 0.7])
    table = settings[:, None] + worlds
    luck, common = luck_share(table), worlds.var(ddof=1)
    assert luck.share == pytest.approx(common / (common + settings.var(ddof=1)))
    assert luck.own == pytest.approx(0.0, abs=1e-12)
    assert luck.low <= luck.share <= luck.high


def test_luck_of_a_noisy_table_is_found_without_bias() -> None:
    """Mean share over many tables; truth: (0.5 + 1.5) / (2 + 0.5 + 1.5) = 0.5 in each table whose parts have these
    variances, so points and worlds are scaled to have them."""
    random, found = np.random.default_rng(11), []
    for _ in range(200):
        parts = [random.normal(size=size) for size in (60, 12)]
        settings, worlds = (part / part.std(ddof=1) * np.sqrt(v) for part, v in zip(parts, (2.0, 0.5), strict=True))
        table = settings[:, None] + worlds + random.normal(scale=np.sqrt(1.5), size=(60, 12))
        found.append(luck_share(table))
    shares = np.array([one.share for one in found])
    assert abs(shares.mean() - 0.5) < 4 * shares.std(ddof=1) / np.sqrt(200) + 0.005
    assert np.mean([one.common for one in found]) == pytest.approx(0.125, abs=0.01)


def test_luck_at_its_ends() -> None:
    assert luck_share(np.repeat(np.arange(4.0)[:, None], 3, axis=1)).share == 0.0
    assert luck_share(np.repeat(np.arange(4.0)[None, :], 3, axis=0)).share == pytest.approx(1.0)
    assert np.isnan(luck_share(np.ones((4, 3))).share)
    assert np.isnan(luck_share(np.ones((4, 1))).share)
    holed = np.add.outer(np.arange(4.0), np.arange(3.0))
    holed[1, 1] = np.nan
    assert luck_share(holed).points == 3
