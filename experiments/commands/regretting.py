"""`alliances regret`: which choice is safest over several futures."""

from collections.abc import Sequence
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
    from experiments.comparisons.regretting import Regret

Arm = Annotated[
    list[str] | None,
    typer.Option("--arm", metavar="'NAME: KEY=VALUE, ...'", help="What you may do. Repeatable; “as it is” is one too."),
]
Future = Annotated[
    list[str] | None,
    typer.Option("--future", metavar="'NAME: KEY=VALUE, ...'", help="What may come, or a SCENARIO. Two at least."),
]
Outcome = Annotated[str, typer.Option("--outcome", metavar="NAME", help="What is hoped for.")]


@speaks_plainly
def regret(
    scenario: ScenarioName,
    arms: Arm = None,
    futures: Future = None,
    outcome: Outcome = "survival_5y",
    worlds: Worlds = 100,
    seed: Seed = 1,
    sets: Sets = None,
    out: Out = None,
    jobs: Jobs = None,
    engine: EngineName = "threads",
    as_json: Json = False,
) -> None:
    """Which choice is safest? Arms in several futures: how far each stays behind the best, at worst."""
    from experiments.comparisons.regretting import regret as measure_regret
    from experiments.runner import RunsFailedError

    base = read_scenario(scenario, sets)
    chosen, coming = _read_arms(arms or []), _read_futures(futures or [], sets)
    try:
        with progress_bar("runs") as progress:
            result = measure_regret(base, chosen, coming, outcome, worlds, seed, jobs, out, progress, engine)
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(result.to_json())
    else:
        _show(result)
    report_failures(result.failures, result.runs, result.out)


def _read_arms(texts: Sequence[str], option: str = "--arm") -> dict[str, Any]:
    """Name -> changed settings. Raises InputError."""
    from experiments.design import read_arms
    from scenarios import parse_sets
    from simulation.problems import InputError, Problem

    try:
        return {name: parse_sets(changes, f"{option} {name}:") for name, changes in read_arms(texts).items()}
    except InputError as error:
        what = "arms" if option == "--arm" else "futures"
        found = [(item.message.replace("two arms are", f"two {what} are"), item) for item in error.problems]
        raise InputError(
            Problem(message, item.key.replace("--arm", option), item.file, item.line) for message, item in found
        ) from None


def _read_futures(texts: Sequence[str], sets: list[str] | None) -> dict[str, Any]:
    """Name -> changed settings, or the scenario of that name. Raises InputError."""
    from simulation.problems import InputError, Problem

    found: dict[str, Any] = {}
    for text in texts:
        if ":" in text or "=" in text:
            new = _read_arms([text], "--future")
        else:
            new = {text.strip(): read_scenario(text.strip(), sets)}
        twice = set(new) & set(found)
        if twice:
            raise InputError([Problem(f'two futures are called "{twice.pop()}"', key="--future")])
        found |= new
    return found


def _show(result: "Regret") -> None:
    report = f" Report: {result.out / 'report.html'}" if result.out else ""
    typer.echo(result.sentence() + report)
    names, rows = result.rows()
    print_table(names, rows, numbers=range(1, len(names)))
    names, rows = result.outcome_rows()
    print_table(names, rows, numbers=range(1, len(names)))
    for note in result.notes():
        typer.echo(note)
