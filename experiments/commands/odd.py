"""`alliances odd`: the ODD protocol of the model, as Markdown."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.common import Json, print_json, speaks_plainly, wrong


@speaks_plainly
def odd(
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE", help="Write it to a file instead of printing it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the ODD protocol of the model: every state variable, equation, setting and test of it."""
    from experiments.odd import odd_text

    text = odd_text()
    if write is None:
        if as_json:
            print_json({"text": text})
        else:
            typer.echo(text, nl=False)
        return
    try:
        write.write_text(text, encoding="utf-8")
    except OSError as error:
        raise wrong(f"cannot be written: {error.strerror}", str(write)) from None
    if as_json:
        print_json({"written": str(write)})
    else:
        typer.echo(f"Written: {write}")
