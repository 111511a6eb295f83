"""Pictures of patterns: lines, dots, bands, and the overview."""

import math

import numpy as np
import pytest

from experiments.figures.patterns import pattern_figure, scoreboard_figure
from experiments.figures.style import to_svg
from experiments.validation.measure import Curve, Interval
from experiments.validation.patterns import patterns
from experiments.validation.scoreboard import Row

LINE = np.array([1.0, 2.0, 1.5])
CURVES = [
    Curve(
        np.arange(3.0), LINE, "age [years]", "alive", LINE - 0.1, LINE + 0.1, {"contract": LINE - 0.5}, "equity", 1.0
    ),
    Curve(np.arange(3.0), LINE, "x", "y"),
    Curve(("a", "b", "c"), LINE, "x", "y", LINE - 0.1, LINE + 0.1, {"other": LINE}, "one"),
]


@pytest.mark.parametrize("curve", CURVES)
def test_a_curve_is_drawn_with_its_labels(curve: Curve) -> None:
    (axes,) = pattern_figure(curve, (0.5, 2.5)).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == (curve.x_label, curve.y_label)
    assert (axes.get_legend() is not None) == bool(curve.others)
    assert ("band" in [text.get_text() for text in axes.texts]) == (curve.mark is not None)
    assert to_svg(pattern_figure(curve), "p").startswith("<svg")


def test_the_overview_has_a_line_per_pattern() -> None:
    held, missed, untold = (
        Row(patterns()[name], {"value": Interval(value, value - 0.1, value + 0.1)}, holds)
        for name, value, holds in (("P02", 0.5, True), ("P09", 9.0, False), ("P06", math.nan, None))
    )
    (axes,) = scoreboard_figure([held, missed, untold], "What holds").axes
    assert [label.get_text()[:3] for label in axes.get_yticklabels()] == ["P02", "P09", "P06"]
    assert [text.get_text() for text in axes.texts] == ["not told"]
    far = max(float(np.max(line.get_xdata())) for line in axes.lines)
    assert far <= 2.0
