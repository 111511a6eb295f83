"""The part of a report that plays: one world quarter by quarter, every arm of it under the same luck."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.outcomes import OUTCOMES
from experiments.sentences import counted, listed
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from experiments.comparisons.comparing import Comparison
    from experiments.lab.offline import Arm, Life, Player
    from simulation import Run

MOST_BYTES = 740_000  # of the worlds in a report, as they stand in the file
ENSEMBLES = (200, 100, 50, 25)  # worlds behind each arm: the most that find room
FEW, MANY, WORK = 8, 40, 800_000  # worlds behind a single run, and how many firm-quarters they may cost
STORIES, LEAST_STORIES, STORY_WORK = 12, 3, 240_000  # autopsies of an arm, and firm-quarters of all of them


@dataclass(frozen=True)
class Play:
    """told : what can be played, or why nothing can     player : None if nothing can     lives : told above it"""

    told: str
    player: "Player | None" = None
    lives: "Sequence[Life]" = ()


def comparison_play(result: "Comparison") -> Play:
    """World 0 of a comparison, its first four arms."""
    from experiments.lab.offline import MOST_ARMS, Arm, history_of, player, some_lives, worlds_json
    from experiments.provenance import BASE

    if getattr(result, "other_engine", False):
        return Play("World 0 cannot be played here: another version of the engine wrote this result.")
    why = too_large(result.scenarios.values())
    if why:
        return Play(why)
    shown = [name for name in result.scenarios if name in result.examples][:MOST_ARMS]
    if BASE not in shown:
        return Play(f"World 0 cannot be played here: its run {BASE} failed.")
    scenarios = [result.scenarios[name] for name in shown]
    packed = [
        history_of(one, result.seed, 0, {} if name == BASE else result.changes(name))
        for name, one in zip(shown, scenarios, strict=True)
    ]
    stories = autopsies(scenarios, result.seed, 0, packed)
    arms = [Arm(*one) for one in zip(shown, packed, [None] * len(shown), stories, strict=True)]
    arms, behind = with_worlds(arms, result)
    told = f"World 0, with the same luck in all arms: {listed(shown)}. {HOW}"
    if len(shown) < len(result.scenarios):
        told += f" Here are {len(shown)} of the {len(result.scenarios)} arms."
    if behind:
        told += f" The bands and curves behind it come from {_worlds(behind, result.worlds)}."
    start = result.scenarios[BASE].time.warm_up_quarters
    lives = some_lives(stories[0], BASE if len(shown) > 1 else "")
    return Play(f"{told} {_stories_told(stories)}", player(worlds_json(arms, "", result.sentence()), start), lives)


def run_play(run: "Run", answer: str = "") -> Play:
    """The world of a single run, before the background of some others of the same seed."""
    from experiments.lab.asks import Ask
    from experiments.lab.ensemble import ensemble
    from experiments.lab.offline import Arm, history_of, player, some_lives, worlds_json
    from experiments.lab.worlds import Base

    scenario = run.scenario
    why = too_large([scenario])
    if why:
        return Play(why)
    packed = history_of(scenario, run.seed, run.world)
    stories = autopsies([scenario], run.seed, run.world, [packed])
    count = int(np.clip(WORK // (scenario.firms.count * run.quarters), FEW, MANY))
    behind = ensemble(Ask(Base(scenario.name, scenario, {}), {}, (), run.seed, run.world), 0, count)
    told = (
        f"World {run.world}. {HOW} The bands and curves behind it come from worlds 0 to {count - 1} of the same seed."
    )
    arms = [Arm("this world", packed, behind, stories[0])]
    return Play(
        f"{told} {_stories_told(stories)}",
        player(worlds_json(arms, "", answer), scenario.time.warm_up_quarters),
        some_lives(stories[0]),
    )


HOW = (
    "Press Play, drag the slider or a point of the strip below it, and click a tie or an entry of the list of ended "
    "alliances to read its story."
)


def too_large(scenarios: "Sequence[Scenario] | Any") -> str:
    """Why worlds of these scenarios cannot be played, "" if they can."""
    from experiments.lab.worlds import FIRMS, QUARTERS

    firms = max(one.firms.count for one in scenarios)
    quarters = max(one.time.quarters for one in scenarios)
    if firms <= FIRMS[1] and quarters <= QUARTERS[1]:
        return ""
    return (
        f"A report plays worlds of up to {FIRMS[1]} firms and {QUARTERS[1]} quarters; this one has "
        f"{counted(firms, 'firm')} and {counted(quarters, 'quarter')}."
    )


def with_worlds(arms: "Sequence[Arm]", result: "Comparison") -> "tuple[list[Arm], int]":
    """The arms, behind each as many worlds of the comparison as find room, and how many those are."""
    from experiments.lab.offline import weight

    taken = sum(map(weight, arms))
    for count in dict.fromkeys(min(count, result.worlds) for count in ENSEMBLES):
        found = [replace(arm, ensemble=ensemble_of(result, arm.name, count)) for arm in arms]
        if any(arm.ensemble is None for arm in found):
            continue
        if taken + sum(weight(replace(arm, history=b"", autopsies={})) for arm in found) <= MOST_BYTES:
            return found, count
    return list(arms), 0


def ensemble_of(result: "Comparison", arm: str, worlds: int) -> bytes | None:
    """The first worlds of a comparison as `experiments.lab.ensemble` packs them; None if one of them failed.

    A comparison keeps no trust by quarter: it is NaN, and the viewer draws no band of it.
    """
    from experiments.lab.ensemble import AGES
    from experiments.lab.packing import pack

    living = result.series[arm][:worlds]
    if not np.isfinite(living).all():
        return None
    ages = min(living.shape[1], AGES)
    life, table = result.life[arm], result.table[arm]
    ended = life.deaths[:worlds].sum(axis=2)
    header = {
        "kind": "ensemble", "first": 0, "count": worlds, "quarters": living.shape[1], "ages": ages,
        "measures": list(OUTCOMES),
    }  # fmt: skip
    arrays = {
        "living": np.minimum(living, 65535).astype(np.uint16),
        "trust": np.full(living.shape, np.nan, np.float32),
        "at_risk": life.at_risk[:worlds, :ages].astype(np.uint32),
        "deaths": life.deaths[:worlds, :, :ages].sum(axis=1).astype(np.uint32),
        "causes": np.minimum(ended, 65535).astype(np.uint16),
        "outcomes": np.stack([table[name][:worlds] for name in OUTCOMES], axis=1).astype(np.float32),
    }
    return pack(header, arrays)


def autopsies(
    scenarios: Sequence[Scenario], seed: int, world: int, histories: Sequence[bytes]
) -> list[dict[int, dict[str, Any]]]:
    """For each arm the stories of its most telling alliances and of some others; fewer where worlds are large."""
    from experiments.lab.offline import autopsies_of

    work = sum(one.firms.count * one.time.quarters for one in scenarios)
    count = int(np.clip(STORY_WORK // work, LEAST_STORIES, STORIES))
    return [autopsies_of(one, seed, world, packed, count) for one, packed in zip(scenarios, histories, strict=True)]


def _worlds(behind: int, all_: int) -> str:
    return f"all {counted(all_, 'world')}" if behind == all_ else f"the first {behind} of {counted(all_, 'world')}"


def _stories_told(stories: Sequence[dict[int, Any]]) -> str:
    most = max(map(len, stories))
    if not most:
        return "This file holds no stories of single alliances; the lab (alliances lab) tells them."
    told = f"{most} alliances{' an arm' if len(stories) > 1 else ''}"
    return f"This file holds the stories of {told}; the lab (alliances lab) tells those of all."
