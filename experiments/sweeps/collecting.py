"""What a sweep has so far: parts in a folder, or rows in memory; what is left to run, and tables of what is there."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.design import Design
from experiments.outcomes import OUTCOMES
from experiments.runner import Failure
from experiments.storage import ResultFolder
from experiments.sweeps.parts import Floats, Layout, Part, Place, Rows, balanced, part_columns

VALUES_AT_ONCE = 2_000_000  # of one table of outcomes: 16 MB
Shard = tuple[int, int]


class Collected:
    """The runs of a sweep that are there.

    failed : place -> why     ran : runs made by this process     notes : what a person should know, in sentences
    folder : None keeps the rows in memory     sources : other folders in which the same runs may be found
    """

    def __init__(
        self, design: Design, worlds: int, seed: int, folder: ResultFolder | None = None,
        sources: Sequence[ResultFolder] = (), shard: Shard | None = None,
    ) -> None:  # fmt: skip
        self.design, self.worlds, self.seed, self.folder, self.shard = design, worlds, seed, folder, shard
        self.layout = Layout.of(design, worlds)
        self.failed: dict[Place, Failure] = {}
        self.ran = 0
        self.notes: list[str] = []
        self._memory = Rows()
        self._open: dict[int, tuple[int, Rows]] = {}  # parts under way -> runs still to come, rows so far
        self._counts: dict[int, int] = {}  # part -> rows in it
        self._sources = [*([folder.earlier] if folder is not None else []), *(item.parts for item in sources)]
        self._index = {cell.cell: cell.index for cell in design.cells}
        if folder is not None:
            self._look(folder)

    def _look(self, folder: ResultFolder) -> None:
        """Which parts are there, and what the last attempt said has failed."""
        counts, damaged = folder.count_parts()
        # more worlds than are asked for may be there: those of a later stage of the stop rule
        self._counts = {
            number: min(count, self._size(number)) for number, count in counts.items() if number < self.layout.parts
        }
        for name in damaged:
            self.notes.append(f"{name} was damaged: its runs are made again.")
        for row in folder.failures():
            cell, world = self._index.get(row["cell"], -1), row["world"]
            if cell >= 0 and world < self.worlds:
                self.failed[cell, world] = Failure(row["error"], row["where"], row.get("traceback", ""))

    # --- what is left -------------------------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """Runs of this sweep, or of this shard of it."""
        return (
            sum(self._size(number) for number in balanced(self.layout, self.shard)) if self.shard else self.layout.runs
        )

    @property
    def done(self) -> int:
        """Runs that gave a result."""
        return sum(self._counts.values()) if self.folder is not None else len(self._memory.values)

    @property
    def left(self) -> int:
        """Runs that neither gave a result nor failed."""
        return self.total - self.done - len(self.failed)

    def _size(self, number: int) -> int:
        return min(self.layout.size, self.layout.runs - number * self.layout.size)

    def parts(self) -> Iterator[Part]:
        """The parts that are not whole yet, with what is known of their runs: from an earlier plan or another folder."""
        cells = self.design.cells
        for number in balanced(self.layout, self.shard):
            if self._counts.get(number, 0) == self._size(number):
                continue
            places = self.layout.places(number)
            known = self._known(number, places)
            todo = [place for place in places if place not in known.values]
            self._open[number] = (len(todo), known)
            if not todo:
                self._close(number)
            levels = {cell: cells[cell].levels for cell, _ in todo}
            yield Part(number, self.design.base, levels, todo, self.seed)

    def _known(self, number: int, places: Sequence[Place]) -> Rows:
        files = [self.folder.part_path(number)] if self.folder is not None and self._counts.get(number) else []
        for source in self._sources:
            files += sorted(source.glob("part-*.parquet"))
        if not files:
            return Rows()
        wanted, found = set(places), Rows()
        worlds = (places[0][1], places[-1][1])
        rows = ResultFolder.find_rows(files, self.seed, worlds, ["cell", "world", *OUTCOMES])
        values = np.column_stack([rows[name] for name in OUTCOMES])
        for cell, world, row in zip(rows["cell"], rows["world"].tolist(), values, strict=True):
            place = (self._index.get(cell, -1), world)
            if place in wanted:
                found.values[place] = row
        return found

    # --- what comes in ------------------------------------------------------------------------------------------

    def take(self, piece: Part, rows: Rows) -> None:
        """Keep what a piece of a part gave. A part is written when it is whole."""
        self.ran += len(piece.todo)
        left, so_far = self._open[piece.number]
        so_far.add(rows)
        self._open[piece.number] = (left - len(piece.todo), so_far)
        if left == len(piece.todo):
            self._close(piece.number)

    def _close(self, number: int) -> None:
        """Write a part in one piece, under its own name: whenever this process ends, no row comes twice."""
        _, rows = self._open.pop(number)
        if self.folder is None:
            self._memory.values |= rows.values
            self.failed |= rows.failed
            return
        before = set(self.failed)
        for place in rows.values:
            self.failed.pop(place, None)
        self.failed |= rows.failed
        if before or self.failed:
            self.folder.write_failures(self.failures)
        if rows.values:
            places = self.layout.places(number)
            self.folder.write_part(number, part_columns(self.design, rows, places, self.seed))
            self._counts[number] = len(rows.values)

    @property
    def under_way(self) -> int:
        """Runs made for parts that are not whole yet."""
        return sum(len(rows.values) + len(rows.failed) for _, rows in self._open.values())

    @property
    def failures(self) -> list[dict[str, Any]]:
        """One row per failed run, by world and cell."""
        cells = self.design.cells
        return [
            {"cell": cells[cell].cell, "world": world, "seed": self.seed, **cells[cell].levels, **asdict(why)}
            for (cell, world), why in sorted(self.failed.items(), key=lambda item: item[0][::-1])
        ]

    # --- tables -------------------------------------------------------------------------------------------------

    def blocks(self, outcomes: int = len(OUTCOMES)) -> Iterator[range]:
        """The cells in groups whose table of so many outcomes fits into memory."""
        size = max(1, VALUES_AT_ONCE // (self.worlds * outcomes))
        for start in range(0, len(self.design.cells), size):
            yield range(start, min(start + size, len(self.design.cells)))

    def table(self, cells: range | None = None, names: Sequence[str] | None = None) -> dict[str, Floats]:
        """Outcome -> [cells, worlds] of some cells, NaN where a run is not there or does not define the outcome."""
        names = list(OUTCOMES if names is None else names)
        cells = range(len(self.design.cells)) if cells is None else cells
        table = {name: np.full((len(cells), self.worlds), np.nan) for name in names}
        if self.folder is None:
            columns = list(OUTCOMES)
            for (cell, world), row in self._memory.values.items():
                if cell in cells:
                    for name in names:
                        table[name][cell - cells.start, world] = row[columns.index(name)]
        elif self._counts:
            rows = self.folder.cell_rows([self.design.cells[cell].cell for cell in cells], self.worlds, names)
            at: tuple[NDArray[np.int64], NDArray[np.int64]] = (rows["place"], rows["world"])
            for name in names:
                table[name][at] = rows[name]
        return table
