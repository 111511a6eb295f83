"""The state of a world as arrays: shape and unit beside each field. N firms, S sectors, A alliances, 8 domains.

Rows of firms may stand in any order: `seat` is what a firm is known by, and every draw and every sum goes by it.
Rows of alliances are kept in the order of their seats (lower first), so that sums over them never depend on history.
"""

import math
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import helper
from simulation.scenario import DOMAINS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Bytes = NDArray[np.int8]
Rows = NDArray[np.uint32]  # unsigned, so that kernels need not ask whether an index counts from the end
Codes = NDArray[np.uint16]
Table = TypeVar("Table", "FirmArrays", "AllianceArrays", "EventLog")

CACHE_LINE = 64  # bytes
MOST_CANDIDATES = 128  # introductions and meetings of one search, 64 each at most (schema)
SHEET = 8  # numbers in a line of the sheet, a cache line of them
REMEMBERED = 8  # past partners that a firm remembers; the one it parted from longest ago gives way
NEVER = -1_000_000  # a quarter long before any other
LIVING = -1  # cause of an alliance that has not ended
GOOD_FAITH, SETTLEMENT = 1, 2  # bits of a pledge


class FirmArrays(NamedTuple):
    """One row per firm alive. `identity` is seat + N·generation: an entrant on a seat is another firm."""

    seat: Ints  # [N] seat of the firm in this row
    row: Ints  # [N] row of the firm on this seat
    identity: Ints  # [N]
    sector: Codes  # [N] 0..S-1
    strategy: Codes  # [N] row of the strategy table
    alliance_function: Bytes  # [N] 1 if it has dedicated alliance managers
    flexibility: Floats  # [N] share
    absorptive_capacity: Floats  # [N] share
    activity: Floats  # [N] propensity to seek partners, mean 1
    goal: Floats  # [N] goal 0..1
    reputation: Floats  # [N] share
    capital: Floats  # [N] money
    munificence: Floats  # [N] demand that the firm meets [factor]
    outside_option: Floats  # [N] score above the threshold
    openness: Floats  # [N] open communication [share]
    founding_capacity: Floats  # [N] level that absorptive capacity reverts to [share]
    capabilities: Codes  # [N] bit per domain that has ever passed the threshold
    felt: Floats  # [N] magnitude of the largest shock this quarter that shook goals and fit [share]
    noticed: Floats  # [N] magnitude of the largest of any kind [share]
    noticed_kind: Bytes  # [N] its kind
    last_shock: Ints  # [N] quarter of the last shock of any kind
    displaced: Bytes  # [N] 1 if it loses its seat this quarter: driven out by entrants or, in turnover, insolvent
    degree: Ints  # [N] living alliances
    income: Floats  # [N] earned this quarter: of its own, by its alliances, less the cost of function and talks [money]
    knowledge: Floats  # [N, 8] knowledge
    profile: Floats  # [N, 8] direction of own research, sums to 1 [share]
    founding_profile: Floats  # [N, 8] where it began [share]
    profile_drift: Floats  # [N] half the absolute change of the profile since then [share]
    regulation: Floats  # [N, 3] grip of regulation on coordination, on ties of rivals, on leakage [share]
    knowledge_length: Floats  # [N] Euclidean length of knowledge
    past_partner: Ints  # [N, 8] identity of former partners, -1 for none
    past_ties: Bytes  # [N, 8] alliances had with each


class AllianceArrays(NamedTuple):
    """One row per alliance, ordered by (lower seat, higher seat). Side 0 is the firm on the lower seat.

    Rows of alliances that ended this quarter stay, with their cause, until the next quarter's formation closes the gaps.
    """

    first: Rows  # [A] row of the firm on the lower seat
    second: Rows  # [A] row of the other
    born: Shorts  # [A] quarter of its birth; before 0 for ties that existed already
    about: Ints  # [A] number of the event that formed it
    cause: Bytes  # [A] index into CAUSES once it has ended in this quarter, else LIVING
    is_rival: Bytes  # [A] 1 if both are of one sector
    equity: Bytes  # [A] 1 equity, 0 contract
    prior_ties: Bytes  # [A] alliances that the two had before
    found_out: Shorts  # [A, 2] last quarter in which side k found the other deceiving it
    fit: Floats  # [A] share
    trust: Floats  # [A, 2] trust of side k in the other [share]
    ceiling: Floats  # [A, 2] the most that trust can be [share]
    observed: Floats  # [A, 2] what side k has seen the other share [share]
    performance: Floats  # [A, 2] smoothed payoff [money/quarter]
    learned: Floats  # [A, 2] knowledge that side k took in so far [knowledge]
    lost_fit: Floats  # [A] fit lost to shocks that the two have not talked about yet [share]
    shaken: Shorts  # [A] quarter of the last such loss
    accord: Floats  # [A] goal gap that talks put aside, goal of the lower seat minus that of the other [goal]
    pledge: Bytes  # [A] what an intervention made them agree on: GOOD_FAITH + SETTLEMENT
    # written anew in every quarter, after formation: these stay behind when rows move
    sharing: Floats  # [A, 2] what side k shares [share]
    payoff: Floats  # [A, 2] this quarter's payoff [money]
    cost: Floats  # [A, 2] what of it was paid for sharing, leakage and coordination [money]
    potential: Floats  # [A] joint value if both shared all, v [money/quarter]
    strained: Bytes  # [A] 1 if talks failed this quarter


