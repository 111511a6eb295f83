import networkx as nx
import numpy as np
import pytest

from experiments.figures.network import KNOWN, MOST_FIRMS, network_figure, network_message


def firms(graph, seed=1, trust=True):
    generator = np.random.default_rng(seed)
    for node in graph.nodes:
        strategy = str(generator.choice(KNOWN))
        graph.nodes[node].update(
            name=f"firm {node}", strategy=strategy, alliance_function=bool(generator.random() < 0.3)
        )
    for edge in graph.edges if trust else ():
        graph.edges[edge]["trust"] = float(generator.random())
    return graph


@pytest.mark.parametrize("graph", [nx.florentine_families_graph(), nx.gnm_random_graph(30, 25, seed=3)])
def test_small_networks_name_everybody(graph, legible):
    texts = legible(network_figure(firms(graph)), overlaps=False)
    assert {f"firm {node}" for node in graph.nodes} <= set(texts)
    assert "ring: has alliance managers" in texts
    assert "trust of the partners in each other, mean of both [share of full trust]" in texts


def test_names_in_a_small_network_do_not_overlap(legible):
    legible(network_figure(firms(nx.florentine_families_graph())))


@pytest.mark.parametrize(("count", "ties"), [(60, 80), (120, 170)])
def test_large_networks_name_nobody(count, ties, legible):
    texts = legible(network_figure(firms(nx.gnm_random_graph(count, ties, seed=1))))
    assert not any(text.startswith("firm ") for text in texts)
    assert {name.replace("_", " ") for name in KNOWN} <= set(texts)


def test_huge_networks_say_that_they_are_cut(legible):
    graph = firms(nx.barabasi_albert_graph(400, 2, seed=1))
    texts = legible(network_figure(graph))
    assert f"the {MOST_FIRMS} best connected of 400 firms" in texts
    assert texts[0].startswith("796 alliances among 400 firms") or any("796 alliances" in text for text in texts)


def test_message_counts_alliances_trust_and_loners():
    graph = nx.Graph([(0, 1, {"trust": 0.25}), (1, 2, {"trust": 0.75})])
    graph.add_node(3)
    assert network_message(graph) == "2 alliances among 4 firms, mean trust 0.50; 1 firm stands alone"


@pytest.mark.parametrize("graph", [nx.empty_graph(0), nx.empty_graph(1), nx.empty_graph(60), nx.path_graph(2)])
def test_hardly_any_network(graph, legible):
    legible(network_figure(firms(graph)))


def test_without_trust_there_is_no_colour_bar(legible):
    texts = legible(network_figure(firms(nx.path_graph(5), trust=False)))
    assert not any(text.startswith("trust of the partners") for text in texts)


def test_own_strategies_get_looks_too(legible):
    graph = firms(nx.complete_graph(12))
    for node in graph.nodes:
        graph.nodes[node]["strategy"] = f"own_{node}"
    texts = legible(network_figure(graph), overlaps=False)
    assert "own 11" in texts


def test_plain_graphs_are_drawn(legible):
    legible(network_figure(nx.karate_club_graph(), title=""), overlaps=False)
