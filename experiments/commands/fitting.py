"""What `alliances calibrate` does with spells: one's own history, and the memberships of pattern P27."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from experiments.bar import progress_bar
from experiments.commands.common import print_table, wrong
from experiments.commands.stressing import read_only, read_pairs


def fit_spells(
    scenario: Any, spells: Path, columns: str | None, only: list[str] | None, from_start: bool, worlds: int | None,
    evaluations: int | None, out: Path | None, jobs: int | None, as_json: bool,
) -> dict[str, Any]:  # fmt: skip
    """`--spells FILE`: search, then say what was found; with `out`, a folder. Returns it as JSON."""
    from experiments.histories.fitting import calibrate_spells

    amounts: dict[str, Any] = {"worlds": worlds, "evaluations": evaluations}
    with progress_bar("runs") as progress:
        result = calibrate_spells(
            scenario, spells, columns=read_pairs(columns, "--columns"), only=read_only(only), from_start=from_start,
            jobs=jobs, out=out, progress=progress, **{name: it for name, it in amounts.items() if it is not None},
        )  # fmt: skip
    if not as_json:
        from experiments.report.fitted import ages_rows, settings_rows

        place = result.out
        use = f" Use it: alliances run {place / 'fitted.toml'}. Report: {place / 'report.html'}" if place else ""
        typer.echo(result.sentence() + use)
        print_table(*settings_rows(result), numbers=(2, 3))
        print_table(*ages_rows(result), numbers=(0,), title="of 100 alliances")
        for note in (*result.poor(), *result.notes):
            typer.echo(note)
        if not place:
            typer.echo("\nAs a scenario file (with --out FOLDER it is written):\n\n" + result.toml())
    return result.to_json()


def fit_memberships(scenario: Any, worlds: int | None, jobs: int | None) -> tuple[dict[str, object], str, str]:
    """`--membership`: fit both groups of P27 and say at how many ages each fit lies inside the observed band."""
    from experiments.histories.fitted_memberships import held_against, p27_sentence
    from experiments.validation.membership import fit_membership
    from experiments.validation.observations import data_folder

    if data_folder() is None:
        raise wrong("the folder of observations is missing; set ALLIANCES_DATA to where it lies", "--membership")
    members, later = fit_membership(scenario, worlds or 24, jobs=jobs)
    groups = held_against(scenario, members, later, max(48, worlds or 24), jobs=jobs)
    found: dict[str, object] = {"members": members, "changed_world": later, "groups": groups}
    sentence = p27_sentence(groups)
    tables = [_table("members", scenario.name, members), _table("changed_world", scenario.name, later)]
    return found | {"sentence": sentence}, sentence, "\n\n".join(tables)


def _table(part: str, name: str, values: Mapping[str, float]) -> str:
    """A fit as `membership.toml` holds it."""
    key = name if re.fullmatch("[A-Za-z0-9_-]+", name) else json.dumps(name)
    return "\n".join([f"[{part}.{key}]", *(f'"{setting}" = {value:g}' for setting, value in values.items())])
