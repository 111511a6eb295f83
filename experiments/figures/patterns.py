"""Patterns of real alliances: the curve behind one row, and all rows on their bands."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import (
    BLUE,
    FAINT,
    GREEN,
    MUTED,
    SMALL,
    TEXT,
    VERMILION,
    Floats,
    arm_look,
    dress,
    new_figure,
    set_title,
)

if TYPE_CHECKING:
    from experiments.validation.measure import Curve
    from experiments.validation.scoreboard import Row

LONGEST_NAME = 52  # letters
LABEL = 26  # letters that a label beside a low picture holds
EDGE = 1.0  # widths of the band that a dot may lie outside of it before it is drawn at the edge


def pattern_figure(curve: "Curve", band: tuple[float, float] | None = None) -> Figure:
    """A line with its interval over worlds, or dots with bars where x holds names; further lines beside it.

    band : where studies want the headline, drawn where the curve says that it is read off
    """
    figure = new_figure(6.4, 3.4)
    axes = figure.subplots()
    if isinstance(curve.x, np.ndarray):
        _draw_lines(axes, curve)
    else:
        _draw_dots(axes, curve, list(curve.x))
    if curve.mark is not None and band is not None:
        axes.plot([curve.mark, curve.mark], band, color=GREEN, linewidth=9, alpha=0.35, solid_capstyle="butt", zorder=0)
        axes.annotate("band", (curve.mark, band[1]), (6, 0), textcoords="offset points", fontsize=SMALL, color=MUTED)
    dress(axes, curve.x_label, textwrap.fill(curve.y_label, LABEL))
    return figure


def _draw_lines(axes: Axes, curve: "Curve") -> None:
    x = np.asarray(curve.x, dtype=np.float64)
    colour, _ = arm_look(1)
    if curve.low is not None and curve.high is not None:
        axes.fill_between(x, curve.low, curve.high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(x, curve.y, color=colour, linewidth=2.2, label=curve.label or None)
    styles: tuple[tuple[int, tuple[int, ...]], ...] = ((0, (5, 2)), (0, (1, 1.5)), (0, (5, 2, 1, 2)))  # type: ignore[assignment]
    for position, (name, y) in enumerate(curve.others.items()):
        shade, _ = arm_look((0, 2, 3, 4)[position % 4])
        axes.plot(x, y, color=shade, linewidth=1.8, linestyle=styles[position % 3], label=name)
    if curve.others:
        axes.legend(frameon=False, fontsize=SMALL)


def _draw_dots(axes: Axes, curve: "Curve", names: list[str]) -> None:
    places = np.arange(len(names))
    if curve.low is not None and curve.high is not None:
        axes.vlines(places, curve.low, curve.high, color=BLUE, linewidth=2.5, alpha=0.5)
    axes.plot(places, curve.y, "o", color=BLUE, markersize=8, markeredgecolor="white", label=curve.label or None)
    for position, (name, y) in enumerate(curve.others.items()):
        colour, marker = arm_look(position + 2)
        axes.plot(places, y, marker, color=colour, markersize=8, markeredgecolor="white", label=name)
    if curve.others:
        axes.legend(frameon=False, fontsize=SMALL)
    axes.set_xticks(places, names, rotation=30 if len(names) > 4 else 0, ha="right" if len(names) > 4 else "center")
    axes.set_xlim(-0.6, len(names) - 0.4)


def scoreboard_figure(rows: "Sequence[Row]", title: str = "") -> Figure:
    """Every measured pattern with a band of numbers as a dot on its own band, with its interval; words get a mark only."""
    figure = new_figure(10.0, 1.6 + 0.34 * max(1, len(rows)))
    set_title(figure, title)
    axes = figure.subplots()
    axes.axvspan(0.0, 1.0, color=FAINT, alpha=0.6, linewidth=0)
    for place, row in enumerate(rows):
        colour = {True: GREEN, False: VERMILION, None: MUTED}[row.holds]
        band = row.pattern.band
        if isinstance(band, str) or row.holds is None:
            axes.text(0.5, place, row.verdict, ha="center", va="center", fontsize=SMALL, color=colour)
            continue
        value, low, high = (_placed(number, band) for number in row.headline)
        if np.isfinite([low, high]).all():
            axes.plot([low, high], [place, place], color=colour, linewidth=2.5, alpha=0.6)
        axes.plot(value, place, "o" if row.holds else "X", color=colour, markersize=8, markeredgecolor="white")
    axes.set_yticks(range(len(rows)), [f"{row.pattern.id}  {_brief(row.pattern.name)}" for row in rows], fontsize=SMALL)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-EDGE - 0.05, 1.0 + EDGE + 0.05)
    dress(axes, "the band of each pattern, from its least to its most", grid="")
    axes.set_xticks([0.0, 1.0], ["least", "most"], fontsize=TEXT)
    return figure


def _brief(name: str) -> str:
    return textwrap.shorten(name, LONGEST_NAME, placeholder=" …")


def _placed(value: float, band: tuple[float, float]) -> float:
    """Where a number lies on its band: 0 at the lower end, 1 at the upper."""
    place: Floats = np.clip((value - band[0]) / (band[1] - band[0]), -EDGE, 1.0 + EDGE)
    return float(place)
