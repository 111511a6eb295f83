"""How long each alliance of a portfolio goes on living, and what a change does to it, from tables [worlds, alliances].

A world decides an alliance's fate once, so that each alliance has one yes or no per world; alliances of one world share
its luck, so whatever speaks of several of them counts worlds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from experiments.analysis.bootstrap import LEVEL, Floats
from experiments.analysis.comparison import Estimate, estimate

Counts = NDArray[np.int64]
NINE_OF_TEN = (0.05, 0.95)


@dataclass(frozen=True)
class Shares:
    """A share per alliance with its interval. mean, low, high : [alliances]"""

    mean: Floats
    low: Floats
    high: Floats


def wilson(successes: NDArray[np.generic], trials: int, level: float = LEVEL) -> Shares:
    """Shares and their score intervals, which stay within 0 and 1.

    Equation:  (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n),  z the quantile of the normal distribution
    Source: Wilson 1927.

    >>> found = wilson(np.array([0, 5]), 10)
    >>> found.low.round(3).tolist(), found.high.round(3).tolist()
    ([0.0, 0.237], [0.278, 0.763])
    """
    share, z = np.asarray(successes, dtype=np.float64) / trials, float(ndtri((1 + level) / 2))
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return Shares(share, np.where(share == 0.0, 0.0, middle - half), np.where(share == 1.0, 1.0, middle + half))


def chances(lived: Counts, quarters: int, level: float = LEVEL) -> Shares:
    """Chance of each alliance to live so many quarters more.

    lived : [worlds, alliances] quarters lived from now on     Returns shares over worlds with Wilson's interval.
    """
    return wilson((lived >= quarters).sum(axis=0), len(lived), level)


@dataclass(frozen=True)
class Danger:
    """What ends each alliance most. cause : [alliances] index of the cause, −1 if nothing ended it
    worlds : [alliances] in how many worlds it did     endings : [alliances] in how many it ended at all
    """

    cause: Counts
    worlds: Counts
    endings: Counts


def dangers(lived: Counts, cause: Counts, quarters: int, causes: int, intended: int) -> Danger:
    """The most frequent proximate cause within so many quarters, other than intended completion.

    lived, cause : [worlds, alliances], cause −1 where it still lives     intended : the cause that is no danger
    """
    ended = (lived < quarters) & (cause >= 0)
    many = np.stack([(ended & (cause == one)).sum(axis=0) for one in range(causes)])
    unwanted = many.copy()
    unwanted[intended] = 0
    first = unwanted.argmax(axis=0)
    worlds = np.take_along_axis(unwanted, first[None], axis=0)[0]
    return Danger(np.where(worlds > 0, first, -1), worlds, many.sum(axis=0))


@dataclass(frozen=True)
class Course:
    """How many of the alliances of today still live, by quarters from now.

    mean : [quarters+1] mean share over worlds     low, high : the band that holds nine of ten worlds
    """

    mean: Floats
    low: Floats
    high: Floats


def course(lived: Counts, horizon: int) -> Course:
    """lived : [worlds, alliances] quarters lived from now on, at most `horizon`

    >>> course(np.array([[1, 2], [2, 2]]), 2).mean.tolist()
    [1.0, 1.0, 0.75]
    """
    alive = np.stack([(lived >= quarters).mean(axis=1) for quarters in range(horizon + 1)], axis=1)
    low, high = np.quantile(alive, NINE_OF_TEN, axis=0)
    return Course(alive.mean(axis=0), low, high)


def lived_so_long(lived: Counts, quarters: int) -> tuple[Estimate, tuple[float, float]]:
    """How many alliances live so many quarters more: the mean with its interval, and what nine of ten worlds lie in."""
    many = (lived >= quarters).sum(axis=1).astype(np.float64)
    low, high = np.quantile(many, NINE_OF_TEN, method="inverted_cdf")
    return estimate(many), (float(low), float(high))


def paired_shares(base: Counts, changed: Counts, quarters: int, level: float = LEVEL) -> Shares:
    """What a change does to the chance of each alliance to live so many quarters more, the same worlds in both.

    base, changed : [worlds, alliances] quarters lived     mean : changed minus base, exactly 0 where no world differs
    Equation:  with b worlds in which only the change saves it and c in which only the change kills it, of n worlds,
    and n* = n + 2:  (b−c)/n* ± z·√((b+c+1)/n* − ((b−c)/n*)²) / √n*
    Source: Agresti & Min 2005, the interval for matched pairs; reliable for few pairs that differ.
    """
    before, after = np.asarray(base) >= quarters, np.asarray(changed) >= quarters
    worlds, z = len(before), float(ndtri((1 + level) / 2))
    saved = (after & ~before).sum(axis=0).astype(np.float64)
    lost = (before & ~after).sum(axis=0).astype(np.float64)
    centre = (saved - lost) / (worlds + 2)
    half = z * np.sqrt(((saved + lost + 1) / (worlds + 2) - centre**2) / (worlds + 2))
    low, high = np.maximum(-1.0, centre - half), np.minimum(1.0, centre + half)
    return Shares((saved - lost) / worlds, low, high)


def paired_mean(base: Counts, changed: Counts, quarters: int) -> Estimate:
    """What a change does to the share of the portfolio that lives so many quarters more; exactly 0 if no world differs."""
    share = [(np.asarray(lived) >= quarters).mean(axis=1) for lived in (base, changed)]
    return estimate(share[1] - share[0])
