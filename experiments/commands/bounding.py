"""`alliances boundary`: the line over two settings at which an outcome has a level."""

from typing import TYPE_CHECKING, Annotated

import typer

from experiments.bar import progress_bar
from experiments.commands.common import (
    EngineName,
    Jobs,
    Json,
    Out,
    ScenarioName,
    Seed,
    Sets,
    Worlds,
    print_json,
    print_table,
    read_scenario,
    report_failures,
    speaks_plainly,
    stop,
    wrong,
)

if TYPE_CHECKING:
    from experiments.searches.bounding import Boundary

Across = Annotated[
    str, typer.Option("--x", metavar="KEY[=LOW:HIGH]", help="One setting, such as environment.shock_rate=0:0.3.")
]
Up = Annotated[str, typer.Option("--y", metavar="KEY[=LOW:HIGH]", help="The other, such as trust.initial=0.1:0.9.")]
OutcomeName = Annotated[str, typer.Option("--outcome", metavar="NAME", help="The outcome, such as survival_5y.")]
Level = Annotated[float, typer.Option("--level", metavar="NUMBER", help="The level to keep; 0.35 is 35 of 100.")]
Points = Annotated[int, typer.Option("--points", metavar="NUMBER", help="How many points of the map to run.")]


@speaks_plainly
def boundary(
    scenario: ScenarioName,
    x: Across,
    y: Up,
    outcome: OutcomeName = "survival_5y",
    level: Level = 0.5,
    points: Points = 60,
    worlds: Worlds = 30,
    seed: Seed = 1,
    sets: Sets = None,
    out: Out = None,
    jobs: Jobs = None,
    engine: EngineName = "threads",
    as_json: Json = False,
) -> None:
    """On which side of which line over two settings does an outcome keep a level? Runs points where the line passes."""
    from experiments.runner import RunsFailedError
    from experiments.searches.bounding import boundary as find_boundary

    base = read_scenario(scenario, sets)
    vary = read_ranges({"--x": x, "--y": y})
    try:
        with progress_bar("runs") as progress:
            result = find_boundary(base, vary, outcome, level, points, worlds, seed, jobs, out, progress, engine)
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(result.to_json())
    else:
        _show(result)
    report_failures(result.failures, result.evaluations, result.out)


def read_ranges(texts: dict[str, str]) -> dict[str, tuple[float | None, float | None]]:
    """Option -> "key=low:high" to key -> (low, high); a bare key stands for its bounds. Raises InputError with all."""
    from simulation.problems import InputError, Problem

    found: dict[str, tuple[float | None, float | None]] = {}
    problems = []
    for option, text in texts.items():
        key, equals, ends = (part.strip() for part in text.partition("="))
        try:
            low, high = (float(part) for part in ends.split(":")) if equals else (None, None)
        except ValueError:
            example = f"{key or 'environment.shock_rate'}=0:0.3"
            problems.append(Problem(f'"{text}" is not of the form key=low:high, such as {example}', key=option))
            continue
        found[key] = (low, high)
    if problems:
        raise InputError(problems)
    if len(found) < len(texts):
        raise wrong(f"{next(iter(found))} is given for both; a boundary needs two settings", "--y")
    return found


def _show(result: "Boundary") -> None:
    from experiments.searches.bounding_words import table

    report = f" Report: {result.out / 'report.html'}" if result.out else ""
    typer.echo(result.sentence() + report)
    names, rows = table(result)
    if rows:
        print_table(names, rows, numbers=range(len(names)), title="The boundary")
    for note in result.notes():
        typer.echo(note)
