"""Phase 7: opportunists go behind their partner's back, and some are found out. Reputations fade towards the usual."""

import numpy as np

from simulation.compiled import phase
from simulation.draws import Purpose, stream, uniform
from simulation.events import BREACH, write_event
from simulation.parameters import FirmsNumbers, OpportunismNumbers, StrategyTable, TrustNumbers
from simulation.rules.opportunism import side_deal_chance
from simulation.rules.trust import ceiling_after_breach, reputation_next, trust_after_breach
from simulation.state import GOOD_FAITH, AllianceArrays, Counters, EventLog, FirmArrays

_SIDE_DEAL, _DETECTION = int(Purpose.SIDE_DEAL), int(Purpose.DETECTION)


@phase
def side_deals(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, log: EventLog,
    table: StrategyTable, numbers: OpportunismNumbers, trust: TrustNumbers, money: FirmsNumbers,
) -> None:  # fmt: skip
    """A deal pays the deceiver and costs the victim; found out, it breaks trust, its ceiling and a reputation."""
    quarter = counters.quarter[0]
    tempted, detected = stream(key, quarter, _SIDE_DEAL), stream(key, quarter, _DETECTION)
    for row in range(len(firms.seat)):
        firms.reputation[row] = reputation_next(
            firms.reputation[row], money.initial_reputation, money.reputation_reversion
        )
    for a in range(counters.rows[0]):
        i, j = alliances.first[a], alliances.second[a]
        for side in range(2):
            me, victim = (i, j) if side == 0 else (j, i)
            if not table.side_deals[firms.strategy[me]]:
                continue
            here, there = firms.identity[me], firms.identity[victim]
            chance = side_deal_chance(numbers.side_deal_rate, numbers.rival_factor, float(alliances.is_rival[a]))
            if uniform(tempted, here, there) >= chance or alliances.pledge[a] & GOOD_FAITH:
                continue
            other = 1 - side
            alliances.payoff[a, side] += numbers.gain
            alliances.payoff[a, other] -= numbers.harm
            if uniform(detected, here, there) < numbers.detection:
                age = float(quarter - alliances.born[a])
                ceiling = ceiling_after_breach(
                    alliances.ceiling[a, other], age, trust.breach_ceiling, trust.breach_early, trust.breach_age
                )
                alliances.ceiling[a, other] = ceiling
                alliances.trust[a, other] = trust_after_breach(alliances.trust[a, other], ceiling, trust.breach_keeps)
                alliances.found_out[a, other] = quarter
                firms.reputation[me] *= trust.breach_reputation
                write_event(log, counters, BREACH, here, there, 0, age, alliances.about[a])
