"""Which settings matter: a bar for each, the strongest above, with its interval and the second measure beside it."""

from collections.abc import Mapping
from typing import Any

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
    SKY,
    SMALL,
    TEXT,
    VERMILION,
    Floats,
    dress,
    new_figure,
    set_title,
)
from experiments.searches.spoken import spoken

MOST_BARS = 25
THICK = 0.62  # of a bar [rows]
MUCH = 0.5  # of the strongest: how strong another must be to be named with it


def sensitivity_message(columns: Mapping[str, Any], what: str, luck: float) -> str:
    """One sentence: what the outcome depends on most, and how much of its spread is luck."""
    strength = np.asarray(_strength(columns)[0], dtype=np.float64)
    if not np.isfinite(strength[0]) or strength[0] <= 0:
        return f"Nothing that was varied is seen to change {what}"
    named = [spoken(str(key)) for key in columns["setting"][:2]]
    named = named if len(strength) > 1 and strength[1] >= MUCH * strength[0] else named[:1]
    text = f"{what[:1].upper()}{what[1:]} depends most on {' and '.join(named)}"
    return text + (f"; {100 * luck:.0f} % of the spread is luck" if np.isfinite(luck) else "")


def _strength(columns: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    name = "mu_star" if "mu_star" in columns else "total"
    middle, low, high = (np.asarray(columns[name + side], dtype=np.float64) for side in ("", "_low", "_high"))
    return middle, low, high


def sensitivity_figure(
    columns: Mapping[str, Any], what: str, unit: str, luck: float = float("nan"), title: str | None = None
) -> Figure:
    """Bars of mu* with sigma, or of total indices with first-order ones.

    columns : one row per setting, the strongest first: setting, then mu_star, sigma, mu_star_of_luck or total, first,
    intervals under _low and _high     what : the outcome in words     unit : of the outcome
    luck : share of the spread     title : None writes the message, "" nothing
    """
    rows = min(MOST_BARS, len(columns["setting"]))
    figure = new_figure(9.0, 2.4 + 0.34 * rows)
    set_title(figure, sensitivity_message(columns, what, luck) if title is None else title)
    axes = figure.add_subplot()
    is_morris = "mu_star" in columns
    factor = 100.0 if not is_morris or unit.startswith("share") else 1.0
    strength, low, high = (factor * side[:rows] for side in _strength(columns))
    second = factor * np.asarray(columns["sigma" if is_morris else "first"], dtype=np.float64)[:rows]
    floor = (
        factor * np.asarray(columns["mu_star_of_luck"], dtype=np.float64)[:rows] if is_morris else np.full(rows, np.nan)
    )
    places = np.arange(rows)
    axes.barh(places, np.nan_to_num(strength), height=THICK, color=SKY, zorder=2)
    axes.hlines(places, np.maximum(low, 0), high, color=BLUE, linewidth=2.5, zorder=3)
    axes.plot(second, places, linestyle="", marker="D", markersize=7, color=ORANGE, markeredgecolor=INK, zorder=4)
    for place, value in zip(places, floor, strict=True):
        if np.isfinite(value) and value > 0:
            axes.plot([value, value], [place - 0.42, place + 0.42], color=VERMILION, linewidth=2, zorder=4)
    _frame(axes, columns, rows, factor, unit if is_morris else None, np.concatenate([high, second, strength]))
    _explain(figure, is_morris, bool((floor > 0).any()), len(columns["setting"]) - rows)
    return figure


def _frame(axes: Axes, columns: Mapping[str, Any], rows: int, factor: float, unit: str | None, ends: Floats) -> None:
    if unit is None:
        label = "share of the variance of the mean over worlds [%]"
    else:
        label = f"change of the outcome over the whole range [{'of 100' if factor > 1 else unit}]"
    dress(axes, label, "", grid="x")
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks(range(rows), [str(key) for key in columns["setting"][:rows]])
    axes.tick_params(axis="y", labelsize=TEXT, length=0)
    axes.spines["left"].set_visible(False)
    known = ends[np.isfinite(ends)]
    reach = float(known.max()) if known.size and known.max() > 0 else 1.0
    least = min(0.0, float(known.min()) if known.size else 0.0)
    axes.set_xlim(least - (0.03 * reach if least < 0 else 0.0), 1.04 * reach)
    axes.axvline(0, color=INK, linewidth=1.4, zorder=3)


def _explain(figure: Figure, is_morris: bool, has_floor: bool, hidden: int) -> None:
    bar, mark = ("mean size of the change (mu*)", "how much that depends on the other settings (sigma)")
    if not is_morris:
        bar, mark = ("with the setting and all its interactions (ST)", "with the setting alone (S1)")
    handles: list[Any] = [
        Patch(facecolor=SKY, label=bar),
        Line2D([], [], color=BLUE, linewidth=2.5, label="95 %"),
        Line2D([], [], color=ORANGE, marker="D", markersize=7, markeredgecolor=INK, linestyle="", label=mark),
    ]
    if has_floor:
        handles.append(Line2D([], [], color=VERMILION, linewidth=2, label="what luck alone would make it"))
    if hidden > 0:
        handles.append(Patch(facecolor=FAINT, label=f"{hidden} weaker settings are not shown"))
    figure.legend(handles=handles, loc="outside lower left", ncols=1, frameon=False, fontsize=SMALL, labelcolor=MUTED)
