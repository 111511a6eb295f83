"""Phase 1: shocks reach markets, demand, knowledge, goals and fit (E12, E13)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from reference_world.firm import Firm
from reference_world.founding import market

from simulation.draws import Purpose
from simulation.events import SHOCK
from simulation.scenario import ShockKind, ShockScope

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld

KINDS, SCOPES = get_args(ShockKind), get_args(ShockScope)


@dataclass(frozen=True)
class Shock:
    """A shock. Its number addresses its luck: no two shocks of a quarter have the same."""

    number: int
    kind: str
    scope: str
    target: int | None  # sector or seat
    magnitude: float

    def reaches_market(self, sector: int) -> bool:
        """A local shock moves a firm's own customers, not its sector's market."""
        return self.scope == "global" or (self.scope == "sector" and sector == self.target)

    def reaches(self, firm: Firm) -> bool:
        """Whether it strikes a firm."""
        return self.reaches_market(firm.sector) or (self.scope == "local" and firm.seat == self.target)


def drawn_shocks(world: "ReferenceWorld") -> Iterator[Shock]:
    """One chance per world, sector or firm, whatever the scope is."""
    numbers = world.scenario.environment
    kind, scope = numbers.shock_kind, numbers.shock_scope
    # who asks for luck, the number of the shock, the target
    chances: dict[str, list[tuple[int, int, int | None]]] = {
        "global": [(0, 0, None)],
        "sector": [(sector, 1 + sector, sector) for sector in range(len(world.demand))],
        "local": [(firm.identity, 2**21 + firm.seat, firm.seat) for firm in world.firms],
    }
    for who, number, target in chances[scope]:
        if world.luck.uniform(Purpose.SHOCK, world.quarter, who, SCOPES.index(scope)) < numbers.shock_rate:
            yield Shock(number, kind, scope, target, numbers.shock_magnitude)


def scripted_shocks(world: "ReferenceWorld") -> Iterator[Shock]:
    """Those that the scenario sets for this quarter."""
    for position, event in enumerate(world.scenario.environment.events):
        if event.quarter == world.quarter:
            target = {"global": None, "sector": event.sector, "local": event.firm}[event.scope]
            yield Shock(2**20 + position, event.kind, event.scope, target, event.magnitude)


def strike(world: "ReferenceWorld", shock: Shock) -> None:
    """One shock reaches the markets and the firms in its scope."""
    numbers, luck, quarter = world.scenario.environment, world.luck, world.quarter
    m = shock.magnitude
    before, after = world.demand, []
    for sector, row in enumerate(before):
        new = market(luck, Purpose.SHOCK_DEMAND, quarter, shock.number, sector, numbers.demand_spread)
        after.append([(1.0 - m) * old + m * drawn for old, drawn in zip(row, new, strict=True)])
    z_common = luck.normal(Purpose.SHOCK_GOAL_COMMON, quarter, shock.number)
    for firm in world.firms:
        if shock.reaches(firm):
            if shock.kind == "competence_destroying":
                firm.suffer_obsolescence(before[firm.sector], after[firm.sector], numbers)
            else:
                firm.suffer_slump(m, numbers)
            z_own = luck.normal(Purpose.SHOCK_GOAL_OWN, quarter, firm.identity, shock.number)
            firm.feel_shock(quarter, KINDS.index(shock.kind), m, z_common, z_own, world.scenario.fit)
    if shock.kind == "competence_destroying":
        world.demand = [after[s] if shock.reaches_market(s) else before[s] for s in range(len(before))]


def shocks(world: "ReferenceWorld") -> None:
    """Demand recovers; shocks strike one after the other; then fit falls once, by the largest shock felt (E12)."""
    for firm in world.firms:
        firm.felt = 0.0
        firm.recover_demand(world.scenario.environment)
    for shock in [*drawn_shocks(world), *scripted_shocks(world)]:
        if shock.magnitude > 0.0:
            strike(world, shock)
    for firm in world.firms:
        if firm.felt > 0.0:
            world.log(SHOCK, firm, detail=firm.felt_kind, value=firm.felt)
    for alliance in world.alliances:
        alliance.lose_fit(world.scenario.fit)
