"""`alliances calibrate`: search the settings at which these worlds behave like real alliances."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.bar import progress_bar
from experiments.commands.common import (
    Jobs,
    Json,
    Sets,
    print_json,
    read_scenario,
    speaks_plainly,
    stop,
    wrong,
)
from experiments.commands.fitting import fit_memberships, fit_spells
from experiments.commands.stressing import Columns, Only

if TYPE_CHECKING:
    from experiments.calibrating import Point
    from simulation.problems import InputError


ScenarioOrBaseline = Annotated[
    str, typer.Argument(metavar="[SCENARIO]", help="The world: name of a scenario or path of a .toml file.")
]
Patterns = Annotated[bool, typer.Option("--patterns", help="Fit the patterns of real alliances, as the defaults were.")]
Membership = Annotated[
    bool, typer.Option("--membership", help="Fit real spells of membership and say whether pattern P27 holds.")
]
OwnSpells = Annotated[
    Path | None,
    typer.Option(
        "--spells", metavar="FILE", help="Fit your own history: durations and what has ended, or dates (CSV)."
    ),
]
Anywhere = Annotated[
    int | None,
    typer.Option(
        "--anywhere", min=1, metavar="NUMBER",
        help="At so many random settings within the study's bounds: which patterns hold wherever one looks?",
    ),
]  # fmt: skip
StudyFile = Annotated[
    Path | None, typer.Option("--study", metavar="FILE", help="Start, bounds, seed and steps of the search (TOML).")
]
Rounds = Annotated[int | None, typer.Option("--rounds", min=1, metavar="NUMBER", help="Rounds of the search.")]
FromStart = Annotated[
    bool, typer.Option("--from-start", help="With --spells: leave aside those that were seen only from a later age.")
]
Evaluations = Annotated[
    int | None, typer.Option("--evaluations", min=1, metavar="NUMBER", help="With --spells: settings to try.")
]
WorldsOfArms = Annotated[int | None, typer.Option("--worlds", metavar="NUMBER", help="Worlds of every arm.")]
Place = Annotated[
    Path | None,
    typer.Option("--out", metavar="PLACE", help="Write the search as a JSON file; with --spells: a folder of results."),
]


@speaks_plainly
def calibrate(
    scenario: ScenarioOrBaseline = "baseline",
    patterns: Patterns = False,
    membership: Membership = False,
    spells: OwnSpells = None,
    anywhere: Anywhere = None,
    study: StudyFile = None,
    rounds: Rounds = None,
    columns: Columns = None,
    only: Only = None,
    from_start: FromStart = False,
    evaluations: Evaluations = None,
    worlds: WorldsOfArms = None,
    sets: Sets = None,
    out: Place = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Search for settings that fit what is known of real alliances. Takes minutes to an hour."""
    from experiments.design import check_amounts
    from experiments.runner import RunsFailedError

    if [patterns, membership, anywhere is not None, spells is not None].count(True) != 1:
        raise wrong("say what to do: one of --patterns, --membership, --anywhere and --spells", "calibrate")
    own: dict[str, object] = {
        "--columns": columns,
        "--only": only,
        "--from-start": from_start,
        "--evaluations": evaluations,
    }
    _check_spells_only(own, spells)
    if rounds is not None and not patterns:
        raise wrong("belongs to --patterns", "--rounds")
    if study is not None and (membership or spells is not None):
        raise wrong("belongs to --patterns and --anywhere", "--study")
    check_amounts(worlds=1 if worlds is None else worlds, jobs=jobs)
    if spells is None:
        _check_place(out)
    chosen = read_scenario(scenario, sets)
    try:
        if spells is not None:
            told = fit_spells(chosen, spells, columns, only, from_start, worlds, evaluations, out, jobs, as_json)
            if as_json:
                print_json(told)
            return
        if anywhere is not None:
            found, sentence, settings = _anywhere(chosen, study, anywhere, worlds, jobs)
        elif patterns:
            found, sentence, settings = _patterns(chosen, study, rounds, worlds, jobs)
        else:
            found, sentence, settings = fit_memberships(chosen, worlds, jobs)
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(found)
    else:
        typer.echo(sentence)
        typer.echo(settings)
    if out is not None:
        _write(found, out)


def _check_spells_only(given: dict[str, object], spells: Path | None) -> None:
    """Raises InputError for options that only --spells reads."""
    from simulation.problems import InputError, Problem

    used = [name for name, value in given.items() if value not in (None, False)]
    if spells is None and used:
        raise InputError(Problem("belongs to --spells", key=name) for name in used)


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
