"""L19: the closed form of the dilemma against a search for the best answer, and its regimes and T*."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from simulation.rules.value import (
    DILEMMA,
    HARMONY,
    NO_DEAL,
    best_reply,
    escape_trust,
    joint_value,
    leak,
    leakage_rate,
    marginal_cost,
    regime,
    sharing_cost,
)  # fmt: skip
from simulation.scenario import Scenario

V = Scenario().value


def payoff(s: float, partner: float, v: float, trust: float, rate: float) -> float:
    """E6 for one quarter, learning, coordination and the partner's leak left out."""
    return (
        0.5 * joint_value(v, s, partner)
        - sharing_cost(V.sharing_cost, s, trust, V.sharing_cost_saved)
        - leak(rate, s, trust)
    )


CASES = [
    (v, trust, rival, partner)
    for v in (0.4, 1.2, 2.5, 5.0)
    for trust in (0.0, 0.4, 0.9)
    for rival in (0, 1)
    for partner in (0.2, 0.9)
]


@pytest.mark.parametrize(("v", "trust", "rival", "partner"), CASES)
def test_no_sharing_earns_more_than_the_best_reply(v: float, trust: float, rival: int, partner: float) -> None:
    rate = leakage_rate(V.leakage, V.leakage_rival, rival, V.leakage_equity, 0)
    cost = marginal_cost(V.sharing_cost, V.sharing_cost_saved, rate, trust)
    found = minimize_scalar(
        lambda s: -payoff(s, partner, v, trust, rate), bounds=(0, 1), method="bounded", options={"xatol": 1e-10}
    )
    best = best_reply(v, cost, partner)
    assert payoff(best, partner, v, trust, rate) >= -found.fun - 1e-12
    assert best == pytest.approx(found.x, abs=2e-4)


@pytest.mark.parametrize("trust", [0.0, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("rate", [0.0, 0.27, 1.5])
def test_regimes_are_what_the_pair_would_do(trust: float, rate: float) -> None:
    cost = marginal_cost(V.sharing_cost, V.sharing_cost_saved, rate, trust)
    returned = V.leakage_gain * rate * (1 - trust)
    for v in np.linspace(0.05, 6, 60):
        # jointly: both share 1 or nothing; each side's leak half comes back. Individually: does sharing unravel from 1?
        worth_it = v - 2 * (cost - returned) > 0
        unravels = best_reply(v, cost, 1.0) < 1.0
        expected = NO_DEAL if not worth_it else DILEMMA if unravels else HARMONY
        if min(abs(v - 2 * (cost - returned)), abs(v - 4 * cost)) > 1e-9:
            assert regime(v, cost, returned) == expected


@pytest.mark.parametrize("rate", [0.1, 0.27, 1.5])
@pytest.mark.parametrize("v", [0.9, 1.2, 1.7])
def test_the_dilemma_ends_exactly_at_escape_trust(v: float, rate: float) -> None:
    escape = escape_trust(v, V.sharing_cost, V.sharing_cost_saved, rate)
    at = marginal_cost(V.sharing_cost, V.sharing_cost_saved, rate, escape)
    assert 4 * at == pytest.approx(v, abs=1e-12)
    for trust in (escape - 1e-6, escape + 1e-6):
        below = v < 4 * marginal_cost(V.sharing_cost, V.sharing_cost_saved, rate, trust)
        assert below == (trust < escape)


def test_where_trust_saves_nothing_no_trust_ends_the_dilemma() -> None:
    assert escape_trust(1.0, 0.5, 0.0, 0.0) == math.inf
    assert escape_trust(3.0, 0.5, 0.0, 0.0) == -math.inf
