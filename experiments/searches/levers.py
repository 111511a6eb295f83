"""A setting that a question moves between two ends: checked, with the words in which an answer speaks of it."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario
from simulation.validation import Setting, settings
from simulation.validation import plain as written

COSTLY = ("firms.count", "time.quarters")  # of these, no more than so many times as much is tried unless asked for
MOST_TIMES = 10
PHRASES = {"firms.count": "{} firms", "time.quarters": "runs of {} quarters"}
NAMES = {"firms.count": "number of firms", "time.quarters": "length of a run"}


Made = Callable[[float | int], Scenario]


@dataclass(frozen=True)
class Lever:
    """A setting with the range in which it is moved. start : its value as it is, None if it has none"""

    key: str
    low: float
    high: float
    start: float | None
    whole: bool
    unit: str
    meaning: str

    @property
    def name(self) -> str:
        """The setting in two or three words: "shock rate", "initial trust", "share of sharers"."""
        return NAMES.get(self.key) or _name(self.key)

    @property
    def label(self) -> str:
        """For an axis: meaning and unit."""
        return f"{self.meaning} [{self.unit}]" if self.unit else self.meaning

    def setting(self, value: float) -> float | int:
        """A value as the scenario takes it."""
        return round(value) if self.whole else float(value)

    def amount(self, value: float, places: int | None = None) -> str:
        """A value with its unit: "0.21 per quarter"."""
        return f"{number(value, places)}{per(self.unit)}"

    def phrase(self, value: float, places: int | None = None) -> str:
        """A value in a sentence: "a shock rate of 0.21 per quarter"."""
        if self.key in PHRASES:
            return PHRASES[self.key].format(number(value, places))
        return f"{article(self.name)} {self.name} of {self.amount(value, places)}"


def lever(
    scenario: Scenario, key: str, low: float | None = None, high: float | None = None, arms: Sequence[Made] = ()
) -> Lever:
    """The setting and its range: what was asked for, else the bounds of the schema within which the scenario holds.

    arms : value -> scenario of other arms, which must hold in the range as well
    Raises InputError for what is no setting, not a number, or a range out of bounds; all problems at once.
    """
    setting = _setting(scenario, key)
    problems = [problem for end, value in (("low", low), ("high", high)) for problem in _wrong_end(setting, value, end)]
    if problems:
        raise InputError(problems)
    start = None if setting.default is None else float(setting.default)
    makers = (lambda value: scenario.with_({key: value}), *arms)
    ends = [
        float(wanted) if wanted is not None else _furthest(setting, start, end, makers)
        for wanted, end in ((low, "low"), (high, "high"))
    ]
    if not ends[0] < ends[1]:
        raise InputError([Problem(f"low {ends[0]:g} must be below high {ends[1]:g}", key=key)])
    for end, wanted in zip(ends, (low, high), strict=True):
        if wanted is not None:
            scenario.with_({key: round(end) if setting.whole else end})
    return Lever(key, ends[0], ends[1], start, setting.whole, setting.unit, setting.meaning)


def _setting(scenario: Scenario, key: Any) -> Setting:
    """What the schema says about a key, strategies' shares included. Raises InputError."""
    if not isinstance(scenario, Scenario):
        raise InputError([Problem(f"{scenario!r} is not a Scenario; scenarios.load gives one", key="scenario")])
    known = {setting.key: setting for setting in settings(Scenario, defaults=scenario)}
    movable = {name: one for name, one in known.items() if one.kind == "number" and not one.choices}
    for name, row in scenario.strategies.items():
        meaning = f"share of {name.replace('_', ' ')}s, the others in proportion"
        movable[f"mix.{name}"] = Setting(f"mix.{name}", meaning, row.share, "share", 0.0, 1.0, "")
    if not isinstance(key, str):
        raise InputError([Problem(f"{key!r} is not the name of a setting", key="lever")])
    if key in known and key not in movable:
        wrong = f"is {known[key].allowed}, not a number that can be moved; for such settings use compare or sweep"
        raise InputError([Problem(wrong, key=key)])
    if key not in movable:
        advice = did_you_mean(key, movable) or "see `alliances parameters` for all of them"
        raise InputError([Problem(f"no such setting; {advice}", key=key)])
    if movable[key].unit == "seed":
        raise InputError([Problem("is a name for luck, not an amount", key=key)])
    _, _, leaf = key.rpartition(".")
    if key.startswith("strategies.") and leaf == "share":
        better = f"mix.{key.split('.')[1]}"
        raise InputError([Problem(f"cannot move alone, for shares sum to 1; move {better}", key=key)])
    return movable[key]


