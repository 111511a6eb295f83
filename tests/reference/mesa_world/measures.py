"""What is measured each quarter: the engine's columns, in one pass over the alliances and one over the firms."""

from collections import Counter
from operator import sub
from typing import TYPE_CHECKING

from reference_world.firm import PROTECTION
from reference_world.record import Flows

from simulation.events import BREACH, CAPABILITY, ENDED, FAILED, FORMED, RENEGOTIATED, SHOCK

if TYPE_CHECKING:
    from mesa_world.model import MesaWorld

Measures = dict[str, float]


def of_alliances(world: "MesaWorld") -> Measures:
    """Means over living alliances, and how many are in which regime of the dilemma."""
    value, protection = world.scenario.value, world.scenario.environment.regulation_protection
    trusted = shared = mutual = fitting = 0.0
    no_deal = harmony = 0
    for alliance in world.alliances:
        low, high = alliance.low, alliance.high
        both, trust = low.sharing + high.sharing, 0.5 * (low.trust + high.trust)
        trusted += trust
        shared += 0.5 * both
        mutual += 1.0 - abs(low.sharing - high.sharing) / both if both > 0.0 else 1.0
        fitting += alliance.fit
        regulated = low.firm.regulation[PROTECTION] + high.firm.regulation[PROTECTION]
        leaking = alliance.leaks * (1.0 - protection * 0.5 * regulated) * (1.0 - trust)
        cost = value.sharing_cost * (1.0 - value.sharing_cost_saved * trust) + leaking
        no_deal += alliance.potential < 2.0 * (cost - value.leakage_gain * leaking)
        harmony += alliance.potential > 4.0 * cost
    living = len(world.alliances)
    some = max(1, living)
    return {
        "living": living,
        "mean_trust": trusted / some,
        "mean_sharing": shared / some,
        "reciprocity": mutual / some,
        "mean_fit": fitting / some,
        "no_deal": no_deal,
        "dilemma": living - no_deal - harmony,
        "harmony": harmony,
    }


def of_firms(world: "MesaWorld") -> Measures:
    """Means over firms."""
    capital = knowledge = munificence = drift = capacity = 0.0
    for firm in world.firms:
        capital += firm.capital
        knowledge += sum(firm.knowledge)
        munificence += firm.munificence
        drift += sum(map(abs, map(sub, firm.profile, firm.founding_profile)))
        capacity += firm.absorptive_capacity
    count = len(world.firms)
    return {
        "mean_capital": capital / count,
        "mean_knowledge": knowledge / count,
        "munificence": munificence / count,
        "profile_drift": 0.5 * drift / count,
        "absorptive_capacity": capacity / count,
    }


def of_events(world: "MesaWorld") -> Measures:
    """Counts of this quarter's events."""
    today = world.events[world.measured_events :]
    world.measured_events = len(world.events)
    kinds = Counter([event[1] for event in today])
    talks = Counter([event[4] for event in today if event[1] == RENEGOTIATED])
    return {
        "formed": kinds[FORMED],
        "ended": kinds[ENDED],
        "shocks": kinds[SHOCK],
        "failed": kinds[FAILED],
        "breaches": kinds[BREACH],
        "renegotiated": talks[1],
        "failed_talks": talks[0],
        "capabilities": sum([event[5] for event in today if event[1] == CAPABILITY]),
    }


def measure(world: "MesaWorld") -> Measures:
    """All columns; the sums of money start again at 0."""
    measured = of_alliances(world) | of_firms(world) | of_events(world) | vars(world.flows)
    measured["turbulent"] = world.turbulent
    world.flows = Flows()
    return measured
