"""Phase 5: knowledge is absorbed, value is created together, and some of it leaks (E1, E4, E5, E6)."""

import math
from typing import TYPE_CHECKING

from reference_world.alliance import Alliance, Side

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


def absorbed(side: Side, partner: Side, asked: float, world: "ReferenceWorld") -> list[float]:
    """E4: ΔK_i = α·s_ji·a_i·max(0, K_j − K_i)·(1 − tacitness·(1 − T_ij)); attention is finite."""
    numbers = world.scenario.knowledge
    pace = side.attention(partner, numbers) / max(1.0, asked) * side.tacit_barrier(numbers)
    leads = [theirs - mine for mine, theirs in zip(side.firm.knowledge, partner.firm.knowledge, strict=True)]
    return [pace * max(0.0, lead) for lead in leads]


def earn(alliance: Alliance, world: "ReferenceWorld", learned: dict[int, float]) -> None:
    """E5, E6: π_i = V/2 + .7·ΣΔK_i − c_s·s_ij·(1 − .5T_ij) − leak_ij + ½·leak_ji. Coordination follows in phase 9."""
    numbers = world.scenario.value
    alliance.potential = alliance.potential_value(world.demand, world.scenario)
    joint = alliance.potential * math.sqrt(alliance.low.sharing * alliance.high.sharing)
    for side, partner in alliance.sides():
        side.payoff = (
            0.5 * joint
            + numbers.learning_worth * learned[side.firm.seat]
            - side.sharing_cost(numbers)
            - alliance.leak(side, numbers)
            + numbers.leakage_gain * alliance.leak(partner, numbers)
        )


def exchange(world: "ReferenceWorld") -> None:
    """All from what firms know as the phase begins; what they learn is added at its end."""
    asked = attention_asked(world)
    gains = [[0.0] * DOMAINS for _ in world.firms]
    for alliance in world.alliances:
        learned = {}
        for side, partner in alliance.sides():
            seat = side.firm.seat
            taken = absorbed(side, partner, asked[seat], world)
            gains[seat] = [so_far + more for so_far, more in zip(gains[seat], taken, strict=True)]
            learned[seat] = sum(taken)
            side.learned += learned[seat]
        earn(alliance, world, learned)
    for firm, gain in zip(world.firms, gains, strict=True):
        firm.knowledge = [known + more for known, more in zip(firm.knowledge, gain, strict=True)]
