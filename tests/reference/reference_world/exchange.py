"""Phase 5: knowledge is absorbed, value is created together, and some of it leaks (E1, E4, E5, E6, E19, E20)."""

import math
from typing import TYPE_CHECKING

from reference_world.alliance import Alliance
from reference_world.firm import Firm
from reference_world.influence import erosion, new_capabilities, strengthening
from reference_world.side import Side
from reference_world.sums import by_halves

from simulation.draws import Purpose
from simulation.scenario import DOMAINS

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld


def attention_asked(world: "ReferenceWorld") -> list[float]:
    """E4: Σ_j α·s_ji·a_i of each firm, by seat."""
    asked = [0.0] * len(world.firms)
    for alliance in world.alliances:
        for side, partner in alliance.sides():
            asked[side.firm.seat] += side.attention(partner, world.scenario.knowledge)
    return asked


def leads(me: Firm, other: Firm) -> list[float]:
    """What the other knows more, by domain."""
    return [theirs - mine for mine, theirs in zip(me.knowledge, other.knowledge, strict=True)]


def domains_led(me: Firm, other: Firm) -> list[int]:
    """Domains in which the other firm leads by more than a hundredth of what it knows."""
    ahead = leads(me, other)
    return [domain for domain in range(DOMAINS) if ahead[domain] > 0.01 * other.knowledge[domain]]


def bartered_domains(world: "ReferenceWorld", me: Firm, other: Firm) -> list[int]:
    """In a barter as many domains go one way as the other, drawn by lot from those in which the giver leads."""
    mine, theirs = domains_led(me, other), domains_led(other, me)
    address = Purpose.BARTER, world.quarter, other.identity, me.identity  # giver, taker
    drawn = sorted(mine, key=lambda domain: world.luck.uniform_below(*address, domain))
    return drawn[: min(len(mine), len(theirs))]


def absorbed(side: Side, partner: Side, asked: float, world: "ReferenceWorld") -> list[float]:
    """E4: ΔK_i = α·s_ji·a_i·max(0, K_j − K_i)·(1 − tacitness·(1 − T_ij)); attention is finite.

    With the rule "barter" in some domains only, with "growth" the partner's knowledge stands for its lead.
    """
    numbers, me, other = world.scenario.knowledge, side.firm, partner.firm
    pace = side.attention(partner, numbers) / max(1.0, asked / numbers.attention) * side.tacit_barrier(numbers)
    if numbers.transfer == "growth":
        return [pace * theirs for theirs in other.knowledge]
    moving = bartered_domains(world, me, other) if numbers.transfer == "barter" else range(DOMAINS)
    return [pace * max(0.0, lead) if domain in moving else 0.0 for domain, lead in enumerate(leads(me, other))]


def earn(alliance: Alliance, world: "ReferenceWorld", learned: dict[int, float]) -> None:
    """E5, E6: π_i = V/2 + .7·ΣΔK_i − c_s·s_ij·(1 − .5T_ij) − leak_ij + ½·leak_ji. Coordination follows in phase 9."""
    numbers = world.scenario.value
    alliance.potential = alliance.potential_value(world.demand, world.scenario)
    joint = alliance.potential * math.sqrt(alliance.low.sharing * alliance.high.sharing)
    for side, partner in alliance.sides():
        side.cost = side.sharing_cost(numbers) + alliance.leak(side, world.scenario)
        won = numbers.learning_worth * learned[side.firm.seat]
        side.payoff = 0.5 * joint + won - side.cost + numbers.leakage_gain * alliance.leak(partner, world.scenario)


def exchange(world: "ReferenceWorld") -> None:
    """All from what firms know and are as the phase begins; what they learn is added at its end."""
    asked = attention_asked(world)
    gains = [[0.0] * DOMAINS for _ in world.firms]
    for alliance in world.alliances:
        learned = {}
        for side, partner in alliance.sides():
            seat = side.firm.seat
            taken = absorbed(side, partner, asked[seat], world)
            gains[seat] = [so_far + more for so_far, more in zip(gains[seat], taken, strict=True)]
            learned[seat] = by_halves(taken)
            side.learned += learned[seat]
        earn(alliance, world, learned)
    for firm, gain in zip(world.firms, gains, strict=True):
        firm.knowledge = [known + more for known, more in zip(firm.knowledge, gain, strict=True)]
    strengthening(world)
    erosion(world)
    new_capabilities(world)
