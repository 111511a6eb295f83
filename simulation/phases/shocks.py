"""Phase 1: shocks reach markets, demand, knowledge, goals, fit, rules and rosters."""

import numpy as np

from simulation.compiled import helper, phase
from simulation.draws import Purpose, stream, uniform
from simulation.events import SHOCK, write_event
from simulation.parameters import EnvironmentNumbers, FitNumbers, StrategyTable
from simulation.phases.striking import GLOBAL, HALF, LOCAL, SECTOR, strike
from simulation.rules.environment import munificence_next, shock_chance, usual_munificence
from simulation.rules.fit import fit_after_shock
from simulation.state import LIVING, AllianceArrays, Counters, EnvironmentArrays, EventLog, FirmArrays, Workspace

# who draws for a shock: numbers that no two shocks of a quarter share
DRAWN_GLOBAL = 0
DRAWN_SECTOR = 1  # + sector
DRAWN_HALF = 100
DRAWN_CORRELATED = 101
SCRIPTED = 1 << 20  # + position in the calendar
DRAWN_LOCAL = 1 << 21  # + seat

_SHOCK, _SPREAD, _HALF = int(Purpose.SHOCK), int(Purpose.SPREAD), int(Purpose.HALF)
_TURBULENCE = int(Purpose.TURBULENCE)


@helper
def recover(quarter: int, firms: FirmArrays, environment: EnvironmentArrays, n: EnvironmentNumbers) -> None:
    """Last quarter's shocks are over: demand tends to the level of the hour, regulation loses its grip."""
    passed = quarter - n.wave_quarter
    if n.wave_every > 0.0 and passed >= 0.0:
        passed = passed % n.wave_every
    usual = usual_munificence(n.munificence, n.wave_height, passed / n.wave_length)
    for row in range(len(firms.seat)):
        firms.felt[row] = 0.0
        firms.noticed[row] = 0.0
        firms.noticed_kind[row] = 0
        firms.munificence[row] = munificence_next(firms.munificence[row], usual, n.munificence_reversion)
        if environment.regulated[0]:
            for k in range(3):
                firms.regulation[row, k] *= 1.0 - n.regulation_reversion


@helper
def chance_of_shock(key: np.uint64, quarter: int, environment: EnvironmentArrays, n: EnvironmentNumbers) -> float:
    """Chance of a drawn shock this quarter, after the world has turned turbulent or calm."""
    u = uniform(stream(key, quarter, _TURBULENCE), 0, 0)
    if environment.turbulent[0] == 0:
        environment.turbulent[0] = 1 if u < n.turbulence_start else 0
    elif u < n.turbulence_end:
        environment.turbulent[0] = 0
    return shock_chance(n.shock_rate, float(environment.turbulent[0]), n.turbulence_factor)


@helper
def spread_along_ties(
    key: np.uint64, quarter: int, firms: FirmArrays, alliances: AllianceArrays, rows: int, spread: float,
    workspace: Workspace,
) -> None:  # fmt: skip
    """Mark in `workspace.hit` all that hangs together with a firm marked there already, by ties along which it passes.

    The ties along which trouble passes are those of the quarter, the same for all correlated shocks in it.
    """
    open_tie = stream(key, quarter, _SPREAD)
    spreading = True
    while spreading:
        spreading = False
        for a in range(rows):
            i, j = alliances.first[a], alliances.second[a]
            if workspace.hit[i] == workspace.hit[j] or alliances.cause[a] != LIVING:
                continue
            if uniform(open_tie, firms.identity[i], firms.identity[j]) < spread:
                workspace.hit[i], workspace.hit[j] = 1, 1
                spreading = True


@helper
def halve(key: np.uint64, quarter: int, number: int, firms: FirmArrays, workspace: Workspace) -> None:
    """Mark each firm with chance one half."""
    of = stream(key, quarter, _HALF)
    for row in range(len(firms.seat)):
        workspace.hit[row] = 1 if uniform(of, firms.identity[row], number) < 0.5 else 0


