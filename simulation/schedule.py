"""The order of a quarter: the one place for it. `STEP` says it to people, `advance` to the compiler; a test keeps them equal."""

from typing import NamedTuple

import numpy as np

from simulation.compiled import entry, rule
from simulation.parameters import Parameters
from simulation.phases.endings import endings
from simulation.phases.exchange import exchange
from simulation.phases.fit import fit
from simulation.phases.formation import formation
from simulation.phases.payoffs import payoffs
from simulation.phases.record import record
from simulation.phases.renegotiation import renegotiation
from simulation.phases.research import research
from simulation.phases.sharing import sharing
from simulation.phases.shocks import shocks
from simulation.phases.side_deals import side_deals
from simulation.phases.tracing import trace_alliances, trace_firms
from simulation.phases.trust import trust
from simulation.phases.turnover import turnover
from simulation.state import (
    AllianceArrays,
    Counters,
    EnvironmentArrays,
    EventLog,
    FirmArrays,
    Floats,
    TraceArrays,
    Workspace,
)  # fmt: skip


class Phase(NamedTuple):
    """One line of the schedule. name : of the file in `simulation/phases/` and of its function."""

    name: str
    equations: str
    sentence: str


STEP = (
    Phase("shocks", "E12, E13", "Demand recovers; shocks move markets and knowledge, shift goals and cut fit."),
    Phase("research", "E2", "Knowledge decays, and own research adds to it."),
    Phase("formation", "E16, E17, E23", "Firms seek partners, propose, and form alliances with an initial trust."),
    Phase("sharing", "E3, E25", "Each partner decides how much knowledge to share."),
    Phase("exchange", "E1, E4-E6, E19, E20", "Knowledge is absorbed, value is created together, and some of it leaks."),
    Phase("trust", "E8, E9, E25", "Partners watch each other through noise; trust is won slowly and lost fast."),
    Phase("side_deals", "E10, E18", "Opportunists deal behind their partner's back; some are found out."),
    Phase("fit", "E11, E13", "Partners learn each other's ways, and their goals converge."),
    Phase("payoffs", "E6, E7, E22", "Coordination is paid for, performance follows payoffs, money reaches the firms."),
    Phase("renegotiation", "E15", "Partners whom a shock has cost fit talk about it; some find a new deal."),
    Phase("endings", "E14, E21, E24", "Alliances are completed, or a partner leaves."),
    Phase(
        "turnover", "E22", "Firms without capital, or driven out, fail and take their alliances along; others enter."
    ),
    Phase("record", "", "The quarter is measured."),
)


@rule
def events_at_most(living: int, count: int) -> int:
    """Events that a quarter can bring.

    A firm is hit, forms, learns, fails and is replaced; an alliance old or new is talked about, ends, both sides cheat.
    """
    return 9 * count + 4 * living


@entry
def advance(
    key: np.uint64, until: int, pause: bool, counters: Counters, firms: FirmArrays, alliances: AllianceArrays,
    environment: EnvironmentArrays, log: EventLog, workspace: Workspace, flows: Floats, records: Floats, p: Parameters,
    trace: TraceArrays,
) -> None:  # fmt: skip
    """Run quarters up to `until`; return early when a table or the log might not hold another quarter.

    pause : return after the sharing of each quarter, so that someone else may decide it; the next call goes on from there
    trace : filled in, unless it is `NO_TRACE`
    """
    count, is_traced = len(firms.seat), len(trace.start) > 1
    while counters.quarter[0] < until:
        if counters.waiting[0] == 0:
            living, logged = counters.living[0], counters.logged[0]
            if len(alliances.first) < living + count or len(log.kind) < logged + events_at_most(living, count):
                return
            if is_traced and len(trace.about) < trace.start[counters.quarter[0]] + living + count:
                return
            # alliances that existed already count as formed in quarter 0
            counters.before[0] = logged if counters.quarter[0] > 0 else 0
            shocks(key, counters, firms, alliances, environment, log, workspace, p.strategies, p.environment, p.fit)
            research(key, counters, firms, p.research_luck, p.knowledge)
            formation(key, counters, firms, alliances, log, workspace, p)
            sharing(counters, firms, alliances, workspace.need, p.strategies, p.sharing, p.firms.safe_capital)
            if pause:
                counters.waiting[0] = 1
                return
        counters.waiting[0] = 0
        exchange(key, counters, firms, alliances, environment, log, workspace, p.knowledge, p.value,
                 p.environment.regulation_protection)  # fmt: skip
        trust(key, counters, firms, alliances, workspace.need, p.trust, p.sharing)
        side_deals(key, counters, firms, alliances, log, p.strategies, p.opportunism, p.trust, p.firms)
        fit(counters, firms, alliances, workspace, p.fit)
        payoffs(key, counters, firms, alliances, environment, flows, p.firms, p.value, p.exit,
                p.environment.regulation_cost)  # fmt: skip
        renegotiation(key, counters, firms, alliances, log, flows, p.renegotiation)
        endings(key, counters, firms, alliances, p)
        if is_traced:
            trace_alliances(counters, firms, alliances, environment, trace, p)
        turnover(key, counters, firms, alliances, environment, log, flows, p)
        if is_traced:
            trace_firms(counters, firms, trace)
        record(counters, firms, alliances, environment, log, flows, records, p.value,
               p.environment.regulation_protection)  # fmt: skip
        counters.quarter[0] += 1
