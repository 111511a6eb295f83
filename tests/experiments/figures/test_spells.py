import numpy as np
import pytest

from experiments.analysis.spells import spell_curve
from experiments.analysis.survival import survival_curve
from experiments.figures.spells import spells_figure, spells_message


@pytest.fixture
def observed():
    generator = np.random.default_rng(2)
    duration = generator.exponential(6, 80).clip(0.1, 9)
    return spell_curve(duration, duration < 9)


def test_spells_beside_a_scenario(observed, lives, legible):
    curve = survival_curve(*lives(hazard=0.05))
    figure = spells_figure(observed, "the spells", curve, "Constant change")
    texts = legible(figure)
    assert texts.count("the spells") == 2  # beside its curve and in the table
    assert texts.count("Constant change") == 2
    assert "80" in texts
    assert any("Band of the scenario: 95 % over 30 worlds." in text for text in texts)
    five, share = 100 * float(observed.at(5)[0]), 100 * curve.estimate[20]
    message = f"{five:.0f} of 100 of the spells last 5 years, {share:.0f} of 100 in “Constant change”"
    assert spells_message(observed, "the spells", curve, "Constant change") == message


def test_spells_alone(observed, legible):
    texts = legible(spells_figure(observed, "the spells"))
    assert "under observation" in texts
    assert "Band of the spells: 95 % (Greenwood, log-log), each spell on its own." in texts


@pytest.mark.parametrize("last", [0.3, 2.0, 30.0])
def test_short_and_long_observation(legible, lives, last):
    curve = spell_curve([last / 2, last], [1, 0])
    legible(spells_figure(curve, "the spells"))
    legible(spells_figure(curve, "the spells", survival_curve(*lives()), "A scenario with a long and winding name"))
    age = {0.3: "0 years", 2.0: "1 year", 30.0: "5 years"}[last]
    assert spells_message(curve, "the spells").endswith(f"last {age}")
