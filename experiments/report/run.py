"""The report of a single run: what happened in one world."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import networkx as nx
import numpy as np

from experiments.figures.network import MOST_LOOKED_AT, REPLACED, network_figure, network_message, start_message
from experiments.figures.style import Floats, words, years
from experiments.report.assumptions import assumption_tables
from experiments.report.build import Chart, Page, Table, build_report
from experiments.report.charts import Lives, endings_chart, living_chart, network_chart, survival_chart
from experiments.report.numbers import shown
from experiments.report.sources import reproduce_rows
from experiments.sentences import counted, plain_name, run_sentence
from simulation.events import CAUSES
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from experiments.report.viewer import Play

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
    def spells(self) -> Any: ...
    @property
    def firms(self) -> Any: ...


def first_and_last(run: RunLike) -> "tuple[nx.Graph[Any], nx.Graph[Any]] | None":
    """The networks at the end of quarter 0 and of the run, where the first one matters: no warm-up, and ties to begin
    with. Otherwise None.

    Ties of the first have `lives_on`, those of the last `from_start`: the same alliance, not another of the same
    firms. Firms that were replaced since carry REPLACED in the first: nobody kept what they were.
    """
    scenario = run.scenario
    if scenario.time.warm_up_quarters or scenario.network.kind == "empty" or run.quarters < 2:
        return None
    first, last = run.graph_at(0), run.graph_at()
    if not first.number_of_edges():
        return None
    spells, count = run.spells(), scenario.firms.count
    stayed = (spells.entered == 0) & (spells.ended >= run.quarters)
    pairs = {
        frozenset((int(a) % count, int(b) % count))
        for a, b in zip(spells.first[stayed], spells.second[stayed], strict=True)
    }
    for graph, mark in ((first, "lives_on"), (last, "from_start")):
        for a, b, data in graph.edges(data=True):
            data[mark] = frozenset((a, b)) in pairs
    for identity in run.firms.identity:
        if int(identity) >= count:
            first.nodes[int(identity) % count].update(strategy=REPLACED, alliance_function=False)
    return first, last


def _network_charts(run: RunLike) -> list[Chart]:
    """The network at the end and, where it matters, how it began, every firm at the same place in both."""
    if run.scenario.firms.count > MOST_LOOKED_AT:
        return []
    moments = first_and_last(run)
    if moments is None:
        return [network_chart(run.graph_at(), "The end of the run")]
    first, last = moments
    began = start_message(first, years(run.quarters))
    ended = f"The end of the run: {network_message(last)}"
    reading = (
        "The alliances at the end of quarter 0, the first quarter: what it was started with, less what ended and "
        "with what formed within it. Each mark is a firm, its shape the firm's strategy. Blue lines still live at "
        "the end of the run, grey ones have ended. Trust is kept for the end of a run only. Every firm has the same "
        "place in the next picture."
    )
    after = (
        "The same firms at the same places. Each line is a living alliance, from dark blue (no trust) to yellow (full "
        "trust); thick ones were there at the start. A ring means that a firm employs alliance managers."
    )
    return [
        Chart(began, network_figure(first, "", beside=last), reading, f"First network of alliances. {began}."),
        Chart(ended, network_figure(last, "", beside=first), after, f"Network of alliances. {ended}."),
    ]


def run_report(
    run: RunLike,
    life: Lives,
    summary: Mapping[str, Any],
    command: str = "",
    question: str = "",
    play: "Play | None" = None,
) -> str:
    """The report as one HTML text.

    life : `life_table(run)`     summary : `summary(run)`, the JSON of `alliances run`     play : `run_play(run)`
    """
    scenario = run.scenario
    answer = f"{run_sentence(dict(summary), scenario)} {ONE_WORLD}"
    context = (
        f"{scenario.title.rstrip('.') or plain_name(scenario)}. {counted(scenario.firms.count, 'firm')} over "
        f"{years(run.quarters)}; "
        f"{summary['alliances_formed']:,} alliances formed and {summary['alliances_ended']:,} ended"
        f"{' after the warm-up' if scenario.time.warm_up_quarters else ''}, {summary['alliances_alive']:,} live at the end."
    )
    if scenario.firms.count > MOST_LOOKED_AT:
        context += f" There is no picture of the network: it is drawn for up to {MOST_LOOKED_AT:,} firms."
    living = np.asarray(run.series("living"), dtype=np.float64)[None, :]
    name = "this world"
    charts = [*_network_charts(run), survival_chart({name: life})]
    charts += [endings_chart({name: life}, CAUSES), living_chart({name: living}, scenario.time.warm_up_quarters)]
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
        play=play,
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
