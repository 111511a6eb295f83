"""Phase 5: knowledge is transferred, value is created together, and some of it leaks; partners form each other."""

import numpy as np

from simulation.compiled import helper, phase
from simulation.draws import Purpose, stream, uniform, word
from simulation.events import CAPABILITY, write_event
from simulation.parameters import KnowledgeNumbers, ValueNumbers
from simulation.rules.environment import protected
from simulation.rules.learning import (
    attention,
    capacity_next,
    drift_weight,
    learning_potential,
    profile_next,
    tacit_barrier,
)
from simulation.rules.value import joint_value, leak, leakage_rate, potential_value, sharing_cost
from simulation.scenario import DOMAINS
from simulation.state import AllianceArrays, Counters, EnvironmentArrays, EventLog, FirmArrays, Workspace

_BARTER = int(Purpose.BARTER)
BARTER, GROWTH = 1, 2  # laws of transfer that are not the usual one
NOTICED_LEAD = 0.01  # of what the partner knows: a smaller lead is none in barter


@helper
def can_give(firms: FirmArrays, giver: int, taker: int, domain: int) -> bool:
    """Whether one firm is ahead of another in a domain by enough to barter."""
    known = firms.knowledge[giver, domain]
    return bool(known - firms.knowledge[taker, domain] > NOTICED_LEAD * known)


@helper
def bartered(lots: np.uint64, firms: FirmArrays, giver: int, taker: int, domain: int, swaps: int) -> bool:
    """Whether a domain is among the `swaps` that are drawn by lot from those in which the giver leads."""
    if not can_give(firms, giver, taker, domain):
        return False
    of = word(lots, firms.identity[giver], firms.identity[taker])
    lot, earlier = uniform(of, domain, 0), 0
    for other in range(DOMAINS):
        if other != domain and can_give(firms, giver, taker, other) and uniform(of, other, 0) < lot:
            earlier += 1
    return earlier < swaps


@helper
def swaps_possible(firms: FirmArrays, i: int, j: int) -> int:
    """Domains that each of two firms can give the other: the smaller number of the two."""
    from_i, from_j = 0, 0
    for domain in range(DOMAINS):
        from_i += can_give(firms, i, j, domain)
        from_j += can_give(firms, j, i, domain)
    return min(from_i, from_j)


@helper
def barter(
    lots: np.uint64, firms: FirmArrays, workspace: Workspace, i: int, j: int, pace_i: float, pace_j: float
) -> tuple[float, float]:
    """As many domains one way as the other (Cowan & Jonard 2004). Returns what each side learned [knowledge]."""
    swaps, learned_i, learned_j = swaps_possible(firms, i, j), 0.0, 0.0
    for domain in range(DOMAINS):
        lead = firms.knowledge[j, domain] - firms.knowledge[i, domain]
        if bartered(lots, firms, j, i, domain, swaps):
            workspace.gain[i, domain] += pace_i * lead
            learned_i += pace_i * lead
        elif bartered(lots, firms, i, j, domain, swaps):
            workspace.gain[j, domain] -= pace_j * lead
            learned_j -= pace_j * lead
    return learned_i, learned_j


@helper
def transfer(
    lots: np.uint64, firms: FirmArrays, workspace: Workspace, i: int, j: int, pace_i: float, pace_j: float, law: float
) -> tuple[float, float]:
    """Each side takes in part of the other's lead, or of all that it knows. Returns what each learned [knowledge]."""
    if law == BARTER:
        return barter(lots, firms, workspace, i, j, pace_i, pace_j)
    learned_i, learned_j = 0.0, 0.0
    for domain in range(DOMAINS):
        known_i, known_j = firms.knowledge[i, domain], firms.knowledge[j, domain]
        lead = known_j - known_i
        to_i, to_j = pace_i * max(0.0, lead), pace_j * max(0.0, -lead)
        if law == GROWTH:
            to_i, to_j = pace_i * known_j, pace_j * known_i
        workspace.gain[i, domain] += to_i
        workspace.gain[j, domain] += to_j
        learned_i += to_i
        learned_j += to_j
    return learned_i, learned_j


@helper
def draw_on_profiles(firms: FirmArrays, workspace: Workspace, i: int, j: int, weight_i: float, weight_j: float) -> None:
    """Add the pull of each partner's profile on the other (E20)."""
    workspace.drifting[i] += weight_i
    workspace.drifting[j] += weight_j
    for domain in range(DOMAINS):
        lead = firms.profile[j, domain] - firms.profile[i, domain]
        workspace.drift[i, domain] += weight_i * lead
        workspace.drift[j, domain] -= weight_j * lead


