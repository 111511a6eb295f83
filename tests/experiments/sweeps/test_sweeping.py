"""Sweeps: killed and resumed, grown, with failures, and always the same numbers."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import simulation
from experiments import provenance
from experiments.outcomes import OUTCOMES, outcomes
from experiments.pictures import rebuild_report
from experiments.sentences import counted
from experiments.storage import ResultFolder
from experiments.sweeps import parts
from experiments.sweeps.sweeping import Sweep, load_sweep, sweep
from simulation.problems import InputError
from simulation.scenario import Scenario

VARY = {"environment.shock_rate": [0.0, 0.3], "trust.initial": (0.2, 0.8, 3)}
ROWS = "SELECT * FROM '{}/parts/*.parquet' ORDER BY world, cell"

# A sweep in another process, slow enough to be killed half-way, with many small parts.
SLOW_SWEEP = """
import sys, time, simulation
from experiments.sweeps import parts
from experiments.sweeps.sweeping import sweep
from simulation.scenario import Scenario
real = simulation.simulate
def slow(*args, **options):
    time.sleep(0.05)
    return real(*args, **options)
simulation.simulate = slow
parts.runs_per_part = lambda design: 3
base = Scenario().with_(firms__count=20, time__quarters=60, time__warm_up_quarters=10)
vary = {"environment.shock_rate": [0.0, 0.3], "trust.initial": (0.2, 0.8, 3)}
sweep(base, vary, worlds=8, jobs=2, out=sys.argv[1])
"""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """(seed, world) of every run that is simulated."""
    real, seen = simulation.simulate, []

    def counted(scenario: Scenario, seed: int = 1, world: int = 0) -> Any:
        seen.append((seed, world))
        return real(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", counted)
    return seen


def rows(out: Path) -> list[Any]:
    return duckdb.connect().execute(ROWS.format(out)).fetchall()


def test_a_cell_is_its_runs(tiny: Scenario) -> None:
    result = sweep(tiny, VARY, worlds=3, seed=5)
    assert (result.cells, result.runs, result.failed, result.ran) == (6, 18, 0, 18)
    cell = result.design.cells[4]
    for world in range(3):
        row = outcomes(simulation.simulate(cell.scenario, seed=5, world=world))
        np.testing.assert_array_equal([result.table[name][4, world] for name in OUTCOMES], list(row.values()))


@pytest.mark.slow
def test_threads_change_nothing(tiny: Scenario, tmp_path: Path) -> None:
    for jobs in (1, 3):
        sweep(tiny, VARY, worlds=4, jobs=jobs, out=tmp_path / str(jobs))
    for name in ("parts/part-000000.parquet", "summary.csv", "summary.parquet", "design.parquet", "heatmap.svg"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "3" / name).read_bytes()


def test_a_folder_holds_everything_and_one_query_reads_it(tiny: Scenario, tmp_path: Path) -> None:
    out = tmp_path / "map"
    result = sweep(tiny, VARY, worlds=3, out=out)
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names == {
        "manifest.json",
        "design.parquet",
        "parts/part-000000.parquet",
        "summary.parquet",
        "summary.csv",
        "heatmap.png",
        "heatmap.svg",
        "report.html",
    }
    query = f"SELECT \"trust.initial\", avg(mean_trust), count(*) FROM '{out}/parts/*.parquet' GROUP BY 1 ORDER BY 1"
    found = duckdb.connect().execute(query).fetchall()
    assert [(level, count) for level, _, count in found] == [(0.2, 6), (0.5, 6), (0.8, 6)]
    assert found[0][1] == pytest.approx(np.mean(result.table["mean_trust"][[0, 3]]))
    again = load_sweep(out)
    for name in OUTCOMES:
        np.testing.assert_array_equal(again.table[name], result.table[name])


def test_a_finished_sweep_runs_nothing_again(tiny: Scenario, tmp_path: Path, runs: list[Any]) -> None:
    first = sweep(tiny, VARY, worlds=3, out=tmp_path / "map")
    summary = (tmp_path / "map" / "summary.csv").read_bytes()
    runs.clear()
    second = sweep(tiny, VARY, worlds=3, out=tmp_path / "map")
    assert runs == []
    assert second.ran == 0
    assert (tmp_path / "map" / "summary.csv").read_bytes() == summary
    np.testing.assert_array_equal(first.columns()["survival_5y"], second.columns()["survival_5y"])


@pytest.mark.slow
def test_more_worlds_and_a_finer_grid_run_only_what_is_new(tiny: Scenario, tmp_path: Path, runs: list[Any]) -> None:
    sweep(tiny, {"trust.initial": (0.2, 0.8, 3)}, worlds=2, out=tmp_path / "grown")
    runs.clear()
    sweep(tiny, {"trust.initial": (0.2, 0.8, 3)}, worlds=4, out=tmp_path / "grown")
    assert sorted(world for _, world in runs) == [2, 2, 2, 3, 3, 3]
    runs.clear()
    sweep(tiny, {"trust.initial": (0.2, 0.8, 5)}, worlds=4, out=tmp_path / "grown")
    assert len(runs) == 2 * 4
    sweep(tiny, {"trust.initial": (0.2, 0.8, 5)}, worlds=4, out=tmp_path / "at once")
    assert rows(tmp_path / "grown") == rows(tmp_path / "at once")
    assert (tmp_path / "grown" / "summary.csv").read_bytes() == (tmp_path / "at once" / "summary.csv").read_bytes()


def test_worlds_come_before_cells_so_that_an_aborted_sweep_is_balanced(tiny: Scenario, runs: list[Any]) -> None:
    sweep(tiny, VARY, worlds=3, jobs=1)
    assert [world for _, world in runs] == [0] * 6 + [1] * 6 + [2] * 6


@pytest.mark.slow
def test_killed_half_way_it_goes_on_to_the_same_bytes(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: list[Any]
) -> None:
    out, whole = tmp_path / "killed", tmp_path / "whole"
    process = subprocess.Popen([sys.executable, "-c", SLOW_SWEEP, str(out)])
    deadline = time.monotonic() + 120
    while len(list(out.glob("parts/part-*.parquet"))) < 5 and time.monotonic() < deadline:
        assert process.poll() is None, "the sweep ended before it could be killed"
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = len(rows(out))
    assert 15 <= done < 48
    monkeypatch.setattr(parts, "runs_per_part", lambda design: 3)
    resumed = sweep(tiny, VARY, worlds=8, out=out)
    assert len(runs) == resumed.ran == 48 - done
    sweep(tiny, VARY, worlds=8, out=whole)
    assert rows(out) == rows(whole)
    for path in sorted(whole.glob("parts/*.parquet")):
        assert (out / "parts" / path.name).read_bytes() == path.read_bytes()
    assert (out / "summary.csv").read_bytes() == (whole / "summary.csv").read_bytes()
    assert not list(out.rglob("*.tmp"))


def test_ctrl_c_keeps_what_is_done(tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(done: int, total: int) -> None:
        if done == 8:
            raise KeyboardInterrupt

    monkeypatch.setattr(parts, "runs_per_part", lambda design: 2)
    with pytest.raises(KeyboardInterrupt):
        sweep(tiny, VARY, worlds=3, out=tmp_path / "map", progress=stop)
    assert len(rows(tmp_path / "map")) == 8
    result = sweep(tiny, VARY, worlds=3, out=tmp_path / "map")
    assert result.ran == 10
    assert len(rows(tmp_path / "map")) == 18


def test_a_stopped_sweep_says_how_far_it_came(tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "map"
    monkeypatch.setattr(parts, "runs_per_part", lambda design: 1)

    def stop(done: int, total: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(tiny, VARY, worlds=3, out=out, progress=stop, jobs=1)
    found = load_sweep(out)
    assert (found.runs, found.left) == (18, 11)
    assert found.note() == "Not finished: 7 of 18 runs so far."
    assert found.worlds_in_words == "1 to 2 of 3 worlds"
    assert found.sentence().startswith("Not finished: 7 of 18 runs so far.")
    rebuild_report(out)
    page = (out / "report.html").read_text()
    assert "7 of 18 runs so far" in page
    assert "1 to 2 of 3 worlds" in page
    whole = sweep(tiny, VARY, worlds=3, out=out)
    assert (whole.left, whole.note(), whole.worlds_in_words) == (0, "", "3 worlds")
    assert (load_sweep(out).left, load_sweep(out).sentence()) == (0, whole.sentence())


def test_rows_of_other_outcomes_are_not_added_to(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(tiny, {"trust.initial": [0.2]}, worlds=1, out=tmp_path)
    monkeypatch.setattr(provenance, "outcomes_hash", lambda: "other")
    with pytest.raises(InputError, match="another version of the definition of outcomes"):
        sweep(tiny, {"trust.initial": [0.2]}, worlds=2, out=tmp_path)


def test_numbers_of_numpy_give_the_same_folder(tiny: Scenario, tmp_path: Path) -> None:
    levels = np.array([0.2, 0.5])
    found = sweep(tiny, {"trust.initial": levels}, worlds=np.int64(2), seed=np.int64(3), out=tmp_path)  # type: ignore[arg-type]
    assert json.loads(json.dumps(found.to_json()))["vary"] == {"trust.initial": [0.2, 0.5]}
    assert sweep(tiny, {"trust.initial": [0.2, 0.5]}, worlds=2, seed=3, out=tmp_path).ran == 0


def test_wrong_types_are_wrong_inputs(tiny: Scenario, tmp_path: Path) -> None:
    good: dict[str, Any] = {"scenario": tiny, "vary": {"trust.initial": [0.2]}, "worlds": 1, "out": tmp_path / "map"}
    for wrong in ({"scenario": "baseline"}, {"vary": ["trust.initial"]}, {"vary": {3: [0.2]}}, {"out": 3}):
        with pytest.raises(InputError):
            sweep(**(good | wrong))
    assert not (tmp_path / "map").exists()


def test_failed_runs_are_rows_and_are_tried_again(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = simulation.simulate

    def sometimes(scenario: Scenario, seed: int = 1, world: int = 0) -> Any:
        if world == 1 and scenario.trust.initial == 0.5:
            raise MemoryError("too large")
        return real(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", sometimes)
    result = sweep(tiny, VARY, worlds=3, out=tmp_path / "map")
    assert (result.failed, result.runs) == (2, 18)
    failures = ResultFolder(tmp_path / "map").failures()
    assert [(row["world"], row["environment.shock_rate"], row["error"]) for row in failures] == [
        (1, 0.0, "MemoryError: too large"),
        (1, 0.3, "MemoryError: too large"),
    ]
    assert len(rows(tmp_path / "map")) == 16
    assert result.columns()["worlds"].tolist() == [3, 2, 3, 3, 2, 3]
    monkeypatch.undo()
    healed = sweep(tiny, VARY, worlds=3, out=tmp_path / "map")
    assert (healed.ran, healed.failed) == (2, 0)
    assert not (tmp_path / "map" / "failures.jsonl").exists()
    sweep(tiny, VARY, worlds=3, out=tmp_path / "whole")
    assert (tmp_path / "map" / "summary.csv").read_bytes() == (tmp_path / "whole" / "summary.csv").read_bytes()


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"seed": 2}, "seed"), ({"design": "zip"}, "design"), ({"vary": {"trust.initial": [0.2, 0.8]}}, "vary")],
)
def test_another_sweep_is_refused(tiny: Scenario, tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    plan: dict[str, Any] = {"vary": {"trust.initial": [0.2, 0.5]}, "worlds": 2, "seed": 1}
    sweep(tiny, **plan, out=tmp_path / "map")
    with pytest.raises(InputError, match=message):
        sweep(tiny, **(plan | changes), out=tmp_path / "map")
    with pytest.raises(InputError, match=r"firms\.count is 20 there, 21 now"):
        sweep(tiny.with_(firms__count=21), **plan, out=tmp_path / "map")


def test_wrong_inputs_write_nothing(tiny: Scenario, tmp_path: Path) -> None:
    for wrong in ({"worlds": 0}, {"seed": -1}, {"jobs": 0}, {"outcome": "survival"}):
        with pytest.raises(InputError):
            sweep(tiny, VARY, **wrong, out=tmp_path / "map")
    with pytest.raises(InputError):
        sweep(tiny, {"trust.initail": [0.1]}, out=tmp_path / "map")
    assert not (tmp_path / "map").exists()


@pytest.fixture(scope="module")
def small() -> Sweep:
    base = Scenario().with_(firms__count=20, time__quarters=60, time__warm_up_quarters=10)
    return sweep(base, {"trust.initial": (0.2, 0.8, 3)}, worlds=4)


def test_a_sweep_speaks_for_itself(small: Sweep) -> None:
    frame = small.frame()
    assert len(frame) == 3
    assert {"cell", "trust.initial", "worlds", "survival_5y", "survival_5y_low", "survival_5y_high"} <= set(
        frame.columns
    )
    assert "trust.initial [3]" in repr(small)
    html = small._repr_html_()
    assert "<table>" in html
    assert "<script" not in html
    assert small.plot().axes
    assert "live five years" in small.sentence()
    assert small.to_html().startswith("<!")


def test_words_and_three_settings_have_no_picture_but_a_report(tiny: Scenario, tmp_path: Path) -> None:
    designs: list[dict[str, Any]] = [
        {"environment.shock_scope": ["global", "local"]},
        {"trust.initial": [0.2, 0.5], "trust.gain": [0.1, 0.2], "trust.loss": [0.1, 0.2]},
    ]
    for number, vary in enumerate(designs):
        result = sweep(tiny, vary, worlds=2, out=tmp_path / str(number))
        assert (tmp_path / str(number) / "report.html").exists()
        with pytest.raises(InputError, match="picture"):
            result.plot()


def test_one_of_a_thing_is_not_many(tiny: Scenario) -> None:
    one = sweep(tiny, {"trust.initial": [0.2]}, worlds=1)
    assert "1 cell of 1 world:" in one.sentence()
    assert counted(2800, "run") == "2,800 runs"
