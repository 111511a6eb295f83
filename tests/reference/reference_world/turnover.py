"""Phase 11: firms without capital, or displaced, fail and take their alliances along; others enter (E22)."""

from typing import TYPE_CHECKING

from reference_world.founding import entrant

from simulation.events import ENDED, ENTERED, FAILED, PARTNER_FAILED

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld


def part_ended(world: "ReferenceWorld") -> None:
    """Alliances that ended go into the log and into the memory of both partners."""
    for alliance in world.alliances:
        if alliance.cause is not None:
            i, j = alliance.low.firm, alliance.high.firm
            age = world.quarter - alliance.born
            world.log(ENDED, i, j, detail=alliance.cause, value=float(age), about=alliance.number)
            i.remember(j)
            j.remember(i)
    world.alliances = [alliance for alliance in world.alliances if alliance.cause is None]


def turnover(world: "ReferenceWorld") -> None:
    """Too little capital: the firm fails, its alliances end with that cause, an entrant takes its seat."""
    least = world.scenario.firms.least_capital
    failed = [firm for firm in world.firms if firm.capital < least or firm.displaced]
    for firm in failed:
        world.log(FAILED, firm, value=firm.capital)
    for alliance in world.alliances:
        if alliance.cause is None and (alliance.low.firm in failed or alliance.high.firm in failed):
            alliance.cause = PARTNER_FAILED
    part_ended(world)
    for firm in failed:
        newcomer = entrant(world, firm)
        world.firms[firm.seat] = newcomer
        world.flows.failed_capital += firm.capital
        world.flows.entry_capital += newcomer.capital
        world.log(ENTERED, newcomer, value=newcomer.capital)
