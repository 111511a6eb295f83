"""A portfolio under stress: the chance of each alliance to live on, and how many of them still do, year by year."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    ORANGE,
    QUARTERS_PER_YEAR,
    SKY,
    SMALL,
    TEXT,
    Floats,
    dress,
    new_figure,
    percent_axis,
    set_title,
    year_ticks,
)

MOST_ROWS = 40  # more than that, and nobody reads the names


@dataclass(frozen=True)
class Chance:
    """One line of the picture: an alliance and its chances [share] to live one, three and five years more.

    low, high : interval of the last of them     danger : what ends it most, in words
    """

    name: str
    one: float
    three: float
    five: float
    low: float
    high: float
    danger: str


def chances_message(rows: Sequence[Chance]) -> str:
    """Which alliance is most and which is least in danger. rows : the most endangered first"""
    first, last = rows[0], rows[-1]
    text = f"{first.name} lives five years in {100 * first.five:.0f} of 100 worlds"
    return text + (f", {last.name} in {100 * last.five:.0f}" if len(rows) > 1 else "")


def chances_figure(rows: Sequence[Chance], title: str | None = None) -> Figure:
    """Dots for one, three and five years, the last with its interval; the most endangered above.

    rows : the most endangered first, of which MOST_ROWS are drawn     title : None writes the message, "" nothing
    """
    drawn = rows[:MOST_ROWS]
    figure = new_figure(9.0, 1.9 + 0.36 * len(drawn))
    set_title(figure, chances_message(rows) if title is None else title)
    axes = figure.subplots()
    for place, row in enumerate(drawn):
        axes.plot([row.five, row.one], [place, place], color=FAINT, linewidth=2, zorder=1)
        axes.plot([row.low, row.high], [place, place], color=BLUE, linewidth=3, zorder=2, solid_capstyle="butt")
        axes.plot([row.one], [place], marker="D", color=SKY, markersize=7, zorder=3, clip_on=False)
        axes.plot([row.three], [place], marker="s", color=ORANGE, markersize=7, zorder=3, clip_on=False)
        axes.plot([row.five], [place], marker="o", color=BLUE, markersize=9, markeredgecolor="white", zorder=4,
                  clip_on=False)  # fmt: skip
        axes.text(
            1.03, place, row.danger, transform=axes.get_yaxis_transform(), va="center", fontsize=SMALL, color=MUTED
        )
    axes.text(
        1.03, -0.9, "main danger (of 100)", transform=axes.get_yaxis_transform(), va="center", fontsize=SMALL, color=INK
    )
    axes.set_ylim(len(drawn) - 0.4, -0.6)
    dress(axes, x="chance to live on [%]", grid="x")
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}")
    axes.set_yticks(range(len(drawn)), [_short(row.name) for row in drawn])
    axes.tick_params(axis="y", length=0)
    left_out = f" The {len(drawn)} most endangered of {len(rows)}." if len(rows) > len(drawn) else ""
    last = f"one year.{left_out}" if left_out else "one year"
    figure.legend(
        handles=[
            Line2D([], [], color=BLUE, marker="o", markersize=9, linewidth=3, label="five years (95 %)"),
            Line2D([], [], color=ORANGE, marker="s", markersize=7, linestyle="", label="three years"),
            Line2D([], [], color=SKY, marker="D", markersize=7, linestyle="", label=last),
        ],
        loc="outside lower left", ncols=3, frameon=False, fontsize=SMALL, labelcolor=MUTED,
    )  # fmt: skip
    return figure


def course_figure(mean: Floats, low: Floats, high: Floats, count: int, title: str = "") -> Figure:
    """How many of today's alliances still live, quarter by quarter.

    mean, low, high : [quarters+1] share, and the band of nine of ten worlds     count : alliances of today
    """
    figure = new_figure(9.0, 4.6)
    set_title(figure, title)
    axes = figure.subplots()
    time = np.arange(len(mean)) / QUARTERS_PER_YEAR
    axes.fill_between(time, low, high, step="post", color=BLUE, alpha=0.18, linewidth=0)
    axes.step(time, mean, where="post", color=BLUE, linewidth=2.4)
    _mark_years(axes, mean, count)
    percent_axis(axes)
    dress(axes, x="from now [years]", y="of today's alliances still alive [%]")
    axes.set_xlim(0, time[-1])
    year_ticks(axes, float(time[-1]))
    handles = [
        Line2D([], [], color=BLUE, linewidth=2.4, label="mean of all worlds"),
        Patch(facecolor=BLUE, alpha=0.18, label="nine of ten worlds"),
    ]
    axes.legend(handles=handles, loc="upper right", frameon=False, fontsize=SMALL, labelcolor=MUTED)
    return figure


def _mark_years(axes: Axes, mean: Floats, count: int) -> None:
    for year in (1, 3, 5):
        quarter = year * QUARTERS_PER_YEAR
        if quarter >= len(mean):
            continue
        place, at_the_edge = (year, mean[quarter]), quarter == len(mean) - 1
        axes.plot(
            *([one] for one in place), marker="o", color=BLUE, markersize=8, markeredgecolor="white", clip_on=False
        )
        axes.annotate(
            f"{count * mean[quarter]:.1f} of {count}",
            place,
            (0 if at_the_edge else 8, 18 if at_the_edge else 8),
            textcoords="offset points",
            ha="right" if at_the_edge else "left",
            fontsize=TEXT,
            color=INK,
        )


def _short(name: str, most: int = 44) -> str:
    """A name of two firms that fits beside the picture: each firm is cut to its half."""
    if len(name) <= most:
        return name
    half = (most - 3) // 2
    return " – ".join(part if len(part) <= half else part[: half - 1].rstrip(" ,.") + "…" for part in name.split(" – "))
