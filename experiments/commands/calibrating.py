"""`alliances calibrate`: search the settings at which these worlds behave like real alliances."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.common import (
    Jobs,
    Json,
    Sets,
    print_json,
    progress_bar,
    read_scenario,
    speaks_plainly,
    stop,
    wrong,
)

if TYPE_CHECKING:
    from experiments.calibrating import Point
    from simulation.problems import InputError


@speaks_plainly
def calibrate(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="The world: name of a scenario or path of a .toml file.")
    ] = "baseline",
    patterns: Annotated[
        bool, typer.Option("--patterns", help="Fit the patterns of real alliances, as the defaults were.")
    ] = False,
    membership: Annotated[
        bool, typer.Option("--membership", help="Fit real spells of membership (pattern P27).")
    ] = False,
    anywhere: Annotated[
        int | None,
        typer.Option(
            "--anywhere",
            min=1,
            metavar="NUMBER",
            help="At so many random settings within the study's bounds: which patterns hold wherever one looks?",
        ),
    ] = None,
    study: Annotated[
        Path | None, typer.Option("--study", metavar="FILE", help="Start, bounds, seed and steps of the search (TOML).")
    ] = None,
    rounds: Annotated[
        int | None, typer.Option("--rounds", min=1, metavar="NUMBER", help="Rounds of the search.")
    ] = None,
    worlds: Annotated[int | None, typer.Option("--worlds", metavar="NUMBER", help="Worlds of every arm.")] = None,
    sets: Sets = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the search as JSON.")] = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Search for settings that fit what is known of real alliances. Takes minutes to an hour."""
    from experiments.design import check_amounts
    from experiments.runner import RunsFailedError

    if [patterns, membership, anywhere is not None].count(True) != 1:
        raise wrong("say what to do: one of --patterns, --membership and --anywhere", "calibrate")
    if rounds is not None and not patterns:
        raise wrong("belongs to --patterns", "--rounds")
    if study is not None and membership:
        raise wrong("belongs to --patterns and --anywhere", "--study")
    check_amounts(worlds=1 if worlds is None else worlds, jobs=jobs)
    _check_place(out)
    chosen = read_scenario(scenario, sets)
    try:
        if anywhere is not None:
            found, sentence, settings = _anywhere(chosen, study, anywhere, worlds, jobs)
        elif patterns:
            found, sentence, settings = _patterns(chosen, study, rounds, worlds, jobs)
        else:
            found, sentence, settings = _membership(chosen, worlds, jobs)
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(found)
    else:
        typer.echo(sentence)
        typer.echo(settings)
    if out is not None:
        _write(found, out)


def _write(found: dict[str, object], out: Path) -> None:
    try:
        out.write_text(json.dumps(found, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise _not_written(error, out) from None


def _check_place(out: Path | None) -> None:
    """An hour of search should not end at a file that cannot be written: try it before. Raises InputError."""
    if out is None:
        return
    try:
        is_new = not out.exists()
        out.open("a").close()
        if is_new:
            out.unlink()
    except OSError as error:
        raise _not_written(error, out) from None


def _not_written(error: OSError, out: Path) -> "InputError":
    return wrong(f"cannot be written: {(error.strerror or str(error)).lower()}", str(out))


def _patterns(
    scenario: object, study: Path | None, rounds: int | None, worlds: int | None, jobs: int | None
) -> tuple[dict[str, object], str, str]:
    from dataclasses import replace

    from experiments.calibrating import Study, calibrate_patterns

    plan = Study.read(study)
    plan = replace(plan, rounds=rounds or plan.rounds, worlds=worlds or plan.worlds)

    def tell(point: "Point") -> None:
        typer.echo(f"{point.held} hold, the worst number {point.worst:+.1f} standard errors inside its band", err=True)

    with progress_bar("boards") as progress:
        result = calibrate_patterns(scenario, plan, jobs, progress, tell)  # type: ignore[arg-type]
    return result.to_json(), result.sentence(), result.toml()


def _anywhere(
    scenario: object, study: Path | None, draws: int, worlds: int | None, jobs: int | None
) -> tuple[dict[str, object], str, str]:
    from dataclasses import replace

    from experiments.calibrating import Study, hold_anywhere
    from experiments.validation.patterns import SURE_ENOUGH

    plan = Study.read(study)
    plan = replace(plan, worlds=worlds or plan.worlds)
    with progress_bar("boards") as progress:
        found = hold_anywhere(scenario, plan, draws, jobs, progress)  # type: ignore[arg-type]
    often = [name for name, held in found["held"].items() if held >= SURE_ENOUGH * draws]
    share = f"{SURE_ENOUGH:.0%}".replace("%", " %")
    sentence = f"{len(often)} of {len(found['held'])} patterns hold at {share} of {draws} random settings or more."
    return found, sentence, "\n".join(f"{name} {held} of {draws}" for name, held in found["held"].items())


def _membership(scenario: object, worlds: int | None, jobs: int | None) -> tuple[dict[str, object], str, str]:
    from experiments.validation.membership import fit_membership
    from experiments.validation.observations import data_folder

    if data_folder() is None:
        raise wrong("the folder of observations is missing; set ALLIANCES_DATA to where it lies", "--membership")
    members, later = fit_membership(scenario, worlds or 24, jobs=jobs)  # type: ignore[arg-type]
    lines = ["[members]", *(f'"{key}" = {value:g}' for key, value in members.items()), "", "[changed_world]"]
    lines += [f'"{key}" = {value:g}' for key, value in later.items()]
    return (
        {"members": members, "changed_world": later},
        "Both groups fitted, the second by the environment alone.",
        "\n".join(lines),
    )
