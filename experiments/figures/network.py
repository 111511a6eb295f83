"""Who is allied with whom, and how far they trust each other."""

import math
from typing import Any

import matplotlib
import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from experiments.figures.labels import place_labels
from experiments.figures.layout import Places, place_firms
from experiments.figures.style import (
    BLUE,
    CASING,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    TEXT,
    VERMILION,
    YELLOW,
    new_figure,
    set_title,
    words,
)

MOST_LABELS = 40
AREA = np.array([590.0, 430.0])  # of the axes, roughly [points]
MOST_FIRMS = 300
LOOKS = (
    ("o", SKY),
    ("s", VERMILION),
    ("^", GREEN),
    ("D", PURPLE),
    ("X", ORANGE),
    ("P", BLUE),
    ("v", YELLOW),
    ("p", "#FFFFFF"),
)
KNOWN = (
    "reciprocator",
    "hoarder",
    "sharer",
    "learning_racer",
    "opportunist",
    "loyalist",
)  # keep their look in every picture


def network_message(graph: "nx.Graph[Any]") -> str:
    """One sentence: how many alliances, how much trust, how many firms stand alone."""
    alone = sum(1 for _, degree in graph.degree() if degree == 0)
    trust = [data["trust"] for _, _, data in graph.edges(data=True) if "trust" in data]
    text = f"{graph.number_of_edges():,} alliances among {graph.number_of_nodes():,} firms"
    if trust:
        text += f", mean trust {np.mean(trust):.2f}"
    return text + (f"; {alone} {'firm stands' if alone == 1 else 'firms stand'} alone" if alone else "")


def network_figure(graph: "nx.Graph[Any]", title: str | None = None, seed: int = 1) -> Figure:
    """The alliances of one moment.

    graph : nodes with `name`, `strategy`, `alliance_function` (bool); edges with `trust` [share], all optional
    title : None writes the message, "" nothing     seed : of the layout
    Above 300 firms only the best connected are drawn, and the picture says so.
    """
    shown = _best_connected(graph)
    figure = new_figure(9.0, 8.2)
    set_title(figure, network_message(graph) if title is None else title)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal")
    places = place_firms(shown, seed, named=len(shown) <= MOST_LABELS)
    size = float(np.clip(300 * (30 / max(len(shown), 1)) ** 0.75, 26, 330))  # area of a marker [points²]
    _draw_ties(axes, shown, places, figure)
    looks = _looks(shown)
    for strategy, (marker, colour) in looks.items():
        _draw_firms(axes, shown, places, strategy, marker, colour, size)
    _frame(axes, places)
    if len(shown) <= MOST_LABELS:
        _draw_names(axes, shown, places, size)
    _draw_notes(axes, graph, shown, places)
    _draw_legend(figure, shown, looks)
    return figure


def _best_connected(graph: "nx.Graph[Any]") -> "nx.Graph[Any]":
    if len(graph) <= MOST_FIRMS:
        return graph
    ranked = sorted(graph.nodes, key=lambda node: (-graph.degree(node), node))
    return graph.subgraph(sorted(ranked[:MOST_FIRMS]))


def _looks(graph: "nx.Graph[Any]") -> dict[str, tuple[str, str]]:
    """Marker and colour of each strategy that occurs; the built-in ones first, in a fixed order."""
    present = {str(data.get("strategy", "firm")) for _, data in graph.nodes(data=True)}
    looks = {name: LOOKS[rank] for rank, name in enumerate(KNOWN) if name in present}
    free = [look for rank, look in enumerate(LOOKS) if rank >= len(KNOWN)] if looks else list(LOOKS)
    for rank, name in enumerate(sorted(present - set(KNOWN))):
        looks[name] = free[rank % len(free)]
    return looks


def _draw_ties(axes: Axes, graph: "nx.Graph[Any]", places: Places, figure: Figure) -> None:
    edges = sorted(graph.edges(data=True), key=lambda edge: edge[2].get("trust", 0.0))
    if not edges:
        return
    width = float(np.clip(7.5 / len(edges) ** 0.26, 0.9, 4.0))
    lines = [(places.at[first], places.at[second]) for first, second, _ in edges]
    trust = [data.get("trust") for _, _, data in edges]
    known = all(value is not None for value in trust)
    colours = matplotlib.colormaps["cividis"](np.array(trust, dtype=float)) if known else MUTED
    # One tie after the other, casing and line together, so that crossings read as over and under.
    both = [line for line in lines for _ in range(2)]
    paint: Any = MUTED
    if known:
        paint = np.repeat(colours, 2, axis=0)
        paint[0::2] = matplotlib.colors.to_rgba(CASING)
    axes.add_collection(
        LineCollection(
            both, colors=paint, linewidths=[width + min(1.5, width), width] * len(lines), capstyle="round", zorder=1
        )
    )
    if known:
        bar = figure.colorbar(
            ScalarMappable(Normalize(0, 1), "cividis"),
            ax=axes,
            orientation="horizontal",
            fraction=0.035,
            pad=0.03,
            aspect=36,
            shrink=0.62,
        )
        bar.set_label(
            "trust of the partners in each other, mean of both [share of full trust]", fontsize=SMALL, color=INK
        )
        bar.set_ticks([0, 0.25, 0.5, 0.75, 1])
        bar.ax.tick_params(labelsize=SMALL, labelcolor=INK, length=3)


