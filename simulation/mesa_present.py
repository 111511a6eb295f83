"""What lives now: the alliances of one quarter by number, by firm, and as a networkx graph."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.state import LIVING
from simulation.world import World

if TYPE_CHECKING:
    import networkx


def firm_column(world: World, name: str) -> NDArray[Any]:
    """One field of all firms, in the order of seats: a copy [N] or [N, 8]. With the next two, all that reads the arrays."""
    column: NDArray[Any] = getattr(world.firms, name)[world.firms.row]
    return column


def firm_value(world: World, name: str, seat: int) -> Any:
    """One field of one firm: a Python scalar, or a copy of its vector."""
    value = getattr(world.firms, name)[world.firms.row[seat]]
    return value.copy() if isinstance(value, np.ndarray) else value.item()


def alliance_value(world: World, name: str, row: int) -> Any:
    """One field of one alliance: a Python scalar, or a pair of them, the firm on the lower seat first."""
    value = getattr(world.alliances, name)[row]
    return tuple(value.tolist()) if isinstance(value, np.ndarray) else value.item()


@dataclass
class Present:
    """The living alliances of one quarter, each by the number of the event that formed it."""

    state: World
    quarter: int  # quarters run
    row_of: dict[int, int] = field(init=False)  # number -> row of the table, in the order of seats

    def __post_init__(self) -> None:
        rows = np.flatnonzero(self.state.alliances.cause[: self.state.counters.rows[0]] == LIVING)
        self.row_of = dict(zip(self.state.alliances.about[rows].tolist(), rows.tolist(), strict=True))

    @cached_property
    def seats(self) -> list[tuple[int, int]]:
        """Seats of the partners of each alliance, lower first."""
        rows, table, seat = list(self.row_of.values()), self.state.alliances, self.state.firms.seat
        return list(zip(seat[table.first[rows]].tolist(), seat[table.second[rows]].tolist(), strict=True))

    @cached_property
    def of_seat(self) -> dict[int, list[int]]:
        """Numbers of each firm's alliances, by the partner's seat: first those on lower seats, then the others."""
        found: dict[int, list[int]] = {}
        for number, (first, second) in zip(self.row_of, self.seats, strict=True):
            found.setdefault(second, []).append(number)
            found.setdefault(first, []).append(number)
        return found

    @cached_property
    def graph(self) -> "networkx.Graph[Any]":
        """As `Run.graph_at` gives it at the end of a run; -1 is the quarter before the first."""
        import networkx as nx

        graph: networkx.Graph[Any] = nx.Graph(quarter=self.quarter - 1)
        strategies = list(self.state.scenario.strategies)
        columns = (firm_column(self.state, name) for name in ("strategy", "sector", "alliance_function", "capital"))
        for seat, (strategy, sector, function, capital) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        ):
            graph.add_node(seat, name=self.state.names[seat], strategy=strategies[strategy], sector=sector,
                           alliance_function=bool(function), capital=capital)  # fmt: skip
        table, rows = self.state.alliances, list(self.row_of.values())
        ages, fits = max(self.quarter - 1, 0) - table.born[rows], table.fit[rows]
        both = table.trust[rows]
        numbers = zip(ages.tolist(), table.equity[rows].tolist(), both.mean(axis=1).tolist(), both.min(axis=1).tolist(),
                      fits.tolist(), strict=True)  # fmt: skip
        for (first, second), (age, equity, trust, low, fit) in zip(self.seats, numbers, strict=True):
            graph.add_edge(first, second, age=age, equity=bool(equity), trust=trust, trust_low=low, fit=fit)
        return graph
