"""How long alliances live and how they end, from single spells in continuous time: observed ones, one row each.

A spell counts from the age at which it came under observation (delayed entry) to the age at which it ended or was last
seen: it is at risk at an age t if entry < t <= duration. An entry of 0 means from the very start. `survival.py` does the
same for tables of counts by quarter, whole worlds at a time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from experiments.analysis.bootstrap import LEVEL, Floats
from experiments.analysis.comparison import Estimate

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SpellCurve:
    """Survival by age, a step at each of T ages at which something ended.

    age : [T] increasing [years]     at_risk, deaths : [T] counts     survival : [T] share that outlives each age
    error : [T] its standard error (Greenwood), NaN where the curve is 0     low, high : [T] log-log band
    entries, exits : [L] ages at first and last sight of all spells, each sorted [years]     level : of the band
    """

    age: Floats
    at_risk: Ints
    deaths: Ints
    survival: Floats
    error: Floats
    low: Floats
    high: Floats
    entries: Floats
    exits: Floats
    level: float = LEVEL

    @property
    def last(self) -> float:
        """The highest age at which anybody was observed [years]."""
        return float(self.exits[-1])

    def observed_at(self, ages: ArrayLike) -> Ints:
        """How many spells were under observation at ages [years]."""
        where = np.asarray(ages, dtype=np.float64)
        seen = np.searchsorted(self.entries, where, side="right")
        return np.asarray(seen - np.searchsorted(self.exits, where, side="left"), dtype=np.int64)

    def at(self, ages: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Survival, low and high at ages [years], any shape; NaN beyond what was observed, unless all have ended.

        Before the first ending the curve is 1 and its band unknown: Greenwood's error would be 0 there.
        """
        where = np.asarray(ages, dtype=np.float64)
        place = np.searchsorted(self.age, where, side="right")
        sides = ((1.0, self.survival), (np.nan, self.low), (np.nan, self.high))
        found = [np.append(first, values)[place] for first, values in sides]
        unknown = (where > self.last) & (found[0] > 0)
        survival, low, high = (np.where(unknown, np.nan, values) for values in found)
        return survival, low, high


def spell_curve(
    duration: ArrayLike, ended: ArrayLike, entry: ArrayLike | None = None, level: float = LEVEL
) -> SpellCurve:
    """Kaplan-Meier curve of spells with delayed entry, ties and censoring.

    Equation:  S(t) = Π_{u≤t} (1 − d_u/n_u),  var S(t) = S(t)²·Σ_{u≤t} d_u / (n_u·(n_u − d_u)),
               band S(t)^exp(±z·√Σ/|ln S(t)|)
    duration, ended, entry : [L] years, whether it ended then, age at first sight     n_u, d_u : at risk and ended at u
    Raises ValueError for unequal lengths, no spell, or a duration below its entry.
    Source: Kaplan & Meier 1958; Greenwood 1926; Tsai, Jewell & Wang 1987; Kalbfleisch & Prentice 1980 (band).

    >>> spell_curve([1.0, 2.0, 2.0, 3.0], [True, True, False, True]).survival.tolist()
    [0.75, 0.5, 0.0]
    """
    times, ends, starts = _columns(duration, ended, entry)
    age, deaths = np.unique(times[ends], return_counts=True)
    at_risk = _at_risk(age, times, starts)
    survival: Floats = np.cumprod(1.0 - deaths / at_risk, dtype=np.float64)
    left = at_risk - deaths
    terms = np.divide(deaths, at_risk * left, out=np.full(len(age), np.inf), where=left > 0)
    spread = np.sqrt(np.cumsum(terms))
    alive = survival > 0
    error, low, high = (np.full(len(age), np.nan) for _ in range(3))
    error[alive] = survival[alive] * spread[alive]
    reach = np.exp(float(ndtri((1 + level) / 2)) * spread[alive] / -np.log(survival[alive]))
    low[alive], high[alive] = survival[alive] ** reach, survival[alive] ** (1.0 / reach)
    entries = np.sort(np.maximum(starts, 0.0))
    return SpellCurve(age, at_risk, deaths, survival, error, low, high, entries, np.sort(times), level)


