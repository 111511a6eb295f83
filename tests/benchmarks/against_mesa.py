"""The engine against the same world as a Mesa model (`tests/reference/mesa_world/`), quarter by quarter of the same worlds.

python tests/benchmarks/against_mesa.py          about two minutes

Three worlds of one scenario run side by side in one process and thread: in the engine, in Mesa with Python's own random
numbers, and in Mesa with the engine's draws. They take turns: a block of quarters each, then the next block. A ratio is
that of one block, per living alliance or firm and quarter, because other luck leaves other numbers of alliances; of
all ratios the median counts. Building and the first quarters are left out. The table of alliances is full from the start: the
network gives one per firm, and over 240 quarters there are 0.9 to 1.3; the first quarters bring past partners, shocks and
newcomers. Blocks are long enough that the engine, which starts each with cold caches, has milliseconds of work.

What is equal for both: CPU seconds of this process, so that other programs cost neither time; the garbage collector is off,
which spares Mesa a part of its time and the engine nothing; the engine records the same columns that Mesa collects.
"""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simulation import Scenario
from simulation.engine import run_world
from simulation.world import World, build_world

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))

from mesa_world.model import MesaWorld


@dataclass(frozen=True)
class Plan:
    """How a size is measured."""

    worlds: int
    first: int  # quarters that are not timed
    blocks: int
    block: int  # quarters


PLANS = {100: Plan(8, 40, 1, 200), 1_000: Plan(2, 20, 8, 10), 10_000: Plan(1, 4, 9, 2)}


def scenario_of(firms: int, plan: Plan) -> Scenario:
    """The default scenario without warm-up, on a random network of two partners per firm."""
    return Scenario().with_(
        firms__count=firms,
        time__quarters=plan.first + plan.blocks * plan.block,
        time__warm_up_quarters=0,
        network__kind="erdos_renyi",
        network__degree=2,
    )


def engine_quarters(world: World, quarters: int) -> int:
    """Run quarters in the engine; how many alliances and firms there were, summed over quarters."""
    now = int(world.counters.quarter[0])
    run_world(world, now + quarters)
    return int(world.records[now : now + quarters, 0].sum()) + quarters * world.scenario.firms.count


def mesa_quarters(model: MesaWorld, quarters: int) -> int:
    """The same in Mesa."""
    entities = 0
    for _ in range(quarters):
        model.step()
        entities += len(model.alliances) + len(model.firms)
    return entities


def nanoseconds(work: Callable[[], int]) -> float:
    """CPU time per alliance or firm and quarter."""
    start = time.process_time_ns()
    entities = work()
    return (time.process_time_ns() - start) / entities


def blocks_of(scenario: Scenario, number: int, plan: Plan) -> list[tuple[float, float, float]]:
    """Nanoseconds of every block of one world: engine, Mesa with Python's random numbers, Mesa with addressed draws."""
    engine = build_world(scenario, seed=1, world=number)
    own, addressed = (MesaWorld(scenario, 1, number, addressed=same_draws) for same_draws in (False, True))
    turns = (
        lambda quarters: engine_quarters(engine, quarters),
        lambda quarters: mesa_quarters(own, quarters),
        lambda quarters: mesa_quarters(addressed, quarters),
    )
    for turn in turns:
        turn(plan.first)
    found = [tuple(nanoseconds(lambda turn=turn: turn(plan.block)) for turn in turns) for _ in range(plan.blocks)]
    assert engine.records[-1, 0] == len(addressed.alliances), "engine and Mesa did not live the same world"
    return found


def speedup_over_mesa(plans: dict[int, Plan] = PLANS) -> dict[str, dict[str, float]]:
    """By number of firms: how many times as long Mesa takes, and nanoseconds per alliance or firm and quarter."""
    found = {}
    gc.collect()
    was_on = gc.isenabled()
    gc.disable()
    try:
        for firms, plan in plans.items():
            scenario = scenario_of(firms, plan)
            run_world(build_world(scenario), 2)  # compiled and read from disk before anything is timed
            taken = [block for number in range(plan.worlds) for block in blocks_of(scenario, number, plan)]
            engine, own, addressed = (statistics.median(column) for column in zip(*taken, strict=True))
            found[str(firms)] = {
                "python_random": statistics.median(b / a for a, b, _ in taken),
                "addressed_draws": statistics.median(c / a for a, _, c in taken),
                "mesa_ns_per_entity_quarter": own,
                "mesa_addressed_ns_per_entity_quarter": addressed,
                "engine_ns_per_entity_quarter": engine,
            }
            gc.collect()
    finally:
        if was_on:
            gc.enable()
    return found


if __name__ == "__main__":
    print(json.dumps(speedup_over_mesa(), indent=2))
