"""Phase 10: partners whom a shock has cost fit talk about it, once the ground has stopped shaking."""

import numpy as np

from simulation.compiled import phase
from simulation.draws import Purpose, stream, uniform
from simulation.events import RENEGOTIATED, write_event
from simulation.parameters import RenegotiationNumbers
from simulation.records import FLOW_INCOME
from simulation.rules.renegotiation import talks_chance
from simulation.state import SETTLEMENT, AllianceArrays, Counters, EventLog, FirmArrays

_RENEGOTIATION = int(Purpose.RENEGOTIATION)


@phase
def renegotiation(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, log: EventLog, flows: np.ndarray,
    n: RenegotiationNumbers,
) -> None:  # fmt: skip
    """One attempt in the first quarter without a new shock: success wins the lost fit back and puts the goal gap aside.

    Failure strains the alliance in this quarter. Lost fit is forgotten after the attempt, whatever came of it.
    """
    quarter = counters.quarter[0]
    luck = stream(key, quarter, _RENEGOTIATION)
    for a in range(counters.rows[0]):
        alliances.strained[a] = 0
        if alliances.lost_fit[a] <= 0.0 or alliances.shaken[a] == quarter:
            continue
        i, j = alliances.first[a], alliances.second[a]
        here, there = firms.identity[i], firms.identity[j]
        lost = alliances.lost_fit[a]
        alliances.lost_fit[a] = 0.0
        if uniform(luck, there, here) >= n.attempt:
            continue
        chance = talks_chance(
            0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1]), 0.5 * (firms.flexibility[i] + firms.flexibility[j]),
            n.base, float(max(firms.alliance_function[i], firms.alliance_function[j])), n.by_function,
            0.5 * (firms.openness[i] + firms.openness[j]), n.by_openness,
        )  # fmt: skip
        before, luckily = alliances.fit[a], uniform(luck, here, there) < chance
        succeeded = luckily or alliances.pledge[a] & SETTLEMENT != 0
        if succeeded:
            alliances.fit[a] = min(1.0, before + n.restores * lost)
            alliances.accord[a] = n.accord * (firms.goal[i] - firms.goal[j])
        else:
            alliances.strained[a] = 1
        for side in range(2):
            row = i if side == 0 else j
            firms.capital[row] -= n.cost
            firms.income[row] -= n.cost
            flows[FLOW_INCOME] -= n.cost
        won = alliances.fit[a] - before
        write_event(log, counters, RENEGOTIATED, here, there, 1 if succeeded else 0, won, alliances.about[a])
