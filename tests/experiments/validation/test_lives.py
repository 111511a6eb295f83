"""Life tables by group: known answers, and the same as the table of outcomes."""

import numpy as np
import pytest

from experiments.outcomes import life_table
from experiments.validation.lives import AGES, at_risk, life_tables, survival, unintended, yearly_hazard
from simulation import Scenario, simulate
from simulation.events import CAUSES, COMPLETED
from simulation.run import Spells


def spells(born: list[int], ended: list[int], cause: list[int]) -> Spells:
    columns = [np.array(column, dtype=np.int64) for column in (born, ended, cause)]
    zero = np.zeros(len(born), dtype=np.int64)
    return Spells(zero, zero, columns[0], columns[0], columns[1], columns[2], zero, zero, zero)


def test_at_risk_counts_first_and_last_age() -> None:
    found = at_risk(np.array([0, 0, 2]), np.array([0, 3, 9]), np.array([0, 1, 1]), 2, 4)
    assert found.tolist() == [[1, 0, 0, 0], [1, 1, 2, 2]]


def test_known_lives() -> None:
    # Born at 10 and ended at age 2; alive at the end of 20 quarters; born in the warm-up; left out.
    risk, deaths = life_tables(
        spells([10, 15, 3, 12], [12, 20, 18, 13], [4, -1, 1, 2]), 20, 8, np.array([0, 0, 0, -1]), 1
    )
    assert risk[0, :6].tolist() == [2, 2, 2, 1, 1, 0]
    assert np.argwhere(deaths).tolist() == [[0, 4, 2]]


@pytest.mark.parametrize("warm_up", [0, 10])
def test_groups_add_up_to_the_table_of_outcomes(tiny: Scenario, warm_up: int) -> None:
    run = simulate(tiny.with_(time__warm_up_quarters=warm_up))
    found, whole = run.spells(), life_table(run)
    risk, deaths = life_tables(found, run.quarters, warm_up, found.rival, 2)
    np.testing.assert_array_equal(risk.sum(axis=0)[: run.quarters], whole.at_risk)
    np.testing.assert_array_equal(deaths.sum(axis=0)[:, : run.quarters], whole.deaths)
    assert risk[:, run.quarters :].sum() == 0


def test_completion_is_not_unintended() -> None:
    risk, deaths = np.zeros(AGES), np.zeros((len(CAUSES), AGES))
    risk[:2] = 4, 2
    deaths[COMPLETED, 0], deaths[0, 0], deaths[0, 1] = 1, 1, 1
    assert unintended(risk, deaths)[:3].tolist() == [0, 0.25, 0.5]
    assert survival({"lives_at_risk": risk, "lives_deaths": deaths})[:3].tolist() == [1, 0.5, 0.25]


def test_a_constant_hazard_is_the_same_in_every_year() -> None:
    hazard = yearly_hazard(0.9 ** np.arange(41))
    np.testing.assert_allclose(hazard, 1 - 0.9**4)
