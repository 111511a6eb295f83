"""The story of a firm: its alliances, what hit it, and what came of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.events import BREACH, CAUSES, ENTERED, FAILED, SHOCK
from simulation.phases.striking import KINDS
from simulation.story_life import Happening, firm_name
from simulation.story_words import CAUSES as CAUSE_WORDS
from simulation.story_words import SHOCKS, say, span, strategy
from simulation.trace import Traced


@dataclass(frozen=True, eq=False)
class FirmStory:
    """One firm of a traced run, up to a quarter. identity : seat + N for every firm that failed on it before"""

    found: Traced
    identity: int
    quarter: int

    @classmethod
    def at(cls, found: Traced, seat: int, quarter: int) -> "FirmStory":
        """The firm that sits there at the end of a quarter."""
        log, count = found.run.events, len(found.run.names)
        entries = (log.kind == ENTERED) & (log.first % count == seat) & (log.quarter <= quarter)
        return cls(found, int(log.first[entries][-1]) if entries.any() else seat, quarter)

    @property
    def seat(self) -> int:
        """Where it sits."""
        return self.identity % len(self.found.run.names)

    @property
    def name(self) -> str:
        """As stories call it."""
        return firm_name(self.found, self.identity)

    @property
    def strategy(self) -> str:
        """Its strategy at the quarter."""
        run = self.found.run
        return run.strategies[int(self.found.trace.strategy[self.quarter, self.seat])]

    def alliances(self) -> list[int]:
        """Indices of its alliances up to the quarter."""
        spells = self.found.run.spells()
        ours = (spells.first == self.identity) | (spells.second == self.identity)
        return np.flatnonzero(ours & (spells.entered <= self.quarter)).tolist()

    def answer(self) -> str:
        """One sentence: how many alliances, how long, and what ended them."""
        spells, ours = self.found.run.spells(), np.array(self.alliances(), dtype=np.int64)
        over = ours[(spells.cause[ours] >= 0) & (spells.ended[ours] <= self.quarter)]
        mean = ""
        if len(over):
            life = float((spells.ended[over] - spells.born[over]).mean())
            cause = int(np.bincount(spells.cause[over]).argmax())
            mean = say("firm_mean", life=f"{life:.0f} quarters", cause=CAUSE_WORDS[CAUSES[cause]])
        many = f"{len(ours)} alliance{'' if len(ours) == 1 else 's'}"
        alive = len(ours) - len(over)
        living = say(f"firm_living_{alive}" if alive < 2 else "firm_living", many=alive) if len(ours) else ""
        return say("firm_answer", firm=self.name, strategy=strategy(self.strategy), many=many, quarter=self.quarter,
                   living=living, mean=mean)  # fmt: skip

    def happenings(self) -> list[Happening]:
        """What happened to it, in order."""
        found = [*self._of_alliances(), *self._of_log(), *self._of_traits()]
        return sorted(found, key=lambda one: one.quarter)

    def _of_alliances(self) -> list[Happening]:
        spells, found = self.found.run.spells(), []
        for k in self.alliances():
            pair = (int(spells.first[k]), int(spells.second[k]))
            other = firm_name(self.found, pair[1] if pair[0] == self.identity else pair[0])
            found.append(Happening(int(spells.entered[k]), "start", say("firm_allies", firm=self.name, other=other)))
            if spells.cause[k] >= 0 and spells.ended[k] <= self.quarter:
                lived, cause = int(spells.ended[k] - spells.born[k]), CAUSE_WORDS[CAUSES[int(spells.cause[k])]]
                found.append(
                    Happening(
                        int(spells.ended[k]), "end", say("firm_ended", other=other, lived=span(lived), cause=cause)
                    )
                )
        return found

    def _of_log(self) -> list[Happening]:
        log, found = self.found.run.events, []
        kinds = (SHOCK, BREACH, FAILED, ENTERED)
        ours = ((log.first == self.identity) | (log.second == self.identity)) & np.isin(log.kind, kinds)
        for place in np.flatnonzero(ours & (log.quarter <= self.quarter)):
            kind, quarter, first = int(log.kind[place]), int(log.quarter[place]), int(log.first[place])
            if kind == SHOCK:
                text = say("firm_shock", firm=self.name, what=SHOCKS[KINDS[int(log.detail[place])]])
            elif kind == BREACH:
                by = first == self.identity
                other = firm_name(self.found, int(log.second[place]) if by else first)
                text = say("firm_breach_by" if by else "firm_breach_of", firm=self.name, other=other)
            else:
                key = "firm_failed" if kind == FAILED else "firm_entered"
                text = say(key, firm=self.name, capital=f"{log.value[place]:.1f}")
            name = {SHOCK: "shock", BREACH: "breach", FAILED: "failed", ENTERED: "entered"}[kind]
            found.append(Happening(quarter, name, text))
        return found

    def _of_traits(self) -> list[Happening]:
        trace, found = self.found.trace, []
        since = max((one.quarter for one in self._of_log() if one.kind == "entered"), default=0)
        strategies, managers = (
            trace.strategy[since : self.quarter + 1, self.seat],
            trace.managers[since : self.quarter + 1, self.seat],
        )
        for place in np.flatnonzero(np.diff(strategies.astype(int))) + 1:
            used = strategy(self.found.run.strategies[int(strategies[place])])
            found.append(Happening(since + int(place), "strategy", say("firm_strategy", firm=self.name, strategy=used)))
        for place in np.flatnonzero(np.diff(managers.astype(int)) > 0) + 1:
            found.append(Happening(since + int(place), "managers", say("firm_managers", firm=self.name)))
        return found

    def to_json(self) -> dict[str, Any]:
        """As the lab and `alliances explain --firm --json` give it."""
        run = self.found.run
        return {
            "firm": {
                "seat": self.seat, "name": self.name, "strategy": self.strategy, "quarter": self.quarter,
                "sector": int(run.firms.sector[run.firms.row[self.seat]]),
                "managers": bool(self.found.trace.managers[self.quarter, self.seat]),
                "capital": round(float(self.found.trace.capital[self.quarter, self.seat]), 3),
            },
            "answer": self.answer(),
            "sentences": [{"quarter": one.quarter, "text": one.text} for one in self.happenings()],
            "alliances": self.alliances(),
        }  # fmt: skip
