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


@speaks_plainly
def calibrate(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="Where the search starts: a scenario or a .toml file.")
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
        Path | None, typer.Option("--study", metavar="FILE", help="Bounds, seed and steps of the search (TOML).")
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
    from experiments.runner import RunsFailedError

    if [patterns, membership, anywhere is not None].count(True) != 1:
        raise wrong("say what to do: one of --patterns, --membership and --anywhere", "calibrate")
    if out is not None and not out.parent.is_dir():
        raise wrong("its folder does not exist", str(out))
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
    if out is not None:
        out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if as_json:
        print_json(found)
    else:
        typer.echo(sentence)
        typer.echo(settings)


def _patterns(
    scenario: object, study: Path | None, rounds: int | None, worlds: int | None, jobs: int | None
) -> tuple[dict[str, object], str, str]:
    from dataclasses import replace

    from experiments.calibrating import Study, calibrate_patterns
    from experiments.design import check_amounts

    check_amounts(worlds=1 if worlds is None else worlds)
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
    from experiments.design import check_amounts

    plan = Study.read(study)
    plan = replace(plan, worlds=worlds or plan.worlds)
    check_amounts(worlds=plan.worlds)
    with progress_bar("boards") as progress:
        found = hold_anywhere(scenario, plan, draws, jobs, progress)  # type: ignore[arg-type]
    often = [name for name, held in found["held"].items() if held >= 0.75 * draws]
    sentence = (
        f"{len(often)} of {len(found['held'])} patterns hold at three in four of {draws} random settings or more."
    )
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
