"""Give-and-take and learning races."""

import numpy as np
import pytest

from experiments.validation.evidence import observe
from experiments.validation.measures.learning import BINS, MEASURES, Races, Returns, reciprocity
from simulation.scenario import Scenario


def test_reciprocity_of_both_sides() -> None:
    assert reciprocity(np.array([[0.5, 0.5], [0.25, 0.75], [0.0, 1.0], [0.0, 0.0]])).tolist() == [1.0, 0.5, 0.0, 1.0]


def test_returns_are_summed_within_thirds_of_alliances() -> None:
    sums = np.zeros((BINS, 3))
    sums[10], sums[100], sums[190] = [4, 2.0, 10.0], [4, 5.0, 10.0], [4, 6.0, 15.0]
    found = MEASURES[0].value({"base": {"returns.by_reciprocity": sums}})
    assert next(iter(found.values())) == pytest.approx(0.4 / 0.2)
    assert found["return, middle"] == pytest.approx(0.5)


def test_races_compare_the_outer_thirds() -> None:
    sums = np.zeros((BINS, 2))
    sums[0], sums[50], sums[150] = [2, 100], [50, 100], [3, 100]
    assert MEASURES[1].value({"base": {"races.by_asymmetry": sums}}) == {
        "most over least asymmetric": pytest.approx(1.5)
    }


def test_a_small_world(tiny: Scenario) -> None:
    found = observe(tiny, (Returns, Races), 1, 0)
    returns, races = found["returns.by_reciprocity"], found["races.by_asymmetry"]
    assert returns[:, 0].sum() > 0
    assert (returns[returns[:, 0] > 0, 2] > 0).all()  # coordination costs something in every alliance
    assert 0 < races[:, 0].sum() < races[:, 1].sum()
    for measure in MEASURES:
        curve = measure.curve({"base": found})
        assert len(curve.x) == len(curve.y) == 3
