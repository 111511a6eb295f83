"""Small worlds, whole: built, run and made into outcomes, as sweeps do by the thousand. A benchmark, not a test.

python tests/benchmarks/small_runs.py      about ten seconds
"""

import json
import statistics
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from experiments.outcomes import outcomes
from simulation import Scenario, simulate
from simulation.world import build_world

SMALL = Scenario().with_(firms__count=50, time__quarters=80, time__warm_up_quarters=20)
TIMES, RUNS = 9, 400


def small_runs() -> dict[str, float]:
    """Runs per second of 50 firms and 80 quarters, on one thread and on two by turns; the baseline; what building takes."""
    work(SMALL, range(2))
    one, two = [], []
    for _ in range(TIMES):
        one.append(seconds(lambda: threaded(1)))
        two.append(seconds(lambda: threaded(2)))
    baseline = Scenario()
    whole = statistics.median(seconds(lambda: simulate(baseline)) for _ in range(60))
    return {
        "runs_per_second_and_core": RUNS / statistics.median(one),
        "two_threads_over_one": statistics.median(a / b for a, b in zip(one, two, strict=True)),
        "ms_per_run_baseline": whole * 1e3,
        "build_share_of_baseline_run": statistics.median(seconds(lambda: build_world(baseline)) for _ in range(60))
        / whole,
        "build_share_of_small_run": statistics.median(seconds(lambda: build_world(SMALL)) for _ in range(60))
        / (statistics.median(one) / RUNS),
    }


def work(scenario: Scenario, worlds: Iterable[int]) -> None:
    """From the scenario to its outcomes, world after world."""
    for world in worlds:
        outcomes(simulate(scenario, world=world))


def threaded(threads: int) -> None:
    """RUNS worlds, dealt out to threads."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda first: work(SMALL, range(first, RUNS, threads)), range(threads)))


def seconds(task: Callable[[], object]) -> float:
    """Wall-clock seconds of a task."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(small_runs(), indent=2))
