"""Threads, processes, Dask and any executor: the same bytes, and the loss of a worker loses nothing."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import simulation
from experiments.sweeps import parts
from experiments.sweeps.engines import DEATHS, Hands, Pool, check_engine, run_parts
from experiments.sweeps.parts import Layout, Part, Rows
from experiments.sweeps.sampling import design_of
from experiments.sweeps.sweeping import sweep
from simulation.problems import InputError
from simulation.scenario import Scenario

TINY = Scenario().with_(firms__count=20, time__quarters=40, time__warm_up_quarters=8)
VARY = {"environment.shock_rate": [0.0, 0.3], "trust.initial": (0.2, 0.8, 3)}
FILES = ("parts/part-000000.parquet", "parts/part-000001.parquet", "parts/part-000002.parquet", "summary.csv",
         "summary.parquet", "design.parquet")  # fmt: skip


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three parts of eight runs, handed out in pieces of three."""
    monkeypatch.setattr(parts, "runs_per_part", lambda design: 8)
    monkeypatch.setattr("experiments.sweeps.sweeping.runs_per_piece", lambda design: 3)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "runs_per_part", lambda design: 8)
        out = tmp_path_factory.mktemp("whole")
        sweep(TINY, VARY, worlds=4, out=out, jobs=1)
        yield out


def same(one: Path, other: Path) -> bool:
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in FILES)


def test_processes_give_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    sweep(TINY, VARY, worlds=4, out=tmp_path, engine="processes", jobs=2)
    assert same(whole, tmp_path)


def test_any_executor_gives_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        sweep(TINY, VARY, worlds=4, out=tmp_path, engine=pool)
        assert pool.submit(int).result() == 0  # it is not ours to close
    assert same(whole, tmp_path)


@pytest.mark.slow
def test_dask_with_two_workers_gives_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    sweep(TINY, VARY, worlds=4, out=tmp_path, engine="dask", jobs=2)
    assert same(whole, tmp_path)


@pytest.mark.slow
def test_a_scheduler_elsewhere_is_joined_by_its_address(whole: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        sweep(TINY, VARY, worlds=4, out=tmp_path, engine=cluster.scheduler_address)
    assert same(whole, tmp_path)


def test_nobody_at_the_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `distributed` is not installed")

    def refused(*_: object, **__: object) -> None:
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(distributed, "Client", refused)
    with pytest.raises(InputError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        sweep(TINY, VARY, worlds=1, engine="tcp://127.0.0.1:1")


@pytest.mark.parametrize("engine", ["thread", "dusk", 3, None, "http://x"])
def test_an_unknown_engine_is_refused_with_the_nearest_name(engine: Any) -> None:
    with pytest.raises(InputError, match="engine"):
        check_engine(engine)
    with pytest.raises(InputError, match='did you mean "threads"'):
        check_engine("thread")


# --- lost workers -------------------------------------------------------------------------------------------


def killer(victim: tuple[int, float], marker: Path, times: int) -> Any:
    """A `simulate` that kills its own process at one run, so many times."""
    real = simulation.simulate

    def deadly(scenario: Scenario, seed: int = 1, world: int = 0) -> Any:
        if (world, scenario.trust.initial) == victim:
            struck = len(list(marker.iterdir()))
            if struck < times:
                (marker / str(struck)).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return real(scenario, seed=seed, world=world)

    return deadly


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers inherit the altered simulate only where they are forked")
def test_a_killed_worker_loses_nothing(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "marks").mkdir()
    monkeypatch.setattr(simulation, "simulate", killer((1, 0.5), tmp_path / "marks", 1))
    result = sweep(TINY, VARY, worlds=4, out=tmp_path / "out", engine="processes", jobs=2)
    assert len(list((tmp_path / "marks").iterdir())) == 1
    assert result.failed == 0
    assert same(whole, tmp_path / "out")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers inherit the altered simulate only where they are forked")
def test_a_run_that_always_kills_its_worker_is_a_failed_run_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "marks").mkdir()
    monkeypatch.setattr(simulation, "simulate", killer((2, 0.2), tmp_path / "marks", 1000))
    result = sweep(TINY, VARY, worlds=3, engine="processes", jobs=2)
    assert [(row["world"], row["trust.initial"]) for row in result.failures] == [(2, 0.2), (2, 0.2)]
    assert f"its worker died {DEATHS} times" in result.failures[0]["error"]
    assert result.collected.done == 18 - 2


def test_a_pool_that_breaks_between_two_looks_loses_nothing() -> None:
    """The executor refuses work before any result has told that a worker died."""
    from concurrent.futures import BrokenExecutor

    class Refusing(ThreadPoolExecutor):
        def submit(self, *_: Any, **__: Any) -> Any:
            raise BrokenExecutor("gone")

    begun: list[Executor] = []

    def begin() -> Executor:
        begun.append(Refusing(1) if not begun else ThreadPoolExecutor(1))
        return begun[-1]

    design = design_of(TINY, VARY)
    pieces = [Part(number, TINY, {0: design.cells[0].levels}, [(0, number)], 1) for number in range(3)]
    pool = Pool(begin, 2)
    found = dict((part.number, rows) for part, rows in Hands(pool, threading.Event()).work_off(pieces))
    pool.close(wait=True)
    assert sorted(found) == [0, 1, 2]
    assert all(rows.values and not rows.failed for rows in found.values())
    assert len(begun) == 2


def test_a_broken_executor_of_somebody_else_is_not_hidden() -> None:
    from concurrent.futures import BrokenExecutor

    class Broken(Executor):
        def submit(self, *_: Any, **__: Any) -> "Future[Rows]":
            future: Future[Rows] = Future()
            future.set_exception(BrokenExecutor("gone"))
            return future

    with pytest.raises(BrokenExecutor, match="gone"):
        sweep(TINY, VARY, worlds=1, engine=Broken())


# --- order and bounds ---------------------------------------------------------------------------------------


def test_a_bounded_number_of_pieces_is_under_way() -> None:
    design = design_of(TINY, VARY)
    taken: list[int] = []

    def endless() -> Iterator[Part]:
        for number in range(10_000):
            taken.append(number)
            yield Part(number, TINY, {0: design.cells[0].levels}, [(0, 0)], 1)

    found = run_parts(endless(), "threads", jobs=2)
    next(found)
    assert len(taken) <= 6
    found.close()


def test_ctrl_c_stops_threads_between_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    ran, real = [], simulation.simulate

    def slow(scenario: Scenario, seed: int = 1, world: int = 0) -> Any:
        ran.append(world)
        time.sleep(0.02)
        return real(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", slow)
    threading.Timer(0.15, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        sweep(TINY, VARY, worlds=2000, jobs=2)
    time.sleep(0.1)
    stopped = len(ran)
    time.sleep(0.2)
    assert len(ran) == stopped


def test_layouts_cover_every_run_once_in_world_major_order() -> None:
    for cells, worlds, size in ((1, 1, 1), (3, 7, 4), (5, 2, 100), (4, 4, 4)):
        layout = Layout(cells, worlds, size)
        places = [place for part in range(layout.parts) for place in layout.places(part)]
        assert places == [(cell, world) for world in range(worlds) for cell in range(cells)]


def test_more_worlds_only_add_parts() -> None:
    few, many = Layout(5, 10, 8), Layout(5, 40, 8)
    for part in range(few.parts - 1):
        assert few.places(part) == many.places(part)
