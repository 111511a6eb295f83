import numpy as np
import pytest

from experiments.analysis.comparison import paired_difference
from experiments.figures.differences import Row, decimals, differences_figure, differences_message


def row(label="managed", effect=8.0, worlds=80, seed=1, scale=3.0):
    values = effect + scale * np.random.default_rng(seed).normal(size=worlds)
    found = paired_difference(np.zeros(worlds), values)
    return Row(label, values, found.mean, found.low, found.high, found.better_in)


def test_rows_tell_mean_interval_and_worlds(legible):
    one = row()
    texts = legible(
        differences_figure([one, row("twice the flexibility", 2, seed=2)], "alliances alive", "percentage points")
    )
    assert {"managed", "twice the\nflexibility"} <= set(texts) or {"managed", "twice the flexibility"} <= set(texts)
    assert any(text.startswith(f"+{one.mean:.1f}  (95 % +{one.low:.1f} to +{one.high:.1f})") for text in texts)
    assert any(text.endswith(f"better in {one.better_in} of 80 worlds") for text in texts)
    assert "better →" in texts


@pytest.mark.parametrize(
    ("direction", "left", "right"),
    [("more is better", "worse", "better"), ("less is better", "better", "worse"), ("neutral", "less", "more")],
)
def test_the_good_side_follows_the_outcome(legible, direction, left, right):
    texts = legible(differences_figure([row()], "x", "money", direction=direction))
    assert f"← {left}" in texts
    assert f"{right} →" in texts


def test_message_is_about_the_largest_change():
    rows = [row("small", 1.0), row("large", -9.0, seed=3)]
    assert differences_message(rows, "trust", "points").startswith("“large” changes “trust” by −")


@pytest.mark.parametrize(("values", "expected"), [([41.0], 0), ([4.1, -2], 1), ([0.41], 2), ([0.0], 2), ([0.0041], 4)])
def test_decimals_tell_values_apart(values, expected):
    assert decimals(values) == expected


def test_one_world_and_no_world(legible):
    legible(differences_figure([row(worlds=1)], "x", "money"))
    nothing = Row("empty", np.full(3, np.nan), np.nan, np.nan, np.nan, 0)
    assert "no world defines it in both arms" in legible(differences_figure([row(), nothing], "x", "money"))
    assert differences_message([nothing], "x", "money") == "No world defines x in both arms"
    legible(differences_figure([nothing], "x", "money"))


def test_no_difference_at_all(legible):
    legible(differences_figure([Row("same", np.zeros(9), 0.0, 0.0, 0.0, 0)], "x", "money"))


def test_many_arms_with_long_names(legible):
    legible(
        differences_figure([row(f"an arm whose name goes on and on, number {k}", k) for k in range(6)], "x", "money")
    )
