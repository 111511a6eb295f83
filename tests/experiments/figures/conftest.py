"""Every figure must be readable: nothing cut off, no text upon another."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from simulation.events import CAUSES


@pytest.fixture
def legible() -> Callable[..., list[str]]:
    """Draws a figure and fails if a text is cut off or two overlap. Returns all texts drawn."""

    def check(figure: Figure, overlaps: bool = True) -> list[str]:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        texts = [item for item in figure.findobj(Text) if item.get_text().strip() and _shown(item)]
        # matplotlib makes ticks beyond the axes and doesn't draw them.
        ticks = {id(label) for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in _undrawn(axis)}
        boxes = [(item.get_text(), item.get_window_extent(renderer)) for item in texts if id(item) not in ticks]
        width, height = canvas.get_width_height()
        legends = [("legend", legend.get_window_extent(renderer)) for legend in figure.legends]
        for text, box in boxes + legends:
            assert box.x0 >= -1, f"{text!r} is cut off"
            assert box.y0 >= -1, f"{text!r} is cut off"
            assert box.x1 <= width + 1, f"{text!r} is cut off"
            assert box.y1 <= height + 1, f"{text!r} is cut off"
        for (one, a), (other, b) in itertools.combinations(boxes, 2) if overlaps else ():
            across, up = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert min(across, up) < 2, f"{one!r} lies upon {other!r}"
        return [text for text, _ in boxes]

    return check


def _shown(item: Text) -> bool:
    return (item.get_visible() and item.axes is None) or (item.get_visible() and item.axes.get_visible())


def _undrawn(axis) -> list[Text]:
    low, high = sorted(axis.get_view_interval())
    room = 1e-9 * max(1.0, high - low)
    out = [
        tick
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        if not low - room <= tick.get_loc() <= high + room
    ]
    off = [] if axis.axes.axison else [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    labels = [label for tick in (*out, *off) for label in (tick.label1, tick.label2)]
    return labels if axis.axes.axison else [*labels, axis.label]


@pytest.fixture(scope="session")
def lives() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Life tables of made-up worlds: at_risk [worlds, ages], deaths [worlds, causes, ages]."""

    def make(worlds: int = 30, hazard: float = 0.05, seed: int = 1, ages: int = 80, born: int = 60):
        generator = np.random.default_rng(seed)
        risk = np.zeros((worlds, ages), dtype=np.int64)
        deaths = np.zeros((worlds, len(CAUSES), ages), dtype=np.int64)
        left = np.full(worlds, born)
        for age in range(ages):
            risk[:, age] = left
            died = generator.binomial(left, hazard)
            deaths[:, :, age] = generator.multinomial(died, np.full(len(CAUSES), 1 / len(CAUSES)))
            left = left - died
        return risk, deaths

    return make
