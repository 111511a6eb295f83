"""Where a curve crosses a level: the mean over worlds with its band, the root with its interval, every world's own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from experiments.figures.style import (
    FAINT,
    INK,
    MUTED,
    SMALL,
    TEXT,
    Floats,
    arm_look,
    dress,
    new_figure,
    on_white,
    set_title,
)

HALO = [withStroke(linewidth=4, foreground="white")]


@dataclass(frozen=True)
class Curve:
    """One arm. levers, mean, low, high : [points] ascending; whole : [points] whether all worlds stand behind the mean

    value, value_low, value_high : root and its interval, NaN where there is none, infinite where it is open
    per_world : [worlds] every world's own root, NaN or infinite where it has none
    """

    label: str
    levers: Floats
    mean: Floats
    low: Floats
    high: Floats
    whole: Floats
    value: float
    value_low: float
    value_high: float
    per_world: Floats


def tipping_figure(
    curves: Sequence[Curve],
    level: float,
    lever_label: str,
    outcome_label: str,
    share: bool = True,
    unit: str = "",
    start: float | None = None,
    title: str = "",
) -> Figure:
    """The curves around their roots, and below, one row per arm, the places where single worlds cross.

    level : of the outcome     lever_label : meaning and unit     share : written as percent
    start : the lever as it is, a dashed line     title : "" for none
    """
    low, high = _window(curves, start)
    rows = [curve for curve in curves if np.isfinite(curve.per_world).any()]
    figure = new_figure(9.0, 5.4 + 0.55 * len(rows))
    set_title(figure, title)
    if rows:
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[4.2, 0.25 + 0.55 * len(rows)])
    else:
        axes, below = figure.add_subplot(), None
    factor = 100.0 if share else 1.0
    for position, curve in enumerate(curves):
        _draw(axes, curve, position, factor, level)
    _frame(axes, curves, factor, level, low, high)
    mark = f"{factor * level:.6g}{' %' if share else ''}"
    axes.axhline(factor * level, color=MUTED, linewidth=1.6, linestyle=(0, (4, 3)), zorder=2)
    axes.annotate(mark, (1, factor * level), (-4, 4), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                  ha="right", va="bottom", fontsize=SMALL, color=MUTED, path_effects=HALO)  # fmt: skip
    if start is not None and low <= start <= high:
        axes.axvline(start, color=MUTED, linewidth=1.8, linestyle=(0, (1, 2)), zorder=1)
        left = start > low + 0.85 * (high - low)
        axes.annotate("as it is", (start, 0), (-5 if left else 5, 6), xycoords=axes.get_xaxis_transform(),
                      textcoords="offset points", ha="right" if left else "left", va="bottom", fontsize=SMALL,
                      color=MUTED, path_effects=HALO)  # fmt: skip
    dress(axes, "" if below is not None else lever_label, f"{outcome_label} [{'%' if share else unit}]")
    if below is not None:
        _rug(below, rows, [list(curves).index(curve) for curve in rows])
        dress(below, lever_label, "", grid="x")
        below.tick_params(axis="y", labelsize=SMALL, length=0)
        below.spines["left"].set_visible(False)
        axes.tick_params(axis="x", labelbottom=False)
    if len(curves) > 1:
        axes.legend(loc="upper right", frameon=False, fontsize=TEXT)
    return figure


def _window(curves: Sequence[Curve], start: float | None) -> tuple[float, float]:
    """From where to where the lever is drawn: roots, their intervals, most worlds' own and the scenario as it is."""
    ends = np.concatenate([curve.levers for curve in curves])
    least, most = float(ends.min()), float(ends.max())
    known = [np.array([curve.value, curve.value_low, curve.value_high]) for curve in curves]
    known += [np.clip(curve.per_world[np.isfinite(curve.per_world)], least, most) for curve in curves]
    places = np.concatenate(known)
    places = places[np.isfinite(places)]
    if not places.size:
        return least, most
    inner = np.append(places, [] if start is None else [start])
    margin = 0.35 * float(np.ptp(inner)) or 0.1 * (most - least)
    return max(least, float(inner.min()) - margin), min(most, float(inner.max()) + margin)


