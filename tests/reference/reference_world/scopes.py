"""Phase 1, which shocks strike this quarter and whom they hit (section 5: scope and timing)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from reference_world.climate import shock_rate
from reference_world.firm import Firm

from simulation.draws import Purpose
from simulation.scripted import Event, ShockScope

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld

SCOPES = get_args(ShockScope)


@dataclass(frozen=True)
class Shock:
    """A shock. Its number addresses its luck: no two shocks of a quarter have the same."""

    number: int
    kind: str
    scope: str
    magnitude: float
    sector: int | None = None  # that it hits (scope sector)
    origins: tuple[int, ...] = ()  # seats that it hits (local) or starts from (correlated)

    def reaches_market(self, sector: int) -> bool:
        """Other than global and sectoral shocks move a firm's own customers, not its sector's market."""
        return self.scope == "global" or (self.scope == "sector" and sector == self.sector)


def drawn_shocks(world: "ReferenceWorld") -> Iterator[Shock]:
    """One chance per world, sector or firm, whatever the scope is. Where shocks spread, all origins make one shock."""
    numbers, rate = world.scenario.environment, shock_rate(world)
    kind, scope, size = numbers.shock_kind, numbers.shock_scope, numbers.shock_magnitude

    def strikes(who: int) -> bool:
        return world.luck.uniform(Purpose.SHOCK, world.quarter, who, SCOPES.index(scope)) < rate

    if scope == "sector":
        for sector in range(len(world.demand)):
            if strikes(sector):
                yield Shock(1 + sector, kind, scope, size, sector=sector)
    elif scope in ("global", "half"):
        if strikes(0):
            yield Shock({"global": 0, "half": 100}[scope], kind, scope, size)
    else:
        origins = tuple(firm.seat for firm in world.firms if strikes(firm.identity))
        if scope == "local":
            for seat in origins:
                yield Shock(2**21 + seat, kind, scope, size, origins=(seat,))
        elif origins:
            yield Shock(101, kind, scope, size, origins=origins)


def is_due(event: Event, quarter: int) -> bool:
    """Whether a scripted shock strikes: once, or every so many quarters from its first on."""
    if event.every is None:
        return quarter == event.quarter
    return quarter >= event.quarter and (quarter - event.quarter) % event.every == 0


def scripted_shocks(world: "ReferenceWorld") -> Iterator[Shock]:
    """Those that the scenario sets for this quarter."""
    for position, event in enumerate(world.scenario.environment.events):
        if is_due(event, world.quarter):
            origins = () if event.firm is None else (event.firm,)
            yield Shock(2**20 + position, event.kind, event.scope, event.magnitude, event.sector, origins)


def reached_along_ties(world: "ReferenceWorld", origins: tuple[int, ...]) -> set[int]:
    """Seats that can be reached from others along open ties. Whether a tie is open this quarter is its own luck."""
    reached, grew = set(origins), True
    while grew:
        before = len(reached)
        for alliance in world.alliances:
            low, high = alliance.low.firm, alliance.high.firm
            draw = world.luck.uniform(Purpose.SPREAD, world.quarter, low.identity, high.identity)
            if draw < world.scenario.environment.spread and reached & {low.seat, high.seat}:
                reached |= {low.seat, high.seat}
        grew = len(reached) > before
    return reached


def firms_hit(world: "ReferenceWorld", shock: Shock) -> list[Firm]:
    """By seat: a market's firms, firms on some seats, firms that ties lead to, or each firm with chance ½."""
    if shock.scope == "half":
        draws = [world.luck.uniform(Purpose.HALF, world.quarter, firm.identity, shock.number) for firm in world.firms]
        return [firm for firm, draw in zip(world.firms, draws, strict=True) if draw < 0.5]
    if shock.scope in ("local", "correlated"):
        seats = set(shock.origins) if shock.scope == "local" else reached_along_ties(world, shock.origins)
        return [firm for firm in world.firms if firm.seat in seats]
    return [firm for firm in world.firms if shock.reaches_market(firm.sector)]
