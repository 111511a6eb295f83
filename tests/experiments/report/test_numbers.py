import math

import pytest

from experiments.analysis import Estimate
from experiments.report.numbers import shown, unit_of_difference, value_text, with_interval


@pytest.mark.parametrize(
    ("item", "unit", "signed", "expected"),
    [
        (Estimate(1044.2, 1021.7, 1066.9), "alliances", False, "1,044 (1,022 to 1,067)"),
        (Estimate(-23.94, -46.0, -0.607), "alliances", True, "−24 (−46 to −1)"),
        (Estimate(-0.6893, -0.85, -0.53), "quarters", True, "−0.69 (−0.85 to −0.53)"),
        (Estimate(0.001, -0.0002, 0.004), "share", True, "+0.1 (0.0 to +0.4)"),
        (Estimate(0.413, 0.401, 0.425), "share of endings", False, "41.3 % (40.1 to 42.5)"),
        (Estimate(0.413, math.nan, math.nan), "share", False, "41.3 %"),
        (Estimate(math.nan, math.nan, math.nan), "share", False, "–"),
        (Estimate(0.4923, 0.4854, 0.4989), "0 to 1", False, "0.492 (0.485 to 0.499)"),
        (Estimate(3.0, 3.0, 3.0), "firms", False, "3.00 (3.00 to 3.00)"),
    ],
)
def test_intervals_have_as_many_digits_as_they_deserve(item, unit, signed, expected):
    assert with_interval(item, unit, signed) == expected


def test_values_alone():
    assert shown(0.5, "money") == "0.5"
    assert shown(-1234.0, "money", signed=True) == "−1,234"
    assert shown(math.inf, "money") == "–"


def test_settings_of_any_kind():
    assert value_text(12345) == "12,345"
    assert value_text(-1.0) == "−1"
    assert value_text("sector") == "sector"
    assert value_text(({"quarter": 3},)) == "1 entry"
    assert value_text("") == "not set"


def test_differences_of_shares_are_points():
    assert unit_of_difference("share of endings") == "percentage points"
    assert unit_of_difference("money") == "money"
