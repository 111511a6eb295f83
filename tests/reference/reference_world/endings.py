"""Phase 10: alliances are completed, or a partner leaves; each ending gets its proximate cause (E14, E21, E24)."""

import math
from typing import TYPE_CHECKING

from reference_world.alliance import Alliance
from reference_world.firm import Firm
from reference_world.money import mean_portfolio
from reference_world.side import Side

from simulation.draws import Purpose
from simulation.events import CAUSES

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld


def learning_lead(side: Side, partner: Side) -> float:
    """E14: own share of all that was learned together minus the partner's."""
    total = side.learned + partner.learned
    return (side.learned - partner.learned) / total if total > 0.0 else 0.0


def utility_of_staying(world: "ReferenceWorld", alliance: Alliance, side: Side, partner: Side) -> float:
    """E14: U_i = perf + λT·(2.5 if loyal) + prior + equity − option − shock beyond the partner's − lead in learning."""
    e, firm = world.scenario.exit, side.firm
    return (
        side.performance
        + e.trust_weight * firm.strategy.loyalty * side.trust
        + e.prior_weight * min(3, alliance.prior_ties)
        + e.equity_weight * alliance.equity
        - e.outside_weight * firm.outside_option
        - e.shock_weight * max(0.0, firm.felt - partner.firm.felt)
        - e.learned_weight * max(0.0, learning_lead(side, partner))
    )


def exit_chance(world: "ReferenceWorld", utility: float, strain: bool) -> float:
    """E14, E15: logit P = logit(h_ref) − selectivity·(U − u_ref), the odds times 1.17 after failed talks."""
    e = world.scenario.exit
    odds = e.base_hazard * (world.scenario.renegotiation.strain if strain else 1.0)
    if odds == 0.0:
        return 0.0
    exponent = min(700.0, e.selectivity * (utility - e.reference_utility))
    return odds / (odds + (1.0 - e.base_hazard) * math.exp(exponent))


def largest_grievance(world: "ReferenceWorld", alliance: Alliance, side: Side, partner: Side) -> str:
    """What weighs most with the leaver, in units of utility; of equals the first. A loss counts only if there is one.

    Misfit: what coordination costs beyond that of mature partners (F = g = .75) in their place.
    """
    e, firm = world.scenario.exit, side.firm
    portfolio = mean_portfolio(world, alliance)
    distrust = world.scenario.trust.initial - side.trust  # below that in a stranger
    grievances = {
        "underperformance": max(0.0, -side.performance),
        "distrust": e.trust_weight * firm.strategy.loyalty * distrust,
        "misfit": alliance.coordination_cost(side, portfolio, world.scenario)
        - firm.coordination_cost(0.75, 0.25, portfolio, world.scenario),
        "better_option": e.outside_weight * firm.outside_option,
        "learned_out": e.learned_weight * max(0.0, learning_lead(side, partner)),
    }
    return max(grievances, key=lambda name: grievances[name])


def leaver(world: "ReferenceWorld", alliance: Alliance) -> tuple[Side, Side] | None:
    """The side that leaves, and its partner. If both leave, the one with less to stay for; of equals the lower seat."""
    leaving = []
    for side, partner in alliance.sides():
        utility = utility_of_staying(world, alliance, side, partner)
        draw = world.luck.uniform(Purpose.EXIT, world.quarter, side.firm.identity, partner.firm.identity)
        if draw < exit_chance(world, utility, alliance.strained):
            leaving.append((utility, side, partner))
    if not leaving:
        return None
    _, side, partner = min(leaving, key=lambda row: row[0])
    return side, partner


def little_left_to_learn(world: "ReferenceWorld", me: Firm, other: Firm) -> bool:
    """E24: ψ < .08, or the partner's surplus is below 8 % of 4r/δ."""
    e, k = world.scenario.exit, world.scenario.knowledge
    surplus = sum(max(0.0, theirs - mine) for mine, theirs in zip(me.knowledge, other.knowledge, strict=True))
    potential = me.learning_potential(other)
    return potential < e.racer_potential or surplus < e.racer_surplus * (4.0 * k.research / k.decay)


def racer_leaves(world: "ReferenceWorld", alliance: Alliance) -> bool:
    """E24: whether a learning racer has got what it came for, and goes."""
    for side, partner in alliance.sides():
        me, other = side.firm, partner.firm
        draw = world.luck.uniform(Purpose.RACER, world.quarter, me.identity, other.identity)
        if me.strategy.race and little_left_to_learn(world, me, other) and draw < world.scenario.exit.racer_chance:
            return True
    return False


def ending(world: "ReferenceWorld", alliance: Alliance) -> str | None:
    """The cause if the alliance ends this quarter: a breach found lately is deceit; else an end while feeling out is
    never started; else the leaver's largest grievance. Only when the term of the alliance is over do partners decide."""
    e, quarter = world.scenario.exit, world.quarter
    if (quarter - alliance.born + 1) % world.scenario.time.renewal_quarters != 0:
        return None
    pair = alliance.low.firm.identity, alliance.high.firm.identity
    feeling_out = quarter - alliance.born < world.scenario.trust.feeling_out_quarters
    if not feeling_out and world.luck.uniform(Purpose.COMPLETION, quarter, *pair) < e.completion:
        return "completed"  # E21
    if e.fixed_hazard >= 0.0:  # a lever for tests
        return "underperformance" if world.luck.uniform(Purpose.EXIT, quarter, *pair) < e.fixed_hazard else None
    who = leaver(world, alliance)
    if who is None:
        return "learned_out" if racer_leaves(world, alliance) else None
    side, partner = who
    if side.found_out is not None and quarter - side.found_out < e.breach_memory:
        return "deceit"
    return "never_started" if feeling_out else largest_grievance(world, alliance, side, partner)


def endings(world: "ReferenceWorld") -> None:
    """Mark the alliances that end; phase 11 takes them out."""
    for alliance in world.alliances:
        cause = ending(world, alliance)
        alliance.cause = None if cause is None else CAUSES.index(cause)
