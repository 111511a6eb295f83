"""The shape of the network of living alliances, with sparse matrices: fast for a hundred firms, possible for thousands."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, shortest_path

from experiments.validation.evidence import Floats
from simulation.state import LIVING
from simulation.world import World

SOURCES = 200  # firms from which paths are measured; all of a hundred

Rows = NDArray[np.int64]


def living_ties(world: World) -> tuple[Rows, Rows]:
    """Rows of the two firms of each alliance that outlived the quarter just run."""
    rows = int(world.counters.rows[0])
    alive = world.alliances.cause[:rows] == LIVING
    return world.alliances.first[:rows][alive].astype(np.int64), world.alliances.second[:rows][alive].astype(np.int64)


def adjacency(first: Rows, second: Rows, count: int) -> Any:
    """The symmetric matrix of ties [count, count], 1 where tied."""
    ends = np.concatenate([first, second]), np.concatenate([second, first])
    return csr_array((np.ones(2 * len(first)), ends), shape=(count, count))


def clustering(matrix: Any) -> float:
    """Mean over firms of the share of pairs of partners that are tied; 0 for a firm with fewer than two partners.

    Source: Watts & Strogatz 1998.

    >>> clustering(adjacency(np.array([0, 0, 1]), np.array([1, 2, 2]), 4))
    0.75
    """
    degree = matrix.sum(axis=1)
    closed = (matrix @ matrix).multiply(matrix).sum(axis=1)  # twice the tied pairs among a firm's partners
    pairs = degree * (degree - 1.0)
    return float(np.mean(np.divide(closed, pairs, out=np.zeros(len(degree)), where=pairs > 0)))


def path_length(matrix: Any) -> float:
    """Mean number of steps between two firms of the largest component; NaN where nobody is tied.

    >>> round(path_length(adjacency(np.array([0, 1]), np.array([1, 2]), 5)), 3)
    1.333
    """
    _, label = connected_components(matrix, directed=False)
    inside = np.flatnonzero(label == np.bincount(label).argmax())
    if len(inside) < 2:
        return float("nan")
    part = matrix[inside][:, inside]
    sources = np.unique(np.linspace(0, len(inside) - 1, min(SOURCES, len(inside))).astype(np.int64))
    steps = shortest_path(part, method="D", directed=False, unweighted=True, indices=sources)
    return float(steps.sum() / (len(sources) * (len(inside) - 1)))


def assortativity(first: Rows, second: Rows, degree: Floats) -> float:
    """Correlation of the numbers of partners at both ends of a tie; NaN where all are alike.

    Source: Newman 2002.
    """
    x, y = (degree[np.concatenate(pair)] for pair in ((first, second), (second, first)))
    return float(np.corrcoef(x, y)[0, 1]) if len(x) and np.ptp(x) > 0 else float("nan")


def random_ties(ties: int, count: int, generator: np.random.Generator) -> tuple[Rows, Rows]:
    """As many ties between firms drawn by chance, none twice."""
    pairs = count * (count - 1) // 2
    drawn = generator.choice(pairs, size=min(ties, pairs), replace=False)
    # Number k stands for the pair (row, column) below the diagonal, counted row by row.
    row = ((1.0 + np.sqrt(1.0 + 8.0 * drawn)) / 2.0).astype(np.int64)
    row += (row + 1) * row // 2 <= drawn
    row -= row * (row - 1) // 2 > drawn
    return row, drawn - row * (row - 1) // 2
