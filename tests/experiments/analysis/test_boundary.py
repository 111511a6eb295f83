"""Contours of surfaces whose contours are known."""

import numpy as np
import pytest

from experiments.analysis.boundary import along, attention, contour, on_grid, sides


def scattered(number=400, seed=1):
    inner = np.random.default_rng(seed).random((number, 2))
    return np.concatenate([inner, [[0, 0], [0, 1], [1, 0], [1, 1]]])


def test_the_contour_of_a_plane_is_exact():
    points = scattered(60)
    (line,) = contour(points, 2 * points[:, 0] + points[:, 1], 1.3)
    assert 2 * line[:, 0] + line[:, 1] == pytest.approx(1.3)
    ends = line[[0, -1]][np.argsort(line[[0, -1], 0])]
    assert ends[0] == pytest.approx([0.15, 1.0])  # from side to side of the square
    assert ends[1] == pytest.approx([0.65, 0.0])


def test_the_contour_of_a_cone_is_a_closed_circle():
    points = scattered(2000)
    distance = np.hypot(*(points - 0.5).T)
    (line,) = contour(points, distance, 0.3)
    assert line[0] == pytest.approx(line[-1])
    # Straight within triangles about 0.025 wide: a chord of that length lies 0.025²/(8·0.3) inside; ten times that.
    assert np.hypot(*(line - 0.5).T) == pytest.approx(0.3, abs=0.0026)
    x, y = (line - 0.5).T
    area = 0.5 * abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    assert area == pytest.approx(np.pi * 0.09, rel=0.01)


def test_pieces_come_longest_first():
    points = scattered(1500)
    two = np.minimum(np.hypot(*(points - [0.3, 0.5]).T) / 0.2, np.hypot(*(points - [0.75, 0.5]).T) / 0.1)
    large, small = contour(points, two, 1.0)
    assert large[:, 0].max() < 0.55 < small[:, 0].min()


def test_no_crossing_no_line_and_heights_on_the_level_do_no_harm():
    points = scattered(50)
    assert contour(points, points[:, 0], 2.0) == []
    assert contour(points, np.full(len(points), 0.5), 0.5) == []
    on_level = np.where(points[:, 0] > 0.5, 0.5, 0.0)
    assert all(np.isfinite(line).all() for line in contour(points, on_level, 0.5))


def test_attention_goes_where_the_level_passes():
    corners = np.array([[0.0, 0.5, 1.0], [0.55, 0.6, 0.7], [0.9, 1.0, 1.0]])
    crossed, near, far = attention(np.ones(3), corners, 0.5)
    assert crossed == 1.0 > near > far > 0
    assert attention(np.array([2.0]), corners[:1], 0.5) == pytest.approx([2.0])
    assert np.isfinite(attention(np.ones(1), np.ones((1, 3)), 1.0)).all()


def test_the_map_and_its_cuts_are_straight_between_points():
    points = scattered(40)
    plane = points[:, 0] - 0.5 * points[:, 1]
    grid = on_grid(points, plane, 11)
    assert grid[0, -1] == pytest.approx(1.0)
    assert grid[-1, 0] == pytest.approx(-0.5)
    places, heights = along(points, plane, 0, 0.4, 5)
    assert heights == pytest.approx(places - 0.2)


def test_sides_are_said_only_where_they_are_whole():
    wedge = np.arange(10)[:, None] + np.arange(5)[None, :] < 9
    assert sides(wedge) == {"none": ("above", 9), "all": ("below", 4)}
    assert sides(wedge[::-1]) == {"none": ("below", 0), "all": ("above", 5)}
    assert sides(np.ones((4, 4), dtype=bool)) == {}
    island = np.zeros((5, 5), dtype=bool)
    island[2, 2] = True
    assert sides(island) == {}
