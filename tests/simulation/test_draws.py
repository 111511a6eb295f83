"""Addressed random numbers: known words, evenness, independence of neighbours, accuracy of the normal quantile."""

import numpy as np
import pytest
from scipy import stats

from simulation.compiled import uncompiled
from simulation.draws import CELLS, OUTER, QUANTILES, Purpose, normal, normal_at, run_key, stream, uniform, word
from simulation.philox import philox, upper_product


def moremur(x: int) -> int:
    """The published mixer, in plain whole numbers."""
    mask = 2**64 - 1
    x ^= x >> 27
    x = x * 0x3C79AC492BA7B653 & mask
    x ^= x >> 33
    x = x * 0x1C69B3F74AC4AE35 & mask
    return x ^ x >> 27


def absorb(h: int, new: int) -> int:
    mask = 2**64 - 1
    return moremur(((h ^ new) * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) & mask)


def test_words_are_those_of_the_published_mixer() -> None:
    gamma = 0xD1B54A32D192ED03
    for seed, world, quarter, purpose, who, whom in [(1, 0, 3, 17, 5, 9), (2**40, 7, 239, 25, 2**31, 2**32 - 1)]:
        key = absorb(absorb(gamma, seed), world)
        of = absorb(key, quarter << 32 | purpose)
        with np.errstate(over="ignore"):
            ours = word(np.uint64(stream(np.uint64(run_key(seed, world)), quarter, purpose)), who, whom)
        assert int(ours) == absorb(of, who << 32 | whom)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0), 0, (0xCA00A0459843D731, 0x66C24222C9A845B5)),
        ((2**64 - 1, 2**64 - 1), 2**64 - 1, (0x65B021D60CD8310F, 0x4D02F3222F86DF20)),
        ((0x243F6A8885A308D3, 0x13198A2E03707344), 0xA4093822299F31D0, (0x0A5E742C2997341C, 0xB0F883D38000DE5D)),
    ],
)
def test_philox_gives_the_published_words(counter: tuple[int, int], key: int, expected: tuple[int, int]) -> None:
    """Known answers of Random123 for philox2x64 with ten rounds."""
    words = [np.uint64(word) for word in (*counter, key)]
    with np.errstate(over="ignore"):
        for version in (philox, uncompiled(philox)):
            assert tuple(int(word) for word in version(*words)) == expected


def test_upper_products_are_those_of_whole_numbers() -> None:
    words = np.random.default_rng(3).integers(0, 2**64, (200, 2), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for a, b in words:
            assert int(upper_product(a, b)) == int(a) * int(b) >> 64


@pytest.fixture(scope="module")
def grid() -> np.ndarray:
    with np.errstate(over="ignore"):
        of = np.uint64(stream(np.uint64(run_key(1, 0)), 3, int(Purpose.SCORE)))
        return np.array([[uniform(of, i, j) for j in range(200)] for i in range(200)])


def test_uniforms_are_even_and_neighbours_unrelated(grid: np.ndarray) -> None:
    assert stats.kstest(grid.ravel(), "uniform").pvalue > 1e-4
    for neighbour in (np.roll(grid, 1, axis=0), np.roll(grid, 1, axis=1), grid.T):
        r = np.corrcoef(grid.ravel(), neighbour.ravel())[0, 1]
        # transposing pairs each number with itself on the diagonal and each pair twice, hence the wider bound
        assert abs(r) < 6 / 200


def test_normal_quantile_is_accurate_and_monotone() -> None:
    u = np.concatenate([np.linspace(1e-9, 1 - 1e-9, 20001), 10.0 ** -np.arange(1, 16)])
    assert np.abs([normal_at(x) - stats.norm.ppf(x) for x in u]).max() < 1e-6
    assert (np.diff([normal_at(x) for x in np.linspace(0, 1 - 2**-53, 5000)]) >= 0).all()


def test_tabulated_normal_keeps_its_stated_error() -> None:
    with np.errstate(over="ignore"):
        of = np.uint64(stream(np.uint64(run_key(2, 0)), 1, 1))
        for i in range(4000):
            u = uniform(of, i, 0)
            assert abs(normal(of, i, 0) - stats.norm.ppf(u)) < 2e-4
    middles = (np.arange(OUTER, CELLS - OUTER) + 0.5) / CELLS
    lines = (QUANTILES[OUTER : CELLS - OUTER] + QUANTILES[OUTER + 1 : CELLS - OUTER + 1]) / 2
    assert np.abs(lines - stats.norm.ppf(middles)).max() < 2e-4


def test_purposes_are_distinct_and_keep_their_numbers() -> None:
    assert [p.value for p in Purpose] == list(range(1, len(Purpose) + 1))
    assert (Purpose.STRATEGY, Purpose.SHOCK, Purpose.EXIT) == (1, 9, 25)
