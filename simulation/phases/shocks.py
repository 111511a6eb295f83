"""Phase 1: shocks reach markets, demand, knowledge, goals and fit."""

import math
from typing import get_args

import numpy as np

from simulation.compiled import helper, phase
from simulation.draws import Purpose, normal, stream, uniform
from simulation.events import SHOCK, write_event
from simulation.parameters import EnvironmentNumbers, FitNumbers
from simulation.rules.environment import demand_after_shock, munificence_after_slump, munificence_next
from simulation.rules.fit import fit_after_shock, goal_after_shock
from simulation.rules.learning import knowledge_after_obsolescence
from simulation.scenario import DOMAINS, ShockKind, ShockScope
from simulation.state import AllianceArrays, Counters, EnvironmentArrays, EventLog, FirmArrays, Floats

KINDS: tuple[str, ...] = get_args(ShockKind)
SCOPES: tuple[str, ...] = get_args(ShockScope)
DESTROYING, SLUMP = range(2)
GLOBAL, SECTOR, LOCAL = range(3)

# who draws for a shock: numbers that no two shocks of a quarter share
DRAWN_GLOBAL = 0
DRAWN_SECTOR = 1  # + sector
SCRIPTED = 1 << 20  # + position in the calendar
DRAWN_LOCAL = 1 << 21  # + seat

_SHOCK, _DEMAND = int(Purpose.SHOCK), int(Purpose.SHOCK_DEMAND)
_COMMON, _OWN = int(Purpose.SHOCK_GOAL_COMMON), int(Purpose.SHOCK_GOAL_OWN)


@helper
def redraw_market(of: np.uint64, number: int, sector: int, spread: float, market: Floats) -> None:
    """Fill `market` [8] with the weights of a sector's new market: log-normal, summing to 1."""
    total = 0.0
    for domain in range(DOMAINS):
        market[domain] = math.exp(spread * normal(of, number, DOMAINS * sector + domain))
        total += market[domain]
    for domain in range(DOMAINS):
        market[domain] /= total


@helper
def strike_firm(
    key: np.uint64, quarter: int, number: int, kind: int, magnitude: float, row: int, firms: FirmArrays, fit: FitNumbers
) -> None:
    """A firm feels a shock: its goal jumps, and it remembers the largest of the quarter."""
    z_common = normal(stream(key, quarter, _COMMON), number, 0)
    z_own = normal(stream(key, quarter, _OWN), firms.identity[row], number)
    firms.goal[row] = goal_after_shock(firms.goal[row], magnitude, fit.goal_shock, fit.goal_common, z_common, z_own)
    if magnitude > firms.felt[row]:
        firms.felt[row] = magnitude
        firms.felt_kind[row] = kind
    firms.last_shock[row] = quarter


@helper
def move_markets(
    of: np.uint64, number: int, first: int, last: int, magnitude: float, environment: EnvironmentArrays, spread: float
) -> None:
    """Fill `environment.after` with the markets of sectors first to last as a competence-destroying shock leaves them."""
    for sector in range(first, last + 1):
        redraw_market(of, number, sector, spread, environment.market)
        for domain in range(DOMAINS):
            environment.after[sector, domain] = demand_after_shock(
                environment.demand[sector, domain], environment.market[domain], magnitude
            )


@helper
def strike(
    key: np.uint64, quarter: int, number: int, kind: int, scope: int, target: int, magnitude: float,
    firms: FirmArrays, environment: EnvironmentArrays, numbers: EnvironmentNumbers, fit: FitNumbers,
) -> None:  # fmt: skip
    """One shock reaches the firms in its scope. target : sector, or seat for a local one."""
    first, last = 0, len(environment.demand) - 1
    if scope == SECTOR:
        first, last = target, target
    if scope == LOCAL:
        first = last = int(firms.sector[firms.row[target]])
    if kind == DESTROYING:
        move_markets(stream(key, quarter, _DEMAND), number, first, last, magnitude, environment, numbers.demand_spread)
    for seat in range(target, target + 1) if scope == LOCAL else range(len(firms.seat)):
        row = firms.row[seat]
        sector = firms.sector[row]
        if sector < first or sector > last:
            continue
        if kind == DESTROYING:
            for domain in range(DOMAINS):
                firms.knowledge[row, domain] = knowledge_after_obsolescence(
                    firms.knowledge[row, domain], environment.demand[sector, domain], environment.after[sector, domain],
                    numbers.obsolescence,
                )  # fmt: skip
        else:
            firms.munificence[row] = munificence_after_slump(firms.munificence[row], numbers.slump_depth, magnitude)
        strike_firm(key, quarter, number, kind, magnitude, row, firms, fit)
    if kind == DESTROYING and scope != LOCAL:  # a local shock moves one firm's customers, not its sector's market
        for sector in range(first, last + 1):
            for domain in range(DOMAINS):
                environment.demand[sector, domain] = environment.after[sector, domain]


@phase
def shocks(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays,
    environment: EnvironmentArrays, log: EventLog, numbers: EnvironmentNumbers, fit: FitNumbers,
) -> None:  # fmt: skip
    """Demand recovers; drawn and scripted shocks strike; fit of every alliance of a firm hit falls."""
    quarter = counters.quarter[0]
    count = len(firms.seat)
    for row in range(count):
        firms.felt[row] = 0.0
        firms.munificence[row] = munificence_next(
            firms.munificence[row], numbers.munificence, numbers.munificence_reversion
        )
    any_shock = False
    kind, scope = environment.drawn[0], environment.drawn[1]
    if numbers.shock_magnitude > 0.0 and numbers.shock_rate > 0.0:
        chance = stream(key, quarter, _SHOCK)
        targets = 1 if scope == GLOBAL else len(environment.demand) if scope == SECTOR else count
        base = DRAWN_GLOBAL if scope == GLOBAL else DRAWN_SECTOR if scope == SECTOR else DRAWN_LOCAL
        for target in range(targets):
            who = firms.identity[firms.row[target]] if scope == LOCAL else target
            if uniform(chance, who, scope) < numbers.shock_rate:
                strike(key, quarter, base + target, kind, scope, target, numbers.shock_magnitude,
                       firms, environment, numbers, fit)  # fmt: skip
                any_shock = True
    for event in range(len(environment.event_quarter)):
        if environment.event_quarter[event] == quarter and environment.event_magnitude[event] > 0.0:
            strike(key, quarter, SCRIPTED + event, environment.event_kind[event], environment.event_scope[event],
                   environment.event_target[event], environment.event_magnitude[event],
                   firms, environment, numbers, fit)  # fmt: skip
            any_shock = True
    if any_shock:
        spread_to_alliances(counters, firms, alliances, log, fit)


@helper
def spread_to_alliances(
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, log: EventLog, fit: FitNumbers
) -> None:
    """Log who was hit, and let fit fall in each alliance by the larger of the two shocks felt."""
    for seat in range(len(firms.seat)):
        row = firms.row[seat]
        if firms.felt[row] > 0.0:
            write_event(log, counters, SHOCK, firms.identity[row], -1, firms.felt_kind[row], firms.felt[row], -1)
    for a in range(counters.rows[0]):  # last quarter's ended still stand in it: harmless
        i, j = alliances.first[a], alliances.second[a]
        magnitude = max(firms.felt[i], firms.felt[j])
        if magnitude > 0.0:
            flexibility = 0.5 * (firms.flexibility[i] + firms.flexibility[j])
            trust = 0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1])
            alliances.fit[a] = fit_after_shock(alliances.fit[a], magnitude, flexibility, trust, fit.blindness)
