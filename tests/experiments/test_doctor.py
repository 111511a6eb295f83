"""The doctor: what is where, and what stands in the way."""

import json
from pathlib import Path

from typer.testing import CliRunner

from experiments import doctor
from experiments.cli import app
from experiments.doctor import behind, examine, in_front


def test_all_is_well_here() -> None:
    assert in_front() == []
    found = examine()
    assert found.cores >= 1
    assert found.packages["simulation"].endswith("simulation")
    assert found.versions["python"].startswith("3.")


def test_compiling_says_how_long_it_took() -> None:
    result = CliRunner().invoke(app, ["doctor", "--compile", "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["compiled"] is True
    assert found["compile_seconds"] >= 0
    assert found["cache"]


def test_a_package_of_the_same_name_further_behind_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "__init__.py").touch()
    (tmp_path / "experiments.py").touch()
    (tmp_path / "simulation").mkdir()  # no package: harmless
    notes = behind([str(tmp_path)])
    assert len(notes) == 2
    assert "ours comes first" in notes[0]


def test_another_distribution_of_the_same_name_is_a_note(monkeypatch: object) -> None:
    import pytest

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor, "packages_distributions", lambda: {"simulation": ["alliance_dynamics", "sim-tools"]})
        assert "sim-tools also installs a package called simulation" in behind([])[0]
