"""Phase 3: firms seek partners; proposals are simultaneous, duplicates merge, new alliances take their place in the table."""

import numpy as np

from simulation.compiled import helper, phase
from simulation.draws import Purpose, normal, stream, uniform
from simulation.events import FORMED, write_event
from simulation.parameters import Parameters
from simulation.rules.formation import equity_chance, outside_option_next, partner_score, search_chance
from simulation.rules.learning import learning_potential
from simulation.rules.trust import expected_sharing, initial_trust
from simulation.scenario import DOMAINS
from simulation.state import (
    LIVING, NEVER, REMEMBERED, AllianceArrays, Counters, EventLog, FirmArrays, Workspace, move_alliance,
)  # fmt: skip

MOST_COMMON = 3  # common partners beyond the third add nothing (E16, E17), so counting stops there
MOST_PRIOR = 3

_SEARCH, _MEETING, _INTRODUCTION = int(Purpose.SEARCH), int(Purpose.MEETING), int(Purpose.INTRODUCTION)
_SCORE, _TRUST, _GOVERNANCE = int(Purpose.SCORE), int(Purpose.INITIAL_TRUST), int(Purpose.GOVERNANCE)


@helper
def list_partners(living: int, firms: FirmArrays, alliances: AllianceArrays, workspace: Workspace) -> None:
    """Fill `workspace.start` and `.member`: the partners of each firm, in the order of their seats."""
    start, member = workspace.start, workspace.member
    start[0] = 0
    for row in range(len(firms.seat)):
        start[row + 1] = start[row] + firms.degree[row]
    for a in range(living):
        i, j = alliances.first[a], alliances.second[a]
        member[start[i]] = j
        member[start[j]] = i
        start[i] += 1
        start[j] += 1
    for row in range(len(firms.seat) - 1, -1, -1):  # filling moved each start to the next firm's: move them back
        start[row + 1] = start[row]
    start[0] = 0


@helper
def ties_before(firms: FirmArrays, row: int, other: int) -> int:
    """Alliances that a firm remembers to have had with another, at most MOST_PRIOR."""
    identity = firms.identity[other]
    for place in range(REMEMBERED):
        if firms.past_partner[row, place] == identity:
            return min(MOST_PRIOR, firms.past_ties[row, place])
    return 0


@helper
def common_partners(workspace: Workspace, search: int, other: int) -> int:
    """Partners of `other` that were marked as partners in this search, at most MOST_COMMON."""
    found = 0
    for place in range(workspace.start[other], workspace.start[other + 1]):
        if workspace.marked[workspace.member[place]] == search:
            found += 1
            if found == MOST_COMMON:
                break
    return found


@helper
def mutual_score(
    key: np.uint64, quarter: int, row: int, other: int, prior: int, common: int, firms: FirmArrays, p: Parameters
) -> float:
    """Score of `other` in the eyes of `row`, or −1e9 where one of the two would not have it."""
    dot = 0.0
    for domain in range(DOMAINS):
        dot += firms.knowledge[row, domain] * firms.knowledge[other, domain]
    potential = learning_potential(dot, firms.knowledge_length[row], firms.knowledge_length[other])
    gap = abs(firms.goal[row] - firms.goal[other])
    prior_worth = p.formation.prior_weight * prior
    common_worth = p.formation.common_weight * common
    rival_loss = p.formation.rival_weight if firms.sector[row] == firms.sector[other] else 0.0
    of = stream(key, quarter, _SCORE)
    here, there = firms.identity[row], firms.identity[other]
    own = partner_score(potential, firms.reputation[other], gap, prior_worth, common_worth, rival_loss,
                        p.formation.noise * normal(of, here, there))  # fmt: skip
    if own <= p.formation.threshold:
        return -1e9
    theirs = partner_score(potential, firms.reputation[row], gap, prior_worth, common_worth, rival_loss,
                           p.formation.noise * normal(of, there, here))  # fmt: skip
    return own if theirs > p.formation.threshold else -1e9


@helper
def gather_candidates(
    key: np.uint64, quarter: int, row: int, search: int, candidates: np.ndarray,
    firms: FirmArrays, workspace: Workspace, p: Parameters,
) -> int:  # fmt: skip
    """Past partners, partners of partners, and firms met by chance; not itself, no partner, none twice. Returns how many."""
    count, found = len(firms.seat), 0
    identity = firms.identity[row]
    begin, degree = workspace.start[row], firms.degree[row]
    for place in range(begin, begin + degree):
        workspace.marked[workspace.member[place]] = search
        workspace.considered[workspace.member[place]] = search
    workspace.considered[row] = search
    for place in range(REMEMBERED):
        past = firms.past_partner[row, place]
        if past >= 0:
            other = firms.row[past % count]
            if firms.identity[other] == past and workspace.considered[other] != search:
                workspace.considered[other] = search
                candidates[found] = other
                found += 1
    if degree > 0:
        of = stream(key, quarter, _INTRODUCTION)
        for k in range(int(p.formation.embedded_candidates)):
            friend = workspace.member[begin + int(uniform(of, identity, 2 * k) * degree)]
            pick = workspace.start[friend] + int(uniform(of, identity, 2 * k + 1) * firms.degree[friend])
            other = workspace.member[pick]
            if workspace.considered[other] != search:
                workspace.considered[other] = search
                candidates[found] = other
                found += 1
    of = stream(key, quarter, _MEETING)
    for k in range(int(p.formation.random_candidates)):
        other = firms.row[int(uniform(of, identity, k) * count)]
        if workspace.considered[other] != search:
            workspace.considered[other] = search
            candidates[found] = other
            found += 1
    return found


