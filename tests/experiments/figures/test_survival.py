import numpy as np
import pytest

from experiments.analysis.survival import survival_curve
from experiments.figures.survival import survival_figure, survival_message

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not


@pytest.fixture
def curves(lives):
    return {
        "as it is": survival_curve(*lives(hazard=0.05, seed=1)),
        "managed": survival_curve(*lives(hazard=0.04, seed=2)),
        "twice the flexibility": survival_curve(*lives(hazard=0.042, seed=3)),
    }


def test_curves_with_names_and_numbers_at_risk(curves, legible):
    texts = legible(survival_figure(curves))
    assert texts.count("managed") == 2  # beside its curve and in the table
    assert texts.count("1,800") == 3
    assert "age of the alliance [years]" in texts
    assert "Bands: 95 % over 30 worlds, pointwise. " in texts


def test_message_compares_the_arms(curves):
    share = 100 * curves["as it is"].estimate[20]
    message = survival_message(curves)
    assert message.startswith(f"{share:.0f} of 100 alliances live 5 years as it is, ")
    assert "with “managed”" in message


def test_one_world_promises_no_interval(lives, legible):
    risk, deaths = lives(worlds=1)
    curve = survival_curve(risk[0], deaths[0])
    assert "95 %" not in survival_message({"this world": curve})
    texts = legible(survival_figure({"this world": curve}))
    assert "One world: no interval can be given. " in texts


def test_one_arm_of_many_worlds_tells_its_interval(curves):
    assert "(95 % " in survival_message({"as it is": curves["as it is"]})


def test_long_names_and_many_arms_stay_legible(lives, legible):
    arms = {
        f"an arm whose name goes on and on, number {k}": survival_curve(*lives(hazard=0.03 + 0.002 * k))
        for k in range(9)
    }
    legible(survival_figure(arms, title="A title"))


def test_message_of_many_arms_names_the_ends(lives):
    hazards = {"as it is": 0.05, "a": 0.045, "best": 0.02, "b": 0.04, "worst": 0.09, "c": 0.05}
    curves = {name: survival_curve(*lives(hazard=hazard, seed=1)) for name, hazard in hazards.items()}
    share = {name: f"{100 * curve.estimate[20]:.0f}" for name, curve in curves.items()}
    assert survival_message(curves) == (
        f"{share['as it is']} of 100 alliances live 5 years as it is; "
        f"from {share['worst']} with “worst” to {share['best']} with “best”"
    )


def test_large_counts_fit(lives, legible):
    risk, deaths = lives(worlds=2, born=300_000)
    assert "600k" in legible(survival_figure({"a": survival_curve(risk, deaths), "b": survival_curve(risk, deaths)}))


@pytest.mark.parametrize("ages", [1, 2, 6, 25])
def test_short_runs(lives, legible, ages):
    risk, deaths = lives(ages=ages)
    legible(survival_figure({"as it is": survival_curve(risk, deaths)}))


def test_no_alliance_at_all(legible):
    curve = survival_curve(np.zeros(12, dtype=int), np.zeros((9, 12), dtype=int))
    assert survival_message({"as it is": curve}) == "No alliance was seen for 5 years"
    legible(survival_figure({"as it is": curve}))


def test_few_alliances_are_drawn_as_far_as_they_are_seen(lives, legible):
    legible(survival_figure({"as it is": survival_curve(*lives(worlds=1, born=4))}))
