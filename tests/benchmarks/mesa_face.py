"""What the Mesa face costs over the engine: `python tests/benchmarks/mesa_face.py`, or part of `make bench`.

A step is timed in pairs: two equal worlds, one advanced by `run_world`, the other by `model.step()`, quarter by quarter and
by turns, so that both see the same work and the same machine. The engine's call is in both.
"""

import gc
import statistics
import time
from collections.abc import Callable
from functools import partial

from scenarios import load
from simulation.engine import run_world
from simulation.mesa_model import AllianceModel
from simulation.world import build_world


def seconds(task: Callable[[], object]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def step_cost(worlds: int = 8) -> tuple[float, float]:
    """Median microseconds of a quarter of the baseline's 100 firms in the engine, and what the face adds to it."""
    scenario = load("baseline")
    engine, added = [], []
    for k in range(worlds + 1):
        world, model = build_world(scenario, seed=1, world=k), AllianceModel(scenario, rng=1, world=k)
        for quarter in range(scenario.time.quarters):
            alone_first = quarter % 2 == 0
            faced = 0.0 if alone_first else seconds(model.step)
            alone = seconds(partial(run_world, world, quarter + 1))
            faced = faced or seconds(model.step)
            if k:  # the first world warms up
                engine.append(alone)
                added.append(faced - alone)
    return statistics.median(engine) * 1e6, statistics.median(added) * 1e6


def fork_cost(firms: int = 1000, times: int = 40) -> tuple[float, float]:
    """Median milliseconds of `model.fork()` after 20 quarters, before and after the views of firms were made."""
    model = AllianceModel("baseline", rng=1, firms__count=firms)
    for _ in range(20):
        model.step()
    taken = []
    for watched in (False, True):
        if watched:
            assert len(model.agents) == firms
        model.fork()
        taken.append(statistics.median(seconds(model.fork) for _ in range(times)) * 1e3)
    return taken[0], taken[1]


def registration_cost(firms: int = 10_000, times: int = 5) -> float:
    """Median microseconds per firm of making the views, at the first use of `model.agents`."""
    taken = []
    for k in range(times):
        model = AllianceModel("baseline", rng=1, world=k, firms__count=firms)
        taken.append(seconds(partial(getattr, model, "agents")))
    return statistics.median(taken) * 1e6 / firms


def mesa_face() -> dict[str, float]:
    """Figures for build/bench.json."""
    gc.collect()
    engine, added = step_cost()
    fork, fork_watched = fork_cost()
    return {
        "mesa_face_us_per_step": added,
        "mesa_face_engine_us_per_step": engine,
        "mesa_fork_ms": fork,
        "mesa_fork_with_views_ms": fork_watched,
        "mesa_registration_us_per_firm": registration_cost(),
    }


if __name__ == "__main__":
    for figure, value in mesa_face().items():
        print(f"{figure:32} {value:10.2f}")
