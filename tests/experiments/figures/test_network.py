import networkx as nx
import numpy as np
import pytest

from experiments.figures.network import KNOWN, MOST_FIRMS, network_figure, network_message, start_message

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not


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


@pytest.mark.slow
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


def named(count, ties, seed=1, name="Company"):
    graph = firms(nx.gnm_random_graph(count, ties, seed=seed), seed)
    for node in graph.nodes:
        graph.nodes[node]["name"] = f"{name} {node}"
    return graph


@pytest.mark.parametrize(("count", "ties"), [(41, 60), (82, 78), (100, 60)])
def test_firms_with_names_of_their_own_are_named_without_overlap(count, ties, legible):
    texts = legible(network_figure(named(count, ties)))
    assert sum(text.startswith("Company ") for text in texts) == count


def test_names_without_room_are_left_out_and_counted(legible):
    texts = legible(network_figure(named(100, 500, name="A company with a very long name indeed, number")))
    there = sum(text.startswith("A company") for text in texts)
    assert there < 100
    assert f"{100 - there} of 100 names left out, for want of room" in texts


def test_more_than_a_hundred_names_are_none(legible):
    assert not any(text.startswith("Company ") for text in legible(network_figure(named(101, 120))))


def test_a_few_names_among_many_firms_are_shown(legible):
    graph = firms(nx.gnm_random_graph(90, 110, seed=1))
    graph.nodes[5]["name"] = "Medici"
    texts = legible(network_figure(graph))
    assert "Medici" in texts
    assert not any(text.startswith("firm ") for text in texts)


def moments(first, last):
    nx.set_edge_attributes(first, {edge: edge in last.edges for edge in first.edges}, "lives_on")
    nx.set_edge_attributes(last, {edge: edge in first.edges for edge in last.edges}, "from_start")
    return first, last


def where(figure):
    return {
        tuple(np.round(place, 6))
        for group in figure.axes[0].collections
        if not hasattr(group, "get_segments")
        for place in group.get_offsets()
    }


@pytest.mark.parametrize("count", [15, 60, 150])
def test_firms_keep_their_places_from_start_to_end(count, legible):
    first, last = moments(named(count, count, 1), named(count, count, 2))
    one, other = network_figure(first, "It began", beside=last), network_figure(last, beside=first)
    assert len(where(one)) == count
    assert where(one) == where(other)
    kept = len(set(first.edges) & set(last.edges))
    begun, ended = legible(one), legible(other)
    assert f"still lives at the end ({kept})" in begun
    assert f"ended since ({count - kept})" in begun
    assert "thick line: there at the start" in ended
    assert not any(text.startswith("trust of the partners") for text in begun)


def test_message_of_the_start_counts_who_was_allied_and_what_is_left():
    graph = nx.Graph([(0, 1, {"lives_on": True}), (1, 2, {"lives_on": False})])
    text = "It began with 2 alliances among 3 firms; 25 years later 1 of them still lives"
    assert start_message(graph, "25 years") == text
    graph.add_node(3)
    graph.edges[0, 1]["lives_on"] = False
    text = "It began with 2 alliances among 3 of 4 firms; 1 year later none of them still lives"
    assert start_message(graph, "1 year") == text


def test_message_of_the_end_counts_what_is_left_of_the_start():
    graph = nx.Graph([(0, 1, {"from_start": True}), (1, 2, {"from_start": False})])
    assert network_message(graph) == "2 alliances among 3 firms; 1 of the alliances was there at the start"
