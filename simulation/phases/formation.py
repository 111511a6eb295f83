"""Phase 3: firms seek partners; proposals are simultaneous, duplicates merge, new alliances take their place in the table."""

import numpy as np

from simulation.compiled import helper, phase
from simulation.compiled.lanes import line, sum_of
from simulation.compiled.prefetch import fetch_early
from simulation.draws import Purpose, normal, stream, uniform
from simulation.events import FORMED, write_event
from simulation.parameters import FormationNumbers, Parameters
from simulation.rules.environment import rival_loss
from simulation.rules.formation import equity_chance, outside_option_next, partner_score, search_chance
from simulation.rules.learning import learning_potential
from simulation.rules.trust import expected_sharing, initial_trust
from simulation.state import (
    LIVING,
    NEVER,
    REMEMBERED,
    AllianceArrays,
    Bytes,
    Counters,
    EventLog,
    FirmArrays,
    Ints,
    Workspace,
    move_alliance,
)  # fmt: skip

MOST_COMMON = 3  # common partners beyond the third add nothing (E16, E17), so counting stops there
MOST_PRIOR = 3
GAPS = (16001, 7001, 1750, 701, 301, 132, 57, 23, 10, 4, 1)  # Ciura 2001, and on by about 2.3

_SEARCH, _MEETING, _INTRODUCTION = int(Purpose.SEARCH), int(Purpose.MEETING), int(Purpose.INTRODUCTION)
_SCORE, _TRUST, _GOVERNANCE = int(Purpose.SCORE), int(Purpose.INITIAL_TRUST), int(Purpose.GOVERNANCE)


@helper
def distinct(proposals: Ints, proposed: int) -> int:
    """Sort the proposals in place and merge those for the same pair. Returns how many pairs there are."""
    for gap in GAPS:  # Shell's sort: numba's own would allocate
        for k in range(gap, proposed):
            pair, place = proposals[k], k
            while place >= gap and proposals[place - gap] > pair:
                proposals[place] = proposals[place - gap]
                place -= gap
            proposals[place] = pair
    kept = 0
    for k in range(proposed):
        if k == 0 or proposals[k] != proposals[kept - 1]:
            proposals[kept] = proposals[k]
            kept += 1
    return kept


@helper
def list_partners(alliances: AllianceArrays, rows: int, degree: Ints, start: Ints, member: Ints) -> None:
    """Fill `start` and `member` of the workspace: the partners of each firm, in the order of their seats."""
    start[0] = 0
    for row in range(len(degree)):
        start[row + 1] = start[row] + degree[row]
    for a in range(rows):
        if alliances.cause[a] == LIVING:
            i, j = alliances.first[a], alliances.second[a]
            member[start[i]] = j
            member[start[j]] = i
            start[i] += 1
            start[j] += 1
    for row in range(len(degree) - 1, -1, -1):  # filling moved each start to the next firm's: move them back
        start[row + 1] = start[row]
    start[0] = 0


@helper
def ties_before(past_partner: Ints, past_ties: Bytes, row: int, identity: int) -> int:
    """Alliances that a firm remembers to have had with another, at most MOST_PRIOR."""
    for place in range(REMEMBERED):
        if past_partner[row, place] == identity:
            return min(MOST_PRIOR, int(past_ties[row, place]))
        if past_partner[row, place] < 0:
            break
    return 0


@helper
def common_partners(start: Ints, member: Ints, marked: Ints, search: int, other: int) -> int:
    """Partners of `other` that were marked as partners in this search, at most MOST_COMMON."""
    found = 0
    for place in range(start[other], start[other + 1]):
        if marked[member[place]] == search:
            found += 1
            if found == MOST_COMMON:
                break
    return found


@helper
def mutual_score(
    of: np.uint64, row: int, other: int, prior: int, search: int, to_beat: float,
    firms: FirmArrays, workspace: Workspace, f: FormationNumbers, ban: float,
) -> float:  # fmt: skip
    """Score of `other` in the eyes of `row`; −1e9 where it is not above `to_beat` or `other` would not have `row`.

    prior : alliances that the two had before, at most MOST_PRIOR
    """
    gap, prior_worth, lost = abs(firms.goal[row] - firms.goal[other]), f.prior_weight * prior, 0.0
    if firms.sector[row] == firms.sector[other]:
        lost = rival_loss(f.rival_weight, ban, max(firms.regulation[row, 1], firms.regulation[other, 1]))
    here, there = firms.identity[row], firms.identity[other]
    impression = f.noise * normal(of, here, there)
    reputation = firms.reputation[other]
    best_case = partner_score(1.0, reputation, gap, prior_worth, f.common_weight * MOST_COMMON, lost, impression)
    if best_case <= to_beat:
        return -1e9  # spares the look at what both know and whom they know
    common = common_partners(workspace.start, workspace.member, workspace.marked, search, other)
    common_worth = f.common_weight * common
    dot = sum_of(line(firms.knowledge, row) * line(firms.knowledge, other))
    potential = learning_potential(dot, firms.knowledge_length[row], firms.knowledge_length[other])
    own = partner_score(potential, reputation, gap, prior_worth, common_worth, lost, impression)
    if own <= to_beat:
        return -1e9
    theirs = partner_score(potential, firms.reputation[row], gap, prior_worth, common_worth, lost,
                           f.noise * normal(of, there, here))  # fmt: skip
    return own if theirs > f.threshold else -1e9


