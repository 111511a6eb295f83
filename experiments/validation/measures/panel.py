"""Every alliance-quarter of a run as one long table, and the arithmetic that measures share.

An observer that needs alliance-quarters copies a few columns in every quarter and does its sums at the end, all
quarters at once: numpy is a hundred times faster on one table of 20,000 rows than on 160 of 125.
"""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulation.state import LIVING, AllianceArrays
from simulation.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Table = dict[str, NDArray[Any]]  # columns by name


class Panel:
    """Collects one row per alliance and quarter, the quarter of its end included.

    Columns that every panel has: quarter, about (stable number of the alliance), age [quarters], ended [0 or 1], cause.
    A subclass names further columns of the table of alliances in `columns`, and adds what it computes in `extra`.
    """

    quarterly: ClassVar[bool] = True
    columns: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self._kept: list[Table] = []

    def see(self, world: World) -> None:
        """Copy the quarter just run."""
        rows, quarter = int(world.counters.rows[0]), int(world.counters.quarter[0]) - 1
        alliances = AllianceArrays._make(column[:rows] for column in world.alliances)
        kept: Table = {name: getattr(alliances, name).copy() for name in self.columns}
        kept["quarter"] = np.full(rows, quarter, dtype=np.int64)
        kept["about"] = alliances.about.copy()
        kept["age"] = quarter - alliances.born
        kept["cause"] = alliances.cause.copy()
        kept.update(self.extra(world, alliances))
        self._kept.append(kept)

    def extra(self, world: World, alliances: AllianceArrays) -> Table:
        """Columns that are computed while the world stands as it is; new arrays, no views. alliances : rows in use"""
        return {}

    def table(self) -> Table:
        """All rows, quarter by quarter. Empty columns if no quarter was seen."""
        if not self._kept:
            return {}
        table = {name: np.concatenate([kept[name] for kept in self._kept]) for name in self._kept[0]}
        table["ended"] = (table["cause"] != LIVING).astype(np.float64)
        return table


def partners(alliances: AllianceArrays, trait: NDArray[Any]) -> NDArray[Any]:
    """A trait of both partners. trait : [N] by row of the firm     Returns [A, 2], a copy."""
    return np.stack([trait[alliances.first], trait[alliances.second]], axis=1)


def rows_of_one_alliance(about: Ints) -> tuple[Ints, Ints]:
    """Number the alliances of a table. Returns (number of each row's alliance [rows], first row of each alliance)."""
    _, first, number = np.unique(about, return_index=True, return_inverse=True)
    return number.reshape(-1).astype(np.int64), first.astype(np.int64)


def next_quarter(about: Ints, quarter: Ints) -> tuple[Ints, Ints]:
    """Pairs of rows (now, next) of the same alliance in one quarter and in the following one."""
    order = np.lexsort((quarter, about))
    same = (np.diff(about[order]) == 0) & (np.diff(quarter[order]) == 1)
    return order[:-1][same], order[1:][same]


def bin_of(values: Floats, bins: int, low: float = 0.0, high: float = 1.0) -> Ints:
    """Number of the bin of each value, of `bins` equal ones from low to high; what lies outside goes to the last ones."""
    place = np.floor((np.asarray(values, dtype=np.float64) - low) * (bins / (high - low)))
    return np.clip(place, 0, bins - 1).astype(np.int64)


def binned(place: Ints, bins: int, *values: Floats) -> Floats:
    """Sums of each of the values by bin. Returns [bins, values]."""
    return np.stack([np.bincount(place, weights=value, minlength=bins) for value in values], axis=1)


def thirds(weight: Floats, sums: Floats) -> Floats:
    """Sums within the lowest, middle and highest third of a distribution; a bin across a border is divided.

    weight : [bins] how much lies in each bin, in ascending order     sums : [bins, columns] what to add up
    Returns [3, columns].

    >>> thirds(np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0], [6.0]])).ravel().tolist()
    [2.0, 3.0, 4.0]
    """
    upto = np.cumsum(weight)
    borders = upto[-1] * np.arange(4) / 3.0
    inside = np.minimum(upto, borders[1:, None]) - np.maximum(upto - weight, borders[:-1, None])
    part = np.divide(np.maximum(inside, 0.0), weight, out=np.zeros_like(inside), where=weight > 0)
    result: Floats = part @ sums
    return result


def ratio(above: float, below: float) -> float:
    """above/below, NaN where below is 0: nothing was observed."""
    return float(above) / float(below) if below else float("nan")


def rate_ratio(first: Floats, second: Floats) -> float:
    """Ratio of two rates, each given as (events, exposure)."""
    return ratio(ratio(first[0], first[1]), ratio(second[0], second[1]))
