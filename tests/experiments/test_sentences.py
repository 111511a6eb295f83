"""Answers in words: numbers that agree with each other, and honest blanks."""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from experiments.analysis.comparison import Difference, Estimate
from experiments.provenance import BASE
from experiments.sentences import amount, comparison_sentence, html_table, run_sentence, short
from simulation.scenario import Scenario

WORLD = Scenario(name="constant_change")


def compared(base: float, arm: float, change: tuple[float, float, float], worlds: int = 200) -> Any:
    difference = Difference("managed", "survival_5y", *change, 187, worlds, 900)
    arms = {BASE: base, "managed": arm}
    return SimpleNamespace(
        scenario=WORLD,
        worlds=200,
        arms={name: {"survival_5y": Estimate(mean, mean - 0.01, mean + 0.01)} for name, mean in arms.items()},
        difference=lambda arm, outcome: difference,
    )


def test_the_comparison_reads_like_the_example() -> None:
    assert comparison_sentence(compared(0.41, 0.52, (0.11, 0.09, 0.13))) == (
        "Constant change, 200 worlds: 41 of 100 alliances live five years. "
        "With managed, 52 (+11, 95 % +9 to +13; better in 187 of 200 worlds)."
    )


def test_sums_that_would_not_add_up_get_a_digit() -> None:
    text = comparison_sentence(compared(0.4060, 0.5140, (0.1080, -0.001, 0.13)))
    assert "40.6 of 100" in text
    assert "51.4 (+10.8, 95 % −0.1 to +13.0;" in text


def test_what_no_world_tells_is_said() -> None:
    assert "no world tells" in comparison_sentence(compared(0.4, math.nan, (math.nan,) * 3, worlds=0))
    assert "too few were seen long enough" in comparison_sentence(compared(math.nan, 0.4, (math.nan,) * 3, worlds=0))
    assert "(+11; better in" in comparison_sentence(compared(0.41, 0.52, (0.11, math.nan, math.nan), worlds=1))


DISTRUST_FIRST = "What ends them most is distrust (31 of 100 endings), then misfit (20)."
COMPLETED_ALL = "What ends them most is completion as intended (100 of 100 endings)."
TOO_FEW = "too few alliances were seen long enough to say how many live three years. No alliance ended."


@pytest.mark.parametrize(
    ("survival", "endings", "expected"),
    [
        (
            (0.63, 0.41, 0.28),
            {"distrust": 0.31, "misfit": 0.2},
            f"of 100 alliances 63 live three years, 41 five and 28 seven. {DISTRUST_FIRST}",
        ),
        ((0.63, None, None), {"completed": 1.0}, f"of 100 alliances 63 live three years. {COMPLETED_ALL}"),
        ((None, None, None), {"distrust": None}, TOO_FEW),
    ],
)
def test_a_run_in_words(survival: tuple[float | None, ...], endings: dict[str, float | None], expected: str) -> None:
    shares = dict(zip(("12", "20", "28"), survival, strict=True))
    found = {"firms": 1000, "quarters": 240, "survival": shares, "endings": endings}
    assert run_sentence(found, WORLD) == f"Constant change, one world of 1,000 firms over 240 quarters: {expected}"


def test_amounts_take_their_digits_from_their_neighbour() -> None:
    assert amount(0.000977, "0 to 1", "+", 0.489) == "+0.001"
    assert amount(-0.0001, "share", "+") == "0.0"
    assert amount(1234.5, "money") == "1,234"
    assert amount(math.nan, "share") == "–"


def test_tables_for_notebooks_escape_what_they_show() -> None:
    assert "&lt;b&gt;" in html_table("<b>", ["a"], [[1.0]])
    assert [short(value) for value in (None, math.nan, 3.0, 0.12345, True)] == ["–", "–", "3", "0.123", "True"]


def test_one_of_a_kind_has_no_s() -> None:
    found = {"firms": 1, "quarters": 1, "survival": {"12": None, "20": None, "28": None}, "endings": {}}
    assert "one world of 1 firm over 1 quarter:" in run_sentence(found, WORLD)
    assert "better in 187 of 1 world)" in comparison_sentence(
        compared(0.41, 0.52, (0.11, math.nan, math.nan), worlds=1)
    )
