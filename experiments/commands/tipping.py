"""`alliances tipping`: at which value of a setting an outcome crosses a level."""

from typing import TYPE_CHECKING, Annotated, Any

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
)

if TYPE_CHECKING:
    from experiments.searches.tipping import TippingPoint

Moved = Annotated[
    str, typer.Option("--lever", metavar="KEY", help="The setting to move, such as environment.shock_rate.")
]
OutcomeName = Annotated[str, typer.Option("--outcome", metavar="NAME", help="The outcome, such as survival_5y.")]
Level = Annotated[
    float, typer.Option("--level", metavar="NUMBER", help="The level that it crosses; 0.35 is 35 of 100.")
]
Low = Annotated[float | None, typer.Option("--low", metavar="NUMBER", help="Where to look from; default the bound.")]
High = Annotated[float | None, typer.Option("--high", metavar="NUMBER", help="Where to look to; default the bound.")]
Arm = Annotated[
    list[str] | None,
    typer.Option(
        "--arm",
        metavar="'NAME: KEY=VALUE, ...'",
        help="A course of action, such as 'sharing: mix.sharer=0.4': how much further does it push? Repeatable.",
    ),
]


@speaks_plainly
def tipping(
    scenario: ScenarioName,
    lever: Moved,
    outcome: OutcomeName = "survival_5y",
    level: Level = 0.5,
    low: Low = None,
    high: High = None,
    arms: Arm = None,
    worlds: Worlds = 100,
    seed: Seed = 1,
    sets: Sets = None,
    out: Out = None,
    jobs: Jobs = None,
    engine: EngineName = "threads",
    as_json: Json = False,
) -> None:
    """At which value of a setting does an outcome cross a level? With its interval and its spread over worlds."""
    from experiments.runner import RunsFailedError
    from experiments.searches.tipping import tipping_point

    base = read_scenario(scenario, sets)
    chosen = read_arm_changes(arms or [])
    try:
        with progress_bar("runs") as progress:
            result = tipping_point(
                base, lever, outcome, level, worlds, (low, high), chosen, seed, jobs, out, progress, engine
            )  # fmt: skip
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(result.to_json())
    else:
        _show(result)
    report_failures(result.failures, result.evaluations, result.out)


def read_arm_changes(texts: list[str]) -> dict[str, dict[str, Any]]:
    """`name: key=value, ...` to name -> settings to change. Raises InputError with the problems of all arms."""
    from experiments.design import read_arms
    from scenarios import parse_sets
    from simulation.problems import InputError, Problem

    found: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for name, changes in read_arms(texts).items():
        try:
            found[name] = parse_sets(changes, f"--arm {name}:")
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _show(result: "TippingPoint") -> None:
    from experiments.searches.tipping_words import table

    report = f" Report: {result.out / 'report.html'}" if result.out else ""
    typer.echo(result.sentence() + report)
    names, rows = table(result)
    if any(one.tipping is not None for one in result.arms.values()):
        print_table(names, rows, numbers=range(1, len(names)))
    for note in result.notes():
        typer.echo(note)
