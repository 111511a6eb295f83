"""Phase 12: firms without capital or driven out fail and others enter; ended alliances go into the log and the memories."""

import numpy as np

from simulation.compiled import helper, phase
from simulation.draws import Purpose, stream, uniform
from simulation.events import ENDED, ENTERED, FAILED, PARTNER_FAILED, write_event
from simulation.founding import found_firm
from simulation.parameters import Parameters
from simulation.records import FLOW_ENTRY, FLOW_FAILURE
from simulation.state import (
    LIVING,
    REMEMBERED,
    AllianceArrays,
    Counters,
    EnvironmentArrays,
    EventLog,
    FirmArrays,
)  # fmt: skip

_STRATEGY, _FUNCTION = int(Purpose.STRATEGY), int(Purpose.FUNCTION)


@helper
def remember(firms: FirmArrays, row: int, other: int) -> None:
    """A firm remembers that it had an alliance with another; the one it parted from longest ago gives way."""
    identity = firms.identity[other]
    place = 0
    while place < REMEMBERED - 1 and firms.past_partner[row, place] != identity and firms.past_partner[row, place] >= 0:
        place += 1
    ties = firms.past_ties[row, place] if firms.past_partner[row, place] == identity else 0
    for later in range(place, 0, -1):  # newest first
        firms.past_partner[row, later] = firms.past_partner[row, later - 1]
        firms.past_ties[row, later] = firms.past_ties[row, later - 1]
    firms.past_partner[row, 0] = identity
    firms.past_ties[row, 0] = min(100, ties + 1)


@helper
def mark_failed(counters: Counters, firms: FirmArrays, log: EventLog, least_capital: float) -> bool:
    """Log the firms that are insolvent or were driven out; those without capital are marked, too. Returns whether any is."""
    any_failed = False
    for seat in range(len(firms.seat)):
        row = firms.row[seat]
        if (firms.capital[row] < least_capital) | (firms.displaced[row] == 1):
            any_failed = True
            firms.displaced[row] = 1
            write_event(log, counters, FAILED, firms.identity[row], -1, 0, firms.capital[row], -1)
    return any_failed


@helper
def part_ended(
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, log: EventLog, any_failed: bool
) -> None:
    """Log the alliances that ended, those of failed firms among them, and let their partners remember each other."""
    quarter = counters.quarter[0]
    for a in range(counters.rows[0]):
        i, j = alliances.first[a], alliances.second[a]
        if any_failed and (firms.displaced[i] | firms.displaced[j]) and alliances.cause[a] == LIVING:
            alliances.cause[a] = PARTNER_FAILED
        if alliances.cause[a] != LIVING:
            age = quarter - alliances.born[a]
            write_event(
                log, counters, ENDED, firms.identity[i], firms.identity[j], alliances.cause[a], age, alliances.about[a]
            )
            remember(firms, i, j)
            remember(firms, j, i)
            firms.degree[i] -= 1
            firms.degree[j] -= 1
            counters.living[0] -= 1


@phase
def turnover(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, environment: EnvironmentArrays,
    log: EventLog, flows: np.ndarray, p: Parameters,
) -> None:  # fmt: skip
    """Failures end alliances with that cause; entrants take the seats under a new identity."""
    quarter, count = counters.quarter[0], len(firms.seat)
    any_failed = mark_failed(counters, firms, log, p.firms.least_capital)
    part_ended(counters, firms, alliances, log, any_failed)
    for seat in range(count if any_failed else 0):
        row = firms.row[seat]
        if firms.displaced[row]:
            identity = firms.identity[row] + count
            flows[FLOW_FAILURE] += firms.capital[row]
            lot = uniform(stream(key, quarter, _STRATEGY), identity, 0)
            has_function = uniform(stream(key, quarter, _FUNCTION), identity, 0) < p.firms.alliance_function_share
            found_firm(key, quarter, row, identity, lot, has_function, firms.sector[row], firms, environment.demand,
                       p.strategies, p.firms, p.knowledge, p.environment.munificence, p.sharing.openness)  # fmt: skip
            flows[FLOW_ENTRY] += firms.capital[row]
            write_event(log, counters, ENTERED, identity, -1, 0, firms.capital[row], -1)
