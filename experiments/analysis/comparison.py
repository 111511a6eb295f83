"""What an arm changes: the same worlds with and without it, so that luck cancels out."""

import math
from dataclasses import dataclass

import numpy as np

from experiments.analysis.bootstrap import DRAWS, LEVEL, SEED, Floats, mean_interval

ENOUGH_TO_COMPARE = 20  # worlds; the ratio of two variances from fewer is mostly luck


@dataclass(frozen=True)
class Estimate:
    """A mean over worlds and its interval; low and high are NaN where fewer than two worlds define it."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """What one arm changes about one outcome, in the unit of the outcome.

    mean, low, high : arm minus "as it is", same worlds in both     better_in : worlds in which the arm is strictly
    better (strictly higher, where an outcome has no better side)     worlds : pairs of worlds in which both arms
    define the outcome
    worlds_if_unpaired : worlds per arm that independent worlds would have needed; None if no number suffices, or if
    there are too few worlds (below ENOUGH_TO_COMPARE) to tell
    """

    arm: str
    outcome: str
    mean: float
    low: float
    high: float
    better_in: int
    worlds: int
    worlds_if_unpaired: int | None


def estimate(values: Floats, level: float = LEVEL, draws: int = DRAWS, seed: int = SEED) -> Estimate:
    """Mean over the worlds that define an outcome, its interval as in `mean_interval` (Student's t below ten worlds).

    values : [worlds], NaN where a world does not define it

    >>> estimate(np.array([0.25, np.nan, 0.25]))
    Estimate(mean=0.25, low=0.25, high=0.25)
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return Estimate(math.nan, math.nan, math.nan)
    return Estimate(float(known.mean()), *mean_interval(known, level, draws, seed))


def paired_difference(
    base: Floats,
    arm: Floats,
    name: str = "",
    outcome: str = "",
    less_is_better: bool = False,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Difference:
    """Difference between two arms, world by world; its interval as in `mean_interval` (Student's t below ten worlds).

    base, arm : [worlds] in the same order, NaN where undefined

    >>> paired_difference(np.array([0.3, 0.4]), np.array([0.4, 0.5]), "managed", "survival_5y").better_in
    2
    """
    before, after = np.asarray(base, dtype=np.float64), np.asarray(arm, dtype=np.float64)
    if before.shape != after.shape or before.ndim != 1:
        raise ValueError(f"both arms need one value per world, got shapes {before.shape} and {after.shape}")
    known = np.isfinite(before) & np.isfinite(after)
    before, after = before[known], after[known]
    change = after - before
    total = estimate(change, level, draws, seed)
    better = int(np.count_nonzero(change < 0 if less_is_better else change > 0))
    unpaired = worlds_if_unpaired(before, after)
    return Difference(name, outcome, total.mean, total.low, total.high, better, len(change), unpaired)


def worlds_if_unpaired(base: Floats, arm: Floats) -> int | None:
    """Worlds per arm that an unpaired comparison would need for an interval as narrow as the paired one.

    With n pairs the mean difference has the variance  var(arm − base) / n.
    With m independent worlds in each arm it has  var(base) / m + var(arm) / m = (var(base) + var(arm)) / m.
    Equal widths mean equal variances, so

    Equation:  m = n · (var(base) + var(arm)) / var(arm − base), rounded up

    base, arm : [worlds], finite, paired by world
    Returns m [worlds per arm]; n if nothing varies; None below ENOUGH_TO_COMPARE worlds, and if the arms vary but their
    difference does not, because then no number of unpaired worlds is enough. Since
    var(arm − base) = var(base) + var(arm) − 2·cov, m exceeds n exactly when the arms go up and down together, and
    falls short of it when they go opposite ways.

    >>> worlds_if_unpaired(np.tile([1.0, 2.0, 3.0], 10), np.tile([1.5, 2.0, 3.5], 10))
    750
    """
    apart = float(np.var(base) + np.var(arm)) if len(base) else 0.0
    return worlds_for_width(len(base), apart, float(np.var(arm - base)) if len(base) else 0.0)


def worlds_for_width(worlds: int, apart: float, together: float) -> int | None:
    """The equation of `worlds_if_unpaired` for variances that are known: apart = var(base) + var(arm), together =
    var(arm − base)."""
    if worlds < ENOUGH_TO_COMPARE:
        return None
    if together <= apart * 1e-24:  # rounding of the difference, not luck
        return worlds if apart == 0.0 else None
    ratio = worlds * apart / together
    return math.ceil(ratio - 1e-9 * ratio)
