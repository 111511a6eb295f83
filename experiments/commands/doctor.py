"""`alliances doctor`: is everything in place?"""

from typing import Annotated

import typer

from experiments.commands.common import Json, print_json, print_table, speaks_plainly


@speaks_plainly
def doctor(
    compile_now: Annotated[
        bool, typer.Option("--compile", help="Compile the engine now, so that the first run starts at once.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say which Python, packages and cache are used, and what stands in the way of ours."""
    from experiments.doctor import examine

    found = examine(compile_now)
    if as_json:
        print_json(found.to_json())
    else:
        print_table(["", "found"], found.rows())
    for sentence in found.in_front:
        typer.echo(f"Problem: {sentence}", err=True)
    for sentence in found.notes:
        typer.echo(f"Note: {sentence}", err=True)
    if found.in_front:
        raise typer.Exit(2)
