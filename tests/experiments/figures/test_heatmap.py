import numpy as np
import pytest

from experiments.figures.heatmap import heatmap_figure, line_figure, line_message, map_message

X, Y = np.linspace(0, 0.3, 7), np.linspace(0.2, 0.8, 5)
VALUES = 0.2 + 0.5 * Y[:, None] - X[None]


def draw(values=VALUES, x=X, y=Y, **more):
    return heatmap_figure(
        x, y, values, "chance of a shock [1/quarter]", "first trust [share]", "alliances alive", **more
    )


def test_map_with_contours_and_the_base(legible):
    figure = draw(base=(0.05, 0.454))
    texts = legible(figure, overlaps=False)
    assert {"as it is", "chance of a shock [1/quarter]", "first trust [share]", "alliances alive [%]"} <= set(texts)
    assert "40 %" in texts


def test_map_message_says_where_it_is_highest():
    message = map_message(X, Y, VALUES, "shock rate [1/quarter]", "first trust [share]", "alliances alive", True)
    assert message == "Alliances alive: 0 % to 60 %, highest where shock rate is 0 and first trust is 0.8"


def test_values_stand_at_their_levels_whatever_the_order():
    up, down = draw(), draw(VALUES[:, ::-1], X[::-1])
    first, second = (figure.axes[0].collections[0].get_array() for figure in (up, down))
    assert np.array_equal(np.asarray(first), np.asarray(second))


def test_cells_without_a_value_and_flat_maps(legible):
    holes = VALUES.copy()
    holes[2, 3] = np.nan
    legible(draw(holes), overlaps=False)
    legible(draw(np.full_like(VALUES, 0.5)), overlaps=False)
    legible(draw(np.full_like(VALUES, np.nan)), overlaps=False)
    assert map_message(X, Y, VALUES * np.nan, "a", "b", "life", False) == "No world defines life"


def test_the_base_outside_the_map_is_not_drawn(legible):
    assert "as it is" not in legible(draw(base=(0.9, 0.5)), overlaps=False)


def test_settings_that_are_words(legible):
    texts = legible(
        draw(VALUES[:2, :3], ["global", "sector", "local"], [False, True], base=("sector", False)), overlaps=False
    )
    assert {"global", "sector", "local", "False", "True", "as it is"} <= set(texts)


def test_maps_of_one_row_or_column(legible):
    legible(draw(VALUES[:1], y=Y[:1]), overlaps=False)
    legible(draw(VALUES[:1, :1], X[:1], Y[:1]), overlaps=False)


def test_line_with_band_and_base(legible):
    mean = VALUES[2]
    texts = legible(
        line_figure(X, mean, mean - 0.02, mean + 0.02, "shock rate [1/quarter]", "alliances alive", base=0.05)
    )
    assert {"as it is", "shock rate [1/quarter]", "alliances alive [%]", "interval: 95 % over worlds"} <= set(texts)


def test_line_message_tells_both_ends():
    message = line_message(X, VALUES[2], "shock rate [1/quarter]", "alliances alive", True)
    assert message == "Alliances alive: from 45 % to 15 % as shock rate goes from 0 to 0.3"
    told = line_message(["a", "b"], np.array([0.5, 0.2]), "kind", "alliances alive", True)
    assert told == "Alliances alive, by kind: from 20 % at “b” to 50 % at “a”"


@pytest.mark.parametrize("x", [["global", "sector", "local"], [3, 1, 2], [True, False, True]])
def test_lines_over_anything(legible, x):
    mean = np.array([3.0, 5.0, np.nan])
    legible(line_figure(x, mean, mean - 1, mean + 1, "kind", "median life", base=x[1], share=False, unit="quarters"))


def test_line_without_any_value(legible):
    nothing = np.full(7, np.nan)
    assert "No world defines life" in legible(line_figure(X, nothing, nothing, nothing, "rate", "life"))
    legible(line_figure(X, nothing, nothing, nothing, "rate", "life", share=False))
