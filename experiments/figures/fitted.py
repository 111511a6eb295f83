"""A fit against the data: the observed survival with its band, the best fit and those that do as well."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.analysis.spells import SpellCurve
from experiments.figures.style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    QUARTERS_PER_YEAR,
    SKY,
    SMALL,
    VERMILION,
    Floats,
    dress,
    new_figure,
    percent_axis,
    set_title,
    year_ticks,
)


def fitted_figure(
    curve: SpellCurve, fits: Floats, before: Floats, ages: Sequence[float], inside: Sequence[bool], title: str = ""
) -> Figure:
    """Observed survival (steps, grey band), the best fit (blue) among those that do as well (pale), the world as it was.

    fits : [fits, quarters+1] share alive, the best first     before : [quarters+1] of the scenario as it was
    ages : at which fit and data are held against each other [years]     inside : whether the fit lies in the band there
    """
    figure = new_figure(9.0, 5.6)
    set_title(figure, title)
    axes = figure.subplots()
    end = min(max([1.0, 1.15 * max(ages)]), (fits.shape[1] - 1) / QUARTERS_PER_YEAR, max(1.0, curve.last))
    grid = np.linspace(0.0, end, 400)
    share, low, high = curve.at(grid)
    time = np.arange(fits.shape[1]) / QUARTERS_PER_YEAR
    axes.fill_between(grid, low, high, color=MUTED, alpha=0.22, linewidth=0)
    for row in fits[1:]:
        axes.plot(time, row, color=SKY, linewidth=1.0, alpha=0.7)
    axes.plot(time, before, color=ORANGE, linewidth=1.8, linestyle=(0, (5, 3)))
    axes.plot(grid, share, color=INK, linewidth=2.2)
    axes.plot(time, fits[0], color=BLUE, linewidth=2.4)
    for age, good in zip(ages, inside, strict=True):
        at = float(np.interp(age, time, fits[0]))
        axes.plot([age], [at], marker="o" if good else "X", markersize=8.5, color=BLUE if good else VERMILION,
                  markeredgecolor="white", zorder=5, clip_on=False)  # fmt: skip
    percent_axis(axes)
    dress(axes, x="age [years]", y="still going [%]")
    axes.set_xlim(0, end)
    year_ticks(axes, end)
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=INK, linewidth=2.2, label="your data"),
        Patch(facecolor=MUTED, alpha=0.22, label="their 95 % band"),
        Line2D([], [], color=BLUE, linewidth=2.4, marker="o", markersize=8, label="best fit, inside the band"),
        Line2D([], [], color=SKY, linewidth=1.0, label="fits that do as well"),
        Line2D([], [], color=ORANGE, linewidth=1.8, linestyle=(0, (5, 3)), label="the scenario as it was"),
    ]
    if not all(inside):
        handles.append(
            Line2D([], [], color=VERMILION, linestyle="", marker="X", markersize=8, label="fit outside the band")
        )
    figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=SMALL, labelcolor=MUTED)
    return figure
