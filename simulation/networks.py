"""networkx in and out: the alliances of quarter 0 from a generator, a file or a graph; a run's network as a graph.

networkx is imported on use: it costs more than a small run.
"""

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.problems import InputError, Problem
from simulation.scenario import Network, Tie

if TYPE_CHECKING:
    import networkx

GOVERNANCE = {"contract": False, "equity": True}


class Ties(NamedTuple):
    """Alliances of quarter 0, ordered by seats (lower, higher), none twice."""

    first: NDArray[np.int64]  # [A] lower seat
    second: NDArray[np.int64]  # [A] higher seat
    age: NDArray[np.int64]  # [A] quarters lived already
    governance: NDArray[np.int64]  # [A] 0 contract, 1 equity, -1 to be drawn


def initial_ties(network: Network, count: int) -> Ties:
    """The alliances that a scenario starts with, among `count` firms."""
    if network.kind == "file" or network.ties:
        return _ordered([(t.first, t.second, t.age, -1 if t.equity is None else int(t.equity)) for t in network.ties])
    return _generated(network.kind, network.degree, network.rewiring, network.seed, count)


@lru_cache(maxsize=32)
def _generated(kind: str, degree: int, rewiring: float, seed: int, count: int) -> Ties:
    """One graph per graph seed, shared by all worlds and cells."""
    if kind == "empty" or (degree == 0 and kind != "florentine"):
        return _ordered([])
    import networkx as nx

    if kind == "watts_strogatz":
        graph = nx.watts_strogatz_graph(count, degree, rewiring, seed=seed)
    elif kind == "erdos_renyi":
        graph = nx.gnm_random_graph(count, count * degree // 2, seed=seed)
    elif kind == "barabasi_albert":
        graph = nx.barabasi_albert_graph(count, degree // 2, seed=seed)
    elif kind == "regular":
        graph = nx.random_regular_graph(degree, count, seed=seed)
    else:
        graph = nx.convert_node_labels_to_integers(nx.florentine_families_graph(), ordering="sorted")
    ends = np.fromiter(chain.from_iterable(graph.edges), np.int64, 2 * graph.number_of_edges()).reshape(-1, 2)
    ends.sort(axis=1)
    low, high = ends[np.lexsort((ends[:, 1], ends[:, 0]))].T.copy()
    return Ties(low, high, np.zeros_like(low), np.full_like(low, -1))


def firm_names(network: Network, count: int) -> tuple[str, ...]:
    """A label for each seat: the names that the network brings, then "firm 17"."""
    named = network.firms
    if network.kind == "florentine":
        import networkx as nx

        named = tuple(sorted(nx.florentine_families_graph()))
    return named + _plain_names(count)[len(named) :]


@lru_cache(maxsize=4)
def _plain_names(count: int) -> tuple[str, ...]:
    return tuple(f"firm {seat}" for seat in range(count))


def _ordered(ties: list[tuple[int, int, int, int]]) -> Ties:
    rows = sorted((min(a, b), max(a, b), age, governance) for a, b, age, governance in ties)
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 4)
    return Ties(*(np.ascontiguousarray(table[:, column]) for column in range(4)))


def network_from_graph(graph: "networkx.Graph[Any]") -> Network:
    """The network group for a networkx graph: nodes become seats in their order.

    Node attribute `name` gives labels. Edge attributes: `age` [quarters], and either `governance` ("contract" or "equity")
    or, as `Run.graph_at` writes it, `equity` (true or false); others are not read. Directed graphs count a tie once,
    parallel edges once. Raises InputError for self-ties or wrong attributes.
    """
    if not hasattr(graph, "nodes") or not hasattr(graph, "edges"):
        raise InputError([Problem(f"{type(graph).__name__} is not a networkx graph", key="graph")])
    seats = {node: seat for seat, node in enumerate(graph.nodes)}
    problems: list[Problem] = []
    ties: dict[tuple[int, int], Tie] = {}
    for a, b, data in graph.edges(data=True):
        governance, age = data.get("governance"), data.get("age", 0)
        if governance is None and isinstance(data.get("equity"), bool | np.bool_):
            governance = "equity" if data["equity"] else "contract"
        if a == b:
            problems.append(Problem(f"firm {a!r} is tied to itself", key="graph"))
        elif governance is not None and (not isinstance(governance, str) or governance not in GOVERNANCE):
            problems.append(
                Problem(f'{a!r}-{b!r}: governance {governance!r} is neither "contract" nor "equity"', key="graph")
            )
        elif isinstance(age, bool) or not isinstance(age, int | np.integer) or not 0 <= age <= 4000:
            problems.append(
                Problem(f"{a!r}-{b!r}: age {age!r} is not a whole number of quarters from 0 to 4,000", key="graph")
            )
        else:
            pair = (min(seats[a], seats[b]), max(seats[a], seats[b]))
            equity = GOVERNANCE.get(governance) if governance is not None else None
            ties[pair] = Tie(first=pair[0], second=pair[1], age=int(age), equity=equity)
    if len(seats) < 2:
        problems.append(Problem(f"a graph of {len(seats)} firms: at least 2 are needed", key="graph"))
    if problems:
        raise InputError(problems)
    names = tuple(str(data.get("name", node)) for node, data in graph.nodes(data=True))
    return Network(kind="file", firms=names, ties=tuple(ties[pair] for pair in sorted(ties)))
