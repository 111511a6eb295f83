"""Resampling whole worlds: alliances that share a world share its luck, so the world is the unit of every interval."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SEED = 20_240_229  # of all resampling: the same tables give the same interval, on any day and in any order of calls
LEVEL = 0.95
DRAWS = 2000
FEW = 10  # worlds; with fewer, resampling gives intervals that are too narrow (3 worlds: 66 % instead of 95 %)
_CHUNK = 2_000_000  # weights held at once
_ROWS = 200  # rows whose resampled means are held at once: 3 MB, which stays in the cache

Floats = NDArray[np.float64]


def resample(tables: NDArray[np.generic], draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Sums of the tables of worlds drawn with replacement.

    tables : [worlds, ...] counts or values, one table per world
    Returns [draws, ...]: each row is the sum over as many worlds, drawn anew. Two calls with equally many worlds draw
    the same worlds, so differences between arms stay paired. Sums of counts below 2^53 are exact.
    """
    worlds = len(tables)
    flat = np.ascontiguousarray(tables, dtype=np.float64).reshape(worlds, -1)
    sums = [weights @ flat for weights in _weights(worlds, draws, seed)]
    return np.concatenate(sums).reshape((draws, *np.shape(tables)[1:]))


def _weights(worlds: int, draws: int, seed: int) -> Iterator[Floats]:
    """How often each world is drawn, [some draws, worlds] at a time; all draws when they fit."""
    if worlds * draws <= _CHUNK:
        yield _all_weights(worlds, draws, seed)
        return
    generator = np.random.default_rng(seed)
    rows = max(1, _CHUNK // worlds)
    for start in range(0, draws, rows):
        yield _counts(generator, worlds, min(rows, draws - start))


@lru_cache(maxsize=4)
def _all_weights(worlds: int, draws: int, seed: int) -> Floats:
    return _counts(np.random.default_rng(seed), worlds, draws)


def _counts(generator: np.random.Generator, worlds: int, draws: int) -> Floats:
    return generator.multinomial(worlds, np.full(worlds, 1.0 / worlds), size=draws).astype(np.float64)


def percentile_interval(samples: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Pointwise percentile interval over the first axis; NaN where fewer than half of the draws are defined.

    samples : [draws, points]     Returns low [points], high [points].
    """
    low, high = np.full(samples.shape[1], np.nan), np.full(samples.shape[1], np.nan)
    usable = np.isfinite(samples).mean(axis=0) >= 0.5
    if usable.any():
        tails = [(1 - level) / 2, (1 + level) / 2]
        low[usable], high[usable] = np.nanquantile(samples[:, usable], tails, axis=0)
    return low, high


def mean_interval(values: Floats, level: float = LEVEL, draws: int = DRAWS, seed: int = SEED) -> tuple[float, float]:
    """Interval of the mean over worlds: Student's t below FEW worlds, from there on a BCa bootstrap.

    values : [worlds], all finite     Returns (low, high); (nan, nan) for fewer than two worlds: one world says
    nothing about others.
    Equation below FEW:  mean ± t·s/√n, t the quantile of Student's distribution with n−1 degrees of freedom. So few
    worlds do not show their skewness, and an interval of shares may reach beyond 0 or 1.
    Equation from FEW on (bias-corrected and accelerated): quantiles of the resampled means at
    Φ(z₀ + (z₀+z)/(1 − a(z₀+z))) with z = ±t·√(n/(n−1)), z₀ the bias and a = Σe³ / (6(Σe²)^1.5), e the deviations
    from the mean, the skewness that percentiles ignore. Resampling n worlds gives (n−1)/n of the variance, and does not
    know that the variance itself is uncertain: with z = Φ⁻¹((1+level)/2) intervals from 30 worlds would cover 93 %, not 95.
    Source: Student 1908; Efron 1987, Better Bootstrap Confidence Intervals; Hesterberg 2015 (expanded percentiles).

    >>> mean_interval(np.array([2.0, 2.0, 2.0]))
    (2.0, 2.0)
    """
    from scipy.special import ndtr, ndtri

    worlds = len(values)
    if worlds < 2:
        return float("nan"), float("nan")
    mean = float(values.mean())
    errors = values - mean
    squares = float(np.sum(errors**2))
    if squares <= worlds * (np.finfo(float).eps * max(1.0, abs(mean))) ** 2:
        return mean, mean
    if worlds < FEW:
        half = student(worlds, level) * float(np.sqrt(squares / (worlds - 1) / worlds))
        return mean - half, mean + half
    means = np.sort(resample(errors, draws, seed) / worlds)
    ties = np.abs(means) <= 1e-12 * float(np.abs(values).max())  # sums round differently in every draw
    below = (np.count_nonzero((means < 0) & ~ties) + 0.5 * np.count_nonzero(ties)) / draws
    bias = float(ndtri(np.clip(below, 1.0 / draws, 1.0 - 1.0 / draws)))
    skew = float(np.sum(errors**3)) / (6.0 * squares**1.5)
    ends = bias + np.array([-1.0, 1.0]) * expanded(worlds, level)
    shares = ndtr(bias + ends / (1.0 - skew * ends))
    low, high = np.quantile(means, shares)
    return mean + float(low), mean + float(high)


def mean_intervals(values: Floats, level: float = LEVEL, draws: int = DRAWS, seed: int = SEED) -> tuple[Floats, Floats]:
    """`mean_interval` of many outcomes at once.

    values : [rows, worlds], NaN where a world does not define the row     Returns low [rows], high [rows].
    """
    rows, worlds = values.shape
    low, high = np.full(rows, np.nan), np.full(rows, np.nan)
    whole = np.asarray(np.isfinite(values).all(axis=1))
    if worlds < FEW or worlds * draws > _CHUNK:
        whole[:] = False
    for row in np.flatnonzero(~whole):
        known = values[row][np.isfinite(values[row])]
        low[row], high[row] = mean_interval(known, level, draws, seed)
    together = np.flatnonzero(whole)
    blocks = [together[start : start + _ROWS] for start in range(0, len(together), _ROWS)]
    with ThreadPoolExecutor(2) as pool:  # numpy lets go of the interpreter's lock while it multiplies and sorts
        for some, ends in zip(blocks, pool.map(lambda rows: _mean_intervals(values[rows], level, draws, seed), blocks),
                              strict=True):  # fmt: skip
            low[some], high[some] = ends
    return low, high


def _mean_intervals(values: Floats, level: float, draws: int, seed: int) -> tuple[Floats, Floats]:
    """The equation of `mean_interval` from FEW worlds on, for rows that all worlds define."""
    from scipy.special import ndtr, ndtri

    worlds = values.shape[1]
    mean = values.mean(axis=1)
    errors = values - mean[:, None]
    squares = (errors**2).sum(axis=1)
    flat = squares <= worlds * (np.finfo(float).eps * np.maximum(1.0, np.abs(mean))) ** 2
    means = errors @ _all_weights(worlds, draws, seed).T / worlds
    tie = 1e-12 * np.abs(values).max(axis=1)[:, None]
    under, over = (_count_below(means, edge) for edge in (-tie, np.nextafter(tie, np.inf)))
    bias = ndtri(np.clip((under + 0.5 * (over - under)) / draws, 1.0 / draws, 1.0 - 1.0 / draws))[:, None]
    skew = ((errors**3).sum(axis=1) / (6.0 * np.where(flat, 1.0, squares) ** 1.5))[:, None]
    ends = bias + np.array([-1.0, 1.0]) * expanded(worlds, level)
    places = ndtr(bias + ends / (1.0 - skew * ends)) * (draws - 1)
    before = np.minimum(places.astype(np.int64), draws - 2)
    _order_ends(means, before)
    part = places - before
    found = np.take_along_axis(means, before, 1) * (1.0 - part) + np.take_along_axis(means, before + 1, 1) * part
    found[flat] = 0.0
    return mean + found[:, 0], mean + found[:, 1]


def _count_below(means: Floats, edge: Floats) -> Floats:
    """How many of each row lie below its edge."""
    counts: Floats = np.count_nonzero(means < edge, axis=1).astype(np.float64)
    return counts


def _order_ends(means: Floats, places: NDArray[np.int64]) -> None:
    """Put each row in order, in place, as far as it is read: at the places and the ones after them. Ends cost half.

    means : [rows, draws]     places : [rows, 2]
    """
    draws = means.shape[1]
    end = draws // 8
    if places[:, 0].max() + 1 < end and places[:, 1].min() >= draws - end:
        means.partition((end, draws - end - 1), axis=1)
        means[:, :end].sort(axis=1)
        means[:, draws - end :].sort(axis=1)
    else:
        means.sort(axis=1)


def expanded(worlds: int, level: float = LEVEL) -> float:
    """How far out a resampled mean of so many worlds must be read, in its own standard errors: t·√(n/(n−1)).

    >>> round(expanded(30), 2), round(expanded(10_000), 2)
    (2.08, 1.96)
    """
    return student(worlds, level) * float(np.sqrt(worlds / (worlds - 1)))


def student(worlds: int, level: float = LEVEL) -> float:
    """How many standard errors an interval from so few worlds reaches to each side: the quantile of Student's t.

    >>> round(student(3), 2)
    4.3
    """
    from scipy.special import stdtrit

    return float(stdtrit(worlds - 1, (1 + level) / 2))
