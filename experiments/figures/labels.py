"""Where to write the names of points so that they hide neither each other, nor points, nor lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
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
BELOW = 1  # position in SIDES
TOO_MUCH = 100.0  # cost of what must not be: a name upon a point, or beyond the frame


@dataclass(frozen=True)
class Side:
    """shift : offset from the point [points]; across, along : which end of the text stands there."""

    shift: tuple[float, float]
    across: Across
    along: Along


@lru_cache(maxsize=4096)
def text_width(text: str, font: float) -> float:
    """Width of a text as it is drawn [points]."""
    return float(text_to_path.get_text_width_height_descent(text, FontProperties(size=font), ismath=False)[0])


def text_height(font: float) -> float:
    """Height of one line, from the lowest to the highest letter [points]."""
    return 1.2 * font


def place_labels(
    points: Floats,
    reach: Sequence[float],
    texts: Sequence[str],
    ties: Sequence[tuple[int, int]],
    font: float,
    fixed: Mapping[int, int],
    frame: tuple[float, float, float, float] | None = None,
) -> list[Side | None]:
    """One side for each label; None for one that would hide another or a point wherever it stood.

    Of two labels in each other's way the one at the point with fewer ties is left out.

    points : [count, 2] positions [points]     reach : distance of the text from each     ties : lines between points
    texts : "" for none     fixed : points whose side (position in SIDES) is given
    frame : left, bottom, right, top of the paper [points]
    """
    count = len(points)
    if not count:
        return []
    sides = [[fixed[k]] if k in fixed else list(range(len(SIDES))) for k in range(count)]
    boxes = [np.array([_box(points[k], reach[k], texts[k], side, font) for side in sides[k]]) for k in range(count)]
    alone = _costs_alone(points, reach, boxes, ties, frame)
    asked = [k for k in _crowded_first(points) if texts[k]]
    chosen = _choose(asked, boxes, alone)
    degree = np.bincount(np.array(ties, dtype=np.int64).ravel(), minlength=count)
    _leave_out(chosen, boxes, alone, degree)
    _bring_back([k for k in asked if k not in chosen], chosen, boxes, alone, degree)
    found: list[Side | None] = []
    for k in range(count):
        x, y, across, along = SIDES[sides[k][chosen.get(k, 0)]]
        found.append(Side((x * reach[k], y * reach[k]), across, along) if k in chosen else None)
    return found


def _crowded_first(points: Floats) -> list[int]:
    crowd = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    near = np.sort(crowd, axis=1)[:, : min(4, len(points))].sum(axis=1)
    return [int(position) for position in np.argsort(near, kind="stable")]


def _costs_alone(
    points: Floats,
    reach: Sequence[float],
    boxes: list[Floats],
    ties: Sequence[tuple[int, int]],
    frame: tuple[float, float, float, float] | None,
) -> list[Floats]:
    """Cost of each side of each label whatever the others do: points, lines and the edge of the paper."""
    steps = np.linspace(0.02, 0.98, 32)[:, None]
    lines = [points[first] * (1 - steps) + points[second] * steps for first, second in ties]
    on_lines = np.concatenate(lines) if lines else np.zeros((0, 2))
    costs = []
    for k, options in enumerate(boxes):
        others, far = np.delete(points, k, axis=0), np.delete(np.asarray(reach, dtype=float), k)
        cost = np.array([0.1 * rank + 0.35 * _inside(box, on_lines, 1.0) for rank, box in enumerate(options)])
        cost += [TOO_MUCH * _inside(box, others, 0.9 * far[:, None] - 2.0) for box in options]
        cost += [3 * _inside(box, others, far[:, None] + 5.0) for box in options]  # whose name is it?
        if frame is not None:
            cost += TOO_MUCH * ((options[:, :2] < frame[:2]) | (options[:, 2:] > frame[2:])).any(axis=1)
        costs.append(cost)
    return costs


def _choose(asked: list[int], boxes: list[Floats], alone: list[Floats]) -> dict[int, int]:
    """One option for each label, then again with all others in sight until none wants to move."""
    chosen: dict[int, int] = {}
    for _ in range(6):
        before = dict(chosen)
        for k in asked:
            chosen[k] = int(np.argmin(alone[k] + 12 * _clashes(k, boxes[k], chosen, boxes)))
        if chosen == before:
            break
    return chosen


def _clashes(k: int, options: Floats, chosen: Mapping[int, int], boxes: list[Floats]) -> Floats:
    """How many of the other chosen labels each option of a label overlaps."""
    others = np.array([boxes[other][option] for other, option in chosen.items() if other != k]).reshape(-1, 4)
    apart = (options[:, None, :2] >= others[None, :, 2:]) | (others[None, :, :2] >= options[:, None, 2:])
    return np.asarray((~apart.any(axis=2)).sum(axis=1), dtype=np.float64)


def _leave_out(chosen: dict[int, int], boxes: list[Floats], alone: list[Floats], degree: NDArray[np.int64]) -> None:
    """Take away labels until none is in the way, those of points with few ties first."""
    for k in [k for k, option in chosen.items() if alone[k][option] >= TOO_MUCH]:
        del chosen[k]
    while True:
        bad = {k: float(_clashes(k, boxes[k][[option]], chosen, boxes)[0]) for k, option in chosen.items()}
        worst = [k for k, clashes in bad.items() if clashes]
        if not worst:
            return
        del chosen[min(worst, key=lambda k: (degree[k], -bad[k], k))]


def _bring_back(
    out: list[int], chosen: dict[int, int], boxes: list[Floats], alone: list[Floats], degree: NDArray[np.int64]
) -> None:
    """Labels that were left out and have room after all."""
    for k in sorted(out, key=lambda k: (-degree[k], k)):
        cost = alone[k] + TOO_MUCH * _clashes(k, boxes[k], chosen, boxes)
        if cost.min() < TOO_MUCH:
            chosen[k] = int(np.argmin(cost))


def _box(point: Floats, reach: float, text: str, side: int, font: float) -> Floats:
    x, y, across, along = SIDES[side]
    width, height = text_width(text, font) + 2.0 if text else 0.0, text_height(font)
    left = point[0] + x * reach - {"left": 0.0, "center": width / 2, "right": width}[across]
    bottom = point[1] + y * reach - {"bottom": 0.0, "center": height / 2, "top": height}[along]
    return np.array([left, bottom, left + width, bottom + height])


def _inside(box: Floats, points: Floats, margin: float | Floats) -> int:
    near = (points > box[:2] - margin) & (points < box[2:] + margin)
    return int(np.count_nonzero(near.all(axis=1)))
