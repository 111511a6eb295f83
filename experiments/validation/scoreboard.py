"""All patterns side by side: measured, with intervals, against what studies of real alliances found."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.design import check_amounts, check_names
from experiments.outcomes import plain
from experiments.runner import Progress
from experiments.sentences import counted, html_table, plain_name, short
from experiments.validation.evidence import gather, merged
from experiments.validation.measure import Curve, Interval, Measure, Sample
from experiments.validation.measures import measures
from experiments.validation.patterns import Pattern, patterns
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

NOT_MEASURED = "not measured here"


@dataclass(frozen=True)
class Row:
    """One pattern and what became of it.

    parts : named numbers, the headline first; empty if it was not measured     holds : None if it could not be told
    reason : why it does not hold or could not be told, "" if it holds
    """

    pattern: Pattern
    parts: dict[str, Interval]
    holds: bool | None
    reason: str = ""
    curve: Curve | None = None

    @property
    def headline(self) -> Interval:
        return next(iter(self.parts.values()), Interval(math.nan, math.nan, math.nan))

    @property
    def verdict(self) -> str:
        return {True: "holds", False: "misses", None: "not told"}[self.holds]


@dataclass(frozen=True)
class Scoreboard:
    """What `measure_patterns` found. rows : in the order of the patterns     seconds : that it took"""

    scenario: Scenario
    worlds: int
    seed: int
    rows: tuple[Row, ...]
    seconds: float = 0.0

    @property
    def held(self) -> int:
        """How many patterns hold."""
        return sum(row.holds is True for row in self.rows)

    @property
    def of(self) -> int:
        """How many were asked for, measured or not."""
        return len(self.rows)

    def sentence(self) -> str:
        """The answer in words: how many hold, which miss, which could not be told."""
        text = (
            f"{plain_name(self.scenario)}, {counted(self.worlds, 'world')}: {self.held} of {self.of} "
            f"{'pattern' if self.of == 1 else 'patterns'} of real alliances hold{'s' if self.of == 1 else ''}"
        )
        missed = [row.pattern.id for row in self.rows if row.holds is False]
        untold = [row.pattern.id for row in self.rows if row.holds is None]
        return (
            text
            + (f", {_listed(missed)} {'misses' if len(missed) == 1 else 'miss'}" if missed else "")
            + (f", {_listed(untold)} could not be told" if untold else "")
            + "."
        )

    def columns(self) -> dict[str, list[Any]]:
        """One entry per pattern in every column."""
        found = [row.headline for row in self.rows]
        return {
            "id": [row.pattern.id for row in self.rows],
            "name": [row.pattern.name for row in self.rows],
            "value": [item.value for item in found],
            "low": [item.low for item in found],
            "high": [item.high for item in found],
            "band": [row.pattern.wanted for row in self.rows],
            "holds": [row.holds for row in self.rows],
            "reason": [row.reason for row in self.rows],
            "source": [row.pattern.source for row in self.rows],
        }

    def frame(self) -> "pd.DataFrame":
        """One row per pattern: id, name, value, low, high, band, holds, reason, source."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def to_json(self) -> dict[str, Any]:
        """As `alliances patterns --json` prints it; None stands for what could not be told."""
        found = {
            "held": self.held,
            "of": self.of,
            "scenario": self.scenario.name,
            "worlds": self.worlds,
            "seed": self.seed,
            "seconds": round(self.seconds, 3),
            "patterns": [_as_json(row) for row in self.rows],
        }
        return plain(found)  # type: ignore[no-any-return]

    def markdown(self) -> str:
        """A table of Markdown: pattern, measured, band, verdict, source, fitted or followed."""
        from experiments.validation.texts import markdown

        return markdown(self)

    def plot(self) -> Any:
        """A matplotlib figure: every pattern with a band of numbers, placed on its band."""
        from experiments.figures.patterns import scoreboard_figure

        return scoreboard_figure(self.rows, self.sentence())

    def to_html(self, path: str | Path | None = None, command: str = "") -> str:
        """The scoreboard as one self-contained HTML text, also written to `path` if given."""
        from experiments.report.patterns import patterns_report

        page = patterns_report(self, command)
        if path is not None:
            try:
                Path(path).write_text(page, encoding="utf-8")
            except (OSError, TypeError) as error:
                raise InputError([Problem(f"cannot be written: {error}", key=str(path))]) from error
        return page

    def __repr__(self) -> str:
        return f"Scoreboard({self.sentence()})"

    def _repr_html_(self) -> str:
        rows = [[row.pattern.id, row.pattern.name, *row.headline, row.pattern.wanted, row.verdict] for row in self.rows]
        return html_table(self.sentence(), ["id", "pattern", "value", "low", "high", "band", "verdict"], rows)