@helper
def draw_shocks(
    key: np.uint64, quarter: int, rows: int, firms: FirmArrays, alliances: AllianceArrays,
    environment: EnvironmentArrays, workspace: Workspace, table: StrategyTable, n: EnvironmentNumbers, fit: FitNumbers,
) -> bool:  # fmt: skip
    """Shocks that come by chance: one chance per world, sector or firm. Returns whether there was one."""
    rate = chance_of_shock(key, quarter, environment, n)
    if rate <= 0.0 or n.shock_magnitude <= 0.0:
        return False
    kind, scope = environment.drawn[0], environment.drawn[1]
    count, chance, struck = len(firms.seat), stream(key, quarter, _SHOCK), False
    if scope in (GLOBAL, SECTOR, HALF):
        for target in range(len(environment.demand) if scope == SECTOR else 1):
            if uniform(chance, target, scope) < rate:
                number = DRAWN_SECTOR + target if scope == SECTOR else DRAWN_HALF if scope == HALF else DRAWN_GLOBAL
                if scope == HALF:
                    halve(key, quarter, number, firms, workspace)
                strike(key, quarter, number, kind, scope, target, n.shock_magnitude,
                       firms, environment, workspace, table, n, fit)  # fmt: skip
                struck = True
        return struck
    for seat in range(count):
        row = firms.row[seat]
        hit = uniform(chance, firms.identity[row], scope) < rate
        workspace.hit[row] = 1 if hit else 0
        struck = struck or hit
        if hit and scope == LOCAL:
            strike(key, quarter, DRAWN_LOCAL + seat, kind, scope, seat, n.shock_magnitude,
                   firms, environment, workspace, table, n, fit)  # fmt: skip
    if struck and scope != LOCAL:
        spread_along_ties(key, quarter, firms, alliances, rows, n.spread, workspace)
        strike(key, quarter, DRAWN_CORRELATED, kind, scope, 0, n.shock_magnitude,
               firms, environment, workspace, table, n, fit)  # fmt: skip
    return struck


@helper
def scripted_shocks(
    key: np.uint64, quarter: int, rows: int, firms: FirmArrays, alliances: AllianceArrays,
    environment: EnvironmentArrays, workspace: Workspace, table: StrategyTable, n: EnvironmentNumbers, fit: FitNumbers,
) -> bool:  # fmt: skip
    """Shocks of the calendar. Returns whether there was one."""
    struck = False
    for event in range(len(environment.event_quarter)):
        since, every = quarter - environment.event_quarter[event], environment.event_every[event]
        due = since == 0 or (every > 0 and since > 0 and since % every == 0)
        if not due or environment.event_magnitude[event] <= 0.0:
            continue
        scope, target = environment.event_scope[event], environment.event_target[event]
        if scope == HALF:
            halve(key, quarter, SCRIPTED + event, firms, workspace)
        elif scope > LOCAL:
            workspace.hit[:] = 0
            workspace.hit[firms.row[target]] = 1
            spread_along_ties(key, quarter, firms, alliances, rows, n.spread, workspace)
        strike(key, quarter, SCRIPTED + event, environment.event_kind[event], scope, target,
               environment.event_magnitude[event], firms, environment, workspace, table, n, fit)  # fmt: skip
        struck = True
    return struck


@helper
def tell_alliances(
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, log: EventLog, fit: FitNumbers
) -> None:
    """Log who was hit, and let fit fall in each alliance by the larger of the two shocks felt."""
    for seat in range(len(firms.seat)):
        row = firms.row[seat]
        if firms.noticed[row] > 0.0:
            write_event(log, counters, SHOCK, firms.identity[row], -1, firms.noticed_kind[row], firms.noticed[row], -1)
    for a in range(counters.rows[0]):  # last quarter's ended still stand in it: harmless
        i, j = alliances.first[a], alliances.second[a]
        magnitude = max(firms.felt[i], firms.felt[j])
        if magnitude > 0.0:
            flexibility = 0.5 * (firms.flexibility[i] + firms.flexibility[j])
            trust = 0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1])
            before = alliances.fit[a]
            after = fit_after_shock(before, magnitude, flexibility, trust, fit.blindness)
            alliances.fit[a] = after
            alliances.lost_fit[a] += before - after
            alliances.shaken[a] = counters.quarter[0]


@phase
def shocks(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays,
    environment: EnvironmentArrays, log: EventLog, workspace: Workspace, table: StrategyTable,
    numbers: EnvironmentNumbers, fit: FitNumbers,
) -> None:  # fmt: skip
    """Demand recovers; drawn and scripted shocks strike one after the other; then fit falls once, by the largest felt."""
    quarter, rows = counters.quarter[0], counters.rows[0]
    recover(quarter, firms, environment, numbers)
    drawn = draw_shocks(key, quarter, rows, firms, alliances, environment, workspace, table, numbers, fit)
    scripted = scripted_shocks(key, quarter, rows, firms, alliances, environment, workspace, table, numbers, fit)
    environment.calm[:] = 0
    if drawn or scripted:
        tell_alliances(counters, firms, alliances, log, fit)
