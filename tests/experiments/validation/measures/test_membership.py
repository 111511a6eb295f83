"""Real membership spells: read where they lie, and laid beside simulated ones."""

import numpy as np
import pytest

from experiments.validation import membership
from experiments.validation.membership import DEFAULTS, arms, at_ages, distance, fitted, inside, observed, settings
from experiments.validation.observations import Spells, data_folder
from scenarios import load
from simulation.scenario import Scenario

TWO_YEARS = Spells("made up", 10, (1, 2), (0.9, 0.5), (0.8, 0.4), (1.0, 0.6))


def curve(*years: float) -> np.ndarray:
    """A curve by quarters that holds these values at whole years."""
    return np.repeat([1.0, *years], 4)


def test_ages_inside_the_band_are_counted_at_whole_years() -> None:
    assert at_ages(curve(0.9, 0.5, 0.1), (1, 2, 2.5)).tolist() == [0.9, 0.5, 0.5]
    assert inside(curve(0.85, 0.7, 0.1), TWO_YEARS) == 1
    assert inside(curve(0.8, 0.6, 0.1), TWO_YEARS) == 2


def test_distance_counts_half_widths_and_more_so_outside() -> None:
    assert distance(curve(0.9, 0.5, 0.1), TWO_YEARS) == pytest.approx(0.0)
    assert distance(curve(0.85, 0.45, 0.1), TWO_YEARS) == pytest.approx(0.25 + 0.1 * 0.25)
    assert distance(curve(0.85, 0.7, 0.1), TWO_YEARS) == pytest.approx(0.25 + 0.1 * 3 * 4.0)


@pytest.mark.parametrize("name", settings("members"))
def test_every_fit_belongs_to_a_scenario_and_moves_what_the_others_move(name: str) -> None:
    for part in ("members", "changed_world"):
        assert list(settings(part)[name]) == list(settings(part)[DEFAULTS])
        load(name).with_(fitted(part, load(name)))
    assert settings("members").keys() == settings("changed_world").keys()


@pytest.mark.parametrize("name", settings("members"))
def test_the_later_world_differs_in_its_environment_only(name: str) -> None:
    assert all(setting.startswith("environment.") for setting in settings("changed_world")[name])
    assert all(setting.startswith("environment.") for setting in settings("search_later"))


@pytest.mark.parametrize(
    ("name", "fit"), [("baseline", "baseline"), ("second_calibration", "second_calibration"), ("my own", "baseline")]
)
def test_a_scenario_gets_its_own_fit_or_that_of_the_defaults(name: str, fit: str) -> None:
    scenario = Scenario(name=name)
    early, late = (arm.of(scenario) for arm in arms())
    members = settings("members")[fit]
    assert early.digest == scenario.with_(members).digest
    assert late.digest == scenario.with_(members | settings("changed_world")[fit]).digest


@pytest.mark.parametrize("name", ["baseline", "second_calibration"])
def test_a_search_begins_at_the_fit_of_the_defaults_and_returns_whole_tables(
    name: str, tiny: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "observed", lambda: (TWO_YEARS, TWO_YEARS))
    scenario = tiny.with_(name=name)
    found = membership.fit_membership(scenario, worlds=1, seed=3, evaluations=1, jobs=1)
    begin = (settings("start")["members"], settings("start")["changed_world"])
    assert found == tuple(pytest.approx(values) for values in begin)
    assert [list(values) for values in found] == [list(values) for values in begin]


def test_observed_spells_are_read() -> None:
    if data_folder() is None:
        pytest.skip("the folder of real observations is missing")
    early, late = observed()
    assert len(early.survival) == 6
    assert len(late.survival) == 5
    for spells in (early, late):
        assert all(
            low < share < high for low, share, high in zip(spells.low, spells.survival, spells.high, strict=True)
        )
