"""Run a world: the whole time loop inside compiled code."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.compiled import mark_warm, say_if_cold
from simulation.interventions import intervene, next_intervention
from simulation.policies import Policies, Policy
from simulation.problems import InputError, Problem
from simulation.run import Run
from simulation.scenario import Scenario
from simulation.schedule import advance
from simulation.world import World, build_world, with_graph

if TYPE_CHECKING:
    import networkx

Watch = Callable[[World], None]


def run_world(world: World, until: int | None = None, watch: Watch | None = None) -> World:
    """Advance a world to a quarter (its last one if left out) and return it.

    watch : called after each quarter
    Raises what a policy raises; the next call asks it again, in the same quarter.
    """
    until = world.scenario.time.quarters if until is None else min(until, world.scenario.time.quarters)
    with np.errstate(over="ignore"):  # the hash wraps around on purpose; numpy warns when the compiler is off
        while (now := int(world.counters.quarter[0])) < until:
            if not world.counters.waiting[0]:  # a quarter that a policy broke off has had its interventions
                intervene(world)
            stop = now + 1 if watch is not None else min(until, next_intervention(world, now))
            while world.counters.quarter[0] < stop:
                if not world.counters.waiting[0]:
                    world.make_room()
                elif world.policies is not None:
                    world.policies.decide(world)
                advance(
                    world.key, stop, world.policies is not None, world.counters, world.firms, world.alliances,
                    world.environment, world.log, world.workspace, world.flows, world.records, world.parameters,
                    world.trace,
                )  # fmt: skip
            if watch is not None:
                watch(world)
    return world


def simulate(
    scenario: Scenario, seed: int = 1, world: int = 0, graph: "networkx.Graph[Any] | None" = None,
    policies: Mapping[str, Policy] | None = None, watch: Watch | None = None,
) -> Run:  # fmt: skip
    """One world from its first quarter to its last.

    scenario : what kind of world
    seed, world : which luck; equal numbers mean equal luck whatever the scenario, so that two arms can be paired
    graph : networkx graph of initial alliances, one firm per node; replaces the scenario's network and number of firms,
        and leaves no warm-up
    policies : strategies in Python, name of a row of the strategy table -> function of `Observations` that returns what
        is shared [n]; see `simulation/policies.py` for the price
    watch : called with the World after each quarter, to show progress or pass on what was measured; it must not change it
    Returns a Run. Raises InputError for wrong settings, graph, seed or policy.

    >>> simulate(Scenario().with_(firms__count=10, time__quarters=4, time__warm_up_quarters=0)).quarters
    4
    """
    if not isinstance(scenario, Scenario):
        raise InputError([Problem(f'{scenario!r} is not a Scenario; scenarios.load("baseline") gives one', "scenario")])
    say_if_cold()
    built = build_world(with_graph(scenario, graph) if graph is not None else scenario, seed, world)
    if policies:
        built.policies = Policies(policies, scenario.strategies)
    run = Run.of(run_world(built, watch=watch))
    mark_warm()
    return run


def compile_now() -> float:
    """Compile the whole engine now, by running a tiny world. Returns the seconds that it took."""
    start = time.perf_counter()
    simulate(Scenario().with_(firms__count=8, time__quarters=2, time__warm_up_quarters=0))
    return time.perf_counter() - start
