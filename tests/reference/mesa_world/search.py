"""A firm's search for a partner (E16)."""

from typing import TYPE_CHECKING

from mesa_world.alliance import learning_potential
from reference_world.firm import BAN

from simulation.draws import Purpose

if TYPE_CHECKING:
    from mesa_world.firm import Firm


def candidates(firm: "Firm") -> "list[Firm]":
    """Past partners, partners of partners and random seats; not the firm itself, no partner, none twice."""
    model, luck, numbers = firm.model, firm.model.luck, firm.model.scenario.formation
    firms, graph, quarter = model.firms, model.graph, model.quarter
    seats = [(firms[identity % len(firms)], identity) for identity in reversed(firm.past_ties)]
    met = [other for other, identity in seats if other.identity == identity]  # past partners still in business
    friends = sorted(graph.neighbors(firm.seat))
    for k in range(numbers.embedded_candidates if friends else 0):
        friend = friends[int(len(friends) * luck.uniform(Purpose.INTRODUCTION, quarter, firm.identity, 2 * k))]
        theirs = sorted(graph.neighbors(friend))
        whom = luck.uniform(Purpose.INTRODUCTION, quarter, firm.identity, 2 * k + 1)
        met.append(firms[theirs[int(len(theirs) * whom)]])
    for k in range(numbers.random_candidates):
        met.append(firms[int(len(firms) * luck.uniform(Purpose.MEETING, quarter, firm.identity, k))])
    return [other for other in dict.fromkeys(met) if other is not firm and other.seat not in firm.alliances]


def choose(firm: "Firm") -> "tuple[Firm | None, float, int]":
    """The best candidate where both sides' scores exceed the threshold; its score above it; partners in common."""
    model = firm.model
    numbers, ban = model.scenario.formation, model.scenario.environment.regulation_ban
    best, best_score, best_common = None, numbers.threshold, 0

    def impression(viewer: "Firm", viewed: "Firm") -> float:
        return numbers.noise * model.luck.normal(Purpose.SCORE, model.quarter, viewer.identity, viewed.identity)

    for other in candidates(firm):
        common = min(3, len(firm.alliances.keys() & other.alliances.keys()))
        liking = learning_potential(firm, other) * (1.0 - abs(firm.goal - other.goal))
        bond = numbers.prior_weight * firm.prior_ties(other) + numbers.common_weight * common
        if firm.sector == other.sector:
            bond -= numbers.rival_weight + ban * max(firm.regulation[BAN], other.regulation[BAN])
        own = liking * (0.5 + 0.5 * other.reputation) + bond + impression(firm, other)
        if own > best_score:
            theirs = liking * (0.5 + 0.5 * firm.reputation) + bond + impression(other, firm)
            if theirs > numbers.threshold:
                best, best_score, best_common = other, own, common
    return best, best_score - numbers.threshold, best_common
