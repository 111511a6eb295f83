"""Many settings and what came out of them: drawn within ranges, or taken from a sweep; and what counts as failing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from experiments.outcomes import OUTCOMES, check_outcome
from experiments.provenance import plain
from experiments.searches.ranges import Range, levels_at, ranges_of
from experiments.searches.rules import Bar
from experiments.sweeps.sweeping import Sweep, load_sweep
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
WORST = 0.25  # share of the settings that fail if nobody says what failing is


@dataclass
class Cloud:
    """Settings and what came out of them. levels : [settings, keys]; table : outcome -> [settings, worlds]"""

    levels: Floats
    table: dict[str, Floats]
    seed: int
    worlds: int

    def means(self, outcome: str) -> Floats:
        """Mean over the worlds that define the outcome, NaN where none does [settings]."""
        values = self.table[outcome]
        known = np.isfinite(values)
        total = np.where(known, values, 0.0).sum(axis=1)
        return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)

    def known(self, bar: Bar) -> tuple[Floats, Floats, Bools]:
        """Levels, outcome and whether it fails, of the settings that some world defines."""
        means = self.means(bar.outcome)
        there = np.isfinite(means)
        return self.levels[there], means[there], bar.fails(means[there])


@dataclass(frozen=True)
class Source:
    """What is searched. cloud : runs that are there already, those of a sweep; None if settings are still to be drawn"""

    base: Scenario
    ranges: dict[str, Range]
    cloud: Cloud | None = None
    folder: Path | None = None


def source_of(given: Any, vary: Mapping[str, Any] | None = None) -> Source:
    """A scenario with its ranges, or the sweep that a folder holds. Raises InputError."""
    if isinstance(given, Scenario):
        return Source(given, ranges_of(given, vary))
    if not isinstance(given, Sweep | str | Path):
        text = "is neither a Scenario nor a sweep or its folder"
        raise InputError([Problem(f"{given!r} {text}", key="scenario")])
    if vary:
        raise InputError([Problem("a sweep says itself what was varied; leave out vary", key="vary")])
    return _source_of_sweep(given if isinstance(given, Sweep) else load_sweep(given))


def _source_of_sweep(sweep: Sweep) -> Source:
    fixed, problems = {}, []
    ranges: dict[str, Range] = {}
    for key, levels in sweep.design.vary.items():
        if len(set(levels)) == 1:
            fixed[key] = levels[0]
        elif all(isinstance(level, int | float) and not isinstance(level, bool) for level in levels):
            numbers = [float(level) for level in levels]
            ranges[key] = (min(numbers), max(numbers))
        else:
            text = "its levels are not numbers; rules are found for numbers only"
            problems.append(Problem(text, key=f"vary {key}"))
    if not ranges and not problems:
        problems.append(Problem("this sweep has one setting only: nothing varies", key="vary"))
    if problems:
        raise InputError(problems)
    levels_there = [[float(cell.levels[key]) for key in ranges] for cell in sweep.design.cells]
    cloud = Cloud(np.array(levels_there), sweep.table, sweep.seed, sweep.worlds)
    return Source(sweep.design.base.with_(fixed) if fixed else sweep.design.base, ranges, cloud, sweep.out)


def drawn(base: Scenario, ranges: Mapping[str, Range], number: int, seed: int) -> Floats:
    """So many settings spread evenly over the ranges by a Latin hypercube [number, keys]. The seed gives the same ones."""
    generator = np.random.default_rng([seed, number, len(ranges)])
    return levels_at(base, ranges, qmc.LatinHypercube(len(ranges), seed=generator).random(number))


def check_bar(outcome: str, below: Any, above: Any) -> None:
    """Raises InputError unless the outcome is known and at most one of the bars is given, and can be met."""
    check_outcome(outcome)
    meaning, given = OUTCOMES[outcome], plain(above if below is None else below)
    name = "above" if below is None else "below"
    wrong = ""
    if below is not None and above is not None:
        wrong = "say below or above, not both"
    elif given is None and meaning.direction == "neutral":
        wrong = f"{meaning.label} have no better side; say what failing is, below or above a value"
    elif given is not None and (
        isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given)
    ):
        wrong = f"{given!r} is not a number"
    elif given is not None and meaning.unit in ("share", "0 to 1", "share of endings") and not 0 <= given <= 1:
        hint = f"; did you mean {given / 100:g}?" if 1 < given <= 100 else ""
        wrong = f"{given:g} is not a number from 0 to 1{hint}"
    if wrong:
        raise InputError([Problem(wrong, key=name)])


def bar_of(outcome: str, below: float | None, above: float | None, cloud: Cloud) -> Bar:
    """What counts as failing; if nobody says so, what the worst quarter of the settings do."""
    if below is not None or above is not None:
        value = below if below is not None else above
        return Bar(outcome, float(value if value is not None else math.nan), below is not None)
    means, low_is_bad = cloud.means(outcome), OUTCOMES[outcome].direction == "more is better"
    means = means[np.isfinite(means)]
    value = float(np.quantile(means, WORST if low_is_bad else 1 - WORST)) if len(means) else math.nan
    return Bar(outcome, float(f"{value:.2g}"), low_is_bad, asked=False)
