"""`alliances sweep`: outcomes over a grid of settings."""

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
    wrong,
)

if TYPE_CHECKING:
    from experiments.sweeping import Sweep

Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="KEY=LOW:HIGH:N",
        help="A setting and its levels, evenly spaced or listed: KEY=V1,V2,V3. Repeatable: all combinations.",
    ),
]
Outcome = Annotated[str, typer.Option("--outcome", metavar="NAME", help="What the answer, table and figure show.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say how many runs, minutes and megabytes it would take.")]
MOST_ROWS = 40


@speaks_plainly
def sweep(
    scenario: ScenarioName,
    vary: Vary = None,
    worlds: Worlds = 20,
    seed: Seed = 1,
    sets: Sets = None,
    out: Out = None,
    outcome: Outcome = "survival_5y",
    jobs: Jobs = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Run every combination of levels in the same worlds. Stopped or killed, the same command goes on where it was."""
    from experiments.design import read_vary
    from experiments.outcomes import check_outcome

    base = read_scenario(scenario, sets)
    if not vary:
        raise wrong("nothing to vary; give at least one, such as --vary environment.shock_rate=0:0.3:7", "--vary")
    levels = read_vary(vary)
    check_outcome(outcome)
    if dry_run:
        from experiments.forecast import forecast

        found = forecast(base, levels, worlds, seed, jobs, out)
        print_json(found.to_json()) if as_json else typer.echo(found.sentence())
        return
    if out is None:
        raise wrong("a sweep needs a folder for its results, such as --out results/map", "--out")
    from experiments.sweeping import sweep as sweep_cells

    try:
        with progress_bar("runs") as progress:
            result = sweep_cells(
                base, levels, worlds=worlds, seed=seed, jobs=jobs, out=out, progress=progress, outcome=outcome
            )
    except KeyboardInterrupt:
        raise KeyboardInterrupt("A sweep keeps what is done: the same command goes on from there.") from None
    if as_json:
        print_json(result.to_json())
    else:
        _show(result, outcome)
    report_failures(result.failures, result.runs, result.out)


def _show(result: "Sweep", outcome: str) -> None:
    from experiments.outcomes import OUTCOMES
    from experiments.sentences import amount, short, table_unit
    from experiments.sweeping import counted

    typer.echo(result.sentence(outcome) + f" Report: {result.out}/report.html")
    columns, meaning = result.columns(), OUTCOMES[outcome]
    keys = list(result.design.keys)
    rows = [
        [
            *(short(columns[key][row]) for key in keys),
            *(amount(columns[outcome + end][row], meaning.unit) for end in ("", "_low", "_high")),
        ]
        for row in range(min(result.cells, MOST_ROWS))
    ]
    print_table(
        [*keys, f"{meaning.label} [{table_unit(meaning.unit)}]", "95 % from", "to"],
        rows,
        numbers=range(len(keys), len(keys) + 3),
    )
    if result.cells > MOST_ROWS:
        typer.echo(f"... and {counted(result.cells - MOST_ROWS, 'more cell')} in {result.out}/summary.csv")
    if result.ran < result.runs:
        typer.echo(f"{result.runs - result.ran:,} of {counted(result.runs, 'run')} were there already.")
    typer.echo(f"All runs, from DuckDB: SELECT * FROM '{result.out}/parts/*.parquet'")
