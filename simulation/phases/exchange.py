"""Phase 5: knowledge is transferred, value is created together, and some of it leaks; partners form each other."""

import numpy as np

from simulation.compiled import helper, phase
from simulation.compiled.lanes import at_least, larger, line, set_line, sum_of
from simulation.compiled.prefetch import AHEAD, fetch_early
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
from simulation.state import SHEET, AllianceArrays, Counters, EnvironmentArrays, EventLog, FirmArrays, Workspace

_BARTER = int(Purpose.BARTER)
BARTER, GROWTH = 1, 2  # laws of transfer that are not the usual one
CROWDING, CAPACITY, EROSION, LENGTH, MUNIFICENCE, SECTOR, MUTUAL, DRIFTING = range(SHEET)  # columns of the sheet
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
def fill_sheets(
    firms: FirmArrays, alliances: AllianceArrays, living: int, workspace: Workspace, n: KnowledgeNumbers
) -> None:
    """Gather what alliances need of each firm, a cache line each: partners stand in no order, and lines cost time."""
    asked, sheet = workspace.attention, workspace.sheet
    asked[:] = 0.0
    for a in range(living):
        coming = alliances.second[min(a + AHEAD, living - 1)]
        fetch_early(asked, coming)
        fetch_early(firms.absorptive_capacity, coming)
        i, j = alliances.first[a], alliances.second[a]
        asked[i] += attention(n.absorption, alliances.sharing[a, 1], firms.absorptive_capacity[i])
        asked[j] += attention(n.absorption, alliances.sharing[a, 0], firms.absorptive_capacity[j])
    for row in range(len(firms.seat)):
        sheet[row, CROWDING] = max(1.0, asked[row] / n.attention)
        sheet[row, CAPACITY] = firms.absorptive_capacity[row]
        sheet[row, EROSION] = 0.0 if firms.alliance_function[row] else n.erosion
        sheet[row, LENGTH] = firms.knowledge_length[row]
        sheet[row, MUNIFICENCE] = firms.munificence[row]
        sheet[row, SECTOR] = firms.sector[row]
        sheet[row, MUTUAL], sheet[row, DRIFTING] = 0.0, 0.0


