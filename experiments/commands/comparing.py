"""`alliances compare`: courses of action in the same worlds."""

import math
from typing import TYPE_CHECKING, Annotated

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
    from experiments.comparisons.comparing import Comparison

Arm = Annotated[
    list[str] | None,
    typer.Option(
        "--arm",
        metavar="'NAME: KEY=VALUE, ...'",
        help="What to do differently, such as 'managed: firms.alliance_function_share=0.5'. Up to eight times.",
    ),
]
MOST_BESIDE = 3  # arms that a table shows side by side; more stand one below the other
MAIN = "survival_5y"
SHORT = {
    "survival_5y": "live five years",
    "alliances_alive": "living",
    "mean_trust": "trust",
    "dilemma_share": "in the dilemma",
    "mean_capital": "capital",
}
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
    from experiments.comparisons.comparing import compare as compare_arms
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
    from experiments.provenance import BASE

    report = f" Report: {result.out / 'report.html'}" if result.out else ""
    typer.echo(result.sentence() + report)
    others = [arm for arm in result.arms if arm != BASE]
    if len(others) <= MOST_BESIDE:
        _show_beside(result, others)
    else:
        _show_below(result, others)
    _show_unpaired(result, others)
    for arm in others:
        typer.echo(result.saved_and_lost(arm).sentence())


def _show_beside(result: "Comparison", others: list[str]) -> None:
    """A few arms: a column for each, with the interval of every outcome."""
    from experiments.outcomes import OUTCOMES
    from experiments.provenance import BASE
    from experiments.sentences import amount, table_unit

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


def _show_below(result: "Comparison", others: list[str]) -> None:
    """Many arms: a row for each, five-year survival with its interval, then what changes in the other outcomes."""
    from experiments.outcomes import OUTCOMES
    from experiments.provenance import BASE
    from experiments.sentences import amount, table_unit

    rest = ["median_life_quarters", "alliances_alive", "mean_trust", "dilemma_share", "mean_capital"]
    base = {name: result.arms[BASE][name].mean for name in (MAIN, *rest)}
    unit = OUTCOMES[MAIN].unit
    rows = [[BASE, amount(base[MAIN], unit), "", "", *(amount(base[name], OUTCOMES[name].unit) for name in rest)]]
    for arm in others:
        change = result.difference(arm)
        low, mean, high = (amount(value, unit, "+", base[MAIN]) for value in (change.low, change.mean, change.high))
        interval = "" if math.isnan(change.low) else f" ({low} to {high})"
        row = [
            arm,
            amount(result.arms[arm][MAIN].mean, unit),
            mean + interval,
            f"{change.better_in} of {change.worlds}",
        ]
        for name in rest:
            other = result.difference(arm, name)
            text = amount(other.mean, OUTCOMES[name].unit, "+", base[name])
            row.append(text if other.low > 0 or other.high < 0 else f"({text})")
        rows.append(row)
    names = [f"{SHORT.get(name, OUTCOMES[name].label)} [{table_unit(OUTCOMES[name].unit)}]" for name in (MAIN, *rest)]
    columns = ["arm", names[0], "change (95 %)", "better in", *names[1:]]
    print_table(columns, rows, numbers=range(1, len(columns)))
    typer.echo("From the fifth column on: changes; in brackets those that cannot be told from none (95 %).")


def _show_unpaired(result: "Comparison", others: list[str]) -> None:
    """How many worlds it would have taken without the same luck in every arm."""
    needed = {arm: result.difference(arm).worlds_if_unpaired for arm in others}
    known = sorted((worlds, arm) for arm, worlds in needed.items() if worlds)
    if len(others) <= MOST_BESIDE:
        for worlds, arm in ((needed[arm], arm) for arm in others):
            if worlds:
                typer.echo(
                    f"{arm}: with different luck in each arm, {worlds:,} worlds per arm would have been "
                    f"needed for an interval as narrow as that of these {result.difference(arm).worlds:,}."
                )
    elif known:
        (fewest, least), (most, top) = known[0], known[-1]
        typer.echo(
            f"With different luck in each arm, {fewest:,} ({least}) to {most:,} ({top}) worlds per arm would have been "
            f"needed for intervals as narrow as those of these {result.worlds:,}."
        )
