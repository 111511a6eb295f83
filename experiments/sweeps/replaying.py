"""One run of a result folder again: the same world, checked against the row that the folder holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.design import check_amounts
from experiments.outcomes import OUTCOMES, outcomes, summary
from experiments.provenance import BASE
from experiments.running import run_world
from experiments.storage import ResultFolder, folder_path
from experiments.sweeps.sweeping import planned_design
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from simulation import Run

SHORTEST = 4  # signs of a cell's id that are enough to name it


@dataclass
class Replay:
    """A run made again. differs : outcomes that the folder has otherwise, as it has them; None if it has no such row"""

    run: "Run"
    found: dict[str, Any]
    report: Path | None
    where: str
    differs: dict[str, float] | None

    @property
    def is_same(self) -> bool:
        """Whether it is the run that the folder holds, to the last bit."""
        return self.differs == {}

    def sentence(self) -> str:
        if self.differs is None:
            return f"{self.where}: run again; the folder holds no result of it to compare with."
        if self.differs:
            names = ", ".join(list(self.differs)[:4])
            return f"{self.where}: run again, but another world than the folder holds ({names} differ): another engine made it."
        return f"{self.where}: run again, the same to the last bit."

    def to_json(self) -> dict[str, Any]:
        return self.found | {"replay_of": self.where, "same": None if self.differs is None else self.is_same}


def replay(
    folder: str | Path, world: int, cell: str | None = None, arm: str | None = None, out: str | Path | None = None
) -> Replay:
    """Run one world of a run, comparison or sweep again, with its log, and compare it with the row in the folder.

    cell : id of a cell of a sweep, or its first signs; may be left out where there is but one
    arm : of a comparison, "as it is" if left out     out : where to write the run as a result folder of its own
    Raises InputError if there is no such run, RunsFailedError if it fails, as it may have done before.
    """
    check_amounts(world=world)
    source = ResultFolder(folder_path(folder))
    record = source.manifest()
    column, name, scenario = _which(record, cell, arm)
    plan = record["plan"]
    most = record.get("reached", plan.get("worlds", plan.get("world", 0) + 1))
    if world >= most or (record["kind"] == "run" and world != plan["world"]):
        there = f"only {plan['world']}" if record["kind"] == "run" else f"0 to {most - 1}"
        raise InputError([Problem(f"holds no world {world}; worlds: {there}", key=str(folder))])
    run, found, report = run_world(scenario, plan["seed"], world, out)
    where = ", ".join(
        part for part in (f"{column} {name}" if column else "", f"world {world}", f"seed {plan['seed']}") if part
    )
    return Replay(run, found if found else summary(run), report, where, _difference(source, column, name, world, run))


def _which(record: dict[str, Any], cell: str | None, arm: str | None) -> tuple[str, str, Scenario]:
    """The column that names runs in this folder, the name, and the scenario."""
    kind = record["kind"]
    for said, option, of in ((cell, "cell", "sweep"), (arm, "arm", "compare")):
        if said is not None and kind != of:
            raise InputError([Problem(f"belongs to a {of}, and this is a {kind}", key=option)])
    if kind == "sweep":
        design = planned_design(record)
        ids = [one.cell for one in design.cells]
        matching = [one for one in design.cells if cell is None or one.cell.startswith(cell.rstrip("…."))]
        if len(matching) != 1:
            wrong = "is not there" if not matching else f"fits {len(matching):,} cells; give more of its id"
            hint = f"the ids are in design.parquet, such as {ids[0]}"
            raise InputError([Problem(f"{'' if cell is None else repr(cell) + ' '}{wrong}; {hint}", key="cell")])
        return "cell", matching[0].cell, matching[0].scenario
    scenarios = record["scenarios"]
    name = BASE if arm is None else arm
    if name not in scenarios:
        raise InputError([Problem(f'no arm "{name}"; {did_you_mean(name, scenarios)}', key="arm")])
    return ("arm" if kind == "compare" else ""), name, Scenario.of(scenarios[name])


def _difference(source: ResultFolder, column: str, name: str, world: int, run: "Run") -> dict[str, float] | None:
    """Outcomes of the row that are not those of the run; None without a row."""
    columns = ["world", *([column] if column else []), *OUTCOMES]
    rows = source.rows(columns, order="world")
    if not rows:
        return None
    at = rows["world"] == world
    if column:
        at &= rows[column] == name
    places = np.flatnonzero(at)
    if not places.size:
        return None
    here = outcomes(run)
    return {
        outcome: float(rows[outcome][places[0]])
        for outcome in OUTCOMES
        if not np.array_equal(rows[outcome][places[0]], here[outcome], equal_nan=True)
    }
