"""Where it fails, in words: rules that boxes of settings stand for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.analysis.discovery import Box, Quality, Share
from experiments.outcomes import OUTCOMES
from experiments.searches.spoken import spoken
from experiments.sentences import amount, table_unit

MOSTLY = 0.6  # share of the settings inside that fail: with fewer, it fails "more often" there, not "when"
DIGITS = 3  # of an edge: the rule that is told is the rule that is tested


@dataclass(frozen=True)
class Bar:
    """What counts as failing. below : fails if less than the value, else if more     asked : a person said so"""

    outcome: str
    value: float
    below: bool
    asked: bool = True

    def fails(self, means: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return np.asarray(means < self.value if self.below else means > self.value, dtype=np.bool_)

    def words(self) -> str:
        """Failing as a clause.

        >>> Bar("survival_5y", 0.25, True).words(), Bar("mean_trust", 0.4, True).words()
        ('fewer than 25 of 100 alliances live five years', '“trust, mean over time” is below 0.4')
        """
        meaning = OUTCOMES[self.outcome]
        if meaning.unit.startswith("share"):
            number = f"{'fewer' if self.below else 'more'} than {100 * self.value:.4g} of 100"
            if meaning.label.startswith("alliances that "):
                return f"{number} {meaning.label.replace(' that ', ' ')}"
            return f"“{meaning.label}” is {number}"
        unit = "" if meaning.unit == "0 to 1" else f" {meaning.unit}"
        return f"“{meaning.label}” is {'below' if self.below else 'above'} {self.value:.4g}{unit}"


@dataclass(frozen=True)
class Rule:
    """A box of settings, how good it is where it was found and, if it was tested, on fresh settings in fresh worlds."""

    box: Box
    here: Quality
    fresh: Quality | None = None


def rounded(box: Box) -> Box:
    """The box with edges as they are told."""
    low, high = (np.array([float(f"{edge:.{DIGITS}g}") for edge in edges]) for edges in (box.low, box.high))
    return Box(low, high, box.quasi_p)


def condition(box: Box, keys: Sequence[str], whole: Sequence[bool], name: Any = spoken) -> str:
    """The settings inside a box as a clause. whole : which settings are whole numbers     name : how a setting is called

    >>> box = Box(np.array([0.2, -np.inf]), np.array([np.inf, 3.5]), np.array([1e-9, 1e-5]))
    >>> condition(box, ["trust.initial", "firms.sectors"], [False, True])
    'initial trust is above 0.2 and firms.sectors is at most 3'
    """
    parts = [f"{name(keys[place])} is {side(box, place, whole[place])}" for place in box.restricted]
    return " and ".join(parts)


def side(box: Box, place: int, whole: bool) -> str:
    """Where one setting lies inside a box, in words."""
    low, high = float(box.low[place]), float(box.high[place])
    if whole:
        low, high = (math.ceil(low) if math.isfinite(low) else low, math.floor(high) if math.isfinite(high) else high)
    least, most = f"{low:.{DIGITS}g}", f"{high:.{DIGITS}g}"
    if math.isfinite(low) and math.isfinite(high):
        return f"from {least} to {most}"
    if math.isfinite(low):
        return f"{'at least' if whole else 'above'} {least}"
    return f"{'at most' if whole else 'below'} {most}"


def of_100(share: Share, interval: bool = True) -> str:
    """A share as so many of 100 with its interval.

    >>> of_100(Share(8, 10, 0.49, 0.943))
    '80 of 100 (95 % 49 to 94)'
    """
    if not share.of:
        return "none"
    ends = f" (95 % {100 * share.low:.0f} to {100 * share.high:.0f})" if interval else ""
    return f"{100 * share.share:.0f} of 100{ends}"


def verdict(
    rules: Sequence[Rule], bar: Bar, keys: Sequence[str], whole: Sequence[bool], count: Mapping[str, Any]
) -> str:
    """The answer in one or two sentences.

    count : settings, failing, lowest and highest outcome where they were found, fresh settings
    """
    failing, every, unit = count["failing"], count["settings"], OUTCOMES[bar.outcome].unit
    if not every:
        return "no setting tells, for the outcome is not defined in any world."
    if failing in (0, every):
        nearest = count["lowest"] if bar.below == (failing == 0) else count["highest"]
        which = "none" if failing == 0 else "all"
        what = "lowest" if bar.below == (failing == 0) else "highest"
        return f"{which} of {every:,} settings fail ({bar.words()}): the {what} is {amount(nearest, unit)} {table_unit(unit)}."
    if not rules:
        return (
            f"no rule. {failing:,} of {every:,} settings fail ({bar.words()}), "
            f"{'too few to find one' if count['few'] else 'and nothing that was varied sets them apart'}."
        )
    first = rules[0]
    clause = condition(first.box, keys, whole)
    if first.fresh is None:
        return f"{bar.words()} when {clause}."
    where = f"at {count['fresh']:,} fresh settings in fresh worlds"
    if not first.fresh.tells:
        return (
            f"no rule that holds. What set failing settings apart ({clause}) does not {where}: {_density(first.fresh)}."
        )
    when = "when" if first.fresh.density.share >= MOSTLY else "more often when"
    return f"{bar.words()} {when} {clause}. Tested {where}: {_density(first.fresh)}, and these are {_coverage(first.fresh)}."


def _density(tested: Quality, where: str = "anywhere") -> str:
    """How many settings inside fail, beside how many do anywhere."""
    inside, anywhere = tested.density, f"{100 * tested.base.share:.0f} {where}"
    if not inside.of:
        return f"no setting lies there ({anywhere})"
    ends = f"95 % {100 * inside.low:.0f} to {100 * inside.high:.0f}"
    return f"{100 * inside.share:.0f} of 100 such settings fail ({ends}; {anywhere})"


def _coverage(tested: Quality) -> str:
    share = tested.coverage
    return f"{100 * share.share:.0f} of 100 failures (95 % {100 * share.low:.0f} to {100 * share.high:.0f})"


def also(rules: Sequence[Rule], keys: Sequence[str], whole: Sequence[bool]) -> list[str]:
    """The rules after the first, a sentence each."""
    found = []
    for rule in rules[1:]:
        tested, clause = rule.fresh or rule.here, condition(rule.box, keys, whole)
        shares = f"{_density(tested, 'where no earlier rule holds')}, {_coverage(tested)}"
        verb = "It also fails" if tested.density.share >= MOSTLY else "It also fails more often"
        verb = verb if tested.tells else "What does not hold on fresh settings: it fails more often"
        found.append(f"{verb} when {clause}: {shares}.")
    return found
