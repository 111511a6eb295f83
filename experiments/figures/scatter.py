"""An outcome in the cells of a design without a grid: one panel per setting, one dot per cell."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from experiments.figures.style import (
    BLUE,
    SMALL,
    VERMILION,
    Floats,
    balanced,
    dress,
    new_figure,
    percent_axis,
    set_title,
)

MOST_PANELS = 6
ACROSS = 3
LABEL_WIDTH = 34  # letters below one panel
CLEAR = 0.2  # a rank correlation nearer to 0 is no slope worth a sentence


def slopes(levels: Mapping[str, Sequence[float]], mean: Floats) -> dict[str, float]:
    """Rank correlation of the outcome with each setting over the cells, NaN where either does not vary."""
    known, found = np.isfinite(mean), {}
    for key, values in levels.items():
        x, y = np.asarray(values, dtype=float)[known], mean[known]
        varies = len(x) > 2 and np.ptp(x) > 0 and np.ptp(y) > 0
        found[key] = float(spearmanr(x, y).statistic) if varies else float("nan")
    return found


def scatter_message(levels: Mapping[str, Sequence[float]], labels: Mapping[str, str], mean: Floats, what: str) -> str:
    """With which setting the outcome moves most clearly."""
    found = {key: slope for key, slope in slopes(levels, mean).items() if abs(slope) >= CLEAR}
    subject = what[:1].upper() + what[1:]
    if not found:
        return f"{subject}: no setting alone moves it clearly"
    key = max(found, key=lambda name: abs(found[name]))
    way = "more" if found[key] > 0 else "less"
    return f"{subject}: {way}, most clearly, as {labels[key].split(' [')[0]} rises"


def scatter_figure(
    levels: Mapping[str, Sequence[float]], labels: Mapping[str, str], mean: Floats, low: Floats, high: Floats,
    what: str, share: bool = True, unit: str = "", base: Mapping[str, float] | None = None, title: str | None = None,
) -> Figure:  # fmt: skip
    """One panel per setting, at most MOST_PANELS, those that move the outcome most.

    levels : setting -> its level in each cell [cells]     labels : setting -> its name with unit
    mean, low, high : [cells] of the outcome     base : setting -> its value as it is, a dashed line
    """
    order = slopes(levels, mean)
    keys = sorted(levels, key=lambda key: -abs(np.nan_to_num(order[key])))[:MOST_PANELS]
    across = min(ACROSS, len(keys))
    down = -(-len(keys) // across)
    figure = new_figure(4.6 * max(across, 2), 1.2 + 4.2 * down)
    set_title(figure, scatter_message(levels, labels, mean, what) if title is None else title)
    panels = figure.subplots(down, across, sharey=True, squeeze=False)
    unit_text = f"{what} [{'%' if share else unit}]"
    for place, axes in enumerate(panels.flat):
        if place >= len(keys):
            axes.set_axis_off()
            continue
        x = np.asarray(levels[keys[place]], dtype=float)
        axes.vlines(x, low, high, color=BLUE, linewidth=1.2, alpha=0.35)
        axes.plot(x, mean, color=BLUE, linestyle="", marker="o", markersize=6, markeredgecolor="white")
        if base and keys[place] in base and x.min() <= base[keys[place]] <= x.max():
            axes.axvline(base[keys[place]], color=VERMILION, linewidth=1.8, linestyle=(0, (5, 3)), zorder=1)
        if share:
            percent_axis(axes, 0, min(1.0, max(0.2, float(np.nanmax(np.append(high, mean), initial=0.2)) * 1.15)))
        dress(axes, balanced(labels[keys[place]], LABEL_WIDTH), unit_text if place % across == 0 else "")
        axes.xaxis.label.set_size(SMALL)
    return figure
