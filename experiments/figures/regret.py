"""Regret of each arm in each future, as a map: the darker, the farther behind the best."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.analysis.regret import Regrets
from experiments.figures.style import INK, MUTED, SMALL, TEXT, balanced, dress, new_figure, set_title
from experiments.outcomes import OUTCOMES

GAP = 0.18  # before the column of the worst [columns]
PALE, DARK = 0.02, 0.72  # part of the colour map that is used: black text can be read on all of it
COLOURS = "YlOrBr"


def regret_message(found: Regrets, arms: Sequence[str], outcome: str) -> str:
    """One sentence: who is regretted least, and how much."""
    if not found.worlds:
        return f"No world defines {OUTCOMES[outcome].label} in all arms and futures"
    first = found.order[0]
    unit, worst = OUTCOMES[outcome].unit, float(found.worst[first])
    share = unit.startswith("share")
    text = f"{100 * worst:.1f} of 100" if share else f"{worst:.3g} {unit}"
    if worst <= 0:
        return f"“{arms[first]}” is never behind the best"
    return f"“{arms[first]}” is regretted least: at worst {text} behind the best"


def regret_figure(
    found: Regrets, arms: Sequence[str], futures: Sequence[str], outcome: str, title: str | None = None
) -> Figure:
    """The map, the arm with the least worst regret above. title : None writes the message, "" nothing"""
    unit = OUTCOMES[outcome].unit
    factor = 100.0 if unit.startswith("share") else 1.0
    figure = new_figure(max(9.0, 3.2 + 1.7 * (len(futures) + 1)), 2.3 + 0.85 * len(arms))
    set_title(figure, regret_message(found, arms, outcome) if title is None else title)
    axes = figure.add_subplot()
    most = float(np.nanmax(found.regret, initial=0.0)) or 1.0
    for row, place in enumerate(found.order):
        sides = (found.regret[place], found.low[place], found.high[place])
        for column in range(len(futures)):
            _cell(axes, column, row, [factor * float(side[column]) for side in sides], factor * most, False)
        ends = [factor * float(side[place]) for side in (found.worst, found.worst_low, found.worst_high)]
        _cell(axes, len(futures) + GAP, row, ends, factor * most, True)
    dress(axes, "", "", grid="")
    axes.set_xlim(-0.02, len(futures) + 1 + GAP + 0.02)
    axes.set_ylim(len(arms) + 0.02, -0.02)
    axes.set_xticks(
        [*(column + 0.5 for column in range(len(futures))), len(futures) + GAP + 0.5],
        [*(balanced(name, 16) for name in futures), "at worst"],
    )
    axes.set_yticks([row + 0.5 for row in range(len(arms))], [balanced(arms[place], 22) for place in found.order])
    axes.tick_params(axis="both", labelsize=TEXT, length=0)
    axes.xaxis.tick_top()
    for side in axes.spines.values():
        side.set_visible(False)
    what = f"{OUTCOMES[outcome].label} [{'of 100' if factor > 1 else unit}]"
    axes.set_xlabel(
        f"behind the best arm of each future, in {what}; below it 95 %", fontsize=SMALL, color=MUTED, labelpad=10
    )
    axes.xaxis.set_label_position("bottom")
    return figure


def _cell(axes: Axes, left: float, row: int, ends: Sequence[float], most: float, worst: bool) -> None:
    value, low, high = ends
    share = value / most if np.isfinite(value) else 0.0
    colour = colormaps[COLOURS](PALE + (DARK - PALE) * share) if np.isfinite(value) else "white"
    edge, width = (INK, 1.8) if worst else ("white", 2.0)
    axes.add_patch(Rectangle((left, row), 1, 1, facecolor=colour, edgecolor=edge, linewidth=width))
    text = "–" if not np.isfinite(value) else "best" if value <= 0 else f"{value:.1f}" if most >= 2 else f"{value:.3g}"
    has_interval = bool(np.isfinite(low) and high > 0)
    axes.text(left + 0.5, row + (0.38 if has_interval else 0.5), text, ha="center", va="center", fontsize=TEXT + 1,
              color=INK, fontweight="bold")  # fmt: skip
    if has_interval:
        ends_text = f"{low:.1f} to {high:.1f}" if most >= 2 else f"{low:.2g} to {high:.2g}"
        axes.text(left + 0.5, row + 0.72, ends_text, ha="center", va="center", fontsize=SMALL, color=INK)
