"""Where firms stand in films: placed by the rules of `static/layout.js`, so that film and viewer look alike.

Fruchterman & Reingold's forces from a spiral by seat: those allied for long stand near each other. The two agree to the
last digits for some sixty rounds; then the forces amplify rounding, and a few firms may end elsewhere.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDS, GRAVITY = 160, 0.055
GOLDEN = math.pi * (3 - math.sqrt(5))


def place_firms(firms: int, arrays: Mapping[str, NDArray[Any]], quarters: int) -> Floats:
    """Places of firms [firms, 2], each 0..1, y downwards. arrays : of a packed history, whose ties pull."""
    seat = np.arange(firms)
    radius = np.sqrt((seat + 0.5) / firms)
    points = np.column_stack([radius * np.cos(seat * GOLDEN), radius * np.sin(seat * GOLDEN)])
    points = _filled(_relaxed(points, *_pulls(firms, arrays, quarters)))
    return _filled(_spread(_even(points)))


def _pulls(firms: int, arrays: Mapping[str, NDArray[Any]], quarters: int) -> tuple[NDArray[np.int64], Floats]:
    """Pairs that ever were allied [pairs, 2] and how strongly each pulls: as the square root of their quarters together."""
    first, second = (arrays[name].astype(np.int64) for name in ("first", "second"))
    lived = np.minimum(arrays["ended"].astype(np.int64), quarters) - arrays["formed"] + 1
    keys, row = np.unique(first * firms + second, return_inverse=True)
    strength = np.sqrt(np.bincount(row.ravel(), lived, minlength=len(keys)))
    pairs = np.column_stack(np.divmod(keys, firms))
    total = np.bincount(pairs.ravel(), np.repeat(strength, 2), minlength=firms)
    return pairs, 4 * strength / np.sqrt(total[pairs].prod(axis=1))


def _relaxed(points: Floats, pairs: NDArray[np.int64], pull: Floats) -> Floats:
    """Attraction along ties, repulsion of all, a weak pull to the middle; steps grow shorter round by round."""
    firms = len(points)
    space = 1.6 / math.sqrt(firms)
    ends = np.concatenate([pairs[:, 0], pairs[:, 1]])
    for done in range(ROUNDS):
        most = 0.12 * (1 - done / ROUNDS) ** 1.5 + 0.001
        apart = points[None] - points[:, None]
        force = space * space / ((apart**2).sum(axis=2) + 1e-6)
        move = -GRAVITY * points - (apart * force[..., None]).sum(axis=1)
        tie = points[pairs[:, 1]] - points[pairs[:, 0]]
        tie *= (pull * np.hypot(tie[:, 0], tie[:, 1]) / space / 4)[:, None]
        for axis in range(2):
            move[:, axis] += np.bincount(ends, np.concatenate([tie[:, axis], -tie[:, axis]]), minlength=firms)
        length = np.hypot(move[:, 0], move[:, 1])
        length[length == 0] = 1.0
        points = points + move * (np.minimum(length, most) / length)[:, None]
    return points


def _filled(points: Floats) -> Floats:
    """Stretched to the unit square."""
    low = points.min(axis=0)
    span = points.max(axis=0) - low
    return np.full_like(points, 0.5) if len(points) == 1 else (points - low) / np.where(span > 0, span, 1.0)


def _even(points: Floats) -> Floats:
    """Halfway to equal steps in the same order, each axis by itself."""
    ranks = points.argsort(axis=0, kind="stable").argsort(axis=0)
    return 0.5 * points + 0.5 * (ranks + 0.5) / len(points)


def _spread(points: Floats) -> Floats:
    """Firms that would hide each other moved apart, pair by pair in the order of seats."""
    least = 0.72 / math.sqrt(len(points))
    points = points.copy()
    for _ in range(30):
        for a in range(len(points) - 1):
            gaps = np.hypot(*(points[a + 1 :] - points[a]).T)
            for b in (np.flatnonzero(gaps < 3 * least) + a + 1).tolist():
                apart = points[b] - points[a]
                length = math.hypot(*apart.tolist())
                if length < least:
                    shift = (least - length) / 2 / (length or 1.0)
                    side = np.array([apart[0] if length else 0.01, apart[1]]) * shift
                    points[a] -= side
                    points[b] += side
    return points
