"""Where in the space of inputs do cases of interest lie? Boxes found by PRIM, the patient rule induction method.

Points are rows of inputs; a case of interest ("it fails") is a true value beside it. A box restricts some inputs from
below, from above or both. Its density is the share of its points that are of interest, its coverage the share of all
points of interest that it holds.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import binom

from experiments.analysis.bootstrap import LEVEL

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PEEL = 0.05  # share of a box's points that one step takes off: patience
LEAST_SHARE = 0.05  # of all points: no box is smaller
LEAST_POINTS = 10  # nor smaller than this; with fewer points of interest no rule is looked for
SIGNIFICANT = (
    0.02  # a side whose quasi-p-value is above goes: with 5 %, pure luck gave a rule in 7 of 20 clouds, so in 1
)
MOST_BOXES = 3


@dataclass(frozen=True)
class Box:
    """low, high : [inputs], −inf and inf where an input is not restricted     quasi_p : [inputs], NaN there"""

    low: Floats
    high: Floats
    quasi_p: Floats

    @property
    def restricted(self) -> list[int]:
        """Positions of the inputs that are restricted, the surest restriction first."""
        places = np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))
        return [int(place) for place in places[np.argsort(self.quasi_p[places], kind="stable")]]

    def holds(self, points: Floats) -> Bools:
        """Which points lie inside [points]; the edges belong to it."""
        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=1))


@dataclass(frozen=True)
class Share:
    """So many of so many, with the Wilson interval of the share."""

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else float("nan")


@dataclass(frozen=True)
class Quality:
    """How good a box is on some points. base : of all points, inside or not, that no earlier box holds."""

    density: Share
    coverage: Share
    base: Share

    @property
    def tells(self) -> bool:
        """Whether points inside are surely more often of interest than points anywhere."""
        return bool(self.density.low > self.base.share)


def wilson(count: int, of: int, level: float = LEVEL) -> Share:
    """A share with its score interval, which stays inside 0..1 and is right near both ends.

    Equation:  (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)
    Source: Wilson 1927.

    >>> one = wilson(0, 10)
    >>> round(one.low, 4), round(one.high, 4)
    (0.0, 0.2775)
    """
    if of == 0:
        return Share(0, 0, float("nan"), float("nan"))
    z, p = float(ndtri((1 + level) / 2)), count / of
    middle, half = p + z * z / (2 * of), z * np.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return Share(count, of, max(0.0, float(middle - half) / scale), min(1.0, float(middle + half) / scale))


def quality(box: Box, points: Floats, cases: Bools, taken: Bools | None = None) -> Quality:
    """Density and coverage of a box on points that may be fresh.

    taken : [points] those that earlier boxes hold: they count for those, and stay in the number of all cases
    """
    left = np.ones(len(points), dtype=np.bool_) if taken is None else ~taken
    inside = box.holds(points) & left
    hits, everywhere = int((inside & cases).sum()), int(cases.sum())
    return Quality(
        wilson(hits, int(inside.sum())), wilson(hits, everywhere), wilson(int((cases & left).sum()), int(left.sum()))
    )


def boxes(points: Floats, cases: Bools, most: int = MOST_BOXES) -> list[Box]:
    """Boxes in which cases of interest are crowded, one after the other, each on the points that the earlier ones left.

    points : [points, inputs]     cases : [points]
    One box: peel it from all points, take the box of the trajectory with the largest phi, paste, drop restrictions that
    are not significant, and once more with the inputs that stay. phi is the correlation between lying inside and being of
    interest: 0 for the whole space and for boxes no better than chance, 1 for a box that holds all cases and nothing
    else, so that it weighs density against coverage whether cases are rare or common. It ends when there are too few
    cases, or nothing sets them apart.
    Source: Friedman & Fisher 1999; Bryant & Lempert 2010 (coverage, density, quasi-p-values); Yule 1912 (phi).
    """
    found: list[Box] = []
    left = np.ones(len(points), dtype=np.bool_)
    least = max(LEAST_POINTS, int(np.ceil(LEAST_SHARE * len(points))))
    while len(found) < most and left.sum() > least and (cases & left).sum() >= LEAST_POINTS:
        here, wanted = points[left], cases[left]
        best = _one_box(here, wanted, least)
        inside = best.holds(here)
        if not best.restricted or not phi(inside, wanted) > 0 or not inside.sum():
            break
        found.append(best)
        left &= ~best.holds(points)
    return found


def phi(inside: Bools, cases: Bools) -> float:
    """Correlation of two true-or-false columns; 0 where one of them does not vary.

    >>> phi(np.array([True, True, False]), np.array([True, True, False]))
    1.0
    """
    if inside.all() or not inside.any() or cases.all() or not cases.any():
        return 0.0
    return float(np.round(np.corrcoef(inside, cases)[0, 1], 12))


def _everything(inputs: int) -> Box:
    return Box(np.full(inputs, -np.inf), np.full(inputs, np.inf), np.full(inputs, np.nan))


def _one_box(points: Floats, cases: Bools, least: int) -> Box:
    """The best box, found again with the inputs alone that turned out to matter: the others only misled the peeling."""
    free = list(range(points.shape[1]))
    while True:
        found = max(_trajectory(points, cases, least, free), key=lambda box: phi(box.holds(points), cases))
        found = _significant(_paste(found, points, cases), points, cases)
        if len(found.restricted) in (0, len(free)):
            return found
        free = found.restricted


def _trajectory(points: Floats, cases: Bools, least: int, free: list[int]) -> list[Box]:
    """The box of all points and those that peeling leaves, one after the other. free : inputs that may be restricted"""
    box, found = _everything(points.shape[1]), [_everything(points.shape[1])]
    while True:
        smaller = _peel(box, points, cases, least, free)
        if smaller is None:
            return found
        box = smaller
        found.append(box)


def _peel(box: Box, points: Floats, cases: Bools, least: int, free: list[int]) -> Box | None:
    """The box without a slice of the side that is the most promising; None at the end.

    Promising is the side whose best single cut, however deep, sets cases apart most (phi inside the box); the slice is
    thin even so. The rule of the paper, the thin slice with the fewest cases, chases noise among many inputs: of 40 sides
    one always looks empty by luck. A slice of an input with few levels is a whole level.
    """
    inside = box.holds(points)
    here, wanted = points[inside], cases[inside]
    for score, place, side in _promise(here[:, free], wanted, least):
        if not score > 0:
            return None
        column = here[:, free[place]]
        edge = np.quantile(column, PEEL if side < 0 else 1 - PEEL, method="inverted_cdf")
        kept = column > edge if side < 0 else column < edge
        if least <= kept.sum() < len(column):
            return _moved(box, free[place], side, column[kept], column[~kept])
    return None


def _promise(points: Floats, cases: Bools, least: int) -> list[tuple[float, int, int]]:
    """(phi of the best cut, input, side) of all sides, the best first.

    Equation:  phi of taking m of n points away = (K·m − h·n) / √(K(n−K)·m(n−m)), K all cases, h those taken away
    """
    total, number = int(cases.sum()), len(cases)
    if total in (0, number) or number <= least:
        return []
    order = np.argsort(points, axis=0, kind="stable")
    ranked = np.take_along_axis(points, order, axis=0)
    taken, hits = np.arange(1, number)[:, None], np.cumsum(cases[order], axis=0)[:-1]
    scores = (total * taken - hits * number) / np.sqrt(float(total) * (number - total) * taken * (number - taken))
    apart = ranked[1:] > ranked[:-1]
    below = np.where(apart & (taken <= number - least), scores, -1.0).max(axis=0)
    above = np.where(apart & (number - taken <= number - least), -scores, -1.0).max(axis=0)
    sides = [
        (float(found[place]), place, side) for side, found in ((-1, below), (1, above)) for place in range(len(found))
    ]
    return sorted(sides, key=lambda one: -one[0])


def _moved(box: Box, place: int, side: int, kept: Floats, gone: Floats) -> Box:
    """The box with one side between the last value that goes and the first that stays."""
    low, high = box.low.copy(), box.high.copy()
    if side < 0:
        low[place] = (gone.max() + kept.min()) / 2
    else:
        high[place] = (gone.min() + kept.max()) / 2
    return Box(low, high, box.quasi_p)


def _paste(box: Box, points: Floats, cases: Bools) -> Box:
    """The box with sides moved out again, by a slice or a single point at a time, as long as phi rises."""
    while True:
        best, most = None, phi(box.holds(points), cases)
        for place in box.restricted:
            for side, amount in itertools.product((-1, 1), (PEEL, 0.0)):
                wider = _pasted(box, points, place, side, amount)
                if wider is not None and phi(wider.holds(points), cases) > most:
                    best, most = wider, phi(wider.holds(points), cases)
        if best is None:
            return box
        box = best


def _pasted(box: Box, points: Floats, place: int, side: int, amount: float) -> Box | None:
    """The box with one side moved out by a share of its points, one at least; None if that side is open."""
    edges = (box.low, box.high)[side > 0]
    if not np.isfinite(edges[place]):
        return None
    open_side = edges.copy()
    open_side[place] = side * np.inf
    opened = Box(open_side, box.high, box.quasi_p) if side < 0 else Box(box.low, open_side, box.quasi_p)
    beyond = np.sort(side * points[opened.holds(points) & ~box.holds(points), place])
    slice_size = max(1, int(np.ceil(amount * box.holds(points).sum())))
    if len(beyond) <= slice_size:
        return opened
    reach, after = beyond[slice_size - 1], beyond[beyond > beyond[slice_size - 1]]
    if not len(after):
        return opened
    moved = edges.copy()
    moved[place] = side * (reach + after[0]) / 2
    return Box(moved, box.high, box.quasi_p) if side < 0 else Box(box.low, moved, box.quasi_p)


def _significant(box: Box, points: Floats, cases: Bools) -> Box:
    """The box without the sides that could well be chance, the weakest first; then the quasi-p-value of each restriction.

    Equation:  quasi-p = P(X ≥ cases inside),  X ~ Binomial(points inside, density of the box without the side)
    "Quasi" because the side was chosen to look well on the same points: only fresh points test it. Several conditions are
    tried and many sides, so the threshold is below the usual 5 %.
    """
    while True:
        sides = [(place, side) for place in box.restricted for side in (-1, 1) if np.isfinite(_edge(box, place, side))]
        chances = {one: _chance(box, _without(box, *one), points, cases) for one in sides}
        weakest = max(chances, key=lambda one: chances[one], default=None)
        if weakest is None or chances[weakest] <= SIGNIFICANT:
            break
        box = _without(box, *weakest)
    values = np.full(points.shape[1], np.nan)
    for place in box.restricted:
        values[place] = _chance(box, _without(_without(box, place, -1), place, 1), points, cases)
    return Box(box.low, box.high, values)


def _chance(box: Box, wider: Box, points: Floats, cases: Bools) -> float:
    inside = box.holds(points)
    density = cases[wider.holds(points)].mean() if len(points) else 0.0
    return float(binom.sf(int((inside & cases).sum()) - 1, int(inside.sum()), density))


def _edge(box: Box, place: int, side: int) -> float:
    return float((box.low if side < 0 else box.high)[place])


def _without(box: Box, place: int, side: int) -> Box:
    """The box with one side open."""
    low, high = box.low.copy(), box.high.copy()
    (low if side < 0 else high)[place] = side * np.inf
    return Box(low, high, box.quasi_p)
