"""The alliance function: who has it is known at birth, and no income is lost when a firm fails."""

import numpy as np
import pytest

from experiments.validation.evidence import observe
from experiments.validation.lives import AGES, Lives
from experiments.validation.measures import measures
from experiments.validation.measures.alliance_function import FunctionIncome, FunctionLives
from simulation import Scenario
from simulation.events import CAUSES


def test_success_is_told_in_points() -> None:
    risk, deaths = np.zeros((2, AGES)), np.zeros((2, len(CAUSES), AGES))
    risk[:, 0], risk[:, 1:] = 10.0, 5.0
    deaths[0, 1, 0], deaths[1, 1, 0] = 5.0, 2.0
    found = measures()["P11"].value({"base": {"function_at_risk": risk, "function_deaths": deaths}})
    assert found == pytest.approx({"points": 30.0, "with": 80.0, "without": 50.0})


def test_income_is_compared_per_firm_and_quarter() -> None:
    found = measures()["P12"].value({"base": {"function_income": np.array([[900.0, 900.0], [150.0, 100.0]])}})
    assert found["ratio"] == pytest.approx(1.5)


def test_both_groups_together_are_all_lives(tiny: Scenario) -> None:
    found = observe(tiny.with_(firms__alliance_function_share=0.3), (FunctionLives, Lives), seed=1, world=0)
    np.testing.assert_array_equal(found["function_at_risk"].sum(axis=0), found["lives_at_risk"])
    np.testing.assert_array_equal(found["function_deaths"].sum(axis=0), found["lives_deaths"])
    assert (found["function_at_risk"][:, 0] > 0).all()


def test_all_firm_quarters_are_counted_and_failing_firms_lose_money(tiny: Scenario) -> None:
    poor = tiny.with_(firms__fixed_cost=2.0, firms__initial_capital=2.0)  # hardly anyone lives long
    found = observe(poor, (FunctionIncome,), seed=1, world=0)["function_income"]
    assert found[:, 1].sum() == 20 * 50
    assert found[:, 0].sum() < 0
