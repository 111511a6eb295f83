"""The report of a single run: what happened in one world."""

from collections.abc import Mapping
from typing import Any, Protocol

import networkx as nx
import numpy as np

from experiments.figures.style import Floats, words
from experiments.report.assumptions import assumption_tables
from experiments.report.build import Page, Table, build_report
from experiments.report.charts import Lives, endings_chart, living_chart, network_chart, survival_chart
from experiments.report.numbers import shown
from experiments.report.sources import reproduce_rows
from experiments.sentences import plain_name, run_sentence
from simulation.events import CAUSES
from simulation.scenario import Scenario

ONE_WORLD = (
    "One world is one roll of the dice: it gives no interval. Many worlds under the same luck: alliances compare."
)
REGIMES = {
    "no_deal": "no deal: not even jointly worth it",
    "dilemma": "dilemma: jointly worth it, alone not",
    "harmony": "harmony: worth it for each",
}


class RunLike(Protocol):
    """What a report needs of a run; `simulation.simulate` returns it."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def seed(self) -> int: ...
    @property
    def world(self) -> int: ...
    @property
    def quarters(self) -> int: ...
    def series(self, name: str) -> Floats: ...
    def graph_at(self, quarter: int | None = None) -> "nx.Graph[Any]": ...


def run_report(run: RunLike, life: Lives, summary: Mapping[str, Any], command: str = "", question: str = "") -> str:
    """The report as one HTML text. life : `life_table(run)`     summary : `summary(run)`, the JSON of `alliances
    run`"""
    scenario = run.scenario
    answer = f"{run_sentence(dict(summary), scenario)} {ONE_WORLD}"
    context = (
        f"{scenario.title.rstrip('.') or plain_name(scenario)}. {scenario.firms.count:,} firms over "
        f"{run.quarters / 4:g} years; "
        f"{summary['alliances_formed']:,} alliances formed and {summary['alliances_ended']:,} ended"
        f"{' after the warm-up' if scenario.time.warm_up else ''}, {summary['alliances_alive']:,} live at the end."
    )
    living = np.asarray(run.series("living"), dtype=np.float64)[None, :]
    name = "this world"
    charts = [network_chart(run.graph_at(), "The end of the run"), survival_chart({name: life})]
    charts += [endings_chart({name: life}, CAUSES), living_chart({name: living}, scenario.time.warm_up)]
    page = Page(
        kind="one world",
        question=question or f"{plain_name(scenario)}: how long do alliances live, and what ends them?",
        answer=answer,
        context=context,
        charts=charts,
        tables=_tables(summary),
        assumptions=assumption_tables({name: scenario}),
        changed="Sources name the study or the assumption behind a default.",
        command=command or "alliances run …  (this result was made from Python)",
        reproduce=reproduce_rows({name: scenario}, run.seed, str(run.world)),
    )
    return build_report(page)


def _tables(summary: Mapping[str, Any]) -> list[Table]:
    rows = [
        (f"of all alliances, live {int(quarters) / 4:g} years", _share(share))
        for quarters, share in summary["survival"].items()
    ]
    median = summary["median_life_quarters"]
    rows.append(
        (
            "half have ended after",
            "not reached" if median is None else f"{median:.3g} quarters ({median / 4:.2g} years)",
        )
    )
    rows += [
        (label, f"{value:,}" if isinstance(value, int) else shown(float("nan") if value is None else value, ""))
        for key, label in (
            ("mean_trust", "trust of partners in each other, mean over time [0 to 1]"),
            ("reciprocity", "reciprocity of sharing [0 to 1]"),
            ("mean_fit", "fit of partners [0 to 1]"),
            ("shocks", "firms hit by shocks, counted each time"),
            ("breaches", "side deals found out"),
            ("failed_firms", "firms that failed"),
        )
        if key in summary
        for value in [summary[key]]
    ]
    endings = sorted(summary["endings"].items(), key=lambda item: -(item[1] or 0.0))
    return [
        Table("What was measured", ("measure", "value"), rows),
        Table(
            "How alliances ended, as shares of all endings",
            ("ending", "share"),
            [(words(cause), _share(share)) for cause, share in endings],
        ),
        Table(
            "Where alliances stood",
            ("regime", "share of alliance-quarters"),
            [(REGIMES.get(k, k), _share(v)) for k, v in summary["regimes"].items()],
        ),
    ]


def _share(value: float | None) -> str:
    return shown(float("nan") if value is None else value, "share")
