import networkx as nx
import numpy as np
import pytest

from experiments.figures.layout import place_firms, place_named_firms


def positions(graph, **more):
    places = place_firms(graph, **more)
    return np.array([places.at[node] for node in graph.nodes]), places


@pytest.mark.parametrize(
    "graph",
    [
        nx.empty_graph(0),
        nx.empty_graph(1),
        nx.empty_graph(40),
        nx.path_graph(2),
        nx.star_graph(30),
        nx.complete_graph(12),
        nx.disjoint_union_all([nx.complete_graph(8)] * 3),
        nx.path_graph(50),
        nx.karate_club_graph(),
        nx.gnm_random_graph(120, 140, seed=1),
        nx.Graph([("a", "b"), ("b", 3)]),
    ],
)
def test_everybody_has_a_place_of_their_own(graph):
    xy, places = positions(graph)
    assert np.isfinite(xy).all()
    assert len(places.alone) == sum(1 for _, degree in graph.degree() if degree == 0)
    if len(xy) > 1:
        apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + np.eye(len(xy)) * 99
        assert apart.min() > 0.05 * max(np.ptp(xy, axis=0).max() / len(xy), 0.1)


def test_the_same_graph_gives_the_same_picture_whatever_the_order_of_its_ties():
    graph = nx.gnm_random_graph(40, 60, seed=2)
    other = nx.Graph()
    other.add_nodes_from(graph.nodes)
    other.add_edges_from(reversed([(b, a) for a, b in graph.edges]))
    assert place_firms(graph).at == place_firms(other).at


def test_tied_firms_stand_near_each_other():
    graph = nx.watts_strogatz_graph(60, 4, 0.05, seed=1)
    xy, _ = positions(graph)
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    tied = np.mean([apart[a, b] for a, b in graph.edges])
    assert tied < 0.5 * apart[np.triu_indices(60, 1)].mean()


def test_groups_do_not_overlap():
    graph = nx.disjoint_union_all([nx.complete_graph(9), nx.complete_graph(6), nx.path_graph(5), nx.path_graph(2)])
    places = place_firms(graph)
    groups = [np.array([places.at[node] for node in group]) for group in nx.connected_components(graph)]
    centres = [group.mean(axis=0) for group in groups]
    for k, group in enumerate(groups):
        for point in group:
            assert int(np.argmin([np.hypot(*(point - centre)) for centre in centres])) == k or len(group) > 2


def test_loners_stand_below_all_others():
    graph = nx.disjoint_union(nx.karate_club_graph(), nx.empty_graph(50))
    places = place_firms(graph)
    lowest = min(y for node, (_, y) in places.at.items() if node not in places.alone)
    assert all(places.at[node][1] < lowest for node in places.alone)


@pytest.mark.parametrize(
    "graph",
    [
        nx.empty_graph(0),
        nx.empty_graph(30),
        nx.path_graph(2),
        nx.star_graph(20),
        nx.complete_graph(12),
        nx.gnm_random_graph(80, 60, seed=1),
        nx.watts_strogatz_graph(80, 4, 0.1, seed=1),
    ],
)
def test_names_have_room_below_every_firm(graph):
    width = {node: 30.0 + 7 * (node % 6) for node in graph}
    places = place_named_firms(graph, width, 12.0, 12.0, (620.0, 500.0))
    xy = np.array([places.at[node] for node in graph]).reshape(-1, 2)
    assert places.paper is not None
    assert ((xy >= 0) & (xy <= np.array(places.paper))).all()
    half = np.array([width[node] / 2 for node in graph])
    for k in range(len(xy)):
        for j in range(k):
            across, up = np.abs(xy[k] - xy[j])
            assert across > half[k] + half[j] - 2 or up > 22


def test_many_loners_make_the_paper_higher():
    places = place_named_firms(nx.empty_graph(200), dict.fromkeys(range(200), 100.0), 20.0, 14.0, (620.0, 300.0))
    assert places.paper is not None
    assert places.paper[1] > 1000
