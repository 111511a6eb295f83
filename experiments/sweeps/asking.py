"""Outcomes of scenarios that a question comes up with as it goes along: the same worlds for all, nothing run twice."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.design import cell_id, check_amounts
from experiments.outcomes import OUTCOMES
from experiments.plans import SOURCES
from experiments.runner import Failure, Progress, RunsFailedError, compile_first
from experiments.storage import ResultFolder
from experiments.sweeps.engines import Engine, check_engine, run_parts
from experiments.sweeps.parts import SECONDS_PER_PART, SECONDS_PER_PIECE, Part, runs_in
from simulation.scenario import Scenario

Floats = NDArray[np.float64]
Key = tuple[str, int]  # (id of a cell, world)
ASKED = "asked"  # where a result folder keeps the runs behind an answer: one row per run, as they came in


class Asker:
    """Runs scenarios in worlds 0, 1, 2, ... of one seed and remembers what came out.

    seed : which luck     jobs : threads or processes, default one per core     engine : as for `sweep`
    progress : called with (runs done, runs asked for so far)
    evaluations : runs that were asked for, each counted once     failures : one row per run that gave no result
    """

    def __init__(
        self, seed: int = 1, jobs: int | None = None, progress: Progress | None = None, engine: Engine = "threads"
    ) -> None:
        check_amounts(seed=seed, jobs=jobs)
        self.seed, self.jobs, self.progress, self.engine = int(seed), jobs, progress, check_engine(engine)
        self.failures: list[dict[str, Any]] = []
        self._asked: set[Key] = set()
        self._done = 0  # of those asked for
        self._known: dict[Key, Sequence[float] | None] = {}
        self._folder: ResultFolder | None = None
        self._pieces = 0

    @property
    def evaluations(self) -> int:
        return len(self._asked)

    def keep_in(self, folder: ResultFolder, record: Mapping[str, Any]) -> None:
        """Keep the runs in a result folder, and take those that an attempt before this one left there.

        record : the manifest, written first: a folder that holds anything must say what
        Runs that another version of the engine or of the outcomes made are dropped: the two must not be mixed.
        """
        self._folder = folder
        if (folder.path / "manifest.json").exists():
            there = folder.manifest()
            if any(there.get(source) != record.get(source) for source in SOURCES):
                folder.drop(ASKED)
        folder.write_manifest(record)
        self._pieces = len(list((folder.path / ASKED).glob("*.parquet")))
        if self._pieces:
            rows = folder.read_table(f"{ASKED}/*.parquet", ["cell", "world", "seed", *OUTCOMES])
            values = np.column_stack([rows[name] for name in OUTCOMES])
            for cell, world, seed, row in zip(rows["cell"], rows["world"].tolist(), rows["seed"], values, strict=True):
                if seed == self.seed:
                    self._known[cell, world] = row

    def ask(self, scenarios: Sequence[Scenario], worlds: int) -> dict[str, Floats]:
        """Outcome -> [scenarios, worlds], NaN where a run failed or does not define the outcome.

        Raises InputError for a number of worlds out of bounds, RunsFailedError if no run of a scenario gave a result.
        """
        check_amounts(worlds=worlds)
        cells = [cell_id(scenario) for scenario in scenarios]
        by_cell = dict(zip(cells, scenarios, strict=True))
        self._run(by_cell, worlds)
        for cell in by_cell:
            if all(self._known[cell, world] is None for world in range(worlds)):
                first = next(row for row in self.failures if row["cell"] == cell)
                raise RunsFailedError(f"all runs of a setting failed, the first with {first['error']}")
        nothing = [np.nan] * len(OUTCOMES)
        rows = [[self._known[cell, world] for world in range(worlds)] for cell in cells]
        table = np.array([[nothing if row is None else row for row in line] for line in rows])
        return {name: np.ascontiguousarray(table[:, :, place]) for place, name in enumerate(OUTCOMES)}

    def _run(self, by_cell: Mapping[str, Scenario], worlds: int) -> None:
        """Make the runs that are not known yet, and keep them about every few seconds of work."""
        order, parts, most = list(by_cell), [], 1
        for number, (cell, scenario) in enumerate(by_cell.items()):
            self._asked |= {(cell, world) for world in range(worlds)}
            todo = [(number, world) for world in range(worlds) if (cell, world) not in self._known]
            size = scenario.firms.count, scenario.time.quarters
            most = runs_in(SECONDS_PER_PART, *size)
            parts += list(
                Part(number, scenario, {number: {}}, todo, self.seed).pieces(runs_in(SECONDS_PER_PIECE, *size))
            )
        if not parts:
            return
        compile_first()
        total = self._done + sum(len(part.todo) for part in parts)
        fresh: dict[Key, Sequence[float]] = {}
        for piece, rows in run_parts(parts, self.engine, self.jobs):
            fresh |= {(order[number], world): row for (number, world), row in rows.values.items()}
            for (number, world), why in rows.failed.items():
                self._known[order[number], world] = None
                self._note(piece.base, order[number], world, why)
            self._done += len(piece.todo)
            if len(fresh) >= most:
                self._keep(fresh)
                fresh = {}
            if self.progress:
                self.progress(self._done, total)
        self._keep(fresh)

    def _keep(self, fresh: Mapping[Key, Sequence[float]]) -> None:
        self._known |= fresh
        if self._folder is None or not fresh:
            return
        keys = sorted(fresh, key=lambda key: (key[1], key[0]))
        columns: dict[str, NDArray[Any]] = {
            "cell": np.array([cell for cell, _ in keys], dtype=object),
            "world": np.array([world for _, world in keys], dtype=np.int64),
            "seed": np.full(len(keys), self.seed, dtype=np.int64),
        }
        values = np.array([fresh[key] for key in keys], dtype=np.float64)
        columns |= {name: values[:, place] for place, name in enumerate(OUTCOMES)}
        self._folder.write_table(f"{ASKED}/{self.seed}-{self._pieces:06d}", columns)
        self._pieces += 1

    def _note(self, scenario: Scenario, cell: str, world: int, why: Failure) -> None:
        row = {"scenario": scenario.name, "cell": cell, "world": world, "seed": self.seed}
        self.failures.append(row | asdict(why))
