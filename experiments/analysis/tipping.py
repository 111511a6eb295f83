"""Where a curve over a lever crosses a level: the root of the mean of paired worlds, its interval, every world's own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import DRAWS, FEW, LEVEL, SEED, Floats, resample, student

MOST_OPEN = 0.5  # of the draws may have no root in the range; with more there is no interval


@dataclass(frozen=True)
class Tipping:
    """Where the mean over worlds crosses the level, in the unit of the lever.

    value, low, high : root of the mean curve with its 95 % interval; -inf or inf where the interval is open, NaN where
    there is none     slope : of the mean curve at the root, outcome per unit of the lever
    per_world : [worlds] every world's own crossing; -inf, inf where its curve lies on one side all along
    draws : [draws] roots of the resampled mean curves, for paired differences; empty below FEW worlds
    """

    value: float
    low: float
    high: float
    slope: float
    per_world: Floats
    draws: Floats

    @property
    def never(self) -> int:
        """Worlds that do not cross within the range."""
        return int(np.count_nonzero(~np.isfinite(self.per_world)))

    def world(self, share: float) -> float:
        """Quantile of the worlds' own crossings; NaN where it lies outside the range."""
        found = quantile(self.per_world, share)
        return found if np.isfinite(found) else float("nan")


@dataclass(frozen=True)
class Shift:
    """How much further one curve tips than another, in the unit of the lever; NaN or infinite as in `Tipping`."""

    value: float
    low: float
    high: float


def crossing_places(levers: Floats, means: Floats, level: float) -> Floats:
    """All places where the line through the points crosses the level, in order; gaps of NaN are jumped over.

    levers, means : [points], levers ascending

    >>> crossing_places(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0]), 0.5).tolist()
    [0.5, 1.5]
    """
    known = np.isfinite(means)
    x, y = levers[known], means[known] - level
    at = np.flatnonzero((y[:-1] >= 0) != (y[1:] >= 0))
    return np.asarray(x[at] - y[at] * (x[at + 1] - x[at]) / (y[at + 1] - y[at]), dtype=np.float64)


def roots(levers: Floats, rows: Floats, level: float, near: float, falling: bool) -> Floats:
    """One crossing per row: the middle one if there are several, the nearest if their number is even.

    levers : [points] ascending     rows : [rows, points]     near : the root of the mean
    falling : whether the mean goes down there. A row that stays on one side crosses beyond the range: -inf or inf.
    Returns [rows].
    """
    above = rows >= level
    cells = above[:, :-1] != above[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (level - rows[:, :-1]) / (rows[:, 1:] - rows[:, :-1])
    places = np.where(cells, levers[:-1] + share * np.diff(levers), np.nan)
    number = cells.sum(axis=1)
    far = np.where(
        above[:, 0] == falling, np.inf, -np.inf
    )  # still on the side where it began: the crossing comes later
    found = np.where(number == 0, far, 0.0)
    for row in np.flatnonzero(number):
        crossings = places[row][cells[row]]
        if number[row] % 2:
            found[row] = crossings[number[row] // 2]
        else:
            found[row] = crossings[np.argmin(np.abs(crossings - near))]
    return found


def tip(
    levers: Floats, values: Floats, level: float, near: float, draws: int = DRAWS, seed: int = SEED
) -> Tipping | None:
    """The crossing of the mean curve nearest to a place, with interval and every world's own; None without crossing.

    levers : [points] ascending     values : [points, worlds] of the outcome, all finite, the same worlds at all points
    The interval: worlds are resampled, their mean curve is solved anew, and the percentiles of the roots are taken;
    below FEW worlds by Student's t on the worlds' heights at the root, divided by the slope (resampling so few is too
    narrow). The same number of worlds gives the same draws, so that differences between arms stay paired.
    Source: Efron & Tibshirani 1993 (percentile interval); the delta method for few worlds.
    """
    mean = values.mean(axis=1)
    places = crossing_places(levers, mean, level)
    if not places.size:
        return None
    value = float(places[np.argmin(np.abs(places - near))])
    cell = int(np.clip(np.searchsorted(levers, value, side="right") - 1, 0, len(levers) - 2))
    slope = float((mean[cell + 1] - mean[cell]) / (levers[cell + 1] - levers[cell]))
    falling = bool(mean[cell] > mean[cell + 1])
    worlds = values.shape[1]
    own = roots(levers, values.T, level, value, falling)
    if worlds < 2:
        return Tipping(value, float("nan"), float("nan"), slope, own, np.empty(0))
    if worlds < FEW:
        share = (value - levers[cell]) / (levers[cell + 1] - levers[cell])
        heights = values[cell] + share * (values[cell + 1] - values[cell])
        half = student(worlds) * float(heights.std(ddof=1)) / np.sqrt(worlds) / abs(slope)
        return Tipping(value, value - half, value + half, slope, own, np.empty(0))
    resampled = roots(levers, resample(values.T, draws, seed) / worlds, level, value, falling)
    return Tipping(value, *interval(resampled), slope, own, resampled)


def shift(before: Tipping, after: Tipping) -> Shift:
    """The paired difference after minus before: the same worlds drawn for both, their roots subtracted.

    Below FEW worlds there are no draws and the interval is NaN. Raises ValueError if the draws are not alike in number.
    """
    if len(before.draws) != len(after.draws):
        raise ValueError("both need the same number of draws")
    if not len(before.draws):
        return Shift(after.value - before.value, float("nan"), float("nan"))
    known = np.isfinite(before.draws) | np.isfinite(after.draws)
    with np.errstate(invalid="ignore"):
        apart = (after.draws - before.draws)[known]
    return Shift(after.value - before.value, *(interval(apart) if known.any() else (float("nan"), float("nan"))))


def interval(draws: Floats, level: float = LEVEL) -> tuple[float, float]:
    """Percentile interval of roots, open (infinite) where draws lie beyond the range; NaN if most of them do."""
    if np.mean(~np.isfinite(draws)) > MOST_OPEN:
        return float("nan"), float("nan")
    return quantile(draws, (1 - level) / 2), quantile(draws, (1 + level) / 2)


def quantile(values: Floats, share: float) -> float:
    """Quantile by linear interpolation, of values that may be infinite.

    >>> quantile(np.array([1.0, 2.0, 3.0, np.inf]), 0.5), quantile(np.array([1.0, np.inf]), 0.9)
    (2.5, inf)
    """
    ordered: NDArray[np.float64] = np.sort(values)
    place = share * (len(ordered) - 1)
    before, after = float(ordered[int(np.floor(place))]), float(ordered[int(np.ceil(place))])
    part = place - np.floor(place)
    if part == 0 or before == after:
        return before
    if not (np.isfinite(before) and np.isfinite(after)):
        return after if part >= 0.5 else before
    return before + float(part) * (after - before)
