"""Outcomes of scenarios that a question comes up with as it goes along: the same worlds for all, nothing run twice."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.design import cell_id, check_amounts
from experiments.outcomes import OUTCOMES, outcomes
from experiments.runner import Failure, Progress, RunsFailedError, compile_first, run_all
from simulation.scenario import Scenario

Floats = NDArray[np.float64]


class Asker:
    """Runs scenarios in worlds 0, 1, 2, ... of one seed and remembers what came out.

    seed : which luck     jobs : threads, default one per core
    progress : called with (runs done, runs asked for so far)
    evaluations : runs that were made     failures : one row per run that gave no result
    """

    def __init__(self, seed: int = 1, jobs: int | None = None, progress: Progress | None = None) -> None:
        check_amounts(seed=seed, jobs=jobs)
        self.seed, self.jobs, self.progress = int(seed), jobs, progress
        self.failures: list[dict[str, Any]] = []
        self.evaluations = 0
        self._asked = 0
        self._known: dict[tuple[str, int], Mapping[str, float] | None] = {}

    def ask(self, scenarios: Sequence[Scenario], worlds: int) -> dict[str, Floats]:
        """Outcome -> [scenarios, worlds], NaN where a run failed or does not define the outcome.

        Raises InputError for a number of worlds out of bounds, RunsFailedError if no run of a scenario gave a result.
        """
        from simulation import simulate

        check_amounts(worlds=worlds)
        cells = [cell_id(scenario) for scenario in scenarios]
        by_cell = dict(zip(cells, scenarios, strict=True))
        wanted = [(cell, world) for world in range(worlds) for cell in by_cell if (cell, world) not in self._known]
        self._asked += len(wanted)
        if wanted:
            compile_first()

        def work(task: tuple[str, int]) -> dict[str, float]:
            return outcomes(simulate(by_cell[task[0]], seed=self.seed, world=task[1]))

        for done in run_all(wanted, work, self.jobs):
            self._known[done.task] = done.result
            self.evaluations += 1
            if done.failure is not None:
                self._note(by_cell[done.task[0]], *done.task, done.failure)
            if self.progress:
                self.progress(self.evaluations, self._asked)
        for cell in by_cell:
            if all(self._known[cell, world] is None for world in range(worlds)):
                first = next(row for row in self.failures if row["cell"] == cell)
                raise RunsFailedError(f"all runs of a setting failed, the first with {first['error']}")
        return {name: np.array([[self._value(cell, world, name) for world in range(worlds)] for cell in cells])
                for name in OUTCOMES}  # fmt: skip

    def _value(self, cell: str, world: int, name: str) -> float:
        row = self._known[cell, world]
        return float("nan") if row is None else row[name]

    def _note(self, scenario: Scenario, cell: str, world: int, why: Failure) -> None:
        row = {"scenario": scenario.name, "cell": cell, "world": world, "seed": self.seed}
        self.failures.append(row | asdict(why))
