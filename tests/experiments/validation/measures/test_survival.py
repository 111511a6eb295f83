"""Survival patterns on made-up lives whose answer is known."""

import numpy as np
import pytest

from experiments.validation.evidence import Evidence
from experiments.validation.lives import AGES
from experiments.validation.measure import Interval
from experiments.validation.measures import measures
from simulation.events import CAUSES, COMPLETED

NOTHING = float("nan")


def lives(hazard: np.ndarray, completed: float = 0.0) -> dict[str, np.ndarray]:
    """A million alliances that end with a chance per age, a share of them by completion."""
    risk = 1e6 * np.concatenate([[1.0], np.cumprod(1.0 - hazard)[:-1]])
    deaths = np.zeros((len(CAUSES), AGES))
    deaths[COMPLETED], deaths[0] = completed * risk * hazard, (1 - completed) * risk * hazard
    return {"lives_at_risk": risk, "lives_deaths": deaths, "endings_causes": deaths.sum(axis=1)}


def value(name: str, evidence: Evidence) -> dict[str, float]:
    return measures()[name].value(evidence)


def verdict(name: str, evidence: Evidence) -> bool:
    parts = {key: Interval(item, NOTHING, NOTHING) for key, item in value(name, evidence).items()}
    return measures()[name].holds(parts)


def test_a_constant_hazard_has_the_survival_of_the_formula() -> None:
    evidence = {"base": lives(np.full(AGES, 0.04), completed=0.1), "calm": lives(np.full(AGES, 0.03))}
    assert value("P02", evidence)["share"] == pytest.approx(0.96**12)
    assert value("P03", evidence)["share"] == pytest.approx(0.96**20)
    assert value("P04", evidence)["quarters"] == pytest.approx(np.log(0.5) / np.log(0.96), abs=0.01)
    assert value("P01", evidence)["share"] == pytest.approx(0.9 * (1 - 0.96**28))
    assert value("P08", evidence)["share"] == pytest.approx(0.1)
    assert value("P13", evidence)["share"] == pytest.approx(1 - (1 - 0.97**20) / (1 - 0.96**20))
    assert not verdict("P06", evidence)


def test_a_honeymoon_is_told_from_newness() -> None:
    hump, falling = np.full(AGES, 0.02), 0.1 * 0.95 ** np.arange(AGES)
    hump[8:16] = 0.08
    assert verdict("P06", {"base": lives(hump)})
    assert value("P06", {"base": lives(hump)})["peak_year"] == 3
    assert not verdict("P07", {"new": lives(hump)})
    assert not verdict("P06", {"base": lives(falling)})
    assert verdict("P07", {"new": lives(falling)})


def test_equity_over_contract() -> None:
    risk = np.stack([lives(np.full(AGES, hazard))["lives_at_risk"] for hazard in (0.06, 0.03)])
    deaths = np.stack([lives(np.full(AGES, hazard))["lives_deaths"] for hazard in (0.06, 0.03)])
    found = value("P05", {"base": {"governance_at_risk": risk, "governance_deaths": deaths}})
    assert found["ratio"] == pytest.approx(np.log(0.94) / np.log(0.97), rel=0.01)


@pytest.mark.parametrize(("name", "key"), [("P09", "exits_rival"), ("P10", "exits_prior")])
def test_exit_ratios(name: str, key: str) -> None:
    lived = np.full(11, 1000.0)
    table = np.array([[0.05 * lived, lived], [0.06 * lived, lived]])
    found = value(name, {"base": {key: table}})
    assert found == pytest.approx({"ratio": 1.2, "ratio_at_same_ages": 1.2})
