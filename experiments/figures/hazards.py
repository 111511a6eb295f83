"""What goes with a short or a long life: one row per fact known at birth, its hazard ratio and interval."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from experiments.figures.style import (
    BLUE,
    INK,
    MUTED,
    SMALL,
    TEXT,
    VERMILION,
    dress,
    new_figure,
    on_white,
    set_title,
)

TICKS = (0.05, 0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 10.0, 20.0)
ROOM = 0.1  # least distance of two ticks [share of the axis]


class RatioRow(Protocol):
    """One hazard ratio with its interval, NaN ends for none. against : rather than what; "" for a matter of degree"""

    @property
    def name(self) -> str: ...
    @property
    def against(self) -> str: ...
    @property
    def mean(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def hazards_message(rows: Sequence[RatioRow]) -> str:
    """One sentence: what raises and what lowers the hazard most, of what is told apart from nothing."""
    worse = [row for row in rows if row.low > 1]
    better = [row for row in rows if row.high < 1]
    parts = []
    if worse:
        top = max(worse, key=lambda row: row.mean)
        parts.append(f"what raises the hazard most is {_named(top)}")
    if better:
        least = min(better, key=lambda row: row.mean)
        parts.append(
            f"what lowers it most is {_named(least)}" if worse else f"what lowers the hazard most is {_named(least)}"
        )
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] if parts else "Nothing that is known at birth goes clearly with a shorter life"


def _named(row: RatioRow) -> str:
    return f"“{row.name}” (×{row.mean:.2g})"


def hazards_figure(rows: Sequence[RatioRow], title: str | None = None) -> Figure:
    """Hazard ratios on a logarithmic axis, the highest on top. title : None writes the message, "" nothing."""
    order = sorted(rows, key=lambda row: -row.mean)
    figure = new_figure(9.5, 2.2 + 0.47 * max(2, len(order)))
    set_title(figure, hazards_message(rows) if title is None else title)
    axes = figure.subplots()
    for place, row in enumerate(order):
        known = np.isfinite([row.low, row.high]).all()
        colour, marker = (VERMILION, "^") if row.low > 1 else (BLUE, "v") if row.high < 1 else (MUTED, "o")
        if known:
            axes.plot([row.low, row.high], [place, place], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot([row.mean], [place], marker, color=colour, markersize=7.5, markeredgecolor="white")
        axes.text(1.015, place, f"{row.mean:.2f}", transform=axes.get_yaxis_transform(), va="center", fontsize=TEXT,
                  color=on_white(colour), fontweight="bold")  # fmt: skip
    axes.axvline(1.0, color=INK, linewidth=1.2, zorder=0)
    ends = [side for row in order for side in (row.low, row.mean, row.high) if np.isfinite(side)]
    low, high = min([0.8, *ends]) / 1.06, max([1.25, *ends]) * 1.06
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    dress(axes, "times the hazard of ending, all other rows equal (logarithmic)", grid="x")
    ticks = _ticks(low, high)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(len(order) - 0.4, -0.6)
    labels = [f"{row.name}\nrather than {row.against}" if row.against else row.name for row in order]
    axes.set_yticks(range(len(order)), labels, fontsize=SMALL)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    looks = (("ends sooner", VERMILION, "^"), ("lives longer", BLUE, "v"), ("cannot be told from 1", MUTED, "o"))
    handles = [Line2D([], [], color=colour, marker=marker, linewidth=3, markersize=8, label=text)
               for text, colour, marker in looks]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=SMALL, labelcolor=MUTED)
    return figure


def _ticks(low: float, high: float) -> list[float]:
    """Round ratios inside the axis, 1 among them, none upon another."""
    found: list[float] = [1.0]
    width = np.log(high / low)
    for tick in sorted(TICKS, key=lambda tick: (round(abs(np.log2(tick)), 6) % 1 > 0, abs(np.log(tick)))):
        if low <= tick <= high and all(abs(np.log(tick / other)) > ROOM * width for other in found):
            found.append(tick)
    return sorted(found)
