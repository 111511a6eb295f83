"""Breaches: early and late, and what trust is left."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.validation.evidence import observe
from experiments.validation.measures.deception import (
    AGES,
    NEVER,
    Deceived,
    early_over_late,
    first_breaches,
    mantel_haenszel,
    trust_left,
)
from simulation.events import BREACH, FORMED
from simulation.scenario import Scenario


def test_first_and_second_breach_of_each_alliance() -> None:
    events = SimpleNamespace(
        kind=np.array([FORMED, BREACH, BREACH, BREACH, BREACH, BREACH]),
        about=np.array([0, 5, 3, 5, 5, 9]),
        quarter=np.array([0, 1, 2, 4, 6, 7]),
        value=np.array([0.0, 8.0, 2.0, 11.0, 13.0, 1.0]),
    )
    first, second, age = first_breaches(SimpleNamespace(events=events), np.array([3, 4, 5]))
    assert first.tolist() == [2, NEVER, 1]
    assert second.tolist() == [NEVER, NEVER, 4]
    assert age.tolist() == [2, 0, 8]


def test_mantel_haenszel_by_hand() -> None:
    # strata with 2/10 against 1/10 and 3/20 against 2/30; one stratum has nobody to compare with
    exposed = np.array([[2.0, 10.0], [3.0, 20.0], [5.0, 5.0]])
    other = np.array([[1.0, 10.0], [2.0, 30.0], [0.0, 0.0]])
    above, below = 2 * 10 / 20 + 3 * 30 / 50, 1 * 10 / 20 + 2 * 20 / 50
    assert mantel_haenszel(exposed, other) == pytest.approx(above / below)


def test_the_ordinary_course_of_the_hazard_does_not_count() -> None:
    exits = np.zeros((AGES, 3, 2))
    exits[2] = [[10, 100], [20, 100], [0, 0]]  # young: unbroken .10, broken early .20
    exits[20] = [[2, 100], [0, 0], [3, 100]]  # old: unbroken .02, broken late .03
    found = early_over_late({"base": {"deceived.exits": exits}})
    assert found["early over unbroken"] == pytest.approx(2.0)
    assert found["late over unbroken"] == pytest.approx(1.5)
    assert found["early harm over late harm"] == pytest.approx(2.0 / 1.5)
    assert np.isnan(found["early over late"]), "no age holds both"


def test_early_and_late_are_compared_at_the_same_age() -> None:
    exits = np.zeros((AGES, 3, 2))
    exits[10] = [[0, 0], [6, 100], [3, 100]]
    exits[40] = [[0, 0], [0, 0], [50, 100]]  # nobody to compare with
    assert early_over_late({"base": {"deceived.exits": exits}})["early over late"] == pytest.approx(2.0)


def test_trust_is_compared_at_equal_ages() -> None:
    trust = np.zeros((AGES, 2, 2))
    trust[20] = [[50.0, 100], [3.0, 10]]  # usual .5, after deception .3
    trust[30] = [[80.0, 100], [4.0, 10]]  # usual .8, after deception .4
    trust[40] = [[0.0, 0], [9.0, 10]]  # nobody to compare with
    found = trust_left({"base": {"deceived.trust": trust}})
    assert next(iter(found.values())) == pytest.approx(7.0 / 13.0)


def test_a_world_of_cheats_and_sharers(tiny: Scenario) -> None:
    scenario = tiny.with_({"mix.opportunist": 0.4, "mix.sharer": 0.6})
    found = observe(scenario, (Deceived,), 1, 0)
    exits, trust = found["deceived.exits"], found["deceived.trust"]
    assert (exits[..., 0] <= exits[..., 1]).all()
    assert exits[:, 0, 1].sum() > exits[:, 1, 1].sum() > 0
    assert exits[:6, 2].sum() == 0  # no late breach before the age of 6
    assert (trust[..., 0] <= trust[..., 1]).all()
    assert trust[:20, 1].sum() == 0  # nobody is 20 quarters past a breach before that age
    honest = observe(tiny.with_({"mix.sharer": 1.0}), (Deceived,), 1, 0)
    assert all(value.sum() == 0 for value in honest.values())
