"""What causes endings: of 100 endings, how many would not have happened, beside how many came soon after an event."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.analysis.attribution import ALL, Attributed, Part
from experiments.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    ORANGE,
    SMALL,
    TEXT,
    balanced,
    dress,
    new_figure,
    set_title,
    words,
    years,
)

PALE = "#F7DFB0"  # orange on white, so that a blue point stands out
THICK = 0.62  # height of a row's bar [rows]


def attribution_message(found: Attributed, off: str) -> str:
    """One sentence: what is caused, and what hasty reading would blame. Arguments as for `attribution_figure`."""
    part = found.total
    share = part.caused.mean
    if not np.isfinite(share):
        return f"Too few endings within {years(found.quarters)} were seen"
    if share < 0 and round(100 * share):
        text = f"There would be {-100 * share:.0f} more endings for every 100 {off}"
    else:
        text = f"{abs(100 * share):.0f} of 100 endings would not have happened {off}"
    if not np.isfinite(part.soon.mean):
        return text
    return f"{text}; {100 * part.soon.mean:.0f} came within a year of one"


def attribution_figure(found: Attributed, off: str, event: str = "", title: str | None = None) -> Figure:
    """All endings above, each kind of ending below on a wider scale, from the most caused to the least.

    found : shares by one age     off : what the other worlds are called, "without shocks"
    event : "a shock", "" without such a reading     title : None writes the message
    """
    kinds = sorted((part for part in found.parts[1:] if part.endings > 0), key=lambda part: -part.caused.mean)
    figure = new_figure(9.0, 3.5 + 0.46 * max(1, len(kinds)))
    set_title(figure, attribution_message(found, off) if title is None else title)
    above, below = figure.subplots(2, 1, height_ratios=[1.1, max(1, len(kinds))])
    _rows(above, [found.total])
    _rows(below, kinds)
    label = f"of 100 endings within {years(found.quarters)}"
    if event and np.isfinite(found.exposure):
        often = f"{100 * found.exposure:.0f} of 100 quarters within a year of {event}, ending or not"
        label += f"\n{balanced(f'(alliances spend {often})', 72)}"
    dress(above, "", "", grid="x")
    dress(below, label, "", grid="x")
    for axes in (above, below):
        axes.tick_params(axis="y", labelsize=TEXT, length=0)
        axes.spines["left"].set_visible(False)
    above.set_title("caused", loc="right", fontsize=TEXT, color=BLUE, pad=6)
    _explain(figure, off, event)
    return figure


def _rows(axes: Axes, parts: Sequence[Part]) -> None:
    """One row per part: how many end so, of them soon after an event, and a point for what is caused."""
    for row, part in enumerate(parts):
        axes.barh(row, 100 * part.endings, height=THICK, color=FAINT, zorder=1)
        if np.isfinite(part.soon.mean):
            axes.barh(row, 100 * part.soon.mean, height=THICK, facecolor=PALE, edgecolor=ORANGE, hatch="///",
                      linewidth=0.8, zorder=2)  # fmt: skip
        if np.isfinite(part.caused.mean):
            _point(axes, row, part)
    values = [100 * value for part in parts for value in (part.endings, part.caused.low, part.caused.high)]
    known = [value for value in values if np.isfinite(value)] or [1.0]
    low, high = min(0.0, *known), max(0.0, *known)
    axes.set_xlim(low - 0.04 * (high - low) if low < 0 else 0, high + 0.13 * (high - low))
    axes.set_xticks([tick for tick in axes.get_xticks() if axes.get_xlim()[0] <= tick <= high])
    axes.axvline(0, color=INK, linewidth=1.4, zorder=3)
    axes.set_ylim(len(parts) - 0.45, -0.55)
    axes.set_yticks(range(len(parts)), ["all endings" if part.cause == ALL else words(part.cause) for part in parts])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))


def _point(axes: Axes, row: int, part: Part) -> None:
    """The share caused with its interval, and its number at the right end of the row."""
    mean, low, high = (100 * value for value in (part.caused.mean, part.caused.low, part.caused.high))
    if np.isfinite([low, high]).all():
        axes.plot([low, high], [row, row], color="white", linewidth=6.5, zorder=4, solid_capstyle="butt")
        axes.plot([low, high], [row, row], color=BLUE, linewidth=3, marker="|", markersize=12, markeredgewidth=2.5,
                  zorder=5)  # fmt: skip
    axes.plot([mean], [row], marker="o", markersize=9, color=BLUE, markeredgecolor="white", zorder=6)
    text = f"{mean:.0f}" if part.cause == ALL else f"{mean:.1f}"
    text = (text if float(text) else text.lstrip("-")).replace("-", "−")
    axes.text(0.995, row, text, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=TEXT,
              color=BLUE, fontweight="bold")  # fmt: skip


def _explain(figure: Figure, off: str, event: str) -> None:
    """What the marks mean, below the picture."""
    caused = f"would not have happened {off} (95 %)"
    handles: list[Line2D | Patch] = [Line2D([], [], color=BLUE, marker="o", markersize=9, linewidth=3, label=caused)]
    if event:
        soon = f"came within a year of {event}"
        handles.append(Patch(facecolor=PALE, edgecolor=ORANGE, hatch="///", label=soon))
    handles.append(Patch(facecolor=FAINT, label="other endings of this kind" if event else "endings of this kind"))
    figure.legend(
        handles=handles,
        loc="outside lower left",
        ncols=1 if len(off) > 30 else 2,
        frameon=False,
        fontsize=SMALL,
        labelcolor=MUTED,
    )
