"""L18: whatever the scenario, shares stay shares, knowledge stays positive, and every unit of money is accounted for."""

from typing import Any, get_args

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import Scenario
from simulation.engine import run_world
from simulation.mechanisms import Mechanisms
from simulation.scripted import ShockKind, ShockScope
from simulation.validation import settings as all_settings
from simulation.world import build_world

QUIET = (
    "time.",
    "network.",
    "firms.count",
    "firms.sectors",
    "strategies.",
    "exit.fixed_hazard",
    "value.",
    "environment.munificence",
)
LEVERS = [
    s
    for s in all_settings(Scenario)
    if s.low is not None and s.high is not None and not s.key.startswith(QUIET) and not s.whole
]

TRAITS = st.sampled_from(
    [{"flexibility": 0.0}, {"absorptive_capacity": 1.0}, {"goal": 1.0}, {"capital": 0.0}, {"openness": 1.0},
     {"strategy": "opportunist"}, {"alliance_function": True}, {"reputation": 0.0}, {"activity": 50.0}]
)  # fmt: skip


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A small world with up to a dozen settings anywhere within their bounds."""
    chosen = draw(st.lists(st.sampled_from(LEVERS), max_size=12, unique_by=lambda s: s.key))
    changes: dict[str, Any] = {s.key: draw(st.floats(s.low, min(s.high, 50.0))) for s in chosen}
    changes |= {
        "firms.count": draw(st.integers(2, 25)), "firms.sectors": draw(st.integers(1, 5)), "time.quarters": 40,
        "time.warm_up_quarters": 0,
        "network.kind": draw(st.sampled_from(["empty", "erdos_renyi", "watts_strogatz"])), "network.degree": 0,
        "mix.opportunist": draw(st.floats(0, 1)), "environment.shock_rate": draw(st.floats(0, 1)),
    }  # fmt: skip
    if changes["firms.count"] > 6:
        changes["network.degree"] = 4
    changes["environment.shock_kind"] = draw(st.sampled_from(get_args(ShockKind)))
    changes["environment.shock_scope"] = draw(st.sampled_from(get_args(ShockScope)))
    changes["knowledge.transfer"] = draw(st.sampled_from(["absorption", "barter", "growth"]))
    changes["time.renewal_quarters"] = draw(st.integers(1, 6))
    off = draw(st.lists(st.sampled_from(sorted(Mechanisms.model_fields)), max_size=6, unique=True))
    changes |= {f"mechanisms.{name}": False for name in off}
    changes["interventions"] = [
        {"quarter": draw(st.integers(0, 39)), "share": draw(st.floats(0, 1)), "to": draw(TRAITS)}
        for _ in range(draw(st.integers(0, 2)))
    ]
    return Scenario().with_(changes)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(scenario=scenarios(), seed=st.integers(0, 2**63 - 1))
def test_nothing_leaves_its_bounds_and_capital_balances(scenario: Scenario, seed: int) -> None:
    world = build_world(scenario, seed=seed)
    firms, count = world.firms, scenario.firms.count
    before = firms.capital.sum()
    for quarter in range(1, scenario.time.quarters + 1):
        run_world(world, quarter)
        rows = world.alliances.cause[: world.counters.rows[0]] == -1
        a = type(world.alliances)(*(column[: len(rows)][rows] for column in world.alliances))
        for share in (
            a.trust,
            a.ceiling,
            a.sharing,
            a.observed,
            a.fit,
            firms.goal,
            firms.reputation,
            a.lost_fit,
            firms.flexibility,
            firms.absorptive_capacity,
            firms.openness,
            firms.regulation,
            firms.profile,
        ):
            assert np.isfinite(share).all()
            assert ((share >= 0) & (share <= 1)).all()
        assert (a.trust <= a.ceiling).all()
        assert (firms.knowledge >= 0).all()
        assert np.isfinite(firms.knowledge).all()
        assert np.isfinite(firms.capital).all()
        least = scenario.effective.firms.least_capital
        assert (firms.capital >= min(least, scenario.firms.initial_capital)).all(), "who falls below fails"
        np.testing.assert_allclose(firms.profile.sum(axis=1), 1.0, rtol=1e-9)
        np.testing.assert_allclose(world.environment.demand.sum(axis=1), 1.0, rtol=1e-9)
        # ties of the table, degrees and the record agree
        degree = np.bincount(a.first, minlength=count) + np.bincount(a.second, minlength=count)
        np.testing.assert_array_equal(degree, firms.degree)
        line = dict(zip(("income", "payout", "entry", "failed"), world.records[quarter - 1, 16:20], strict=True))
        assert world.records[quarter - 1, 0] == len(a.first)
        assert world.records[quarter - 1, 7:10].sum() == len(a.first)
        after = before + line["income"] - line["payout"] - line["failed"] + line["entry"]
        np.testing.assert_allclose(firms.capital.sum(), after, rtol=1e-9, atol=1e-7 * max(1.0, abs(line["income"])))
        before = firms.capital.sum()
