"""`alliances patterns | ablation`: do these worlds behave like real alliances, and which mechanisms does that take?"""

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
    speaks_plainly,
    stop,
    wrong,
)

if TYPE_CHECKING:
    from experiments.validation.ablation import Ablation
    from experiments.validation.scoreboard import Scoreboard

ABLATION_FILES = ("ablation.json", "ablation.md")
FILES = ("patterns.json", "patterns.md", "patterns.html")


@speaks_plainly
def patterns(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="Name of a scenario or path of a .toml file.")
    ] = "baseline",
    worlds: Worlds = 200,
    seed: Seed = 1,
    sets: Sets = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="P01,P02", help="Measure these patterns only; then it takes less.")
    ] = None,
    out: Out = None,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE", help="Write the table as Markdown, for docs/patterns.md.")
    ] = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Measure 33 patterns of real alliances: which of them do these worlds show?"""
    from experiments.runner import RunsFailedError
    from experiments.validation.scoreboard import check_patterns, measure_patterns

    chosen = read_scenario(scenario, sets)
    names = None if only is None else check_patterns([name for name in only.split(",") if name.strip()])
    _check_places(out, write)
    try:
        with progress_bar("runs") as progress:
            board = measure_patterns(chosen, worlds=worlds, seed=seed, jobs=jobs, only=names, progress=progress)
    except RunsFailedError as error:
        stop([str(error)], 3)
    _save(board, out, write)
    if as_json:
        print_json(board.to_json())
    else:
        _show(board, out)


def _check_places(out: Path | None, write: Path | None) -> None:
    """Minutes of work should not end at a folder that is a file. Raises InputError."""
    if out is not None and out.exists() and not out.is_dir():
        raise wrong("is a file, not a folder", str(out))
    if write is not None and (write.is_dir() or not write.parent.is_dir()):
        raise wrong("is a folder, not a file" if write.is_dir() else "its folder does not exist", str(write))


def _save(board: "Scoreboard", out: Path | None, write: Path | None) -> None:
    import json

    from experiments.provenance import command_line, command_words

    try:
        if write is not None:
            write.write_text(board.markdown(), encoding="utf-8")
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            page = board.to_html(command=command_line(command_words()))
            texts = (json.dumps(board.to_json(), ensure_ascii=False, indent=2) + "\n", board.markdown(), page)
            for name, text in zip(FILES, texts, strict=True):
                (out / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise wrong(f"cannot be written: {error.strerror or error}", str(out or write)) from None


def _show(board: "Scoreboard", out: Path | None) -> None:
    from experiments.validation.scoreboard import interval_text

    typer.echo(board.sentence() + (f" Report: {out / 'patterns.html'}" if out else ""))
    rows = []
    for row in board.rows:
        measured = interval_text(row.headline) if row.parts else "–"
        rows.append([row.pattern.id, row.pattern.name, measured, row.pattern.wanted, row.verdict])
    print_table(["", "pattern", "measured (95 %)", "band", "verdict"], rows)
    for row in board.rows:
        if row.holds is not True:
            typer.echo(f"{row.pattern.id} {row.verdict}: {row.reason}.")


@speaks_plainly
def ablation(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="Name of a scenario or path of a .toml file.")
    ] = "baseline",
    worlds: Worlds = 60,
    seed: Seed = 1,
    sets: Sets = None,
    only: Annotated[
        str | None,
        typer.Option("--only", metavar="NAME,NAME", help="Switch off these mechanisms only (see `mechanisms`)."),
    ] = None,
    patterns: Annotated[
        str | None, typer.Option("--patterns", metavar="P01,P02", help="Measure these patterns only.")
    ] = None,
    out: Out = None,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE", help="Write the table as Markdown, for docs/ablation.md.")
    ] = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Switch off each mechanism by itself: which patterns of real alliances are lost without it?"""
    from experiments.ablating import ablation as ablate
    from experiments.runner import RunsFailedError

    chosen = read_scenario(scenario, sets)
    _check_places(out, write)
    try:
        with progress_bar("runs") as progress:
            result = ablate(
                chosen, worlds, seed, jobs, _names(only), _names(patterns), progress,
                lambda text: typer.echo(text, err=True),
            )  # fmt: skip
    except RunsFailedError as error:
        stop([str(error)], 3)
    _save_ablation(result, out, write)
    if as_json:
        print_json(result.to_json())
    else:
        _show_ablation(result, out)


def _names(text: str | None) -> list[str] | None:
    """The names in a list with commas; None if there is no list."""
    return None if text is None else [name for name in text.split(",") if name.strip()]


def _save_ablation(result: "Ablation", out: Path | None, write: Path | None) -> None:
    import json

    try:
        if write is not None:
            write.write_text(result.markdown(), encoding="utf-8")
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            texts = (json.dumps(result.to_json(), ensure_ascii=False, indent=2) + "\n", result.markdown())
            for name, text in zip(ABLATION_FILES, texts, strict=True):
                (out / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise wrong(f"cannot be written: {error.strerror or error}", str(out or write)) from None


def _show_ablation(result: "Ablation", out: Path | None) -> None:
    from experiments.validation.ablation import HEAD

    typer.echo(result.sentence() + (f" Table: {out / 'ablation.md'}" if out else ""))
    print_table([*HEAD[:3], "five-year survival, of 100", HEAD[4]], result.cells())
    for note in result.notes():
        typer.echo(note)
