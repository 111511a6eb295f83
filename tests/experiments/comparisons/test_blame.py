"""The verdict in words, for causes that end alliances and for causes that save them."""

import numpy as np
import pytest

from experiments.analysis.attribution import ALL, Attributed, Part
from experiments.analysis.comparison import Estimate
from experiments.comparisons.blame import age_in_words, notes, ranked, table, verdict
from experiments.comparisons.suspects import Suspect
from simulation.events import SHOCK
from simulation.scenario import Scenario

NAN = float("nan")
SHOCKS = Suspect("shocks", "without shocks", Scenario(), "shocks", True, SHOCK, "a shock")
TALKS = Suspect("renegotiation", "without renegotiation", Scenario(), "renegotiation")


def about(mean, half=0.03):
    return Estimate(mean, mean - half, mean + half)


def found(caused, soon=NAN, quarters=20, exposure=0.71):
    near = about(soon) if np.isfinite(soon) else Estimate(NAN, NAN, NAN)
    parts = (
        Part(ALL, 1.0, caused, near, 1.2),
        Part("completed", 0.3, about(-0.05, 0.01), near, 1.0),
        Part("distrust", 0.1, about(-0.06, 0.01), near, 0.7),
        Part("misfit", 0.6, about(0.39), near, 2.0),
        Part("deceit", 0.0, about(0.0, 0.0), near, NAN),
    )
    return Attributed(quarters, 100, about(0.34), about(0.53), about(0.19), parts, exposure if soon == soon else NAN)


def test_it_reads_like_the_journey():
    assert verdict(SHOCKS, found(about(0.28), 0.74)) == (
        "28 of 100 endings within five years would not have happened without shocks (95 % 25 to 31). "
        "74 of 100 came within a year of a shock: most of those would have ended anyway."
    )


@pytest.mark.parametrize(
    ("caused", "soon", "end"),
    [
        (0.40, 0.70, "many of those would have ended anyway."),
        (0.60, 0.70, "some of those would have ended anyway."),
        (0.69, 0.70, "paired worlds agree."),
        (0.80, 0.70, "paired worlds find that even more were caused."),
        (-0.20, 0.70, "most of those would have ended anyway."),
    ],
)
def test_how_far_the_hasty_reading_is_off(caused, soon, end):
    assert verdict(SHOCKS, found(about(caused), soon)).endswith(end)


def test_what_saves_alliances():
    assert verdict(TALKS, found(about(-0.12, 0.02))) == (
        "for every 100 endings within five years there would be 12 more without renegotiation (95 % 10 to 14): "
        "renegotiation saves more alliances than it ends."
    )
    assert verdict(SHOCKS, found(about(-0.12))).endswith(": shocks save more alliances than they end.")


def test_settings_have_no_name_to_praise():
    nameless = Suspect("", "with trust.initial=0.2", Scenario())
    assert verdict(nameless, found(about(-0.12))).endswith("12 more with trust.initial=0.2 (95 % 9 to 15).")


def test_what_cannot_be_told_from_none():
    assert verdict(TALKS, found(about(0.01, 0.02))) == (
        "about as many alliances end within five years without renegotiation: the share caused is 1.0 of 100 endings "
        "(95 % −1.0 to 3.0), not to be told from none."
    )


def test_exactly_none():
    text = verdict(TALKS, found(Estimate(0.0, 0.0, 0.0)))
    assert text == "0 of 100 endings within five years would not have happened without renegotiation (95 % 0 to 0)."


def test_one_world_gives_no_interval_and_no_world_no_answer():
    assert verdict(TALKS, found(Estimate(0.3, NAN, NAN))).endswith("30 of 100 endings within five years would not "
                                                                   "have happened without renegotiation.")  # fmt: skip
    assert verdict(TALKS, found(Estimate(NAN, NAN, NAN))).startswith("too few endings within five years were seen")


def test_notes_explain_what_misleads_and_what_is_below_zero():
    said = notes(SHOCKS, found(about(0.28), 0.74), [found(about(0.29), 0.74, quarters=12)])
    assert said[0].startswith("Of 100 alliances, 34.0 live five years as it is and 53.0 without shocks (+19.0, 95 % ")
    assert said[1] == "At other ages the share caused, of 100 endings, is 29.0 within three years."
    assert said[2].startswith("Why “within a year” misleads: alliances spend 71.0 of 100 quarters within a year of a ")
    assert said[3].startswith("Below zero, completion as intended: fewer end in this way because other endings come")
    assert said[4].startswith("Below zero, distrust: not only do other endings come first;")
    assert len(said) == 5
    assert len(notes(TALKS, found(about(-0.12)))) == 1


def test_the_table_starts_with_all_and_leaves_out_what_never_happened():
    names, rows = table(SHOCKS, found(about(0.28), 0.74))
    assert names[-1] == "within a year of a shock [of 100]"
    assert [row[0] for row in rows] == ["all endings", "misfit", "completion as intended", "distrust"]
    assert rows[0] == ["all endings", "100.0", "28.0 (25.0 to 31.0)", "74.0"]
    assert len(table(TALKS, found(about(0.28)))[0]) == 3
    assert ranked(found(about(0.28)))[0].cause == ALL


def test_ages():
    assert [age_in_words(quarters) for quarters in (12, 20, 4, 6)] == [
        "three years",
        "five years",
        "1 year",
        "1.5 years",
    ]
