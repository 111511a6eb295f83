"""How alliances end: the share that has ended by each age, split by cause."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch
from matplotlib.patheffects import withStroke
from matplotlib.transforms import offset_copy

from experiments.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    QUARTERS_PER_YEAR,
    SKY,
    SMALL,
    TEXT,
    VERMILION,
    YELLOW,
    Floats,
    balanced,
    dress,
    new_figure,
    of_100,
    panel_title,
    percent_axis,
    set_title,
    spread,
    words,
    year_ticks,
    years,
)

# From what nobody wants at the bottom to what was intended on top; neighbours differ in lightness and hatch.
LOOKS: dict[str, tuple[str, str]] = {
    "deceit": (BLACK, ""),
    "distrust": (VERMILION, ""),
    "never_started": (YELLOW, "//"),
    "misfit": (BLUE, ""),
    "underperformance": (SKY, "||"),
    "learned_out": (PURPLE, ""),
    "better_option": (ORANGE, "\\\\"),
    "partner_failed": ("#8C8C8C", ""),
    "completed": (GREEN, ""),
}


AGE = "age of the alliance [years]"
MOST_BESIDE = 4  # panels in one row; of more, ROW stand side by side
ROW = 3


def endings_message(incidence: Mapping[str, Floats], causes: Sequence[str], age: int = 20) -> str:
    """One sentence: the most common ending by an age [quarters] in the first arm."""
    first = next(iter(incidence.values()))
    age = min(age, _known(first))
    now = first[:, age]
    if not np.isfinite(now).any() or not np.nansum(now) > 0:
        return "No alliance has ended"
    top = int(np.nanargmax(now))
    ended = float(now.sum())
    return f"Within {years(age)} {of_100(ended)} alliances end; {words(causes[top])} takes most ({100 * now[top]:.0f})"


def endings_figure(
    incidence: Mapping[str, Floats], causes: Sequence[str], title: str | None = None, last: int = 60, age: int = 20
) -> Figure:
    """Stacked cumulative incidence, one panel per arm, every cause named at the right of each whole row.

    incidence : arm -> [causes, ages+1] share ended by each age through each cause     causes : names of the rows
    last : end of the axis [quarters]     age : that the message speaks of [quarters]     title : None writes the
    message
    """
    beside = len(incidence) if len(incidence) <= MOST_BESIDE else ROW
    rows = math.ceil(len(incidence) / beside)
    figure = new_figure(9.0 if len(incidence) < 3 else 10.5, 5.6 if rows == 1 else 4.2 * rows)
    set_title(figure, endings_message(incidence, causes, age) if title is None else title)
    grid = figure.subplots(rows, beside, sharey=True, squeeze=False)
    panels = list(grid.flat)[: len(incidence)]
    for empty in list(grid.flat)[len(incidence) :]:
        empty.set_visible(False)
    order = [causes.index(name) for name in LOOKS if name in causes] + [
        k for k, name in enumerate(causes) if name not in LOOKS
    ]
    end = min(last, max(_known(table) for table in incidence.values()))
    for place, (axes, (name, table)) in enumerate(zip(panels, incidence.items(), strict=True)):
        _stack(axes, table[order], [causes[k] for k in order], end, alone=len(incidence) == 1)
        if len(incidence) > 1:
            panel_title(axes, balanced(name, 44 // beside))
            _write_shares(axes, table[order], end)
        year_ticks(axes, end / QUARTERS_PER_YEAR)
        if len(incidence) > 2:
            axes.set_xticks(axes.get_xticks()[::2])
        dress(axes, "" if len(incidence) > 1 else AGE, "alliances ended by then [%]" if place % beside == 0 else "")
        axes.set_xlim(0, end / QUARTERS_PER_YEAR)
        if place % beside == beside - 1:
            _name_causes(axes, table[order], [causes[k] for k in order], end, shares=len(incidence) == 1)
    percent_axis(panels[0])
    if len(incidence) > 1:
        figure.supxlabel(AGE, fontsize=TEXT, color=INK)
    return figure


def _known(table: Floats) -> int:
    return max(int(np.count_nonzero(np.isfinite(table.sum(axis=0)))) - 1, 1)


def _look(cause: str) -> tuple[str, str]:
    return LOOKS.get(cause, ("#FFFFFF", "xx"))


def _stack(axes: Axes, table: Floats, causes: Sequence[str], end: int, alone: bool) -> None:
    shown = min(end, _known(table))
    time = np.arange(shown + 1) / QUARTERS_PER_YEAR
    edges = np.vstack([np.zeros(shown + 1), np.cumsum(table[:, : shown + 1], axis=0)])
    for below, above, cause in zip(edges[:-1], edges[1:], causes, strict=True):
        colour, hatch = _look(cause)
        axes.fill_between(time, below, above, facecolor=colour, hatch=hatch, edgecolor="#00000066", linewidth=0)
        axes.plot(time, above, color="white", linewidth=1.1)
    axes.plot(time, edges[-1], color=INK, linewidth=1.8)
    _write_alive(axes, time, edges[-1], 0.22 if alone else 0.5)


def _write_alive(axes: Axes, time: Floats, ended: Floats, width: float) -> None:
    """ "Still alive" in the white corner above the layers, if it is large enough. width : of the text [share of the
    axis]."""
    left, right = 0.035 * time[-1], (0.035 + width) * time[-1]
    top = float(np.interp(right, time, ended))
    if top < 0.86:
        axes.text(
            left, max((1 + top) / 2, 0.93), "still alive", fontsize=TEXT, color=MUTED, va="center", style="italic"
        )


def _write_shares(axes: Axes, table: Floats, end: int) -> None:
    """The share of each cause at the end of the axis, inside its layer where the layer is thick enough."""
    final = np.nan_to_num(table[:, min(end, _known(table))])
    edges = np.concatenate([[0.0], np.cumsum(final)])
    for below, share in zip(edges[:-1], final, strict=True):
        if share >= 0.045:
            text = axes.text(
                0.97,
                below + share / 2,
                f"{100 * share:.0f}",
                transform=axes.get_yaxis_transform(),
                ha="right",
                va="center",
                fontsize=SMALL,
                color=INK,
            )
            text.set_path_effects([withStroke(linewidth=3.5, foreground="white")])


def _name_causes(axes: Axes, table: Floats, causes: Sequence[str], end: int, shares: bool) -> None:
    """Name and, if asked for, share of every cause beside the axes, joined to its layer."""
    figure = axes.get_figure(root=True)
    final = np.nan_to_num(table[:, min(end, _known(table))])
    edges = np.concatenate([[0.0], np.cumsum(final)])
    middle = (edges[:-1] + edges[1:]) / 2
    near, far, box, text = (
        offset_copy(axes.transAxes, fig=figure, x=points, units="points") for points in (3, 16, 26, 38)
    )
    for at, place, share, cause in zip(middle, spread(middle, 0.066, 0.0, 1.0), final, causes, strict=True):
        colour, hatch = _look(cause)
        for start, stop, left, right in ((axes.transAxes, near, at, at), (near, far, at, place)):
            line = ConnectionPatch((1, left), (1, right), start, stop, color=MUTED, linewidth=0.9)
            axes.add_artist(line)
        axes.scatter(
            [1],
            [place],
            s=130,
            marker="s",
            transform=box,
            facecolor=colour,
            hatch=hatch * 2,
            edgecolor=INK,
            linewidth=0.8,
            clip_on=False,
        )
        label = f"{words(cause)} {_percent(float(share))}" if shares else words(cause)
        axes.text(1, place, label, transform=text, va="center", fontsize=SMALL, color=INK)


def _percent(share: float) -> str:
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"
