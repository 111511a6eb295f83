"""When it fails: settings that fail and settings that don't, and the box that a rule draws around failures."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from experiments.analysis.discovery import Box
from experiments.figures.style import (
    BLUE,
    INK,
    MUTED,
    SKY,
    SMALL,
    VERMILION,
    Floats,
    balanced,
    dress,
    new_figure,
    percent_axis,
    set_title,
)
from experiments.outcomes import OUTCOMES
from experiments.searches.rules import MOSTLY, Bar, condition
from experiments.searches.spoken import spoken

ROOM = 0.03  # beside the points [share of a range]


def discovery_message(
    boxes: Sequence[Box], keys: Sequence[str], whole: Sequence[bool], bar: Bar, fails: int, density: float = 1.0
) -> str:
    """One sentence: when it fails. density : share of the settings inside the first box that fail"""
    what, when = bar.words(), "when" if density >= MOSTLY else "more often when"
    if not boxes:
        found = "No rule" if fails else "No setting fails"
        return f"{found}: {what}" + (" at settings that nothing sets apart" if fails else " nowhere")
    return f"{what[:1].upper()}{what[1:]} {when} {condition(boxes[0], keys, whole)}"


def discovery_figure(
    levels: Floats,
    means: Floats,
    fails: NDArray[np.bool_],
    boxes: Sequence[Box],
    labels: Sequence[str],
    bar: Bar,
    ranges: Sequence[tuple[float, float]],
    keys: Sequence[str] = (),
    whole: Sequence[bool] = (),
    title: str | None = None,
    density: float = 1.0,
) -> Figure:
    """Settings over the two that the first rule restricts most surely, or over one of them and the outcome.

    levels : [settings, keys]     means : outcome [settings]     fails : [settings]     boxes : of the rules, the best first
    labels : of the axes, name and unit of each key     title : None writes the message, "" nothing
    density : share of the settings inside the first box that fail, as it was tested: the message speaks of it
    """
    figure = new_figure(9.0, 7.0)
    if title is None:
        title = discovery_message(boxes, keys, whole or [False] * len(keys), bar, int(fails.sum()), density)
    set_title(figure, title)
    axes = figure.add_subplot()
    restricted = boxes[0].restricted if boxes else []
    across = restricted[0] if restricted else 0
    up = restricted[1] if len(restricted) > 1 else None
    heights = means if up is None else levels[:, up]
    for chosen, colour, edge, marker, size in ((~fails, "none", BLUE, "o", 26), (fails, VERMILION, "white", "^", 58)):
        axes.scatter(levels[chosen, across], heights[chosen], s=size, facecolor=colour, edgecolor=edge, marker=marker,
                     linewidth=1.0, alpha=0.9, zorder=3)  # fmt: skip
    _limits(axes, ranges[across], axes.set_xlim)
    if up is None:
        _outcome_axis(axes, bar, means)
    else:
        _limits(axes, ranges[up], axes.set_ylim)
    for number, box in enumerate(boxes):
        _draw_box(axes, box, across, up, number)
    y_label = OUTCOMES[bar.outcome].label if up is None else labels[up]
    dress(axes, balanced(labels[across], 80), balanced(y_label, 52), grid="")
    _explain(figure, bar, len(boxes), len(restricted))
    return figure


def _limits(axes: Axes, ends: tuple[float, float], setter: object) -> None:
    room = ROOM * (ends[1] - ends[0])
    setter(ends[0] - room, ends[1] + room)  # type: ignore[operator]


def _outcome_axis(axes: Axes, bar: Bar, means: Floats) -> None:
    """The outcome upwards, with the bar as a line."""
    axes.axhline(bar.value, color=INK, linewidth=1.4, linestyle="--", zorder=2)
    known = [*means.tolist(), bar.value] if np.isfinite(bar.value) else means.tolist()
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = max(ROOM * (high - low), 1e-9)
    if OUTCOMES[bar.outcome].unit.startswith("share"):
        percent_axis(axes, max(0.0, low - room), min(1.0, high + room))
    else:
        axes.set_ylim(low - room, high + room)


def _draw_box(axes: Axes, box: Box, across: int, up: int | None, number: int) -> None:
    """The box as it looks from here: open sides reach the edge of the picture. Nothing for one that restricts neither."""
    seen = [across] if up is None else [across, up]
    if not set(seen) & set(box.restricted):
        return
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    low, high = max(left, box.low[across]), min(right, box.high[across])
    under, over = (bottom, top) if up is None else (max(bottom, box.low[up]), min(top, box.high[up]))
    axes.add_patch(
        Rectangle(
            (low, under),
            high - low,
            over - under,
            facecolor=SKY if number == 0 else "none",
            edgecolor=INK,
            alpha=0.22 if number == 0 else 0.9,
            linewidth=0 if number == 0 else 1.4,
            linestyle=":",
            zorder=1,
        )
    )
    if number == 0:
        axes.add_patch(
            Rectangle((low, under), high - low, over - under, fill=False, edgecolor=INK, linewidth=2, zorder=4)
        )


def _explain(figure: Figure, bar: Bar, boxes: int, restricted: int) -> None:
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=VERMILION, marker="^", markersize=9, linestyle="", label=f"fails: {bar.words()}"),
        Line2D([], [], markerfacecolor="none", markeredgecolor=BLUE, marker="o", linestyle="", label="does not fail"),
    ]
    if boxes:
        more = "" if restricted <= 2 else f"; {restricted - 2} more of its conditions cannot be seen here"
        handles.append(Patch(facecolor=SKY, edgecolor=INK, alpha=0.5, label=f"the rule{more}"))
    if boxes > 1:
        handles.append(
            Patch(facecolor="none", edgecolor=INK, linestyle=":", label="further rules, as far as they show")
        )
    figure.legend(handles=handles, loc="outside lower left", ncols=1, frameon=False, fontsize=SMALL, labelcolor=MUTED)


def axis_label(key: str, label: str) -> str:
    """The label of an axis: what a sentence calls the setting, then its meaning and unit."""
    return f"{key}: {label}" if spoken(key) == key else f"{spoken(key)} ({key}): {label}"
