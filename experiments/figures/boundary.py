"""An outcome over two settings, the line at which it has a level, and how sure that line is."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from experiments.figures.style import (
    INK,
    SMALL,
    TEXT,
    VERMILION,
    Floats,
    dress,
    new_figure,
    set_title,
)

DARK = "#00000088"


def boundary_figure(
    surface: Floats,
    band: Floats,
    lines: Sequence[Floats],
    points: Floats,
    x: tuple[float, float],
    y: tuple[float, float],
    x_label: str,
    y_label: str,
    what: str,
    level_text: str,
    base: tuple[float, float] | None = None,
    share: bool = True,
    unit: str = "",
    title: str = "",
) -> Figure:
    """The map with the boundary.

    surface : [n, n] mean outcome on an even grid, first axis y     band : [n, n] positive where the 95 % interval of
    the mean holds the level, negative elsewhere, NaN where unknown     lines : polylines [corners, 2] of the boundary
    points : [points, 2] that were run     x, y : the ranges     level_text : the level as the legend writes it
    base : the scenario as it is, a dot if it lies within the ranges     title : "" for none
    """
    figure = new_figure(9.0, 6.9)
    set_title(figure, title)
    axes = figure.add_subplot()
    factor = 100.0 if share else 1.0
    across, up = np.linspace(*x, surface.shape[1]), np.linspace(*y, surface.shape[0])
    spots = axes.pcolormesh(
        across, up, factor * np.ma.masked_invalid(surface), cmap="viridis", shading="gouraud", rasterized=True
    )
    axes.set_facecolor("#BBBBBB")
    if np.nanmax(band, initial=-1.0) > 0 and lines:
        axes.contourf(across, up, np.nan_to_num(band, nan=-1.0), levels=[0.0, np.inf], colors=["white"], alpha=0.42)
    for line in lines:
        axes.plot(*line.T, color="white", linewidth=3.4, path_effects=[withStroke(linewidth=6, foreground=DARK)],
                  solid_capstyle="round", zorder=3)  # fmt: skip
    axes.scatter(points[:, 0], points[:, 1], s=15, color="white", edgecolor=INK, linewidth=0.8, zorder=4, clip_on=False)
    inside = base is not None and x[0] <= base[0] <= x[1] and y[0] <= base[1] <= y[1]
    if base is not None and inside:
        axes.plot(*base, marker="o", markersize=13, color=VERMILION, markeredgecolor="white", markeredgewidth=2,
                  zorder=5, clip_on=False)  # fmt: skip
        left = base[0] > (x[0] + x[1]) / 2
        axes.annotate("as it is", base, (-13 if left else 13, 0), textcoords="offset points", fontsize=TEXT,
                      fontweight="bold", color=INK, va="center", ha="right" if left else "left",
                      path_effects=[withStroke(linewidth=4, foreground="white")], zorder=6)  # fmt: skip
    axes.set_xlim(x)
    axes.set_ylim(y)
    dress(axes, x_label, y_label, grid="")
    bar = figure.colorbar(spots, ax=axes, pad=0.02, aspect=26)
    bar.set_label(f"{what} [{'%' if share else unit}]", fontsize=TEXT, color=INK, labelpad=8)
    bar.ax.tick_params(labelsize=SMALL, labelcolor=INK)
    _legend(figure, level_text, bool(lines))
    return figure


def _legend(figure: Figure, level_text: str, crossed: bool) -> None:
    """What the marks mean, below the map; of a map without a boundary, only the points."""
    edge = [withStroke(linewidth=6, foreground=DARK)]
    handles: list[Line2D | Patch] = []
    if crossed:
        handles.append(Line2D([], [], color="white", linewidth=3.4, path_effects=edge, label=level_text))
        handles.append(Patch(facecolor="#8FB9B4", edgecolor="white", label="may lie here (95 %)"))
    handles.append(
        Line2D([], [], color="white", marker="o", markeredgecolor=INK, linestyle="", markersize=5, label="was run")
    )
    figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=SMALL, labelcolor=INK)
