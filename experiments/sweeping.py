"""Outcomes over a grid of settings: every cell of a factorial design in the same worlds."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.comparison import estimate
from experiments.design import Cell, Design, Level, check_amounts, factorial
from experiments.outcomes import OUTCOMES, check_outcome, outcomes
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Done, Failure, Progress, compile_first, run_all
from experiments.sentences import html_table, plain_name
from experiments.storage import ResultFolder
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
SECONDS_PER_PART = 4.0  # about so much work of one core is lost when the machine dies
MOST_PER_PART = 4000
BYTES_PER_RUN = 230  # of a part on the disk, measured


@dataclass(frozen=True)
class Task:
    """One run of a sweep."""

    cell: Cell
    world: int


@dataclass
class Sweep:
    """What a sweep found. table : outcome -> [cells, worlds], NaN where a run failed or does not define the outcome.

    runs : how many this sweep holds in all     ran : how many of them were run now     seconds : spent now
    """

    design: Design
    seed: int
    worlds: int
    table: dict[str, Floats]
    failures: list[dict[str, Any]] = field(default_factory=list)
    ran: int = 0
    seconds: float = 0.0
    out: Path | None = None
    _columns: dict[str, NDArray[Any]] = field(default_factory=dict, init=False, repr=False)

    @property
    def cells(self) -> int:
        return len(self.design.cells)

    @property
    def runs(self) -> int:
        return self.cells * self.worlds

    @property
    def failed(self) -> int:
        return len(self.failures)

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per cell: its id, its levels, then mean, low and high over worlds of each outcome."""
        if not self._columns:
            found: dict[str, NDArray[Any]] = {"cell": np.array([cell.cell for cell in self.design.cells], dtype=object)}
            found |= level_columns(self.design, [cell.index for cell in self.design.cells])
            found["worlds"] = np.isfinite(self.table["alliances_formed"]).sum(axis=1)
            for name in OUTCOMES:
                estimates = [estimate(row) for row in self.table[name]]
                found[name] = np.array([item.mean for item in estimates])
                found[f"{name}_low"] = np.array([item.low for item in estimates])
                found[f"{name}_high"] = np.array([item.high for item in estimates])
            self._columns = found
        return self._columns

    def frame(self) -> "pd.DataFrame":
        """One row per cell; columns as in summary.csv."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns()))

    def plot(self, outcome: str = "survival_5y") -> Any:
        """A matplotlib figure: a heat map over two settings, a line over one. Raises InputError for more."""
        from experiments.pictures import sweep_figure

        return sweep_figure(self, check_outcome(outcome))

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one HTML text, also written to `path` if given."""
        from experiments.pictures import sweep_page, write_html

        return write_html(sweep_page(self), path)

    def to_json(self) -> dict[str, Any]:
        return {
            "scenario": self.design.base.name,
            "vary": {key: list(levels) for key, levels in self.design.vary.items()},
            "seed": self.seed,
            "worlds": self.worlds,
            "cells": self.cells,
            "runs": self.runs,
            "ran_now": self.ran,
            "failed": self.failed,
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }

    def sentence(self, outcome: str = "survival_5y") -> str:
        """Where an outcome is lowest and highest."""
        means = self.columns()[check_outcome(outcome)]
        label = OUTCOMES[outcome].label
        if not np.isfinite(means).any():
            return f"{self.cells} cells, {self.worlds} worlds each: no world defines {label}."
        low, high = int(np.nanargmin(means)), int(np.nanargmax(means))
        return (
            f"{plain_name(self.design.base)}, {self.cells} cells of {self.worlds} worlds: {label} range from "
            f"{_shown(means[low], outcome)} ({_place(self.design.cells[low])}) to "
            f"{_shown(means[high], outcome)} ({_place(self.design.cells[high])})."
        )

    def __repr__(self) -> str:
        levels = " x ".join(f"{key} [{len(values)}]" for key, values in self.design.vary.items())
        return f"Sweep({self.design.base.name}: {levels}, {self.worlds} worlds, {self.failed} failed)"

    def _repr_html_(self) -> str:
        keys = list(self.design.keys)
        names = [*keys, "survival_5y", "survival_5y_low", "survival_5y_high", "alliances_alive", "mean_trust"]
        columns = self.columns()
        return html_table(
            self.sentence(), names, [[columns[name][row] for name in names] for row in range(min(self.cells, 30))]
        )


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Any],
    worlds: int = 20,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    outcome: str = "survival_5y",
) -> Sweep:
    """Run every combination of levels in the same worlds. With `out` it resumes by itself: what the parts hold is done.

    vary : dotted path -> list of levels, or (low, high, n)     worlds : 0 .. worlds-1 in every cell
    jobs : threads, default one per core     progress : called with (runs done, runs in all)
    outcome : the one that the figure and the report show
    A folder that holds fewer worlds or fewer levels of the same sweep is added to. Raises InputError before anything is
    written if an input is wrong or `out` holds anything else. Failed runs are in `.failures`; the others go on.
    """
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    check_outcome(outcome)
    design = factorial(scenario, vary)
    start, began = time.perf_counter(), now()
    if out is None:
        collected = _Collector(design, worlds)
        _run(design, collected, seed, jobs, progress)
        return Sweep(
            design, seed, worlds, collected.table, collected.failures, collected.ran, time.perf_counter() - start
        )
    record = plan_manifest(design, worlds, seed) | {"outcome": outcome}
    with ResultFolder.claim(out, record, grows=True) as folder:
        sessions = folder.sessions()
        folder.write_manifest(record | {"times": [*sessions, {"started": began}]})
        folder.write_table("design", design_columns(design))
        collected = _Collector(design, worlds, seed, folder)
        try:
            _run(design, collected, seed, jobs, progress)
        finally:
            collected.flush()
        seconds = time.perf_counter() - start
        result = Sweep(design, seed, worlds, collected.table, collected.failures, collected.ran, seconds, folder.path)
        folder.write_table("summary", result.columns(), also_csv=True)
        from experiments.pictures import save, sweep_figures, sweep_page

        save(folder, sweep_figures(result, outcome), sweep_page(result, outcome, command_line(record["command"])))
        session = {"started": began, "finished": now(), "seconds": round(seconds, 3), "runs": collected.ran}
        folder.write_manifest(record | {"times": [*sessions, session]})
    return result


