"""Outcomes and levels of them in sentences: "35 of 100 alliances live five years"."""

import math
from typing import Any

from experiments.outcomes import OUTCOMES, Outcome
from experiments.searches.levers import number
from simulation.problems import InputError, Problem

COUNTED = ("alliances", "firms")  # units of outcomes whose label names what is counted


def check_level(outcome: str, level: Any) -> float:
    """A level that the outcome can cross. Raises InputError."""
    meaning = OUTCOMES[outcome]
    if isinstance(level, bool) or not isinstance(level, int | float) or not math.isfinite(level):
        raise InputError([Problem(f"{level!r} is not a number", key="level")])
    if _within_one(meaning) and not 0 < level < 1:
        what = "a share" if meaning.unit.startswith("share") else "a level"
        advice = f"; write {level / 100:g} for {level:g} of 100" if 1 < level < 100 else ""
        raise InputError(
            [Problem(f"{level:g} is not {what} between 0 and 1 that {outcome} crosses{advice}", key="level")]
        )
    if meaning.unit in (*COUNTED, "quarters") and level < 0:
        raise InputError([Problem(f"{level:g} {meaning.unit}: less than none", key="level")])
    return float(level)


def value_in_words(outcome: str, value: float) -> str:
    """A value of an outcome: "35 of 100", "12.5 quarters"."""
    unit = OUTCOMES[outcome].unit
    if unit.startswith("share"):
        shown = 100 * value
        return f"{shown:.0f} of 100" if abs(shown - round(shown)) < 0.05 else f"{shown:.1f} of 100"
    return f"{number(value)}{'' if unit == '0 to 1' else ' ' + unit}"


def outcome_in_words(outcome: str, value: float, how: str = "") -> str:
    """What it means that an outcome has a value, as a clause.

    >>> outcome_in_words("survival_5y", 0.35), outcome_in_words("dilemma_share", 0.2)
    ('35 of 100 alliances live five years', '20 of 100 alliances are in the dilemma')
    >>> outcome_in_words("mean_trust", 0.5), outcome_in_words("alliances_formed", 800.0, "at least ")
    ('trust, mean over time, is 0.5', 'there are at least 800 alliances formed')

    how : put before the value, such as "at least "
    """
    meaning, told = OUTCOMES[outcome], how + value_in_words(outcome, value)
    if meaning.unit.startswith("share"):
        whose, _, what = meaning.label.partition(" ")
        clause = what.removeprefix("that ") if what.startswith("that ") else f"are {what}"
        return f"{told} {whose} {clause}"
    if meaning.unit in COUNTED:
        return f"there are {how}{number(value)} {meaning.label}"
    return f"{meaning.label}{',' if ',' in meaning.label else ''} is {told}"


def _within_one(meaning: Outcome) -> bool:
    return meaning.unit.startswith("share") or meaning.unit == "0 to 1"
