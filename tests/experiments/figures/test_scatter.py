"""Panels of a design without a grid: what moves the outcome most comes first."""

import numpy as np

from experiments.figures.scatter import MOST_PANELS, scatter_figure, scatter_message, slopes

X = np.linspace(0.0, 1.0, 20)
LEVELS = {"flat": list(np.tile([0.2, 0.8], 10)), "steep": list(1.0 - X)}
LABELS = {"flat": "a flat thing [share]", "steep": "a steep thing [1/quarter]"}


def test_slopes_are_rank_correlations() -> None:
    found = slopes(LEVELS, X**3)
    assert found["steep"] == -1.0
    assert abs(found["flat"]) < 0.2
    assert np.isnan(slopes({"same": [1.0] * 20}, X)["same"])


def test_the_message_names_what_moves_it_most() -> None:
    assert scatter_message(LEVELS, LABELS, X, "mean life") == "Mean life: less, most clearly, as a steep thing rises"
    assert "no setting alone" in scatter_message({"flat": LEVELS["flat"]}, LABELS, X, "mean life")


def test_the_steepest_setting_is_drawn_first_and_the_least_are_left_out() -> None:
    many = {f"flat {k}": LEVELS["flat"] for k in range(9)} | {"steep": LEVELS["steep"]}
    labels = {key: f"{key} [share]" for key in many}
    figure = scatter_figure(many, labels, X, X - 0.1, X + 0.1, "mean life", base={"steep": 0.5})
    shown = [axes for axes in figure.axes if axes.axison]
    assert len(shown) == MOST_PANELS
    assert shown[0].get_xlabel().startswith("steep")
