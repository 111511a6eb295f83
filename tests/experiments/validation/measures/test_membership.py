"""Real membership spells: read where they lie, and laid beside simulated ones."""

import numpy as np
import pytest

from experiments.validation.membership import at_ages, distance, inside, observed, settings
from experiments.validation.observations import Spells, data_folder
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


def test_the_later_world_differs_in_its_environment_only() -> None:
    assert all(name.startswith("environment.") for name in settings("changed_world"))
    assert all(name.startswith("environment.") for name in settings("search_later"))
    Scenario().with_(settings("members") | settings("changed_world"))


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
