"""Worlds at rest: nothing happens in them but what an oracle switches on."""

from typing import Any

import networkx as nx
import pytest

from simulation import Scenario
from simulation.world import with_graph

AT_REST: dict[str, Any] = {
    "strategies": {"giver": {"share": 1.0, "base": 1.0}},
    "time.warm_up_quarters": 0,
    "firms.sectors": 1,
    "firms.absorptive_capacity": 1.0,
    "firms.alliance_function_share": 0.0,
    "firms.least_capital": -1e12,
    "firms.safe_capital": 0.0,
    "knowledge.decay": 1e-6,
    "knowledge.research": 0.0,
    "knowledge.tacitness": 0.0,
    "knowledge.strengthening": 0.0,
    "knowledge.erosion": 0.0,
    "mechanisms.attention": False,
    "sharing.rival_caution": 0.0,
    "sharing.observation_noise": 0.0,
    "sharing.observed_weight": 1.0,
    "sharing.burden": 0.0,
    "exit.base_hazard": 0.0,
    "exit.completion": 0.0,
    "exit.racer_chance": 0.0,
    "exit.fixed_hazard": -1.0,
    "time.renewal_quarters": 1,
    "formation.rate": 0.0,
    "opportunism.side_deal_rate": 0.0,
    "environment.shock_rate": 0.0,
    "environment.events": (),
    "environment.wave_height": 0.0,
    "interventions": (),
}


@pytest.fixture
def at_rest() -> Any:
    """A function: settings -> scenario in which firms share all, for ever, and nothing else happens.

    graph : the ties; without one the scenario's own network is used
    """

    def make(changes: dict[str, Any], graph: "nx.Graph[Any] | None" = None) -> Scenario:
        scenario = Scenario().with_(AT_REST | {"time.quarters": 100} | changes)
        return scenario if graph is None else with_graph(scenario, graph)

    return make


@pytest.fixture
def pairs() -> Any:
    """A function: number of pairs -> graph in which each firm has one partner."""

    def make(many: int) -> "nx.Graph[Any]":
        graph: nx.Graph[Any] = nx.Graph()
        graph.add_nodes_from(range(2 * many))
        graph.add_edges_from((2 * k, 2 * k + 1) for k in range(many))
        return graph

    return make
