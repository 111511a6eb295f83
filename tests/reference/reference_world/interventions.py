"""Before a quarter, as the scenario orders: firms are changed, partners come to an agreement, shocks are called off."""

import math
from typing import TYPE_CHECKING

from reference_world.firm import Firm

from simulation.draws import Purpose
from simulation.events import INTERVENED

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld

    from simulation.scripted import Intervention


def candidates(world: "ReferenceWorld", order: "Intervention") -> list[Firm]:
    """Firms that pass the filters of an order."""
    names, named = list(world.scenario.strategies), world.scenario.network.firms
    seats = [named.index(firm) if isinstance(firm, str) else firm for firm in order.firms]
    return [
        firm
        for firm in world.firms
        if order.sector in (None, firm.sector)
        and order.strategy in (None, names[firm.strategy_number])
        and (not seats or firm.seat in seats)
    ]


def chosen(world: "ReferenceWorld", order: "Intervention", position: int) -> list[Firm]:
    """The share of the candidates with the smallest draws, by seat."""

    def lot(firm: Firm) -> tuple[float, int]:
        return world.luck.uniform(Purpose.INTERVENTION, world.quarter, firm.identity, position), firm.seat

    found = sorted(candidates(world, order), key=lot)
    count = math.floor(order.share * len(found) + 0.5)
    return sorted(found[:count], key=lambda firm: firm.seat)


def change(world: "ReferenceWorld", firm: Firm, order: "Intervention") -> None:
    """Set the traits that the order names. Capital given or taken counts as income of the world."""
    to = order.to
    for name in ("flexibility", "activity", "goal", "reputation", "openness"):
        if getattr(to, name) is not None:
            setattr(firm, name, getattr(to, name))
    if to.absorptive_capacity is not None:
        firm.absorptive_capacity = firm.founding_capacity = to.absorptive_capacity
    if to.alliance_function is not None:
        firm.alliance_function = int(to.alliance_function)
    if to.capital is not None:
        world.flows.income += to.capital - firm.capital
        firm.capital = to.capital
    if to.strategy is not None:
        firm.strategy_number = list(world.scenario.strategies).index(to.strategy)
        firm.strategy = world.scenario.strategies[to.strategy]


def intervene(world: "ReferenceWorld") -> None:
    """The orders for this quarter, one after the other."""
    for position, order in enumerate(world.scenario.interventions):
        if order.quarter != world.quarter:
            continue
        if order.calm:
            every = range(world.scenario.firms.sectors)
            world.calm_sectors |= {order.sector} if order.sector is not None else set(every)
        elif order.agree:
            for firm in agreed(world, order):
                world.log(INTERVENED, firm, detail=position)
        elif any(value is not None for value in order.to.model_dump().values()):
            for firm in chosen(world, order, position):
                change(world, firm, order)
                world.log(INTERVENED, firm, detail=position)


def agreed(world: "ReferenceWorld", order: "Intervention") -> list[Firm]:
    """The two firms that have agreed on something for as long as they are allied; nobody if they are not allied now."""
    named = world.scenario.network.firms
    seats = tuple(sorted(named.index(firm) if isinstance(firm, str) else firm for firm in order.between))
    for alliance in world.alliances:
        if alliance.seats == seats:
            alliance.equity = alliance.equity or order.agree == "equity"
            alliance.keeps_faith = alliance.keeps_faith or order.agree == "good_faith"
            alliance.will_settle = alliance.will_settle or order.agree == "settlement"
            return [alliance.low.firm, alliance.high.firm]
    return []