def _draw_firms(
    axes: Axes, graph: "nx.Graph[Any]", places: Places, strategy: str, marker: str, colour: str, size: float
) -> None:
    for managed in (False, True):
        nodes = [
            node
            for node, data in graph.nodes(data=True)
            if str(data.get("strategy", "firm")) == strategy and bool(data.get("alliance_function")) == managed
        ]
        if not nodes:
            continue
        xy = np.array([places.at[node] for node in nodes])
        if managed:
            axes.scatter(xy[:, 0], xy[:, 1], s=size * 3.1, facecolor="white", edgecolor=INK, linewidth=1.6, zorder=2)
        axes.scatter(
            xy[:, 0], xy[:, 1], s=size, marker=marker, facecolor=colour, edgecolor=INK, linewidth=1.0, zorder=3
        )


def _frame(axes: Axes, places: Places) -> None:
    xy = np.array(list(places.at.values())) if places.at else np.zeros((1, 2))
    low, high = xy.min(axis=0), xy.max(axis=0)
    room = 0.07 * max(float((high - low).max()), 0.5)
    axes.set_xlim(low[0] - room, high[0] + room)
    axes.set_ylim(low[1] - room, high[1] + room)


def _draw_names(axes: Axes, graph: "nx.Graph[Any]", places: Places, size: float) -> None:
    """Names beside the firms, where they hide least."""
    font = TEXT if len(graph) <= 20 else SMALL - 0.5
    nodes = list(graph.nodes)
    names = [str(graph.nodes[node].get("name", node)) for node in nodes]
    reach = [math.sqrt(size * (3.1 if graph.nodes[node].get("alliance_function") else 1.0)) / 2 + 2.5 for node in nodes]
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    scale = float((AREA / (high - low)).min())  # points per unit of the layout
    points = np.array([places.at[node] for node in nodes]) * scale
    rank = {node: position for position, node in enumerate(nodes)}
    ties = [(rank[first], rank[second]) for first, second in graph.edges]
    fixed = {rank[node]: 1 for node in places.alone}  # below
    sides = place_labels(points, reach, names, ties, font, fixed)
    for node, name, here, side in zip(nodes, names, points / scale, sides, strict=True):
        text = axes.annotate(
            name,
            here,
            side.shift,
            textcoords="offset points",
            ha=side.across,
            va=side.along,
            fontsize=font,
            color=MUTED if node in places.alone else INK,
            zorder=5,
        )
        text.set_path_effects([withStroke(linewidth=3.2, foreground="white")])


def _draw_notes(axes: Axes, graph: "nx.Graph[Any]", shown: "nx.Graph[Any]", places: Places) -> None:
    if places.alone:
        count = len(places.alone)
        rows = np.array([places.at[node] for node in places.alone])
        top = ((rows[:, 0].min() + rows[:, 0].max()) / 2, rows[:, 1].max())
        text = f"{count} {'firm' if count == 1 else 'firms'} without an alliance"
        axes.annotate(text, top, (0, 22), textcoords="offset points", ha="center", fontsize=SMALL, color=MUTED)
    if len(shown) < len(graph):
        text = f"the {len(shown)} best connected of {len(graph):,} firms"
        axes.text(1.0, 1.0, text, transform=axes.transAxes, ha="right", va="top", fontsize=SMALL, color=MUTED)


def _draw_legend(figure: Figure, graph: "nx.Graph[Any]", looks: dict[str, tuple[str, str]]) -> None:
    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            marker=marker,
            markersize=10,
            markerfacecolor=colour,
            markeredgecolor=INK,
            label=words(name),
        )
        for name, (marker, colour) in looks.items()
    ]
    if any(data.get("alliance_function") for _, data in graph.nodes(data=True)):
        ring = Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markersize=15,
            markerfacecolor="white",
            markeredgecolor=INK,
            markeredgewidth=1.6,
        )
        ring.set_label("ring: has alliance managers")
        handles.append(ring)
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=min(4, len(handles)),
        fontsize=SMALL,
        frameon=False,
        labelcolor=INK,
    )
