"""The life of one alliance: trust and sharing both ways, fit, the chance to leave, and what happened when."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.figures.style import BLUE, GREEN, INK, MUTED, PURPLE, SMALL, VERMILION, dress, new_figure, set_title

COLOURS = (BLUE, VERMILION)  # of the two firms
DASHES: tuple[Any, Any] = ("-", (0, (5, 1.5)))
MARKS = {  # kind -> marker, colour, words
    "shock": ("v", INK, "shock"),
    "breach": ("X", PURPLE, "side deal found out"),
    "talks": ("o", GREEN, "talks after a shock"),
    "intervention": ("P", MUTED, "intervention"),
}
PANELS = (
    ("trust", "trust [share]"),
    ("sharing", "sharing [share]"),
    ("fit", "fit [share]"),
    ("chance", "chance to leave\n[% per quarter]"),
)


def life_figure(found: Mapping[str, Any], title: str | None = None) -> Figure:
    """One panel each for trust, sharing, fit and the chance to leave, over the quarters; above them what happened.

    found : what `Autopsy.to_json` gives     title : None writes the answer, "" nothing
    """
    trace, alliance = found["trace"], found["alliance"]
    quarters = np.asarray(trace["quarter"], dtype=float)
    figure = new_figure(9.0, 9.4)
    set_title(figure, found["answer"] if title is None else title)
    top, *panels = figure.subplots(len(PANELS) + 1, 1, sharex=True, height_ratios=[0.55, 1, 1, 0.8, 0.9])
    _happened(top, found["marks"])
    for axes, (name, label) in zip(panels, PANELS, strict=True):
        factor = 100.0 if name == "chance" else 1.0
        sides = [trace[name]] if name == "fit" else trace[name]
        for side, values in enumerate(sides):
            known = factor * np.array([np.nan if value is None else value for value in values])
            colour, dash = (INK, "-") if name == "fit" else (COLOURS[side], DASHES[side])
            axes.plot(
                quarters, known, color=colour, linestyle=dash, linewidth=2, marker="." if len(quarters) < 3 else None
            )
        dress(axes, "", label)
        axes.set_ylim(0, None if name == "chance" else 1.02)
    panels[-1].set_xlabel("quarter", fontsize=13, color=INK)
    if alliance["ended"] is not None:
        for axes in (top, *panels):
            axes.axvline(alliance["ended"], color=MUTED, linewidth=1)
    names = [alliance[side]["name"] for side in ("first", "second")]
    lines = [Line2D([], [], color=COLOURS[k], linestyle=DASHES[k], linewidth=2, label=names[k]) for k in range(2)]
    panels[0].legend(handles=lines, loc="lower right", bbox_to_anchor=(1, 0.98), fontsize=SMALL, frameon=False, ncols=2)
    return figure


def _happened(axes: Axes, marks: list[Mapping[str, Any]]) -> None:
    kinds = [kind for kind in MARKS if any(mark["kind"] == kind for mark in marks)]
    for row, kind in enumerate(kinds):
        marker, colour, _ = MARKS[kind]
        at = [mark["quarter"] for mark in marks if mark["kind"] == kind]
        axes.plot(at, [row] * len(at), linestyle="", marker=marker, color=colour, markersize=8)
    axes.set_yticks(range(len(kinds)), [MARKS[kind][2] for kind in kinds])
    axes.set_ylim(len(kinds) - 0.4, -0.6)
    axes.tick_params(labelsize=SMALL, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
