"""`alliances discover`: when does it fail, as a rule that was tested."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    read_scenario,
    report_failures,
    speaks_plainly,
    stop,
    wrong,
)

if TYPE_CHECKING:
    from experiments.searches.discovering import Discovery
    from simulation.scenario import Scenario

What = Annotated[str, typer.Argument(metavar="SCENARIO|FOLDER", help="A scenario, or the folder of a sweep.")]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary", metavar="KEY=LOW:HIGH", help="A setting and its range. Repeatable. Default: the usual suspects."
    ),
]
Outcome = Annotated[str, typer.Option("--outcome", metavar="NAME", help="What may fail.")]
Below = Annotated[
    float | None,
    typer.Option("--below", metavar="VALUE", help="It fails below this. Default: the worst quarter fails."),
]
Above = Annotated[float | None, typer.Option("--above", metavar="VALUE", help="Or: it fails above this.")]
Samples = Annotated[int | None, typer.Option("--samples", metavar="NUMBER", help="Settings to draw; default 400.")]
Worlds = Annotated[int | None, typer.Option("--worlds", metavar="NUMBER", help="Worlds at each setting; default 10.")]
Fresh = Annotated[int, typer.Option("--fresh", metavar="NUMBER", help="Settings to test the rule on.")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="NUMBER", help="Which luck; default 1.")]


@speaks_plainly
def discover(
    what: What,
    vary: Vary = None,
    outcome: Outcome = "survival_5y",
    below: Below = None,
    above: Above = None,
    samples: Samples = None,
    worlds: Worlds = None,
    fresh: Fresh = 300,
    seed: Seed = None,
    sets: Sets = None,
    out: Out = None,
    jobs: Jobs = None,
    engine: EngineName = "threads",
    as_json: Json = False,
) -> None:
    """When does it fail? Rules for the settings at which it does, tested on fresh settings in fresh worlds."""
    from experiments.runner import RunsFailedError
    from experiments.searches.discovering import discover as find_rules
    from experiments.searches.ranges import read_ranges

    source = _source(what, sets)
    ranges = read_ranges(vary) if vary else None

    def tell(text: str) -> None:
        typer.echo(text, err=True)

    try:
        with progress_bar("runs") as progress:
            result = find_rules(
                source, ranges, outcome, below, above, samples, worlds, fresh, seed, jobs, out, progress, tell, engine
            )
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(result.to_json())
    else:
        _show(result)
    report_failures(result.failures, result.ran, result.out)


def _source(what: str, sets: list[str] | None) -> "Scenario | Path":
    """The scenario that a name means, or the folder of a sweep."""
    if not Path(what).is_dir():
        return read_scenario(what, sets)
    if sets:
        raise wrong("a sweep has its own settings; leave it out", "--set")
    return Path(what)


def _show(result: "Discovery") -> None:
    report = f" Report: {result.out / 'report.html'}" if result.out else ""
    typer.echo(result.sentence() + report)
    if result.rules:
        print_table(*result.rows())
        print_table(*result.restrictions(), numbers=[5])
    for note in result.notes():
        typer.echo(note)
