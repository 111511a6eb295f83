import numpy as np

from experiments.figures.labels import SIDES, _box, place_labels


def boxes_of(points, reach, texts, sides, font):
    order = [SIDES.index(next(one for one in SIDES if one[2:] == (side.across, side.along))) for side in sides if side]
    kept = [k for k, side in enumerate(sides) if side]
    return [_box(points[k], reach, texts[k], place, font) for k, place in zip(kept, order, strict=True)]


def overlap(box, other):
    return bool((box[:2] < other[2:]).all() and (other[:2] < box[2:]).all())


def test_labels_of_a_crowd_do_not_overlap():
    generator = np.random.default_rng(1)
    points = generator.uniform(0, 500, (25, 2))
    texts = [f"firm {k}" for k in range(25)]
    sides = place_labels(points, [10.0] * 25, texts, [(0, 1), (2, 3)], 11.0, {})
    boxes = boxes_of(points, 10.0, texts, sides, 11.0)
    assert len(boxes) == 25
    assert not any(overlap(boxes[i], boxes[j]) for i in range(25) for j in range(i))


def test_where_there_is_no_room_points_with_few_ties_lose_their_labels():
    generator = np.random.default_rng(2)
    points = generator.uniform(0, 120, (30, 2))
    texts = [f"a long name {k}" for k in range(30)]
    sides = place_labels(points, [6.0] * 30, texts, [(0, k) for k in range(1, 30)], 11.0, {})
    boxes = boxes_of(points, 6.0, texts, sides, 11.0)
    assert 2 < len(boxes) < 30
    assert sides[0] is not None
    assert not any(overlap(one, other) for k, one in enumerate(boxes) for other in boxes[:k])


def test_labels_stay_on_the_paper():
    (corner,) = place_labels(np.zeros((1, 2)), [8.0], ["corner"], [], 11.0, {}, (0.0, 0.0, 200.0, 200.0))
    assert corner is not None
    assert (corner.across, corner.along) == ("left", "bottom")


def test_no_text_no_label():
    assert place_labels(np.zeros((1, 2)), [8.0], [""], [], 11.0, {}) == [None]


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
