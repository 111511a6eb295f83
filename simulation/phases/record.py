"""Phase 13: what is measured of the quarter, after everything has happened."""

import numpy as np

from simulation.compiled import helper, phase
from simulation.compiled.lanes import line, sum_of
from simulation.events import BREACH, CAPABILITY, ENDED, FAILED, FORMED, RENEGOTIATED, SHOCK
from simulation.parameters import ValueNumbers
from simulation.records import FLOWS
from simulation.rules.environment import protected
from simulation.rules.value import DILEMMA, NO_DEAL, leakage_rate, marginal_cost, regime
from simulation.state import LIVING, AllianceArrays, Counters, EnvironmentArrays, EventLog, FirmArrays


@helper
def game_of(
    a: int, firms: FirmArrays, alliances: AllianceArrays, environment: EnvironmentArrays, value: ValueNumbers,
    protection: float,
) -> int:  # fmt: skip
    """The game that the partners of an alliance play: no deal, dilemma or harmony (E6)."""
    trust = 0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1])
    rate = leakage_rate(
        value.leakage, value.leakage_rival, alliances.is_rival[a], value.leakage_equity, alliances.equity[a]
    )
    if environment.regulated[0]:
        grip = 0.5 * (firms.regulation[alliances.first[a], 2] + firms.regulation[alliances.second[a], 2])
        rate = protected(rate, protection, grip)
    cost = marginal_cost(value.sharing_cost, value.sharing_cost_saved, rate, trust)
    return regime(alliances.potential[a], cost, value.leakage_gain * rate * (1.0 - trust))


@phase
def record(
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, environment: EnvironmentArrays, log: EventLog,
    flows: np.ndarray, records: np.ndarray, value: ValueNumbers, protection: float,
) -> None:  # fmt: skip
    """Fill this quarter's row. Means over alliances are those of the living; 0 where there are none."""
    quarter, living, count = counters.quarter[0], counters.living[0], len(firms.seat)
    formed, ended, hit, failed, breaches, renegotiated, talks, gained = 0, 0, 0, 0, 0, 0, 0, 0.0
    for event in range(counters.before[0], counters.logged[0]):
        kind = log.kind[event]
        formed += kind == FORMED
        ended += kind == ENDED
        hit += kind == SHOCK
        failed += kind == FAILED
        breaches += kind == BREACH
        if kind == RENEGOTIATED:
            talks += 1
            renegotiated += log.detail[event]
        elif kind == CAPABILITY:
            gained += log.value[event]
    trust, sharing, reciprocity, fit = 0.0, 0.0, 0.0, 0.0
    no_deal, dilemma = 0, 0
    for a in range(counters.rows[0]):
        if alliances.cause[a] != LIVING:
            continue
        share_i, share_j = alliances.sharing[a, 0], alliances.sharing[a, 1]
        trust += 0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1])
        sharing += 0.5 * (share_i + share_j)
        total = share_i + share_j
        reciprocity += 1.0 - abs(share_i - share_j) / total if total > 0.0 else 1.0
        fit += alliances.fit[a]
        game = game_of(a, firms, alliances, environment, value, protection)
        no_deal += game == NO_DEAL
        dilemma += game == DILEMMA
    capital, knowledge, munificence, drift, capacity = 0.0, 0.0, 0.0, 0.0, 0.0
    for seat in range(count):
        row = firms.row[seat]
        capital += firms.capital[row]
        munificence += firms.munificence[row]
        capacity += firms.absorptive_capacity[row]
        knowledge += sum_of(line(firms.knowledge, row))
        drift += firms.profile_drift[row]
    n = max(1.0, float(living))
    measured = records[quarter]
    measured[0], measured[1], measured[2] = living, formed, ended
    measured[3], measured[4], measured[5], measured[6] = trust / n, sharing / n, reciprocity / n, fit / n
    measured[7], measured[8], measured[9] = no_deal, dilemma, living - no_deal - dilemma
    measured[10], measured[11] = hit, failed
    measured[12], measured[13], measured[14], measured[15] = (
        capital / count,
        knowledge / count,
        munificence / count,
        breaches,
    )
    for flow in range(FLOWS):
        measured[16 + flow] = flows[flow]
        flows[flow] = 0.0
    measured[20], measured[21], measured[22] = renegotiated, talks - renegotiated, gained
    measured[23], measured[24], measured[25] = drift / count, capacity / count, environment.turbulent[0]
