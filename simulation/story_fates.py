"""But for: the same world again with one change, and what became of the same pair."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.events import CAUSES, COMPLETED, PARTNER_FAILED
from simulation.scenario import Scenario
from simulation.story_changes import Change, as_toml
from simulation.story_life import Life
from simulation.story_words import CAUSES as CAUSE_WORDS
from simulation.story_words import chances, say, span
from simulation.trace import Traced, traced

PARTING = ("fit", "trust", "sharing", "payoff", "performance")  # what of a pair is looked at, shares before money
SHARES = ("fit", "trust", "sharing")


@dataclass(frozen=True)
class Fate:
    """What became of a pair after one change.

    met : whether the two formed that alliance at all     ended : whether it ended     quarter, cause : when and how, None
    if it lives or never was     gained : quarters of life won, below 0 for lost     parting : sentences, where the two
    worlds part and what the deciding draw then met
    others : alliances of other pairs that came out otherwise
    """

    change: Change
    met: bool
    ended: bool
    quarter: int | None
    cause: str | None
    gained: int
    words: str
    parting: str
    others: int
    option: str  # for `--set`: the scenario's own interventions and those of the change

    @property
    def saved(self) -> bool:
        """Whether it lives longer than it did."""
        return self.gained > 0

    def to_json(self) -> dict[str, Any]:
        """As `alliances explain --json` gives it."""
        return {
            "change": self.change.words, "interventions": list(self.change.interventions), "changes": {},
            "toml": self.change.toml, "set": self.option, "met": self.met, "ended": self.ended,
            "quarter": self.quarter, "cause": self.cause, "gained": self.gained,
            "text": say("text", change=self.change.words, fate=self.words), "parting": self.parting, "others": self.others,
        }  # fmt: skip


def with_change(scenario: Scenario, change: Change) -> Scenario:
    """The scenario and the interventions of a change, after its own."""
    return scenario.with_({"interventions": rows_with(scenario, change)})


def rows_with(scenario: Scenario, change: Change) -> list[dict[str, Any]]:
    """The scenario's own interventions, then those of a change."""
    return [*(row.model_dump(exclude_defaults=True) for row in scenario.interventions), *change.interventions]


def fate(life: Life, change: Change) -> Fate:
    """Run the same world with a change and look for the same pair."""
    run = life.found.run
    again = traced(with_change(run.scenario, change), run.seed, run.world)
    others, option = _others(life, again), f"interventions={as_toml(rows_with(run.scenario, change))}"
    try:
        index = _same(life, again)
    except LookupError:
        return Fate(change, False, True, None, None, 0, say("fate_never"), "", others, option)
    now = Life(again, index)
    gained = now.last - life.last + (now.ended is None and life.ended is not None)
    return Fate(change, True, now.ended is not None, now.ended, now.cause, gained, _words(life, now, gained),
                _parting(life, now, others), others, option)  # fmt: skip


def fates(life: Life, tried: list[Change]) -> list[Fate]:
    """Of every change: what saves most comes first, and of equal ones what touches the fewest others."""
    return sorted((fate(life, change) for change in tried), key=lambda one: (-one.gained, one.others))


def _same(life: Life, again: Traced) -> int:
    """Index of the alliance of the same two firms that began in the same quarter. Raises LookupError if there is none."""
    spells = again.run.spells()
    there = (spells.first == life.pair[0]) & (spells.second == life.pair[1]) & (spells.entered == life.entered)
    found = np.flatnonzero(there)
    if not len(found):
        raise LookupError
    return int(found[0])


def _others(life: Life, again: Traced) -> int:
    """Alliances of other pairs that are not there with the same beginning, ending and cause in both worlds."""

    def known(run: Any) -> set[tuple[int, ...]]:
        spells = run.spells()
        columns = (spells.first, spells.second, spells.entered, spells.ended, spells.cause)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return {row for row in rows if (*row[:3],) != (*life.pair, life.entered)}

    ours, theirs = known(life.found.run), known(again.run)
    return max(len(ours - theirs), len(theirs - ours))


def _words(life: Life, now: Life, gained: int) -> str:
    if now.ended is None:
        return say("fate_lives", longer=span(gained))
    cause = CAUSE_WORDS[now.cause or ""]
    key = "fate_later" if gained > 0 else "fate_same" if gained == 0 else "fate_sooner"
    return say(key, quarter=now.ended, longer=span(gained), cause=cause)


def _parting(life: Life, now: Life, others: int) -> str:
    """Where the two worlds part, for the pair; what the draw that ended it met; how far the change reached."""
    told = [_first_difference(life, now)]
    if now.last >= life.last and life.cause is not None:
        told += _deciding_draw(life, now)
    if now.ended is not None and now.last <= life.last and (now.leavers(), now.cause) != (life.leavers(), life.cause):
        told.append(say("part_now", ending=now.ending()))
    told.append(say("part_others", many=f"{others:,}" if others else "none"))
    return " ".join(told)


def _first_difference(life: Life, now: Life) -> str:
    shared = min(len(life.rows), len(now.rows))
    differ = np.zeros(shared, dtype=bool)
    for name in PARTING:
        one, other = life.column(name)[:shared], now.column(name)[:shared]
        differ |= (one != other).reshape(shared, -1).any(axis=1)
    if not differ.any():
        return say("part_same", quarter=life.entered + shared - 1)
    place = int(differ.argmax())
    gaps = {}
    for name in PARTING:
        one, other = np.atleast_1d(life.column(name)[place]), np.atleast_1d(now.column(name)[place])
        side = int(np.abs(one - other).argmax())
        gaps[name] = (abs(one[side] - other[side]), side, one[side], other[side])
    among = [name for name in SHARES if gaps[name][0] > 0] or [name for name in PARTING if gaps[name][0] > 0]
    name = max(among, key=lambda key: gaps[key][0])
    _, side, before, after = gaps[name]
    what = name if name == "fit" else say(f"of_{name}", firm=life.name(side), other=life.name(1 - side))
    for digits in range(2, 5):
        if f"{before:.{digits}f}" != f"{after:.{digits}f}":
            values = {"before": f"{before:.{digits}f}", "after": f"{after:.{digits}f}"}
            return say("part_first", quarter=life.entered + place, what=what, **values)
    return say("part_hair", quarter=life.entered + place, what=what)


def _deciding_draw(life: Life, now: Life) -> list[str]:
    if life.cause == CAUSES[COMPLETED]:
        return [say("part_completed")]
    if life.cause == CAUSES[PARTNER_FAILED] and now.last > life.last:
        return [say("part_not_failed", who=life.name(life.failed_side()), quarter=life.last)]
    told, place = [], life.last - now.entered
    for side in life.leavers():
        numbers = life.drawn[side], life.column("chance")[-1, side], now.column("chance")[place, side]
        key = (
            "part_draw"
            if numbers[0] >= numbers[2]
            else "part_draw_low"
            if numbers[1] != numbers[2]
            else "part_draw_same"
        )
        drawn, before, after = chances(*numbers)
        told.append(say(key, quarter=life.last, who=life.name(side), drawn=drawn, before=before, after=after))
    return told
