"""How one shock strikes: what each kind does to markets and to the firms in its scope. Phase 1 says when and whom."""

import math
from typing import get_args

import numpy as np

from simulation.compiled import helper
from simulation.draws import Purpose, normal, stream, uniform
from simulation.founding import strategy_at
from simulation.parameters import EnvironmentNumbers, FitNumbers, StrategyTable
from simulation.rules.environment import demand_after_shock, munificence_after_slump
from simulation.rules.fit import goal_after_shock
from simulation.rules.learning import knowledge_after_enhancement, knowledge_after_obsolescence
from simulation.scenario import DOMAINS
from simulation.scripted import ShockKind, ShockScope
from simulation.state import EnvironmentArrays, FirmArrays, Floats, Workspace

KINDS: tuple[str, ...] = get_args(ShockKind)
SCOPES: tuple[str, ...] = get_args(ShockScope)
DESTROYING, SLUMP, ENHANCING, COORDINATION, BAN, PROTECTION, SHIFT, ENTRANTS = range(8)
GLOBAL, SECTOR, LOCAL, CORRELATED, HALF = range(5)

_MARKET, _DOMAIN = int(Purpose.SHOCK_DEMAND), int(Purpose.SHOCK_DOMAIN)
_COMMON, _OWN = int(Purpose.SHOCK_GOAL_COMMON), int(Purpose.SHOCK_GOAL_OWN)
_SWITCH, _SWITCH_TO, _DISPLACED = int(Purpose.SWITCH), int(Purpose.SWITCH_TO), int(Purpose.DISPLACED)


@helper
def redraw_market(of: np.uint64, sector: int, spread: float, market: Floats) -> None:
    """Fill `market` [8] with the weights of a sector's first market: log-normal, summing to 1."""
    total = 0.0
    for domain in range(DOMAINS):
        market[domain] = math.exp(spread * normal(of, sector, domain))
        total += market[domain]
    for domain in range(DOMAINS):
        market[domain] /= total


@helper
def move_market(
    key: np.uint64, quarter: int, number: int, sector: int, magnitude: float, environment: EnvironmentArrays,
    spread: float, complexity: float,
) -> None:  # fmt: skip
    """Fill `environment.after` with the market of a sector as a shock leaves it; only some domains may have moved."""
    weights, choice = stream(key, quarter, _MARKET), stream(key, quarter, _DOMAIN)
    market, share, total = environment.market, 0.0, 0.0
    for domain in range(DOMAINS):
        market[domain] = -1.0
        if uniform(choice, number, DOMAINS * sector + domain) < complexity:
            market[domain] = math.exp(spread * normal(weights, number, DOMAINS * sector + domain))
            total += market[domain]
            share += environment.demand[sector, domain]
    for domain in range(DOMAINS):
        before = environment.demand[sector, domain]
        new = share * market[domain] / total if market[domain] >= 0.0 else before
        environment.after[sector, domain] = demand_after_shock(before, new, magnitude)


@helper
def shake(
    key: np.uint64, quarter: int, number: int, magnitude: float, row: int, firms: FirmArrays, fit: FitNumbers
) -> None:
    """A firm's goal jumps, and it remembers the largest shock of the quarter."""
    z_common = normal(stream(key, quarter, _COMMON), number, 0)
    z_own = normal(stream(key, quarter, _OWN), firms.identity[row], number)
    firms.goal[row] = goal_after_shock(firms.goal[row], magnitude, fit.goal_shock, fit.goal_common, z_common, z_own)
    firms.felt[row] = max(firms.felt[row], magnitude)


@helper
def strike_firm(
    key: np.uint64, quarter: int, number: int, kind: int, magnitude: float, row: int, firms: FirmArrays,
    environment: EnvironmentArrays, table: StrategyTable, n: EnvironmentNumbers, fit: FitNumbers,
) -> None:  # fmt: skip
    """What a shock of this kind does to one firm."""
    sector, identity = firms.sector[row], firms.identity[row]
    if kind in (DESTROYING, ENHANCING):
        for domain in range(DOMAINS):
            known, before = firms.knowledge[row, domain], environment.demand[sector, domain]
            after = environment.after[sector, domain]
            firms.knowledge[row, domain] = (
                knowledge_after_obsolescence(known, before, after, n.obsolescence)
                if kind == DESTROYING
                else knowledge_after_enhancement(known, before, after, n.enhancement)
            )
    elif kind == SLUMP:
        firms.munificence[row] = munificence_after_slump(firms.munificence[row], n.slump_depth, magnitude)
    elif kind == SHIFT:
        if uniform(stream(key, quarter, _SWITCH), identity, number) < n.switching * magnitude:
            firms.strategy[row] = strategy_at(uniform(stream(key, quarter, _SWITCH_TO), identity, number), table.upto)
    elif kind == ENTRANTS:
        if uniform(stream(key, quarter, _DISPLACED), identity, number) < n.displacement * magnitude:
            firms.displaced[row] = 1
    else:
        rule = kind - COORDINATION
        environment.regulated[0] = 1
        firms.regulation[row, rule] = max(firms.regulation[row, rule], magnitude)
    if kind in (DESTROYING, SLUMP, SHIFT):
        shake(key, quarter, number, magnitude, row, firms, fit)
    if magnitude > firms.noticed[row]:
        firms.noticed[row] = magnitude
        firms.noticed_kind[row] = kind
    firms.last_shock[row] = quarter


@helper
def strike(
    key: np.uint64, quarter: int, number: int, kind: int, scope: int, target: int, magnitude: float,
    firms: FirmArrays, environment: EnvironmentArrays, workspace: Workspace, table: StrategyTable,
    n: EnvironmentNumbers, fit: FitNumbers,
) -> None:  # fmt: skip
    """One shock reaches the firms in its scope. target : sector, or seat for a local one; else `workspace.hit` says who."""
    first, last = 0, len(environment.demand) - 1
    if scope == SECTOR:
        first, last = target, target
    if scope == LOCAL:
        first = last = int(firms.sector[firms.row[target]])
    moves = kind in (DESTROYING, ENHANCING)
    if moves:
        for sector in range(first, last + 1):
            move_market(key, quarter, number, sector, magnitude, environment, n.demand_spread, n.complexity)
    for seat in range(target, target + 1) if scope == LOCAL else range(len(firms.seat)):
        row = firms.row[seat]
        if (scope > LOCAL and workspace.hit[row] == 0) or environment.calm[firms.sector[row]]:
            continue
        if firms.sector[row] >= first and firms.sector[row] <= last:
            strike_firm(key, quarter, number, kind, magnitude, row, firms, environment, table, n, fit)
    if moves and scope < LOCAL:  # others move the customers of some firms, not their sector's market
        for sector in range(first, last + 1):
            for domain in range(DOMAINS):
                if not environment.calm[sector]:
                    environment.demand[sector, domain] = environment.after[sector, domain]
