"""Build a world: the last place where names are strings. After this there are only arrays."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import short_entry, uncompiled
from simulation.draws import Purpose, run_key, stream
from simulation.founding import found_firm
from simulation.lots import even_lots
from simulation.networks import Ties, firm_names, initial_ties, network_from_graph
from simulation.parameters import Parameters, read_parameters
from simulation.phases.formation import write_alliance
from simulation.phases.striking import KINDS, SCOPES, redraw_market
from simulation.phases.tracing import NO_TRACE
from simulation.policies import Policies
from simulation.problems import InputError, Problem
from simulation.records import COLUMNS, FLOWS
from simulation.rules.fit import fit_after_quarter
from simulation.scenario import DOMAINS, Scenario
from simulation.schedule import events_at_most
from simulation.state import (
    AllianceArrays,
    Counters,
    EnvironmentArrays,
    EventLog,
    FirmArrays,
    TraceArrays,
    Workspace,
    empty_alliances,
    empty_counters,
    empty_firms,
    empty_log,
    empty_workspace,
    grown,
)  # fmt: skip

if TYPE_CHECKING:
    import networkx

MOST_SEED = 2**63 - 1
_DEMAND = int(Purpose.DEMAND)
_most_events = uncompiled(events_at_most)  # a rule that Python calls would be compiled anew in every process


@dataclass
class World:
    """One world at some quarter: arrays, clock and key. `Run` holds what came of it."""

    scenario: Scenario
    seed: int
    world: int
    key: np.uint64
    parameters: Parameters
    firms: FirmArrays
    alliances: AllianceArrays
    environment: EnvironmentArrays
    log: EventLog
    workspace: Workspace
    counters: Counters
    flows: NDArray[np.float64]  # [4] money of the quarter so far
    records: NDArray[np.float64]  # [quarters, columns]
    names: tuple[str, ...]  # [N] label per seat
    policies: Policies | None = None  # strategies in Python
    trace: TraceArrays = NO_TRACE

    def make_room(self) -> None:
        """Enlarge table and log so that the next quarter surely fits."""
        living, logged, count = int(self.counters.living[0]), int(self.counters.logged[0]), len(self.firms.seat)
        if len(self.alliances.first) < living + count:
            rows = 2 * living + count
            self.alliances = grown(self.alliances, rows)
            self.workspace = empty_workspace(count, rows)
        if len(self.log.kind) < logged + _most_events(living, count):
            rows = logged + logged // 2 + _most_events(living, count)
            self.log = grown(self.log, rows, kept=logged)
        self._make_room_to_look_back(living + count)

    def _make_room_to_look_back(self, rows: int) -> None:
        if len(self.trace.start) == 1:
            return
        used = int(self.trace.start[int(self.counters.quarter[0])])
        if len(self.trace.about) < used + rows:
            columns = ("about", "sides", "joint") if len(self.trace.joint) else ("about", "sides")
            more = {name: getattr(self.trace, name)[:used] for name in columns}
            size = 2 * used + 4 * rows
            self.trace = self.trace._replace(
                **{name: np.concatenate([kept, np.zeros((size - used, *kept.shape[1:]), kept.dtype)])
                   for name, kept in more.items()}
            )  # fmt: skip


def with_graph(scenario: Scenario, graph: "networkx.Graph[Any]") -> Scenario:
    """The scenario with a graph as its initial network, one firm per node, and no warm-up: its alliances are measured."""
    network = network_from_graph(graph)
    firms = scenario.firms.model_copy(update={"count": len(network.firms)})
    time = scenario.time.model_copy(update={"warm_up_quarters": 0})
    return Scenario.of(
        {
            **scenario.model_dump(),
            "firms": firms.model_dump(),
            "time": time.model_dump(),
            "network": network.model_dump(),
        }
    )


@np.errstate(over="ignore")  # the hash wraps around on purpose; numpy warns when the compiler is off
def build_world(scenario: Scenario, seed: int = 1, world: int = 0, row_order: NDArray[np.int64] | None = None) -> World:
    """A world at quarter 0.

    seed, world : 0 to 2**63 − 1; equal numbers mean equal luck whatever the scenario
    row_order : seat of the firm in each row, for the order audit; results do not depend on it
    Raises InputError for a seed or world out of range.
    """
    for name, number in (("seed", seed), ("world", world)):
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or not 0 <= number <= MOST_SEED:
            raise InputError([Problem(f"{number!r} is not a whole number from 0 to {MOST_SEED:,}", key=name)])
    count, sectors = scenario.firms.count, scenario.firms.sectors
    parameters = _parameters(scenario)
    ties = initial_ties(scenario.effective.network, count)
    firms = empty_firms(count)
    seats = np.arange(count) if row_order is None else np.asarray(row_order, dtype=np.int64)
    firms.seat[:] = seats
    firms.row[seats] = np.arange(count)
    capacity = 2 * len(ties.first) + 2 * count
    key = np.uint64(run_key(seed, world))
    built = World(
        scenario, seed, world, key, parameters, firms, empty_alliances(capacity), _environment(scenario, sectors),
        empty_log(len(ties.first) + 3 * _most_events(len(ties.first), count)), empty_workspace(count, capacity),
        empty_counters(), np.zeros(FLOWS), np.zeros((scenario.time.quarters, len(COLUMNS))),
        firm_names(scenario.network, count),
    )  # fmt: skip
    lots = even_lots(key, (int(Purpose.STRATEGY), int(Purpose.FUNCTION), int(Purpose.SECTOR)), count)
    populate(
        key, lots, sectors, ties, built.counters, built.firms, built.alliances, built.environment, built.log, parameters
    )
    return built


def _parameters(scenario: Scenario) -> Parameters:
    """The numbers of a scenario, read once and kept on the (frozen) scenario."""
    kept: Parameters | None = scenario.__dict__.get("_parameters")
    if kept is None:
        kept = scenario.__dict__["_parameters"] = read_parameters(scenario)
    return kept


def _environment(scenario: Scenario, sectors: int) -> EnvironmentArrays:
    scenario = scenario.effective
    events = scenario.environment.events
    targets = [
        event.sector if event.sector is not None else -1 if event.firm is None else event.firm for event in events
    ]
    drawn = (KINDS.index(scenario.environment.shock_kind), SCOPES.index(scenario.environment.shock_scope))
    return EnvironmentArrays(
        np.zeros((sectors, DOMAINS)),
        np.array([event.quarter for event in events], dtype=np.int64),
        np.array([KINDS.index(event.kind) for event in events], dtype=np.int64),
        np.array([SCOPES.index(event.scope) for event in events], dtype=np.int64),
        np.array(targets, dtype=np.int64),
        np.array([event.magnitude for event in events], dtype=np.float64),
        np.array([event.every or 0 for event in events], dtype=np.int64),
        np.array(drawn, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(sectors, dtype=np.int8),
        np.zeros(DOMAINS),
        np.zeros((sectors, DOMAINS)),
    )


@short_entry
def populate(
    key: np.uint64, lots: NDArray[np.float64], sectors: int, ties: Ties, counters: Counters, firms: FirmArrays,
    alliances: AllianceArrays, environment: EnvironmentArrays, log: EventLog, p: Parameters,
) -> None:  # fmt: skip
    """Markets, firms and the alliances of quarter 0. lots : [3, N] for strategy, alliance function and sector."""
    of = stream(key, 0, _DEMAND)
    for sector in range(sectors):
        redraw_market(of, sector, p.environment.demand_spread, environment.demand[sector])
    for seat in range(len(firms.seat)):
        has_function = lots[1, seat] < p.firms.alliance_function_share
        sector = int(lots[2, seat] * sectors)
        found_firm(key, 0, firms.row[seat], seat, lots[0, seat], has_function, sector, firms, environment.demand,
                   p.strategies, p.firms, p.knowledge, p.environment.munificence, p.sharing.openness)  # fmt: skip
    for a in range(len(ties.first)):
        i, j = firms.row[ties.first[a]], firms.row[ties.second[a]]
        write_alliance(key, a, i, j, 0, 0, ties.age[a], ties.governance[a], counters, firms, alliances, log,
                       p)  # fmt: skip
        trust = 0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1])
        for _ in range(ties.age[a]):  # partners who go back some way know each other's ways
            alliances.fit[a] = fit_after_quarter(alliances.fit[a], p.fit.rate, trust, 0.0, 0.0)
    counters.living[0] = len(ties.first)
    counters.rows[0] = len(ties.first)
