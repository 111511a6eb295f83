"""What a sweep would cost, before it is started: a few runs, timed."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.design import Cell, Design, check_amounts
from experiments.outcomes import outcomes
from experiments.provenance import cores
from experiments.runner import compile_first
from experiments.sentences import counted
from experiments.storage import ResultFolder, folder_path
from experiments.sweeps.collecting import Collected, Shard
from experiments.sweeps.parts import BYTES_PER_RUN
from experiments.sweeps.sampling import design_of
from experiments.sweeps.sweeping import plan_manifest
from simulation.scenario import Scenario

PILOT_WORLDS = 4
PILOT_CELLS = 5


@dataclass(frozen=True)
class Forecast:
    """left : runs not done yet     half_width : of the 95 % interval of a cell's five-year survival, None if unknown"""

    cells: int
    worlds: int
    runs: int
    left: int
    threads: int
    seconds: float
    megabytes: float
    half_width: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "cells": self.cells,
            "worlds": self.worlds,
            "runs": self.runs,
            "left": self.left,
            "threads": self.threads,
            "minutes": round(self.seconds / 60, 2),
            "megabytes": round(self.megabytes, 4),
            "survival_5y_half_width": None if self.half_width is None else round(self.half_width, 4),
        }

    def sentence(self) -> str:
        there = f", of which {self.runs - self.left:,} are there already" if self.left < self.runs else ""
        width = (
            ""
            if self.half_width is None
            else f" Expect five-year survival of a cell within ±{100 * self.half_width:.1f} of 100."
        )
        return (
            f"{counted(self.cells, 'cell')} x {counted(self.worlds, 'world')} = {counted(self.runs, 'run')}{there}: about "
            f"{_duration(self.seconds)} on {counted(self.threads, 'thread')} and {self.megabytes:.2g} MB of disk.{width} "
            "Nothing was written."
        )


def forecast(
    scenario: Scenario,
    vary: Mapping[str, Any],
    worlds: int = 20,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    design: str = "factorial",
    points: int | None = None,
    shard: Shard | None = None,
) -> Forecast:
    """Time some cells of the design and estimate the whole. Writes nothing. Raises InputError as `sweep` does."""
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    worlds, seed = int(worlds), int(seed)
    cells = design_of(scenario, vary, design, points, seed)
    collected = Collected(cells, worlds, seed, shard=shard)
    runs = left = collected.total
    if out is not None:
        left -= _there(ResultFolder(folder_path(out)), cells, worlds, seed, shard)
    compile_first()
    positions = {round(part * (len(cells.cells) - 1) / (PILOT_CELLS - 1)) for part in range(PILOT_CELLS)}
    _timed(cells.cells[0], seed, 0)  # the first run of a process also loads the compiled engine
    timed = [_timed(cells.cells[position], seed, 0) for position in sorted(positions)]
    middle = [_timed(cells.cells[len(cells.cells) // 2], seed, world) for world in range(min(worlds, PILOT_WORLDS))]
    survival = np.array([value for _, value in middle if not math.isnan(value)])
    spread = float(survival.std(ddof=1)) if survival.size > 1 else math.nan
    threads = cores() if jobs is None else jobs
    seconds = left * float(np.mean([spent for spent, _ in timed])) / min(threads, cores())
    half_width = None if math.isnan(spread) else 1.96 * spread / math.sqrt(worlds)
    return Forecast(len(cells.cells), worlds, runs, left, threads, seconds, left * BYTES_PER_RUN / 1e6, half_width)


def _there(folder: ResultFolder, design: Design, worlds: int, seed: int, shard: Shard | None) -> int:
    """How many runs of a sweep a folder holds already. Raises InputError if it holds another one."""
    folder.check(plan_manifest(design, worlds, seed, shard=shard), grows=True)
    if not folder.path.is_dir() or not folder.part_names():
        return 0
    rows = folder.rows(["cell", "world"])
    ours = {cell.cell for cell in design.cells}
    return sum(
        cell in ours and world < worlds for cell, world in zip(rows["cell"], rows["world"].tolist(), strict=True)
    )


def _timed(cell: Cell, seed: int, world: int) -> tuple[float, float]:
    """Seconds of one run with all that is done about it, and its five-year survival."""
    from simulation import simulate

    start = time.perf_counter()
    survival = outcomes(simulate(cell.scenario, seed=seed, world=world))["survival_5y"]
    return time.perf_counter() - start, survival


def _duration(seconds: float) -> str:
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
