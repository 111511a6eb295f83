"""How many alliances live at each time: the middle of all worlds, how far they scatter, and three real runs."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    QUARTERS_PER_YEAR,
    SMALL,
    TEXT,
    VERMILION,
    Floats,
    balanced,
    dress,
    in_arm,
    new_figure,
    panel_title,
    set_title,
    year_ticks,
)

MOST_BELOW = 4  # panels in one column; more stand in two
REAL: tuple[tuple[str, Any], ...] = ((VERMILION, "-"), (ORANGE, (0, (5, 1.5))), (PURPLE, (0, (2, 1.2))))


def living_message(living: Mapping[str, Floats], warm_up: int = 0) -> str:
    """One sentence: how many alliances live at a typical moment after the warm-up."""
    living = _complete(living)
    if not living:
        return "No world ran to its end"
    name, first = next(iter(living.items()))
    settled = first[:, min(warm_up, first.shape[1] - 1) :]
    place = f"{in_arm(name)[:1].upper()}{in_arm(name)[1:]}, about" if len(living) > 1 else "About"
    if len(first) == 1:
        return (
            f"{place} {np.median(settled):,.0f} alliances live at a time, between {settled.min():,.0f} "
            f"and {settled.max():,.0f}"
        )
    low, middle, high = np.quantile(settled, [0.05, 0.5, 0.95])
    return f"{place} {middle:,.0f} alliances live at a time; nine of ten times between {low:,.0f} and {high:,.0f}"


def living_figure(living: Mapping[str, Floats], warm_up: int = 0, title: str | None = None) -> Figure:
    """Fan of living alliances over time, one panel per arm, all on the same axes, row by row.

    living : arm -> [worlds, quarters] number alive at the end of each quarter; worlds with a NaN are left out
    warm_up : not measured [quarters]
    title : None writes the message, "" nothing
    """
    living = _complete(living) or {name: np.zeros((1, table.shape[1])) for name, table in living.items()}
    count = len(living)
    beside = 1 if count <= MOST_BELOW else 2
    rows = math.ceil(count / beside)
    figure = new_figure(9.0 if beside == 1 else 10.5, 5.0 if count == 1 else 1.9 * rows + 1.6)
    set_title(figure, living_message(living, warm_up) if title is None else title)
    grid = list(figure.subplots(rows, beside, sharex=True, sharey=True, squeeze=False).flat)
    ordered = grid[:count]
    for empty in grid[count:]:
        empty.set_visible(False)
    legend: list[tuple[Artist, str]] = []
    for axes, (name, table) in zip(ordered, living.items(), strict=True):
        legend = max(legend, _fan(axes, table, warm_up), key=len)
        if count > 1:
            panel_title(axes, name if beside == 1 else balanced(name, 40))
        lowest = axes in ordered[-beside:]
        dress(axes, "time [years]" if lowest else "", "living alliances" if count == 1 else "")
        if lowest:
            axes.tick_params(labelbottom=True)
    if count > 1:
        figure.supylabel("living alliances", fontsize=TEXT, color=INK)
    top = max(float(np.max(table)) for table in living.values())
    last = max(table.shape[1] for table in living.values()) / QUARTERS_PER_YEAR
    ordered[0].set_ylim(0, max(1.0, 1.06 * top))
    ordered[0].set_xlim(0, last)
    _note_warm_up(ordered[0], next(iter(living.values())), warm_up, 0.3 * beside)
    year_ticks(ordered[0], last)
    if legend:
        handles, texts = zip(*legend, strict=True)
        look = {"fontsize": SMALL, "frameon": False, "handlelength": 2.0, "columnspacing": 1.3}
        figure.legend(handles, texts, loc="outside lower center", ncols=6, **look)
    return figure


def _complete(living: Mapping[str, Floats]) -> dict[str, Floats]:
    """The worlds that ran to their end, of the arms that have any."""
    known = {name: np.asarray(table, dtype=float) for name, table in living.items()}
    known = {name: table[np.isfinite(table).all(axis=1)] for name, table in known.items()}
    return {name: table for name, table in known.items() if len(table)}


def _fan(axes: Axes, table: Floats, warm_up: int) -> list[tuple[Artist, str]]:
    """One panel. Returns what its legend should explain."""
    worlds, quarters = table.shape
    time = (np.arange(quarters) + 1) / QUARTERS_PER_YEAR
    if warm_up:
        axes.axvspan(0, warm_up / QUARTERS_PER_YEAR, facecolor="#ECECEC", zorder=0)
    if worlds == 1:
        axes.plot(time, table[0], color=BLUE, linewidth=2.2)
        return []
    low, lower, middle, upper, high = np.quantile(table, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    wide = axes.fill_between(time, low, high, color=BLUE, alpha=0.18, linewidth=0)
    narrow = axes.fill_between(time, lower, upper, color=BLUE, alpha=0.35, linewidth=0)
    runs: list[tuple[Artist, str]] = []
    for rank, (row, (colour, line)) in enumerate(zip(table[:3], REAL, strict=False), 1):
        runs.append((axes.plot(time, row, color=colour, linestyle=line, linewidth=1.3)[0], f"run {rank}"))
    median = axes.plot(time, middle, color=INK, linewidth=2.8)[0]
    return [(median, "median"), (narrow, "50 % of worlds"), (wide, "90 % of worlds"), *runs]


def _note_warm_up(axes: Axes, table: Floats, warm_up: int, roomy: float) -> None:
    """The word in the grey part, above or below the lines, wherever there is more room.

    roomy : share of the axis from which on more words fit
    """
    if not warm_up:
        return
    end = axes.get_xlim()[1] * QUARTERS_PER_YEAR
    around = table[:, warm_up // 4 : max(warm_up * 3 // 4, 1)] / axes.get_ylim()[1]
    above = 1 - float(around.max(initial=0)) > float(around.min(initial=1))
    text = "warm-up, not measured" if warm_up > roomy * end else "warm-up"
    axes.text(
        warm_up / 2 / QUARTERS_PER_YEAR,
        0.95 if above else 0.05,
        text,
        transform=axes.get_xaxis_transform(),
        ha="center",
        va="top" if above else "bottom",
        fontsize=SMALL,
        color=MUTED,
    )
