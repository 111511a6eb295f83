"""Which alliances of a run to look at first: three that ended, each for a reason of its own."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.events import BREACH, CAUSES, COMPLETED, FORMED, RENEGOTIATED, SHOCK
from simulation.story_life import firm_name
from simulation.story_words import CAUSES as CAUSE_WORDS
from simulation.story_words import listed, say, span
from simulation.trace import Traced

SHORTEST, LONGEST = 8, 60  # quarters
FUTURE = 20  # quarters left after the end, that a "but for" may show


@dataclass(frozen=True, eq=False)
class Telling:
    """The alliances that tell most. chosen : index among `Run.spells()` -> why, in words"""

    found: Traced
    chosen: dict[int, str]
    many: int  # alliances that ended, after the warm-up

    def answer(self) -> str:
        """One sentence that names them."""
        if not self.chosen:
            return say("telling_none")
        spells = self.found.run.spells()
        told = []
        for k in self.chosen:
            names = [firm_name(self.found, int(side[k])) for side in (spells.first, spells.second)]
            lived, cause = span(int(spells.ended[k] - spells.born[k])), CAUSE_WORDS[CAUSES[int(spells.cause[k])]]
            told.append(f"{names[0]} and {names[1]} ({lived}, {cause})")
        return say("telling", many=f"{self.many:,}", listed=listed(told))

    def to_json(self) -> dict[str, Any]:
        """As the lab and `alliances explain --json` give it."""
        return {"answer": self.answer(), "alliances": [{"index": k, "why": why} for k, why in self.chosen.items()]}


def most_telling(found: Traced) -> Telling:
    """The one whose trust fell furthest, the one to which most happened, and the longest life: each another alliance.

    Of those that were formed after the warm-up and ended otherwise than by completion; first of those of which a class can take
    in the whole life (SHORTEST to LONGEST quarters) and which had a future, and each by another cause, as far as there are such.
    """
    run, spells = found.run, found.run.spells()
    if not len(spells.first):
        return Telling(found, {}, 0)
    births, lived = np.flatnonzero(run.events.kind == FORMED), spells.ended - spells.born
    is_over = (spells.cause >= 0) & (spells.entered >= run.scenario.time.warm_up_quarters)
    among = is_over & (spells.cause != COMPLETED)
    handy = among & (lived >= SHORTEST) & (lived <= LONGEST) & (spells.ended <= run.quarters - FUTURE)
    chosen: dict[int, str] = {}
    for values, why in ((_fall(found, births), "broken"), (_happenings(found, births), "eventful"), (lived, "long")):
        used = [int(spells.cause[k]) for k in chosen]
        for choice in (handy & ~np.isin(spells.cause, used), handy, among):
            left = [int(k) for k in np.flatnonzero(choice) if int(k) not in chosen]
            if left:
                chosen[max(left, key=lambda k: (values[k], -k))] = say(f"why_{why}")
                break
    return Telling(found, chosen, int(is_over.sum()))


def _fall(found: Traced, births: np.ndarray) -> np.ndarray:
    """Per alliance: mean trust at its highest less mean trust at the end."""
    mean, order = found.trace.trust.mean(axis=1), np.searchsorted(births, found.trace.about)
    peak, last = np.full(len(births), -np.inf), np.zeros(len(births))
    np.maximum.at(peak, order, mean)
    last[order] = mean  # rows are in the order of time: the last one stays
    return peak - last


def _happenings(found: Traced, births: np.ndarray) -> np.ndarray:
    """Per alliance: breaches, talks, and shocks that hit either firm while it lived."""
    run, log = found.run, found.run.events
    spells = run.spells()
    many = np.zeros(len(births))
    told = np.isin(log.kind, (BREACH, RENEGOTIATED))
    np.add.at(many, np.searchsorted(births, log.about[told]), 1)
    struck = log.kind == SHOCK
    hit = np.zeros(
        (int(max(spells.first.max(), spells.second.max(), log.first[struck].max(initial=0))) + 1, run.quarters + 1)
    )
    np.add.at(hit, (log.first[struck], log.quarter[struck] + 1), 1)
    upto = hit.cumsum(axis=1)
    for side in (spells.first, spells.second):
        end = np.minimum(spells.ended, run.quarters - 1) + 1
        many += upto[side, end] - upto[side, spells.entered]
    return many
