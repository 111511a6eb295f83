"""`alliances sweep`, `merge` and `replay`: outcomes over a design of settings, on one machine or many."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.bar import progress_bar
from experiments.commands.common import (
    EngineName,
    Jobs,
    Json,
    Out,
    Sets,
    print_json,
    print_table,
    report_failures,
    speaks_plainly,
    stop,
    wrong,
)

if TYPE_CHECKING:
    from experiments.sweeps.study import Study
    from experiments.sweeps.swept import Sweep

Study_ = Annotated[
    str,
    typer.Argument(
        metavar="STUDY|SCENARIO", help="Name of a scenario, or path of a .toml file, with or without [study]."
    ),
]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="KEY=LOW:HIGH:N",
        help="A setting and its levels, evenly spaced or listed: KEY=V1,V2,V3. Repeatable: all combinations. "
        "For a sampled design KEY=LOW:HIGH.",
    ),
]
DesignKind = Annotated[
    str | None,
    typer.Option("--design", metavar="KIND", help="factorial (all combinations), zip, lhs, sobol, random or table."),
]
Points = Annotated[int | None, typer.Option("--points", metavar="NUMBER", help="Cells of lhs, sobol and random.")]
TableFile = Annotated[
    Path | None,
    typer.Option("--table", metavar="FILE", help="CSV whose header names settings and whose rows are cells."),
]
Worlds = Annotated[int | None, typer.Option("--worlds", metavar="NUMBER", help="Worlds in each cell; 20 if not said.")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="NUMBER", help="Which luck; 1 if not said.")]
Outcome = Annotated[str | None, typer.Option("--outcome", metavar="NAME", help="What answer, table and figure show.")]
Until = Annotated[
    float | None,
    typer.Option("--until", metavar="WIDTH", help="Add worlds, up to --worlds, until every interval is within ± this."),
]
ShardOf = Annotated[
    str | None,
    typer.Option("--shard", metavar="I/N", help="Only the i-th of n shares, in a folder of its own; see `merge`."),
]
Reuse = Annotated[
    list[Path] | None, typer.Option("--reuse", metavar="FOLDER", help="Take runs from another sweep. Repeatable.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say how many runs, minutes and megabytes it would take.")]
MOST_ROWS = 40


@speaks_plainly
def sweep(
    scenario: Study_,
    vary: Vary = None,
    worlds: Worlds = None,
    seed: Seed = None,
    sets: Sets = None,
    out: Out = None,
    outcome: Outcome = None,
    design: DesignKind = None,
    points: Points = None,
    table: TableFile = None,
    until: Until = None,
    engine: EngineName = "threads",
    jobs: Jobs = None,
    shard: ShardOf = None,
    reuse: Reuse = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Run every cell of a design in the same worlds. Stopped or killed, the same command goes on where it was."""
    study = _study(scenario, vary, sets, table, {"worlds": worlds, "seed": seed, "outcome": outcome, "design": design,
                                                 "points": points, "until": until})  # fmt: skip
    share = _shard(shard)
    plan: dict[str, Any] = {name: getattr(study, name) for name in ("worlds", "seed", "design", "points")}
    if dry_run:
        from experiments.sweeps.forecast import forecast

        found = forecast(study.scenario, study.vary, jobs=jobs, out=out, shard=share, **plan)
        print_json(found.to_json()) if as_json else typer.echo(found.sentence())
        return
    if out is None:
        raise wrong("a sweep needs a folder for its results, such as --out results/map", "--out")
    from experiments.sweeps.sweeping import sweep as sweep_cells

    try:
        with progress_bar("runs") as progress:
            result = sweep_cells(
                study.scenario, study.vary, out=out, progress=progress, outcome=study.outcome, until=study.until,
                engine=engine, jobs=jobs, shard=share, reuse=reuse or (), **plan,
            )  # fmt: skip
    except KeyboardInterrupt:
        raise KeyboardInterrupt("A sweep keeps what is done: the same command goes on from there.") from None
    _answer(result, as_json)


@speaks_plainly
def merge(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Result folders of shards of one sweep.")],
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Put the shards of a sweep together, as if it had been run in one place."""
    if out is None:
        raise wrong("merging needs a folder for the whole, such as --out results/map", "--out")
    from experiments.sweeps.merging import merge as merge_folders

    with progress_bar("folders") as progress:
        result = merge_folders(folders, out, progress)
    _answer(result, as_json)


@speaks_plainly
def replay(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A result folder of run, compare or sweep.")],
    world: Annotated[int, typer.Option("--world", metavar="NUMBER", help="Which world.")],
    cell: Annotated[
        str | None, typer.Option("--cell", metavar="ID", help="Of a sweep: the cell, or its first signs.")
    ] = None,
    arm: Annotated[str | None, typer.Option("--arm", metavar="NAME", help="Of a comparison: the arm.")] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run one world of a result folder again, and say whether it is the same to the last bit."""
    from experiments.runner import RunsFailedError
    from experiments.sweeps.replaying import replay as run_again

    try:
        found = run_again(folder, world, cell, arm, out)
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(found.to_json())
        return
    from experiments.sentences import run_sentence

    report = f" Report: {found.report}" if found.report else ""
    typer.echo(f"{found.sentence()} {run_sentence(found.found, found.run.scenario)}{report}")


def _study(
    name: str, vary: list[str] | None, sets: list[str] | None, table: Path | None, said: dict[str, Any]
) -> "Study":
    """The study of the file with what the command line says instead. Raises InputError."""
    from experiments.design import read_vary
    from experiments.outcomes import check_outcome
    from experiments.sweeps.sampling import read_table
    from experiments.sweeps.study import check_vary, read_study
    from scenarios import apply_set

    study = read_study(name)
    if sets:
        said = said | {"scenario": apply_set(study.scenario, sets)}
    if vary and table:
        raise wrong("give either --vary or --table", "--table")
    if vary:
        said = said | {"vary": read_vary(vary)}
    if table:
        said = said | {"vary": read_table(table), "design": "table"}
    study = study.with_(**said)
    check_vary(study.vary)
    check_outcome(study.outcome)
    return study


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    first, slash, last = text.partition("/")
    if not (slash and first.strip().isdigit() and last.strip().isdigit()):
        raise wrong(f'"{text}" is not I/N, such as 3/20', "--shard")
    return int(first), int(last)


def _answer(result: "Sweep", as_json: bool) -> None:
    for note in result.notes:
        typer.echo(note, err=True)
    if as_json:
        print_json(result.to_json())
    elif result.collected.shard is not None:
        number, of = result.collected.shard
        if not result.collected.total:
            typer.echo(f"The sweep is too small for {of} shards: this one has nothing to do.", err=True)
        typer.echo(
            f"Shard {number} of {of}: {result.collected.done:,} of {result.runs:,} runs are in {result.out}. "
            f"When all are done: alliances merge FOLDER... --out WHOLE"
        )
    else:
        _show(result, result.outcome)
    report_failures(result.failures, result.runs, result.out)


def _show(result: "Sweep", outcome: str) -> None:
    from experiments.outcomes import OUTCOMES
    from experiments.sentences import amount, counted, short, table_unit

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
    there = result.collected.done - result.ran
    if there > 0 and not result.left:
        typer.echo(f"{there:,} of {counted(result.runs, 'run')} were there already.")
    if result.half_width is not None:
        typer.echo(f"The widest interval is ±{amount(result.half_width, meaning.unit)}, with {result.worlds_in_words}.")
    typer.echo(f"All runs, from DuckDB: SELECT * FROM '{result.out}/parts/*.parquet'")
