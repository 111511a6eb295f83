import numpy as np

from experiments.figures.labels import SIDES, _box, _overlap, place_labels


def test_labels_of_a_crowd_do_not_overlap():
    generator = np.random.default_rng(1)
    points = generator.uniform(0, 500, (25, 2))
    texts = [f"firm {k}" for k in range(25)]
    sides = place_labels(points, [10.0] * 25, texts, [(0, 1), (2, 3)], 11.0, {})
    order = [next(k for k, side in enumerate(SIDES) if side[2:] == (found.across, found.along)) for found in sides]
    boxes = [_box(points[k], 10.0, texts[k], order[k], 11.0) for k in range(25)]
    clashes = sum(_overlap(boxes[i], boxes[j]) for i in range(25) for j in range(i))
    assert clashes <= 1


def test_a_label_keeps_off_its_line():
    points = np.array([[0.0, 0.0], [0.0, 200.0]])
    first, second = place_labels(points, [8.0, 8.0], ["lower", "upper"], [(0, 1)], 11.0, {})
    assert first.along == "top"  # below: the line goes up
    assert second.along == "bottom"


def test_fixed_sides_are_kept():
    sides = place_labels(np.zeros((1, 2)), [8.0], ["alone"], [], 11.0, {0: 1})
    assert (sides[0].across, sides[0].along) == ("center", "top")


def test_no_labels():
    assert place_labels(np.zeros((0, 2)), [], [], [], 11.0, {}) == []
