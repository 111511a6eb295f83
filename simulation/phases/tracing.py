"""What a quarter leaves behind for those who look back: each alliance before turnover, each firm after it."""

import numpy as np

from simulation.compiled import helper
from simulation.parameters import Parameters
from simulation.phases.endings import utility
from simulation.phases.record import game_of
from simulation.rules.exit import exit_chance, learning_lead
from simulation.state import AllianceArrays, Counters, EnvironmentArrays, FirmArrays, TraceArrays

SIDES = ("trust", "sharing", "performance", "payoff", "chance")  # columns of TraceArrays.sides
JOINT = ("fit", "regime")
FIRM = ("strategy", "managers", "capital")
NO_TRACE = TraceArrays(
    np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros((0, 2, 5)), np.zeros((0, 2)), np.zeros((0, 0, 3))
)


def empty_trace(quarters: int, firms: int, rows: int, whole: bool = True) -> TraceArrays:
    """Room for `rows` quarters of alliances. whole : without it, of alliances only their trust is written down"""
    return TraceArrays(
        np.zeros(quarters + 1, np.int64),
        np.zeros(rows, np.int64),
        np.zeros((rows, 2, len(SIDES) if whole else 1)),
        np.zeros((rows if whole else 0, len(JOINT))),
        np.zeros((quarters, firms, len(FIRM))),
    )


@helper
def trace_alliances(
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, environment: EnvironmentArrays, trace: TraceArrays,
    p: Parameters,
) -> None:  # fmt: skip
    """One row per alliance of the quarter, those included that have just ended; firms that fail are still there."""
    quarter, e = counters.quarter[0], p.exit
    begin, rows = trace.start[quarter], counters.rows[0]
    trace.start[quarter + 1] = begin + rows
    for a in range(rows):
        here, i, j = begin + a, alliances.first[a], alliances.second[a]
        trace.about[here] = alliances.about[a]
        trace.sides[here, 0, 0], trace.sides[here, 1, 0] = alliances.trust[a, 0], alliances.trust[a, 1]
        if len(trace.joint) == 0:
            continue
        trace.joint[here, 0] = alliances.fit[a]
        trace.joint[here, 1] = game_of(a, firms, alliances, environment, p.value, p.environment.regulation_protection)
        lead = learning_lead(alliances.learned[a, 0], alliances.learned[a, 1])
        strain = p.renegotiation.strain if alliances.strained[a] else 1.0
        decides = p.renewal <= 1 or (quarter - alliances.born[a] + 1) % p.renewal == 0
        for side in range(2):
            me, other = (i, j) if side == 0 else (j, i)
            loyal = p.strategies.loyalty[firms.strategy[me]]
            stay = utility(a, side, me, other, loyal, lead if side == 0 else -lead, firms, alliances, e)
            trace.sides[here, side, 1] = alliances.sharing[a, side]
            trace.sides[here, side, 2] = alliances.performance[a, side]
            trace.sides[here, side, 3] = alliances.payoff[a, side]
            leaving = exit_chance(e.base_hazard, stay, e.reference_utility, e.selectivity, strain)
            if e.fixed_hazard >= 0.0:  # they part together, by one lot
                leaving = e.fixed_hazard
            trace.sides[here, side, 4] = leaving if decides else 0.0


@helper
def trace_firms(counters: Counters, firms: FirmArrays, trace: TraceArrays) -> None:
    """The firms at the end of the quarter, by seat."""
    quarter = counters.quarter[0]
    for seat in range(len(firms.seat)):
        row = firms.row[seat]
        trace.firms[quarter, seat, 0] = firms.strategy[row]
        trace.firms[quarter, seat, 1] = firms.alliance_function[row]
        trace.firms[quarter, seat, 2] = firms.capital[row]