def _columns(
    duration: ArrayLike, ended: ArrayLike, entry: ArrayLike | None
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    times, ends = np.asarray(duration, dtype=np.float64), np.asarray(ended, dtype=np.bool_)
    starts = np.zeros(len(times)) if entry is None else np.asarray(entry, dtype=np.float64)
    if not times.shape == ends.shape == starts.shape:
        raise ValueError("duration, ended and entry differ in length")
    if not len(times):
        raise ValueError("there is no spell")
    if not np.all(times >= starts):
        raise ValueError("a spell was last seen before it was first seen")
    return times, ends, np.where(starts <= 0, -np.inf, starts)


def _at_risk(age: Floats, times: Floats, starts: Floats) -> Ints:
    """How many spells are at risk at each age: first seen before it, not gone before it."""
    seen = np.searchsorted(np.sort(starts), age, side="left")
    return np.asarray(seen - np.searchsorted(np.sort(times), age, side="left"), dtype=np.int64)


def spell_incidence(
    duration: ArrayLike, cause: ArrayLike, causes: int, entry: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Share that has ended through each cause by each age, all causes competing, with delayed entry.

    Equation:  I_c(t) = Σ_{u≤t} S(u−)·d_cu/n_u,  so that S(t) + Σ_c I_c(t) = 1
    cause : [L] 0 .. causes−1, −1 for spells that did not end
    Returns ages [T, years] at which something ended, shares [causes, T]. Raises ValueError as `spell_curve`.
    Source: Aalen & Johansen 1978.

    >>> spell_incidence([1.0, 2.0, 3.0, 4.0], [0, 1, -1, 0], 2)[1].tolist()
    [[0.25, 0.25, 0.75], [0.0, 0.25, 0.25]]
    """
    why = np.asarray(cause, dtype=np.int64)
    curve = spell_curve(duration, why >= 0, entry)
    times = np.asarray(duration, dtype=np.float64)
    if np.any(why >= causes):
        raise ValueError(f"causes run from 0 to {causes - 1}")
    before = np.concatenate([[1.0], curve.survival[:-1]]) if len(curve.age) else np.zeros(0)
    died = np.zeros((causes, len(curve.age)))
    np.add.at(died, (why[why >= 0], np.searchsorted(curve.age, times[why >= 0])), 1.0)
    return curve.age, np.cumsum(died * before / np.maximum(curve.at_risk, 1), axis=1)


def median_of(curve: SpellCurve) -> Estimate:
    """Age at which half have ended; its interval holds the ages at which the band contains one half.

    Returns years, NaN for what the curve or its band does not reach. Source: Brookmeyer & Crowley 1982.
    """
    return Estimate(*(_first(curve.age, side) for side in (curve.survival, curve.low, curve.high)))


def _first(age: Floats, side: Floats) -> float:
    """First age at which a curve has come down to one half."""
    # Survival is a product: one half after several steps may be 0.5000000000000001.
    reached = np.flatnonzero(np.nan_to_num(side, nan=0.0 if len(side) and side[-1] == 0 else np.inf) <= 0.5 + 1e-12)
    return float(age[reached[0]]) if reached.size else float("nan")


def restricted_mean(curve: SpellCurve, age: float) -> Estimate:
    """Mean life within the first years: the area below the curve up to an age [years].

    Equation:  μ(τ) = ∫₀^τ S(t) dt,  var μ = Σ_{u≤τ} (∫_u^τ S dt)²·d_u / (n_u·(n_u − d_u))
    Returns years with a normal interval, cut off at 0 and τ; NaN where nobody was observed for so long and some still lived.
    Source: Irwin 1949; Kaplan & Meier 1958.

    >>> round(restricted_mean(spell_curve([1.0, 2.0, 3.0], [True, True, True]), 2.5).mean, 6)
    1.833333
    """
    if np.isnan(curve.at(age)[0]):
        return Estimate(float("nan"), float("nan"), float("nan"))
    inside = curve.age < age
    edges = np.concatenate([[0.0], curve.age[inside], [age]])
    heights = np.concatenate([[1.0], curve.survival[inside]])
    areas = np.diff(edges) * heights
    mean = float(areas.sum())
    after = mean - np.cumsum(areas)[:-1]  # the area that lies behind each age
    risk, died = curve.at_risk[inside], curve.deaths[inside]
    terms = np.divide(died, risk * (risk - died), out=np.zeros(len(risk)), where=risk > died)
    half = float(ndtri((1 + curve.level) / 2)) * float(np.sqrt(np.sum(after**2 * terms)))
    return Estimate(mean, max(mean - half, 0.0), min(mean + half, float(age)))


def ending_chance(curve: SpellCurve, start: float, end: float) -> Estimate:
    """Chance to end between two ages, of those that reach the first: 1 − S(end)/S(start), with a log-log interval.

    Where none ended the interval goes up to the chance at which that has a probability of (1 − level)/2, given the years
    lived there (exact for a constant hazard). NaN ends where all ended.
    """
    nan = float("nan")
    first, then = (float(curve.at(age)[0]) for age in (start, end))
    if not first > 0 or np.isnan(then):
        return Estimate(nan, nan, nan)
    inside = (curve.age > start) & (curve.age <= end)
    if not inside.any():
        lived = float(np.clip(curve.exits, start, end).sum() - np.clip(curve.entries, start, end).sum())
        return Estimate(0.0, 0.0, 1.0 - ((1.0 - curve.level) / 2) ** ((end - start) / lived) if lived > 0 else nan)
    kept = then / first
    if kept <= 0:
        return Estimate(1.0, nan, nan)
    risk, died = curve.at_risk[inside], curve.deaths[inside]
    spread = float(np.sqrt(np.sum(died / (risk * (risk - died)))))
    reach = float(np.exp(float(ndtri((1 + curve.level) / 2)) * spread / -np.log(kept)))
    return Estimate(1.0 - kept, 1.0 - kept ** (1.0 / reach), 1.0 - kept**reach)
