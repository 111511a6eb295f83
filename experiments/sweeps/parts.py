"""How the runs of a sweep are cut into parts, and what one part gives.

Part k holds runs k·size to (k+1)·size − 1 in world-major order: all cells of world 0, then all of world 1, and so on.
The plan alone decides where parts begin and end. So any engine, any shard and any resumed sweep writes the same files,
and more worlds only add parts at the end.
"""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.design import Cell, Design
from experiments.outcomes import OUTCOMES, outcomes
from experiments.runner import Failure
from simulation.scenario import Scenario

SECONDS_PER_PART = 4.0  # of one core: about so much is lost when the machine dies
SECONDS_PER_PIECE = 0.25  # of one core: what a worker is given at a time
SECONDS_PER_FIRM_QUARTER = 400e-9
MOST_PER_PART = 4000
BYTES_PER_RUN = 230  # of a part on the disk, measured

Floats = NDArray[np.float64]
Place = tuple[int, int]  # (index of the cell, world)


@dataclass(frozen=True)
class Layout:
    """cells, worlds : of the sweep     size : runs per part"""

    cells: int
    worlds: int
    size: int

    @classmethod
    def of(cls, design: Design, worlds: int) -> "Layout":
        return cls(len(design.cells), worlds, runs_per_part(design))

    @property
    def runs(self) -> int:
        return self.cells * self.worlds

    @property
    def parts(self) -> int:
        return math.ceil(self.runs / self.size)

    def places(self, part: int) -> list[Place]:
        """What a part holds.

        >>> Layout(cells=2, worlds=3, size=4).places(1)
        [(0, 2), (1, 2)]
        """
        numbers = range(part * self.size, min(self.runs, (part + 1) * self.size))
        return [(number % self.cells, number // self.cells) for number in numbers]


def runs_per_part(design: Design) -> int:
    """Runs in one part: some seconds of work. Depends on base and levels alone, not on the worlds."""
    return min(MOST_PER_PART, runs_in(SECONDS_PER_PART, *_size(design)))


def runs_per_piece(design: Design) -> int:
    """Runs that a worker is given at a time."""
    return runs_in(SECONDS_PER_PIECE, *_size(design))


def _size(design: Design) -> tuple[float, float]:
    """Firms and quarters of a run, in the mean over the cells."""
    return design.mean_of("firms.count"), design.mean_of("time.quarters")


def runs_in(seconds: float, firms: float, quarters: float) -> int:
    """About how many runs of a size one core makes in that time; at least one."""
    return max(1, int(seconds / (SECONDS_PER_FIRM_QUARTER * firms * quarters)))


@dataclass
class Rows:
    """What a part gave. values : place -> one number per outcome, in the order of OUTCOMES; failed : place -> why not"""

    values: dict[Place, Sequence[float]] = field(default_factory=dict)
    failed: dict[Place, Failure] = field(default_factory=dict)

    def add(self, other: "Rows") -> None:
        self.values |= other.values
        self.failed |= other.failed


@dataclass(frozen=True)
class Part:
    """Runs still to be made for one part. Travels to other processes and machines.

    cells : index -> levels of the cells that occur in `todo`
    """

    number: int
    base: Scenario
    cells: dict[int, dict[str, Any]]
    todo: list[Place]
    seed: int

    def only(self, todo: list[Place]) -> "Part":
        """The same part with fewer runs to make, and nothing known."""
        return Part(self.number, self.base, {cell: self.cells[cell] for cell, _ in todo}, todo, self.seed)

    def pieces(self, size: int) -> Iterator["Part"]:
        """The part in pieces for several workers."""
        for start in range(0, len(self.todo), size):
            yield self.only(self.todo[start : start + size])


_scenarios: dict[tuple[str, str], Scenario] = {}  # of this process: what parts from elsewhere have asked for so far
MOST_SCENARIOS = 4096


def run_part(part: Part, stop: threading.Event | None = None, cells: Sequence[Cell] | None = None) -> Rows:
    """Make the runs of a part that are still to be made. A run that fails is noted and the others go on.

    stop : when set, nothing more is begun, and KeyboardInterrupt is raised
    cells : of the design where it is at hand, in the process that asks; others build scenarios from the levels
    """
    import simulation

    rows = Rows()
    for place in part.todo:
        if stop is not None and stop.is_set():
            raise KeyboardInterrupt
        cell, world = place
        try:
            scenario = cells[cell].scenario if cells is not None else _scenario(part.base, part.cells[cell])
            rows.values[place] = tuple(outcomes(simulation.simulate(scenario, seed=part.seed, world=world)).values())
        except Exception as error:
            rows.failed[place] = Failure.of(error)
    return rows


def _scenario(base: Scenario, levels: Mapping[str, Any]) -> Scenario:
    key = (base.digest, repr(levels))
    if key not in _scenarios:
        if len(_scenarios) >= MOST_SCENARIOS:
            _scenarios.clear()
        _scenarios[key] = base.with_(dict(levels))
    return _scenarios[key]


def part_columns(design: Design, rows: Rows, places: Sequence[Place], seed: int) -> dict[str, NDArray[Any]]:
    """The runs of a part as columns, in the order of `places`; those that failed are left out."""
    there = [place for place in places if place in rows.values]
    columns: dict[str, NDArray[Any]] = {
        "cell": np.array([design.cells[cell].cell for cell, _ in there], dtype=object),
        "world": np.array([world for _, world in there], dtype=np.int64),
        "seed": np.full(len(there), seed, dtype=np.int64),
    }
    columns |= level_columns(design, [cell for cell, _ in there])
    values = np.array([rows.values[place] for place in there], dtype=np.float64).reshape(len(there), len(OUTCOMES))
    return columns | {name: values[:, number] for number, name in enumerate(OUTCOMES)}


def level_columns(design: Design, indices: Sequence[int]) -> dict[str, NDArray[Any]]:
    """The levels of the given cells, a column per key: numbers as floats, the rest as text or truth values."""
    return {
        key: _typed([design.cells[index].levels[key] for index in indices], design.vary[key]) for key in design.keys
    }


def _typed(values: list[Any], levels: Sequence[Any]) -> NDArray[Any]:
    if all(isinstance(level, bool) for level in levels):
        return np.array(values, dtype=bool)
    if all(isinstance(level, int | float) and not isinstance(level, bool) for level in levels):
        return np.array(values, dtype=np.float64)
    return np.array([str(value) for value in values], dtype=object)


def design_columns(design: Design) -> dict[str, NDArray[Any]]:
    """One row per cell: its id, its place, its levels."""
    indices = list(range(len(design.cells)))
    columns: dict[str, NDArray[Any]] = {"cell": np.array([cell.cell for cell in design.cells], dtype=object)}
    return columns | {"index": np.array(indices, dtype=np.int64)} | level_columns(design, indices)


def balanced(layout: Layout, shard: tuple[int, int] | None) -> Iterator[int]:
    """The numbers of the parts, or of those of one shard: i of n takes part i − 1 and every n-th after it."""
    first, step = (0, 1) if shard is None else (shard[0] - 1, shard[1])
    yield from range(first, layout.parts, step)
