from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest

from experiments.figures.network import REPLACED
from experiments.report import run_report
from experiments.report.run import ONE_WORLD, first_and_last

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not


def test_one_world_says_that_it_is_one(run, one_life, summary):
    text = run_report(run, one_life, summary, "alliances run small_world --seed 7")
    assert ONE_WORLD in text
    assert "36 five" in text
    assert "1,234 alliances formed" in text
    assert "<dt>seed</dt><dd>7</dd>" in text
    assert "<dt>worlds</dt><dd>3</dd>" in text


def test_what_is_unknown_is_a_dash(run, one_life, summary):
    summary["median_life_quarters"] = None
    text = run_report(run, one_life, summary)
    assert "not reached" in text
    assert '<th scope="row">of all alliances, live 7 years</th><td>–</td>' in text


def test_a_world_where_nothing_happened(run, one_life, summary):
    summary |= {"survival": {"12": None, "20": None, "28": None}, "endings": dict.fromkeys(summary["endings"])}
    summary["regimes"] = dict.fromkeys(summary["regimes"])
    empty = type(one_life)(one_life.at_risk * 0, one_life.deaths * 0)
    text = run_report(run, empty, summary)
    assert "No alliance has ended" in text
    assert "No alliance was seen for 5 years" in text


@pytest.fixture
def founded(run, scenario):
    """A run without warm-up: 0-1 lives on, 1-2 ended and was made again, 2-3 ended; firm 3 was replaced."""
    first = nx.Graph([(0, 1), (1, 2), (2, 3)], quarter=0)
    last = nx.Graph([(0, 1, {"trust": 0.5}), (1, 2, {"trust": 0.2})], quarter=run.quarters - 1)
    for graph in (first, last):
        for node in range(12):
            graph.add_node(node, name=f"House {node}", strategy="sharer", alliance_function=False)
    run.scenario = scenario.with_({"time.warm_up_quarters": 0})
    run.graph_at = lambda quarter=None: (last if quarter is None else first).copy()
    run.spells = lambda: SimpleNamespace(
        first=np.array([0, 1, 2, 1]),
        second=np.array([1, 2, 3, 2]),
        entered=np.array([0, 0, 0, 9]),
        ended=np.array([run.quarters, 5, 7, run.quarters]),
    )
    run.firms = SimpleNamespace(identity=np.array([0, 1, 2, 15, *range(4, 12)]))
    return run


def test_the_first_network_knows_what_lives_on(founded):
    first, last = first_and_last(founded)
    assert {edge for edge in first.edges if first.edges[edge]["lives_on"]} == {(0, 1)}
    assert {edge for edge in last.edges if last.edges[edge]["from_start"]} == {(0, 1)}  # 1-2 is another alliance
    assert first.nodes[3]["strategy"] == REPLACED
    assert last.nodes[3]["strategy"] == "sharer"


def test_where_the_first_network_matters_the_report_shows_it(founded, one_life, summary):
    text = run_report(founded, one_life, summary)
    assert text.count("<svg ") == 5
    assert "It began with 3 alliances among 4 of 12 firms; 15 years later 1 of them still lives" in text
    assert "1 of the alliances was there at the start" in text


@pytest.mark.parametrize("changes", [{"time.warm_up_quarters": 10}, {"network.kind": "empty"}])
def test_otherwise_only_the_last_network_is_shown(founded, one_life, summary, changes):
    founded.scenario = founded.scenario.with_(changes)
    assert first_and_last(founded) is None
    assert run_report(founded, one_life, summary).count("<svg ") == 4
