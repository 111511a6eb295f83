"""What came of a world: events, records and the final state, with views that people and scripts ask for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.events import ENDED, FORMED
from simulation.problems import InputError, Problem, did_you_mean
from simulation.records import COLUMNS
from simulation.scenario import Scenario
from simulation.state import LIVING, AllianceArrays, EventLog, FirmArrays
from simulation.world import World

if TYPE_CHECKING:
    import networkx
    import pandas


class Spells(NamedTuple):
    """One row per alliance that ever lived, in the order in which they were formed."""

    first: NDArray[np.int64]  # [L] identity of the partner on the lower seat; its seat is identity modulo firms.count
    second: NDArray[np.int64]  # [L] identity of the other
    born: NDArray[np.int64]  # [L] quarter of birth; negative for ties that existed already
    entered: NDArray[np.int64]  # [L] first quarter in which it was observed
    ended: NDArray[np.int64]  # [L] quarter in which it ended; the number of quarters run if it has not
    cause: NDArray[np.int64]  # [L] index into CAUSES, -1 if it still lives
    rival: NDArray[np.int64]  # [L] 1 if between rivals
    equity: NDArray[np.int64]  # [L] 1 if governed by equity
    prior: NDArray[np.int64]  # [L] alliances that the two had before


@dataclass(frozen=True, repr=False, eq=False)
class Run:
    """One world, run. `frame()` gives the quarters, `spells()` the lives of alliances, `graph_at()` the network."""

    scenario: Scenario
    seed: int
    world: int
    quarters: int
    names: tuple[str, ...]  # [N] label per seat
    strategies: tuple[str, ...]  # names of the rows of the strategy table
    events: EventLog
    records: NDArray[np.float64]  # [quarters, columns]
    firms: FirmArrays  # final state, in the order of seats unless the order audit permuted it
    alliances: AllianceArrays  # living at the end; first and second are rows of `firms`

    @classmethod
    def of(cls, world: World) -> "Run":
        """What a world has come to so far."""
        done, rows, logged = (
            int(array[0]) for array in (world.counters.quarter, world.counters.rows, world.counters.logged)
        )
        alive = np.flatnonzero(world.alliances.cause[:rows] == LIVING)
        return cls(
            world.scenario, world.seed, world.world, done, world.names, tuple(world.scenario.strategies),
            EventLog._make(column[:logged] for column in world.log), world.records[:done],  # what is logged stays as it is
            world.firms, AllianceArrays._make(column[alive] for column in world.alliances),
        )  # fmt: skip

    def series(self, name: str) -> NDArray[np.float64]:
        """One measure over the quarters [quarters]. Raises InputError for an unknown name."""
        if name not in COLUMNS:
            raise InputError([Problem(f"no such measure; {did_you_mean(name, COLUMNS)}", key=name)])
        return self.records[:, COLUMNS.index(name)]

    def spells(self) -> Spells:
        """The life of every alliance, rebuilt from the event log."""
        log = self.events
        births = np.flatnonzero(log.kind == FORMED)
        deaths = np.flatnonzero(log.kind == ENDED)
        detail = log.detail[births]
        entered = log.quarter[births]
        ended = np.full(len(births), self.quarters, dtype=np.int64)
        cause = np.full(len(births), -1, dtype=np.int64)
        born = entered.copy()
        place = np.searchsorted(births, log.about[deaths])
        ended[place], cause[place] = log.quarter[deaths], log.detail[deaths]
        born[place] = log.quarter[deaths] - log.value[deaths].astype(np.int64)
        alive = np.searchsorted(births, self.alliances.about)
        born[alive] = self.alliances.born
        return Spells(
            log.first[births], log.second[births], born, entered, ended, cause, detail & 1, detail >> 1 & 1, detail >> 2
        )

    def frame(self) -> "pandas.DataFrame":
        """The quarters as a table, one column per measure."""
        import pandas as pd

        return pd.DataFrame(self.records, columns=list(COLUMNS), index=pd.RangeIndex(self.quarters, name="quarter"))

    def graph_at(self, quarter: int | None = None) -> "networkx.Graph[Any]":
        """The network at the end of a quarter (the last one if left out).

        Nodes are seats with name, strategy, sector, alliance_function and capital (all as of the end of the run); edges
        have age and equity, and at the end of the run also trust (mean), trust_low (the lower side's) and fit.
        Raises InputError for a quarter that was not run.
        """
        import networkx as nx

        last = self.quarters - 1
        quarter = last if quarter is None else quarter
        if isinstance(quarter, bool) or not isinstance(quarter, int | np.integer) or not 0 <= quarter <= last:
            raise InputError([Problem(f"{quarter!r} is not a quarter of this run, 0 to {last}", key="quarter")])
        graph: networkx.Graph[Any] = nx.Graph(quarter=quarter)
        for seat, row in enumerate(self.firms.row):
            graph.add_node(
                seat, name=self.names[seat], strategy=self.strategies[self.firms.strategy[row]],
                sector=int(self.firms.sector[row]), alliance_function=bool(self.firms.alliance_function[row]),
                capital=float(self.firms.capital[row]),
            )  # fmt: skip
        spells, count = self.spells(), len(self.names)
        for k in np.flatnonzero((spells.entered <= quarter) & (spells.ended > quarter)):
            a, b = int(spells.first[k] % count), int(spells.second[k] % count)
            graph.add_edge(a, b, age=int(quarter - spells.born[k]), equity=bool(spells.equity[k]))
        if quarter == last:
            for a, (i, j) in enumerate(zip(self.alliances.first, self.alliances.second, strict=True)):
                edge = graph.edges[int(self.firms.seat[i]), int(self.firms.seat[j])]
                both = self.alliances.trust[a]
                edge.update(trust=float(both.mean()), trust_low=float(both.min()), fit=float(self.alliances.fit[a]))
        return graph

    def __repr__(self) -> str:
        formed, ended = int(self.series("formed").sum()), int(self.series("ended").sum())
        living = int(self.records[-1, 0]) if self.quarters else 0
        return (
            f"Run({self.scenario.name!r}, seed={self.seed}, world={self.world}): {len(self.names)} firms, "
            f"{self.quarters} quarters, {formed} alliances formed, {ended} ended, {living} alive"
        )

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><th>{name.replace('_', ' ')}</th><td>{self.series(name)[-1]:.3g}</td></tr>"
            for name in ("living", "mean_trust", "mean_fit", "reciprocity", "dilemma")
        )
        return f"<table><caption>{escape(repr(self))}</caption>{rows}</table>"
