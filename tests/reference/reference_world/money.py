"""Phase 9: coordination is paid for, performance follows payoffs, money reaches the firms (E7, E22)."""

from typing import TYPE_CHECKING

from reference_world.alliance import Alliance

from simulation.draws import Purpose

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld


def mean_portfolio(world: "ReferenceWorld", alliance: Alliance) -> float:
    """Mean number of alliances of the two partners."""
    return 0.5 * sum(len(world.alliances_of(side.firm)) for side, _ in alliance.sides())


def settle(world: "ReferenceWorld", alliance: Alliance) -> None:
    """E7, E14: coordination is taken off the payoff, and performance follows it."""
    memory = world.scenario.exit.memory
    upkeep = world.scenario.value.equity_cost * alliance.equity
    portfolio = mean_portfolio(world, alliance)
    for side, _ in alliance.sides():
        cost = alliance.coordination_cost(side, portfolio, world.scenario) + upkeep
        side.payoff -= cost
        side.cost += cost
        side.performance = (1.0 - memory) * side.performance + memory * side.payoff


def payoffs(world: "ReferenceWorld") -> None:
    """E22: income = own income + Σπ − cost of the function; part of a positive capital is paid out."""
    numbers = world.scenario.firms
    for alliance in world.alliances:
        settle(world, alliance)
    for firm in world.firms:
        alliances = world.alliances_of(firm)
        sides = [alliance.low if alliance.low.firm is firm else alliance.high for alliance in alliances]
        deviation = numbers.income_noise * world.luck.normal(Purpose.INCOME, world.quarter, firm.identity)
        own = firm.own_income(world.demand[firm.sector], deviation, numbers)
        firm.income = sum(side.payoff for side in sides) + own - firm.function_cost(len(alliances), numbers)
        firm.capital += firm.income
        paid = numbers.payout * max(0.0, firm.capital)
        firm.capital -= paid
        world.flows.income += firm.income
        world.flows.payout += paid
