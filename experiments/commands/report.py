"""`alliances report`: the pictures and the page of a result folder, drawn again."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.common import Json, print_json, speaks_plainly


@speaks_plainly
def report(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A result folder of run, compare or sweep.")],
    as_json: Json = False,
) -> None:
    """Build report.html and the figures of a result folder again."""
    from experiments.pictures import rebuild_report

    path = rebuild_report(folder)
    note = _note(folder)
    if as_json:
        print_json({"report": str(path)} | ({"note": note} if note else {}))
    else:
        typer.echo(f"{note} Report: {path}".strip())


def _note(folder: Path) -> str:
    """That a sweep is not finished, "" for all else."""
    from experiments.storage import ResultFolder

    if ResultFolder(folder).manifest()["kind"] != "sweep":
        return ""
    from experiments.sweeps.sweeping import load_sweep

    return load_sweep(folder).note()