@helper
def settle_firms(
    counters: Counters, firms: FirmArrays, log: EventLog, workspace: Workspace, n: KnowledgeNumbers
) -> None:
    """What firms learned is added; capacity and profile follow the company they keep; new capabilities are logged."""
    for seat in range(len(firms.seat)):
        row = firms.row[seat]
        gained, how_many, had, moved = 0, 0, firms.capabilities[row], 0.0
        for domain in range(DOMAINS):
            known = firms.knowledge[row, domain] + workspace.gain[row, domain]
            firms.knowledge[row, domain] = known
            if known >= n.capability and not (had >> domain) & 1:
                gained += 1 << domain
                how_many += 1
            founding = firms.founding_profile[row, domain]
            share = profile_next(
                firms.profile[row, domain], founding, workspace.drift[row, domain], workspace.drifting[row],
                n.erosion_pull,
            )  # fmt: skip
            firms.profile[row, domain] = share
            moved += abs(share - founding)
        firms.profile_drift[row] = 0.5 * moved
        if gained:
            firms.capabilities[row] = had + gained
            write_event(log, counters, CAPABILITY, firms.identity[row], -1, gained, how_many, -1)
        firms.absorptive_capacity[row] = capacity_next(
            firms.absorptive_capacity[row], firms.founding_capacity[row], workspace.mutual[row], n.strengthening,
            n.strengthening_decay,
        )  # fmt: skip


@phase
def exchange(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, environment: EnvironmentArrays,
    log: EventLog, workspace: Workspace, numbers: KnowledgeNumbers, value: ValueNumbers, protection: float,
) -> None:  # fmt: skip
    """Payoffs before coordination and side deals, and what each side learns; all from the state before this phase."""
    living, lots = counters.rows[0], stream(key, counters.quarter[0], _BARTER)
    asked = workspace.attention
    asked[:] = 0.0
    workspace.gain[:] = 0.0
    workspace.drift[:] = 0.0
    workspace.drifting[:] = 0.0
    workspace.mutual[:] = 0.0
    for a in range(living):
        i, j = alliances.first[a], alliances.second[a]
        asked[i] += attention(numbers.absorption, alliances.sharing[a, 1], firms.absorptive_capacity[i])
        asked[j] += attention(numbers.absorption, alliances.sharing[a, 0], firms.absorptive_capacity[j])
    for a in range(living):
        i, j = alliances.first[a], alliances.second[a]
        share_i, share_j = alliances.sharing[a, 0], alliances.sharing[a, 1]
        trust_i, trust_j = alliances.trust[a, 0], alliances.trust[a, 1]
        pace_i = attention(numbers.absorption, share_j, firms.absorptive_capacity[i])
        pace_j = attention(numbers.absorption, share_i, firms.absorptive_capacity[j])
        pace_i *= tacit_barrier(numbers.tacitness, trust_i) / max(1.0, asked[i] / numbers.attention)
        pace_j *= tacit_barrier(numbers.tacitness, trust_j) / max(1.0, asked[j] / numbers.attention)
        learned_i, learned_j = transfer(lots, firms, workspace, i, j, pace_i, pace_j, numbers.transfer)
        alliances.learned[a, 0] += learned_i
        alliances.learned[a, 1] += learned_j
        workspace.mutual[i] += share_i * share_j
        workspace.mutual[j] += share_i * share_j
        erosion_i = 0.0 if firms.alliance_function[i] else numbers.erosion
        erosion_j = 0.0 if firms.alliance_function[j] else numbers.erosion
        draw_on_profiles(firms, workspace, i, j, drift_weight(erosion_i, share_i, trust_i),
                         drift_weight(erosion_j, share_j, trust_j))  # fmt: skip
        sector_i, sector_j = firms.sector[i], firms.sector[j]
        dot, valued = 0.0, 0.0
        for domain in range(DOMAINS):
            known_i, known_j = firms.knowledge[i, domain], firms.knowledge[j, domain]
            dot += known_i * known_j
            weight = 0.5 * (environment.demand[sector_i, domain] + environment.demand[sector_j, domain])
            valued += weight * max(known_i, known_j)
        potential = learning_potential(dot, firms.knowledge_length[i], firms.knowledge_length[j])
        munificence = 0.5 * (firms.munificence[i] + firms.munificence[j])
        v = potential_value(value.joint, alliances.fit[a], value.fit_floor, potential, value.distance_floor, valued,
                            munificence, value.tacit_loss, numbers.tacitness, 0.5 * (trust_i + trust_j))  # fmt: skip
        alliances.potential[a] = v
        half = 0.5 * joint_value(v, share_i, share_j)
        rate = leakage_rate(
            value.leakage, value.leakage_rival, alliances.is_rival[a], value.leakage_equity, alliances.equity[a]
        )
        rate_i, rate_j = rate, rate
        if environment.regulated[0]:
            rate_i = protected(rate, protection, firms.regulation[i, 2])
            rate_j = protected(rate, protection, firms.regulation[j, 2])
        leak_i, leak_j = leak(rate_i, share_i, trust_i), leak(rate_j, share_j, trust_j)
        cost_i = sharing_cost(value.sharing_cost, share_i, trust_i, value.sharing_cost_saved)
        cost_j = sharing_cost(value.sharing_cost, share_j, trust_j, value.sharing_cost_saved)
        alliances.cost[a, 0], alliances.cost[a, 1] = cost_i + leak_i, cost_j + leak_j
        alliances.payoff[a, 0] = half + value.learning_worth * learned_i - cost_i - leak_i + value.leakage_gain * leak_j
        alliances.payoff[a, 1] = half + value.learning_worth * learned_j - cost_j - leak_j + value.leakage_gain * leak_i
    settle_firms(counters, firms, log, workspace, numbers)
