"""Study files, and the commands around a sweep: designs, shards, merging, replaying."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.design import Range
from experiments.sweeps.study import read_study
from scenarios import load
from simulation.problems import InputError

STUDY = """
extends = "baseline"
title = "How far does trust carry?"
firms.count = 20
time.quarters = 40
time.warm_up_quarters = 8

[study]
design = "lhs"
points = 6
worlds = 3
seed = 5
outcome = "mean_trust"
vary = { "environment.shock_rate" = "0:0.3", "trust.initial" = [0.2, 0.8] }
"""


def alliances(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path / "study.toml"


def test_a_study_says_what_to_run(file: Path) -> None:
    study = read_study(file)
    assert study.vary == {"environment.shock_rate": Range(0.0, 0.3), "trust.initial": [0.2, 0.8]}
    assert (study.design, study.points, study.worlds, study.seed, study.outcome) == ("lhs", 6, 3, 5, "mean_trust")
    assert study.scenario == load(file)  # a study is a scenario, too
    assert study.with_(worlds=9, seed=None).worlds == 9
    assert read_study("baseline").vary == {}


def test_a_table_lies_beside_its_study(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("trust.initial\n0.2\n0.7\n")
    (tmp_path / "study.toml").write_text('extends = "baseline"\n[study]\ntable = "cells.csv"\n')
    study = read_study(tmp_path / "study.toml")
    assert (study.vary, study.design) == ({"trust.initial": [0.2, 0.7]}, "table")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("wolds = 3", r"study\.toml:3: study\.wolds: "),
        ("worlds = 0", r"study\.toml:3: study\.worlds: "),
        ("until = -1.0", r"study\.toml:3: study\.until: "),
        ('vary = { "trust.initial" = "0.2:x" }', r"trust\.initial"),
    ],
)
def test_a_wrong_study_is_refused_with_its_line(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(f'extends = "baseline"\n[study]\n{line}\n')
    with pytest.raises(InputError, match=message):
        read_study(tmp_path / "study.toml")


def test_a_study_runs_and_the_command_line_goes_before_the_file(file: Path, tmp_path: Path) -> None:
    result = alliances("sweep", file, "--worlds", 2, "--out", tmp_path / "map", "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert (found["design"], found["cells"], found["runs"], found["seed"]) == ("lhs", 6, 12, 5)
    shown = alliances("sweep", file, "--worlds", 2, "--out", tmp_path / "map")
    assert "trust, mean over time" in shown.stdout
    assert "12 of 12 runs were there already" in shown.stdout
    again = alliances("replay", tmp_path / "map", "--world", 1, "--cell", found_cell(tmp_path / "map"), "--json")
    assert json.loads(again.stdout)["same"] is True


def found_cell(out: Path) -> str:
    import duckdb

    row = duckdb.connect().execute(f"SELECT cell FROM '{out}/design.parquet' WHERE index = 3").fetchone()
    assert row is not None
    return str(row[0])[:8]


def test_shards_are_merged_from_the_command_line(file: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        shard = alliances("sweep", file, "--shard", f"{number}/2", "--out", tmp_path / str(number))
        assert shard.exit_code == 0, shard.stderr
        assert shard.stdout.startswith(f"Shard {number} of 2: ")
        assert "alliances merge" in shard.stdout
    merged = alliances("merge", tmp_path / "1", tmp_path / "2", "--out", tmp_path / "whole")
    assert merged.exit_code == 0, merged.stderr
    assert "6 cells of 3 worlds" in merged.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--shard", "1", "--out", "OUT"], "is not I/N"),
        (["--shard", "3/2", "--out", "OUT"], "1 <= i <= n"),
        (["--design", "lsh", "--out", "OUT"], 'did you mean "lhs"'),
        (["--engine", "thread", "--out", "OUT"], 'did you mean "threads"'),
        (["--until", "0", "--out", "OUT"], "half-width above 0"),
        (["--reuse", "OUT", "--out", "OUT2"], "not a result folder"),
        (["--table", "OUT.csv", "--out", "OUT"], "cannot be read"),
        (["--vary", "trust.initial=0.1:0.2", "--table", "OUT.csv", "--out", "OUT"], "either --vary or --table"),
    ],
)
def test_wrong_words_write_nothing(words: list[str], message: str, file: Path, tmp_path: Path) -> None:
    result = alliances("sweep", file, *(word.replace("OUT", str(tmp_path / "out")) for word in words))
    assert result.exit_code == 2
    assert message in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.toml"]


def test_merge_and_replay_say_what_they_need(tmp_path: Path) -> None:
    assert "needs a folder for the whole" in alliances("merge", tmp_path).stderr
    assert "not a result folder" in alliances("merge", tmp_path, "--out", tmp_path / "x").stderr
    assert "not a result folder" in alliances("replay", tmp_path, "--world", 1).stderr
