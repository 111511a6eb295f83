"""What is known about each alliance on the day it is struck: the partners, the deal, the times."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.outcomes import LifeTable
from simulation import Run
from simulation.engine import run_world
from simulation.events import CAUSES, FORMED
from simulation.run import Spells
from simulation.scenario import Scenario
from simulation.world import World, build_world

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LATELY = 4  # quarters: "within a year of a shock"


class Births(NamedTuple):
    """The measured alliances of one world, L of them, in the order of their birth. Ages in quarters, as in `life_table`.

    duration : quarters lived or seen     entry : age at first sight     cause : index into CAUSES, −1 if still alive
    """

    duration: Ints  # [L] an alliance that ends in the quarter of its birth has lived 1
    entry: Ints  # [L]
    cause: Ints  # [L]
    rival: Ints  # [L] 1 between rivals
    equity: Ints  # [L] 1 governed by equity
    prior: Ints  # [L] alliances that the two had before
    trust: Floats  # [L] mean initial trust of both sides [share]
    managed: Ints  # [L] sides with dedicated alliance managers
    shocked: Ints  # [L] 1 if a partner had felt a shock in the year up to the birth
    flexibility: Floats  # [L] mean of both [share]
    strategies: Ints  # [L, S] sides that play each row of the strategy table


@dataclass
class _Watch:
    """Notes, quarter by quarter, who the partners of new alliances are."""

    seen: int = 0  # events of the log that have been looked at

    def __post_init__(self) -> None:
        self._about: list[Ints] = []
        self._sides: list[Floats] = []  # [new, 2, facts]
        self._before: tuple[Ints, Floats] | None = None

    def see(self, world: World) -> None:
        """Called after every quarter. Alliances that ended in the quarter of their birth are there still."""
        alliances, firms = world.alliances, world.firms
        rows = int(world.counters.rows[0])
        new = np.flatnonzero(alliances.about[:rows] >= self.seen)
        quarter = int(world.counters.quarter[0]) - 1
        shocked = quarter - firms.last_shock < LATELY
        facts = np.stack([firms.strategy, firms.alliance_function, firms.flexibility, shocked], axis=1).astype(float)
        sides = np.stack([alliances.first[new], alliances.second[new]], axis=1).astype(np.int64)
        about = alliances.about[new].astype(np.int64)
        found = facts[sides]
        if len(new):
            named = np.stack([world.log.first[about], world.log.second[about]], axis=1)
            gone = firms.identity[sides] != named
            if gone.any() and self._before is not None:
                # A partner failed in that very quarter and an entrant has its seat: the firm was as a quarter ago.
                found[gone] = self._before[1][sides[gone]]
        self._about.append(about)
        self._sides.append(found)
        self._before = (firms.identity.copy(), facts)
        self.seen = int(world.counters.logged[0])

    def table(self) -> tuple[Ints, Floats]:
        """Numbers of the events of formation, in order, and the facts of both sides [L, 2, facts]."""
        about, sides = np.concatenate(self._about), np.concatenate(self._sides)
        order = np.argsort(about)
        return about[order], sides[order]


def births(scenario: Scenario, seed: int, world: int) -> tuple[Run, Births]:
    """Run one world and note what was known of its alliances at birth.

    Which alliances count is as for `outcomes.life_table`: those born after the warm-up; without one, all of them.
    """
    watch = _Watch()
    with np.errstate(over="ignore"):  # the hash of the random numbers wraps around on purpose
        built = build_world(scenario, seed, world)
    run_world(built, scenario.time.warm_up_quarters)  # who is born before counts for nothing
    watch.seen = int(built.counters.logged[0]) if scenario.time.warm_up_quarters else 0
    for quarter in range(scenario.time.warm_up_quarters, scenario.time.quarters):
        run_world(built, quarter + 1)
        watch.see(built)
    run = Run.of(built)
    return run, _births(run, *watch.table())


def _births(run: Run, about: Ints, sides: Floats) -> Births:
    spells, log, warm_up = run.spells(), run.events, run.scenario.time.warm_up_quarters
    formed = np.flatnonzero(log.kind == FORMED)
    kept = spells.entered >= warm_up
    if not np.array_equal(formed[kept], about):
        raise RuntimeError("not every alliance was seen at its birth")
    spells = Spells(*(column[kept] for column in spells))
    born, entered = spells.born.astype(np.int64), spells.entered.astype(np.int64)
    dead = spells.cause >= 0
    strategy = sides[:, :, 0].astype(np.int64)
    plays = np.stack([(strategy == row).sum(axis=1) for row in range(len(run.strategies))], axis=1)
    columns: tuple[NDArray[Any], ...] = (
        spells.ended - born + dead, entered - born, spells.cause, spells.rival, spells.equity, spells.prior,
        log.value[about].astype(np.float64), sides[:, :, 1].sum(axis=1).astype(np.int64),
        np.asarray(sides[:, :, 3].any(axis=1), dtype=np.int64), sides[:, :, 2].mean(axis=1), plays,
    )  # fmt: skip
    return Births(*(np.asarray(column) for column in columns))


def together(worlds: list[Births]) -> tuple[Births, Ints]:
    """The alliances of several worlds as one table, and the position of the world of each [L]."""
    stacked = Births(*(np.concatenate(columns) for columns in zip(*worlds, strict=True)))
    return stacked, np.repeat(np.arange(len(worlds)), [len(world.duration) for world in worlds])


def life_of(born: Births, quarters: int) -> LifeTable:
    """The life table of these alliances, the same as `outcomes.life_table` of their run."""
    seen = born.entry < quarters  # a table has as many ages as there are quarters; older ties may come from a file
    entering = np.bincount(born.entry[seen], minlength=quarters + 1)
    leaving = np.bincount(np.minimum(born.duration[seen], quarters), minlength=quarters + 1)
    at_risk = np.cumsum(entering - leaving)[:quarters]
    deaths = np.zeros((len(CAUSES), quarters), dtype=np.int64)
    ended = seen & (born.cause >= 0) & (born.duration <= quarters)
    np.add.at(deaths, (born.cause[ended], born.duration[ended] - 1), 1)
    return LifeTable(at_risk.astype(np.int64), deaths)
