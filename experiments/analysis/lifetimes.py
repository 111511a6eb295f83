"""Numbers that sum up how long alliances live and how they end, each with an interval over worlds."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import DRAWS, FEW, LEVEL, SEED, Floats, percentile_interval, resample, student
from experiments.analysis.comparison import Estimate
from experiments.analysis.survival import cumulative_incidence, kaplan_meier

QUARTERS_PER_YEAR = 4
Statistic = Callable[[Floats, Floats], Floats]  # at_risk [..., ages], deaths [..., causes, ages] -> [..., K]


def survival_to(years: list[int]) -> Statistic:
    """Share alive after so many years [K]."""
    return lambda risk, deaths: _at(kaplan_meier(risk, deaths.sum(axis=-2)), years)


def incidence_by(years: list[int]) -> Statistic:
    """Share ended by so many years through each cause [causes·K], cause by cause."""

    def found(risk: Floats, deaths: Floats) -> Floats:
        shares = _at(cumulative_incidence(risk, deaths), years)
        return shares.reshape(*shares.shape[:-2], -1)

    return found


def chance_in_year(years: list[int]) -> Statistic:
    """Chance to end within a year of life, of those that reach it [K]: 1 is the first year."""

    def found(risk: Floats, deaths: Floats) -> Floats:
        curve = kaplan_meier(risk, deaths.sum(axis=-2))
        before, after = _at(curve, [year - 1 for year in years]), _at(curve, years)
        ratio: Floats = np.divide(after, before, out=np.full(before.shape, np.nan), where=before > 0)
        return 1.0 - ratio

    return found


def mean_within(years: list[int]) -> Statistic:
    """Restricted mean life [years] within so many years [K]: the area below the curve, quarter by quarter.

    Equation:  μ(τ) = Σ_{a<τ} S(a) / 4, the curve a step function by quarters. Source: Irwin 1949.
    """

    def found(risk: Floats, deaths: Floats) -> Floats:
        curve = kaplan_meier(risk, deaths.sum(axis=-2))
        area = np.concatenate([np.zeros((*curve.shape[:-1], 1)), np.cumsum(curve[..., :-1], axis=-1)], axis=-1)
        # An area is known as far as the curve is: the last quarter must have been seen through.
        return np.where(np.isnan(_at(curve, years)), np.nan, _at(area, years)) / QUARTERS_PER_YEAR

    return found


def _at(curve: Floats, years: list[int]) -> Floats:
    """Values after so many years [..., K], NaN beyond the end of the curve [..., ages+1]."""
    ages = QUARTERS_PER_YEAR * np.array(years, dtype=np.int64)
    found = curve[..., np.minimum(ages, curve.shape[-1] - 1)]
    return np.where(ages < curve.shape[-1], found, np.nan)


def pooled(
    at_risk: NDArray[np.integer],
    deaths: NDArray[np.integer],
    statistic: Statistic,
    last: int,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> list[Estimate]:
    """A statistic of the alliances of all worlds together, its interval from drawing whole worlds again.

    at_risk : [worlds, ages]     deaths : [worlds, causes, ages]     last : years of age that the statistic looks at
    Returns K estimates. Below FEW worlds the interval is Student's t with the standard error of the drawn values; NaN for
    one world and where fewer than half of the draws define the statistic.
    """
    worlds, ages = len(at_risk), min(np.shape(at_risk)[1], QUARTERS_PER_YEAR * last)
    risk, died = at_risk[:, :ages].astype(np.float64), deaths[:, :, :ages].astype(np.float64)
    centre = statistic(risk.sum(axis=0), died.sum(axis=0))
    low, high = np.full(len(centre), np.nan), np.full(len(centre), np.nan)
    if worlds > 1:
        sums = resample(np.concatenate([risk[:, None], died], axis=1), draws, seed)
        drawn = statistic(sums[:, 0], sums[:, 1:])
        low, high = percentile_interval(drawn, level)
        if worlds < FEW:  # resampling n worlds gives (n−1)/n of the variance
            half = student(worlds, level) * _spread(drawn) * np.sqrt(worlds / (worlds - 1))
            low, high = np.where(np.isnan(low), np.nan, centre - half), np.where(np.isnan(high), np.nan, centre + half)
        low, high = np.where(np.isnan(centre), np.nan, low), np.where(np.isnan(centre), np.nan, high)
    return [Estimate(*map(float, row)) for row in zip(centre, low, high, strict=True)]


def _spread(drawn: Floats) -> Floats:
    """Standard deviation over the draws that define each value [K]."""
    known = np.isfinite(drawn)
    many = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, drawn, 0.0).sum(axis=0) / many
    return np.asarray(np.sqrt(np.where(known, (drawn - mean) ** 2, 0.0).sum(axis=0) / many))
