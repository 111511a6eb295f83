"""Manifests: everything to run it again, nothing secret."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.provenance import BASE, command_line, command_words, commit, installed, manifest
from simulation.compiled import source_hash
from simulation.scenario import Scenario


def test_a_manifest_rebuilds_the_scenario() -> None:
    scenario = Scenario().with_(trust__initial=0.3)
    found = json.loads(json.dumps(manifest("run", {"seed": 1}, {BASE: scenario})))
    assert Scenario.of(found["scenarios"][BASE]) == scenario
    assert found["engine"] == source_hash()
    assert set(found["host"]) == {"system", "machine", "cores"}
    assert installed("no-such-distribution") == "not installed"


def test_commands_are_told_as_a_shell_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/alliances", "compare", "--arm", "a: b=1"])
    assert command_words() == ["alliances", "compare", "--arm", "a: b=1"]
    assert command_line(command_words()) == "alliances compare --arm 'a: b=1'"
    monkeypatch.setattr(sys, "argv", ["/somewhere/experiments/__main__.py", "run"])
    assert command_words() == ["alliances", "run"]
    monkeypatch.setattr(sys, "argv", ["/secret/script.py"])
    assert command_words() == ["script.py"]
    assert command_line(command_words()) == ""


def test_the_commit_is_that_of_a_checkout(tmp_path: Path) -> None:
    assert commit(tmp_path) is None
    for words in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x", "--allow-empty"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    found = commit(tmp_path)
    assert found is not None
    assert len(found["commit"]) == 40
    assert found["dirty"] is False
    (tmp_path / "new").touch()
    assert (commit(tmp_path) or {})["dirty"] is True
