"""Who is allied with whom, and how far they trust each other."""

import math
import re
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

from experiments.figures.labels import BELOW, place_labels, text_height, text_width
from experiments.figures.layout import Places, place_firms, place_named_firms
from experiments.figures.style import (
    BLUE,
    CASING,
    FAINT,
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

MOST_LABELS = 40  # firms without names of their own
MOST_NAMES = 100  # firms with names of their own
MOST_FIRMS = 300
MOST_LOOKED_AT = 20_000  # firms: to find the best connected of more takes longer than to run the world
WIDE = 622.0  # of the paper on which named firms are placed [points]
RING = 3.1  # area of the ring of alliance managers [areas of the mark]
PALE, PALE_EDGE = "#EFEFEF", "#A3A3A3"  # of firms that have no tie
GONE = "#8C8C8C"  # of ties that live no more
REPLACED = "failed and replaced later"  # in the place of a strategy that nobody kept
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
    """One sentence: how many alliances, how much trust, how many firms stand alone.

    If its ties say so (`from_start`), also how many of them there were at the start.
    """
    alone = sum(1 for _, degree in graph.degree() if degree == 0)
    ties = [data for _, _, data in graph.edges(data=True)]
    trust = [data["trust"] for data in ties if "trust" in data]
    text = f"{len(ties):,} alliances among {graph.number_of_nodes():,} firms"
    if trust:
        text += f", mean trust {np.mean(trust):.2f}"
    if alone:
        text += f"; {alone} {'firm stands' if alone == 1 else 'firms stand'} alone"
    if any("from_start" in data for data in ties):
        kept = sum(bool(data.get("from_start")) for data in ties)
        text += f"; {kept or 'none'} of the alliances {'was' if kept < 2 else 'were'} there at the start"
    return text


def start_message(graph: "nx.Graph[Any]", later: str) -> str:
    """One sentence: with how many alliances it began and how many of them live at the end (ties with `lives_on`).

    later : time from the start to the end, in words
    """
    ties, firms = graph.number_of_edges(), sum(1 for _, degree in graph.degree() if degree)
    kept = sum(bool(data.get("lives_on")) for _, _, data in graph.edges(data=True))
    among = f"{firms:,}" if firms == len(graph) else f"{firms:,} of {len(graph):,}"
    still = f"{'all' if kept == ties else kept or 'none'} of them still {'lives' if kept < 2 else 'live'}"
    return (
        f"It began with {ties:,} {'alliance' if ties == 1 else 'alliances'} among {among} firms; {later} later {still}"
    )


def network_figure(
    graph: "nx.Graph[Any]", title: str | None = None, seed: int = 1, beside: "nx.Graph[Any] | None" = None
) -> Figure:
    """The alliances of one moment.

    graph : nodes with `name`, `strategy`, `alliance_function` (bool); edges with `trust` [share] and `from_start`
        (bool), or with `lives_on` (bool), all optional
    title : None writes the message, "" nothing     seed : of the layout
    beside : the same firms at another moment: with each other beside them, both pictures have the same places
    Names stand at firms that have names of their own, up to 100 of them, and at all firms of up to 40. Above 300 firms
    only the best connected are drawn. The picture says what it leaves out.
    """
    both = graph if beside is None else nx.compose(beside, graph)
    drawn = _best_connected(both)
    shown, both = graph.subgraph(drawn), both.subgraph(drawn)
    names = _names(shown)
    many = max(len(names) - MOST_LABELS, 0) / (MOST_NAMES - MOST_LABELS)
    size = float(np.clip(300 * (30 / max(len(shown), 1)) ** 0.75, 26, 330))  # area of a marker [points²]
    font = TEXT if len(names) <= 20 else SMALL - 0.5 if len(names) <= MOST_LABELS else 9.6 - 1.4 * many
    figure = new_figure(9.0, 8.2 + 2.6 * many + (0.6 if beside is not None else 0.0))
    set_title(figure, network_message(graph) if title is None else title)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal", anchor="N")
    places = _places(both, names, size, font, float(72 * figure.get_size_inches()[1]) - 213.0, seed)
    pale = [node for node, degree in shown.degree() if not degree] if beside is not None else []
    lines = _draw_ties(axes, shown, places, figure)
    looks = _looks(shown, beside)
    for strategy, look in looks.items():
        _draw_firms(axes, shown, places, strategy, look, size, pale)
    _frame(axes, places)
    _draw_notes(axes, graph, shown, places, beside is not None, size)
    _draw_legend(figure, shown, looks, lines, bool(pale))
    if names:
        _draw_names(figure, axes, shown, places, names, size, font)
    return figure


def _best_connected(graph: "nx.Graph[Any]") -> list[Any]:
    if len(graph) <= MOST_FIRMS:
        return list(graph)
    ranked = sorted(graph.nodes, key=lambda node: (-graph.degree(node), node))
    return sorted(ranked[:MOST_FIRMS])


def _names(graph: "nx.Graph[Any]") -> dict[Any, str]:
    """The name of each node that shall have one in the picture."""
    names = {node: str(data.get("name", node)) for node, data in graph.nodes(data=True)}
    if len(names) <= MOST_LABELS:
        return names
    own = {node: name for node, name in names.items() if "name" in graph.nodes[node]}
    own = {node: name for node, name in own.items() if not re.fullmatch(r"firm \d+|\d*", name)}
    return own if len(own) <= MOST_NAMES else {}


def _places(graph: "nx.Graph[Any]", names: dict[Any, str], size: float, font: float, high: float, seed: int) -> Places:
    if not names:
        return place_firms(graph, seed)
    width = {node: text_width(names[node], font) if node in names else 0.0 for node in graph}
    managed = any(data.get("alliance_function") for _, data in graph.nodes(data=True))
    marker = math.sqrt(size * (RING if managed else 1.0))
    return place_named_firms(graph, width, marker, text_height(font) + 2.5, (WIDE, high), seed)


def _looks(graph: "nx.Graph[Any]", beside: "nx.Graph[Any] | None") -> dict[str, tuple[str, str]]:
    """Marker and colour of each strategy that occurs; the built-in ones first, in a fixed order."""
    here = {str(data.get("strategy", "firm")) for _, data in graph.nodes(data=True)}
    there = {str(data.get("strategy", "firm")) for _, data in beside.nodes(data=True)} if beside is not None else set()
    present = (here | there) - {REPLACED}
    looks = {name: LOOKS[rank] for rank, name in enumerate(KNOWN) if name in present}
    free = [look for rank, look in enumerate(LOOKS) if rank >= len(KNOWN)] if looks else list(LOOKS)
    for rank, name in enumerate(sorted(present - set(KNOWN))):
        looks[name] = free[rank % len(free)]
    return {name: look for name, look in (looks | {REPLACED: ("h", FAINT)}).items() if name in here}


def _draw_ties(axes: Axes, graph: "nx.Graph[Any]", places: Places, figure: Figure) -> list[Line2D]:
    """Lines in the colour of their trust or, if they have `lives_on`, of whether they do. Returns what the legend must
    explain."""
    edges = sorted(graph.edges(data=True), key=lambda edge: (edge[2].get("trust", 0.0), bool(edge[2].get("lives_on"))))
    if not edges:
        return []
    width = float(np.clip(7.5 / len(edges) ** 0.26, 0.9, 4.0))
    data = [data for _, _, data in edges]
    kept = np.array([bool(tie.get("from_start") or tie.get("lives_on")) for tie in data])
    widths = np.where(kept, 2.0 * width, width)
    fate = all("lives_on" in tie for tie in data)
    known = not fate and all("trust" in tie for tie in data)
    if known:
        paint = matplotlib.colormaps["cividis"](np.array([tie["trust"] for tie in data], dtype=float))
    else:
        paint = matplotlib.colors.to_rgba_array(
            [GONE if fate and not lives else BLUE if fate else MUTED for lives in kept]
        )
    # One tie after the other, casing and line together, so that crossings read as over and under.
    casing = matplotlib.colors.to_rgba("white" if fate else CASING if known else MUTED)
    paint = np.repeat(paint, 2, axis=0)
    paint[0::2] = casing
    widths = np.repeat(widths, 2)
    widths[0::2] += np.minimum(1.5, widths[0::2])
    lines = [(places.at[first], places.at[second]) for first, second, _ in edges for _ in range(2)]
    axes.add_collection(LineCollection(lines, colors=paint, linewidths=widths, capstyle="round", zorder=1))
    if known:
        _draw_trust_scale(axes, figure)
    if fate:
        there = int(kept.sum())
        gone = Line2D([], [], color=GONE, linewidth=width, label=f"ended since ({len(kept) - there})")
        lives = Line2D([], [], color=BLUE, linewidth=2 * width, label=f"still lives at the end ({there})")
        return [line for line, many in ((gone, len(kept) - there), (lives, there)) if many]
    if kept.any():
        return [Line2D([], [], color=MUTED, linewidth=2 * width, label="thick line: there at the start")]
    return []


def _draw_trust_scale(axes: Axes, figure: Figure) -> None:
    bar = figure.colorbar(
        ScalarMappable(Normalize(0, 1), "cividis"),
        ax=axes,
        orientation="horizontal",
        fraction=0.035,
        pad=0.03,
        aspect=36,
        shrink=0.62,
        panchor=False,  # keeps the picture where it would be without the bar
    )
    bar.set_label("trust of the partners in each other, mean of both [share of full trust]", fontsize=SMALL, color=INK)
    bar.set_ticks([0, 0.25, 0.5, 0.75, 1])
    bar.ax.tick_params(labelsize=SMALL, labelcolor=INK, length=3)


def _draw_firms(
    axes: Axes,
    graph: "nx.Graph[Any]",
    places: Places,
    strategy: str,
    look: tuple[str, str],
    size: float,
    pale: list[Any],
) -> None:
    """All firms of one strategy; `pale` : those drawn without colour."""
    groups: dict[tuple[bool, bool], list[Any]] = {}
    for node, data in graph.nodes(data=True):
        if str(data.get("strategy", "firm")) == strategy:
            groups.setdefault((bool(data.get("alliance_function")), node in pale), []).append(node)
    for (managed, faint), nodes in sorted(groups.items()):
        x, y = np.array([places.at[node] for node in nodes]).T
        edge, layer = (PALE_EDGE, 1.5) if faint else (INK, 2)
        if managed:
            axes.scatter(x, y, s=size * RING, facecolor="white", edgecolor=edge, linewidth=1.6, zorder=layer)
        face = PALE if faint else look[1]
        axes.scatter(x, y, s=size, marker=look[0], facecolor=face, edgecolor=edge, linewidth=1.0, zorder=layer + 1)


def _frame(axes: Axes, places: Places) -> None:
    if places.paper is not None:
        axes.set_xlim(0, places.paper[0])
        axes.set_ylim(0, places.paper[1])
        return
    xy = np.array(list(places.at.values())) if places.at else np.zeros((1, 2))
    low, high = xy.min(axis=0), xy.max(axis=0)
    room = 0.07 * max(float((high - low).max()), 0.5)
    axes.set_xlim(low[0] - room, high[0] + room)
    axes.set_ylim(low[1] - room, high[1] + room)


def _draw_names(
    figure: Figure,
    axes: Axes,
    graph: "nx.Graph[Any]",
    places: Places,
    names: dict[Any, str],
    size: float,
    font: float,
) -> None:
    """Names beside the firms, where they hide least, and how many there was no room for."""
    note = axes.set_title(" ", loc="right", fontsize=SMALL, color=MUTED, pad=4)
    figure.draw_without_rendering()  # only then is it known how large the axes are
    scale = 72 / figure.dpi * axes.transData.get_matrix()[0, 0]  # points per unit of the layout
    nodes = list(graph.nodes)
    reach = [math.sqrt(size * (RING if graph.nodes[node].get("alliance_function") else 1)) / 2 + 2.5 for node in nodes]
    points = np.array([places.at[node] for node in nodes]).reshape(-1, 2) * scale
    rank = {node: position for position, node in enumerate(nodes)}
    ties = [(rank[first], rank[second]) for first, second in graph.edges]
    fixed = {rank[node]: BELOW for node in places.alone}
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    paper = (left * scale - 6, low * scale - 6, right * scale + 6, high * scale + 6)
    sides = place_labels(points, reach, [names.get(node, "") for node in nodes], ties, font, fixed, paper)
    for node, here, side in zip(nodes, points / scale, sides, strict=True):
        if side is None:
            continue
        text = axes.annotate(
            names[node],
            here,
            side.shift,
            textcoords="offset points",
            ha=side.across,
            va=side.along,
            fontsize=font,
            color=INK if graph.degree(node) else MUTED,
            zorder=1.8,  # above the ties, below the firms
        )
        text.set_in_layout(False)
        text.set_path_effects([withStroke(linewidth=min(3.2, font / 4), foreground="white")])
    left_out = len(names) - sum(side is not None for side in sides)
    if left_out:
        note.set_text(f"{left_out} of {len(names)} names left out, for want of room")


def _draw_notes(
    axes: Axes, graph: "nx.Graph[Any]", shown: "nx.Graph[Any]", places: Places, paired: bool, size: float
) -> None:
    if places.alone:
        count = len(places.alone)
        rows = np.array([places.at[node] for node in places.alone])
        top = ((rows[:, 0].min() + rows[:, 0].max()) / 2, rows[:, 1].max())
        text = f"{count} {'firm' if count == 1 else 'firms'} without an alliance"
        text += ", neither at the start nor at the end" if paired else ""
        up = 22 if places.paper is None else math.sqrt(size * RING) / 2 + 5
        axes.annotate(text, top, (0, up), textcoords="offset points", ha="center", fontsize=SMALL, color=MUTED)
    if paired and "quarter" in graph.graph:
        axes.set_title(f"end of quarter {graph.graph['quarter']}", loc="left", fontsize=SMALL, color=MUTED, pad=4)
    if len(shown) < len(graph):
        text = f"the {len(shown)} best connected of {len(graph):,} firms"
        axes.text(1.0, 1.0, text, transform=axes.transAxes, ha="right", va="top", fontsize=SMALL, color=MUTED)


def _draw_legend(
    figure: Figure,
    graph: "nx.Graph[Any]",
    looks: dict[str, tuple[str, str]],
    lines: list[Line2D],
    pale: bool,
) -> None:
    def mark(marker: str, face: str, label: str, size: float = 10, edge: str = INK, line: float = 1.0) -> Line2D:
        return Line2D(
            [],
            [],
            linestyle="",
            marker=marker,
            markersize=size,
            markerfacecolor=face,
            markeredgecolor=edge,
            markeredgewidth=line,
            label=label,
        )

    handles = [mark(marker, colour, words(name)) for name, (marker, colour) in looks.items()]
    if any(data.get("alliance_function") for _, data in graph.nodes(data=True)):
        handles.append(mark("o", "white", "ring: has alliance managers", 15, INK, 1.6))
    if pale:
        handles.append(mark("o", PALE, "pale: no alliance", 10, PALE_EDGE))
    handles += lines
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=_columns([str(handle.get_label()) for handle in handles]),
        fontsize=SMALL,
        frameon=False,
        labelcolor=INK,
    )


def _columns(labels: list[str]) -> int:
    """How many columns of a legend fit side by side."""
    wide = np.array([text_width(label, SMALL) for label in labels])
    for count in range(min(4, len(labels)), 1, -1):
        columns = np.array_split(wide, count)
        if sum(column.max() for column in columns) + 55 * count < 632:
            return count
    return 1
