"""The report of a boundary over two settings."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from experiments.analysis.boundary import on_grid
from experiments.figures.boundary import boundary_figure
from experiments.figures.style import years
from experiments.outcomes import OUTCOMES
from experiments.report.assumptions import assumption_tables
from experiments.report.build import Chart, Page, Table, build_report
from experiments.report.numbers import intervals_from, is_share, shown
from experiments.report.sources import reproduce_rows
from experiments.searches.bounding_words import GRID, message, table
from experiments.searches.levers import number
from experiments.searches.outcome_words import outcome_in_words, value_in_words
from experiments.sentences import counted, plain_name

if TYPE_CHECKING:
    from experiments.searches.bounding import Boundary

READING = (
    "Colour is the mean over worlds, straight between the points that were run. The white line is the boundary; in the "
    "pale band around it the 95 % interval of the mean holds the level. Points lie closest where the boundary passes."
)


def boundary_report(result: "Boundary", command: str = "") -> str:
    """The report as one HTML text. command : that made the result"""
    base, x, y = result.scenario, result.x, result.y
    context = (
        f"{base.title.rstrip('.') or plain_name(base)}. {counted(len(result.places), 'point')} of "
        f"{counted(result.worlds, 'world')} of {counted(base.firms.count, 'firm')} over {years(base.time.quarters)}, the "
        f"same worlds at every point. {intervals_from(result.worlds)}"
    )
    if result.failures:
        context += f" {counted(len(result.failures), 'run')} failed and are left out."
    moved = "; ".join(f"{one.key} ({one.label}), from {number(one.low)} to {number(one.high)}" for one in (x, y))
    page = Page(
        kind="a boundary over two settings",
        question=f"{plain_name(base)}: with which {x.name} and {y.name} {_question(result)}?",
        answer=result.sentence(),
        context=context,
        charts=[_chart(result)],
        tables=_tables(result),
        assumptions=assumption_tables({"as it is": base}, varied=[x.key, y.key]),
        changed=f"Moved: {moved}. All else is the same at all points.",
        command=command or "alliances boundary …  (this result was made from Python)",
        reproduce=reproduce_rows({"as it is": base}, result.seed, f"0 to {result.worlds - 1} at every point"),
    )
    return build_report(page)


def boundary_picture(result: "Boundary", title: str | None = None) -> Figure:
    """The map. title : None writes the message"""
    meaning, x, y = OUTCOMES[result.outcome], result.x, result.y
    sure = [side if np.isfinite(side).any() else None for side in (result.low, result.high)]
    surfaces = [np.full((GRID, GRID), np.nan)] * 2
    if np.isfinite(result.mean).sum() > 2:
        surface = on_grid(*result.unit(result.mean), GRID)
        surfaces = [
            np.full((GRID, GRID), np.nan) if side is None else on_grid(*result.unit(side), GRID) for side in sure
        ]
    else:
        surface = np.full((GRID, GRID), np.nan)
    band = np.minimum(result.level - surfaces[0], surfaces[1] - result.level)
    return boundary_figure(
        surface,
        band,
        result.contour,
        result.places,
        (x.low, x.high),
        (y.low, y.high),
        x.label,
        y.label,
        meaning.label,
        outcome_in_words(result.outcome, result.level),
        None if x.start is None or y.start is None else (x.start, y.start),
        is_share(meaning.unit),
        meaning.unit,
        boundary_message(result) if title is None else title,
    )


def boundary_message(result: "Boundary") -> str:
    """The point of the map: the first sentence of the answer, without its scenario."""
    text = message(result).split(". ")[0].rstrip(".")
    return text[:1].upper() + text[1:]


def _question(result: "Boundary") -> str:
    told = outcome_in_words(result.outcome, result.level, "at least ")
    return f"do {told}" if is_share(OUTCOMES[result.outcome].unit) and " are " not in told else f"is it that {told}"


def _chart(result: "Boundary") -> Chart:
    said, unit = boundary_message(result), OUTCOMES[result.outcome].unit
    known = result.mean[np.isfinite(result.mean)]
    ends = f"From {shown(float(known.min()), unit)} to {shown(float(known.max()), unit)}." if known.size else ""
    return Chart(said, boundary_picture(result, title=""), READING, f"{said}. {ends}")


def _tables(result: "Boundary") -> list[Table]:
    names, rows = table(result)
    level, unit = value_in_words(result.outcome, result.level), OUTCOMES[result.outcome].unit
    tables = []
    if rows:
        caption = f"Where {OUTCOMES[result.outcome].label} cross {level}"
        tables.append(Table(caption, names, rows, " ".join(result.notes())))
    columns = result.columns()
    body = [
        (
            number(float(columns[result.x.key][i])),
            number(float(columns[result.y.key][i])),
            shown(float(result.mean[i]), unit),
            f"{shown(float(result.low[i]), unit)} to {shown(float(result.high[i]), unit)}",
        )
        for i in range(len(result.places))
    ]
    head = (result.x.name, result.y.name, OUTCOMES[result.outcome].label, "95 %")
    return [*tables, Table("Every point that was run", head, body)]
