"""`alliances attribute`: what share of endings something causes."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.bar import progress_bar
from experiments.commands.common import (
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
    from experiments.comparisons.attributing import Attribution

Of = Annotated[
    str | None,
    typer.Option("--of", metavar="NAME", help="Suspect: shocks (default), side_deals, a strategy or a mechanism."),
]
Without = Annotated[
    str | None,
    typer.Option("--without", metavar="'KEY=VALUE, ...'", help="Or: settings of the worlds to compare with."),
]


@speaks_plainly
def attribute(
    scenario: ScenarioName,
    of: Of = None,
    without: Without = None,
    worlds: Worlds = 100,
    seed: Seed = 1,
    sets: Sets = None,
    out: Out = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """What share of endings do shocks, side deals, a strategy cause? The same luck with the suspect switched off."""
    from experiments.comparisons.attributing import attribute as attribute_endings
    from experiments.runner import RunsFailedError

    base = read_scenario(scenario, sets)
    changes = None if without is None else _read_without(without)
    try:
        with progress_bar("runs") as progress:
            result = attribute_endings(base, of, changes, worlds, seed, jobs, out, progress)
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(result.to_json())
    else:
        _show(result)
    report_failures(result.comparison.failures, result.comparison.runs, result.comparison.out)


def _read_without(text: str) -> dict[str, Any]:
    """Changed settings from "key=value, key=value". Raises InputError."""
    from experiments.design import read_arms
    from scenarios import parse_sets
    from simulation.problems import InputError

    try:
        assignments = read_arms([f"without: {text}"])["without"]
    except InputError:
        raise wrong(f'"{text}" is not of the form "key=value, key=value"', "--without") from None
    return parse_sets(assignments, "--without")


def _show(result: "Attribution") -> None:
    from experiments.comparisons.blame import table

    place = result.comparison.out
    typer.echo(result.sentence() + (f" Picture: {place / 'attribution.svg'}" if place else ""))
    names, rows = table(result.suspect, result.main)
    print_table(names, rows, numbers=range(1, len(names)))
    for note in result.notes():
        typer.echo(note)
