"""What measures rest on: worlds are run arm by arm, watched quarter by quarter, and boiled down to sums.

Sums of worlds add up, so that whole worlds can be drawn again for intervals. The same world number is the same luck in
every arm: what differs between two arms is the arms' own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.runner import Progress, RunsFailedError, compile_first, run_all
from simulation.engine import run_world
from simulation.run import Run
from simulation.scenario import Scenario
from simulation.world import World, build_world

Floats = NDArray[np.float64]
Evidence = dict[str, dict[str, Floats]]  # arm -> key -> array: [worlds, ...] when gathered, summed for a measure


class Observer(Protocol):
    """Watches one world. A fresh one, made without arguments, for every world of every arm.

    quarterly : False for one that needs the finished run only; its `see` is never called
    """

    quarterly: ClassVar[bool] = True

    def see(self, world: World) -> None:
        """Called after every quarter from `time.warm_up_quarters` on; the quarter just run is `quarter_of(world)`.

        The first `world.counters.rows[0]` rows of `world.alliances` lived in that quarter, those that ended in it
        included. Slices are views that the next quarter overwrites: copy what is kept.
        """

    def sums(self, run: Run) -> dict[str, Floats]:
        """Evidence that adds up over worlds, of shapes that never change. Keys begin with the observer's name."""
        ...


@dataclass(frozen=True)
class Arm:
    """A world to be watched: the scenario under test, changed.

    name : arms of equal names have equal changes and are run once     changes : dotted settings, as Scenario.with_
    takes them; a value may be a function of the scenario under test     observers : who watches
    """

    name: str
    changes: Mapping[str, Any]
    observers: tuple[type[Observer], ...]

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario of this arm. Raises InputError if the scenario under test cannot be changed so."""
        return scenario.with_({key: new(scenario) if callable(new) else new for key, new in self.changes.items()})


def quarter_of(world: World) -> int:
    """The quarter that has just been run."""
    return int(world.counters.quarter[0]) - 1


def merged(arms: Iterable[Arm]) -> tuple[Arm, ...]:
    """Each arm once, with the observers of all arms of that name. Raises ValueError where their changes differ."""
    found: dict[str, Arm] = {}
    for arm in arms:
        known = found.get(arm.name, arm)
        if dict(known.changes) != dict(arm.changes):
            raise ValueError(f'two arms are called "{arm.name}" and change different settings')
        found[arm.name] = Arm(arm.name, arm.changes, tuple(dict.fromkeys((*known.observers, *arm.observers))))
    return tuple(found.values())


def gather(
    scenario: Scenario,
    arms: Iterable[Arm],
    worlds: int,
    seed: int = 1,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Evidence:
    """The evidence of all arms, arrays [worlds, ...].

    worlds : 0 .. worlds-1 in every arm     jobs : threads, default one per core
    progress : called with (runs done, runs in all)
    Raises InputError if the scenario cannot be changed as an arm wants, RunsFailedError if a run fails.
    """
    together = {arm.name: arm for arm in merged(arms)}
    scenarios = {name: arm.of(scenario) for name, arm in together.items()}
    evidence: Evidence = {name: {} for name in together}
    total = worlds * len(together)

    def work(task: tuple[int, str]) -> dict[str, Floats]:
        world, name = task
        return observe(scenarios[name], together[name].observers, seed, world)

    compile_first()
    if progress:
        progress(0, total)
    tasks = ((world, name) for world in range(worlds) for name in together)
    for finished, done in enumerate(run_all(tasks, work, jobs), 1):
        world, name = done.task
        if done.failure is not None:
            place = f'arm "{name}", world {world}, {done.failure.where}'
            raise RunsFailedError(f"a run failed ({place}) with {done.failure.error}")
        for key, value in (done.result or {}).items():
            if key not in evidence[name]:
                evidence[name][key] = np.zeros((worlds, *value.shape))
            evidence[name][key][world] = value
        if progress:
            progress(finished, total)
    return evidence


def observe(scenario: Scenario, observers: Iterable[type[Observer]], seed: int, world: int) -> dict[str, Floats]:
    """One world, watched: what all observers report. Raises ValueError if two of them use the same key."""
    watching = [observer() for observer in observers]
    with np.errstate(over="ignore"):  # the hash of the random numbers wraps around on purpose
        built = build_world(scenario, seed, world)
    steady = [observer for observer in watching if getattr(observer, "quarterly", True)]
    if steady:
        run_world(built, scenario.time.warm_up_quarters)
        for quarter in range(scenario.time.warm_up_quarters, scenario.time.quarters):
            run_world(built, quarter + 1)
            for observer in steady:
                observer.see(built)
    else:
        run_world(built)
    run = Run.of(built)
    found: dict[str, Floats] = {}
    for observer in watching:
        for key, value in observer.sums(run).items():
            if key in found:
                raise ValueError(f'two observers report "{key}"')
            found[key] = np.asarray(value, dtype=np.float64)
    return found