class EnvironmentArrays(NamedTuple):
    """Markets, and the calendar of scripted shocks (E of them)."""

    demand: Floats  # [S, 8] weight of each domain in each sector's market, sums to 1 [share]
    event_quarter: Ints  # [E]
    event_kind: Ints  # [E] index into striking.KINDS
    event_scope: Ints  # [E] index into striking.SCOPES
    event_target: Ints  # [E] sector or seat, -1 for global
    event_magnitude: Floats  # [E] share
    event_every: Ints  # [E] strikes again each so many quarters, 0 for once
    drawn: Ints  # [2] kind and scope of drawn shocks
    turbulent: Ints  # [1] 1 in turbulent quarters
    regulated: Ints  # [1] 1 once a shock of regulation has struck: until then nobody looks at grips
    calm: Bytes  # [S] 1 where an intervention spares the sector this quarter's shocks
    market: Floats  # [8] scratch: weights of a market being drawn
    after: Floats  # [S, 8] scratch: demand after a shock


class Workspace(NamedTuple):
    """Scratch memory that phases reuse; nothing in it outlives a quarter."""

    start: Ints  # [N + 1] where each firm's alliances begin in `member`
    member: Ints  # [2·A] partner's row, by firm, in the order of the partners' seats
    shift: Ints  # [A] rows by which an alliance moves down the table, negative for up
    marked: Ints  # [N] search in which a firm was last seen as a partner
    considered: Ints  # [N] search in which it was last considered
    proposals: Ints  # [N] proposed pairs, lower seat·N + higher seat
    places: Ints  # [N] rows of the table for new alliances
    candidates: Ints  # [137] rows of firms considered as partners by one firm
    prior: Ints  # [8] alliances that it had before with the first of them
    gain: Floats  # [N, 8] knowledge to be added
    attention: Floats  # [N] attention asked for by all partners
    move: Floats  # [N] sum of goal moves
    need: Floats  # [N] distress of each firm while partners share and watch, also while a quarter waits [share]
    drift: Floats  # [N, 8] sum of the pulls of partners' profiles
    sheet: Floats  # [N, 8] single numbers of each firm, side by side in one cache line: see the phase `exchange`
    hit: Bytes  # [N] 1 if a shock of limited reach hits the firm


class Counters(NamedTuple):
    """Whole numbers that change as a world runs: arrays of one entry, so that kernels can write them."""

    quarter: Ints  # [1] quarter that is being run, or the next one
    living: Ints  # [1] living alliances
    rows: Ints  # [1] rows of the table in use: the living, and those that ended this quarter
    logged: Ints  # [1] events in the log
    before: Ints  # [1] events in the log when the quarter began
    waiting: Ints  # [1] 1 if the quarter waits, after formation, for sharing decisions from outside


class TraceArrays(NamedTuple):
    """What is written down of each quarter where somebody wants to look back: see `simulation/trace.py`. R rows."""

    start: Ints  # [Q + 1] first row of each quarter; [1] where nothing is traced
    about: Ints  # [R] number of the event that formed the alliance
    sides: Floats  # [R, 2, 5] of each side: trust, sharing, performance, payoff, chance to leave
    joint: Floats  # [R, 2] fit, regime
    firms: Floats  # [Q, N, 3] by seat, at the end of the quarter: strategy, alliance function, capital


class EventLog(NamedTuple):
    """What happened, in order. Replaying it rebuilds which alliances lived when. See `simulation/events.py`."""

    quarter: Ints  # [L]
    kind: Bytes  # [L] index into events.KINDS
    first: Ints  # [L] identity of the firm, or of the partner on the lower seat
    second: Ints  # [L] identity of the other, or -1
    detail: Ints  # [L] depends on the kind
    value: Floats  # [L] depends on the kind
    about: Ints  # [L] number of the event that formed the alliance, -1 if none


