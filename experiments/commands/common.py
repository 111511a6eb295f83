"""What all commands share: options, output, errors, progress. Imports nothing heavy."""

import functools
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from simulation.problems import InputError
    from simulation.scenario import Scenario

Arguments = ParamSpec("Arguments")

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Name of a scenario (see `scenarios`) or path of a .toml file.")
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a setting (see `parameters`). Repeatable."),
]
Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Which luck. The same number, the same result.")]
Worlds = Annotated[int, typer.Option("--worlds", metavar="NUMBER", help="How many worlds.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", metavar="NUMBER", help="Threads; default one per core. Does not change results.")
]
EngineName = Annotated[
    str,
    typer.Option("--engine", metavar="NAME", help="threads, processes, dask, or tcp://HOST:PORT of a Dask scheduler."),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write the results.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")]


def speaks_plainly(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Turn what goes wrong into a message on stderr and an exit status: 2 wrong input, 130 interrupted."""

    @functools.wraps(command)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            _with_messages(lambda: command(*args, **kwargs))
        except ImportError:
            from experiments.doctor import in_front

            shadows = in_front()
            if not shadows:
                raise
            stop(shadows, 2)

    return wrapped


def _with_messages(command: Callable[[], None]) -> None:
    try:
        command()
    except KeyboardInterrupt as stopped:
        typer.echo(f"Stopped. {stopped}".strip(), err=True)  # a command that keeps something says so in the exception
        raise typer.Exit(130) from None
    except ValueError as error:
        from simulation.problems import (
            InputError,  # here, because `doctor` must work where another `simulation` is in front
        )

        if not isinstance(error, InputError):
            raise
        stop([str(problem) for problem in error.problems], 2)


def stop(messages: Sequence[str], status: int) -> NoReturn:
    """Each message on stderr, then the end."""
    for message in messages:
        typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(status)


def print_json(value: Any) -> None:
    """One JSON value on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def console() -> "Console":
    """For tables on stdout: as wide as the terminal, or wide enough for anything in a file or pipe."""
    from rich.console import Console

    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 180, highlight=False)


def print_table(
    names: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = (), title: str = ""
) -> None:
    """A table; columns at the positions `numbers` are set flush right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for position, name in enumerate(names):
        table.add_column(Text(name), justify="right" if position in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)


def read_scenario(name: str, sets: Sequence[str] | None) -> "Scenario":
    """The scenario with all --set applied. Raises InputError."""
    from scenarios import apply_set, load

    scenario = load(name)
    return apply_set(scenario, list(sets)) if sets else scenario


def report_failures(failures: Sequence[dict[str, Any]], runs: int, out: Path | None) -> None:
    """If runs failed: say how many and why, and end with status 3."""
    if not failures:
        return
    place = f" All are in {out / 'failures.jsonl'}; the same command tries them again." if out else ""
    first = failures[0]
    typer.echo(
        f"{len(failures)} of {runs} runs failed, the first (world {first['world']}) with {first['error']}.{place}",
        err=True,
    )
    raise typer.Exit(3)


def wrong(message: str, key: str = "") -> "InputError":
    """An input error with one problem."""
    from simulation.problems import InputError, Problem

    return InputError([Problem(message, key=key)])