def _wrong_end(setting: Setting, value: Any, end: str) -> Iterable[Problem]:
    """What is wrong with an end of the range that somebody asked for."""
    if value is None:
        return
    key = f"{setting.key}, {end}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        yield Problem(f"{value!r} is not a number", key=key)
    elif setting.whole and value != int(value):
        yield Problem(f"{value:g} is not a whole number", key=key)
    elif (setting.low is not None and value < setting.low) or (setting.high is not None and value > setting.high):
        yield Problem(f"{written(value)} is not {setting.allowed}", key=key)


def _furthest(setting: Setting, start: float | None, end: str, makers: Sequence[Made]) -> float:
    """The bound of the schema, or the last value before it with which the scenarios still hold."""
    bound = setting.low if end == "low" else setting.high
    near = 0.0 if start is None else start
    if bound is None:
        bound = near + (-1 if end == "low" else 1) * MOST_TIMES * max(1.0, abs(near))
    if setting.key in COSTLY and end == "high":
        bound = min(bound, MOST_TIMES * near)
    if start is None or _hold(makers, bound, setting.whole) or not _hold(makers, start, setting.whole):
        return float(bound)
    return _bisect(near, float(bound), lambda value: _hold(makers, value, setting.whole), setting.whole)


def _bisect(good: float, bad: float, holds: Callable[[float], bool], whole: bool) -> float:
    """The value nearest to `bad` that holds."""
    while abs(bad - good) > (1 if whole else 1e-9 * max(1.0, abs(good), abs(bad))):
        middle = math.floor((good + bad) / 2) if whole else (good + bad) / 2
        good, bad = (float(middle), bad) if holds(middle) else (good, float(middle))
        if whole and abs(bad - good) <= 1:
            break
    return good


def _hold(makers: Sequence[Made], value: float, whole: bool) -> bool:
    try:
        for make in makers:
            make(round(value) if whole else float(value))
    except InputError:
        return False
    return True


# --- words --------------------------------------------------------------------------------------------------


def _name(key: str) -> str:
    """A setting in few words.

    >>> _name("environment.shock_rate"), _name("trust.initial"), _name("mix.learning_racer"), _name("exit.memory")
    ('shock rate', 'initial trust', 'share of learning racers', 'exit memory')
    """
    *groups, leaf = key.split(".")
    words = leaf.replace("_", " ")
    if groups == ["mix"]:
        return f"share of {words}s"
    if len(groups) > 1:  # strategies.sharer.base
        return f"{words} of {groups[-1].replace('_', ' ')}s"
    if " " in words or not groups:
        return words
    return f"initial {groups[-1]}" if leaf == "initial" else f"{groups[-1]} {words}"


def per(unit: str) -> str:
    """A unit behind a number.

    >>> per("1/quarter"), per("share"), per("money")
    (' per quarter', '', ' money')
    """
    if unit.startswith("share") or unit in ("", "factor", "0 to 1"):
        return ""
    return f" per {unit.removeprefix('1/')}" if unit.startswith("1/") else f" {unit}"


def article(word: str) -> str:
    """ "a" or "an"."""
    return "an" if word[:1].lower() in "aeiou" else "a"


def number(value: float, places: int | None = None) -> str:
    """A number as a sentence shows it: so many decimals, or three figures.

    >>> number(0.2119, 2), number(1234.5), number(-0.03), number(0.0)
    ('0.21', '1,234', '−0.03', '0')
    """
    text = f"{value:,.{places}f}" if places is not None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", "−")


def decimals(low: float, high: float, most: int = 6) -> int:
    """Decimals that an interval deserves: down to the first digit of half its width.

    >>> decimals(0.19, 0.23), decimals(61.0, 66.0)
    (2, 0)
    """
    half = (high - low) / 2
    if not math.isfinite(half) or half <= 0:
        return 3
    return min(most, max(0, -math.floor(math.log10(half))))
