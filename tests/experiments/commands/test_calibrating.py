"""`alliances calibrate` as a person meets it: what is wrong is said before an hour of search, not after."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from experiments import calibrating
from experiments.calibrating import FAR_OUTSIDE, Calibration, Point, Study
from experiments.cli import app
from experiments.histories import fitted_memberships
from experiments.validation import membership, observations
from experiments.validation.patterns import SURE_ENOUGH

STUDY = "[bounds]\n'exit.memory' = [0.2, 0.5]\n"


def calibrate(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["calibrate", *(str(word) for word in words)], prog_name="alliances")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "say what to do: one of --patterns, --membership, --anywhere and --spells"),
        (["--patterns", "--membership"], "say what to do"),
        (["--membership", "--worlds", "-1"], "worlds: -1 is not a whole number from 1"),
        (["--membership", "--worlds", "0"], "worlds: 0 is not a whole number from 1"),
        (["--membership", "--jobs", "0"], "jobs: 0 is not a whole number from 1"),
        (["--patterns", "--worlds", "1"], "worlds: 1 is not a whole number from 2"),
        (["--anywhere", "2", "--worlds", "-3"], "worlds: -3 is not a whole number"),
        (["--membership", "--rounds", "2"], "--rounds: belongs to --patterns"),
        (["--anywhere", "2", "--rounds", "2"], "--rounds: belongs to --patterns"),
        (["--membership", "--study", "study.toml"], "--study: belongs to --patterns and --anywhere"),
        (["--patterns", "--study", "nothing.toml"], "nothing.toml: cannot be read: no such file"),
        (["--patterns", "--out", "nowhere/found.json"], "nowhere/found.json: cannot be written: no such file"),
        (["--patterns", "--set", "time.quarters=120"], "P28: not measured here: environment.events.1: quarter 120"),
        (["--anywhere", "2", "--set", "time.quarters=120"], "P28: not measured here"),
    ],
)
def test_what_is_wrong_is_refused_at_once(words: list[str], message: str) -> None:
    result = calibrate(*words)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_study_is_named_with_file_and_key(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[bounds]\n'exit.memory' = [0.2, 5]\n")
    result = calibrate("--patterns", "--study", file)
    assert result.exit_code == 2, result.output
    assert f"{file}: bounds.exit.memory: 5 is not a number from 0 to 1" in result.stderr


@pytest.mark.parametrize("mode", [["--patterns"], ["--anywhere", "2"], ["--membership"]])
def test_a_folder_is_no_file_to_write(tmp_path: Path, mode: list[str]) -> None:
    result = calibrate(*mode, "--out", tmp_path)
    assert result.exit_code == 2, result.output
    assert f"{tmp_path}: cannot be written: is a directory" in result.stderr


@pytest.mark.parametrize("before", [None, "kept"])
def test_trying_the_place_changes_nothing(tmp_path: Path, before: str | None) -> None:
    out = tmp_path / "found.json"
    if before is not None:
        out.write_text(before)
    assert calibrate("--patterns", "--out", out, "--set", "time.quarters=120").exit_code == 2
    assert (out.read_text() if out.exists() else None) == before


def test_a_search_with_an_undefined_number_prints_and_writes_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Study] = []

    def search(scenario: object, study: Study, *_: object) -> Calibration:
        seen.append(study)
        return Calibration(study, [Point({"exit.memory": 0.3}, 7, FAR_OUTSIDE, FAR_OUTSIDE, {"P01": float("nan")})])

    monkeypatch.setattr(calibrating, "calibrate_patterns", search)
    study, out = tmp_path / "study.toml", tmp_path / "found.json"
    study.write_text(STUDY)
    result = calibrate("--patterns", "--study", study, "--rounds", "2", "--worlds", "5", "--out", out, "--json")
    assert result.exit_code == 0, result.output
    assert (seen[0].rounds, seen[0].worlds) == (2, 5)
    assert out.read_text().split() == result.stdout.split()
    assert '"P01": null' in result.stdout


@pytest.mark.parametrize(("name", "key"), [("second", "second"), ("my own", '"my own"')])
def test_a_fit_is_printed_as_the_file_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, key: str
) -> None:
    fit = {"time.renewal_quarters": 4, "exit.memory": 0.25}, {"environment.shock_rate": 0.3}
    monkeypatch.setattr(membership, "fit_membership", lambda *_, **__: fit)
    monkeypatch.setattr(fitted_memberships, "held_against", lambda *_, **__: [])
    monkeypatch.setattr(observations, "data_folder", lambda: tmp_path)
    file = tmp_path / "mine.toml"
    file.write_text(f"name = '{name}'\n")
    result = calibrate(file, "--membership")
    assert result.exit_code == 0, result.output
    printed = result.stdout.split("\n", 1)[1]
    assert printed.startswith(f"[members.{key}]\n")
    assert tomllib.loads(printed) == {"members": {name: fit[0]}, "changed_world": {name: fit[1]}}


def test_anywhere_counts_with_the_projects_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enough = round(SURE_ENOUGH * 4)
    held = {"P01": enough, "P02": enough - 1}
    monkeypatch.setattr(calibrating, "hold_anywhere", lambda *_: {"draws": 4, "held": held})
    result = calibrate("--anywhere", "4")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == "1 of 2 patterns hold at 75 % of 4 random settings or more."
