"""What might have saved an alliance: single changes of its own world, each as the interventions that make it."""

import json
from dataclasses import dataclass
from typing import Any

from simulation.events import BREACH, RENEGOTIATED
from simulation.story_life import Life
from simulation.story_words import INSTEAD, say

MOST_SHOCKS = 6  # the last ones, each tried alone
RECIPROCATOR = "reciprocator"
GIVERS = ("sharer", RECIPROCATOR, "loyalist")  # who gives already


@dataclass(frozen=True)
class Change:
    """One change. words : as a story says it     interventions : rows to be added to the scenario's"""

    words: str
    interventions: tuple[dict[str, Any], ...]

    @property
    def toml(self) -> str:
        """The same as lines of a scenario file."""
        rows = ("\n".join(f"{key} = {as_toml(value)}" for key, value in row.items()) for row in self.interventions)
        return "\n".join(f"[[interventions]]\n{row}" for row in rows)


def changes(life: Life) -> list[Change]:
    """Single changes worth trying, from the quarter after it was formed on: its past stays as it was."""
    return [
        one for one in (*_shocks(life), *_firms(life), *_agreements(life), *_rescue(life)) if _does_something(life, one)
    ]


def _does_something(life: Life, change: Change) -> bool:
    """Whether it is at work in this world: a mechanism that is switched off leaves nothing of some."""
    scenario = life.found.run.scenario
    if scenario.effective is scenario:
        return True
    alone = scenario.with_({"interventions": list(change.interventions)})
    return not all(one.is_empty for one in alone.effective.interventions)


def _since(life: Life) -> int:
    return min(life.entered + 1, life.last)  # what ended at once can only be changed in the quarter itself


def _shocks(life: Life) -> list[Change]:
    quarters = life.shock_quarters()
    single = [
        Change(say("no_shock", quarter=quarter), ({"quarter": quarter, "calm": True},))
        for quarter in quarters[-MOST_SHOCKS:]
    ]
    if len(quarters) < 2:
        return single
    return [
        *single,
        Change(say("no_shocks", many=len(quarters)), tuple({"quarter": quarter, "calm": True} for quarter in quarters)),
    ]


def _firms(life: Life) -> list[Change]:
    since, found, run = _since(life), [], life.found.run
    for side, seat in enumerate(life.seats):
        name = life.name(side)
        if not life.has_managers(side, since):
            found.append(_of_firms(say("managers", firm=name), since, [seat], alliance_function=True))
        used = life.strategy_at(side, since)
        if used not in GIVERS and RECIPROCATOR in run.strategies:
            words = (
                say("reciprocates", firm=name, instead=INSTEAD[used])
                if used in INSTEAD
                else say("reciprocates_else", firm=name)
            )
            found.append(_of_firms(words, since, [seat], strategy=RECIPROCATOR))
    both = list(life.seats)
    found.append(_of_firms(say("flexible"), since, both, flexibility=1.0))
    found.append(_of_firms(say("open"), since, both, openness=1.0))
    return found


def _agreements(life: Life) -> list[Change]:
    found, since = [], life.entered + 1
    if since > life.last:  # it never saw a second quarter
        return []
    deceiver = any(life.found.run.scenario.strategies[life.strategy_at(side, since)].side_deals for side in range(2))
    if deceiver or any(event["kind"] == BREACH for event in life.events):
        found.append(_between(life, say("good_faith"), since, "good_faith"))
    if not life.is_equity:
        found.append(_between(life, say("governed"), since, "equity"))
    failed = [event["quarter"] for event in life.events if event["kind"] == RENEGOTIATED and not event["detail"]]
    if failed and failed[0] >= since:
        found.append(_between(life, say("settled", quarter=failed[0]), failed[0], "settlement"))
    return found


def _rescue(life: Life) -> list[Change]:
    if life.cause != "partner_failed":
        return []
    side = life.failed_side()
    words = say("capital", firm=life.name(side), quarter=life.last)
    return [_of_firms(words, life.last, [life.seats[side]], capital=life.found.run.scenario.firms.initial_capital)]


def _of_firms(words: str, quarter: int, seats: list[int], **traits: Any) -> Change:
    return Change(words, ({"quarter": quarter, "firms": seats, "to": traits},))


def _between(life: Life, words: str, quarter: int, agree: str) -> Change:
    return Change(words, ({"quarter": quarter, "between": list(life.seats), "agree": agree},))


def as_toml(value: Any) -> str:
    """A value as TOML, on one line.

    >>> as_toml({"quarter": 3, "calm": True, "firms": [1]})
    '{quarter = 3, calm = true, firms = [1]}'
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
