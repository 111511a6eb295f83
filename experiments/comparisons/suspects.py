"""What may be suspected of ending alliances, and how each is switched off: shocks, side deals, strategies, mechanisms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.comparisons.arms import LONGEST_NAME
from simulation.events import BREACH, SHOCK
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario

SHOCKS, SIDE_DEALS = "shocks", "side_deals"
MECHANISMS = "mechanisms"  # the group of a scenario whose settings are switches


@dataclass(frozen=True)
class Suspect:
    """Something that may end alliances, or save them.

    name : as it was asked for, "" for settings     off : how the worlds without it are called, "without shocks"
    scenario : the same world with it switched off     subject : "shocks"; "" for settings that have no name
    event : kind of the logged events that it is blamed by, None if there are none     event_words : "a shock"
    """

    name: str
    off: str
    scenario: Scenario
    subject: str = ""
    is_plural: bool = False
    event: int | None = None
    event_words: str = ""

    @property
    def arm(self) -> str:
        """`off`, short enough for the name of an arm."""
        return self.off if len(self.off) <= LONGEST_NAME else self.off[: LONGEST_NAME - 1] + "…"


def suspects(scenario: Scenario) -> dict[str, str]:
    """What `attribute --of` may name in this scenario: name -> "" if it is at work there, else why it is not."""
    switches = _mechanisms(scenario)
    scenario = _at_work(scenario)
    environment, opportunism = scenario.environment, scenario.opportunism
    drawn = environment.shock_rate > 0 and environment.shock_magnitude > 0
    scripted = any(event.magnitude > 0 for event in environment.events)
    dealers = any(row.side_deals and row.share > 0 for row in scenario.strategies.values())
    found = {
        SHOCKS: "" if drawn or scripted else "there are no shocks here",
        SIDE_DEALS: "" if dealers and opportunism.side_deal_rate > 0 else "there are no side deals here",
    }
    for name, is_on in switches.items():
        found.setdefault(name, "" if is_on else f"{name.replace('_', ' ')} is switched off here already")
    for name, row in scenario.strategies.items():
        found.setdefault(name, "" if row.share > 0 else f"there are no {_plural(name)} here")
    return found


def suspect(scenario: Scenario, of: str | None = None, without: Mapping[str, Any] | None = None) -> Suspect:
    """The suspect that a person names, or the settings that make the other worlds. Raises InputError.

    of : a name as in `suspects`, SHOCKS if nothing is said     without : dotted settings of the worlds to compare with
    """
    if without is not None:
        if of is not None:
            raise _wrong("name a suspect or give settings, not both", "without")
        return _settings(scenario, without)
    name = SHOCKS if of is None else of
    allowed = suspects(scenario)
    if name not in allowed:
        hint = did_you_mean(str(name), allowed) or f"allowed: {', '.join(allowed)}"
        raise _wrong(f'"{name}" cannot be switched off by name; {hint}'.rstrip("; "), "of")
    if allowed[name]:
        others = [other for other, why in allowed.items() if not why]
        hint = f"; what is at work here: {', '.join(others)}" if others else ""
        raise _wrong(f"nothing to attribute: {allowed[name]}{hint}", "of")
    if name == SHOCKS:
        calm = scenario.with_({"environment.shock_rate": 0.0, "environment.events": ()})
        return Suspect(name, "without shocks", calm, "shocks", True, SHOCK, "a shock")
    if name == SIDE_DEALS:
        honest = scenario.with_({"opportunism.side_deal_rate": 0.0})
        return Suspect(name, "without side deals", honest, "side deals", True, BREACH, "a discovered side deal")
    if name in _mechanisms(scenario):
        words = name.replace("_", " ")
        switched = scenario.with_({f"{MECHANISMS}.{name}": False})
        if _is_same_world(switched, scenario):
            raise _wrong(f"nothing to attribute: the settings of {words} are at rest here already", "of")
        return Suspect(name, f"without {words}", switched, words, words.endswith("s") and not words.endswith("ss"))
    return Suspect(name, f"without {_plural(name)}", scenario.with_({f"mix.{name}": 0.0}), _plural(name), True)


def _settings(scenario: Scenario, without: Mapping[str, Any]) -> Suspect:
    if not isinstance(without, Mapping) or not without:
        raise _wrong('give settings such as {"environment.shock_rate": 0}', "without")
    words = "with " + ", ".join(f"{key}={_shown(value)}" for key, value in without.items())
    changed = scenario.with_(dict(without))
    if _is_same_world(changed, scenario):
        raise _wrong("nothing to attribute: these settings change nothing here", "without")
    return Suspect("", words, changed)


def _at_work(scenario: Scenario) -> Scenario:
    """The settings that kernels read: those of every mechanism that is switched off are at rest."""
    effective: Scenario = getattr(scenario, "effective", scenario)
    return effective


def _is_same_world(one: Scenario, other: Scenario) -> bool:
    texts = {"name", "title", MECHANISMS}
    return _at_work(one).model_dump(exclude=texts) == _at_work(other).model_dump(exclude=texts)


def _mechanisms(scenario: Scenario) -> dict[str, bool]:
    """The switches of a scenario, in the order of its schema; none where the engine knows none."""
    group = getattr(scenario, MECHANISMS, None)
    values = {name: getattr(group, name) for name in type(group).model_fields} if group is not None else {}
    return {name: value for name, value in values.items() if isinstance(value, bool)}


def _plural(strategy: str) -> str:
    """More than one firm of a strategy, in words.

    >>> _plural("learning_racer")
    'learning racers'
    """
    words = strategy.replace("_", " ")
    return words if words.endswith("s") else f"{words}s"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wrong(message: str, key: str) -> InputError:
    return InputError([Problem(message, key=key)])
