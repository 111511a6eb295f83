"""The order of a quarter: the one place for it. `STEP` says it to people, `advance` to the compiler; a test keeps them equal."""

from typing import NamedTuple

import numpy as np

from simulation.compiled import phase, rule
from simulation.parameters import Parameters
from simulation.phases.endings import endings
from simulation.phases.exchange import exchange
from simulation.phases.fit import fit
from simulation.phases.formation import formation
from simulation.phases.payoffs import payoffs
from simulation.phases.record import record
from simulation.phases.research import research
from simulation.phases.sharing import sharing
from simulation.phases.shocks import shocks
from simulation.phases.side_deals import side_deals
from simulation.phases.trust import trust
from simulation.phases.turnover import turnover
from simulation.state import AllianceArrays, Counters, EnvironmentArrays, EventLog, FirmArrays, Floats, Workspace


class Phase(NamedTuple):
    """One line of the schedule. name : of the file in `simulation/phases/` and of its function."""

    name: str
    equations: str
    sentence: str


STEP = (
    Phase("shocks", "E12, E13", "Demand recovers; shocks move markets, devalue knowledge, shift goals and cut fit."),
    Phase("research", "E2", "Knowledge decays, and own research adds to it."),
    Phase("formation", "E16, E17, E23", "Firms seek partners, propose, and form alliances with an initial trust."),
    Phase("sharing", "E3", "Each partner decides how much knowledge to share."),
    Phase("exchange", "E1, E4, E5, E6", "Knowledge is absorbed, value is created together, and some of it leaks."),
    Phase("trust", "E8, E9", "Partners watch each other through noise; trust is won slowly and lost fast."),
    Phase("side_deals", "E10, E18", "Opportunists deal behind their partner's back; some are found out."),
    Phase("fit", "E11, E13", "Partners learn each other's ways, and their goals converge."),
    Phase("payoffs", "E6, E7, E22", "Coordination is paid for, performance follows payoffs, money reaches the firms."),
    Phase("endings", "E14, E21", "Alliances are completed, or a partner leaves."),
    Phase("turnover", "E22", "Firms without capital fail and take their alliances along; others enter."),
    Phase("record", "", "The quarter is measured."),
)


@rule
def events_at_most(living: int, count: int) -> int:
    """Events that a quarter can bring: each firm is hit, forms, fails and is replaced; each alliance ends, both sides cheat."""
    return 7 * count + 3 * living


@phase
def advance(
    key: np.uint64, until: int, counters: Counters, firms: FirmArrays, alliances: AllianceArrays,
    environment: EnvironmentArrays, log: EventLog, workspace: Workspace, flows: Floats, records: Floats, p: Parameters,
) -> None:  # fmt: skip
    """Run quarters up to `until`; return early when the table of alliances or the log might not hold another quarter."""
    count = len(firms.seat)
    while counters.quarter[0] < until:
        living, before = counters.living[0], counters.logged[0]
        if len(alliances.first) < living + count or len(log.kind) < before + events_at_most(living, count):
            return
        if counters.quarter[0] == 0:
            before = 0  # alliances that existed already count as formed in quarter 0
        shocks(key, counters, firms, alliances, environment, log, p.environment, p.fit)
        research(key, counters, firms, workspace.effort, p.research_luck, p.knowledge)
        formation(
            key,
            counters,
            firms,
            alliances,
            log,
            workspace,
            p.formation,
            p.trust,
            p.fit.initial,
            p.exit.honeymoon,
            p.firms.initial_reputation,
        )
        sharing(counters, firms, alliances, p.strategies, p.sharing)
        exchange(counters, firms, alliances, environment, workspace, p.knowledge, p.value)
        trust(key, counters, firms, alliances, p.trust, p.sharing)
        side_deals(key, counters, firms, alliances, log, p.strategies, p.opportunism, p.trust, p.firms)
        fit(counters, firms, alliances, workspace, p.fit)
        payoffs(key, counters, firms, alliances, environment, flows, p.firms, p.value, p.exit)
        endings(key, counters, firms, alliances, p.strategies.loyalty, p.exit, p.value, p.trust)
        turnover(key, counters, firms, alliances, environment, log, flows, p)
        record(counters, firms, alliances, log, before, flows, records, p.value)
        counters.quarter[0] += 1
