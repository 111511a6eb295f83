"""What a browser may ask for: a scenario, changes, interventions and luck, checked and brought within the lab's limits."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from experiments.lab.together import going_together
from experiments.lab.worlds import QUARTERS, Base, Worlds, value_at
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario
from simulation.validation import Setting, shown

KEYS = ("scenario", "changes", "interventions", "seed", "world", "network")
LONGEST = 32_000  # characters of an ask: a scenario's every setting and some hundred interventions fit
MOST_SEED = 2**31 - 1
MOST_INTERVENTIONS = 400  # one a quarter: a story may take away every shock of a long life
INDEPENDENT = {  # groups of settings that no rule of the schema joins with another
    "knowledge", "sharing", "value", "trust", "fit", "exit", "renegotiation", "formation", "opportunism", "environment",
    "mechanisms",
}  # fmt: skip
MOVED_ALONG = ("firms.count", "time.warm_up_quarters", "network.kind", "network.degree")  # with other settings


@dataclass(frozen=True)
class Ask:
    """One world to be run. Equal asks have equal `text`, so that an answer can be kept.

    changes : setting to value, within bounds     interventions : as the scenario schema takes them
    """

    base: Base = field(repr=False)
    changes: dict[str, Any]
    interventions: tuple[dict[str, Any], ...]
    seed: int
    world: int

    @cached_property
    def normal(self) -> dict[str, Any]:
        """The ask as a browser would send it."""
        asked = {
            "scenario": self.base.name,
            "changes": self.changes,
            "interventions": list(self.interventions),
            "seed": self.seed,
            "world": self.world,
        }
        return asked | ({"network": self.base.network} if self.base.network else {})

    @cached_property
    def text(self) -> str:
        """`normal` as JSON."""
        return json.dumps(self.normal, sort_keys=True, separators=(",", ":"))

    @property
    def values(self) -> dict[str, Any]:
        """What each setting of the world is, by path."""
        moved = [*self.changes, *MOVED_ALONG]
        if any(path.startswith("mix.") for path in self.changes):
            moved += [path for path in self.base.settings if path.startswith("mix.")]
        return self.base.values | {path: value_at(self.scenario, path) for path in moved}

    @cached_property
    def scenario(self) -> Scenario:
        """The world to be run. Raises InputError where settings do not go together."""
        ground: dict[str, Any] = {}
        groups: dict[str, dict[str, float | str]] = {}
        for path, value in self.changes.items():
            group, _, name = path.partition(".")
            if group in INDEPENDENT:
                groups.setdefault(group, {})[name] = value
            else:
                ground[path] = value
        found = grounded(self.base, json.dumps([ground, self.interventions])) if ground or self.interventions else None
        found = found or self.base.scenario
        # Not validated again: each value is within its bounds, and no rule joins these groups. It takes a fifth of the time.
        return found.model_copy(
            update={name: getattr(found, name).model_copy(update=moved) for name, moved in groups.items()}
        )


@lru_cache(maxsize=64)
def grounded(base: Base, text: str) -> Scenario:
    """A base with the changes and interventions in a JSON text: those that must go together with others.

    Kept, because a hand moves one slider at a time. Raises InputError where they do not go together.
    """
    asked, interventions = json.loads(text)
    changes = going_together(base.scenario, asked)
    if interventions:
        own = changes.get("interventions", base.scenario.interventions)
        written = [one if isinstance(one, dict) else one.model_dump(exclude_defaults=True) for one in own]
        changes["interventions"] = (*written, *interventions)
    return base.scenario.with_(changes)


def read_ask(text: str, worlds: Worlds) -> Ask:
    """The ask in a JSON text. Raises InputError with every problem found."""
    if len(text) > LONGEST:
        raise InputError([Problem(f"has {len(text):,} characters; at most {LONGEST:,} are allowed", "ask")])
    return ask_of(parsed(text, "ask"), worlds)


def ask_of(asked: Any, worlds: Worlds) -> Ask:
    """The ask that a table describes. Raises InputError with every problem found."""
    if not isinstance(asked, dict):
        raise InputError([Problem(f'{shown(asked)} is not a table such as {{"scenario": "baseline"}}', "ask")])
    problems = [
        Problem(f"no such key; {did_you_mean(key, KEYS) or 'allowed: ' + ', '.join(KEYS)}", short(key))
        for key in asked
        if key not in KEYS
    ]
    base = _base(asked, worlds, problems)
    if base is None:
        raise InputError(problems)
    changes = _changes(asked.get("changes", {}), base, problems)
    last = changes.get("time.quarters", base.scenario.time.quarters) - 1
    done = tuple(one for one in _interventions(asked.get("interventions", []), problems) if not _is_later(one, last))
    seed, world = (_whole(asked.get(key, usual), key, problems) for key, usual in (("seed", 1), ("world", 0)))
    if problems:
        raise InputError(problems[:20])
    return Ask(base, changes, done, seed, world)


def parsed(text: str, what: str) -> Any:
    """The value of a JSON text: every number finite, every text such that UTF-8 can hold it. Raises InputError."""
    try:
        found = json.loads(text, parse_constant=_refused, parse_float=_finite)
        json.dumps(found, ensure_ascii=False).encode()
        return found
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise InputError([Problem(f"holds {half} alone, which is half of a letter", what)]) from None
    except OverflowError as error:
        raise InputError([Problem(f"holds {error}, larger than any number that can be counted with", what)]) from None
    except (ValueError, RecursionError) as error:
        why = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        raise InputError([Problem(f"is not JSON: {why}", what)]) from None


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise OverflowError(short(digits))
    return value


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is not a number that JSON knows")


def short(word: str) -> str:
    """A word of a stranger, fit to be shown: printable and not long."""
    text = "".join(letter if letter.isprintable() else "?" for letter in word[:61])
    return text if len(text) <= 60 else text[:57] + "..."


def _base(asked: dict[str, Any], worlds: Worlds, problems: list[Problem]) -> Base | None:
    name, network = asked.get("scenario"), asked.get("network")
    if not isinstance(name, str):
        missing = "is missing" if "scenario" not in asked else f"{shown(name)} is not the name of a scenario"
        problems.append(Problem(missing, "scenario"))
        return None
    if network is not None and not isinstance(network, str):
        problems.append(Problem(f"{shown(network)} is not the digest of a network", "network"))
        return None
    try:
        return worlds.base(name, network or "")
    except InputError as error:
        problems += error.problems
        return None


def _changes(asked: Any, base: Base, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(asked, dict):
        problems.append(Problem(f'{shown(asked)} is not a table such as {{"trust.initial": 0.6}}', "changes"))
        return {}
    found = {}
    for path, value in sorted(asked.items()):
        setting = base.settings.get(path)
        if setting is None:
            advice = did_you_mean(path, base.settings) or "see the list of settings"
            problems.append(Problem(f"no such setting; {advice}", short(path)))
            continue
        kept, wrong = within(setting, value)
        if wrong:
            problems.append(Problem(wrong, path))
        else:
            found[path] = kept
    return found


def within(setting: Setting, value: Any) -> tuple[Any, str]:
    """A value brought within the bounds of its setting, and what is wrong with it, "" if nothing."""
    if setting.kind == "switch":
        fits = isinstance(value, bool)
    elif setting.choices:
        fits = isinstance(value, str) and value in setting.choices
    else:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    if not fits:
        return None, f"{shown(value)} is not {setting.allowed}"
    if setting.kind == "switch" or setting.choices:
        return value, ""
    low, high = setting.low, setting.high
    value = low if low is not None and value < low else high if high is not None and value > high else value
    return (round(value) if setting.whole else float(value)), ""


def _interventions(asked: Any, problems: list[Problem]) -> tuple[dict[str, Any], ...]:
    if not isinstance(asked, list) or not all(isinstance(item, dict) for item in asked):
        problems.append(Problem("is not a list of tables, each with quarter and what is done", "interventions"))
        return ()
    if len(asked) > MOST_INTERVENTIONS:
        wrong = f"has {len(asked):,} entries, at most {MOST_INTERVENTIONS} are allowed"
        problems.append(Problem(wrong, "interventions"))
        return ()
    if any(_is_deep(item, 3) for item in asked):
        problems.append(Problem("is nested more deeply than any intervention is", "interventions"))
        return ()
    return tuple(asked)


def _is_deep(value: Any, most: int) -> bool:
    """Whether there are more than so many tables and lists in one another."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most < 0 or any(_is_deep(item, most - 1) for item in inner)


def _whole(value: Any, key: str, problems: list[Problem]) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.append(Problem(f"{shown(value)} is not a whole number from 0 to {MOST_SEED:,}", key))
        return 0
    return int(min(max(value, 0), MOST_SEED))


def _is_later(intervention: Mapping[str, Any], last: int) -> bool:
    """Whether it lies behind the end of a run that was made shorter: it is left out, as the quarter is."""
    quarter = intervention.get("quarter")
    return isinstance(quarter, int) and not isinstance(quarter, bool) and last < quarter <= QUARTERS[1]
