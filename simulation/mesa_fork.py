"""A what-if branch from the present: a copy of a world, and the same world under changed settings from now on."""

import copy
from dataclasses import replace
from typing import Any

from simulation.problems import InputError, Problem
from simulation.scenario import Scenario
from simulation.state import Counters, EnvironmentArrays, Workspace, empty_workspace, grown
from simulation.world import World, build_world

SETTLED = ("firms.count", "firms.sectors", "network", "time.warm_up_quarters")  # when a world is built


def copied(world: World) -> World:
    """A world of its own at the same quarter, that runs on exactly alike. Frozen settings are shared."""
    firms, room = len(world.firms.seat), len(world.alliances.first)
    rows, logged = int(world.counters.rows[0]), int(world.counters.logged[0])
    return replace(
        world,
        firms=grown(world.firms, firms),
        alliances=grown(world.alliances, room, kept=rows),
        environment=EnvironmentArrays._make(array.copy() for array in world.environment),
        log=grown(world.log, len(world.log.kind), kept=logged),
        workspace=Workspace._make(array.copy() for array in world.workspace)
        if world.counters.waiting[0]  # within a quarter, that a failed policy broke off
        else empty_workspace(firms, room),
        counters=Counters._make(array.copy() for array in world.counters),
        flows=world.flows.copy(),
        records=world.records.copy(),
        policies=copy.deepcopy(world.policies),
    )


def under(world: World, scenario: Scenario) -> World:
    """The world as it is, but ruled by another scenario from now on. Shares arrays with `world`: give it a copy.

    Raises InputError for what cannot change any more: the number of firms and sectors, the initial network, the warm-up,
    the rows of the strategy table, and whatever was scripted for a quarter that is over.
    """
    now = int(world.counters.quarter[0])
    problems = _settled(world.scenario, scenario, now)
    if problems:
        raise InputError(problems)
    fresh = build_world(scenario, world.seed, world.world)
    was = world.environment
    fresh.records[:now] = world.records[:now]
    return replace(
        world,
        scenario=scenario,
        parameters=fresh.parameters,
        environment=fresh.environment._replace(demand=was.demand, turbulent=was.turbulent, regulated=was.regulated),
        records=fresh.records,
    )


def _settled(before: Scenario, after: Scenario, now: int) -> list[Problem]:
    """What a change asks for too late."""
    problems = [
        Problem("is settled when a world is built and cannot change in a fork; build another AllianceModel", key)
        for key in SETTLED
        if _at(before, key) != _at(after, key)
    ]
    if after.time.quarters < now:
        problems.append(Problem(f"{after.time.quarters} quarters, but {now} have been run already", "time.quarters"))
    rows = list(before.strategies)
    if list(after.strategies)[: len(rows)] != rows:
        message = f"rows cannot leave or change places in a fork: firms live by them ({', '.join(rows)}); add new ones"
        problems.append(Problem(message, "strategies"))
    for key in ("environment.events", "interventions"):
        if _past(_at(before, key), now) != _past(_at(after, key), now):
            message = (
                f"what was scripted before quarter {now}, the next, must stay at its place; add new ones at the end"
            )
            problems.append(Problem(message, key))
    return problems


def _at(scenario: Scenario, key: str) -> Any:
    value: Any = scenario
    for part in key.split("."):
        value = getattr(value, part)
    return value


def _past(scripted: Any, now: int) -> list[tuple[int, Any]]:
    """Places and contents of what was done before a quarter; what goes on striking is not over."""
    return [
        (place, one) for place, one in enumerate(scripted) if one.quarter < now and getattr(one, "every", None) is None
    ]
