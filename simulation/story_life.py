"""The life of one alliance: who, what happened when, how it ended, as facts and as sentences."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.draws import Purpose, run_key
from simulation.events import BREACH, CAUSES, FAILED, FORMED, INTERVENED, RENEGOTIATED, SHOCK
from simulation.lots import pair_lots
from simulation.phases.striking import KINDS
from simulation.problems import InputError, Problem
from simulation.story_words import CAUSES as CAUSE_WORDS
from simulation.story_words import LEFT, REGIMES, SENTENCES, SHOCKS, chances, counted, say, share, span, strategy
from simulation.trace import Traced

NOBODY_LEFT = ("completed", "partner_failed")  # causes before which nobody decides
MOST_TOLD, LAST_TOLD = 12, 4  # sentences of a life; of a longer one, the last shocks and talks and the first breaches
VISIBLE = 0.005  # a fall that two digits show [share]
ALIKE = 0.1  # sharing that differs by less is about alike [share]


@dataclass(frozen=True)
class Happening:
    """Something at a quarter. kind : shock, breach, talks, intervention, regime, start, peak or end"""

    quarter: int
    kind: str
    text: str


@dataclass(frozen=True, eq=False)
class Life:
    """One alliance of a traced run. index : among `Run.spells()`"""

    found: Traced
    index: int
    about: int = field(init=False)
    rows: NDArray[np.intp] = field(init=False)  # of the trace, one per quarter of its life

    def __post_init__(self) -> None:
        log = self.found.run.events
        births = np.flatnonzero(log.kind == FORMED)
        if isinstance(self.index, bool) or not isinstance(self.index, int) or not 0 <= self.index < len(births):
            raise InputError(
                [Problem(f"{self.index!r} is not an alliance of this run, 0 to {len(births) - 1}", "alliance")]
            )
        object.__setattr__(self, "about", int(births[self.index]))
        object.__setattr__(self, "rows", self.found.trace.rows_of(self.about))

    # --- who and when ----------------------------------------------------------------------------------------

    @cached_property
    def pair(self) -> tuple[int, int]:
        """Identities of the two, the one on the lower seat first."""
        log = self.found.run.events
        return int(log.first[self.about]), int(log.second[self.about])

    @property
    def seats(self) -> tuple[int, int]:
        """Seats of the two."""
        count = len(self.found.run.names)
        return self.pair[0] % count, self.pair[1] % count

    @property
    def entered(self) -> int:
        """First quarter in which it was seen."""
        return int(self.found.run.events.quarter[self.about])

    @cached_property
    def _spell(self) -> dict[str, int]:
        return {name: int(column[self.index]) for name, column in self.found.run.spells()._asdict().items()}

    @property
    def born(self) -> int:
        """Quarter of birth, below 0 for a tie that existed already."""
        return self._spell["born"]

    @property
    def ended(self) -> int | None:
        """Quarter in which it ended, None if it lives."""
        return self._spell["ended"] if self._spell["cause"] >= 0 else None

    @property
    def cause(self) -> str | None:
        """Proximate cause of the ending."""
        return CAUSES[self._spell["cause"]] if self._spell["cause"] >= 0 else None

    @property
    def is_equity(self) -> bool:
        """Whether it was founded under equity."""
        return bool(self._spell["equity"])

    @property
    def last(self) -> int:
        """Last quarter of which the trace tells."""
        return self.entered + len(self.rows) - 1

    @property
    def lived(self) -> int:
        """Age at the end, or so far [quarters]."""
        return self.last - self.born + (1 if self.ended is None else 0)

    def name(self, side: int) -> str:
        """A firm as stories call it: (2) is the second firm on its seat."""
        return firm_name(self.found, self.pair[side])

    def strategy_at(self, side: int, quarter: int) -> str:
        """Name of a row of the strategy table."""
        run = self.found.run
        return run.strategies[int(self.found.trace.strategy[self._while_there(side, quarter), self.seats[side]])]

    def has_managers(self, side: int, quarter: int) -> bool:
        """Whether the firm had an alliance function."""
        return bool(self.found.trace.managers[self._while_there(side, quarter), self.seats[side]])

    def _while_there(self, side: int, quarter: int) -> int:
        """The quarter, or the one before if the firm failed in it: a trace tells of firms as turnover leaves them."""
        log = self.found.run.events
        gone = (log.kind == FAILED) & (log.first == self.pair[side]) & (log.quarter == quarter)
        return max(quarter - 1, 0) if gone.any() else quarter

    def side_of(self, identity: int) -> int:
        """0 or 1."""
        return self.pair.index(identity)

    # --- numbers ---------------------------------------------------------------------------------------------

    def column(self, name: str) -> NDArray[np.float64]:
        """A column of the trace over its life [quarters] or [quarters, 2]."""
        return np.asarray(getattr(self.found.trace, name)[self.rows])

    @cached_property
    def drawn(self) -> NDArray[np.float64]:
        """What each side drew in its last quarter, to be compared with its chance to leave [2]."""
        run = self.found.run
        key, (a, b) = np.uint64(run_key(run.seed, run.world)), self.pair
        return pair_lots(key, self.last, int(Purpose.EXIT), np.array([a, b]), np.array([b, a]))

    def leavers(self) -> list[int]:
        """Sides that drew below their chance in the quarter of the ending."""
        if self.cause is None or self.cause in NOBODY_LEFT or self.found.run.scenario.exit.fixed_hazard >= 0:
            return []
        return [side for side in range(2) if self.drawn[side] < self.column("chance")[-1, side]]

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """Events of the log that touch it while it lives, in order: shocks of either, breaches, talks, interventions."""
        log, found = self.found.run.events, []
        here = (log.quarter >= self.entered) & (log.quarter <= self.last)
        if self.born == self.entered:  # shocks strike before alliances form
            here &= (log.quarter > self.entered) | (log.kind != SHOCK)
        ours = np.isin(log.first, self.pair)
        of_firms = here & ours & np.isin(log.kind, (SHOCK, INTERVENED))
        of_pair = here & (log.about == self.about) & np.isin(log.kind, (BREACH, RENEGOTIATED))
        for place in np.flatnonzero(of_firms | of_pair):
            event = {name: column[place].item() for name, column in log._asdict().items()}
            if event["kind"] != INTERVENED or self._concerns(event["detail"]):
                found.append(event)
        return found

    def _concerns(self, intervention: int) -> bool:
        """Whether an intervention in one of the two firms is about this alliance: not if it agreed with somebody else."""
        names, done = self.found.run.names, self.found.run.scenario.interventions[intervention]
        seats = {names.index(firm) if isinstance(firm, str) else firm for firm in done.between}
        return not seats or seats == set(self.seats)

    def shock_quarters(self) -> list[int]:
        """Quarters in which a shock hit one of the two."""
        return sorted({event["quarter"] for event in self.events if event["kind"] == SHOCK})

    # --- sentences -------------------------------------------------------------------------------------------

    def happenings(self) -> list[Happening]:
        """Its life, in order."""
        found = [self._beginning(), *self._shocks(), *self._others(), *self._peak(), *self._regimes()]
        found.sort(key=lambda one: one.quarter)
        return [*found, self._ending()]

    def in_short(self) -> list[Happening]:
        """Its life, in order, and of a long one only what matters: early shocks and talks are summed up in one sentence."""
        everything = self.happenings()
        if len(everything) <= MOST_TOLD:
            return everything
        common = [one for one in everything if one.kind in ("shock", "talks")]
        before = common[:-LAST_TOLD] if len(common) > LAST_TOLD + 2 else []
        left_out = set(map(id, before))
        for kind in ("breach", "intervention"):
            left_out |= set(map(id, [one for one in everything if one.kind == kind][LAST_TOLD:]))
        kept = [one for one in everything if id(one) not in left_out]
        if not before:
            return kept
        upto = before[-1].quarter
        place = next(k for k, one in enumerate(kept) if one.quarter > upto or one.kind == "end")
        return [*kept[:place], Happening(upto, "sum", self._sum(upto)), *kept[place:]]

    def _sum(self, upto: int) -> str:
        """Shocks and talks up to a quarter, in one sentence."""
        talks = [event["detail"] for event in self.events if event["kind"] == RENEGOTIATED and event["quarter"] <= upto]
        many = sum(quarter <= upto for quarter in self.shock_quarters())
        of_talks = SENTENCES["shorter_talks"].format(talks=counted(len(talks), "talk"), won=sum(talks) or "none")
        return say("shorter", quarter=upto, many=counted(many, "shock"), talks=of_talks if talks else "")

    def sharing(self) -> str:
        """Who shared more."""
        means = self.column("sharing").mean(axis=0)
        more, less = (0, 1) if means[0] >= means[1] else (1, 0)
        values = {"much": share(means[more]), "little": share(means[less])}
        if means[more] - means[less] < ALIKE:
            return say("equal", **values)
        return say("unequal", more=self.name(more), less=self.name(less), **values)

    def _beginning(self) -> Happening:
        trust = self.column("trust")[0]
        values = {
            "a": self.name(0), "b": self.name(1), "a_strategy": strategy(self.strategy_at(0, self.entered)),
            "b_strategy": strategy(self.strategy_at(1, self.entered)), "a_trust": share(trust[0]), "b_trust": share(trust[1]),
            "governance": say("equity" if self._spell["equity"] else "contract"),
            "rivals": say("rivals") if self._spell["rival"] else "",
        }  # fmt: skip
        if self.born < self.entered:
            return Happening(self.entered, "start", say("found", age=span(self.entered - self.born), **values))
        return Happening(
            self.entered, "start", say("formed", prior=say("prior") if self._spell["prior"] else "", **values)
        )

    def _shocks(self) -> list[Happening]:
        found = []
        for quarter in self.shock_quarters():
            hit = [event for event in self.events if event["kind"] == SHOCK and event["quarter"] == quarter]
            largest = max(hit, key=lambda event: event["value"])
            together = len(hit) > 1 and len({event["detail"] for event in hit}) == 1
            for event in [largest] if together else hit:
                who = say("are") if together else say("is", a=firm_name(self.found, event["first"]))
                text = self._shock(quarter, who, SHOCKS[KINDS[event["detail"]]], event is largest)
                found.append(Happening(quarter, "shock", text))
        return found

    def _shock(self, quarter: int, who: str, what: str, is_largest: bool) -> str:
        fit, place = self.column("fit"), quarter - self.entered
        if is_largest and place > 0 and fit[place] < fit[place - 1] - VISIBLE:
            return say("shock", who=who, what=what, before=share(fit[place - 1]), after=share(fit[place]))
        return say("shock_only", who=who, what=what)

    def _others(self) -> list[Happening]:
        found = []
        for event in self.events:
            quarter, place = event["quarter"], event["quarter"] - self.entered
            if event["kind"] == BREACH:
                victim = self.side_of(event["second"])
                before, after = self.column("trust")[[max(place - 1, 0), place], victim]
                key = "breach" if after < before - VISIBLE else "breach_low"
                values = {"before": share(before), "after": share(after)}
                text = say(key, a=self.name(1 - victim), b=self.name(victim), **values)
                found.append(Happening(quarter, "breach", text))
            elif event["kind"] == RENEGOTIATED:
                key = "talks_won" if event["detail"] else "talks_lost"
                found.append(Happening(quarter, "talks", say(key, after=share(self.column("fit")[place]))))
            elif event["kind"] == INTERVENED:
                what = self._intervention(event)
                found.append(Happening(quarter, "intervention", say("intervention", what=what)))
        return list(dict.fromkeys(found))

    def _intervention(self, event: dict[str, Any]) -> str:
        done = self.found.run.scenario.effective.interventions[event["detail"]]
        if done.agree is not None:
            return say(f"agreed_{done.agree}", a=self.name(0), b=self.name(1))
        set_to = {name: value for name, value in done.to.model_dump().items() if value is not None}
        told = ", ".join(f"{name.replace('_', ' ')} {str(value).lower()}" for name, value in set_to.items())
        return f"{firm_name(self.found, event['first'])}: {told}"

    def _peak(self) -> list[Happening]:
        trust = self.column("trust").mean(axis=1)
        place = int(trust.argmax())
        if place == 0 or len(trust) < 4:
            return []
        return [Happening(self.entered + place, "peak", say("peak", trust=share(trust[place])))]

    def _regimes(self) -> list[Happening]:
        regime = self.column("regime").astype(int)
        turns = np.flatnonzero(np.diff(regime)) + 1
        kept = [place for place in turns if (regime[place : place + 4] == regime[place]).all()][:3]  # no flicker
        news = [at for k, at in enumerate(kept) if k == 0 or regime[at] != regime[kept[k - 1]]]
        return [Happening(self.entered + int(at), "regime", say("regime", regime=REGIMES[regime[at]])) for at in news]

    def _ending(self) -> Happening:
        return Happening(self.last, "end", self._ending_text())

    def _ending_text(self) -> str:
        if self.cause is None:
            return say("lives")
        if self.cause in NOBODY_LEFT:
            return say(self.cause, who=self.name(self.failed_side()))
        sides = self.leavers()
        if not sides:
            return say("learned_out" if self.cause == "learned_out" else "ended", cause=CAUSE_WORDS[self.cause])
        if len(sides) == 1:
            side = sides[0]
            drawn, chance = chances(self.drawn[side], self.column("chance")[-1, side])
            return say("left", who=self.name(side), cause=CAUSE_WORDS[self.cause], chance=chance, drawn=drawn)
        return say("both_left", cause=CAUSE_WORDS[self.cause])

    def ending(self) -> str:
        """How it ended, in half a sentence."""
        assert self.cause is not None
        if self.cause in NOBODY_LEFT:
            return say(f"ending_{self.cause}", who=self.name(self.failed_side()))
        sides = self.leavers()
        if not sides:
            key = "ending_learned_out" if self.cause == "learned_out" else "ending_ended"
            return say(key, cause=CAUSE_WORDS[self.cause])
        who = self.name(sides[0])
        return say("ending_left" if len(sides) == 1 else "ending_both_left", who=who, left=LEFT[self.cause])

    def failed_side(self) -> int:
        """The side whose firm failed in the last quarter: the other lives on, or failed too."""
        log = self.found.run.events
        gone = log.first[(log.kind == FAILED) & (log.quarter == self.last)]
        return 1 if self.pair[1] in gone and self.pair[0] not in gone else 0


def firm_name(found: Traced, identity: int) -> str:
    """The label of its seat, and from the second firm on that seat on, its number."""
    seat, generation = identity % len(found.run.names), identity // len(found.run.names)
    return found.run.names[seat] + (f" ({generation + 1})" if generation else "")