def _shown(curve: Curve) -> NDArray[np.bool_]:
    """All points with all worlds, and of those with few worlds the ones further out: in between they only add noise."""
    sure = curve.whole.astype(bool)
    inner = curve.levers[sure]
    outer = (curve.levers < inner.min(initial=np.inf)) | (curve.levers > inner.max(initial=-np.inf))
    return np.asarray(sure | outer, dtype=np.bool_)


def _draw(axes: Axes, curve: Curve, position: int, factor: float, level: float) -> None:
    colour, marker = arm_look(position)
    known = np.isfinite(curve.mean) & _shown(curve)
    x, mean, low, high, whole = (side[known] for side in (curve.levers, curve.mean, curve.low, curve.high, curve.whole))
    sure = whole.astype(bool)
    axes.fill_between(x, factor * low, factor * high, color=colour, alpha=0.18, linewidth=0)
    axes.plot(x, factor * mean, color=colour, linewidth=2.2, label=curve.label, zorder=3)
    axes.plot(x[sure], factor * mean[sure], color=colour, linestyle="", marker=marker, markersize=6.5, zorder=4)
    axes.plot(x[~sure], factor * mean[~sure], color="white", markeredgecolor=colour, linestyle="", marker=marker,
              markersize=6, zorder=4)  # fmt: skip
    if np.isfinite(curve.value):
        ends = np.nan_to_num([curve.value_low, curve.value_high], nan=curve.value, neginf=x.min(), posinf=x.max())
        axes.plot(ends, [factor * level] * 2, color=colour, linewidth=5, solid_capstyle="butt", zorder=5, alpha=0.75)
        axes.plot([curve.value], [factor * level], color=colour, marker="D", markersize=10, markeredgecolor="white",
                  markeredgewidth=1.5, zorder=6)  # fmt: skip


def _frame(axes: Axes, curves: Sequence[Curve], factor: float, level: float, low: float, high: float) -> None:
    """Limits: the lever's window, and the heights that the curves have in it."""
    axes.set_xlim(low - 0.01 * (high - low), high + 0.01 * (high - low))
    heights = [level]
    for curve in curves:
        known = np.isfinite(curve.mean) & _shown(curve)
        places = np.linspace(low, high, 50)
        for side in (curve.mean, curve.low, curve.high):
            if known.any():
                heights += list(np.interp(places, curve.levers[known], side[known]))
    values = factor * np.array([value for value in heights if np.isfinite(value)])
    room = 0.08 * (float(np.ptp(values)) or abs(float(values[0])) or 1.0)
    axes.set_ylim(float(values.min()) - room, float(values.max()) + room)


def _rug(axes: Axes, rows: Sequence[Curve], positions: Sequence[int]) -> None:
    """One dot per world where its own curve crosses, and a bar over the middle nine in ten."""
    for row, (curve, position) in enumerate(zip(rows, positions, strict=True)):
        colour, _ = arm_look(position)
        own = np.sort(curve.per_world[np.isfinite(curve.per_world)])
        # Heights from the golden ratio: even, without dice.
        height = row + 0.55 * (((np.arange(len(own)) * 0.6180339887) % 1) - 0.5)
        axes.scatter(own, height, s=16, color=colour, alpha=0.5, linewidth=0, zorder=3, clip_on=False)
        axes.plot(np.quantile(own, [0.05, 0.95]), [row, row], color=colour, linewidth=12, alpha=0.15, zorder=2,
                  solid_capstyle="butt")  # fmt: skip
    axes.set_ylim(len(rows) - 0.5, -0.5)
    labels = ["single worlds"] if len(rows) == 1 else [curve.label for curve in rows]
    axes.set_yticks(range(len(rows)), labels)
    for label, position in zip(axes.get_yticklabels(), positions, strict=True):
        label.set_color(on_white(arm_look(position)[0]) if len(rows) > 1 else INK)
    axes.axhline(-0.5, color=FAINT, linewidth=0.8)
