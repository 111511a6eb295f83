"""L3, L8, L10, L11, L14: worlds whose answer is known before they run."""

from typing import get_args

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from simulation import Scenario, simulate
from simulation.engine import run_world
from simulation.events import CAUSES, SHOCK
from simulation.scripted import ShockKind, ShockScope
from simulation.world import build_world, with_graph

CALM = {"environment.shock_rate": 0.0, "firms.initial_capital": 1e6}


def lives(scenario: Scenario, worlds: int) -> tuple[np.ndarray, np.ndarray]:
    """Alliances at risk and ended by age [ages], summed over worlds."""
    ages = scenario.time.quarters
    at_risk, ended = np.zeros(ages, np.int64), np.zeros(ages, np.int64)
    for world in range(worlds):
        spells = simulate(scenario, seed=3, world=world).spells()
        for born, end, cause in zip(spells.born, spells.ended, spells.cause, strict=True):
            at_risk[: end - born + (cause >= 0)] += 1
            if cause >= 0:
                ended[end - born] += 1
    return at_risk, ended


@pytest.mark.parametrize("hazard", [0.02, 0.10])
def test_l3_constant_hazard_gives_geometric_survival(hazard: float) -> None:
    scenario = Scenario().with_(
        CALM | {"exit.fixed_hazard": hazard, "exit.completion": 0.0, "time.warm_up_quarters": 0, "time.quarters": 60}
    )
    at_risk, ended = lives(scenario, 8)
    for age in range(0, 30, 5):
        # 18 such checks: 4.2 binomial standard errors leave a false alarm in 2,000 test runs
        error = np.sqrt(hazard * (1 - hazard) / at_risk[age])
        assert ended[age] / at_risk[age] == pytest.approx(hazard, abs=4.2 * error + 0.5 / at_risk[age])


def test_l3_independent_causes_add() -> None:
    h, c = 0.05, 0.04
    scenario = Scenario().with_(
        CALM
        | {
            "exit.fixed_hazard": h,
            "exit.completion": c,
            "trust.feeling_out_quarters": 0,
            "time.warm_up_quarters": 0,
            "time.quarters": 80,
        }
    )
    at_risk, ended = lives(scenario, 8)
    both = 1 - (1 - h) * (1 - c)
    observed = ended.sum() / at_risk.sum()
    assert observed == pytest.approx(both, abs=4 * np.sqrt(both * (1 - both) / at_risk.sum()))
    causes = np.concatenate([simulate(scenario, seed=3, world=w).spells().cause for w in range(8)])
    share = (causes == CAUSES.index("completed")).sum() / (causes >= 0).sum()
    assert share == pytest.approx(c / both, abs=4 * np.sqrt(c / both * (1 - c / both) / (causes >= 0).sum()))


def test_l8_drawn_shocks_arrive_at_random() -> None:
    rate, quarters = 0.1, 2000
    scenario = Scenario().with_(
        {"firms.count": 4, "firms.sectors": 1, "environment.shock_rate": rate, "network.kind": "empty", "formation.rate": 0.0,
         "time.quarters": quarters, "firms.initial_capital": 1e6}
    )  # fmt: skip
    hits = np.flatnonzero(simulate(scenario).series("shocks"))
    waits = np.diff(hits)
    assert len(hits) == pytest.approx(rate * quarters, abs=4 * np.sqrt(quarters * rate * (1 - rate)))
    # the waits of a Poisson process in whole quarters are geometric
    edges = np.append(np.arange(1, 25), 10_000)
    expected = len(waits) * np.diff(stats.geom.cdf(edges - 1, rate))
    observed = np.histogram(waits, edges)[0]
    assert stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue > 1e-4


def test_l8_scripted_shocks_strike_on_the_day_and_nobody_else() -> None:
    events = [
        {"quarter": 5, "scope": "global", "magnitude": 0.3},
        {"quarter": 7, "scope": "sector", "sector": 2, "magnitude": 0.4},
        {"quarter": 9, "scope": "local", "firm": 11, "magnitude": 0.6, "kind": "demand_slump"},
    ]
    scenario = Scenario.of(
        {
            "time": {"quarters": 20, "warm_up_quarters": 0},
            "firms": {"count": 40},
            "environment": {"shock_rate": 0.0, "events": events},
        }
    )
    run = simulate(scenario)
    struck = run.events.kind == SHOCK
    sector = run.firms.sector[run.firms.row[run.events.first[struck] % 40]]
    quarter, who, size = run.events.quarter[struck], run.events.first[struck], run.events.value[struck]
    assert sorted(who[quarter == 5] % 40) == list(range(40))
    assert set(sector[quarter == 7]) == {2}
    assert (quarter == 7).sum() == (run.firms.sector == 2).sum()
    assert list(who[quarter == 9] % 40) == [11]
    assert set(zip(quarter.tolist(), size.tolist(), strict=True)) == {(5, 0.3), (7, 0.4), (9, 0.6)}


