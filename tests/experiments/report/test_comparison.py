import html
import re

import numpy as np
import pytest

from experiments.outcomes import OUTCOMES
from experiments.report import comparison_report
from experiments.report.comparison import difference_rows


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


@pytest.fixture(scope="module")
def drawn():
    return {}


@pytest.fixture
def text(comparison, drawn):
    """The words of a report."""
    if "text" not in drawn:
        drawn["text"] = words(comparison_report(comparison, "alliances compare small_world --worlds 12"))
    return drawn["text"]


def test_it_asks_what_the_arms_change_and_answers(text, comparison):
    assert "Small world: what would “managed <&> more” and “flexible” change?" in text
    assert comparison.sentence() in text
    assert "alliances compare small_world --worlds 12" in text
    assert "0 to 11 in every arm" in text


def test_tables_hold_every_outcome_and_every_arm(text, comparison):
    for name, outcome in OUTCOMES.items():
        if not name.startswith("ending_"):
            assert outcome.label in text
    mean = comparison.arms["flexible"]["survival_5y"]
    assert f"{100 * mean.mean:.1f} % ({100 * mean.low:.1f} to {100 * mean.high:.1f})" in text
    assert "“flexible” against “as it is”, world by world" in text
    assert "12 of 12" in text


def test_what_each_arm_changes_is_listed_with_its_source(text):
    changed = text[text.index("What “managed <&> more” changes") : text.index("What “flexible” changes")]
    for part in ("function_ share", "dedicated alliance managers", "0.5", "0.1", "share", "Kale, Dyer & Singh 2002"):
        assert part in changed
    assert "differs from the default world" in text


def test_shares_become_percentage_points(comparison):
    rows = difference_rows(comparison)
    assert [row.label for row in rows] == ["managed <&> more", "flexible"]
    expected = 100 * (comparison.table["flexible"]["survival_5y"] - comparison.table["as it is"]["survival_5y"])
    assert np.allclose(rows[1].values, expected)
    assert rows[1].mean == pytest.approx(expected.mean())
    raw = difference_rows(comparison, "mean_capital")[1]
    assert abs(raw.mean) < 1


@pytest.mark.slow
def test_an_outcome_that_no_world_defines_is_said_to_be_unknown(comparison):
    text = words(comparison_report(comparison, outcome="median_life_quarters"))
    assert "nan" not in text


@pytest.mark.slow
def test_failed_runs_and_missing_examples_are_said(comparison):
    comparison.failures = [{"arm": "flexible", "world": 2}]
    comparison.series["flexible"][2] = np.nan
    comparison.examples = {}
    text = comparison_report(comparison)
    assert "1 of 36 runs failed and are left out." in text
    assert text.count("<figure") == 4


@pytest.mark.slow
def test_a_question_of_ones_own(comparison):
    assert "<h1>Who gains?</h1>" in comparison_report(comparison, question="Who gains?")
