"""`alliances sensitivity`: which assumptions matter."""

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
    print_json,
    print_table,
    read_scenario,
    report_failures,
    speaks_plainly,
    stop,
)

if TYPE_CHECKING:
    from experiments.searches.sensing import Sensitivity

Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary", metavar="KEY=LOW:HIGH", help="A setting and its range. Repeatable. Default: the usual suspects."
    ),
]
Outcome = Annotated[str, typer.Option("--outcome", metavar="NAME", help="What may depend on them.")]
Method = Annotated[str, typer.Option("--method", metavar="NAME", help="morris (cheap) or sobol (shares of variance).")]
Samples = Annotated[
    int | None,
    typer.Option("--samples", metavar="NUMBER", help="Trajectories (default 20), or a power of 2 for sobol (128)."),
]
Worlds = Annotated[
    int | None, typer.Option("--worlds", metavar="NUMBER", help="Worlds at each point; default 20, for sobol 5.")
]
MOST_ROWS = 40


@speaks_plainly
def sensitivity(
    scenario: ScenarioName,
    vary: Vary = None,
    outcome: Outcome = "survival_5y",
    method: Method = "morris",
    worlds: Worlds = None,
    samples: Samples = None,
    seed: Seed = 1,
    sets: Sets = None,
    out: Out = None,
    jobs: Jobs = None,
    engine: EngineName = "threads",
    as_json: Json = False,
) -> None:
    """Which assumptions matter? Settings are varied together, in the same worlds, and ranked by what they move."""
    from experiments.runner import RunsFailedError
    from experiments.searches.ranges import read_ranges
    from experiments.searches.sensing import sensitivity as rank_settings

    base = read_scenario(scenario, sets)
    ranges = read_ranges(vary) if vary else None

    def tell(text: str) -> None:
        typer.echo(text, err=True)

    try:
        with progress_bar("runs") as progress:
            result = rank_settings(
                base, ranges, outcome, method, worlds, samples, seed, jobs, out, progress, tell, engine
            )
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(result.to_json())
    else:
        _show(result)
    report_failures(result.failures, result.runs, result.out)


def _show(result: "Sensitivity") -> None:
    report = f" Report: {result.out / 'report.html'}" if result.out else ""
    typer.echo(result.sentence() + report)
    names, rows = result.rows()
    print_table(names, rows[:MOST_ROWS], numbers=range(3, 5) if result.method == "morris" else range(3, 7))
    if len(rows) > MOST_ROWS:
        typer.echo(f"... and {len(rows) - MOST_ROWS} weaker settings.")
    for note in result.notes():
        typer.echo(note)