def test_l10_knowledge_follows_its_closed_form() -> None:
    scenario = Scenario().with_(
        CALM | {"knowledge.absorption": 0.0, "knowledge.strengthening": 0.0, "time.quarters": 120}
    )
    world = build_world(scenario, seed=5)
    world.firms.knowledge[:] *= 0.25
    before = world.firms.knowledge.sum(axis=1)
    run_world(world)
    k = scenario.knowledge
    rest = 4 * k.research / k.decay
    expected = rest + (before - rest) * (1 - k.decay) ** 120
    np.testing.assert_allclose(world.firms.knowledge.sum(axis=1), expected, rtol=1e-12)
    assert abs(expected - rest).max() < 0.1 * rest


STILL = {
    "mechanisms.burdens": False,
    "firms.sectors": 1, "firms.profile_sigma": 0.0, "firms.flexibility_spread": 0.0, "firms.income_noise": 0.0,
    "firms.alliance_function_share": 0.0, "knowledge.research_noise": 0.0, "environment.demand_spread": 0.0,
    "sharing.observation_noise": 0.0, "trust.initial_spread": 0.0, "formation.rate": 0.0, "formation.equity_share": 0.0,
    "formation.equity_rival": 0.0, "exit.base_hazard": 0.0, "exit.completion": 0.0, "fit.goal_pull": 0.0,
    "mix.reciprocator": 1.0, "time.quarters": 60, "time.warm_up_quarters": 0,
}  # fmt: skip


def test_l11_identical_firms_trust_alike_and_names_do_not_matter() -> None:
    graph = nx.random_regular_graph(3, 12, seed=4)
    relabelling = dict(zip(range(12), np.random.default_rng(1).permutation(12).tolist(), strict=True))
    other = nx.Graph()
    other.add_nodes_from(range(12))
    other.add_edges_from((relabelling[a], relabelling[b]) for a, b in graph.edges)
    scenario = Scenario().with_(CALM | STILL)
    one, two = simulate(scenario, graph=graph), simulate(scenario, graph=other)
    assert len(one.alliances.trust) == 18
    for run in (one, two):
        assert (run.alliances.trust[:, 0] == run.alliances.trust[:, 1]).all()
        assert (run.alliances.trust != scenario.trust.initial).all(), "trust has moved"
    a = {
        tuple(sorted((relabelling[int(i)], relabelling[int(j)]))): t
        for i, j, t in zip(one.alliances.first, one.alliances.second, one.alliances.trust[:, 0], strict=True)
    }
    b = {
        (int(i), int(j)): t
        for i, j, t in zip(two.alliances.first, two.alliances.second, two.alliances.trust[:, 0], strict=True)
    }
    assert a == b


@pytest.mark.parametrize("scope", get_args(ShockScope))
@pytest.mark.parametrize("kind", get_args(ShockKind))
def test_l14_shocks_of_no_size_leave_a_run_bit_identical(scope: str, kind: str) -> None:
    base = Scenario().with_(firms__count=30, time__quarters=60, time__warm_up_quarters=0)
    off = simulate(base.with_(environment__shock_rate=0.0))
    settings = base.model_dump()
    settings["environment"] |= {"shock_rate": 0.5, "shock_magnitude": 0.0, "shock_scope": scope, "shock_kind": kind}
    settings["environment"]["events"] = [{"quarter": 9, "magnitude": 0.0, "kind": kind}]
    none = simulate(Scenario.of(settings))
    for ours, theirs in zip([*none.events, none.records], [*off.events, off.records], strict=True):
        assert ours.tobytes() == theirs.tobytes()


def test_graph_with_names_and_ages_becomes_the_first_network() -> None:
    graph = nx.Graph()
    graph.add_edge("Acme", "Brill", age=12, governance="equity")
    graph.add_edge("Acme", "Cogs")
    scenario = with_graph(
        Scenario().with_(
            CALM
            | {
                "formation.rate": 0.0,
                "time.quarters": 1,
                "time.warm_up_quarters": 0,
                "exit.base_hazard": 0.0,
                "exit.completion": 0.0,
            }
        ),
        graph,
    )
    drawn = simulate(scenario).graph_at()
    assert [drawn.nodes[seat]["name"] for seat in drawn] == ["Acme", "Brill", "Cogs"]
    assert drawn.edges[0, 1]["age"] == 12
    assert drawn.edges[0, 1]["equity"] is True
    assert drawn.edges[0, 1]["fit"] > drawn.edges[0, 2]["fit"], "partners of three years know each other better"