def measure_patterns(
    scenario: Scenario | None = None,
    worlds: int = 200,
    seed: int = 1,
    jobs: int | None = None,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Scoreboard:
    """Measure the patterns of real alliances in the worlds of a scenario, the baseline if left out.

    worlds : of every arm, 0 .. worlds-1     only : ids of patterns such as "P09"; None for all
    jobs : threads, default one per core     progress : called with (runs done, runs in all)
    Raises InputError if an input is wrong, RunsFailedError if a run fails.
    """
    scenario = Scenario() if scenario is None else scenario
    if not isinstance(scenario, Scenario):
        raise InputError([Problem(f"{scenario!r} is not a Scenario; scenarios.load gives one", key="scenario")])
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    names = check_patterns(only)
    start = time.perf_counter()
    known = {name: measure for name, measure in measures().items() if name in names}
    obstacles = {name: obstacle(scenario, measure) for name, measure in known.items()}
    able = [measure for name, measure in known.items() if not obstacles[name]]
    evidence = gather(scenario, merged(arm for one in able for arm in one.arms), worlds, seed, jobs, progress)
    sample = Sample(evidence, worlds)
    rows = [
        Row(patterns()[name], {}, None, obstacles.get(name) or NOT_MEASURED)
        if obstacles.get(name, NOT_MEASURED)
        else row_of(known[name], sample)
        for name in names
    ]
    return Scoreboard(scenario, worlds, seed, tuple(rows), time.perf_counter() - start)


def check_patterns(only: Sequence[str] | None) -> list[str]:
    """The ids asked for, in the order of the patterns; all for None. Raises InputError with the nearest id."""
    every = list(patterns())
    asked = None if only is None else [_full_id(str(name)) for name in only]
    return check_names(asked, every, "pattern", f"they are {every[0]} to {every[-1]}", "P01,P02")


def _full_id(text: str) -> str:
    """An id as it is written in the file: " p2" is P02."""
    name = text.strip().upper()
    return f"P{int(name[1:]):02d}" if name[:1] == "P" and name[1:].isdecimal() else name


def obstacle(scenario: Scenario, measure: Measure) -> str:
    """Why a pattern cannot be measured here or in this scenario, "" if it can."""
    if measure.obstacle is not None and (missing := measure.obstacle()):
        return f"{NOT_MEASURED}: {missing}"
    for arm in measure.arms:
        try:
            arm.of(scenario)
        except InputError as error:
            return f"{NOT_MEASURED}: {error.problems[0]}"
    return ""


def row_of(measure: Measure, sample: Sample, with_curve: bool = True) -> Row:
    """The row of a pattern, from the evidence of all arms of its measure."""
    pattern, parts = patterns()[measure.id], sample.parts(measure)
    undefined = [name for name, item in parts.items() if not math.isfinite(item.value)]
    if undefined:
        return Row(pattern, parts, None, f"undefined in these worlds: {_listed([_words(name) for name in undefined])}")
    holds = bool(measure.holds(parts))
    curve = sample.curve(measure) if with_curve else None
    return Row(pattern, parts, holds, "" if holds else _miss(pattern, parts), curve)


def _miss(pattern: Pattern, parts: dict[str, Interval]) -> str:
    """Why a pattern does not hold, in numbers."""
    (_, first), *others = parts.items()
    if isinstance(pattern.band, str) or pattern.band[0] <= first.value <= pattern.band[1]:
        told = _listed([f"{_words(name)} {interval_text(item)}" for name, item in parts.items()])
        return f"wanted: {pattern.wanted}; measured: {told}"
    side, end = ("below", pattern.band[0]) if first.value < pattern.band[0] else ("above", pattern.band[1])
    told = _listed([f"{_words(name)} {short(item.value)}" for name, item in others])
    return f"{short(first.value)} is {side} {end:g}{f' ({told})' if told else ''}".replace("-", "−")


def interval_text(item: Interval) -> str:
    """A number with its interval.

    >>> interval_text(Interval(0.5, 0.4, 0.6)), interval_text(Interval(2.0, float("nan"), float("nan")))
    ('0.5 (0.4 to 0.6)', '2')
    """
    value, low, high = (short(side).replace("-", "−") for side in item)
    return value if math.isnan(item.low) else f"{value} ({low} to {high})"


def _as_json(row: Row) -> dict[str, Any]:
    value, low, high = row.headline
    band = row.pattern.band
    return {
        "id": row.pattern.id,
        "name": row.pattern.name,
        "value": value,
        "low": low,
        "high": high,
        "band": band if isinstance(band, str) else list(band),
        "holds": row.holds,
        "reason": row.reason,
        "parts": {name: list(item) for name, item in row.parts.items()},
        "source": row.pattern.source,
    }


def _words(name: str) -> str:
    return name.replace("_", " ")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
