"""Phase 1, before shocks strike: waves of demand, calm and turbulent times, where markets may move (section 5)."""

import math
from typing import TYPE_CHECKING

from reference_world.founding import raw_weights

from simulation.draws import Purpose
from simulation.scenario import DOMAINS, Environment

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld


def usual_munificence(quarter: int, numbers: Environment) -> float:
    """The level that demand returns to: munificence·(1 + height·sin²(πx/length)) during a wave, else munificence."""
    x = quarter - numbers.wave_quarter
    if numbers.wave_every > 0 and x >= 0:
        x %= numbers.wave_every
    if not 0 <= x < numbers.wave_length:
        return numbers.munificence
    return numbers.munificence * (1.0 + numbers.wave_height * math.sin(math.pi * x / numbers.wave_length) ** 2)


def turn_of_the_times(world: "ReferenceWorld") -> bool:
    """Whether this quarter is turbulent: calm times turn with one chance, turbulent ones with another."""
    numbers = world.scenario.environment
    turns = numbers.turbulence_end if world.turbulent else numbers.turbulence_start
    if world.luck.uniform(Purpose.TURBULENCE, world.quarter, 0, 0) < turns:
        return not world.turbulent
    return world.turbulent


def shock_rate(world: "ReferenceWorld") -> float:
    """The chance of a drawn shock: higher in turbulent times."""
    numbers = world.scenario.environment
    return min(1.0, numbers.shock_rate * numbers.turbulence_factor) if world.turbulent else numbers.shock_rate


def moved_market(world: "ReferenceWorld", number: int, sector: int, magnitude: float) -> list[float]:
    """θ' = (1 − m)θ + m·new. A shock redraws some domains, which keep their weight together, and leaves the others."""
    numbers, luck, theta = world.scenario.environment, world.luck, world.demand[sector]
    weights = raw_weights(luck, Purpose.SHOCK_DEMAND, world.quarter, number, sector, numbers.demand_spread)
    moved = [
        domain
        for domain in range(DOMAINS)
        if luck.uniform(Purpose.SHOCK_DOMAIN, world.quarter, number, DOMAINS * sector + domain) < numbers.complexity
    ]
    weight_moved = sum(theta[domain] for domain in moved)
    total = sum(weights[domain] for domain in moved)
    new = [weight_moved * weights[d] / total if d in moved else theta[d] for d in range(DOMAINS)]
    return [(1.0 - magnitude) * old + magnitude * drawn for old, drawn in zip(theta, new, strict=True)]
