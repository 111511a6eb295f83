"""Where firms stand in the picture of a network: tied firms near each other, groups apart, loners in quiet rows
below."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

Point = tuple[float, float]
WIDE = 1.3  # everything is stretched sideways: pictures and names are wider than high


@dataclass(frozen=True)
class Places:
    """at : position of each node; alone : nodes without a tie, which stand in rows below the others;
    paper : width and height of the whole picture, from 0, if positions are in points on paper."""

    at: dict[Any, Point]
    alone: tuple[Any, ...]
    paper: Point | None = None


def place_firms(graph: "nx.Graph[Any]", seed: int = 1) -> Places:
    """Positions of all nodes. The same graph and seed give the same picture; distances mean nothing beyond "near is
    tied"."""
    groups = sorted(nx.connected_components(graph), key=lambda group: (-len(group), min(map(str, group))))
    tied = [group for group in groups if len(group) > 1]
    alone = tuple(
        sorted(
            (node for group in groups if len(group) == 1 for node in group), key=lambda node: (str(type(node)), node)
        )
    )
    at: dict[Any, Point] = {}
    for centre, group in zip(_pack([_radius(len(group)) for group in tied]), tied, strict=True):
        nodes = sorted(group, key=lambda node: (str(type(node)), node))
        points = _arrange(graph.subgraph(nodes), nodes, seed) * _radius(len(nodes)) + centre
        at |= {node: (float(x), float(y)) for node, (x, y) in zip(nodes, points, strict=True)}
    at = {node: (WIDE * x, y) for node, (x, y) in at.items()}
    return Places(at | _rows(alone, list(at.values())), alone)


def place_named_firms(
    graph: "nx.Graph[Any]", width: Mapping[Any, float], marker: float, line: float, paper: Point, seed: int = 1
) -> Places:
    """Positions on paper [points] with room for a name at each firm, and no firm upon another's tie where that can be.

    width : of the name of each node, 0 for none     marker : width of a mark     line : height of a line of text
    paper : width and height at least wanted; the height grows if there are many loners
    """
    free = place_firms(graph, seed)
    tied = [node for node in sorted(free.at, key=lambda node: (str(type(node)), node)) if node not in free.alone]
    rows = _wrapped(free.alone, {node: max(width[node], marker) + 9.0 for node in free.alone}, paper[0])
    high = marker + line + 7.0
    below = high * len(rows) + (line + 14.0 if rows and tied else 0.0)
    paper = (paper[0], max(paper[1], below + (0.45 * paper[1] if tied else 0.0)))
    at: dict[Any, Point] = {}
    top = below - (line + 14.0) if tied else (paper[1] + below) / 2
    for rank, row in enumerate(rows):
        left = (paper[0] - sum(cell for _, cell in row)) / 2
        for node, cell in row:
            at[node] = (left + cell / 2, top - rank * high - marker / 2 - 3.0)
            left += cell
    if tied:
        half = np.array(
            [[max(width[node], marker) / 2 + 3, (marker + (line if width[node] else 0)) / 2 + 3] for node in tied]
        )
        rank_of = {node: rank for rank, node in enumerate(tied)}
        ties = np.array(sorted(sorted((rank_of[a], rank_of[b])) for a, b in graph.edges))
        low, up = np.array([0.0, below]), np.array(paper)
        points = np.array([free.at[node] for node in tied])
        points = _stretch(points, low + half.max(axis=0), up - half.max(axis=0))
        points = _make_room(points, half, ties, marker / 2 + 4.0, low, up)
        at |= {node: (float(x), float(y)) for node, (x, y) in zip(tied, points, strict=True)}
    return Places(at, free.alone, paper)


def _radius(size: int) -> float:
    return math.sqrt(size)


