"""Signs from paired worlds."""

import numpy as np
import pytest

from experiments.validation.evidence import Evidence, observe
from experiments.validation.lives import AGES, Lives
from experiments.validation.measure import Interval
from experiments.validation.measures.paired import ARMS, CONVERGING, LEVERS, MEASURES
from simulation.events import CAUSES
from simulation.scenario import Scenario

P32, P33 = MEASURES


def lives(survival: float) -> dict[str, np.ndarray]:
    """A life table of 100 alliances of which a share outlives 20 quarters."""
    at_risk, deaths = np.full(AGES, 100.0), np.zeros((len(CAUSES), AGES))
    deaths[0, 10] = 100.0 * (1.0 - survival)
    at_risk[11:] = 100.0 * survival
    return {"lives_at_risk": at_risk, "lives_deaths": deaths}


def test_renegotiation_must_help_and_more_in_turbulence() -> None:
    evidence: Evidence = {
        "base": lives(0.40), "no renegotiation": lives(0.39), "turbulent": lives(0.30),
        "turbulent, no renegotiation": lives(0.27),
    }  # fmt: skip
    found = P32.value(evidence)
    assert list(found.values()) == pytest.approx([0.01, 0.03])
    assert P32.holds({name: Interval(value, -1.0, 1.0) for name, value in found.items()})
    assert not P32.holds({"usual shocks": Interval(0.03, 0, 1), "shock rate 0.20": Interval(0.01, 0, 1)})


def test_goal_convergence_counts_as_what_it_brings() -> None:
    evidence = {"base": lives(0.40)} | {arm.name: lives(0.42) for arm in ARMS.values()}
    found = P33.value(evidence)
    assert found[CONVERGING] == pytest.approx(-0.02)
    assert [value for name, value in found.items() if name != CONVERGING] == pytest.approx([0.02] * (len(LEVERS) - 1))
    assert list(found) == list(P33.curve(evidence).x)


def test_every_sign_must_be_beyond_its_interval() -> None:
    good = {name: Interval(0.02 * sign, 0.02 * sign - 0.01, 0.02 * sign + 0.01) for name, (_, sign) in LEVERS.items()}
    assert P33.holds(good)
    assert not P33.holds(good | {"noise up": Interval(-0.02, -0.05, 0.001)})


def test_every_lever_moves_what_it_says(tiny: Scenario) -> None:
    for name, arm in ARMS.items():
        assert arm.of(tiny) != tiny, name
    assert ARMS["flexibility up"].of(tiny).firms.flexibility == tiny.firms.flexibility + 0.25
    high = tiny.with_({"knowledge.tacitness": 0.9})
    assert ARMS["tacitness up"].of(high).knowledge.tacitness == 1.0
    for arm in P32.arms:
        assert observe(arm.of(tiny), (Lives,), 1, 0)["lives_at_risk"].sum() > 0
