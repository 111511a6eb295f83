"""Phase 11: alliances are completed, or a partner leaves; each ending gets its proximate cause."""

import math

import numpy as np

from simulation.compiled import helper, phase
from simulation.compiled.prefetch import AHEAD, fetch_early
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
from simulation.parameters import ExitNumbers, Parameters
from simulation.rules.exit import exit_chance, has_learned_out, learning_lead, utility_of_staying
from simulation.rules.learning import learning_potential
from simulation.rules.renegotiation import goal_gap
from simulation.rules.value import coordination_cost
from simulation.scenario import DOMAINS
from simulation.state import AllianceArrays, Counters, FirmArrays

_COMPLETION, _EXIT, _RACER = int(Purpose.COMPLETION), int(Purpose.EXIT), int(Purpose.RACER)

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
def leaves(draw: float, stay: float, strain: float, e: ExitNumbers) -> bool:
    """Whether a uniform number falls below the chance to leave. Since exp(x) >= 1 + x, most need no exponential."""
    x, odds = e.selectivity * (stay - e.reference_utility), e.base_hazard * strain
    if x > -1.0 and draw * (odds + (1.0 - e.base_hazard) * (1.0 + x)) >= odds:
        return False
    return draw < exit_chance(e.base_hazard, stay, e.reference_utility, e.selectivity, strain)


@helper
def has_won_the_race(me: int, other: int, firms: FirmArrays, p: Parameters) -> bool:
    """Whether a learning racer sees nothing left to learn from its partner (E24), from what both know by now."""
    dot, own, theirs, surplus = 0.0, 0.0, 0.0, 0.0
    for domain in range(DOMAINS):
        known, there = firms.knowledge[me, domain], firms.knowledge[other, domain]
        dot += known * there
        own += known * known
        theirs += there * there
        surplus += max(0.0, there - known)
    potential = learning_potential(dot, math.sqrt(own), math.sqrt(theirs))
    least = p.exit.racer_surplus * 4.0 * p.knowledge.research / p.knowledge.decay
    return has_learned_out(potential, p.exit.racer_potential, surplus, least)


@helper
def races_away(of: np.uint64, me: int, other: int, firms: FirmArrays, p: Parameters) -> bool:
    """Whether a firm that races leaves this quarter."""
    if not p.strategies.race[firms.strategy[me]]:
        return False
    if uniform(of, firms.identity[me], firms.identity[other]) >= p.exit.racer_chance:
        return False
    return has_won_the_race(me, other, firms, p)


@helper
def largest_grievance(
    a: int, side: int, me: int, other: int, loyalty: float, firms: FirmArrays, alliances: AllianceArrays,
    p: Parameters,
) -> int:  # fmt: skip
    """What weighs most with the leaver, all in units of utility.

    Losses; trust below that in a stranger; the cost of misfit beyond that of mature partners in their place; a better
    option; a lead in learning.
    """
    e, v, dearer = p.exit, p.value, p.environment.regulation_cost * firms.regulation[me, 0]
    difference = firms.goal[me] - firms.goal[other]
    gap = goal_gap(difference if side == 0 else -difference, alliances.accord[a])
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
        dearer,
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
        dearer,
    )
    cause, worst = UNDERPERFORMANCE, max(0.0, -alliances.performance[a, side])
    distrust = e.trust_weight * loyalty * (p.trust.initial - alliances.trust[a, side])
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
def endings(key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, p: Parameters) -> None:
    """Mark the alliances that end this quarter, each with a proximate cause by a declared rule.

    A label, not a cause in the sense of paired worlds: a breach found lately is deceit; an end while feeling out, never
    started; else the leaver's largest grievance. A racer that has won has learned out. Turnover writes them into the log.
    """
    quarter, e, loyalty = counters.quarter[0], p.exit, p.strategies.loyalty
    completing, leaving, racing = (
        stream(key, quarter, _COMPLETION),
        stream(key, quarter, _EXIT),
        stream(key, quarter, _RACER),
    )
    rows = counters.rows[0]
    for a in range(rows):
        coming = alliances.second[min(a + AHEAD, rows - 1)]
        fetch_early(firms.identity, coming)
        fetch_early(firms.outside_option, coming)
        fetch_early(firms.felt, coming)
        i, j = alliances.first[a], alliances.second[a]
        here, there = firms.identity[i], firms.identity[j]
        age = quarter - alliances.born[a]
        if p.renewal > 1 and (age + 1) % p.renewal != 0:
            continue
        feeling_out = age < p.trust.feeling_out_quarters
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
        strain = p.renegotiation.strain if alliances.strained[a] else 1.0
        leaves_i = leaves(uniform(leaving, here, there), stay_i, strain, e)
        leaves_j = leaves(uniform(leaving, there, here), stay_j, strain, e)
        if leaves_i or leaves_j:  # where both leave, the one with less to stay for names the cause
            side = 1 if leaves_j and (not leaves_i or stay_j < stay_i) else 0
            if quarter - alliances.found_out[a, side] < e.breach_memory:
                alliances.cause[a] = DECEIT
            elif feeling_out:
                alliances.cause[a] = NEVER_STARTED
            else:
                me, other, loyal = (i, j, loyal_i) if side == 0 else (j, i, loyal_j)
                alliances.cause[a] = largest_grievance(a, side, me, other, loyal, firms, alliances, p)
        elif races_away(racing, i, j, firms, p) or races_away(racing, j, i, firms, p):
            alliances.cause[a] = LEARNED_OUT
