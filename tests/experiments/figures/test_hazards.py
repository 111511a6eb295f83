import math

import pytest

from experiments.figures.hazards import hazards_figure, hazards_message
from experiments.histories.covariates import Ratio

NAN = math.nan


def row(name: str, mean: float, low: float = NAN, high: float = NAN, against: str = "something else") -> Ratio:
    return Ratio(name, against, mean, low, high, low, high, 0.5)


ROWS = (
    row("equity", 0.48, 0.45, 0.51, "a contract"),
    row("between rivals", 1.6, 1.5, 1.7, "across sectors"),
    row("0.1 more initial trust", 0.98, 0.95, 1.01, ""),
)


def test_the_worst_is_on_top_and_says_rather_than_what(legible):
    figure = hazards_figure(ROWS)
    texts = legible(figure)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        "between rivals\nrather than across sectors", "0.1 more initial trust", "equity\nrather than a contract",
    ]  # fmt: skip
    assert {"1.60", "0.98", "0.48", "1"} <= set(texts)
    assert "times the hazard of ending, all other rows equal (logarithmic)" in texts


def test_message_names_what_is_told_apart_from_one():
    assert hazards_message(ROWS) == (
        "What raises the hazard most is “between rivals” (×1.6); what lowers it most is “equity” (×0.48)"
    )
    assert hazards_message(ROWS[:1]) == "What lowers the hazard most is “equity” (×0.48)"
    assert hazards_message(ROWS[2:]) == "Nothing that is known at birth goes clearly with a shorter life"


@pytest.mark.parametrize("spread", [1.01, 1.5, 4.0, 40.0])
def test_any_spread_has_ticks_that_can_be_read(legible, spread):
    rows = [row(f"fact {k}", spread ** (k / 4 - 1), spread ** (k / 4 - 1.3), spread ** (k / 4 - 0.7)) for k in range(9)]
    figure = hazards_figure(rows)
    legible(figure)
    low, high = figure.axes[0].get_xlim()
    assert any(low < tick < high for tick in figure.axes[0].get_xticks())


def test_one_world_has_no_intervals(legible):
    legible(hazards_figure([row("equity", 0.5)]))
    assert "clearly" in hazards_message([row("equity", 0.5)])
