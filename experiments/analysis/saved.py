"""Which alliances a course of action saves and which it loses: the same alliances in two worlds of equal luck."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import DRAWS, FEW, LEVEL, SEED, percentile_interval, resample, student
from experiments.analysis.comparison import Estimate

Integers = NDArray[np.int64]
SAVED, LOST = 0, 1
COUNTS = ("shared", "ended", "saved", "lost", "formed_only_as_it_is", "formed_only_in_arm")


class Lives(NamedTuple):
    """Alliances of one world, one row each."""

    first: Integers  # [L] which firm; the same number is the same firm in both worlds, below 0 in neither
    second: Integers  # [L] the other
    born: Integers  # [L] quarter of birth; below 0 if it was there before the first quarter
    ended: Integers  # [L] quarter in which it ended; the number of quarters run if it has not
    cause: Integers  # [L] what ended it, -1 if it still lives

    def kept(self, rows: NDArray[np.bool_] | Integers) -> "Lives":
        """Some of the rows, in their order."""
        return Lives(*(column[rows] for column in self))


class Fates(NamedTuple):
    """The alliances whose fates differ, one row each."""

    first: Integers  # [L] as in `Lives`
    second: Integers  # [L]
    born: Integers  # [L]
    fate: Integers  # [L] SAVED or LOST
    ended: Integers  # [L] quarter in which it ended as it is; the number of quarters run if it has not
    cause: Integers  # [L] what ended it as it is, -1 if it still lives
    ended_in_arm: Integers  # [L]
    cause_in_arm: Integers  # [L]


NO_FATES = Fates(*(np.empty(0, dtype=np.int64) for _ in Fates._fields))


def saved_and_lost(base: Lives, arm: Lives, horizon: int) -> tuple[Integers, Fates]:
    """Which alliances a course of action saves and loses in one world.

    An alliance is the same in both worlds if the same two firms formed it in the same quarter. Of these, *saved* are those
    that ended within the horizon as it is and lived so long in the arm, *lost* the reverse. Time runs from birth; of
    alliances that were there before the first quarter, from quarter 0.
    base, arm : alliances that both worlds could be watched for `horizon` [quarters]
    Returns COUNTS [6] and the fates of the saved and lost. `ended` counts those of the shared that ended within the horizon
    as it is; formed_only_* are the alliances that exist in one of the two worlds, of which nobody can say such a thing.
    Since  shared that ended in the arm = ended − saved + lost,  saved − lost is what the arm changes among the shared.
    """
    here, there = _pairs(base, arm)
    ours, theirs = base.kept(here), arm.kept(there)
    died, died_in_arm = (_ended_within(lives, horizon) for lives in (ours, theirs))
    saved, lost = died & ~died_in_arm, died_in_arm & ~died
    rows = np.flatnonzero(saved | lost)
    counts = [len(here), died.sum(), saved.sum(), lost.sum(), len(base.first) - len(here), len(arm.first) - len(here)]
    fates = Fates(
        ours.first[rows], ours.second[rows], ours.born[rows], np.where(saved[rows], SAVED, LOST).astype(np.int64),
        ours.ended[rows], ours.cause[rows], theirs.ended[rows], theirs.cause[rows],
    )  # fmt: skip
    return np.array(counts, dtype=np.int64), fates


def _pairs(base: Lives, arm: Lives) -> tuple[Integers, Integers]:
    """Rows of the alliances that both worlds have, in the order of `base`."""
    first, second, born = (np.concatenate(columns) for columns in zip(base[:3], arm[:3], strict=True))
    where = np.arange(len(first)) >= len(base.first)
    low, high = np.minimum(first, second), np.maximum(first, second)  # seats may be in another order in the arm
    order = np.lexsort((where, born, high, low))
    same = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for column in (low, high, born):
        same &= column[order][1:] == column[order][:-1]
    same &= ~where[order][:-1] & where[order][1:] & (low[order][1:] >= 0)
    here, there = order[:-1][same], order[1:][same] - len(base.first)
    sorted_rows = np.argsort(here)
    return here[sorted_rows], there[sorted_rows]


def _ended_within(lives: Lives, horizon: int) -> NDArray[np.bool_]:
    result: NDArray[np.bool_] = (lives.cause >= 0) & (lives.ended - np.maximum(lives.born, 0) < horizon)
    return result


def share_over_worlds(
    part: Integers, whole: Integers, level: float = LEVEL, draws: int = DRAWS, seed: int = SEED
) -> Estimate:
    """Share of all alliances of all worlds together, its interval from drawing whole worlds again.

    part, whole : [worlds] counts
    Below FEW worlds the interval is Student's t with the standard error of the drawn shares; NaN for one world, and where
    fewer than half of the draws hold an alliance.

    >>> share_over_worlds(np.array([1, 2]), np.array([10, 20])).mean
    0.1
    """
    total, worlds = int(np.sum(whole)), len(whole)
    if not total:
        return Estimate(np.nan, np.nan, np.nan)
    share = float(np.sum(part)) / total
    if worlds < 2:
        return Estimate(share, np.nan, np.nan)
    sums = resample(np.stack([part, whole], axis=1), draws, seed)
    drawn = np.divide(sums[:, 0], sums[:, 1], out=np.full(draws, np.nan), where=sums[:, 1] > 0)
    low, high = percentile_interval(drawn[:, None], level)
    if worlds < FEW and np.isfinite(low[0]):  # resampling n worlds gives (n−1)/n of the variance
        half = student(worlds, level) * float(np.nanstd(drawn)) * float(np.sqrt(worlds / (worlds - 1)))
        return Estimate(share, share - half, share + half)
    return Estimate(share, float(low[0]), float(high[0]))
