"""`alliances stress`: your own portfolio."""

from pathlib import Path
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
    from experiments.portfolios.stressing import Stress

MOST_ROWS = 30
COLUMNS_HELP = "What columns mean that have other names: a=org_a,b=org_b."
ONLY_HELP = "Keep only rows with this value, COLUMN=VALUE. Repeatable."

Columns = Annotated[str | None, typer.Option("--columns", metavar="NAME=COLUMN,...", help=COLUMNS_HELP)]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="COLUMN=VALUE", help=ONLY_HELP)]


ALLIANCES_HELP = (
    "CSV of alliances (a,b and, if known, since,governance) or of memberships (firm,group,from,to); or GraphML."
)
AlliancesFile = Annotated[Path, typer.Option("--alliances", metavar="FILE", help=ALLIANCES_HELP)]
FirmsFile = Annotated[
    Path | None,
    typer.Option(
        "--firms", metavar="FILE", help="CSV of firms: name, and strategy, alliance_function, flexibility, ..."
    ),
]
At = Annotated[str | None, typer.Option("--at", metavar="DATE", help='The date that is "now"; today if left out.')]
Shared = Annotated[
    int | None,
    typer.Option("--shared", metavar="NUMBER", help="Memberships: firms that share so many groups are allied."),
]
Others = Annotated[
    int | None,
    typer.Option("--others", metavar="NUMBER", help="Other firms, without alliances; fills the scenario if left out."),
]
Closely = Annotated[
    int,
    typer.Option("--closely", metavar="NUMBER", help="For how many alliances changes are tried in their own firms."),
]


@speaks_plainly
def stress(
    scenario: ScenarioName,
    alliances: AlliancesFile,
    firms: FirmsFile = None,
    columns: Columns = None,
    only: Only = None,
    at: At = None,
    shared: Shared = None,
    others: Others = None,
    closely: Closely = 12,
    worlds: Worlds = 100,
    seed: Seed = 1,
    sets: Sets = None,
    out: Out = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Your own alliances: how likely each lives 1, 3 and 5 years more, what endangers it, what would help most."""
    from experiments.portfolios.stressing import stress as stress_portfolio
    from experiments.runner import RunsFailedError

    base = read_scenario(scenario, sets)
    try:
        with progress_bar("runs") as progress:
            result = stress_portfolio(
                base, alliances, firms, columns=read_pairs(columns, "--columns"), only=read_only(only), at=at,
                shared=shared, others=others, closely=closely, worlds=worlds, seed=seed, jobs=jobs, out=out,
                progress=progress,
            )  # fmt: skip
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(result.to_json())
    else:
        _show(result)
    report_failures(result.failures, result.runs, result.out)


def _show(result: "Stress") -> None:
    from experiments.report.stress import changes_table, ranking_table

    typer.echo(result.sentence() + (f" Report: {result.out / 'report.html'}" if result.out else ""))
    names, rows = ranking_table(result, MOST_ROWS)
    print_table(names, rows, numbers=(1, 2, 3, 6), title="of 100 worlds")
    left = len(result.portfolio.ties) - len(rows)
    if left > 0:
        typer.echo(f"... and {left} alliances less endangered; --json or --out gives all.\n")
    names, rows = changes_table(result)
    print_table(names, rows, numbers=(2,))
    for note in result.notes():
        typer.echo(note)


def read_only(texts: list[str] | None) -> dict[str, str] | None:
    """`COLUMN=VALUE`, several. Raises InputError."""
    found: dict[str, str] = {}
    for text in texts or ():
        name, separator, value = (part.strip() for part in text.partition("="))
        if not separator or not name or not value:
            raise wrong(f'"{text}" is not of the form COLUMN=VALUE', "--only")
        if name in found:
            raise wrong(f'column "{name}" is given twice', "--only")
        found[name] = value
    return found or None


def read_pairs(text: str | None, option: str) -> dict[str, str] | None:
    """`NAME=COLUMN, NAME=COLUMN`. Raises InputError."""
    found: dict[str, str] = {}
    for part in (text or "").split(",") if text is not None else ():
        name, separator, value = (piece.strip() for piece in part.partition("="))
        if not separator or not name or not value:
            raise wrong(f'"{text}" is not of the form NAME=COLUMN,NAME=COLUMN, such as a=org_a,b=org_b', option)
        if name in found:
            raise wrong(f'"{name}" is given twice', option)
        found[name] = value
    return found or None
