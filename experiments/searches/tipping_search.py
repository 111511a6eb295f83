"""Where to look for a tipping point: a rough look with few worlds, then few values of the lever with all worlds."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from experiments.analysis.bootstrap import Floats
from experiments.analysis.tipping import Tipping, crossing_places, tip

ROUGH = 10  # worlds of the first look
STEPS = 8  # values of the first look, besides where the scenario stands
REACH = (-2.6, -0.9, 0.0, 0.9, 2.6)  # values of the second, in standard deviations of the worlds' own crossings
NEAR = 0.05  # the root counts as met when a value with all worlds lies so near, in the same unit
MOST_INSERTED = 1
SURELY = 3.0  # standard errors by which two means must differ to tell a slope
MANY = 10.0  # an end that many times as far off as the setting is large is approached in growing steps

Mask = NDArray[np.bool_]
Measure = Callable[[Sequence[float], int], Floats]  # (values of the lever, worlds) -> outcome [values, worlds]


@dataclass
class Search:
    """What was measured of one curve, and where it crosses the level.

    rough : lever -> outcome in the first few worlds [few]     full : lever -> outcome in all worlds [worlds]
    place : about where the crossing is that was asked for, NaN if there is none     others : about where the others are
    """

    measure: Measure
    low: float
    high: float
    start: float | None
    whole: bool
    level: float
    worlds: int
    rough: dict[float, Floats] = field(default_factory=dict)
    full: dict[float, Floats] = field(default_factory=dict)
    place: float = math.nan
    others: list[float] = field(default_factory=list)

    def run(self) -> "Search":
        """Look, refine, and look further out for worlds that cross elsewhere."""
        self.look([self._tidy(value) for value in outward(self.low, self.high, self.start, self.whole)])
        if len(self._spans()) != 1:  # few worlds are not enough to say never or several times
            self.look_closely(self._doubtful())
        spans = self._spans()
        if not spans:
            return self
        origin = self.low if self.start is None else self.start
        places = crossing_places(*self._means(), self.level)
        order = np.argsort(np.abs(places - origin), kind="stable")
        first = spans[order[0]]
        self.others = [float(places[i]) for i in order[1:]]
        self._refine(first)
        if self.found() is None:  # the few worlds were not like all of them
            self.look_closely(first)
            if self.found() is None:
                self.look_closely(list(self.rough))
        return self

    def look(self, levers: Sequence[float]) -> None:
        """Measure in a few worlds."""
        new = [value for value in dict.fromkeys(levers) if value not in self.rough and value not in self.full]
        if new:
            found = self.measure(new, min(self.worlds, ROUGH))
            self.rough |= dict(zip(new, found, strict=True))

    def look_closely(self, levers: Sequence[float]) -> None:
        """Measure in all worlds."""
        new = [value for value in dict.fromkeys(map(self._tidy, levers)) if value not in self.full]
        if new:
            self.full |= dict(zip(new, self.measure(new, self.worlds), strict=True))

    def table(self) -> tuple[Floats, Floats]:
        """Values of the lever [points], ascending, and the outcome in all worlds [points, worlds], NaN where undefined.

        Values at which most worlds do not define the outcome are left out.
        """
        levers = np.array(sorted(self.full))
        values = np.array([self.full[value] for value in levers]).reshape(len(levers), self.worlds)
        kept = np.isfinite(values).mean(axis=1) > 0.5 if len(levers) else np.zeros(0, dtype=bool)
        return levers[kept], values[kept]

    def kept(self) -> Mask:
        """Which worlds define the outcome at every value of the table [worlds], as truth values."""
        return np.asarray(np.isfinite(self.table()[1]).all(axis=0), dtype=np.bool_)

    def found(self, kept: Mask | None = None) -> Tipping | None:
        """The crossing of the mean over worlds; None if there is none. kept : [worlds] which of them, all that can be"""
        levers, values = self.table()
        chosen = self.kept() if kept is None else kept
        if len(levers) < 2 or not chosen.any() or not math.isfinite(self.place):
            return None
        return tip(levers, values[:, chosen], self.level, self.place)

    def known(self) -> tuple[Floats, Floats, Floats]:
        """Every value of the lever that was tried, the mean there, and over how many worlds; with most worlds."""
        both = self.rough | self.full
        levers = np.array(sorted(both))
        rows = [both[value][np.isfinite(both[value])] for value in levers]
        means = np.array([row.mean() if row.size else math.nan for row in rows])
        return levers, means, np.array([row.size for row in rows], dtype=np.float64)

    # --- the steps ------------------------------------------------------------------------------------------

    def _means(self) -> tuple[Floats, Floats]:
        levers, means, _ = self.known()
        return levers, means

    def _spans(self) -> list[tuple[float, float]]:
        """Neighbouring values between which the mean crosses the level, ascending."""
        levers, means = self._means()
        known = np.isfinite(means)
        x, above = levers[known], means[known] >= self.level
        return [(float(x[i]), float(x[i + 1])) for i in np.flatnonzero(above[:-1] != above[1:])]

    def _doubtful(self) -> list[float]:
        """Values to be measured in all worlds before anything is said: both ends and the nearest, or every crossing."""
        spans = self._spans()
        if spans:
            return [value for span in spans for value in span]
        levers, means = self._means()
        known = np.flatnonzero(np.isfinite(means))
        if not known.size:
            return []
        nearest = known[np.argmin(np.abs(means[known] - self.level))]
        return [float(levers[i]) for i in (known[0], nearest, known[-1])]

    def _refine(self, span: tuple[float, float]) -> None:
        """From a span to the root: with few worlds first, then a small grid around it with all of them."""
        a, b = span
        known = self.rough | self.full

        def height(value: float) -> float:
            at = self._tidy(value)
            if at not in known:
                self.look([at])
                known.update(self.rough)
            mean = float(np.nanmean(known[at])) if np.isfinite(known[at]).any() else math.nan
            return mean - self.level

        self.place = self._solved(height, a, b)
        wide = self._width(a, b)
        if self.whole:
            wide = max(wide, 1.0)
            self.look_closely([math.floor(self.place), math.ceil(self.place)])
        self.look_closely([min(self.high, max(self.low, self.place + wide * step)) for step in REACH])
        for _ in range(0 if self.whole else MOST_INSERTED):
            now = self.found()
            if now is None or np.abs(self.table()[0] - now.value).min() <= NEAR * wide:
                break
            self.look_closely([now.value])
        self._follow_worlds(wide)

    def _solved(self, height: Callable[[float], float], a: float, b: float) -> float:
        """The root of the mean of the few worlds, to a fiftieth of the span; linear where a mean is not defined."""
        ends = height(a), height(b)
        if (ends[0] >= 0) == (ends[1] >= 0):  # all worlds say otherwise than the few
            return (a + b) / 2
        if 0.0 in ends:
            return a if ends[0] == 0.0 else b
        try:
            near = 0.5 if self.whole else (b - a) / 50
            root = float(brentq(height, a, b, xtol=near, rtol=1e-12, maxiter=12, disp=False))
        except ValueError:
            root = math.nan
        return root if math.isfinite(root) else a - ends[0] * (b - a) / (ends[1] - ends[0])

    def _width(self, a: float, b: float) -> float:
        """How far the worlds' own crossings lie around that of the mean: their spread in height over the slope.

        The slope is taken between the two nearest values whose difference is more than luck: a world jumps a little at
        every change, so that the slope between close neighbours says nothing.
        """
        both = self.rough | self.full
        few = min(len(one) for one in both.values())
        levers = sorted(value for value in both if np.isfinite(both[value][:few]).all() and a <= value <= b)
        before = [value for value in levers if value <= self.place] or [a]
        after = [value for value in levers if value > self.place] or [b]
        rise = 0.0
        for left, right in sorted(itertools.product(before, after), key=lambda pair: pair[1] - pair[0]):
            if right - left < (b - a) / 8 and (left, right) != (a, b):
                continue
            change = both[right][:few] - both[left][:few]
            rise = abs(float(np.mean(change))) / (right - left)
            if few < 2 or abs(float(np.mean(change))) > SURELY * float(np.std(change, ddof=1)) / math.sqrt(few):
                break
        at = both[before[-1]]
        spread = float(np.nanstd(at, ddof=1)) if np.isfinite(at).sum() > 1 else 0.0
        widest, least = (self.high - self.low) / 4, (b - a) / 50
        return float(np.clip(spread / rise if rise > 0 else widest, least, widest))

    def _follow_worlds(self, wide: float) -> None:
        """Measure further out, first a little and then at the end of the range, while worlds have not crossed."""
        for side, end in ((-1.0, self.low), (1.0, self.high)):
            for further in (2 * abs(REACH[0]) * wide, math.inf):
                now = self.found()
                levers, _ = self.table()
                outermost = levers[0] if side < 0 else levers[-1]
                if now is None or not np.any(now.per_world == side * math.inf) or outermost == end:
                    break
                self.look_closely([min(self.high, max(self.low, self.place + side * further))])

    def _tidy(self, value: float) -> float:
        """A value with as many digits as a person would type; the ends of the range as they are."""
        if value in (self.low, self.high):
            return value
        if self.whole:
            return float(round(value))
        places = 4 - math.floor(math.log10(self.high - self.low))
        return float(min(self.high, max(self.low, round(value, places))))


def outward(low: float, high: float, start: float | None, whole: bool = False) -> list[float]:
    """Values from a start to both ends of a range: evenly, or in growing steps where an end is far off.

    >>> outward(0.0, 1.0, 0.25)
    [0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0]
    >>> [round(value) for value in outward(0.0, 1000.0, 1.0)]
    [0, 0, 1, 3, 7, 14, 33, 76, 179, 422, 1000]
    """
    origin = low if start is None else min(high, max(low, start))
    found = {low, origin, high}
    for end in (low, high):
        distance = abs(end - origin)
        if not distance:
            continue
        unit = abs(origin) or (1.0 if distance > 1000 else distance)
        number = max(2, round(STEPS * distance / (high - low)))
        if distance > MANY * unit:
            number = max(number, 6)
            steps = unit * np.geomspace((distance / unit) ** (1 / number), distance / unit, number)
        else:
            steps = distance * np.arange(1, number) / number
        found |= {float(f"{origin + math.copysign(step, end - origin):.6g}") for step in steps if step < distance}
    inside = {min(high, max(low, value)) for value in found}
    return sorted({float(round(value)) for value in inside} if whole else inside)
