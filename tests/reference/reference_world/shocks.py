"""Phase 1: shocks reach markets, demand, knowledge, regulation, strategies, goals and fit (E12, E13)."""

from typing import TYPE_CHECKING, get_args

from reference_world.climate import moved_market, turn_of_the_times, usual_munificence
from reference_world.firm import BAN, COORDINATION, PROTECTION, Firm
from reference_world.founding import strategy_for
from reference_world.scopes import Shock, drawn_shocks, firms_hit, scripted_shocks

from simulation.draws import Purpose
from simulation.events import SHOCK
from simulation.scripted import ShockKind

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld

KINDS = get_args(ShockKind)
MOVING = ("competence_destroying", "competence_enhancing")  # markets move
SHAKING = ("competence_destroying", "demand_slump", "strategy_shift")  # goals jump and fit falls
REGULATING = {"dearer_coordination": COORDINATION, "rival_ban": BAN, "leakage_protection": PROTECTION}

Markets = list[list[float]]  # θ by sector


def lot(world: "ReferenceWorld", purpose: Purpose, firm: Firm, shock: Shock) -> float:
    """A firm's luck with one shock."""
    return world.luck.uniform(purpose, world.quarter, firm.identity, shock.number)


def hit(world: "ReferenceWorld", shock: Shock, firm: Firm, before: Markets, after: Markets) -> None:
    """What a shock of its kind does to one firm, but for its goal."""
    numbers, m = world.scenario.environment, shock.magnitude
    if shock.kind == "competence_destroying":
        firm.suffer_obsolescence(before[firm.sector], after[firm.sector], numbers)
    elif shock.kind == "competence_enhancing":
        firm.enjoy_enhancement(before[firm.sector], after[firm.sector], numbers)
    elif shock.kind == "demand_slump":
        firm.suffer_slump(m, numbers)
    elif shock.kind in REGULATING:
        which = REGULATING[shock.kind]
        firm.regulation[which] = max(firm.regulation[which], m)
    elif shock.kind == "strategy_shift":
        if lot(world, Purpose.SWITCH, firm, shock) < numbers.switching * m:
            choice = lot(world, Purpose.SWITCH_TO, firm, shock)
            firm.strategy_number, firm.strategy = strategy_for(choice, world.scenario)
    elif lot(world, Purpose.DISPLACED, firm, shock) < numbers.displacement * m:  # entrant_wave
        firm.displaced = True


def strike(world: "ReferenceWorld", shock: Shock) -> None:
    """One shock reaches the markets and the firms in its scope."""
    luck, quarter, before = world.luck, world.quarter, world.demand
    after = before
    if shock.kind in MOVING:
        after = [moved_market(world, shock.number, sector, shock.magnitude) for sector in range(len(before))]
    for firm in firms_hit(world, shock):
        if firm.sector in world.calm_sectors:
            continue
        hit(world, shock, firm, before, after)
        firm.notice_shock(quarter, KINDS.index(shock.kind), shock.magnitude)
        if shock.kind in SHAKING:
            z_common = luck.normal(Purpose.SHOCK_GOAL_COMMON, quarter, shock.number)
            z_own = luck.normal(Purpose.SHOCK_GOAL_OWN, quarter, firm.identity, shock.number)
            firm.feel_shock(shock.magnitude, z_common, z_own, world.scenario.fit)
    moved = [shock.reaches_market(sector) and sector not in world.calm_sectors for sector in range(len(before))]
    world.demand = [after[sector] if moved[sector] else before[sector] for sector in range(len(before))]


def shocks(world: "ReferenceWorld") -> None:
    """Demand recovers; shocks strike one after the other; then fit falls once, by the largest shock felt (E12)."""
    numbers = world.scenario.environment
    for firm in world.firms:
        firm.recover(usual_munificence(world.quarter, numbers), numbers)
    world.turbulent = turn_of_the_times(world)
    for shock in [*drawn_shocks(world), *scripted_shocks(world)]:
        if shock.magnitude > 0.0:
            strike(world, shock)
    world.calm_sectors.clear()
    for firm in world.firms:
        if firm.noticed > 0.0:
            world.log(SHOCK, firm, detail=firm.noticed_kind, value=firm.noticed)
    for alliance in world.alliances:
        alliance.lose_fit(world.quarter, world.scenario.fit)
