"""A boundary over two settings in plain words."""

import math
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.boundary import along, on_grid, sides
from experiments.analysis.tipping import crossing_places
from experiments.outcomes import OUTCOMES
from experiments.searches.levers import Lever, article, decimals, number
from experiments.searches.outcome_words import outcome_in_words, value_in_words
from experiments.sentences import counted, plain_name

if TYPE_CHECKING:
    from experiments.searches.bounding import Boundary

GRID = 101  # places along each axis at which the map is read


def verdict(result: "Boundary") -> str:
    """The answer in one or two sentences; see `Boundary.sentence`."""
    return f"{plain_name(result.scenario)}: {message(result)}"


def message(result: "Boundary") -> str:
    """The same without the scenario's name."""
    known = result.mean[np.isfinite(result.mean)]
    ranges = f"between {_range(result.x)} and {_range(result.y)}"
    if not known.size:
        return f"{ranges}, no world defines {OUTCOMES[result.outcome].label}."
    if not result.contour:
        side = "more" if known.min() >= result.level else "less"
        least, most = (value_in_words(result.outcome, float(end)) for end in (known.min(), known.max()))
        level = value_in_words(result.outcome, result.level)
        told = outcome_in_words(result.outcome, float(known.max()), f"{least} to ")
        return (
            f"no boundary: with {_range(result.x)} and {_range(result.y)}, {told}, always {side} than {level}."
            if (least != most)
            else f"no boundary: {told}, everywhere."
        )
    told = outcome_in_words(result.outcome, result.level, "at least ")
    ends = _ends(result)
    return f"{told} {ends}. {_as_it_is(result)}".strip()


def notes(result: "Boundary") -> list[str]:
    """What must be said beside the sentence."""
    undefined = int(np.count_nonzero(~np.isfinite(result.mean)))
    told = []
    if len(result.contour) > 1:
        told.append(f"The boundary has {len(result.contour)} pieces; small ones may be luck.")
    if undefined:
        told.append(f"At {counted(undefined, 'point')}, no world defines the outcome; they are left out.")
    return told


def table(result: "Boundary") -> tuple[list[str], list[list[str]]]:
    """Names of columns and one row per place on the boundary: x, y, and y's interval there."""
    x, y = result.x, result.y
    names = [f"{x.name}{_unit(x)}", f"{y.name}{_unit(y)}", "95 %"]
    rows = []
    for at in np.linspace(x.low, x.high, 7):
        value, low, high = crossing(result, 1, float(at))
        if not math.isfinite(value):
            continue
        places = _places(low, high, y)
        rows.append([number(float(at)), number(value, places), _interval(low, high, places)])
    return names, rows


def crossing(result: "Boundary", axis: int, at: float) -> tuple[float, float, float]:
    """Where the boundary lies on a line of the map, with its interval; NaN if nowhere or at several places.

    axis : 0 along x, 1 along y     at : the other setting's value. Ends beyond the range are infinite.
    """
    moved, fixed = (result.x, result.y) if axis == 0 else (result.y, result.x)
    share = (at - fixed.low) / (fixed.high - fixed.low)
    nowhere = (math.nan, math.nan, math.nan)
    if not 0 <= share <= 1:
        return nowhere
    found: list[float] = []
    for heights in (result.mean, result.low, result.high):
        points, known = result.unit(heights)
        if len(known) < 3:
            return nowhere
        places, line = along(points, known, axis, share)
        crossings = crossing_places(places, line, result.level)
        if not found and len(crossings) != 1:
            return nowhere
        value = crossings[np.argmin(np.abs(crossings - found[0]))] if found and crossings.size else crossings[:1]
        found.append(float(np.squeeze(value)) if crossings.size else math.nan)
    value, *ends = (moved.low + place * (moved.high - moved.low) for place in found)
    if all(math.isnan(end) for end in ends):
        return value, math.nan, math.nan
    known_ends = [end for end in ends if math.isfinite(end)]
    if len(known_ends) == 1:
        return (value, known_ends[0], math.inf) if known_ends[0] < value else (value, -math.inf, known_ends[0])
    return value, min(ends), max(ends)


def _ends(result: "Boundary") -> str:
    """Where the level is kept at no value of the other setting and where at every one; else where the line runs."""
    reached = on_grid(*result.unit(result.mean), GRID) >= result.level  # [y, x]
    for moved, other, map_ in ((result.x, result.y, reached.T), (result.y, result.x, reached)):
        found = sides(map_)
        if not found:
            continue
        grid = np.linspace(moved.low, moved.high, GRID)
        places = decimals(moved.low, moved.high) + 1
        parts: list[str] = []
        for name, words in (("none", "at no"), ("all", "at every")):
            if name in found:
                side, place = found[name]
                whom = (
                    f"{words} {other.name} from {number(other.low)} to {number(other.high)}"
                    if not parts
                    else (f"{words.replace('every', 'every one').replace('at no', 'at none')}")
                )
                what = f"the {moved.name} is" if not parts else "it is"
                parts.append(f"{whom} where {what} {side} {moved.amount(float(grid[place]), places)}")
        return ", and ".join(parts)
    line = result.contour[0]
    first, last = (
        f"{result.x.name} {number(float(corner[0]))} and {result.y.name} {number(float(corner[1]))}"
        for corner in (line[0], line[-1])
    )
    if np.allclose(line[0], line[-1]):
        inside = f"around {result.x.name} {number(float(line[:, 0].mean()))} and {result.y.name} "
        return f"on one side of a closed line {inside}{number(float(line[:, 1].mean()))}"
    return f"on one side of a line from {first} to {last}"


def _as_it_is(result: "Boundary") -> str:
    """What it takes of one setting with the other as it is."""
    for axis in (1, 0):
        moved, fixed = (result.x, result.y) if axis == 0 else (result.y, result.x)
        if fixed.start is None:
            continue
        value, low, high = crossing(result, axis, fixed.start)
        if math.isfinite(value):
            places = _places(low, high, moved)
            side = "at least" if _rises(result, axis, fixed.start) else "at most"
            shown = _interval(low, high, places)
            interval = f" (95 % {shown})" if shown != "–" else ""
            of = f"{article(moved.name)} {moved.name} of {side} {moved.amount(value, places)}"
            return f"With the {fixed.name} as it is ({number(fixed.start)}), it takes {of}{interval}."
    return ""


def _rises(result: "Boundary", axis: int, at: float) -> bool:
    fixed = result.y if axis == 0 else result.x
    _, line = along(*result.unit(result.mean), axis, (at - fixed.low) / (fixed.high - fixed.low))
    known = line[np.isfinite(line)]
    return bool(known[-1] > known[0])


def _range(moved: Lever) -> str:
    return f"{article(moved.name)} {moved.name} of {number(moved.low)} to {moved.amount(moved.high)}"


def _unit(moved: Lever) -> str:
    return f" [{moved.unit}]" if moved.unit else ""


def _places(low: float, high: float, moved: Lever) -> int:
    return decimals(low, high) if math.isfinite(low + high) and high > low else decimals(moved.low, moved.high) + 1


def _interval(low: float, high: float, places: int) -> str:
    if math.isnan(low) or math.isnan(high):
        return "–"
    if math.isinf(low) or math.isinf(high):
        return f"{number(high, places)} and less" if math.isinf(low) else f"{number(low, places)} and more"
    return f"{number(low, places)} to {number(high, places)}"
