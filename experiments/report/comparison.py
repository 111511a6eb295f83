"""The report of a comparison: what each arm changes, under the same luck."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from experiments.analysis.comparison import ENOUGH_TO_COMPARE
from experiments.figures.differences import Row, differences_figure, differences_message
from experiments.figures.network import MOST_LOOKED_AT
from experiments.figures.style import Floats, in_arm, words, years
from experiments.outcomes import OUTCOMES
from experiments.report.assumptions import assumption_tables
from experiments.report.build import Chart, Page, Table, build_report
from experiments.report.charts import Lives, arms_in_words, endings_chart, living_chart, network_chart, survival_chart
from experiments.report.numbers import Interval, intervals_from, is_share, shown, unit_of_difference, with_interval
from experiments.report.saved import named_tables, saved_tables
from experiments.report.sources import reproduce_rows
from experiments.sentences import counted, plain_name
from simulation.events import CAUSES
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from experiments.report.viewer import Play

MAIN = "survival_5y"
MOST_BESIDE = 3  # arms beside the first that a table of intervals has room for


class Paired(Interval, Protocol):
    """One paired difference, as `experiments.analysis.Difference`."""

    @property
    def arm(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def better_in(self) -> int: ...
    @property
    def worlds(self) -> int: ...
    @property
    def worlds_if_unpaired(self) -> int | None: ...


class ComparisonLike(Protocol):
    """What a report needs of a comparison; `experiments.compare` returns it."""

    @property
    def scenarios(self) -> Mapping[str, Scenario]: ...
    @property
    def seed(self) -> int: ...
    @property
    def worlds(self) -> int: ...
    @property
    def arms(self) -> Mapping[str, Mapping[str, Interval]]: ...
    @property
    def differences(self) -> Sequence[Paired]: ...
    @property
    def table(self) -> Mapping[str, Mapping[str, Floats]]: ...
    @property
    def life(self) -> Mapping[str, Lives]: ...
    @property
    def series(self) -> Mapping[str, Floats]: ...
    @property
    def examples(self) -> Mapping[str, Any]: ...
    def sentence(self) -> str: ...


def comparison_report(
    result: ComparisonLike, command: str = "", question: str = "", outcome: str = MAIN, play: "Play | None" = None
) -> str:
    """The report as one HTML text.

    command : that made the result     question : "" asks what the arms change     play : `comparison_play(result)`
    """
    base = next(iter(result.scenarios.values()))
    failed = len(getattr(result, "failures", ()))
    context = (
        f"{base.title.rstrip('.') or plain_name(base)}. {counted(result.worlds, 'world')} of "
        f"{counted(base.firms.count, 'firm')} over {years(base.time.quarters)}, the same worlds with the same luck in all "
        f"{len(result.scenarios)} arms, so that what differs is the "
        f"arm's doing. {intervals_from(result.worlds)}"
    )
    if getattr(result, "other_engine", False):
        context += " There is no picture of one world, because another version of the engine wrote this result."
    if failed:
        context += f" {failed} of {result.worlds * len(result.scenarios):,} runs failed and are left out."
    page = Page(
        kind="a comparison of courses of action",
        question=question or f"{plain_name(base)}: what would {arms_in_words(list(result.scenarios))} change?",
        answer=result.sentence(),
        context=context,
        charts=_charts(result, base, outcome),
        tables=_tables(result),
        assumptions=assumption_tables(result.scenarios),
        changed="Everything else is the same in all arms. Sources name the study or the assumption behind a default.",
        command=command or "alliances compare …  (this result was made from Python)",
        reproduce=reproduce_rows(result.scenarios, result.seed, f"0 to {result.worlds - 1} in every arm"),
        play=play,
    )
    return build_report(page)


def difference_rows(result: ComparisonLike, outcome: str = MAIN) -> list[Row]:
    """The lines of the picture of paired differences, shares in percentage points."""
    factor = 100.0 if is_share(OUTCOMES[outcome].unit) else 1.0
    base = next(iter(result.table.values()))[outcome]
    return [
        Row(
            item.arm,
            factor * (np.asarray(result.table[item.arm][outcome]) - base),
            factor * item.mean,
            factor * item.low,
            factor * item.high,
            item.better_in,
        )
        for item in result.differences
        if item.outcome == outcome
    ]


def _charts(result: ComparisonLike, base: Scenario, outcome: str) -> list[Chart]:
    meaning = OUTCOMES[outcome]
    rows, unit = difference_rows(result, outcome), unit_of_difference(meaning.unit)
    known = [row for row in rows if np.isfinite(row.values).any()]
    told = "; ".join(
        f"{row.label}: {shown(row.mean, '', signed=True)} {unit}, better in {row.better_in} of "
        f"{np.isfinite(row.values).sum()} worlds"
        for row in rows
    )
    charts = []
    if known:
        reading = (
            "Each dot is one world run twice with the same luck: with the arm and without. Above them "
            "the mean and its 95 % interval."
        )
        figure = differences_figure(known, meaning.label, unit, title="", direction=meaning.direction)
        charts.append(
            Chart(differences_message(known, meaning.label, unit), figure, reading, f"Paired differences. {told}.")
        )
    charts += [
        survival_chart(result.life),
        endings_chart(result.life, CAUSES),
        living_chart(result.series, base.time.warm_up_quarters),
    ]
    top = max(known, key=lambda row: abs(row.mean)).label if known else ""
    for arm in dict.fromkeys((next(iter(result.scenarios)), top)):
        if arm in result.examples and base.firms.count <= MOST_LOOKED_AT:
            where = f"The end of world 0 {in_arm(arm)}"
            charts.append(network_chart(result.examples[arm].graph_at(), where))
    return charts


def _tables(result: ComparisonLike) -> list[Table]:
    arms = list(result.arms)
    plain = [name for name in OUTCOMES if not name.startswith("ending_")]
    note = "Mean over worlds, in brackets the 95 % interval. –: no world defines it."
    pooled = f"{note} The median life is that of the alliances of all worlds together, also in differences."
    labels = {name: f"{OUTCOMES[name].label} [{OUTCOMES[name].unit}]" for name in plain}
    tables = _beside("Outcomes of each arm", "outcome", result, labels, pooled)
    fates, base = getattr(result, "fates", {}), next(iter(result.scenarios.values()))
    tables += saved_tables(fates, warm_up=base.time.warm_up_quarters > 0)
    for arm in arms[1:]:
        rows = [_difference(item) for item in result.differences if item.arm == arm and item.outcome in plain]
        columns = ("outcome", "difference", "better in", "worlds if unpaired")
        tables.append(
            Table(f"“{arm}” against “{arms[0]}”, world by world", columns, rows, UNPAIRED if arm == arms[-1] else "")
        )
    endings = {f"ending_{cause}": words(cause) for cause in CAUSES}
    tables += _beside("How alliances ended, as shares of all endings", "ending", result, endings, note)
    return tables + named_tables(fates)


def _beside(caption: str, what: str, result: ComparisonLike, labels: Mapping[str, str], note: str) -> list[Table]:
    """Outcomes of the arms side by side; of many arms some at a time, each time beside the first."""
    first, *others = result.arms
    groups = math.ceil(len(others) / MOST_BESIDE)
    size = math.ceil(len(others) / groups) if groups else 1
    tables = []
    for start in range(0, max(len(others), 1), size):
        arms = [first, *others[start : start + size]]
        rows = [
            (label, *(with_interval(result.arms[arm][name], OUTCOMES[name].unit) for arm in arms))
            for name, label in labels.items()
        ]
        told = f"{caption}, {start + 1} to {start + len(arms) - 1} of {len(others)}" if groups > 1 else caption
        tables.append(Table(told, (what, *arms), rows, note if start + size >= len(others) else ""))
    return tables


UNPAIRED = (
    "Differences of shares are in percentage points. “Better in” counts worlds; where an outcome has "
    "no good side, it counts the worlds "
    "in which it is higher. “Worlds if unpaired” is how many worlds each arm would have needed for "
    "so narrow an interval without the same "
    f"luck in both; –: fewer than {ENOUGH_TO_COMPARE} worlds do not tell."
)


def _difference(item: Paired) -> tuple[str, ...]:
    outcome = OUTCOMES[item.outcome]
    unit = unit_of_difference(outcome.unit)
    needed = "any number" if item.worlds_if_unpaired is None else f"{item.worlds_if_unpaired:,}"
    word = "higher in " if outcome.direction == "neutral" else ""
    same = item.worlds > 0 and item.mean == item.low == item.high == 0.0
    return (
        f"{outcome.label} [{unit}]",
        "no difference" if same else with_interval(item, outcome.unit, signed=True),
        f"{word}{item.better_in:,} of {item.worlds:,}",
        "–" if same or item.worlds < ENOUGH_TO_COMPARE else needed.replace("any number", "more than any"),
    )
