"""Where to write the names of points so that they hide neither each other, nor points, nor lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Across = Literal["left", "center", "right"]
Along = Literal["bottom", "center", "top"]
SIDES: tuple[tuple[float, float, Across, Along], ...] = (
    (0, 1, "center", "bottom"),
    (0, -1, "center", "top"),
    (1, 0, "left", "center"),
    (-1, 0, "right", "center"),
    (0.7, 0.7, "left", "bottom"),
    (-0.7, 0.7, "right", "bottom"),
    (0.7, -0.7, "left", "top"),
    (-0.7, -0.7, "right", "top"),
)
LETTER = 0.6  # mean width of a letter [font size]


@dataclass(frozen=True)
class Side:
    """shift : offset from the point [points]; across, along : which end of the text stands there."""

    shift: tuple[float, float]
    across: Across
    along: Along


def place_labels(
    points: Floats,
    reach: Sequence[float],
    texts: Sequence[str],
    ties: Sequence[tuple[int, int]],
    font: float,
    fixed: Mapping[int, int],
) -> list[Side]:
    """One side for each label, chosen one after the other, those in the thickest crowd first.

    points : [count, 2] positions [points]     reach : distance of the text from each     ties : lines between points
    fixed : points whose side (position in SIDES) is given
    """
    if not len(points):
        return []
    steps = np.linspace(0.04, 0.96, 24)[:, None]
    lines = [points[first] * (1 - steps) + points[second] * steps for first, second in ties]
    on_lines = np.concatenate(lines) if lines else np.zeros((0, 2))
    taken: list[Floats] = []  # left, bottom, right, top of the labels placed
    crowd = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    order = np.argsort(np.sort(crowd, axis=1)[:, : min(4, len(points))].sum(axis=1), kind="stable")
    chosen: dict[int, Side] = {}
    for index in (int(position) for position in order):
        sides = [fixed[index]] if index in fixed else range(len(SIDES))
        options = [_box(points[index], reach[index], texts[index], side, font) for side in sides]
        costs = [
            12 * sum(_overlap(box, other) for other in taken)
            + 6 * _inside(box, np.delete(points, index, axis=0), 6.0)
            + 0.5 * _inside(box, on_lines, 1.0)
            + 0.1 * rank
            for rank, box in enumerate(options)
        ]
        best = int(np.argmin(costs))
        taken.append(options[best])
        x, y, across, along = SIDES[sides[best]]
        chosen[index] = Side((x * reach[index], y * reach[index]), across, along)
    return [chosen[index] for index in range(len(points))]


def _box(point: Floats, reach: float, text: str, side: int, font: float) -> Floats:
    x, y, across, along = SIDES[side]
    width, height = LETTER * font * len(text), 1.2 * font
    left = point[0] + x * reach - {"left": 0.0, "center": width / 2, "right": width}[across]
    bottom = point[1] + y * reach - {"bottom": 0.0, "center": height / 2, "top": height}[along]
    return np.array([left, bottom, left + width, bottom + height])


def _overlap(box: Floats, other: Floats) -> float:
    """1 if two boxes overlap."""
    return float(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3])


def _inside(box: Floats, points: Floats, margin: float) -> int:
    near = (points > box[:2] - margin) & (points < box[2:] + margin)
    return int(np.count_nonzero(near.all(axis=1)))
