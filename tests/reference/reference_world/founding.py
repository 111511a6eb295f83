"""How markets, firms and alliances begin."""

import math
from typing import TYPE_CHECKING

from reference_world.alliance import Alliance
from reference_world.firm import Firm, clip
from reference_world.side import Side

from simulation.draws import Purpose
from simulation.events import FORMED
from simulation.networks import initial_ties
from simulation.scenario import DOMAINS, Scenario
from simulation.strategies import Strategy

if TYPE_CHECKING:
    from reference_world.draws import Luck
    from reference_world.world import ReferenceWorld


def raw_weights(luck: "Luck", purpose: int, quarter: int, number: int, sector: int, spread: float) -> list[float]:
    """Log-normal weights of the domains in a market."""
    return [
        math.exp(spread * luck.normal(purpose, quarter, number, DOMAINS * sector + domain)) for domain in range(DOMAINS)
    ]


def first_market(luck: "Luck", sector: int, spread: float) -> list[float]:
    """Weights of the domains in a sector's market at the start, θ: they sum to 1."""
    weights = raw_weights(luck, Purpose.DEMAND, 0, sector, 0, spread)
    total = sum(weights)
    return [weight / total for weight in weights]


def even_lots(luck: "Luck", purpose: int, count: int) -> list[float]:
    """A number in (0, 1) for each seat: evenly spread, handed out in random order."""
    by_draw = sorted(range(count), key=lambda seat: luck.uniform(purpose, 0, seat))
    lots = [0.0] * count
    for place, seat in enumerate(by_draw):
        lots[seat] = (place + 0.5) / count
    return lots


def strategy_for(lot: float, scenario: Scenario) -> tuple[int, Strategy]:
    """The row of the strategy table in whose share of [0, 1) a number lies."""
    rows = list(scenario.strategies.values())
    upto = 0.0
    for number, row in enumerate(rows):
        upto += row.share
        if lot < upto:
            return number, row
    return len(rows) - 1, rows[-1]


def profile_for(world: "ReferenceWorld", quarter: int, identity: int, sector: int) -> list[float]:
    """E2: profiles are log-normal around the sector's market."""
    sigma = world.scenario.firms.profile_sigma
    weights = [
        world.demand[sector][domain] * math.exp(sigma * world.luck.normal(Purpose.PROFILE, quarter, identity, domain))
        for domain in range(DOMAINS)
    ]
    total = sum(weights)
    return [weight / total for weight in weights]


def found_firm(
    world: "ReferenceWorld", quarter: int, seat: int, identity: int, sector: int, lot: float, has_function: bool
) -> Firm:
    """A new firm. `lot` decides its strategy; knowledge starts where decay and research balance (E2)."""
    traits, learning, luck = world.scenario.firms, world.scenario.knowledge, world.luck
    number, row = strategy_for(lot, world.scenario)
    width = min(traits.flexibility_spread, traits.flexibility, 1.0 - traits.flexibility)
    sigma = traits.activity_sigma
    profile = profile_for(world, quarter, identity, sector)
    capacity = traits.absorptive_capacity if row.absorptive_capacity is None else row.absorptive_capacity
    knowledge = [4.0 * learning.research / learning.decay * share for share in profile]
    return Firm(
        seat=seat,
        identity=identity,
        sector=sector,
        strategy_number=number,
        strategy=row,
        alliance_function=int(has_function),
        flexibility=traits.flexibility + width * (2.0 * luck.uniform(Purpose.FLEXIBILITY, quarter, identity) - 1.0),
        openness=world.scenario.sharing.openness,
        absorptive_capacity=capacity,
        founding_capacity=capacity,
        activity=math.exp(sigma * luck.normal(Purpose.ACTIVITY, quarter, identity) - 0.5 * sigma * sigma),  # mean 1
        goal=luck.uniform(Purpose.GOAL, quarter, identity),
        reputation=traits.initial_reputation,
        capital=traits.initial_capital,
        munificence=world.scenario.environment.munificence,
        profile=profile,
        founding_profile=profile,
        knowledge=knowledge,
        capabilities=sum(2**domain for domain, known in enumerate(knowledge) if known >= learning.capability),
    )


