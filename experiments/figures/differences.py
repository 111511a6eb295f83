"""What each arm changes: the mean difference over worlds with its interval, and every single world behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import (
    FAINT,
    INK,
    MUTED,
    SMALL,
    TEXT,
    Floats,
    arm_look,
    balanced,
    dress,
    new_figure,
    on_white,
    set_title,
)

SIDES = {"more is better": ("worse", "better"), "less is better": ("better", "worse")}


@dataclass(frozen=True)
class Row:
    """One line of the picture. values : [worlds] arm minus "as it is", same luck; better_in : worlds where the arm is
    better."""

    label: str
    values: Floats
    mean: float
    low: float
    high: float
    better_in: int


def differences_message(rows: Sequence[Row], what: str, unit: str) -> str:
    """One sentence about the arm that changes most. what : the outcome in words; unit : of the values."""
    known = [row for row in rows if np.isfinite(row.mean)]
    if not known:
        return f"No world defines {what} in both arms"
    top = max(known, key=lambda row: abs(row.mean))
    places = decimals([top.low, top.mean, top.high])
    interval = f" ({_interval(top, places)})" if np.isfinite([top.low, top.high]).all() else ""
    return f"“{top.label}” changes “{what}” by {_signed(top.mean, places)} {unit}{interval}"


def _signed(value: float, places: int) -> str:
    return f"{value:+.{places}f}".replace("-", "−")


def _interval(row: Row, places: int) -> str:
    return f"95 % {_signed(row.low, places)} to {_signed(row.high, places)}"


def decimals(values: Sequence[float]) -> int:
    """Decimals that tell these values apart: none from 10 on, one from 1 on, else two or more."""
    size = max((abs(value) for value in values if np.isfinite(value)), default=1.0)
    return 0 if size >= 20 else 1 if size >= 2 else 2 if size >= 0.2 or size == 0 else min(6, 2 + int(-np.log10(size)))


def differences_figure(
    rows: Sequence[Row], what: str, unit: str, title: str | None = None, direction: str = "more is better"
) -> Figure:
    """Paired differences, one row per arm.

    rows : values already in the unit to be shown (percentage points for shares)     what : the outcome in words
    title : None writes the message, "" nothing     direction : "more is better", "less is better" or "neutral"
    """
    figure = new_figure(9.0, 2.3 + 1.25 * len(rows))
    set_title(figure, differences_message(rows, what, unit) if title is None else title)
    axes = figure.add_subplot()
    places = decimals([value for row in rows for value in (row.mean, row.low, row.high)])
    for position, row in enumerate(rows):
        _draw_row(axes, position, row, places, "better" if direction in SIDES else "higher")
    axes.axvline(0, color=INK, linewidth=1.4, zorder=1)
    axes.set_ylim(len(rows) - 0.4, -0.62)
    axes.set_yticks(range(len(rows)), [balanced(row.label, 22) for row in rows])
    dress(axes, f"change in {what} against “as it is” [{unit}]\neach dot: one world, same luck in both arms", grid="x")
    axes.tick_params(axis="y", labelsize=TEXT, length=0)
    axes.spines["left"].set_visible(False)
    for position, label in enumerate(axes.get_yticklabels()):
        label.set_color(on_white(arm_look(position + 1)[0]))
    everything = np.concatenate([row.values[np.isfinite(row.values)] for row in rows] + [np.zeros(1)])
    reach = float(np.abs(everything).max()) or 1.0
    axes.set_xlim(
        min(float(everything.min()), -0.12 * reach) - 0.06 * reach,
        max(float(everything.max()), 0.12 * reach) + 0.06 * reach,
    )
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}".replace("-", "−") if abs(value) > 1e-12 else "0")
    sides = SIDES.get(direction, ("less", "more"))
    for x, text, align in ((0.0, f"← {sides[0]}", "left"), (1.0, f"{sides[1]} →", "right")):
        axes.text(x, 1.0, text, transform=axes.transAxes, ha=align, va="bottom", fontsize=SMALL, color=MUTED)
    return figure


def _draw_row(axes: Axes, position: int, row: Row, places: int, better: str) -> None:
    colour, marker = arm_look(position + 1)
    values = np.sort(row.values[np.isfinite(row.values)])
    # Heights from the golden ratio: even, without dice.
    height = position + 0.20 + 0.17 * (2 * ((np.arange(len(values)) * 0.6180339887) % 1) - 1)
    axes.scatter(values, height, s=14 if len(values) > 60 else 26, color=colour, alpha=0.45, linewidth=0, zorder=2)
    above = position - 0.14
    axes.plot(
        [row.low, row.high],
        [above, above],
        color=colour,
        linewidth=3,
        marker="|",
        markersize=13,
        markeredgewidth=3,
        zorder=3,
    )
    axes.plot([row.mean], [above], marker=marker, markersize=9, color=colour, markeredgecolor="white", zorder=4)
    text = _signed(row.mean, places) if len(values) else "no world defines it in both arms"
    if np.isfinite([row.low, row.high]).all():
        text += f"  ({_interval(row, places)})"
    if len(values):
        text += f"   {better} in {row.better_in} of {len(values)} worlds"
    axes.text(
        0.5,
        position - 0.36,
        text,
        transform=axes.get_yaxis_transform(),
        ha="center",
        va="center",
        fontsize=SMALL,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": FAINT, "boxstyle": "round,pad=0.25"},
        zorder=5,
    )