def plan_manifest(design: Design, worlds: int, seed: int) -> dict[str, Any]:
    """The manifest of a sweep; compared before a folder is added to."""
    plan = {"seed": seed, "worlds": worlds, "vary": {key: list(levels) for key, levels in design.vary.items()}}
    return manifest("sweep", plan, {BASE: design.base})


def load_sweep(out: str | Path) -> Sweep:
    """The sweep that a folder holds, as far as it is done. Raises InputError if it holds none."""
    folder = ResultFolder(Path(out))
    record = folder.manifest()
    if record.get("kind") != "sweep":
        raise InputError([Problem(f"holds a {record.get('kind')}, not a sweep", key=str(out))])
    base = Scenario.of(record["scenarios"][BASE])
    design = factorial(base, {key: list(levels) for key, levels in record["plan"]["vary"].items()})
    collected = _Collector(design, record["plan"]["worlds"], record["plan"]["seed"], folder)
    seconds = sum(session.get("seconds", 0.0) for session in folder.sessions())
    return Sweep(design, collected.seed, collected.worlds, collected.table, collected.failures, 0, seconds, folder.path)


def done_in(out: Path, design: Design, worlds: int) -> int:
    """How many runs of a design a folder holds already."""
    return int(_Collector(design, worlds, folder=ResultFolder(out)).done.sum()) if out.is_dir() else 0


class _Collector:
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
            for name, value in done.result.items():
                self.table[name][cell, world] = value
            if self.folder is not None:
                self._rows.append((done.task, done.result))
        if self._finished >= self._per_part:
            self.flush()

    def flush(self) -> None:
        """Write what has come in since the last part."""
        if self.folder is not None and self._finished:
            if self._rows:
                self.folder.add_part(self._part())
                self._rows = []
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


def _run(design: Design, collected: _Collector, seed: int, jobs: int | None, progress: Progress | None) -> None:
    from simulation import simulate

    def work(task: Task) -> dict[str, float]:
        return outcomes(simulate(task.cell.scenario, seed=seed, world=task.world))

    total = int(collected.done.size)
    finished = int(collected.done.sum())
    if finished < total:
        compile_first()
    if progress:
        progress(finished, total)
    for done in run_all(collected.tasks(), work, jobs):
        collected.take(done)
        finished += 1
        if progress:
            progress(finished, total)


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


def _shown(value: float, outcome: str) -> str:
    unit = OUTCOMES[outcome].unit
    return f"{100 * value:.0f} of 100" if unit.startswith("share") else f"{value:.3g} {unit}"


def _place(cell: Cell) -> str:
    return ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}" for key, value in cell.levels.items()
    )
