"""How long alliances live and how they end, from integer tables of deaths and numbers at risk.

Convention: age a counts quarters since the birth of an alliance. `at_risk[a]` alliances were under observation at age
a, `deaths[a]` of them ended there. S(t), the share that lives longer than t quarters, is a product over the ages
below t, so a table of A ages gives a curve of A+1 points. Alliances first seen at a later age (left truncation) enter
`at_risk` only from that age on. Tables of many worlds simply add up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import DRAWS, FEW, LEVEL, SEED, Floats, percentile_interval, resample, student
from experiments.analysis.comparison import Difference, Estimate, worlds_for_width

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class SurvivalCurve:
    """Survival by age with a pointwise interval over worlds.

    estimate, low, high : [ages+1] share alive after 0, 1, 2, ... quarters; low and high are NaN for a single world
    at_risk : [ages] alliances observed at each age, all worlds together     worlds : how many worlds stand behind it
    """

    estimate: Floats
    low: Floats
    high: Floats
    at_risk: Counts
    worlds: int


def kaplan_meier(at_risk: NDArray[np.generic], deaths: NDArray[np.generic]) -> Floats:
    """Share of alliances that outlive each age.

    Equation:  S(t) = Π_{a<t} (1 − deaths[a] / at_risk[a])

    at_risk, deaths : [..., ages] counts     Returns [..., ages+1], starting at 1. NaN beyond the first age at which
    nobody was at risk, unless the curve is at 0 already: what nobody lived through is unknown.
    Source: Kaplan & Meier 1958; with late entry Tsai, Jewell & Wang 1987.

    >>> kaplan_meier(np.array([4, 2]), np.array([1, 1])).tolist()
    [1.0, 0.75, 0.375]
    """
    hazard = _ratio(deaths, at_risk)
    survival = np.ones((*hazard.shape[:-1], hazard.shape[-1] + 1))
    np.cumprod(1.0 - hazard, axis=-1, out=survival[..., 1:])
    died_out = survival == 0.0
    if died_out.any():
        survival[np.logical_or.accumulate(died_out, axis=-1)] = 0.0
    return survival


def cumulative_incidence(at_risk: NDArray[np.generic], deaths: NDArray[np.generic]) -> Floats:
    """Share of alliances that ended by each age through each cause, all causes competing.

    Equation:  I_c(t) = Σ_{a<t} S(a) · deaths_c[a] / at_risk[a],   so that S(t) + Σ_c I_c(t) = 1

    at_risk : [..., ages] counts     deaths : [..., causes, ages] counts     Returns [..., causes, ages+1], starting
    at 0; NaN where the survival curve is.
    Source: Aalen & Johansen 1978. One minus the Kaplan-Meier curve of a single cause would overstate it.

    >>> cumulative_incidence(np.array([4, 2]), np.array([[1, 0], [0, 1]])).tolist()
    [[0.0, 0.25, 0.25], [0.0, 0.0, 0.375]]
    """
    survival = kaplan_meier(at_risk, deaths.sum(axis=-2))
    before = survival[..., None, :-1]
    hazard = _ratio(deaths, at_risk[..., None, :])
    steps = np.where(before == 0.0, 0.0, before * hazard)
    zeros = np.zeros((*steps.shape[:-1], 1))
    return np.concatenate([zeros, np.cumsum(steps, axis=-1)], axis=-1)


def _ratio(deaths: NDArray[np.generic], at_risk: NDArray[np.generic]) -> Floats:
    """deaths / at_risk, NaN where nobody was at risk. Raises ValueError where more died than were at risk."""
    died, risk = np.asarray(deaths, dtype=np.float64), np.asarray(at_risk, dtype=np.float64)
    if died.shape != risk.shape:
        died, risk = np.broadcast_arrays(died, risk)
    if (died > risk).any() or (died < 0).any():
        raise ValueError("deaths must lie between 0 and at_risk at every age")
    ratio: Floats = np.divide(died, risk, out=np.full(died.shape, np.nan), where=risk > 0)
    return ratio


def median_life(survival: Floats) -> Floats:
    """Age at which half of the alliances have ended, between quarters by linear interpolation.

    survival : [..., ages+1]     Returns [...] in quarters, NaN where the curve never reaches one half.

    >>> float(median_life(np.array([1.0, 0.75, 0.25])))
    1.5
    """
    curves = np.asarray(survival, dtype=np.float64)
    flat = curves.reshape(-1, curves.shape[-1])
    rows, reached = np.arange(len(flat)), flat <= 0.5
    after = reached.argmax(axis=1)
    high, low = flat[rows, np.maximum(after - 1, 0)], flat[rows, after]
    part = np.divide(high - 0.5, high - low, out=np.ones(len(flat)), where=high > low)
    return np.where(reached[rows, after], after - 1 + part, np.nan).reshape(curves.shape[:-1])


def survival_at(survival: Floats, quarters: int) -> Floats:
    """Share alive after so many quarters, NaN beyond the end of the curve. survival : [..., ages+1]; returns [...]."""
    if quarters >= np.shape(survival)[-1]:
        return np.full(np.shape(survival)[:-1], np.nan)
    return np.asarray(survival[..., quarters], dtype=np.float64)


def survival_curve(
    at_risk: NDArray[np.generic],
    deaths: NDArray[np.generic],
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> SurvivalCurve:
    """Survival of the alliances of all worlds together, with an interval from resampling worlds.

    at_risk, deaths : [worlds, ages] or, for one world, [ages]; deaths may also be by cause, [worlds, causes, ages].
    """
    risk, died = _by_world(at_risk, deaths)
    worlds, ages = risk.shape
    estimate = kaplan_meier(risk.sum(axis=0), died.sum(axis=0))
    low, high = np.full(ages + 1, np.nan), np.full(ages + 1, np.nan)
    if worlds > 1:
        curves = _resampled_curves(risk, died, draws, seed)
        known = np.isfinite(estimate)
        low[known], high[known] = percentile_interval(curves[:, known], level)
    return SurvivalCurve(estimate, low, high, risk.sum(axis=0), worlds)


def median_life_estimate(
    at_risk: NDArray[np.generic],
    deaths: NDArray[np.generic],
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """Median life in quarters of the alliances of all worlds together. Shapes as for `survival_curve`.

    Worlds in which half of the alliances never ended count too; a mean over worlds would leave out just the long lives.
    Below FEW worlds the interval is Student's t with the standard error of the resampled medians.
    """
    risk, died = _by_world(at_risk, deaths)
    estimate = float(median_life(kaplan_meier(risk.sum(axis=0), died.sum(axis=0))))
    if len(risk) < 2 or np.isnan(estimate):
        return Estimate(estimate, float("nan"), float("nan"))
    medians = median_life(_resampled_curves(risk, died, draws, seed))
    return Estimate(estimate, *_median_interval(estimate, medians, len(risk), level))


def median_life_difference(
    base: tuple[NDArray[np.generic], NDArray[np.generic]],
    arm: tuple[NDArray[np.generic], NDArray[np.generic]],
    name: str = "",
    outcome: str = "",
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Difference:
    """Difference of the median lives of two arms, each of all worlds together, resampling the same worlds in both.

    base, arm : (at_risk, deaths), [worlds, ages] or [worlds, causes, ages], worlds in the same order in both; ages may
    differ     Returns the difference in quarters; better_in and worlds are of the worlds that reach the median in both.
    """
    before, after = _by_world(*base), _by_world(*arm)
    worlds = len(before[0])
    if worlds != len(after[0]):
        raise ValueError(f"both arms need the same worlds, got {worlds} and {len(after[0])}")
    own = [median_life(kaplan_meier(risk, died)) for risk, died in (before, after)]
    change = own[1] - own[0]
    better, known = int(np.count_nonzero(change > 0)), int(np.count_nonzero(np.isfinite(change)))
    first, second = (
        float(median_life(kaplan_meier(risk.sum(axis=0), died.sum(axis=0)))) for risk, died in (before, after)
    )
    nan = float("nan")
    if worlds < 2 or not np.isfinite(second - first):
        return Difference(name, outcome, second - first, nan, nan, better, known, None)
    drawn = [median_life(_resampled_curves(risk, died, draws, seed)) for risk, died in (before, after)]
    low, high = _median_interval(second - first, drawn[1] - drawn[0], worlds, level)
    found = np.isfinite(drawn[1] - drawn[0])
    apart, together = 0.0, 0.0
    if found.any():
        apart = float(np.var(drawn[0][found]) + np.var(drawn[1][found]))
        together = float(np.var((drawn[1] - drawn[0])[found]))
    needed = worlds_for_width(worlds, apart, together)
    return Difference(name, outcome, second - first, low, high, better, known, needed)


def _median_interval(centre: float, medians: Floats, worlds: int, level: float) -> tuple[float, float]:
    """From resampled medians (or differences of them) [draws], NaN where a draw did not reach the median."""
    if worlds < FEW:
        found = medians[np.isfinite(medians)]
        if len(found) < len(medians) / 2:
            return float("nan"), float("nan")
        # Resampling n worlds gives (n−1)/n of the variance.
        half = student(worlds, level) * float(np.std(found)) * float(np.sqrt(worlds / (worlds - 1)))
        return centre - half, centre + half
    low, high = percentile_interval(medians[:, None], level)
    return float(low[0]), float(high[0])


def _by_world(at_risk: NDArray[np.generic], deaths: NDArray[np.generic]) -> tuple[Counts, Counts]:
    """Both tables as [worlds, ages], deaths of all causes together."""
    risk, died = np.atleast_2d(np.asarray(at_risk, dtype=np.int64)), np.asarray(deaths, dtype=np.int64)
    if died.ndim == np.ndim(at_risk) + 1:
        died = died.sum(axis=-2)
    died = np.atleast_2d(died)
    if risk.shape != died.shape:
        raise ValueError(
            f"at_risk {np.shape(at_risk)} and deaths {np.shape(deaths)} do not describe the same worlds and ages"
        )
    return risk, died


def _resampled_curves(risk: Counts, died: Counts, draws: int, seed: int) -> Floats:
    sums = resample(np.stack([risk, died], axis=1), draws, seed)
    return kaplan_meier(sums[:, 0], sums[:, 1])
