"""Where a surface over two settings crosses a level: its contour through scattered points, and where to look next."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from experiments.analysis.bootstrap import Floats

EXPLORE = 0.04  # a triangle far from the level weighs so much of one that the level passes through
REACH = 0.05  # how far from the level a triangle still draws attention [share of the range of all heights]
NEAR = 0.25  # and one that just fails to reach the level so much
FLAT = 1e-14  # twice the area of a triangle without inside
ROUNDING = 1e-9  # places so little outside a triangle count as within, lest seams open

Triangles = NDArray[np.int64]


def attention(areas: Floats, corners: Floats, level: float) -> Floats:
    """How much each triangle deserves the next point: its area, much less of it where the level is far.

    areas : [triangles]     corners : [triangles, 3] heights at the corners
    Equation:  area · w,  w = 1 where the level lies between the corners, else EXPLORE + NEAR · exp(−d/REACH)
    with d the distance of the nearest corner from the level, as a share of the range of all heights.
    Source: as the losses in adaptive (Nijholt et al. 2019), which refine where a surface bends; here where it crosses.

    >>> attention(np.ones(2), np.array([[0.0, 0.0, 1.0], [0.9, 1.0, 1.0]]), 0.5).round(3).tolist()
    [1.0, 0.04]
    """
    apart = corners - level
    crossed = (apart.min(axis=1) < 0) & (apart.max(axis=1) >= 0)
    distance = np.abs(apart).min(axis=1) / (float(np.ptp(corners)) or 1.0)
    weight = EXPLORE + NEAR * np.exp(-distance / REACH)
    return np.asarray(areas * np.where(crossed, 1.0, weight), dtype=np.float64)


def triangles(points: Floats) -> Triangles:
    """The triangulation of points in the unit square (Delaunay). points : [points, 2]     Returns [triangles, 3]."""
    return np.asarray(Delaunay(points).simplices, dtype=np.int64)


def contour(points: Floats, heights: Floats, level: float) -> list[Floats]:
    """The lines along which the surface through the points has the level; straight within each triangle.

    points : [points, 2] in the unit square     heights : [points], finite
    Returns polylines [corners, 2], the longest first; a closed one ends where it began.
    """
    above = heights >= level
    places: dict[tuple[int, int], Floats] = {}
    beside: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for corners in triangles(points):
        edges = []
        for first, second in ((0, 1), (1, 2), (0, 2)):
            a, b = sorted((int(corners[first]), int(corners[second])))
            if above[a] == above[b]:
                continue
            share = (level - heights[a]) / (heights[b] - heights[a])
            places[a, b] = points[a] + share * (points[b] - points[a])
            edges.append((a, b))
        if len(edges) == 2:
            beside[edges[0]].append(edges[1])
            beside[edges[1]].append(edges[0])
    lines = [np.array([places[edge] for edge in chain]) for chain in _chains(beside)]
    return sorted(lines, key=lambda line: -float(np.hypot(*np.diff(line, axis=0).T).sum()))


def _chains(beside: dict[tuple[int, int], list[tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    """Chains of neighbours: the open ones from end to end, then the closed ones, which repeat their first member."""
    left = dict.fromkeys(sorted(beside, key=lambda edge: (len(beside[edge]), edge)))
    found = []
    while left:
        start = next(iter(left))
        chain, now = [start], start
        del left[start]
        while True:
            onward = [edge for edge in beside[now] if edge in left]
            if not onward:
                break
            now = onward[0]
            del left[now]
            chain.append(now)
        if len(chain) > 2 and start in beside[now]:
            chain.append(start)
        found.append(chain)
    return found


def on_grid(points: Floats, heights: Floats, number: int) -> Floats:
    """The surface through the points on an even grid over the unit square. Returns [number (y), number (x)].

    Outside the points, which happens where the outcome is undefined, the height of the nearest.
    """
    across = np.linspace(0.0, 1.0, number)
    x, y = np.meshgrid(across, across)
    wanted = np.stack([x.ravel(), y.ravel()], axis=1)
    surface = heights_at(points, heights, wanted)
    for place in np.flatnonzero(np.isnan(surface)):
        surface[place] = heights[((points - wanted[place]) ** 2).sum(axis=1).argmin()]
    return surface.reshape(number, number)


def along(points: Floats, heights: Floats, axis: int, at: float, number: int = 401) -> tuple[Floats, Floats]:
    """The surface on a line across the unit square. axis : the one that varies     at : the other's value

    Returns places [number] from 0 to 1 and heights [number], NaN outside the points.
    """
    varies = np.linspace(0.0, 1.0, number)
    wanted = np.full((number, 2), at)
    wanted[:, axis] = varies
    return varies, heights_at(points, heights, wanted)


def heights_at(points: Floats, heights: Floats, wanted: Floats) -> Floats:
    """The surface through the points, flat on each triangle, at other places; NaN outside all triangles.

    points : [points, 2] in the unit square     heights : [points]     wanted : [places, 2]     Returns [places].
    (scipy's interpolator does the same, but asks a threaded library for every triangle and takes a hundred times as long
    on a busy machine.)
    """
    found = np.full(len(wanted), np.nan)
    x, y = wanted.T
    for first, second, third in triangles(points):
        (ax, ay), (bx, by), (cx, cy) = points[first], points[second], points[third]
        twice = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy)
        if abs(twice) < FLAT:
            continue
        one = ((by - cy) * (x - cx) + (cx - bx) * (y - cy)) / twice
        two = ((cy - ay) * (x - cx) + (ax - cx) * (y - cy)) / twice
        inside = (one >= -ROUNDING) & (two >= -ROUNDING) & (one + two <= 1 + ROUNDING)
        height = one * heights[first] + two * heights[second] + (1 - one - two) * heights[third]
        found[inside] = height[inside]
    return found


def sides(reached: NDArray[np.bool_]) -> dict[str, tuple[str, int]]:
    """Along the first axis of a map: from which place on nothing, or everything, across the second is reached.

    reached : [places, across]     Returns "none" and "all" -> ("above" or "below", place), where such an end exists.

    >>> sides(np.array([[True, True], [True, False], [False, False]]))
    {'none': ('above', 2), 'all': ('below', 0)}
    """
    found = {}
    ends: dict[str, NDArray[np.bool_]] = {"none": ~np.any(reached, axis=1), "all": np.all(reached, axis=1)}
    for name, such in ends.items():
        if such.all() or not such.any():
            continue
        if such[-1] and not such[0]:
            place = len(such) - int(np.argmin(such[::-1]))
            if such[place:].all() and not such[:place].any():
                found[name] = ("above", place)
        elif such[0] and not such[-1]:
            place = int(np.argmin(such)) - 1
            if such[: place + 1].all() and not such[place + 1 :].any():
                found[name] = ("below", place)
    return found
