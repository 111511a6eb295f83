"""One world, kept and drawn again."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

import simulation
from experiments import running
from experiments.outcomes import summary
from experiments.pictures import rebuild_report
from experiments.running import load_run, run_world
from simulation.problems import InputError
from simulation.scenario import Scenario


def test_without_a_folder_nothing_is_written(tiny: Scenario) -> None:
    run, found, report = run_world(tiny, seed=2, world=1)
    assert report is None
    assert found == summary(run) == summary(simulation.simulate(tiny, seed=2, world=1))


def test_the_series_grow_on_disk_while_the_world_runs(tiny: Scenario, tmp_path: Path) -> None:
    seen: list[int] = []

    def look(done: int, total: int) -> None:
        (growing,) = (tmp_path / "run").glob(".series.csv.*.tmp")
        lines = growing.read_text(encoding="utf-8").splitlines()
        seen.append(len(lines) - 1)
        assert total == tiny.time.quarters
        assert lines[-1].startswith(f"{done - 1},")

    run, _, _ = run_world(tiny, out=tmp_path / "run", progress=look)
    assert seen == list(range(1, tiny.time.quarters + 1))
    kept = np.loadtxt(tmp_path / "run" / "series.csv", delimiter=",", skiprows=1)
    assert np.array_equal(kept[:, 1:], run.records)


def test_a_run_that_was_broken_off_can_be_given_again(tiny: Scenario, tmp_path: Path) -> None:
    def broken(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_world(tiny, out=tmp_path / "run", progress=broken)
    assert not (tmp_path / "run").exists(), "nothing was worth keeping"
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".series.csv.abcd.tmp").write_text("quarter\n0\n")  # what a killed process leaves
    assert run_world(tiny, out=tmp_path / "run")[1] == run_world(tiny)[1]
    assert not list((tmp_path / "run").glob(".series*"))


@pytest.mark.slow
def test_a_kept_run_comes_back_and_its_events_are_there(tiny: Scenario, tmp_path: Path) -> None:
    run, found, report = run_world(tiny, seed=2, out=tmp_path / "run")
    assert report == tmp_path / "run" / "report.html"
    assert load_run(tmp_path / "run")[1] == found
    query = f"SELECT count(*) FROM '{tmp_path}/run/events.parquet'"
    assert duckdb.connect().execute(query).fetchone() == (len(run.events.quarter),)


@pytest.mark.slow
def test_a_run_of_another_engine_is_not_passed_off_as_this_one(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_world(tiny, out=tmp_path / "run")
    other = simulation.simulate(tiny, seed=99)
    monkeypatch.setattr(simulation, "simulate", lambda *_, **__: other)
    with pytest.raises(InputError, match="another version of the engine"):
        load_run(tmp_path / "run")


def test_a_run_that_was_killed_did_not_finish(tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_save", killed)
    with pytest.raises(KeyboardInterrupt):
        run_world(tiny, out=tmp_path / "run")
    for load in (load_run, rebuild_report):
        with pytest.raises(InputError, match="did not finish; run the command again"):
            load(tmp_path / "run")


def test_numbers_of_numpy_are_numbers(tiny: Scenario) -> None:
    assert run_world(tiny, seed=np.int64(2))[1] == run_world(tiny, seed=2)[1]  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_run_whose_first_network_matters_keeps_a_picture_of_it(tiny: Scenario, tmp_path: Path) -> None:
    run_world(tiny.with_({"time.warm_up_quarters": 0}), out=tmp_path / "from the start")
    run_world(tiny.with_({"time.warm_up_quarters": 4}), out=tmp_path / "warmed up")
    start = {"network_start.png", "network_start.svg"}
    assert start <= {path.name for path in (tmp_path / "from the start").iterdir()}
    assert not start & {path.name for path in (tmp_path / "warmed up").iterdir()}