def _arrange(graph: "nx.Graph[Any]", nodes: list[Any], seed: int) -> NDArray[np.float64]:
    """One connected group inside the unit circle, its longest direction lying flat. Returns [nodes, 2]."""
    rank = {node: position for position, node in enumerate(nodes)}
    ties = np.array(sorted(sorted((rank[first], rank[second])) for first, second in graph.edges))
    near = np.zeros((len(nodes), len(nodes)))
    near[tuple(ties.T)] = 1.0
    points = _least_stress(shortest_path(near, directed=False, unweighted=True), seed)
    _, _, axes = np.linalg.svd(points, full_matrices=False)
    points = _part(_even(points @ axes.T), 0.9 / math.sqrt(len(nodes)))
    unit: NDArray[np.float64] = points / np.hypot(*points.T).max()
    return unit


def _least_stress(steps: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Positions whose distances follow the numbers of steps between firms, near pairs weighing more.

    The aim of networkx.kamada_kawai_layout, reached by majorization in a hundredth of its time. steps : [nodes, nodes]
    Source: Kamada & Kawai 1989; Gansner, Koren & North 2004.
    """
    count = len(steps)
    weights = 1.0 / np.maximum(steps, 1.0) ** 2 * (1 - np.eye(count))
    pull = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.inv(pull + 1.0 / count)  # on positions that sum to zero the added constant does nothing
    squares = steps**2
    centred = -0.5 * (squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean())
    _, vectors = np.linalg.eigh(centred)
    luck = np.random.default_rng(seed).normal(size=(count, 2))
    points = vectors[:, -2:] * math.sqrt(count) + 0.1 * luck
    for _ in range(120):
        apart = points[:, None] - points[None]
        distance = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(count)
        ratio = weights * steps / np.maximum(distance, 1e-9)
        points = inverse @ (ratio.sum(axis=1)[:, None] * points - ratio @ points)
    return np.asarray(points - points.mean(axis=0))


def _even(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pull long arms in and spread the crowd in the middle: distances from the centre r become r^0.75."""
    radius = np.hypot(*points.T)
    inner = radius / max(float(radius.max()), 1e-9)
    return points * np.where(inner > 1e-6, inner, 1.0)[:, None] ** -0.25


def _part(points: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Push apart whatever stands closer than `least` [share of the radius], so that no firm hides another."""
    points = points / max(float(np.hypot(*points.T).max()), 1e-9)
    for _ in range(60):
        apart = points[:, None] - points[None]
        distance = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(len(points)) * 9
        if distance.min() >= least:
            break
        push = np.clip(least - distance, 0, None)[..., None] * apart / np.maximum(distance, 1e-6)[..., None]
        points = points + 0.3 * push.sum(axis=1)
    return points


def _pack(radii: list[float]) -> list[NDArray[np.float64]]:
    """Centres of circles without overlap, the largest first, each where the whole stays most compact."""
    centres: list[NDArray[np.float64]] = []
    turns = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    ring = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    gap = 0.7
    for radius in radii:
        if not centres:
            centres.append(np.zeros(2))
            continue
        others, sizes = np.array(centres), np.array(radii[: len(centres)])
        tries = (others[:, None] + ring[None] * (sizes[:, None, None] + radius + gap)).reshape(-1, 2)
        room = np.hypot(*(tries[:, None] - others[None]).transpose(2, 0, 1)) - sizes - radius - gap
        free = tries[(room > -1e-6).all(axis=1)]
        low = np.minimum((others - sizes[:, None]).min(axis=0), free - radius)
        high = np.maximum((others + sizes[:, None]).max(axis=0), free + radius)
        cost = (high - low).max(axis=1) + 0.01 * np.hypot(*free.T)
        centres.append(free[int(np.argmin(np.round(cost, 6)))])
    return centres


def _wrapped(nodes: tuple[Any, ...], cells: Mapping[Any, float], width: float) -> list[list[tuple[Any, float]]]:
    """Rows of nodes and the widths of their cells, as few rows as fit and all about equally long."""
    if not nodes:
        return []
    least = math.ceil(sum(cells.values()) / width)
    for wanted in range(least, len(nodes) + 1):
        aim = sum(cells.values()) / wanted
        rows: list[list[tuple[Any, float]]] = [[]]
        for node in nodes:
            filled = sum(cell for _, cell in rows[-1])
            full = filled + cells[node] > width or filled + cells[node] / 2 > aim
            if rows[-1] and full:
                rows.append([])
            rows[-1].append((node, cells[node]))
        if len(rows) <= wanted:
            return rows
    return [[(node, cells[node])] for node in nodes]


def _stretch(points: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points scaled into a frame, sideways at most 1.4 times as much as upwards or the other way round."""
    size = np.maximum(np.ptp(points, axis=0), 1e-6)
    scale = np.maximum(high - low, 1.0) / size
    scale = np.minimum(scale, 1.4 * scale.min())
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return np.asarray((points - middle) * scale + (low + high) / 2)


def _make_room(
    points: NDArray[np.float64],
    half: NDArray[np.float64],
    ties: NDArray[np.int64],
    off: float,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Push apart boxes that overlap, and firms off the ties of others, within a frame.

    half : [points, 2] half width and height of each box     off : least distance of a firm from a tie not its own
    """
    need = half[:, None] + half[None]
    first = np.tri(len(points), dtype=bool)[..., None]
    crowded = len(points) * len(ties) > 40_000  # then no picture without firms upon ties
    for step in range(350):
        apart = points[:, None] - points[None]
        over = need - np.abs(apart)
        clash = (over > 0).all(axis=2) & ~np.eye(len(points), dtype=bool)
        sideways = over[..., 0] / need[..., 0] < over[..., 1] / need[..., 1]
        pick = np.stack([sideways, ~sideways], axis=2) & clash[..., None]
        push = (0.5 * np.where(pick, over * np.where((apart > 0) | (apart == 0) & first, 1.0, -1.0), 0.0)).sum(axis=1)
        if step < 250 and not crowded:  # the last word is that of the boxes
            push += 0.4 * _off_ties(points, ties, off)
        elif not clash.any():
            break
        points = np.clip(points + np.clip(0.6 * push, -12, 12), low + half, high - half)
    return points


def _off_ties(points: NDArray[np.float64], ties: NDArray[np.int64], off: float) -> NDArray[np.float64]:
    """How each firm should move to leave the ties of others [points, 2]; the ends of those ties give way too."""
    start, end = points[ties[:, 0]], points[ties[:, 1]]
    along = end - start
    length = np.maximum((along**2).sum(axis=1), 1e-6)
    share = ((points[:, None] - start[None]) * along[None]).sum(axis=2) / length  # [points, ties]
    foot = start[None] + share[..., None] * along[None]
    away = points[:, None] - foot
    distance = np.hypot(away[..., 0], away[..., 1])
    rank = np.arange(len(points))[:, None]
    close = (distance < off) & (share > 0) & (share < 1) & (rank != ties[:, 0]) & (rank != ties[:, 1])
    sign = np.where(distance[..., None] > 1e-6, away / np.maximum(distance, 1e-6)[..., None], np.array([0.0, 1.0]))
    push = np.where(close[..., None], (off - distance)[..., None] * sign, 0.0)
    moves = push.sum(axis=1)
    np.add.at(moves, ties[:, 0], -0.5 * ((1 - share)[..., None] * push).sum(axis=0))
    np.add.at(moves, ties[:, 1], -0.5 * (share[..., None] * push).sum(axis=0))
    return np.asarray(moves)


def _rows(alone: tuple[Any, ...], others: list[Point]) -> dict[Any, Point]:
    """Loners in rows below everybody else, as wide as the picture."""
    if not alone:
        return {}
    xy = np.array(others) if others else np.array([[-4.0, 0.0], [4.0, 0.0]])
    left, right, bottom = float(xy[:, 0].min()), float(xy[:, 0].max()), float(xy[:, 1].min())
    width = max(right - left, 5.0)
    step = max(width / 17, 1.0)
    most = max(1, int(width / step + 1e-9) + 1)
    rows = math.ceil(len(alone) / most)
    per_row = math.ceil(len(alone) / rows)
    first = (left + right) / 2 - step * (per_row - 1) / 2
    drop = bottom - 1.9 * step if others else 0.0
    return {node: (first + (rank % per_row) * step, drop - (rank // per_row) * step) for rank, node in enumerate(alone)}
