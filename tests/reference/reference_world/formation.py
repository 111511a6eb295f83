"""Phase 3: firms seek partners, propose, and form alliances (E16)."""

from typing import TYPE_CHECKING

from reference_world.firm import BAN, Firm
from reference_world.founding import found_alliance

from simulation.draws import Purpose

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld

Partners = dict[int, list[Firm]]  # by seat, each in the order of the partners' seats


def list_partners(world: "ReferenceWorld") -> Partners:
    """The partners of every firm as the phase begins."""
    partners: Partners = {firm.seat: [] for firm in world.firms}
    for firm in world.firms:
        for alliance in world.alliances_of(firm):
            other = alliance.high.firm if alliance.low.firm is firm else alliance.low.firm
            partners[firm.seat].append(other)
    return partners


def pick(choices: list[Firm], u: float) -> Firm:
    """The one that a uniform number points at."""
    return choices[int(u * len(choices))]


def past_partners(world: "ReferenceWorld", firm: Firm) -> list[Firm]:
    """Past partners that are still in business, the latest first."""
    alive = {other.identity: other for other in world.firms}
    return [alive[identity] for identity in reversed(firm.past_ties) if identity in alive]


def introduced(world: "ReferenceWorld", firm: Firm, partners: Partners) -> list[Firm]:
    """Partners of partners: a sample, drawn with replacement."""
    friends, found = partners[firm.seat], []
    for k in range(world.scenario.formation.embedded_candidates if friends else 0):
        who_introduces, whom = (
            world.luck.uniform(Purpose.INTRODUCTION, world.quarter, firm.identity, 2 * k + side) for side in (0, 1)
        )
        found.append(pick(partners[pick(friends, who_introduces).seat], whom))
    return found


def met_by_chance(world: "ReferenceWorld", firm: Firm) -> list[Firm]:
    """Firms on random seats."""
    draws = range(world.scenario.formation.random_candidates)
    return [pick(world.firms, world.luck.uniform(Purpose.MEETING, world.quarter, firm.identity, k)) for k in draws]


def candidates(world: "ReferenceWorld", firm: Firm, partners: Partners) -> list[Firm]:
    """E16: past partners, partners of partners and random seats; not the firm itself, no partner, none twice."""
    excluded = {firm.seat} | {partner.seat for partner in partners[firm.seat]}
    found: list[Firm] = []
    for other in past_partners(world, firm) + introduced(world, firm, partners) + met_by_chance(world, firm):
        if other.seat not in excluded:
            excluded.add(other.seat)
            found.append(other)
    return found


def common_partners(firm: Firm, other: Firm, partners: Partners) -> int:
    """Partners that two firms share; more than three count as three."""
    return min(3, len({p.seat for p in partners[firm.seat]} & {p.seat for p in partners[other.seat]}))


def score(world: "ReferenceWorld", viewer: Firm, viewed: Firm, prior: int, common: int) -> float:
    """E16: ψ(.5 + .5·rep_j)(1 − |Δgoal|) + .08·prior + .05·common − (.065 + ban)·rival + N(0, .1)."""
    f = world.scenario.formation
    appeal = (
        viewer.learning_potential(viewed) * (0.5 + 0.5 * viewed.reputation) * (1.0 - abs(viewer.goal - viewed.goal))
    )
    ban = world.scenario.environment.regulation_ban * max(viewer.regulation[BAN], viewed.regulation[BAN])
    rival_loss = f.rival_weight + ban if viewer.sector == viewed.sector else 0.0
    impression = f.noise * world.luck.normal(Purpose.SCORE, world.quarter, viewer.identity, viewed.identity)
    return appeal + f.prior_weight * prior + f.common_weight * common - rival_loss + impression


def choose(world: "ReferenceWorld", firm: Firm, partners: Partners) -> tuple[Firm | None, float]:
    """The best candidate where both sides' scores exceed the threshold, the first of equals; and its score above it.

    The history that counts, on both sides, is the one that the searching firm remembers.
    """
    threshold = world.scenario.formation.threshold
    best, best_score = None, threshold
    for other in candidates(world, firm, partners):
        prior, common = firm.prior_ties(other), common_partners(firm, other, partners)
        own = score(world, firm, other, prior, common)
        if own > best_score and score(world, other, firm, prior, common) > threshold:
            best, best_score = other, own
    return best, best_score - threshold


def proposals(world: "ReferenceWorld", partners: Partners) -> set[tuple[int, int]]:
    """Pairs of seats (lower, higher) that one or both of the two propose. Every search also tells what else is on offer."""
    f, pairs = world.scenario.formation, set()
    for firm in world.firms:
        if world.luck.uniform(Purpose.SEARCH, world.quarter, firm.identity) < firm.search_chance(world.quarter, f):
            best, surplus = choose(world, firm, partners)
            firm.outside_option += f.option_memory * (surplus - firm.outside_option)  # E14: a running mean
            if best is not None:
                pairs.add((min(firm.seat, best.seat), max(firm.seat, best.seat)))
    return pairs


def formation(world: "ReferenceWorld") -> None:
    """Proposals are simultaneous; duplicates merge."""
    partners = list_partners(world)
    for low, high in sorted(proposals(world, partners)):
        i, j = world.firms[low], world.firms[high]
        prior = max(i.prior_ties(j), j.prior_ties(i))
        world.alliances.append(found_alliance(world, i, j, prior, common_partners(i, j, partners)))
    world.alliances.sort(key=lambda alliance: alliance.seats)
