"""Outcomes over a grid of settings: every cell of a factorial design in the same worlds."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.comparison import estimate
from experiments.collecting import Collector, Task, design_columns, level_columns
from experiments.design import Cell, Design, check_amounts, factorial
from experiments.outcomes import OUTCOMES, check_outcome, outcomes
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress, compile_first, run_all
from experiments.sentences import html_table, plain_name
from experiments.storage import ResultFolder, folder_path
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario
from simulation.validation import shown

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass
class Sweep:
    """What a sweep found. table : outcome -> [cells, worlds], NaN where a run failed or does not define the outcome.

    runs : how many this sweep holds in all     ran : how many of them were run now     seconds : spent now
    left : how many were not run yet, in a folder whose sweep was stopped
    """

    design: Design
    seed: int
    worlds: int
    table: dict[str, Floats]
    failures: list[dict[str, Any]] = field(default_factory=list)
    ran: int = 0
    seconds: float = 0.0
    out: Path | None = None
    left: int = 0
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

    @property
    def worlds_in_words(self) -> str:
        """How many worlds each cell has: "20 worlds", or "3 to 4 of 20 worlds" as long as some were not run."""
        if not self.left:
            return counted(self.worlds, "world")
        there = self.columns()["worlds"]
        low, high = int(there.min()), int(there.max())
        return f"{low:,}{'' if low == high else f' to {high:,}'} of {counted(self.worlds, 'world')}"

    def note(self) -> str:
        """What to know before believing it: "" for a sweep that was run to its end."""
        if not self.left:
            return ""
        return f"Not finished: {self.runs - self.left:,} of {counted(self.runs, 'run')} so far."

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
            "left": self.left,
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }

    def sentence(self, outcome: str = "survival_5y") -> str:
        """Where an outcome is lowest and highest."""
        means = self.columns()[check_outcome(outcome)]
        label = OUTCOMES[outcome].label
        name, note = plain_name(self.design.base), f"{self.note()} " if self.left else ""
        what = f"{note}{name}, {counted(self.cells, 'cell')} of {self.worlds_in_words}"
        if not np.isfinite(means).any():
            return f"{what}: no world defines {label}."
        low, high = int(np.nanargmin(means)), int(np.nanargmax(means))
        return (
            f"{what}: {label} range from "
            f"{_shown(means[low], outcome)} ({_place(self.design.cells[low])}) to "
            f"{_shown(means[high], outcome)} ({_place(self.design.cells[high])})."
        )

    def __repr__(self) -> str:
        levels = " x ".join(f"{key} [{len(values)}]" for key, values in self.design.vary.items())
        return f"Sweep({self.design.base.name}: {levels}, {self.worlds_in_words}, {self.failed} failed)"

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
    worlds, seed = int(worlds), int(seed)
    design = factorial(scenario, vary)
    start, began = time.perf_counter(), now()
    if out is None:
        collected = Collector(design, worlds)
        _run(design, collected, seed, jobs, progress)
        return Sweep(
            design, seed, worlds, collected.table, collected.failures, collected.ran, time.perf_counter() - start
        )
    record = plan_manifest(design, worlds, seed) | {"outcome": outcome}
    with ResultFolder.claim(out, record, grows=True) as folder:
        sessions = folder.sessions()
        folder.write_manifest(record | {"times": [*sessions, {"started": began}]})
        folder.write_table("design", design_columns(design))
        collected = Collector(design, worlds, seed, folder)
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
    folder = ResultFolder(folder_path(out))
    record = folder.manifest()
    if record.get("kind") != "sweep":
        raise InputError([Problem(f"holds a {record.get('kind')}, not a sweep", key=str(out))])
    base = Scenario.of(record["scenarios"][BASE])
    design = factorial(base, {key: list(levels) for key, levels in record["plan"]["vary"].items()})
    collected = Collector(design, record["plan"]["worlds"], record["plan"]["seed"], folder)
    check_outcome(record.get("outcome", "survival_5y"))
    seconds = sum(session.get("seconds", 0.0) for session in folder.sessions())
    plan = (design, collected.seed, collected.worlds)
    return Sweep(*plan, collected.table, collected.failures, 0, seconds, folder.path, collected.left)


def _run(design: Design, collected: Collector, seed: int, jobs: int | None, progress: Progress | None) -> None:
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


def _shown(value: float, outcome: str) -> str:
    unit = OUTCOMES[outcome].unit
    return f"{100 * value:.0f} of 100" if unit.startswith("share") else f"{value:.3g} {unit}"


def counted(number: int, thing: str) -> str:
    """A number of things: "1 cell", "2,800 runs"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _place(cell: Cell) -> str:
    return ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {shown(value)}"
        for key, value in cell.levels.items()
    )