@helper
def propose(
    key: np.uint64, quarter: int, firms: FirmArrays, workspace: Workspace, p: Parameters
) -> int:
    """Each searching firm proposes to its best candidate. Fills `workspace.proposals`; returns how many there are."""
    count, proposed = len(firms.seat), 0
    of = stream(key, quarter, _SEARCH)
    candidates = np.empty(REMEMBERED + 128, np.int64)
    for seat in range(count):
        row = firms.row[seat]
        shaken = 1.0 if quarter - firms.last_shock[row] <= p.formation.search_quarters else 0.0
        chance = search_chance(p.formation.rate, firms.activity[row], p.formation.search_boost, shaken)
        if uniform(of, firms.identity[row], 0) >= chance:
            continue
        search = quarter * count + seat + 1
        best, best_score = -1, p.formation.threshold
        for k in range(gather_candidates(key, quarter, row, search, candidates, firms, workspace, p)):
            other = candidates[k]
            prior, common = ties_before(firms, row, other), common_partners(workspace, search, other)
            score = mutual_score(key, quarter, row, other, prior, common, firms, p)
            # equal scores cannot happen by luck; the lower seat would win, whatever the order of candidates
            if score > best_score or (score == best_score and best >= 0 and firms.seat[other] < firms.seat[best]):
                best, best_score = other, score
        surplus = best_score - p.formation.threshold
        firms.outside_option[row] = outside_option_next(firms.outside_option[row], surplus, p.formation.option_memory)
        if best >= 0:
            low, high = min(seat, firms.seat[best]), max(seat, firms.seat[best])
            workspace.proposals[proposed] = low * count + high
            proposed += 1
    return proposed


@helper
def write_alliance(
    key: np.uint64, a: int, i: int, j: int, prior: int, common: int, age: int, governance: int,
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, log: EventLog, p: Parameters,
) -> None:  # fmt: skip
    """A new alliance in row `a`, on lower seat's row i and higher seat's row j. governance : 0, 1, or -1 to draw it."""
    quarter = counters.quarter[0]
    here, there = firms.identity[i], firms.identity[j]
    rival = 1 if firms.sector[i] == firms.sector[j] else 0
    if governance < 0:
        chance = equity_chance(p.formation.equity_share, p.formation.equity_rival, rival, p.formation.equity_prior, prior)
        governance = 1 if uniform(stream(key, quarter, _GOVERNANCE), here, there) < chance else 0
    alliances.first[a], alliances.second[a] = i, j
    alliances.born[a] = quarter - age
    alliances.cause[a] = LIVING
    alliances.is_rival[a], alliances.equity[a], alliances.prior_ties[a] = rival, governance, prior
    alliances.fit[a], alliances.potential[a] = p.fit.initial, 0.0
    of = stream(key, quarter, _TRUST)
    for side in range(2):
        partner = j if side == 0 else i
        z = normal(of, here, there) if side == 0 else normal(of, there, here)
        trust = initial_trust(p.trust.initial, firms.reputation[partner], p.trust.initial_reputation, prior,
                              p.trust.initial_prior, common, p.trust.initial_common, p.trust.initial_spread * z)  # fmt: skip
        alliances.trust[a, side], alliances.ceiling[a, side] = trust, 1.0
        alliances.observed[a, side] = min(1.0, expected_sharing(trust, p.trust.expectation_base, p.trust.expectation_trust))
        alliances.performance[a, side] = p.exit.honeymoon * trust
        alliances.sharing[a, side], alliances.payoff[a, side], alliances.learned[a, side] = 0.0, 0.0, 0.0
        alliances.found_out[a, side] = NEVER
    value = 0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1])
    alliances.about[a] = write_event(log, counters, FORMED, here, there, rival + 2 * governance + 4 * prior, value, -1)
    log.about[alliances.about[a]] = alliances.about[a]
    firms.degree[i] += 1
    firms.degree[j] += 1


@phase
def formation(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, log: EventLog,
    workspace: Workspace, p: Parameters,
) -> None:  # fmt: skip
    """Search, propose, merge duplicates, and enter the new alliances at their places."""
    living, count = counters.living[0], len(firms.seat)
    list_partners(living, firms, alliances, workspace)
    proposed = propose(key, counters.quarter[0], firms, workspace, p)
    if proposed == 0:
        return
    pairs = np.unique(workspace.proposals[:proposed])
    source, target = living - 1, living + len(pairs) - 1
    for k in range(len(pairs) - 1, -1, -1):  # make room from the back: nothing is copied twice
        while source >= 0 and firms.seat[alliances.first[source]] * count + firms.seat[alliances.second[source]] > pairs[k]:
            move_alliance(alliances, source, target)
            source -= 1
            target -= 1
        alliances.cause[target] = LIVING - 1  # a place kept free
        alliances.first[target] = pairs[k]
        target -= 1
    counters.living[0] = living + len(pairs)
    for a in range(counters.living[0]):
        if alliances.cause[a] == LIVING - 1:
            pair = alliances.first[a]
            i, j = firms.row[pair // count], firms.row[pair % count]
            search = -1 - pair  # a mark that no search has used
            for place in range(workspace.start[i], workspace.start[i + 1]):
                workspace.marked[workspace.member[place]] = search
            prior = max(ties_before(firms, i, j), ties_before(firms, j, i))
            write_alliance(key, a, i, j, prior, common_partners(workspace, search, j), 0, -1,
                           counters, firms, alliances, log, p)  # fmt: skip
