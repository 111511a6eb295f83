"""What it costs to look back: a traced run beside a plain one, and a whole autopsy with its "but for". A benchmark, not a test.

python tests/benchmarks/looking_back.py      about five seconds
"""

import json
import statistics
import time

from scenarios import load
from simulation import simulate
from simulation.story import autopsy, look_back, telling
from simulation.trace import traced

FIRMS, TIMES = 60, 31


def looking_back() -> dict[str, float]:
    """For 60 firms over 240 quarters of constant change: medians, of runs by turns and of the autopsies of ten worlds."""
    scenario = load("constant_change").with_(firms__count=FIRMS)
    simulate(scenario)
    traced(scenario)
    plain, written = [], []
    for world in range(TIMES):
        start = time.perf_counter()
        simulate(scenario, world=world)
        middle = time.perf_counter()
        traced(scenario, world=world)
        plain.append(middle - start)
        written.append(time.perf_counter() - middle)
    autopsies, tried = [], []
    for world in range(10):
        start = time.perf_counter()
        found = look_back(scenario, world=world)
        one = autopsy(scenario, world=world, alliance=next(iter(telling(scenario, found=found).chosen)), found=found)
        tried.append(len(one.to_json()["but_for"]))
        autopsies.append(time.perf_counter() - start)
    return {
        "trace_over_run": statistics.median(a / b for a, b in zip(written, plain, strict=True)),
        "autopsy_ms": statistics.median(autopsies) * 1e3,
        "autopsy_ms_most": max(autopsies) * 1e3,
        "changes_tried": statistics.median(tried),
    }


if __name__ == "__main__":
    print(json.dumps(looking_back(), indent=2))
