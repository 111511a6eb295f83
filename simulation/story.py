"""Stories: the life of an alliance and what would have saved it, of a firm, and of a run. Lab, report, notebook and command line
tell them alike, from here.

    autopsy(scenario, seed, world, alliance)    one alliance: its life in sentences, its cause, and "but for"
    firm_story(scenario, seed, world, seat)     one firm: its portfolio
    telling(scenario, seed, world)              one run: the three alliances that tell most
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from simulation.problems import InputError, Problem
from simulation.scenario import Scenario
from simulation.story_changes import changes
from simulation.story_fates import Fate, fates
from simulation.story_firm import FirmStory
from simulation.story_life import Life
from simulation.story_telling import Telling, most_telling
from simulation.story_words import say, span
from simulation.trace import Traced, traced

MOST_TRACED = 2_000_000  # firms times quarters: about a gigabyte of trace, and ten worlds are run for a "but for"
TRACED = ("trust", "sharing", "performance", "chance")  # by side


@dataclass(frozen=True, eq=False)
class Autopsy:
    """One alliance, looked back on."""

    life: Life

    @cached_property
    def but_for(self) -> list[Fate]:
        """What became of the pair after each single change, what saves most first; none while it lives."""
        return fates(self.life, changes(self.life)) if self.life.ended is not None else []

    @cached_property
    def answer(self) -> str:
        """One sentence: how long, how it ended, and the change that would have saved it longest."""
        life = self.life
        names = {"a": life.name(0), "b": life.name(1), "lived": span(life.lived)}
        if life.ended is None:
            return say("answer_lives", **names)
        return say("answer_ended", ending=life.ending(), ended=life.ended, but_for=self._saved(), **names)

    def _saved(self) -> str:
        if not self.but_for:
            return say("saved_nothing")
        best = self.but_for[0]
        if not best.saved:
            return say("saved_none", many=len(self.but_for))
        return say("saved_best", change=best.change.words, fate=best.words)

    def to_json(self, with_trace: bool = True) -> dict[str, Any]:
        """Everything, as `alliances explain --json` and the lab give it. Sides are in the order of seats."""
        life = self.life
        middle = [one for one in life.happenings() if one.kind not in ("start", "end", "peak")]
        found: dict[str, Any] = {
            "alliance": _alliance(life),
            "answer": self.answer,
            "sentences": [{"quarter": one.quarter, "text": one.text} for one in life.in_short()]
            + [{"quarter": None, "text": life.sharing()}],
            "marks": [{"quarter": one.quarter, "kind": one.kind, "text": one.text} for one in middle],
            "but_for": [fate.to_json() for fate in self.but_for],
        }
        if with_trace:
            sides = {name: [_plain(life.column(name)[:, side]) for side in range(2)] for name in TRACED}
            quarters = list(range(life.entered, life.last + 1))
            found["trace"] = {"quarter": quarters, **sides, "fit": _plain(life.column("fit"))}
        return found


def autopsy(
    scenario: Scenario, seed: int = 1, world: int = 0, alliance: int = 0, found: Traced | None = None
) -> Autopsy:
    """Look back on one alliance.

    alliance : its index among `Run.spells()`     found : `traced(scenario, seed, world)`, if it is there already
    Raises InputError for an alliance that there is not, and for worlds too large to be looked back on.
    """
    return Autopsy(Life(found if found is not None else look_back(scenario, seed, world), alliance))


def firm_story(
    scenario: Scenario,
    seed: int = 1,
    world: int = 0,
    seat: int = 0,
    quarter: int | None = None,
    found: Traced | None = None,
) -> FirmStory:
    """Look back on the firm that sits on a seat at a quarter (the last one if left out)."""
    found = found if found is not None else look_back(scenario, seed, world)
    last = found.run.quarters - 1
    for name, value, most in (
        ("firm", seat, len(found.run.names) - 1),
        ("quarter", last if quarter is None else quarter, last),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise InputError([Problem(f"{value!r} is not a {name} of this run, 0 to {most}", key=name)])
    return FirmStory.at(found, seat, last if quarter is None else quarter)


def telling(scenario: Scenario, seed: int = 1, world: int = 0, found: Traced | None = None) -> Telling:
    """The three alliances of a run that tell most."""
    return most_telling(found if found is not None else look_back(scenario, seed, world))


def look_back(scenario: Scenario, seed: int = 1, world: int = 0) -> Traced:
    """A traced run. Raises InputError where that would take more memory than a laptop has."""
    size = scenario.firms.count * scenario.time.quarters
    if size > MOST_TRACED:
        raise InputError(
            [Problem(f"{size:,} firm-quarters are too many to look back on; at most {MOST_TRACED:,}: fewer firms or quarters",
                     "firms.count")]
        )  # fmt: skip
    return traced(scenario, seed, world)


def find_alliance(found: Traced, one: int, other: int, quarter: int | None = None) -> int:
    """Index of the alliance of the firms on two seats that lived in a quarter; without one, the last that ended, else the last.

    Raises InputError if there is none.
    """
    run, count = found.run, len(found.run.names)
    spells = run.spells()
    low, high = min(one, other), max(one, other)
    ours = (spells.first % count == low) & (spells.second % count == high)
    if quarter is not None:
        ours &= (spells.entered <= quarter) & (spells.ended >= quarter)
    places = np.flatnonzero(ours)
    if not len(places):
        raise InputError([Problem(_not_allied(found, one, other, quarter), key="alliance")])
    ended = places[spells.cause[places] >= 0]
    return int(ended[-1] if len(ended) else places[-1])


def _not_allied(found: Traced, one: int, other: int, quarter: int | None) -> str:
    names, count, spells = found.run.names, len(found.run.names), found.run.spells()
    if one == other:
        return f"{names[one]} has no alliance with itself; name two firms"
    seats = [np.concatenate(pair) % count for pair in ((spells.first, spells.second), (spells.second, spells.first))]
    partners = sorted({int(partner) for partner in seats[1][seats[0] == one]})
    listed = ", ".join(names[seat] for seat in partners[:8]) + (" ..." if len(partners) > 8 else "")
    when = "" if quarter is None else f" in quarter {quarter}"
    advice = f"; {names[one]} was at some time, with {listed}" if partners else f"; {names[one]} never was"
    return f"{names[one]} and {names[other]} were not allied{when}{advice}"


def _alliance(life: Life) -> dict[str, Any]:
    spells = life.found.run.spells()
    sides = [
        {"seat": life.seats[side], "name": life.name(side), "strategy": life.strategy_at(side, life.entered)}
        for side in range(2)
    ]
    return {
        "index": life.index, "first": sides[0], "second": sides[1], "formed": life.entered, "born": life.born,
        "ended": life.ended, "cause": life.cause, "equity": life.is_equity, "rival": bool(spells.rival[life.index]),
        "prior": int(spells.prior[life.index]),
    }  # fmt: skip


def _plain(values: Any) -> list[float | None]:
    return [None if value != value else round(float(value), 5) for value in values]