def empty_firms(count: int) -> FirmArrays:
    """Arrays for `count` firms, all zero."""
    return FirmArrays(*_zeros(FirmArrays, count))


def empty_alliances(capacity: int) -> AllianceArrays:
    """Room for `capacity` alliances."""
    return AllianceArrays(*_zeros(AllianceArrays, capacity))


def empty_log(capacity: int) -> EventLog:
    """Room for `capacity` events."""
    return EventLog(*_zeros(EventLog, capacity))


def empty_workspace(firms: int, capacity: int) -> Workspace:
    """Scratch memory for so many firms and alliances."""
    return Workspace(*_zeros(Workspace, firms))._replace(
        candidates=np.zeros(REMEMBERED + MOST_CANDIDATES + 1, np.int64),  # one more, written and not counted
        prior=np.zeros(REMEMBERED, np.int64),
        start=np.zeros(firms + 1, np.int64),
        member=np.zeros(2 * capacity, np.int64),
        shift=np.zeros(capacity, np.int64),
    )


def empty_counters() -> Counters:
    """A clock at quarter 0."""
    return Counters(*_zeros(Counters, 1))


_KINDS: dict[Any, type] = {
    Floats: np.float64, Ints: np.int64, Shorts: np.int32, Bytes: np.int8, Rows: np.uint32, Codes: np.uint16,
}  # fmt: skip
_SIDES = ("trust", "ceiling", "sharing", "observed", "performance", "payoff", "cost", "learned", "found_out")
_COLUMNS = {  # fields with more than one number per row
    **dict.fromkeys(("knowledge", "profile", "founding_profile", "gain", "drift"), DOMAINS),
    **dict.fromkeys(("past_partner", "past_ties"), REMEMBERED),
    **dict.fromkeys(_SIDES, 2),
    "regulation": 3,
    "sheet": SHEET,
}


@lru_cache(maxsize=64)
def _places(table: type, rows: int) -> tuple[int, list[tuple[tuple[int, ...], type, int]]]:
    """Bytes of a table, and of each field shape, kind and where it begins: at a cache line, that rows of 8 are one line."""
    size, fields = 0, []
    for name, annotation in table.__annotations__.items():
        shape: tuple[int, ...] = (rows, _COLUMNS[name]) if name in _COLUMNS else (rows,)
        fields.append((shape, _KINDS[annotation], size))
        size += -(-math.prod(shape) * np.dtype(_KINDS[annotation]).itemsize // CACHE_LINE) * CACHE_LINE
    return size, fields


def _zeros(table: type, rows: int) -> list[np.ndarray]:
    """The arrays of a table, in one piece of memory: a piece for each took as long as a tenth of a small run."""
    size, fields = _places(table, rows)
    memory = np.zeros(size + CACHE_LINE, np.uint8)
    begin = -memory.__array_interface__["data"][0] % CACHE_LINE
    return [np.ndarray(shape, kind, memory, begin + place) for shape, kind, place in fields]


def grown(table: Table, rows: int, kept: int | None = None) -> Table:
    """A copy of a table with room for `rows` rows: the first `kept` of the old ones (all if left out), then zeros."""
    fresh = _zeros(type(table), rows)
    for name, bigger in zip(table._fields, fresh, strict=True):
        old = getattr(table, name)[:kept]
        bigger[: len(old)] = old
    return type(table)._make(fresh)


@helper
def move_alliance(alliances: AllianceArrays, source: int, target: int) -> None:
    """Copy over another row of the table all that outlives a quarter."""
    alliances.first[target] = alliances.first[source]
    alliances.second[target] = alliances.second[source]
    alliances.born[target] = alliances.born[source]
    alliances.about[target] = alliances.about[source]
    alliances.cause[target] = alliances.cause[source]
    alliances.is_rival[target] = alliances.is_rival[source]
    alliances.equity[target] = alliances.equity[source]
    alliances.prior_ties[target] = alliances.prior_ties[source]
    alliances.fit[target] = alliances.fit[source]
    alliances.lost_fit[target] = alliances.lost_fit[source]
    alliances.shaken[target] = alliances.shaken[source]
    alliances.accord[target] = alliances.accord[source]
    alliances.pledge[target] = alliances.pledge[source]
    for side in range(2):
        alliances.found_out[target, side] = alliances.found_out[source, side]
        alliances.trust[target, side] = alliances.trust[source, side]
        alliances.ceiling[target, side] = alliances.ceiling[source, side]
        alliances.observed[target, side] = alliances.observed[source, side]
        alliances.performance[target, side] = alliances.performance[source, side]
        alliances.learned[target, side] = alliances.learned[source, side]
