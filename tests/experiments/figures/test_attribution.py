import numpy as np
import pytest

from experiments.analysis.attribution import Soon, attributed
from experiments.figures.attribution import attribution_figure, attribution_message
from experiments.figures.style import words
from simulation.events import CAUSES

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not


@pytest.fixture
def found(lives):
    def make(hazard=0.06, off=0.04, soon=True, worlds=30):
        on = lives(hazard=hazard, worlds=worlds)
        near = Soon(exposed=on[0] * 3 // 4, deaths=on[1] * 3 // 4)
        return attributed(on, lives(hazard=off, seed=2, worlds=worlds), CAUSES, 20, near if soon else None)

    return make


def test_every_kind_of_ending_has_a_row_and_every_mark_a_meaning(found, legible):
    texts = legible(attribution_figure(found(), "without shocks", "a shock"))
    assert {"all endings", *map(words, CAUSES)} <= set(texts)
    assert {"would not have happened without shocks (95 %)", "came within a year of a shock"} <= set(texts)
    assert any(text.startswith("of 100 endings within 5 years\n(alliances spend 74 of 100") for text in texts)


def test_without_a_hasty_reading(found, legible):
    texts = legible(attribution_figure(found(soon=False), "without learning racers"))
    assert not any("within a year" in text for text in texts)


@pytest.mark.parametrize("worlds", [1, 3])
def test_causes_that_save_and_few_worlds(found, legible, worlds):
    legible(attribution_figure(found(hazard=0.03, off=0.09, worlds=worlds), "without renegotiation"))


def test_long_names_fit(found, legible):
    long = "with environment.shock_rate=0.05, environment.shock_magnitu…"
    legible(attribution_figure(found(soon=False), long))
    legible(attribution_figure(found(), "without side deals", "a discovered side deal"))


def test_nothing_has_ended(legible, lives):
    nobody = lives(hazard=0.0)
    empty = attributed(nobody, nobody, CAUSES, 20)
    assert attribution_message(empty, "without shocks") == "Too few endings within 5 years were seen"
    legible(attribution_figure(empty, "without shocks"))


def test_the_message_knows_both_signs(found):
    ends, saves = found(), found(hazard=0.03, off=0.09, soon=False)
    share = ends.total.caused.mean
    assert attribution_message(ends, "without shocks") == (
        f"{100 * share:.0f} of 100 endings would not have happened without shocks; "
        f"{100 * ends.total.soon.mean:.0f} came within a year of one"
    )
    more = -100 * saves.total.caused.mean
    assert (
        attribution_message(saves, "without talks")
        == f"There would be {more:.0f} more endings for every 100 without talks"
    )
    assert np.isfinite(more)
