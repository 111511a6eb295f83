"""The runs of a sweep as they come in: into a table, and as parts into its folder."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.design import Cell, Design, Level
from experiments.outcomes import OUTCOMES
from experiments.runner import Done, Failure
from experiments.storage import ResultFolder

SECONDS_PER_PART = 4.0  # about so much work of one core is lost when the machine dies
MOST_PER_PART = 4000
BYTES_PER_RUN = 230  # of a part on the disk, measured


@dataclass(frozen=True)
class Task:
    """One run of a sweep."""

    cell: Cell
    world: int


class Collector:
    """Results as they come: into the table, and as parts into the folder if there is one."""

    def __init__(self, design: Design, worlds: int, seed: int = 1, folder: ResultFolder | None = None) -> None:
        self.design, self.worlds, self.seed, self.folder = design, worlds, seed, folder
        self.table = {name: np.full((len(design.cells), worlds), math.nan) for name in OUTCOMES}
        self.done = np.zeros((len(design.cells), worlds), dtype=bool)
        self.ran = 0
        self._failed: dict[tuple[int, int], Failure] = {}
        self._rows: list[tuple[Task, dict[str, float]]] = []
        self._finished = 0
        self._per_part = runs_per_part(design)
        self._part_number = folder.next_part() if folder is not None else 0
        if folder is not None:
            self._read(folder)

    def _read(self, folder: ResultFolder) -> None:
        """What the parts say is done; what the last attempt said has failed."""
        index = {cell.cell: cell.index for cell in self.design.cells}
        rows = folder.rows(["cell", "world", *OUTCOMES])
        if rows:
            cells = np.array([index.get(cell, -1) for cell in rows["cell"]], dtype=np.int64)
            known = (cells >= 0) & (rows["world"] < self.worlds)
            at = (cells[known], rows["world"][known].astype(np.int64))
            self.done[at] = True
            for name in OUTCOMES:
                self.table[name][at] = rows[name][known]
        for row in folder.failures():
            cell, world = index.get(row["cell"], -1), row["world"]
            if cell >= 0 and world < self.worlds and not self.done[cell, world]:
                self._failed[cell, world] = Failure(row["error"], row["where"])

    def tasks(self) -> Iterator[Task]:
        """What is left to run, world by world: an aborted sweep has the same worlds in all cells."""
        for world in range(self.worlds):
            for cell in self.design.cells:
                if not self.done[cell.index, world]:
                    yield Task(cell, world)

    def take(self, done: Done[Task, dict[str, float]]) -> None:
        cell, world = done.task.cell.index, done.task.world
        self.ran += 1
        self._finished += 1
        if done.result is None:
            self._failed[cell, world] = done.failure or Failure("unknown", "")
        else:
            self._failed.pop((cell, world), None)
            self.done[cell, world] = True
            for name, value in done.result.items():
                self.table[name][cell, world] = value
            if self.folder is not None:
                self._rows.append((done.task, done.result))
        if self._finished >= self._per_part:
            self.flush()

    @property
    def left(self) -> int:
        """Runs that neither gave a result nor failed."""
        return int(self.done.size - self.done.sum()) - len(self._failed)

    def flush(self) -> None:
        """Write what has come in since the last part."""
        if self.folder is not None and self._finished:
            if self._rows:
                # Ctrl-C may come between these lines: flushed again, rows go to the same part, not to another one.
                self.folder.write_part(self._part_number, self._part())
                self._rows = []
                self._part_number += 1
            self.folder.write_failures(self.failures)
        self._finished = 0

    def _part(self) -> dict[str, NDArray[Any]]:
        tasks = [task for task, _ in self._rows]
        columns: dict[str, NDArray[Any]] = {
            "cell": np.array([task.cell.cell for task in tasks], dtype=object),
            "world": np.array([task.world for task in tasks], dtype=np.int64),
            "seed": np.full(len(tasks), self.seed, dtype=np.int64),
        }
        columns |= level_columns(self.design, [task.cell.index for task in tasks])
        return columns | {name: np.array([row[name] for _, row in self._rows]) for name in OUTCOMES}

    @property
    def failures(self) -> list[dict[str, Any]]:
        """One row per failed run, by world and cell."""
        cells = self.design.cells
        return [
            {
                "cell": cells[cell].cell,
                "world": world,
                "seed": self.seed,
                **cells[cell].levels,
                **asdict(why),
            }
            for (cell, world), why in sorted(self._failed.items(), key=lambda item: item[0][::-1])
        ]


def done_in(out: Path, design: Design, worlds: int) -> int:
    """How many runs of a design a folder holds already."""
    return int(Collector(design, worlds, folder=ResultFolder(out)).done.sum()) if out.is_dir() else 0


def runs_per_part(design: Design) -> int:
    """Runs in one part: some seconds of work. Depends on the plan alone: the same plan gives the same parts."""
    sizes = [cell.scenario.firms.count * cell.scenario.time.quarters for cell in design.cells]
    seconds = 400e-9 * sum(sizes) / len(sizes)
    return max(1, min(MOST_PER_PART, int(SECONDS_PER_PART / seconds)))


def level_columns(design: Design, indices: list[int]) -> dict[str, NDArray[Any]]:
    """The levels of the given cells, a column per key: numbers as floats, the rest as text or truth values."""
    return {
        key: _typed([design.cells[index].levels[key] for index in indices], design.vary[key]) for key in design.keys
    }


def _typed(values: list[Level], levels: tuple[Level, ...]) -> NDArray[Any]:
    if all(isinstance(level, bool) for level in levels):
        return np.array(values, dtype=bool)
    if all(isinstance(level, int | float) and not isinstance(level, bool) for level in levels):
        return np.array(values, dtype=np.float64)
    return np.array([str(value) for value in values], dtype=object)


def design_columns(design: Design) -> dict[str, NDArray[Any]]:
    indices = [cell.index for cell in design.cells]
    columns: dict[str, NDArray[Any]] = {"cell": np.array([cell.cell for cell in design.cells], dtype=object)}
    return columns | {"index": np.array(indices, dtype=np.int64)} | level_columns(design, indices)
