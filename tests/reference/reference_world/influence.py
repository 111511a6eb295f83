"""Phase 5, what alliances make of a firm: capacity, profile and capabilities (E19, E20)."""

from typing import TYPE_CHECKING

from reference_world.firm import Firm

from simulation.events import CAPABILITY

if TYPE_CHECKING:
    from reference_world.side import Side
    from reference_world.world import ReferenceWorld


def sides_of(world: "ReferenceWorld", firm: Firm) -> list[tuple["Side", "Side"]]:
    """A firm's side of each of its alliances, and the partner's."""
    return [(own, partner) for a in world.alliances_of(firm) for own, partner in a.sides() if own.firm is firm]


def strengthening(world: "ReferenceWorld") -> None:
    """E19: a_i += ι·Σ s_ij·s_ji·(1 − a_i) − .02·(a_i − a_i(0)): two-way sharing trains, else training fades."""
    numbers = world.scenario.knowledge
    for firm in world.firms:
        two_way = sum(own.sharing * partner.sharing for own, partner in sides_of(world, firm))
        a = firm.absorptive_capacity
        trained = numbers.strengthening * two_way * (1.0 - a)
        faded = numbers.strengthening_decay * (a - firm.founding_capacity)
        firm.absorptive_capacity = min(1.0, a + trained - faded)


def eroded_profile(world: "ReferenceWorld", firm: Firm) -> list[float]:
    """E20: without A the profile drifts to the partners' at ε·s_ij(1 − T_ij), at most all the way; the founding one pulls."""
    numbers, p = world.scenario.knowledge, firm.profile
    drift, weight = [0.0] * len(p), 0.0
    for own, partner in [] if firm.alliance_function else sides_of(world, firm):
        rate = numbers.erosion * own.sharing * (1.0 - own.trust)
        weight += rate
        drift = [d + rate * (theirs - mine) for d, theirs, mine in zip(drift, partner.firm.profile, p, strict=True)]
    drawn = [mine + d / max(1.0, weight) for mine, d in zip(p, drift, strict=True)]
    pull = numbers.erosion_pull
    return [mine + pull * (founding - mine) for mine, founding in zip(drawn, firm.founding_profile, strict=True)]


def erosion(world: "ReferenceWorld") -> None:
    """All profiles move together."""
    profiles = [eroded_profile(world, firm) for firm in world.firms]
    for firm, profile in zip(world.firms, profiles, strict=True):
        firm.profile = profile


def new_capabilities(world: "ReferenceWorld") -> None:
    """The first time that a firm's knowledge of a domain reaches the threshold it has a new capability."""
    threshold = world.scenario.knowledge.capability
    for firm in world.firms:
        reached = [2**domain for domain, known in enumerate(firm.knowledge) if known >= threshold]
        new = [bit for bit in reached if not firm.capabilities & bit]
        if new:
            firm.capabilities += sum(new)
            world.log(CAPABILITY, firm, detail=sum(new), value=float(len(new)))
