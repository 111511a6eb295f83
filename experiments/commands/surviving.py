"""`alliances survival`: how long alliances live and how they end, simulated, observed, or side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.bar import progress_bar
from experiments.commands.common import (
    Jobs,
    Json,
    Out,
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
    from experiments.histories.spells import Spells
    from experiments.histories.surviving import Survival

MaybeScenario = Annotated[
    str | None, typer.Argument(metavar="[SCENARIO]", help="Name of a scenario or path of a .toml file.")
]
SpellsFile = Annotated[
    Path | None,
    typer.Option(
        "--spells", metavar="FILE.csv", help="Real alliances: duration,ended or start,end (dates; empty = goes on)."
    ),
]
Columns = Annotated[
    str | None,
    typer.Option("--columns", metavar="'start=from_date, ...'", help="What the file calls its columns, if not so."),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="COLUMN=VALUE", help="Rows of the file to keep. Repeatable."),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="Look at nothing after this date. Default: the latest in the file."),
]


@speaks_plainly
def survival(
    scenario: MaybeScenario = None,
    spells: SpellsFile = None,
    columns: Columns = None,
    only: Only = None,
    until: Until = None,
    worlds: Worlds = 100,
    seed: Seed = 1,
    sets: Sets = None,
    out: Out = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """How long do alliances live, how do they end, and what goes with a long life? Of a scenario, a file, or both."""
    from experiments.histories.surviving import survival as survival_of
    from experiments.runner import RunsFailedError

    if scenario is None and sets:
        raise wrong("changes settings of a scenario; name one", "--set")
    base = None if scenario is None else read_scenario(scenario, sets)
    observed = read_spells_option(spells, columns, only, until)
    try:
        with progress_bar("runs") as progress:
            result = survival_of(base, observed, worlds, seed, jobs, out, progress)
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(result.to_json())
    else:
        _show(result)
    report_failures(result.failures, result.worlds, result.out)


def read_spells_option(
    spells: Path | None, columns: str | None, only: list[str] | None, until: str | None
) -> "Spells | None":
    """The spells that --spells, --columns, --only and --until name, None without --spells. Raises InputError."""
    if spells is None:
        for option, value in (("--columns", columns), ("--only", only), ("--until", until)):
            if value:
                raise wrong("is about a file of spells; give one with --spells", option)
        return None
    from experiments.histories.spells import read_spells

    names = pairs((columns or "").split(","), "--columns", "start=from_date")
    return read_spells(spells, names, pairs(only or [], "--only", "type=Member"), until)


def pairs(texts: list[str], option: str, example: str) -> dict[str, str]:
    """ "a=b" as {a: b}. Raises InputError for other forms and for a name given twice."""
    found: dict[str, str] = {}
    for text in filter(None, map(str.strip, texts)):
        name, sign, value = (part.strip() for part in text.partition("="))
        if not (name and sign and value):
            raise wrong(f'"{text}" is not of the form NAME=VALUE, such as {example}', option)
        if name in found:
            raise wrong(f'"{name}" is given twice', option)
        found[name] = value
    return found


def _show(result: "Survival") -> None:
    from experiments.histories.lifetime_words import age_table, endings_table, mean_table, ratio_table

    typer.echo(result.sentence() + (f" Report: {result.out / 'report.html'}" if result.out else ""))
    tables = [age_table(result), mean_table(result)]
    tables += [endings_table(told) for told in (result.simulated, result.observed) if told and told.incidence]
    for names, rows in tables:
        print_table(names, rows, numbers=range(1, len(names)))
    if result.ratios and result.ratios.rows:
        names, rows = ratio_table(result)
        print_table(names, rows, numbers=(2, 3, 4))
    for note in result.notes():
        typer.echo(note)
