"""Slim drawings show what the full ones show."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from experiments.figures.style import to_svg
from experiments.report.slim import shared_styles, slim, slim_path

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)"


def corners(path):
    """Points that a path of any of the commands goes through, by a reading of its own."""
    here, start, found = np.zeros(2), np.zeros(2), []
    for command, body in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        values = [float(text) for text in re.findall(NUMBER, body)]
        if command in "zZ":
            here = start
            found.append(here)
        elif command in "hHvV":
            axis = "hv".index(command.lower())
            for value in values:
                here = here.copy()
                here[axis] = value + (here[axis] if command.islower() else 0)
                found.append(here)
        else:
            size = {"m": 1, "l": 1, "q": 2, "c": 3}[command.lower()]
            for group in np.array(values).reshape(-1, size, 2):
                points = group + (here if command.islower() else 0)
                found += list(points)
                here = points[-1]
                start = here if command in "mM" else start
    return np.array(found)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("M 10.04 20 L 15.06 20 L 15.06 31.5 z", "m10.04 20h5.02v11.5z"),
        ("M 0 0 L -0.5 0.25 L -1 0.5", "m0 0l-.5 .25-.5 .25"),
        ("M 1 1 L 2 2 z M 5 5 L 6 7", "m1 1l1 1zm4 4l1 2"),
        ("M 1 1 A 3 3 0 0 1 5 5", "M 1 1 A 3 3 0 0 1 5 5"),
        ("", ""),
    ],
)
def test_a_path_is_told_in_steps(path, expected):
    assert slim_path(path) == expected


@pytest.mark.parametrize("many", [5, 400])
def test_no_corner_moves_by_more_than_a_twentieth_of_a_pixel(many):
    generator = np.random.default_rng(many)
    points = generator.uniform(-700, 700, (many, 2))
    points[1::4, 0] = points[0::4, 0][: len(points[1::4])]  # some straight up, some straight across
    points[3::4, 1] = points[2::4, 1][: len(points[3::4])]
    path = "M " + " L ".join(f"{x:.6f} {y:.6f}" for x, y in points) + " z"
    np.testing.assert_allclose(corners(slim_path(path))[:-1], points, atol=0.0500001)
    curve = "M 1.23456 2 " + " ".join(
        f"C {' '.join(f'{v:.6f}' for v in row)}" for row in generator.uniform(0, 9, (many, 6))
    )
    np.testing.assert_allclose(corners(slim_path(curve)), corners(curve), atol=0.0500001)


def test_a_drawing_keeps_its_shape_and_loses_letters():
    figure = Figure(figsize=(5, 3))
    axes = figure.add_subplot()
    axes.fill_between(np.arange(200), np.random.default_rng(1).random(200), step="post")
    axes.scatter(np.arange(50), np.linspace(0, 1, 50), c="#D55E00")
    axes.set_title("A title")
    full = to_svg(figure)
    light = slim(full)
    assert len(light) < 0.7 * len(full)
    assert re.findall(r"<(\w+)", light) == re.findall(r"<(\w+)", full)
    assert slim(full) == light
    before, after = (re.findall(r'\sd="([^"]*)"', text) for text in (full, light))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(corners(other), corners(one), atol=0.0500001)


def test_styles_that_occur_often_become_classes():
    svgs = ['<path style="fill: red"/>' * 4 + '<path style="fill: blue"/>', '<path style="fill: red"/>']
    drawn, rules = shared_styles(svgs)
    assert rules == ".p0 { fill: red }"
    assert drawn == ['<path class="p0"/>' * 4 + '<path style="fill: blue"/>', '<path class="p0"/>']
