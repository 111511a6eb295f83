"""Phase 10: alliances are completed, or a partner leaves; each ending gets its proximate cause."""

import numpy as np

from simulation.compiled import helper, phase
from simulation.draws import Purpose, stream, uniform
from simulation.events import (
    BETTER_OPTION, COMPLETED, DECEIT, DISTRUST, LEARNED_OUT, MISFIT, NEVER_STARTED, UNDERPERFORMANCE,
)  # fmt: skip
from simulation.parameters import Parameters
from simulation.rules.exit import exit_chance, learning_lead, utility_of_staying
from simulation.rules.value import coordination_cost
from simulation.state import AllianceArrays, Counters, FirmArrays

_COMPLETION, _EXIT = int(Purpose.COMPLETION), int(Purpose.EXIT)


@helper
def utility(a: int, side: int, firms: FirmArrays, alliances: AllianceArrays, p: Parameters) -> float:
    """Utility of staying for one side (E14)."""
    me = alliances.first[a] if side == 0 else alliances.second[a]
    other = alliances.second[a] if side == 0 else alliances.first[a]
    return utility_of_staying(
        alliances.performance[a, side],
        p.exit.trust_weight * p.strategies.loyalty[firms.strategy[me]] * alliances.trust[a, side],
        p.exit.prior_weight * min(3.0, float(alliances.prior_ties[a])),
        p.exit.equity_weight * float(alliances.equity[a]),
        p.exit.outside_weight * firms.outside_option[me],
        p.exit.shock_weight * max(0.0, firms.felt[me] - firms.felt[other]),
        p.exit.learned_weight * learning_lead(alliances.learned[a, side], alliances.learned[a, 1 - side]),
    )


@helper
def proximate_cause(
    a: int, side: int, quarter: int, firms: FirmArrays, alliances: AllianceArrays, p: Parameters
) -> int:
    """What the leaver would name, by a declared rule: a label, not a cause in the sense of paired worlds.

    A breach found lately: deceit. Still feeling out: never started. Else the largest of the leaver's grievances, all in
    units of utility: trust below that in a stranger, the cost of misfit beyond that of mature partners (F = g = .75), a
    better option, a lead in learning, losses.
    """
    if quarter - alliances.found_out[a, side] <= p.exit.breach_memory:
        return DECEIT
    if quarter - alliances.born[a] < p.trust.feeling_out_quarters:
        return NEVER_STARTED
    i, j = alliances.first[a], alliances.second[a]
    me = i if side == 0 else j
    misfit = coordination_cost(
        p.value.coordination, alliances.fit[a], abs(firms.goal[i] - firms.goal[j]), float(firms.alliance_function[me]),
        p.value.coordination_saved, 0.5 * (firms.degree[i] + firms.degree[j]), p.value.coordination_portfolio, 0.0, 0.0,
    ) - 0.5 * p.value.coordination  # fmt: skip
    cause, worst = UNDERPERFORMANCE, max(0.0, -alliances.performance[a, side])
    distrust = p.exit.trust_weight * p.strategies.loyalty[firms.strategy[me]] * (p.trust.initial - alliances.trust[a, side])
    if distrust > worst:
        cause, worst = DISTRUST, distrust
    if misfit > worst:
        cause, worst = MISFIT, misfit
    option = p.exit.outside_weight * firms.outside_option[me]
    if option > worst:
        cause, worst = BETTER_OPTION, option
    learned = p.exit.learned_weight * learning_lead(alliances.learned[a, side], alliances.learned[a, 1 - side])
    if learned > worst:
        cause = LEARNED_OUT
    return cause


@phase
def endings(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, p: Parameters
) -> None:
    """Mark the alliances that end this quarter; phase 11 takes them out of the table and into the log."""
    quarter = counters.quarter[0]
    completing, leaving = stream(key, quarter, _COMPLETION), stream(key, quarter, _EXIT)
    for a in range(counters.living[0]):
        i, j = alliances.first[a], alliances.second[a]
        here, there = firms.identity[i], firms.identity[j]
        feeling_out = quarter - alliances.born[a] < p.trust.feeling_out_quarters
        if not feeling_out and uniform(completing, here, there) < p.exit.completion:
            alliances.cause[a] = COMPLETED
            continue
        if p.exit.fixed_hazard >= 0.0:
            if uniform(leaving, here, there) < p.exit.fixed_hazard:
                alliances.cause[a] = UNDERPERFORMANCE
            continue
        stay_i, stay_j = utility(a, 0, firms, alliances, p), utility(a, 1, firms, alliances, p)
        chance_i = exit_chance(p.exit.base_hazard, stay_i, p.exit.reference_utility, p.exit.selectivity)
        chance_j = exit_chance(p.exit.base_hazard, stay_j, p.exit.reference_utility, p.exit.selectivity)
        leaves_i = uniform(leaving, here, there) < chance_i
        leaves_j = uniform(leaving, there, here) < chance_j
        if leaves_i or leaves_j:  # where both leave, the one with less to stay for names the cause
            side = 1 if leaves_j and (not leaves_i or stay_j < stay_i) else 0
            alliances.cause[a] = proximate_cause(a, side, quarter, firms, alliances, p)
