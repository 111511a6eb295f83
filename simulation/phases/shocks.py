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
from simulation.state import AllianceArrays, Counters, EnvironmentArrays, EventLog, FirmArrays

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
def redraw_market(of: np.uint64, number: int, spread: float, market: np.ndarray) -> None:
    """Fill `market` [8] with the weights of a new market: log-normal, summing to 1."""
    total = 0.0
    for domain in range(DOMAINS):
        market[domain] = math.exp(spread * normal(of, number, domain))
        total += market[domain]
    for domain in range(DOMAINS):
        market[domain] /= total


@helper
def strike_firm(
    key: np.uint64, quarter: int, number: int, magnitude: float, row: int,
    firms: FirmArrays, fit: FitNumbers,
) -> None:  # fmt: skip
    """A firm feels a shock: it remembers it and its goal jumps."""
    z_common = normal(stream(key, quarter, _COMMON), number, 0)
    z_own = normal(stream(key, quarter, _OWN), firms.identity[row], number)
    firms.goal[row] = goal_after_shock(firms.goal[row], magnitude, fit.goal_shock, fit.goal_common, z_common, z_own)
    firms.felt[row] = max(firms.felt[row], magnitude)
    firms.last_shock[row] = quarter


@helper
def strike(
    key: np.uint64, quarter: int, number: int, kind: int, scope: int, target: int, magnitude: float,
    firms: FirmArrays, environment: EnvironmentArrays, numbers: EnvironmentNumbers, fit: FitNumbers,
) -> None:  # fmt: skip
    """One shock reaches the firms in its scope. target : sector, or seat for a local one."""
    demand = environment.demand
    drawn, before = environment.market, environment.before
    for sector in range(len(demand)):
        for domain in range(DOMAINS):
            before[sector, domain] = demand[sector, domain]
    if kind == DESTROYING:
        redraw_market(stream(key, quarter, _DEMAND), number, numbers.demand_spread, drawn)
        for sector in range(len(demand)):
            if scope == GLOBAL or (scope == SECTOR and sector == target):
                for domain in range(DOMAINS):
                    demand[sector, domain] = demand_after_shock(before[sector, domain], drawn[domain], magnitude)
    for seat in range(len(firms.seat)):
        row = firms.row[seat]
        sector = firms.sector[row]
        if (scope == SECTOR and sector != target) or (scope == LOCAL and seat != target):
            continue
        if kind == DESTROYING:
            for domain in range(DOMAINS):
                # a local shock moves this firm's customers only, so its sector's market stays as it is
                after = demand_after_shock(before[sector, domain], drawn[domain], magnitude)
                firms.knowledge[row, domain] = knowledge_after_obsolescence(
                    firms.knowledge[row, domain], before[sector, domain], after, numbers.obsolescence
                )
        else:
            firms.munificence[row] = munificence_after_slump(firms.munificence[row], numbers.slump_depth, magnitude)
        strike_firm(key, quarter, number, magnitude, row, firms, fit)


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
            kind = environment.event_kind[event]
            strike(key, quarter, SCRIPTED + event, kind, environment.event_scope[event], environment.event_target[event],
                   environment.event_magnitude[event],
                   firms, environment, numbers, fit)  # fmt: skip
            any_shock = True
    if any_shock:
        spread_to_alliances(counters, firms, alliances, log, fit, kind)


@helper
def spread_to_alliances(
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, log: EventLog, fit: FitNumbers, kind: int
) -> None:
    """Log who was hit, and let fit fall in each alliance by the larger of the two shocks felt."""
    for seat in range(len(firms.seat)):
        row = firms.row[seat]
        if firms.felt[row] > 0.0:
            write_event(log, counters, SHOCK, firms.identity[row], -1, kind, firms.felt[row], -1)
    for a in range(counters.rows[0]):  # last quarter's ended still stand in it: harmless
        i, j = alliances.first[a], alliances.second[a]
        magnitude = max(firms.felt[i], firms.felt[j])
        if magnitude > 0.0:
            flexibility = 0.5 * (firms.flexibility[i] + firms.flexibility[j])
            trust = 0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1])
            alliances.fit[a] = fit_after_shock(alliances.fit[a], magnitude, flexibility, trust, fit.blindness)
