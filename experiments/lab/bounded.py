"""Runs that end in time: a world in which alliances heap up is broken off, whatever its settings; work is counted beforehand."""

import threading

from simulation.engine import run_world, simulate
from simulation.problems import InputError, Problem
from simulation.run import Run
from simulation.scenario import Scenario
from simulation.trace import Traced, followed
from simulation.world import World, build_world

MOST_WORK = 1_000_000  # quarters that alliances live through, of all together: about a second, and 100 MB of trace
AT_A_TIME = 40  # quarters, before it is looked at again
RUNS_OF_A_STORY = 16  # worlds with one change each, about
WORK_OF_AN_ALLIANCE = 100  # to compare it between two such worlds takes as long as so many of its quarters


class StoppedError(Exception):
    """Nobody waits for what was being made."""


def go_on(stop: threading.Event | None) -> None:
    """Raises StoppedError when the event is set."""
    if stop is not None and stop.is_set():
        raise StoppedError


def work_of_run(alliance_quarters: int, firms: int, quarters: int) -> int:
    """Quarters that alliances and firms live through: some 0.3 microseconds each, where a run is not traced."""
    return alliance_quarters + firms * quarters


def work_of_story(run: int, alliances: int) -> int:
    """The same for an autopsy in a world of that work, with so many alliances in all: some 0.1 microseconds each."""
    return RUNS_OF_A_STORY * (run + WORK_OF_AN_ALLIANCE * alliances)


def traced_in_bounds(scenario: Scenario, seed: int, world: int, whole: bool = True) -> Traced:
    """As `simulation.trace.traced`. Raises InputError for a world with more than MOST_WORK.

    whole : without it, of alliances only trust is written down, which takes hardly any time
    """
    built = followed(build_world(scenario, seed, world), whole)
    return Traced.of(run_world(built) if is_small(scenario) else run_in_bounds(built))


def simulated_in_bounds(scenario: Scenario, seed: int, world: int) -> Run:
    """As `simulation.simulate`. Raises InputError for a world with more than MOST_WORK."""
    if is_small(scenario):
        return simulate(scenario, seed, world)
    return Run.of(run_in_bounds(build_world(scenario, seed, world)))


def is_small(scenario: Scenario) -> bool:
    """Whether it would be in bounds even if each two firms were allied all the time."""
    count = scenario.firms.count
    return count * (count - 1) // 2 * scenario.time.quarters <= MOST_WORK


def run_in_bounds(world: World) -> World:
    """Run a world some quarters at a time. Raises InputError when its alliances have lived through more than MOST_WORK."""
    quarters, done, work = world.scenario.time.quarters, 0, 0.0
    while done < quarters:
        until = min(done + AT_A_TIME, quarters)
        run_world(world, until)
        work += float(world.records[done:until, 0].sum())
        if work > MOST_WORK:
            message = (
                f"{int(world.counters.living[0]):,} alliances live at once in quarter {until}, too many for the lab: "
                "fewer firms or quarters, or let firms form fewer alliances"
            )
            raise InputError([Problem(message, "firms.count")])
        done = until
    return world
