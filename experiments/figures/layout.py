"""Where firms stand in the picture of a network: tied firms near each other, groups apart, loners in quiet rows
below."""

import math
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
    """at : position of each node; alone : nodes without a tie, which stand in rows below the others."""

    at: dict[Any, Point]
    alone: tuple[Any, ...]


def place_firms(graph: "nx.Graph[Any]", seed: int = 1, named: bool = False) -> Places:
    """Positions of all nodes, loners farther apart if names are to be written below them. The same graph and seed
    give the same picture; distances mean nothing beyond "near is tied"."""
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
    return Places(at | _rows(alone, list(at.values()), 7 if named else 17), alone)


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


def _rows(alone: tuple[Any, ...], others: list[Point], across: int) -> dict[Any, Point]:
    """Loners in rows below everybody else, as wide as the picture."""
    if not alone:
        return {}
    xy = np.array(others) if others else np.array([[-4.0, 0.0], [4.0, 0.0]])
    left, right, bottom = float(xy[:, 0].min()), float(xy[:, 0].max()), float(xy[:, 1].min())
    width = max(right - left, 5.0)
    step = max(width / across, 1.0)
    down = max(width / 17, 1.0)
    most = max(1, int(width / step + 1e-9) + 1)
    rows = math.ceil(len(alone) / most)
    per_row = math.ceil(len(alone) / rows)
    first = (left + right) / 2 - step * (per_row - 1) / 2
    drop = bottom - 1.9 * down if others else 0.0
    return {node: (first + (rank % per_row) * step, drop - (rank // per_row) * down) for rank, node in enumerate(alone)}