@helper
def consider(other: int, search: int, found: int, workspace: Workspace) -> int:
    """Enter a firm into the list of candidates if it is not there yet. Returns how many there are now."""
    workspace.candidates[found] = other
    is_new = workspace.considered[other] != search
    workspace.considered[other] = search
    return found + int(is_new)  # no branch: whether it is new is anyone's guess


@helper
def past_partners(row: int, search: int, firms: FirmArrays, workspace: Workspace) -> int:
    """Gather the firms that are remembered and still alive, with the number of ties before. Returns how many."""
    count, found = np.uint32(len(firms.seat)), 0
    for place in range(REMEMBERED):
        past = firms.past_partner[row, place]
        if past < 0:
            break
        # Half as long a division: identities stay below 2**32, for 10**6 seats get at most 4,000 entrants each.
        other = firms.row[np.uint32(past) % count]
        if firms.identity[other] == past:
            workspace.prior[found] = min(MOST_PRIOR, int(firms.past_ties[row, place]))
            found = consider(other, search, found, workspace)
    return found


@helper
def gather_candidates(
    key: np.uint64, quarter: int, row: int, search: int, found: int,
    firms: FirmArrays, workspace: Workspace, introductions: int, meetings: int,
) -> int:  # fmt: skip
    """To the `found` past partners, add partners of partners and firms met by chance; none twice. Returns how many in all."""
    count, identity = len(firms.seat), firms.identity[row]
    begin, degree = workspace.start[row], firms.degree[row]
    of = stream(key, quarter, _INTRODUCTION)
    for k in range(introductions if degree > 0 else 0):
        friend = workspace.member[begin + int(uniform(of, identity, 2 * k) * degree)]
        pick = workspace.start[friend] + int(uniform(of, identity, 2 * k + 1) * firms.degree[friend])
        found = consider(workspace.member[pick], search, found, workspace)
    of = stream(key, quarter, _MEETING)
    for k in range(meetings):
        found = consider(firms.row[int(uniform(of, identity, k) * count)], search, found, workspace)
    return found


@helper
def best_candidate(
    key: np.uint64, quarter: int, row: int, search: int,
    firms: FirmArrays, workspace: Workspace, f: FormationNumbers, ban: float,
) -> tuple[int, float]:  # fmt: skip
    """The acceptable firm that a searching one likes best, −1 for none; neither itself nor a partner. And its score."""
    scores, begin = stream(key, quarter, _SCORE), workspace.start[row]
    workspace.considered[row] = search
    for place in range(begin, begin + firms.degree[row]):
        workspace.marked[workspace.member[place]] = search
        workspace.considered[workspace.member[place]] = search
    known = past_partners(row, search, firms, workspace)
    found = gather_candidates(key, quarter, row, search, known, firms, workspace, int(f.embedded_candidates),
                              int(f.random_candidates))  # fmt: skip
    for k in range(found):  # they stand anywhere in memory: have it bring all at once
        other = workspace.candidates[k]
        fetch_early(firms.goal, other)
        fetch_early(firms.sector, other)
        fetch_early(firms.identity, other)
        fetch_early(firms.reputation, other)
        fetch_early(firms.knowledge, other)
        fetch_early(firms.knowledge_length, other)
        fetch_early(workspace.start, other)
    best, best_score = -1, f.threshold
    for k in range(found):
        other = workspace.candidates[k]
        prior = workspace.prior[k] if k < known else 0
        score = mutual_score(scores, row, other, prior, search, best_score, firms, workspace, f, ban)
        if score > best_score:
            best, best_score = other, score
    return best, best_score


