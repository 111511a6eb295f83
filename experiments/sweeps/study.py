"""Study files: a scenario file with a table [study] that says what to vary, in how many worlds, and when to stop."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from experiments.design import read_levels
from experiments.sweeps.sampling import read_table
from scenarios import load
from scenarios.shipped import locate
from scenarios.where import read_source
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario
from simulation.validation import problems_of


class StudyTable(BaseModel):
    """The table [study] of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    design: str = Field("factorial", description="factorial, zip, lhs, sobol, random or table")
    vary: dict[str, Any] = Field(default={}, description='setting = [levels], "low:high:n", or "low:high" to sample')
    table: str = Field("", description="CSV file of a design by table, seen from this file")
    points: int | None = Field(None, ge=2, description="of a sampled design")
    worlds: int = Field(20, ge=1, description="in each cell; the most, with a stop rule")
    seed: int = Field(1, ge=0, description="which luck")
    outcome: str = Field("survival_5y", description="what answer, table and figure show")
    until: float | None = Field(None, gt=0, description="stop when every interval is no wider than plus or minus this")


@dataclass(frozen=True)
class Study:
    """What a sweep runs. vary : as `experiments.sweep` takes it"""

    scenario: Scenario
    vary: Mapping[str, Any] = field(default_factory=dict)
    design: str = "factorial"
    points: int | None = None
    worlds: int = 20
    seed: int = 1
    outcome: str = "survival_5y"
    until: float | None = None

    def with_(self, **said: Any) -> "Study":
        """What was said on the command line goes before what the file says."""
        return replace(self, **{name: value for name, value in said.items() if value is not None})


def read_study(name_or_path: str | os.PathLike[str]) -> Study:
    """The study in a file, or a plain scenario as a study that varies nothing yet.

    Raises InputError with every problem of the scenario, then with every problem of the table.
    """
    scenario = load(name_or_path)
    source = read_source(locate(name_or_path))
    if "study" not in source.table:
        return Study(scenario)
    try:
        said = StudyTable.model_validate(source.table["study"])
    except ValidationError as error:
        raise InputError(
            source.problem(f"study.{item.key}" if item.key else "study", item.message)
            for item in problems_of(error, StudyTable)
        ) from None
    vary, problems = dict(said.vary), []
    for key, wanted in vary.items():
        try:
            vary[key] = read_levels(key, wanted) if isinstance(wanted, str) else wanted
        except InputError as error:
            problems += [source.problem("study.vary", f"{item.key}: {item.message}") for item in error.problems]
    if said.table:
        vary |= read_table(Path(source.path).parent / said.table)
    if problems:
        raise InputError(problems)
    kept = said.model_dump(exclude={"vary", "table"})
    return Study(scenario, vary, **(kept | ({"design": "table"} if said.table else {})))


def check_vary(vary: Mapping[str, Any]) -> None:
    """Raises InputError if nothing is varied."""
    if not vary:
        example = "--vary environment.shock_rate=0:0.3:7"
        raise InputError([Problem(f"nothing to vary; give at least one, such as {example}", key="--vary")])
