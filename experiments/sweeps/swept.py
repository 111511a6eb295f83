"""What a sweep found: outcomes of every cell, with intervals over worlds, as table, picture, page and sentence."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import mean_intervals
from experiments.design import Cell, Design
from experiments.outcomes import OUTCOMES, check_outcome
from experiments.sentences import counted, html_table, plain_name
from experiments.sweeps.collecting import Collected
from experiments.sweeps.parts import Floats, level_columns
from simulation.validation import shown

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Sweep:
    """What a sweep found. Made by `sweep`, read from a folder by `load_sweep`.

    runs : how many this sweep holds in all     ran : how many of them were run now     seconds : spent now
    left : how many were not run yet, in a folder whose sweep was stopped, or by other shards
    outcome : what the answer, the picture and the report show
    half_width : of the widest interval, where a stop rule asked for it
    read_from : the folder of a larger sweep that held all runs
    """

    collected: Collected
    seconds: float = 0.0
    outcome: str = "survival_5y"
    half_width: float | None = None
    read_from: Path | None = None
    _columns: dict[str, NDArray[Any]] = field(default_factory=dict, init=False, repr=False)

    @property
    def design(self) -> Design:
        return self.collected.design

    @property
    def seed(self) -> int:
        return self.collected.seed

    @property
    def worlds(self) -> int:
        return self.collected.worlds

    @property
    def ran(self) -> int:
        return self.collected.ran

    @property
    def failures(self) -> list[dict[str, Any]]:
        """One row per run that failed: its cell, world and levels, the error, where it came from, its traceback."""
        return self.collected.failures

    @property
    def notes(self) -> list[str]:
        """What came up on the way, in sentences."""
        return self.collected.notes

    @property
    def out(self) -> Path | None:
        return self.read_from if self.collected.folder is None else self.collected.folder.path

    @property
    def left(self) -> int:
        return self.runs - self.collected.done - len(self.collected.failed)

    @cached_property
    def table(self) -> dict[str, Floats]:
        """Outcome -> [cells, worlds], NaN where a run failed or does not define the outcome. All of it in memory."""
        return self.collected.table()

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
        if self.collected.shard is not None and not self.collected.left:
            number, of = self.collected.shard
            return f"Shard {number} of {of}: its {self.collected.total:,} of {counted(self.runs, 'run')}, all done."
        return f"Not finished: {self.runs - self.left:,} of {counted(self.runs, 'run')} so far."

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per cell: its id, its levels, then mean, low and high over worlds of each outcome."""
        if not self._columns:
            found: dict[str, NDArray[Any]] = {"cell": np.array([cell.cell for cell in self.design.cells], dtype=object)}
            found |= level_columns(self.design, range(self.cells))
            blocks = [_estimates(self.collected.table(cells)) for cells in self.collected.blocks()]
            self._columns = found | {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
        return self._columns

    def frame(self) -> "pd.DataFrame":
        """One row per cell; columns as in summary.csv."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns()))

    def plot(self, outcome: str | None = None) -> Any:
        """A matplotlib figure: a heat map over two settings, a line over one. Raises InputError for more."""
        from experiments.pictures import sweep_figure

        return sweep_figure(self, check_outcome(outcome or self.outcome))

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one HTML text, also written to `path` if given."""
        from experiments.pictures import sweep_page, write_html

        return write_html(sweep_page(self, self.outcome), path)

    def to_json(self) -> dict[str, Any]:
        return {
            "scenario": self.design.base.name,
            "design": self.design.kind,
            "vary": {key: list(levels) for key, levels in self.design.vary.items()},
            "seed": self.seed,
            "worlds": self.worlds,
            "cells": self.cells,
            "runs": self.runs,
            "ran_now": self.ran,
            "failed": self.failed,
            "left": self.left,
            "half_width": self.half_width,
            "notes": self.notes,
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }

    def sentence(self, outcome: str | None = None) -> str:
        """Where an outcome is lowest and highest."""
        outcome = check_outcome(outcome or self.outcome)
        means = self.columns()[outcome]
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
        asked = [self.outcome, f"{self.outcome}_low", f"{self.outcome}_high"]
        names = list(dict.fromkeys([*keys, *asked, "alliances_alive", "mean_trust"]))
        columns = self.columns()
        return html_table(
            self.sentence(), names, [[columns[name][row] for name in names] for row in range(min(self.cells, 30))]
        )


def _estimates(table: dict[str, Floats]) -> dict[str, NDArray[Any]]:
    """A column per outcome with its mean over worlds, and two with its interval; first, how many worlds there are."""
    found: dict[str, NDArray[Any]] = {"worlds": np.isfinite(table["alliances_formed"]).sum(axis=1)}
    for name, values in table.items():
        known = np.isfinite(values)
        count = known.sum(axis=1)
        total = np.where(known, values, 0.0).sum(axis=1)
        found[name] = np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)
        found[f"{name}_low"], found[f"{name}_high"] = mean_intervals(values)
    return found


def _shown(value: float, outcome: str) -> str:
    unit = OUTCOMES[outcome].unit
    return f"{100 * value:.0f} of 100" if unit.startswith("share") else f"{value:.3g} {unit}"


def _place(cell: Cell) -> str:
    return ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {shown(value)}"
        for key, value in cell.levels.items()
    )
