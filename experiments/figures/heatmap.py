"""What a sweep found: an outcome over two settings as a map, over one setting as a line with its interval."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from experiments.figures.style import (
    BLUE,
    INK,
    MUTED,
    SMALL,
    TEXT,
    VERMILION,
    Floats,
    balanced,
    dress,
    new_figure,
    percent_axis,
    set_title,
)

HEIGHT_IN_LETTERS = 46  # what fits beside the map; a longer name takes two lines


def map_message(
    x: Sequence[Any], y: Sequence[Any], values: Floats, x_label: str, y_label: str, what: str, share: bool
) -> str:
    """One sentence: where the outcome is highest and where it is lowest."""
    if not np.isfinite(values).any():
        return f"No world defines {what}"
    low, high = np.nanmin(values), np.nanmax(values)
    row, column = divmod(int(np.nanargmax(values)), values.shape[1])
    at = f"{_plain(x_label)} is {_level(x[column])} and {_plain(y_label)} is {_level(y[row])}"
    return f"{_begin(what)}: {_value(low, share)} to {_value(high, share)}, highest where {at}"


def line_message(x: Sequence[Any], mean: Floats, x_label: str, what: str, share: bool) -> str:
    """One sentence: the outcome at both ends of a setting."""
    known = np.flatnonzero(np.isfinite(mean))
    if known.size == 0:
        return f"No world defines {what}"
    if not _numeric(x):
        worst, best = (int(pick(mean)) for pick in (np.nanargmin, np.nanargmax))
        told = (f"{_value(mean[k], share)} at “{_level(x[k])}”" for k in (worst, best))
        return f"{_begin(what)}, by {_plain(x_label)}: from {' to '.join(told)}"
    first, last = known[0], known[-1]
    ends = f"from {_value(mean[first], share)} to {_value(mean[last], share)}"
    return f"{_begin(what)}: {ends} as {_plain(x_label)} goes from {_level(x[first])} to {_level(x[last])}"


def heatmap_figure(
    x: Sequence[Any],
    y: Sequence[Any],
    values: Floats,
    x_label: str,
    y_label: str,
    what: str,
    base: tuple[Any, Any] | None = None,
    share: bool = True,
    unit: str = "",
    title: str | None = None,
) -> Figure:
    """An outcome over two settings, with contours.

    x, y : levels; words and truth values stand evenly apart     values : [len(y), len(x)], NaN where
    undefined     x_label, y_label : name and unit
    what : the outcome in words     base : the unchanged scenario, drawn as a dot     share : written as percent
    title : None writes the message, "" nothing
    """
    columns, rows = _places(x), _places(y)
    figure = new_figure(9.0, 6.6)
    set_title(figure, map_message(x, y, values, x_label, y_label, what, share) if title is None else title)
    axes = figure.add_subplot()
    order_x, order_y = np.argsort(columns, kind="stable"), np.argsort(rows, kind="stable")
    columns, rows, values = columns[order_x], rows[order_y], np.asarray(values, dtype=float)[np.ix_(order_y, order_x)]
    spots = axes.pcolormesh(_edges(columns), _edges(rows), np.ma.masked_invalid(values), cmap="viridis")
    axes.set_facecolor("#BBBBBB")
    if _numeric(x) and _numeric(y):
        _contours(axes, columns, rows, values, share)
    spot = None if base is None else (_place(base[0], x), _place(base[1], y))
    if (
        spot is not None
        and _edges(columns)[0] <= spot[0] <= _edges(columns)[-1]
        and _edges(rows)[0] <= spot[1] <= _edges(rows)[-1]
    ):
        axes.plot(
            *spot, marker="o", markersize=13, color=VERMILION, markeredgecolor="white", markeredgewidth=2, zorder=5
        )
        left = spot[0] > columns.mean()
        axes.annotate(
            "as it is",
            spot,
            (-13 if left else 13, 0),
            textcoords="offset points",
            fontsize=TEXT,
            fontweight="bold",
            color=INK,
            va="center",
            ha="right" if left else "left",
            path_effects=[withStroke(linewidth=4, foreground="white")],
            zorder=6,
        )
    dress(axes, x_label, balanced(y_label, HEIGHT_IN_LETTERS), grid="")
    _name_levels(axes, x, y)
    bar = figure.colorbar(spots, ax=axes, pad=0.02, aspect=26)
    bar.set_label(f"{what} [{'%' if share else unit}]", fontsize=TEXT, color=INK, labelpad=8)
    bar.ax.tick_params(labelsize=SMALL, labelcolor=INK)
    if share:
        bar.ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}")
    return figure


def line_figure(
    x: Sequence[Any],
    mean: Floats,
    low: Floats,
    high: Floats,
    x_label: str,
    what: str,
    base: Any = None,
    share: bool = True,
    unit: str = "",
    title: str | None = None,
) -> Figure:
    """An outcome over one setting with its interval over worlds. x : [levels]; mean, low, high : [levels]; others as
    above."""
    order = np.argsort(_places(x), kind="stable")
    levels, mean, low, high = (np.asarray(side, dtype=float)[order] for side in (_places(x), mean, low, high))
    figure = new_figure(9.0, 5.4)
    set_title(figure, line_message([x[k] for k in order], mean, x_label, what, share) if title is None else title)
    axes = figure.add_subplot()
    if _numeric(x):
        axes.fill_between(levels, low, high, color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(levels, mean, color=BLUE, linewidth=2.6, marker="o", markersize=7, markeredgecolor="white")
    else:
        axes.vlines(levels, low, high, color=BLUE, linewidth=4, alpha=0.5)
        axes.plot(levels, mean, color=BLUE, linestyle="", marker="o", markersize=10, markeredgecolor="white")
        axes.set_xlim(-0.5, len(levels) - 0.5)
    if share:
        percent_axis(axes, 0, min(1.0, max(0.2, float(np.nanmax(np.append(high, mean), initial=0.2)) * 1.15)))
    else:
        axes.set_ylim(bottom=min(0.0, float(np.nanmin(np.append(low, mean), initial=0.0))))
    spot = np.nan if base is None else _place(base, x)
    if levels.min() <= spot <= levels.max():
        axes.axvline(spot, color=VERMILION, linewidth=2, linestyle=(0, (5, 3)), zorder=1)
        axes.annotate(
            "as it is",
            (spot, 1),
            (5, -4),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            va="top",
            fontsize=TEXT,
            color=VERMILION,
            path_effects=[withStroke(linewidth=4, foreground="white")],
        )
    _name_levels(axes, x, ())
    dress(axes, x_label, f"{what} [{'%' if share else unit}]")
    if np.isfinite(low).any():
        axes.text(
            1,
            1.0,
            "interval: 95 % over worlds",
            transform=axes.transAxes,
            ha="right",
            va="bottom",
            fontsize=SMALL,
            color=MUTED,
        )
    return figure


def _numeric(levels: Sequence[Any]) -> bool:
    return all(isinstance(level, int | float | np.number) and not isinstance(level, bool) for level in levels)


def _places(levels: Sequence[Any]) -> Floats:
    return np.asarray(levels if _numeric(levels) else range(len(levels)), dtype=np.float64)


def _place(level: Any, levels: Sequence[Any]) -> float:
    """Where a level stands on the axis of some levels, NaN if nowhere."""
    if _numeric(levels):
        return float(level) if _numeric([level]) else np.nan
    return float(list(levels).index(level)) if level in levels else np.nan


def _name_levels(axes: Axes, x: Sequence[Any], y: Sequence[Any]) -> None:
    for levels, write in ((x, axes.set_xticks), (y, axes.set_yticks)):
        if len(levels) and (len(levels) <= 9 or not _numeric(levels)):
            write(_places(levels), [_level(level) for level in levels])


def _level(level: Any) -> str:
    return f"{level:g}" if _numeric([level]) else str(level).replace("_", " ")


def _edges(levels: Floats) -> Floats:
    """Borders of the cells around the levels."""
    if len(levels) == 1:
        return np.array([levels[0] - 0.5, levels[0] + 0.5])
    middle = (levels[:-1] + levels[1:]) / 2
    return np.concatenate([[2 * levels[0] - middle[0]], middle, [2 * levels[-1] - middle[-1]]])


def _contours(axes: Axes, x: Floats, y: Floats, values: Floats, share: bool) -> None:
    if min(values.shape) < 2 or not np.isfinite(values).all() or np.ptp(values) < 1e-12:
        return
    levels = [
        level for level in MaxNLocator(7).tick_values(values.min(), values.max()) if values.min() < level < values.max()
    ]
    if not levels:
        return
    lines = axes.contour(x, y, values, levels=levels, colors="white", linewidths=1.6)
    lines.set_path_effects([withStroke(linewidth=3.2, foreground="#00000088")])
    texts = axes.clabel(
        lines, fmt=lambda level: f"{100 * level:g} %" if share else f"{level:g}", fontsize=TEXT, inline=True
    )
    for text in texts:
        text.set_color("white")
        text.set_path_effects([withStroke(linewidth=3.2, foreground="#000000BB")])


def _value(value: float, share: bool) -> str:
    return f"{100 * value:.0f} %" if share else f"{value:.3g}"


def _plain(label: str) -> str:
    return label.split(" [")[0]


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]
