"""The shape of networks, against networkx."""

import networkx as nx
import numpy as np
import pytest

from experiments.validation.networks import adjacency, assortativity, clustering, path_length, random_ties

GRAPHS = [
    nx.watts_strogatz_graph(40, 4, 0.2, seed=1),
    nx.barabasi_albert_graph(60, 2, seed=2),
    nx.gnm_random_graph(50, 45, seed=3),  # in several components
    nx.complete_graph(5),
]


@pytest.mark.parametrize("graph", GRAPHS)
def test_shape_is_as_networkx_finds_it(graph: "nx.Graph[int]") -> None:
    first, second = np.array(graph.edges, dtype=np.int64).T
    matrix = adjacency(first, second, len(graph))
    assert clustering(matrix) == pytest.approx(nx.average_clustering(graph))
    largest = graph.subgraph(max(nx.connected_components(graph), key=len))
    assert path_length(matrix) == pytest.approx(nx.average_shortest_path_length(largest))
    degree = np.array([graph.degree[node] for node in graph], dtype=np.float64)
    if len(set(degree)) > 1:
        assert assortativity(first, second, degree) == pytest.approx(nx.degree_assortativity_coefficient(graph))
    else:
        assert np.isnan(assortativity(first, second, degree))


def test_no_ties_have_no_paths() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert np.isnan(path_length(adjacency(nothing, nothing, 4)))
    assert clustering(adjacency(nothing, nothing, 4)) == 0.0


@pytest.mark.parametrize(("ties", "count"), [(0, 5), (10, 5), (99, 5), (300, 100)])
def test_ties_by_chance_are_pairs_and_none_is_there_twice(ties: int, count: int) -> None:
    first, second = random_ties(ties, count, np.random.default_rng(1))
    assert len(first) == min(ties, count * (count - 1) // 2)
    assert (second < first).all()
    assert (second >= 0).all()
    assert (first < count).all()
    assert len(set(zip(first.tolist(), second.tolist(), strict=True))) == len(first)