@helper
def meet(
    firms: FirmArrays, environment: EnvironmentArrays, workspace: Workspace, i: int, j: int,
    pace_i: float, pace_j: float, weight_i: float, weight_j: float, law: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """One pass over the domains: each side takes in part of the other's lead, or of all that it knows.

    Their profiles draw on each other, too (E20). Returns what each learned [knowledge], the inner product of what they
    know [knowledge²], and the market's worth of the better one's [knowledge].
    """
    gain, drift, demand = workspace.gain, workspace.drift, environment.demand
    sector_i, sector_j = np.uint32(workspace.sheet[i, SECTOR]), np.uint32(workspace.sheet[j, SECTOR])
    known_i, known_j = line(firms.knowledge, i), line(firms.knowledge, j)
    lead = known_j - known_i
    to_i, to_j = pace_i * larger(0.0, lead), pace_j * larger(0.0, 0.0 - lead)
    if law == GROWTH:
        to_i, to_j = pace_i * known_j, pace_j * known_i
    set_line(gain, i, line(gain, i) + to_i)
    set_line(gain, j, line(gain, j) + to_j)
    pull = line(firms.profile, j) - line(firms.profile, i)
    set_line(drift, i, line(drift, i) + weight_i * pull)
    set_line(drift, j, line(drift, j) - weight_j * pull)
    valued = sum_of(0.5 * (line(demand, sector_i) + line(demand, sector_j)) * larger(known_i, known_j))
    return sum_of(to_i), sum_of(to_j), sum_of(known_i * known_j), valued


@helper
def bits_of(mask: int) -> int:
    """How many bits are set in a mask of domains."""
    bits = 0
    for domain in range(DOMAINS):
        bits += (mask >> domain) & 1
    return bits


@helper
def settle_firms(
    counters: Counters, firms: FirmArrays, log: EventLog, workspace: Workspace, n: KnowledgeNumbers
) -> None:
    """What firms learned is added; capacity and profile follow the company they keep; new capabilities are logged."""
    for seat in range(len(firms.seat)):
        row = firms.row[seat]
        known = line(firms.knowledge, row) + line(workspace.gain, row)
        set_line(firms.knowledge, row, known)
        founding = line(firms.founding_profile, row)
        profile = profile_next(line(firms.profile, row), founding, line(workspace.drift, row),
                               workspace.sheet[row, DRIFTING], n.erosion_pull)  # fmt: skip
        set_line(firms.profile, row, profile)
        firms.profile_drift[row] = 0.5 * sum_of(larger(profile - founding, founding - profile))
        firms.absorptive_capacity[row] = capacity_next(
            firms.absorptive_capacity[row], firms.founding_capacity[row], workspace.sheet[row, MUTUAL], n.strengthening,
            n.strengthening_decay,
        )  # fmt: skip
        gained = at_least(known, n.capability) & ~firms.capabilities[row]
        if gained:
            firms.capabilities[row] += gained
            write_event(log, counters, CAPABILITY, firms.identity[row], -1, gained, bits_of(gained), -1)


@phase
def exchange(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, environment: EnvironmentArrays,
    log: EventLog, workspace: Workspace, numbers: KnowledgeNumbers, value: ValueNumbers, protection: float,
) -> None:  # fmt: skip
    """Payoffs before coordination and side deals, and what each side learns; all from the state before this phase."""
    living, lots, sheet = counters.rows[0], stream(key, counters.quarter[0], _BARTER), workspace.sheet
    workspace.gain[:] = 0.0
    workspace.drift[:] = 0.0
    fill_sheets(firms, alliances, living, workspace, numbers)
    for a in range(living):
        coming = alliances.second[min(a + AHEAD, living - 1)]  # those on the lower seat follow each other
        fetch_early(sheet, coming)
        fetch_early(firms.knowledge, coming)
        fetch_early(firms.profile, coming)
        fetch_early(workspace.gain, coming)
        fetch_early(workspace.drift, coming)
        i, j = alliances.first[a], alliances.second[a]
        share_i, share_j = alliances.sharing[a, 0], alliances.sharing[a, 1]
        trust_i, trust_j = alliances.trust[a, 0], alliances.trust[a, 1]
        pace_i = attention(numbers.absorption, share_j, sheet[i, CAPACITY])
        pace_j = attention(numbers.absorption, share_i, sheet[j, CAPACITY])
        pace_i *= tacit_barrier(numbers.tacitness, trust_i) / sheet[i, CROWDING]
        pace_j *= tacit_barrier(numbers.tacitness, trust_j) / sheet[j, CROWDING]
        sheet[i, MUTUAL] += share_i * share_j
        sheet[j, MUTUAL] += share_i * share_j
        weight_i = drift_weight(sheet[i, EROSION], share_i, trust_i)
        weight_j = drift_weight(sheet[j, EROSION], share_j, trust_j)
        sheet[i, DRIFTING] += weight_i
        sheet[j, DRIFTING] += weight_j
        bartered_i, bartered_j = 0.0, 0.0
        if numbers.transfer == BARTER:
            bartered_i, bartered_j = barter(lots, firms, workspace, i, j, pace_i, pace_j)
            pace_i, pace_j = 0.0, 0.0  # nothing flows beside it
        learned_i, learned_j, dot, valued = meet(firms, environment, workspace, i, j, pace_i, pace_j, weight_i,
                                                 weight_j, numbers.transfer)  # fmt: skip
        learned_i, learned_j = learned_i + bartered_i, learned_j + bartered_j
        alliances.learned[a, 0] += learned_i
        alliances.learned[a, 1] += learned_j
        potential = learning_potential(dot, sheet[i, LENGTH], sheet[j, LENGTH])
        munificence = 0.5 * (sheet[i, MUNIFICENCE] + sheet[j, MUNIFICENCE])
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
