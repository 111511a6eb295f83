"""The report of a tipping point: the curve, where it tips, and how far single worlds are from it."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from experiments.figures.style import years
from experiments.figures.tipping import Curve, tipping_figure
from experiments.outcomes import OUTCOMES
from experiments.provenance import BASE
from experiments.report.assumptions import assumption_tables
from experiments.report.build import Chart, Page, Table, build_report
from experiments.report.numbers import intervals_from, is_share, shown
from experiments.report.sources import reproduce_rows
from experiments.searches.levers import number
from experiments.searches.outcome_words import outcome_in_words, value_in_words
from experiments.searches.tipping_words import table
from experiments.sentences import counted, plain_name

if TYPE_CHECKING:
    from experiments.searches.tipping import TippingPoint

READING = (
    "The line is the mean over worlds, the band its 95 % interval; filled marks were run in all worlds, hollow ones in a "
    "few, to find the place. The diamond is where the mean crosses the level, the thick bar its interval. Below, each dot "
    "is the place where one world’s own curve crosses; the pale bar holds nine in ten of them."
)


def tipping_report(result: "TippingPoint", command: str = "") -> str:
    """The report as one HTML text. command : that made the result"""
    base, moved = result.scenario, result.lever
    context = (
        f"{base.title.rstrip('.') or plain_name(base)}. {counted(result.worlds, 'world')} of "
        f"{counted(base.firms.count, 'firm')} over {years(base.time.quarters)}, the same worlds at every value"
        f"{' and in every arm' if len(result.arms) > 1 else ''}; {counted(result.evaluations, 'run')}. "
        f"{intervals_from(result.worlds)}"
    )
    if result.failures:
        context += f" {counted(len(result.failures), 'run')} failed and are left out."
    page = Page(
        kind="a tipping point",
        question=f"{plain_name(base)}: at which {moved.name} do {_less(result)}?",
        answer=result.sentence(),
        context=context,
        charts=[_chart(result)],
        tables=_tables(result),
        assumptions=assumption_tables(result.scenarios, varied=[moved.key]),
        changed=f"Moved: {moved.key} ({moved.label}), from {number(moved.low)} to {number(moved.high)}"
        f"{'' if moved.start is None else f'; as it is {number(moved.start)}'}. All else is the same.",
        command=command or "alliances tipping …  (this result was made from Python)",
        reproduce=reproduce_rows(result.scenarios, result.seed, f"0 to {result.worlds - 1} at every value"),
    )
    return build_report(page)


def tipping_picture(result: "TippingPoint", title: str | None = None) -> Figure:
    """The figure of all arms. title : None writes the message"""
    meaning = OUTCOMES[result.outcome]
    rows = result.columns()
    curves = []
    for arm, one in result.arms.items():
        chosen = rows["arm"] == arm
        found = one.tipping
        place = (np.nan, np.nan, np.nan) if found is None else (found.value, found.low, found.high)
        full = set(one.search.full)
        levers = rows[result.lever.key][chosen]
        mean, low, high = (rows[side][chosen] for side in ("mean", "low", "high"))
        whole = np.array([float(value) in full for value in levers], dtype=np.float64)
        own = np.empty(0) if found is None else found.per_world
        curves.append(Curve(arm, levers, mean, low, high, whole, *place, own))
    return tipping_figure(
        curves,
        result.level,
        result.lever.label,
        meaning.label,
        is_share(meaning.unit),
        meaning.unit,
        result.lever.start,
        tipping_message(result) if title is None else title,
    )


def tipping_message(result: "TippingPoint") -> str:
    """The point of the picture in one sentence: the first of the answer, without its scenario."""
    first = result.sentence().split(": ", 1)[1].split("; single worlds")[0]
    first = first.split(". ")[0].rstrip(".")
    return first[:1].upper() + first[1:]


def _less(result: "TippingPoint") -> str:
    told = outcome_in_words(result.outcome, result.level)
    return told if is_share(OUTCOMES[result.outcome].unit) else f"worlds see that {told}"


def _chart(result: "TippingPoint") -> Chart:
    message = tipping_message(result)
    _, means, _ = result.arms[BASE].search.known()
    levers, unit = result.arms[BASE].search.known()[0], OUTCOMES[result.outcome].unit
    told = ", ".join(f"{number(lever)}: {shown(float(mean), unit)}" for lever, mean in zip(levers, means, strict=True))
    return Chart(message, tipping_picture(result, title=""), READING, f"{message}. {told}.")


def _tables(result: "TippingPoint") -> list[Table]:
    names, rows = table(result)
    level = value_in_words(result.outcome, result.level)
    tables = [Table(f"Where {OUTCOMES[result.outcome].label} cross {level}", names, rows, " ".join(result.notes()))]
    columns, unit = result.columns(), OUTCOMES[result.outcome].unit
    for arm in result.arms:
        chosen = np.flatnonzero(columns["arm"] == arm)
        body = [
            (
                number(columns[result.lever.key][i]),
                shown(float(columns["mean"][i]), unit),
                f"{shown(float(columns['low'][i]), unit)} to {shown(float(columns['high'][i]), unit)}",
                str(columns["worlds"][i]),
            )
            for i in chosen
        ]
        caption = "Every value that was tried" + (f", {arm}" if len(result.arms) > 1 else "")
        tables.append(Table(caption, (result.lever.name, OUTCOMES[result.outcome].label, "95 %", "worlds"), body))
    return tables
