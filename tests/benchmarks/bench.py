"""How fast, how large: medians and ratios within one run, written to build/bench.json. A benchmark, not a test.

make bench              all of it, about seven minutes: the sweep of 100,000 runs takes most of it
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulation import Scenario, simulate
from simulation.engine import run_world
from simulation.policies import Observations, Policies
from simulation.world import World, build_world

TARGET = Path("build/bench.json")
WORLDS = 50  # of 2,000 cells each


def seconds(task: Callable[[], object], times: int) -> float:
    """Median wall-clock seconds of a task."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        task()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def per_entity_quarter(firms: int, quarters: int, times: int) -> float:
    """Median nanoseconds per living alliance or firm and quarter, building left out."""
    scenario = Scenario().with_(
        firms__count=firms,
        time__quarters=quarters,
        time__warm_up_quarters=0,
        network__kind="erdos_renyi",
        network__degree=2,
    )
    taken = []
    for k in range(times + 1):
        world = build_world(scenario, seed=1, world=k)
        start = time.perf_counter()
        run_world(world)
        taken.append((time.perf_counter() - start) / (world.records[:, 0] + firms).sum() * 1e9)
    return statistics.median(taken[1:])


def reciprocate(seen: Observations) -> object:
    """The row `reciprocator` of the strategy table, in Python."""
    return (0.25 + 0.375 * seen.trust + 0.375 * seen.observed) * (0.6 + 0.4 * seen.trust)


def python_strategy(firms: int, quarters: int, times: int) -> dict[str, float]:
    """Median nanoseconds per living alliance or firm and quarter, with one strategy from the table or in Python."""
    scenario = Scenario().with_(firms__count=firms, time__quarters=quarters, time__warm_up_quarters=0)
    taken: dict[bool, list[float]] = {False: [], True: []}
    for k in range(times + 1):
        for in_python, found in taken.items():  # by turns, so that both see the same machine
            world = build_world(scenario, seed=1, world=k)
            if in_python:
                world.policies = Policies({"reciprocator": reciprocate}, scenario.strategies)
            start = time.perf_counter()
            run_world(world)
            found.append((time.perf_counter() - start) / (world.records[:, 0] + firms).sum() * 1e9)
    table, python = (statistics.median(found[1:]) for found in taken.values())
    ratio = statistics.median(b / a for a, b in zip(taken[False][1:], taken[True][1:], strict=True))
    return {"from_the_table": table, "in_python": python, "ratio": ratio}


def sizes() -> dict[str, float]:
    """Bytes of state per firm and per row of the table of alliances; scratch memory and log are left out."""
    world: World = build_world(Scenario().with_(firms__count=1000))
    return {
        "bytes_per_firm": sum(array.nbytes for array in world.firms) / 1000,
        "bytes_per_alliance": sum(array.nbytes for array in world.alliances) / len(world.alliances.first),
    }


def baseline() -> dict[str, float]:
    """A run of the shipped baseline, whole, and what part of it is building the world."""
    scenario = Scenario()
    simulate(scenario)
    whole = seconds(lambda: simulate(scenario), 60)
    building = seconds(lambda: build_world(scenario), 60)
    runs = 60

    def threaded(threads: int) -> float:
        with ThreadPoolExecutor(threads) as pool:
            return seconds(lambda: list(pool.map(lambda world: simulate(scenario, world=world), range(runs))), 3)

    one, all_of_them = threaded(1), threaded(os.cpu_count() or 1)
    return {
        "ms_per_run_baseline": whole * 1e3,
        "build_share_of_baseline_run": building / whole,
        "thread_speedup_all_cores": one / all_of_them,
    }


def in_a_process(code: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *code], env=os.environ | environment, check=True, capture_output=True)
    return time.perf_counter() - start


def starts() -> dict[str, float]:
    """Compiling the engine from nothing; a process that finds it compiled; the command line without work."""
    tiny = "from simulation import *; simulate(Scenario().with_(firms__count=8, time__quarters=2, time__warm_up_quarters=0))"
    with tempfile.TemporaryDirectory() as cache:
        cold = in_a_process(["-c", tiny], {"ALLIANCES_CACHE": cache})
        warm = statistics.median(in_a_process(["-c", tiny], {"ALLIANCES_CACHE": cache}) for _ in range(3))
    helps = statistics.median(in_a_process(["-m", "experiments", "--help"], {}) for _ in range(7))
    return {"seconds_first_compile": cold - warm, "seconds_engine_start": warm, "seconds_cli_start": helps}


def sweep_overhead() -> dict[str, object]:
    """The sweep of 100,000 runs against the engine alone, timed before and after it; full_sweep.py does the rest."""
    from full_sweep import engine_alone, measured, words

    with tempfile.TemporaryDirectory() as folder:
        before = engine_alone(WORLDS)
        found = measured(words(WORLDS, Path(folder) / "map"))
        alone = (before + engine_alone(WORLDS)) / 2
    return {
        "sweep_seconds": found["seconds"],
        "sweep_megabytes": found["megabytes"],
        "sweep_engine_alone_seconds": round(alone, 1),
        "sweep_overhead": round(found["seconds"] / alone - 1, 3),
    }


def main() -> None:
    """Measure, print, and write build/bench.json."""
    found: dict[str, object] = {"python": platform.python_version(), "cores": os.cpu_count()}
    found["ns_per_entity_quarter"] = {
        str(firms): per_entity_quarter(firms, quarters, times)
        for firms, quarters, times in ((100, 240, 41), (10_000, 60, 5), (200_000, 30, 3))
    }
    found["ns_per_entity_quarter_by_strategy"] = {
        str(firms): python_strategy(firms, quarters, times)
        for firms, quarters, times in ((100, 240, 21), (10_000, 60, 3))
    }
    for part in (baseline, sizes, starts, sweep_overhead):
        found |= part()
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
