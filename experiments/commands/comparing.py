"""`alliances compare`: courses of action in the same worlds."""

import math
from typing import TYPE_CHECKING, Annotated

import typer

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
    progress_bar,
    read_scenario,
    report_failures,
    speaks_plainly,
    stop,
    wrong,
)

if TYPE_CHECKING:
    from experiments.comparing import Comparison

Arm = Annotated[
    list[str] | None,
    typer.Option(
        "--arm",
        metavar="'NAME: KEY=VALUE, ...'",
        help="What to do differently, such as 'managed: firms.alliance_function_share=0.5'. Repeatable.",
    ),
]
SHOWN = (
    "survival_3y",
    "survival_5y",
    "survival_7y",
    "median_life_quarters",
    "alliances_alive",
    "mean_trust",
    "dilemma_share",
    "mean_capital",
)


@speaks_plainly
def compare(
    scenario: ScenarioName,
    arms: Arm = None,
    worlds: Worlds = 200,
    seed: Seed = 1,
    sets: Sets = None,
    out: Out = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Compare courses of action: the same luck in every arm, so that differences are the arms' own."""
    from experiments.comparing import compare as compare_arms
    from experiments.design import read_arms
    from experiments.runner import RunsFailedError
    from scenarios import apply_set
    from simulation.problems import InputError, Problem
    from simulation.scenario import Scenario

    base = read_scenario(scenario, sets)
    if not arms:
        raise wrong(
            "nothing to compare with; give at least one, such as --arm 'managed: firms.alliance_function_share=0.5'",
            "--arm",
        )
    chosen: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for name, changes in read_arms(arms).items():
        try:
            chosen[name] = apply_set(base, changes, option=f"--arm {name}:")
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    try:
        with progress_bar("runs") as progress:
            result = compare_arms(base, chosen, worlds=worlds, seed=seed, jobs=jobs, out=out, progress=progress)
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(result.to_json())
    else:
        _show(result)
    report_failures(result.failures, result.runs, result.out)


def _show(result: "Comparison") -> None:
    from experiments.outcomes import OUTCOMES
    from experiments.provenance import BASE
    from experiments.sentences import amount, table_unit

    report = f" Report: {result.out / 'report.html'}" if result.out else ""
    typer.echo(result.sentence() + report)
    others = [arm for arm in result.arms if arm != BASE]
    rows = []
    for name in SHOWN:
        meaning = OUTCOMES[name]
        base = result.arms[BASE][name].mean
        cells = [f"{meaning.label} [{table_unit(meaning.unit)}]", amount(base, meaning.unit)]
        for arm in others:
            change = result.difference(arm, name)
            low, mean, high = (
                amount(value, meaning.unit, "+", base) for value in (change.low, change.mean, change.high)
            )
            interval = "" if math.isnan(change.low) else f" ({low} to {high})"
            cells.append(f"{mean}{interval}, {change.better_in} of {change.worlds}")
        rows.append(cells)
    columns = [f"{arm}: change (95 %), better in" for arm in others]
    print_table(["outcome", BASE, *columns], rows, numbers=range(1, 2 + len(others)))
    for arm in others:
        change = result.difference(arm)
        if change.worlds_if_unpaired:
            typer.echo(
                f"{arm}: with different luck in each arm, {change.worlds_if_unpaired:,} worlds per arm would have been "
                f"needed for an interval as narrow as that of these {change.worlds:,}."
            )