def first_firms(world: "ReferenceWorld") -> list[Firm]:
    """One firm per seat. Strategies, functions and sectors are dealt in exact shares, not drawn one by one."""
    traits = world.scenario.firms
    strategies = even_lots(world.luck, Purpose.STRATEGY, traits.count)
    functions = even_lots(world.luck, Purpose.FUNCTION, traits.count)
    sectors = even_lots(world.luck, Purpose.SECTOR, traits.count)
    return [
        found_firm(
            world, 0, seat, seat, int(sectors[seat] * traits.sectors), strategies[seat],
            functions[seat] < traits.alliance_function_share,
        )
        for seat in range(traits.count)
    ]  # fmt: skip


def entrant(world: "ReferenceWorld", failed: Firm) -> Firm:
    """The firm that takes the seat of a failed one, in the same sector."""
    traits, quarter = world.scenario.firms, world.quarter
    identity = failed.identity + traits.count
    lot = world.luck.uniform(Purpose.STRATEGY, quarter, identity)
    has_function = world.luck.uniform(Purpose.FUNCTION, quarter, identity) < traits.alliance_function_share
    return found_firm(world, quarter, failed.seat, identity, failed.sector, lot, has_function)


def new_side(world: "ReferenceWorld", me: Firm, partner: Firm, prior: int, common: int) -> Side:
    """E17: T₀ + .3(rep_j − usual) + .13·min(prior, 2) + .03·min(common, 3) + noise; what is expected counts as seen."""
    t, honeymoon = world.scenario.trust, world.scenario.exit.honeymoon
    z = world.luck.normal(Purpose.INITIAL_TRUST, world.quarter, me.identity, partner.identity)
    history = t.initial_prior * min(prior, 2) + t.initial_common * min(common, 3)
    trust = clip(
        t.initial
        + t.initial_reputation * (partner.reputation - world.scenario.firms.initial_reputation)
        + history
        + t.initial_spread * z
    )
    side = Side(me, trust, observed=0.0, performance=honeymoon * trust)
    side.observed = min(1.0, side.expected_sharing(t))
    return side


def governed_by_equity(world: "ReferenceWorld", i: Firm, j: Firm, prior: int) -> bool:
    """E23: P(equity) = .30 + .2·rival − .1·min(prior, 1)."""
    f = world.scenario.formation
    chance = clip(f.equity_share + f.equity_rival * (i.sector == j.sector) - f.equity_prior * min(prior, 1))
    return world.luck.uniform(Purpose.GOVERNANCE, world.quarter, i.identity, j.identity) < chance


def found_alliance(
    world: "ReferenceWorld", i: Firm, j: Firm, prior: int, common: int, age: int = 0, equity: bool | None = None
) -> Alliance:
    """A new alliance, i on the lower seat; governance is drawn unless given. It goes into the log."""
    if equity is None:
        equity = governed_by_equity(world, i, j, prior)
    low, high = new_side(world, i, j, prior, common), new_side(world, j, i, prior, common)
    number = len(world.events)
    alliance = Alliance(low, high, world.quarter - age, number, equity, prior, world.scenario.fit.initial)
    detail = int(alliance.is_rival) + 2 * int(equity) + 4 * prior
    world.log(FORMED, i, j, detail, alliance.mean_trust, about=number)
    return alliance


def first_alliances(world: "ReferenceWorld") -> list[Alliance]:
    """The ties of the scenario's network. Those with a past have the fit that partners of their age would have (E11)."""
    alliances = []
    for low, high, age, governance in zip(*initial_ties(world.scenario.network, len(world.firms)), strict=True):
        i, j = world.firms[int(low)], world.firms[int(high)]
        equity = None if governance < 0 else bool(governance)
        alliance = found_alliance(world, i, j, prior=0, common=0, age=int(age), equity=equity)
        for _ in range(int(age)):
            alliance.grow_fit(0, alliance.mean_trust, world.scenario.fit)
        alliances.append(alliance)
    return alliances
