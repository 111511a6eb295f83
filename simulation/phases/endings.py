"""Phase 10: alliances are completed, or a partner leaves; each ending gets its proximate cause."""

import numpy as np

from simulation.compiled import helper, phase
from simulation.draws import Purpose, stream, uniform
from simulation.events import (
    BETTER_OPTION,
    COMPLETED,
    DECEIT,
    DISTRUST,
    LEARNED_OUT,
    MISFIT,
    NEVER_STARTED,
    UNDERPERFORMANCE,
)  # fmt: skip
from simulation.parameters import ExitNumbers, TrustNumbers, ValueNumbers
from simulation.rules.exit import exit_chance, learning_lead, utility_of_staying
from simulation.rules.value import coordination_cost
from simulation.state import AllianceArrays, Counters, FirmArrays, Floats

_COMPLETION, _EXIT = int(Purpose.COMPLETION), int(Purpose.EXIT)

MATURE = 0.75  # fit, and agreement of goals, that mature partners reach: beyond that, misfit is no complaint


@helper
def utility(
    a: int, side: int, me: int, other: int, loyalty: float, lead: float,
    firms: FirmArrays, alliances: AllianceArrays, e: ExitNumbers,
) -> float:  # fmt: skip
    """Utility of staying for one side (E14). lead : how much more of the learning went to it [share]."""
    return utility_of_staying(
        alliances.performance[a, side],
        e.trust_weight * loyalty * alliances.trust[a, side],
        e.prior_weight * min(3.0, float(alliances.prior_ties[a])),
        e.equity_weight * float(alliances.equity[a]),
        e.outside_weight * firms.outside_option[me],
        e.shock_weight * max(0.0, firms.felt[me] - firms.felt[other]),
        e.learned_weight * max(0.0, lead),
    )


@helper
def leaves(draw: float, stay: float, e: ExitNumbers) -> bool:
    """Whether a uniform number falls below the chance to leave. Since exp(x) >= 1 + x, most need no exponential."""
    x = e.selectivity * (stay - e.reference_utility)
    if x > -1.0 and draw * (e.base_hazard + (1.0 - e.base_hazard) * (1.0 + x)) >= e.base_hazard:
        return False
    return draw < exit_chance(e.base_hazard, stay, e.reference_utility, e.selectivity)


@helper
def largest_grievance(
    a: int, side: int, me: int, other: int, loyalty: float, firms: FirmArrays, alliances: AllianceArrays,
    e: ExitNumbers, v: ValueNumbers, usual_trust: float,
) -> int:  # fmt: skip
    """What weighs most with the leaver, all in units of utility.

    Losses; trust below that in a stranger; the cost of misfit beyond that of mature partners in their place; a better
    option; a lead in learning.
    """
    gap = abs(firms.goal[me] - firms.goal[other])
    managed, portfolio = float(firms.alliance_function[me]), 0.5 * (firms.degree[me] + firms.degree[other])
    misfit = coordination_cost(
        v.coordination,
        alliances.fit[a],
        gap,
        managed,
        v.coordination_saved,
        portfolio,
        v.coordination_portfolio,
        0.0,
        0.0,
    ) - coordination_cost(
        v.coordination,
        MATURE,
        1.0 - MATURE,
        managed,
        v.coordination_saved,
        portfolio,
        v.coordination_portfolio,
        0.0,
        0.0,
    )
    cause, worst = UNDERPERFORMANCE, max(0.0, -alliances.performance[a, side])
    distrust = e.trust_weight * loyalty * (usual_trust - alliances.trust[a, side])
    if distrust > worst:
        cause, worst = DISTRUST, distrust
    if misfit > worst:
        cause, worst = MISFIT, misfit
    option = e.outside_weight * firms.outside_option[me]
    if option > worst:
        cause, worst = BETTER_OPTION, option
    learned = e.learned_weight * max(0.0, learning_lead(alliances.learned[a, side], alliances.learned[a, 1 - side]))
    return LEARNED_OUT if learned > worst else cause


@phase
def endings(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, loyalty: Floats,
    e: ExitNumbers, v: ValueNumbers, t: TrustNumbers,
) -> None:  # fmt: skip
    """Mark the alliances that end this quarter, each with a proximate cause by a declared rule.

    A label, not a cause in the sense of paired worlds: a breach found lately is deceit; an end while feeling out, never
    started; else the leaver's largest grievance. Phase 11 writes them into the log.
    """
    quarter = counters.quarter[0]
    completing, leaving = stream(key, quarter, _COMPLETION), stream(key, quarter, _EXIT)
    for a in range(counters.rows[0]):
        i, j = alliances.first[a], alliances.second[a]
        here, there = firms.identity[i], firms.identity[j]
        feeling_out = quarter - alliances.born[a] < t.feeling_out_quarters
        if not feeling_out and uniform(completing, here, there) < e.completion:
            alliances.cause[a] = COMPLETED
            continue
        if e.fixed_hazard >= 0.0:
            if uniform(leaving, here, there) < e.fixed_hazard:
                alliances.cause[a] = UNDERPERFORMANCE
            continue
        loyal_i, loyal_j = loyalty[firms.strategy[i]], loyalty[firms.strategy[j]]
        lead = learning_lead(alliances.learned[a, 0], alliances.learned[a, 1])
        stay_i = utility(a, 0, i, j, loyal_i, lead, firms, alliances, e)
        stay_j = utility(a, 1, j, i, loyal_j, -lead, firms, alliances, e)
        leaves_i = leaves(uniform(leaving, here, there), stay_i, e)
        leaves_j = leaves(uniform(leaving, there, here), stay_j, e)
        if leaves_i or leaves_j:  # where both leave, the one with less to stay for names the cause
            side = 1 if leaves_j and (not leaves_i or stay_j < stay_i) else 0
            if quarter - alliances.found_out[a, side] < e.breach_memory:
                alliances.cause[a] = DECEIT
            elif feeling_out:
                alliances.cause[a] = NEVER_STARTED
            else:
                me, other, loyal = (i, j, loyal_i) if side == 0 else (j, i, loyal_j)
                alliances.cause[a] = largest_grievance(a, side, me, other, loyal, firms, alliances, e, v, t.initial)
