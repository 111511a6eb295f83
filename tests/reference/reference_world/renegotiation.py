"""Phase 10, before anyone leaves: partners that lost fit to a shock talk about it (E15)."""

import math
from typing import TYPE_CHECKING

from reference_world.alliance import Alliance

from simulation.draws import Purpose
from simulation.events import RENEGOTIATED

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld


def chance_of_success(world: "ReferenceWorld", alliance: Alliance) -> float:
    """E15: √(T̄·φ̄)·(.85 + .15·max A); openness closes a part of what is missing to certainty."""
    numbers = world.scenario.renegotiation
    trust_and_flexibility = math.sqrt(alliance.mean_trust * alliance.mean_flexibility)
    chance = min(1.0, trust_and_flexibility * (numbers.base + numbers.by_function * alliance.any_function))
    return chance + numbers.by_openness * alliance.mean_openness * (1.0 - chance)


def talk(world: "ReferenceWorld", alliance: Alliance) -> None:
    """E15: success restores the lost fit and strikes an accord on goals, failure strains; both pay."""
    numbers, before = world.scenario.renegotiation, alliance.fit
    low, high = alliance.low.firm, alliance.high.firm
    draw = world.luck.uniform(Purpose.RENEGOTIATION, world.quarter, low.identity, high.identity)
    success = draw < chance_of_success(world, alliance) or alliance.will_settle
    if success:
        alliance.fit = min(1.0, alliance.fit + numbers.restores * alliance.lost_fit)
        alliance.accord = numbers.accord * alliance.goal_difference
    else:
        alliance.strained = True
    for firm in (low, high):
        firm.capital -= numbers.cost
        firm.income -= numbers.cost
        world.flows.income -= numbers.cost
    gained = alliance.fit - before
    world.log(RENEGOTIATED, low, high, detail=int(success), value=gained, about=alliance.number)


def renegotiation(world: "ReferenceWorld") -> None:
    """One attempt, in the quarter after a shock cost fit; then the loss is forgotten, talks or no talks."""
    for alliance in world.alliances:
        alliance.strained = False
        if alliance.lost_fit > 0.0 and alliance.shaken != world.quarter:
            pair = alliance.high.firm.identity, alliance.low.firm.identity
            if world.luck.uniform(Purpose.RENEGOTIATION, world.quarter, *pair) < world.scenario.renegotiation.attempt:
                talk(world, alliance)
            alliance.lost_fit = 0.0
