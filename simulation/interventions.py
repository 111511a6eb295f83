"""What people do about it, before anything else happens in a quarter: firms are changed, partners agree, no shock strikes."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.draws import Purpose
from simulation.events import INTERVENED
from simulation.lots import pair_lots
from simulation.records import FLOW_INCOME
from simulation.scripted import Intervention
from simulation.state import GOOD_FAITH, LIVING, SETTLEMENT, grown

if TYPE_CHECKING:
    from simulation.world import World

PLAIN_TRAITS = ("flexibility", "alliance_function", "activity", "goal", "reputation", "openness")


def next_intervention(world: "World", after: int) -> int:
    """Quarter of the next intervention after a quarter; one past the last quarter if there is none."""
    later = [done.quarter for done in world.scenario.interventions if done.quarter > after]
    return min(later, default=world.scenario.time.quarters)


def intervene(world: "World") -> None:
    """Apply the interventions of the quarter that is about to be run, in the order of the scenario."""
    quarter = int(world.counters.quarter[0])
    for position, intervention in enumerate(world.scenario.effective.interventions):
        if intervention.quarter != quarter or intervention.is_empty:  # empty: its mechanism is switched off
            continue
        if intervention.calm:
            spared = slice(None) if intervention.sector is None else intervention.sector
            world.environment.calm[spared] = 1
        elif intervention.agree is not None:
            _log(world, _agree(world, intervention), position)
        else:
            rows = chosen_firms(world, intervention, position)
            _set_traits(world, intervention, rows)
            _log(world, rows, position)


def chosen_firms(world: "World", intervention: Intervention, position: int) -> NDArray[np.int64]:
    """Rows of the firms that an intervention reaches, in the order of their seats; a share of them is drawn by lot."""
    firms = world.firms
    candidates = firms.row.copy()
    if intervention.firms:
        seats = {_seat(world, firm) for firm in intervention.firms}
        candidates = firms.row[sorted(seats)]
    if intervention.sector is not None:
        candidates = candidates[firms.sector[candidates] == intervention.sector]
    if intervention.strategy is not None:
        wanted = list(world.scenario.strategies).index(intervention.strategy)
        candidates = candidates[firms.strategy[candidates] == wanted]
    quarter, same = int(world.counters.quarter[0]), np.full(len(candidates), position)
    lots = pair_lots(world.key, quarter, int(Purpose.INTERVENTION), firms.identity[candidates], same)
    many = int(intervention.share * len(candidates) + 0.5)
    return candidates[np.sort(np.argsort(lots, kind="stable")[:many])]


def _set_traits(world: "World", intervention: Intervention, rows: NDArray[np.int64]) -> None:
    firms, to = world.firms, intervention.to
    for trait in PLAIN_TRAITS:
        value = getattr(to, trait)
        if value is not None:
            getattr(firms, trait)[rows] = value
    if to.absorptive_capacity is not None:
        firms.absorptive_capacity[rows] = to.absorptive_capacity
        firms.founding_capacity[rows] = to.absorptive_capacity
    if to.strategy is not None:
        firms.strategy[rows] = list(world.scenario.strategies).index(to.strategy)
    if to.capital is not None:
        for row in rows:
            world.flows[FLOW_INCOME] += to.capital - firms.capital[row]
        firms.capital[rows] = to.capital


def _agree(world: "World", intervention: Intervention) -> NDArray[np.int64]:
    """Two partners agree, if they are allied now. Returns the rows of the two, none if they are not."""
    table, rows = world.alliances, int(world.counters.rows[0])
    i, j = world.firms.row[sorted(_seat(world, firm) for firm in intervention.between)]
    found = np.flatnonzero((table.first[:rows] == i) & (table.second[:rows] == j) & (table.cause[:rows] == LIVING))
    if intervention.agree == "equity":
        table.equity[found] = 1
    else:
        table.pledge[found] |= GOOD_FAITH if intervention.agree == "good_faith" else SETTLEMENT
    return np.array([i, j] if len(found) else [], dtype=np.int64)


def _seat(world: "World", firm: int | str) -> int:
    return world.names.index(firm) if isinstance(firm, str) else firm


def _log(world: "World", rows: NDArray[np.int64], position: int) -> None:
    logged, many = int(world.counters.logged[0]), len(rows)
    if len(world.log.kind) < logged + many:
        world.log = grown(world.log, 2 * (logged + many))
    here = slice(logged, logged + many)
    world.log.quarter[here] = world.counters.quarter[0]
    world.log.kind[here] = INTERVENED
    world.log.first[here] = world.firms.identity[rows]
    world.log.second[here], world.log.detail[here], world.log.value[here] = -1, position, 0.0
    world.log.about[here] = -1
    world.counters.logged[0] = logged + many