@helper
def propose(
    key: np.uint64, quarter: int, firms: FirmArrays, workspace: Workspace, f: FormationNumbers, ban: float
) -> int:
    """Each searching firm proposes to its best candidate. Fills `workspace.proposals`; returns how many there are."""
    count, proposed, of = len(firms.seat), 0, stream(key, quarter, _SEARCH)
    for seat in range(count):
        row = firms.row[seat]
        shaken = 1.0 if quarter - firms.last_shock[row] < f.search_quarters else 0.0
        chance = search_chance(f.rate, firms.activity[row], f.search_boost, shaken)
        if uniform(of, firms.identity[row], 0) >= chance:
            continue
        best, score = best_candidate(key, quarter, row, quarter * count + seat + 1, firms, workspace, f, ban)
        surplus = score - f.threshold
        firms.outside_option[row] = outside_option_next(firms.outside_option[row], surplus, f.option_memory)
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
    quarter, f, t = counters.quarter[0], p.formation, p.trust
    here, there = firms.identity[i], firms.identity[j]
    rival = 1 if firms.sector[i] == firms.sector[j] else 0
    if governance < 0:
        chance = equity_chance(f.equity_share, f.equity_rival, rival, f.equity_prior, prior)
        governance = 1 if uniform(stream(key, quarter, _GOVERNANCE), here, there) < chance else 0
    alliances.first[a], alliances.second[a] = i, j
    alliances.born[a] = quarter - age
    alliances.cause[a] = LIVING
    alliances.is_rival[a], alliances.equity[a], alliances.prior_ties[a] = rival, governance, prior
    alliances.fit[a] = p.fit.initial
    of = stream(key, quarter, _TRUST)
    for side in range(2):
        partner = j if side == 0 else i
        z = normal(of, here, there) if side == 0 else normal(of, there, here)
        trust = initial_trust(
            t.initial, firms.reputation[partner], p.firms.initial_reputation, t.initial_reputation, prior, t.initial_prior,
            common, t.initial_common, t.initial_spread * z,
        )  # fmt: skip
        alliances.trust[a, side], alliances.ceiling[a, side] = trust, 1.0
        alliances.observed[a, side] = min(1.0, expected_sharing(trust, t.expectation_base, t.expectation_trust))
        alliances.performance[a, side] = p.exit.honeymoon * trust
        alliances.learned[a, side] = 0.0
        alliances.found_out[a, side] = NEVER
    alliances.lost_fit[a], alliances.accord[a], alliances.shaken[a], alliances.pledge[a] = 0.0, 0.0, NEVER, 0
    value = 0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1])
    about = write_event(log, counters, FORMED, here, there, rival + 2 * governance + 4 * prior, value, -1)
    alliances.about[a] = about
    log.about[about] = about
    firms.degree[i] += 1
    firms.degree[j] += 1


@helper
def make_places(
    alliances: AllianceArrays, rows: int, seats: Ints, pairs: Ints, formed: int, shift: Ints, places: Ints
) -> int:
    """Close the gaps of ended alliances and open places for the sorted new pairs. Returns how many rows are in use then.

    Each living row moves at most once, by as many rows as new ones come before it less those that ended before it.
    Rows keep their order, so where one moves up to has been left by then; those that move down follow from the back.
    """
    count, new, gone = len(seats), 0, 0
    for a in range(rows):
        low = seats[alliances.first[a]]
        while new < formed and pairs[new] < low * count + count:  # its lower seat is not above this row's
            if pairs[new] >= low * count + seats[alliances.second[a]]:
                break
            places[new] = a + new - gone
            new += 1
        shift[a] = 0
        if alliances.cause[a] != LIVING:
            gone += 1
        elif new < gone:
            move_alliance(alliances, a, a + new - gone)
        else:
            shift[a] = new - gone
    for k in range(new, formed):
        places[k] = rows + k - gone
    for a in range(rows - 1, -1, -1):
        if shift[a] > 0:
            move_alliance(alliances, a, a + shift[a])
    return rows + formed - gone


@phase
def formation(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, log: EventLog,
    workspace: Workspace, p: Parameters,
) -> None:  # fmt: skip
    """Search, propose, merge duplicates, and enter the new alliances at their places in the table."""
    rows = counters.rows[0]
    list_partners(alliances, rows, firms.degree, workspace.start, workspace.member)
    proposed = propose(key, counters.quarter[0], firms, workspace, p.formation, p.environment.regulation_ban)
    pairs, places = workspace.proposals, workspace.places
    formed = distinct(pairs, proposed)
    counters.rows[0] = make_places(alliances, rows, firms.seat, pairs, formed, workspace.shift, places)
    counters.living[0] = counters.rows[0]
    count = len(firms.seat)
    for k in range(formed):
        i, j = firms.row[pairs[k] // count], firms.row[pairs[k] % count]
        search = -1 - k - counters.quarter[0] * count  # a mark that nothing else uses
        for place in range(workspace.start[i], workspace.start[i + 1]):
            workspace.marked[workspace.member[place]] = search
        common = common_partners(workspace.start, workspace.member, workspace.marked, search, j)
        prior = max(ties_before(firms.past_partner, firms.past_ties, i, firms.identity[j]),
                    ties_before(firms.past_partner, firms.past_ties, j, firms.identity[i]))  # fmt: skip
        write_alliance(key, places[k], i, j, prior, common, 0, -1, counters, firms, alliances, log, p)
