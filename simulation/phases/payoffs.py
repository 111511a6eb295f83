"""Phase 9: coordination is paid for, performance follows payoffs, and money reaches the firms."""

import numpy as np

from simulation.compiled import phase
from simulation.compiled.lanes import line, sum_of
from simulation.compiled.prefetch import AHEAD, fetch_early
from simulation.draws import Purpose, normal, stream
from simulation.parameters import ExitNumbers, FirmsNumbers, ValueNumbers
from simulation.records import FLOW_INCOME, FLOW_PAYOUT
from simulation.rules.environment import own_income
from simulation.rules.exit import performance_next
from simulation.rules.renegotiation import goal_gap
from simulation.rules.value import coordination_cost
from simulation.state import AllianceArrays, Counters, EnvironmentArrays, FirmArrays

_INCOME = int(Purpose.INCOME)


@phase
def payoffs(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, environment: EnvironmentArrays,
    flows: np.ndarray, money: FirmsNumbers, value: ValueNumbers, leaving: ExitNumbers,
    regulation_cost: float,
) -> None:  # fmt: skip
    """Payoffs of the quarter, complete; then each firm's own income, its alliance function and its payout (E22)."""
    firms.income[:] = 0.0
    rows = counters.rows[0]
    for a in range(rows):
        coming = alliances.second[min(a + AHEAD, rows - 1)]
        fetch_early(firms.goal, coming)
        fetch_early(firms.degree, coming)
        fetch_early(firms.income, coming)
        i, j = alliances.first[a], alliances.second[a]
        gap = goal_gap(firms.goal[i] - firms.goal[j], alliances.accord[a])
        portfolio = 0.5 * (firms.degree[i] + firms.degree[j])
        for side in range(2):
            me = i if side == 0 else j
            cost = coordination_cost(
                value.coordination, alliances.fit[a], gap, float(firms.alliance_function[me]), value.coordination_saved,
                portfolio, value.coordination_portfolio, float(alliances.equity[a]), value.equity_cost,
                regulation_cost * firms.regulation[me, 0] if environment.regulated[0] else 0.0,
            )  # fmt: skip
            payoff = alliances.payoff[a, side] - cost
            alliances.payoff[a, side] = payoff
            alliances.cost[a, side] += cost
            alliances.performance[a, side] = performance_next(alliances.performance[a, side], payoff, leaving.memory)
            firms.income[me] += payoff
    luck = stream(key, counters.quarter[0], _INCOME)
    for seat in range(len(firms.seat)):
        row = firms.row[seat]
        valued = sum_of(line(environment.demand, firms.sector[row]) * line(firms.knowledge, row))
        deviation = money.income_noise * normal(luck, firms.identity[row], 0)
        earned = firms.income[row] + own_income(
            money.income_rate, valued, firms.munificence[row], money.fixed_cost, deviation
        )
        if firms.alliance_function[row]:
            earned -= money.function_fee + money.function_fee_per_alliance * firms.degree[row]
        firms.income[row] = earned
        capital = firms.capital[row] + earned
        paid = money.payout * max(0.0, capital)
        firms.capital[row] = capital - paid
        flows[FLOW_INCOME] += earned
        flows[FLOW_PAYOUT] += paid
