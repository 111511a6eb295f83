import numpy as np
import pytest

from experiments.analysis.survival import cumulative_incidence
from experiments.figures.endings import LOOKS, endings_figure, endings_message
from experiments.figures.style import words
from simulation.events import CAUSES

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not


@pytest.fixture
def incidence(lives):
    def table(seed):
        risk, deaths = lives(seed=seed)
        return cumulative_incidence(risk.sum(axis=0), deaths.sum(axis=0))

    return {f"arm {seed}": table(seed) for seed in range(9)}


def test_every_cause_has_its_own_look():
    assert set(LOOKS) == set(CAUSES)
    assert len(set(LOOKS.values())) == len(CAUSES)


def test_one_arm_names_every_cause_with_its_share(incidence, legible):
    one = {"arm 0": incidence["arm 0"]}
    texts = legible(endings_figure(one, CAUSES))
    for position, cause in enumerate(CAUSES):
        assert f"{words(cause)} {100 * one['arm 0'][position, 60]:.0f} %" in texts
    assert "still alive" in texts


@pytest.mark.parametrize("arms", [2, 3, 5, 9])
def test_several_arms_share_axes_and_names(incidence, legible, arms):
    some = dict(list(incidence.items())[:arms])
    texts = legible(endings_figure(some, CAUSES))
    assert texts.count(words(CAUSES[0])) == max(1, arms // 3)  # beside each whole row of three
    assert {*some, *map(words, CAUSES), "age of the alliance [years]"} <= set(texts)


def test_message_names_the_most_common_ending():
    table = np.zeros((9, 41))
    table[CAUSES.index("misfit"), 1:] = 0.3
    table[CAUSES.index("deceit"), 1:] = 0.1
    assert endings_message({"a": table}, CAUSES) == "Within 5 years 40 of 100 alliances end; misfit takes most (30)"


def test_nothing_has_ended(legible):
    table = np.zeros((9, 13))
    assert endings_message({"a": table}, CAUSES) == "No alliance has ended"
    legible(endings_figure({"a": table}, CAUSES))


def test_nobody_was_ever_at_risk(legible):
    table = np.concatenate([np.zeros((9, 1)), np.full((9, 12), np.nan)], axis=1)
    assert endings_message({"a": table}, CAUSES) == "No alliance has ended"
    legible(endings_figure({"a": table}, CAUSES))


def test_unknown_causes_are_drawn_too(legible):
    legible(endings_figure({"a": np.full((2, 9), 0.2) * np.linspace(0, 1, 9)}, ("boredom", "misfit")))
