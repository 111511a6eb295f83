"""Phases 4, 6, 7 and 8: partners share, watch each other, deceive or grow together (E3, E8-E11, E13, E18)."""

from typing import TYPE_CHECKING

from reference_world.alliance import Alliance
from reference_world.firm import clip
from reference_world.side import Side

from simulation.draws import Purpose
from simulation.events import BREACH

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld


def sharing(world: "ReferenceWorld") -> None:
    """E3: what the strategy calls for, less what is held back from a rival; a firm in distress can give less."""
    numbers = world.scenario.sharing
    for alliance in world.alliances:
        for side, _ in alliance.sides():
            wish = side.wish_to_share(world.quarter - alliance.born)
            able = 1.0 - numbers.burden * side.firm.distress(world.scenario.firms)
            side.sharing = clip(wish * (1.0 - numbers.rival_caution * alliance.is_rival)) * able


def trust(world: "ReferenceWorld") -> None:
    """E8, E9: each side sees what the other shared, through noise, and compares it with what it expected.

    Partners that fit know each other's burdens: the better they fit, the less is expected of one in distress.
    """
    numbers = world.scenario.trust
    for alliance in world.alliances:
        feeling_out = world.quarter - alliance.born < numbers.feeling_out_quarters
        loss_weight = numbers.feeling_out_weight if feeling_out else 1.0
        goodwill = numbers.goodwill * (alliance.low.firm.alliance_function + alliance.high.firm.alliance_function)
        for side, partner in alliance.sides():
            z = world.luck.normal(Purpose.OBSERVATION, world.quarter, side.firm.identity, partner.firm.identity)
            look = partner.sharing + alliance.observation_noise(side, world.scenario.sharing) * z
            burden = world.scenario.sharing.burden * alliance.fit * partner.firm.distress(world.scenario.firms)
            expected = side.expected_sharing(numbers) * (1.0 - burden)
            side.adjust_trust(look, expected, goodwill, loss_weight, numbers)
            side.see(look, world.scenario.sharing)


def side_deals(world: "ReferenceWorld") -> None:
    """E10, E18: reputations fade towards the usual; opportunists deal behind their partner's back."""
    for firm in world.firms:
        firm.restore_reputation(world.scenario.firms)
    for alliance in world.alliances:
        for side, victim in alliance.sides():
            if side.firm.strategy.side_deals and not alliance.keeps_faith:
                may_deal(world, alliance, side, victim)


def may_deal(world: "ReferenceWorld", alliance: Alliance, deceiver: Side, victim: Side) -> None:
    """E18: with chance p_b, 1.5 times that beside a rival: gains .3, costs .2; found with chance q (E10)."""
    numbers, luck, quarter = world.scenario.opportunism, world.luck, world.quarter
    pair = deceiver.firm.identity, victim.firm.identity
    chance = min(1.0, numbers.side_deal_rate * (numbers.rival_factor if alliance.is_rival else 1.0))
    if luck.uniform(Purpose.SIDE_DEAL, quarter, *pair) >= chance:
        return
    deceiver.payoff += numbers.gain
    victim.payoff -= numbers.harm
    if luck.uniform(Purpose.DETECTION, quarter, *pair) < numbers.detection:
        age = quarter - alliance.born
        victim.find_out(quarter, age, world.scenario.trust)
        deceiver.firm.reputation *= world.scenario.trust.breach_reputation
        world.log(BREACH, deceiver.firm, victim.firm, value=float(age), about=alliance.number)


def fit(world: "ReferenceWorld") -> None:
    """E11, E13: fit grows; a firm's goal moves by the mean of the pulls of its alliances."""
    pulls: list[list[float]] = [[] for _ in world.firms]
    for alliance in world.alliances:
        alliance.grow_fit(alliance.any_function, alliance.mean_trust, world.scenario.fit)
        pull = alliance.goal_pull(world.scenario.fit)
        pulls[alliance.low.firm.seat].append(pull)
        pulls[alliance.high.firm.seat].append(-pull)
    for firm, moves in zip(world.firms, pulls, strict=True):
        if moves:
            firm.goal = clip(firm.goal + sum(moves) / len(moves))
