"""What becomes of the alliances that a world starts with: run, and run again with single changes, in the same worlds."""

from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from experiments.analysis.comparison import Estimate
from experiments.analysis.stress import Counts, Shares, paired_mean, paired_shares
from experiments.portfolios.portfolio import HORIZON, Portfolio
from experiments.portfolios.remedies import Remedy, remedies
from experiments.runner import Progress, RunsFailedError, compile_first, run_all
from simulation.scenario import Scenario

FAILED = -1  # quarters lived in a world that did not come to its end
Table = tuple[Counts, Counts]  # quarters lived and cause, [worlds, alliances]


class Fates:
    """Runs worlds and notes how long each of the first alliances lived, and what ended it.

    seed : which luck     count : alliances at the start     progress : called with (runs done, runs in all)
    runs : how many were made     failures : one row per run that gave no result
    """

    def __init__(self, seed: int, count: int, jobs: int | None = None, progress: Progress | None = None) -> None:
        self.seed, self.count, self.jobs, self.progress = seed, count, jobs, progress
        self.runs, self.expected = 0, 0
        self.failures: list[dict[str, Any]] = []

    def of(self, scenarios: Mapping[Any, Scenario], worlds: range) -> dict[Any, Table]:
        """Quarters lived from the start on and cause (−1: it lives) of each alliance, per scenario [worlds, alliances].

        Quarters are FAILED in a world that gave no result.
        """
        from simulation import simulate

        compile_first()

        def work(task: tuple[Hashable, int]) -> Table:
            run = simulate(scenarios[task[0]], seed=self.seed, world=task[1])
            spells = run.spells()
            return spells.ended[: self.count].copy(), spells.cause[: self.count].copy()

        shape = (len(worlds), self.count)
        found = {key: (np.full(shape, FAILED, np.int64), np.full(shape, -1, np.int64)) for key in scenarios}
        tasks = [(key, world) for world in worlds for key in scenarios]
        self.expected = max(self.expected, self.runs + len(tasks))
        for done in run_all(tasks, work, self.jobs):
            key, world = done.task
            self.runs += 1
            if done.result is not None:
                found[key][0][world - worlds.start], found[key][1][world - worlds.start] = done.result
            elif done.failure is not None:
                self.failures.append({"cell": str(key), "world": world, "seed": self.seed} | asdict(done.failure))
            if self.progress:
                self.progress(self.runs, self.expected)
        return found


@dataclass(frozen=True)
class Effect:
    """What one change does. own : to the chance of one alliance, or of each [alliances], to live five years
    portfolio : to the share of the portfolio that does     In the same worlds, with and without it.
    """

    remedy: Remedy
    own: Shares
    portfolio: Estimate

    def of(self, place: int) -> Shares:
        """The effect on one alliance, of an effect on each."""
        return Shares(self.own.mean[place], self.own.low[place], self.own.high[place])


@dataclass(frozen=True)
class Tried:
    """What `try_changes` found; see `Stress`."""

    base: Table
    tried: list[Remedy]
    everywhere: list[Effect]
    closely: dict[int, list[Effect]]
    best: dict[int, Effect]


def try_changes(world: Scenario, portfolio: Portfolio, fates: Fates, closely: int, worlds: int) -> Tried:
    """The portfolio as it is, with each change for all firms, and with each for the firms of its weakest alliances.

    The best change of an alliance is chosen in worlds 0 .. worlds−1 and measured in the next `worlds`, because the best
    of many looks better than it is. Raises RunsFailedError if no world gave a result.
    """
    tried, first, fresh = remedies(world), range(worlds), range(worlds, 2 * worlds)
    everyone = range(len(portfolio.ties))
    own = [remedy for remedy in tried if remedy.reach != "world"]
    watched = min(closely, len(portfolio.ties))
    fates.expected = worlds * (1 + len(tried) + watched * len(own) + (1 + watched if watched else 0))
    arms = {None: world} | {remedy.name: remedy.apply(world, portfolio, everyone) for remedy in tried}
    tables = fates.of(arms, first)
    base = tables[None]
    good = base[0][:, 0] != FAILED
    if not good.any():
        raise RunsFailedError(f"all runs failed, the first with {fates.failures[0]['error']}")
    everywhere = [effect_of(remedy, base, tables[remedy.name]) for remedy in tried]
    whole = {effect.remedy.name: effect for effect in everywhere}
    lived = base[0][good]
    weakest = np.lexsort((lived.mean(axis=0), (lived >= HORIZON).mean(axis=0)))[:watched]
    chosen: dict[int, list[Effect]] = {}
    for place in (int(one) for one in weakest):
        here = fates.of({remedy.name: remedy.apply(world, portfolio, [place]) for remedy in own}, first)
        effects = [effect_of(remedy, base, here[remedy.name], place) for remedy in own]
        effects += [Effect(r, whole[r.name].of(place), whole[r.name].portfolio) for r in tried if r.reach == "world"]
        chosen[place] = sorted(effects, key=lambda effect: (-float(effect.own.mean), -effect.portfolio.mean))
    best = _measured_again(world, portfolio, fates, chosen, fresh)
    return Tried((base[0][good], base[1][good]), tried, everywhere, chosen, best)


def _measured_again(
    world: Scenario, portfolio: Portfolio, fates: Fates, chosen: Mapping[int, list[Effect]], fresh: range
) -> dict[int, Effect]:
    """The best change in hand of each alliance, in fresh worlds."""
    best = {place: next((effect.remedy for effect in effects if effect.remedy.in_hand), None)
            for place, effects in chosen.items()}  # fmt: skip
    arms = {place: remedy.apply(world, portfolio, [place]) for place, remedy in best.items() if remedy is not None}
    if not arms:
        return {}
    tables = fates.of({None: world} | arms, fresh)
    return {place: effect_of(remedy, tables[None], tables[place], place)
            for place, remedy in best.items() if remedy is not None}  # fmt: skip


def effect_of(remedy: Remedy, base: Table, changed: Table, place: int | None = None) -> Effect:
    """The effect on each alliance, or on the one at a place; worlds that failed in either are left out."""
    good = (base[0][:, 0] != FAILED) & (changed[0][:, 0] != FAILED)
    before, after = base[0][good], changed[0][good]
    if not good.any():
        raise RunsFailedError(f'no world ran both as it is and with "{remedy.name}"')
    effect = Effect(remedy, paired_shares(before, after, HORIZON), paired_mean(before, after, HORIZON))
    return effect if place is None else Effect(remedy, effect.of(place), effect.portfolio)
