"""What a living alliance or firm costs per quarter, by the size of the world and by who decides. A benchmark, not a test.

python tests/benchmarks/engine_speed.py      about two minutes: the world of a million firms takes most of it
"""

import json
import statistics
import time

from simulation import Scenario
from simulation.engine import run_world
from simulation.policies import Observations, Policies
from simulation.world import World, build_world

SIZES = (
    (100, 240, 41),
    (1_000, 240, 9),
    (10_000, 60, 5),
    (200_000, 30, 3),
    (1_000_000, 20, 1),
)  # firms, quarters, worlds


def engine_speed() -> dict[str, object]:
    """Nanoseconds per living alliance or firm and quarter: wall clock of one thread, medians over worlds."""
    by_size = {str(firms): per_entity_quarter(firms, quarters, times) for firms, quarters, times in SIZES}
    return {
        "ns_per_entity_quarter": by_size,
        "million_over_hundred_firms": by_size["1000000"] / by_size["100"],
        "ns_per_entity_quarter_by_strategy": {
            str(firms): python_strategy(firms, quarters, times)
            for firms, quarters, times in ((100, 240, 21), (10_000, 60, 3))
        },
        **sizes(),
    }


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


if __name__ == "__main__":
    print(json.dumps(engine_speed(), indent=2))
