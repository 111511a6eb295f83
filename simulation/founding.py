"""How a firm begins, at the start of the world or later as an entrant."""

import math

import numpy as np

from simulation.compiled import helper
from simulation.draws import Purpose, normal, stream, uniform
from simulation.parameters import FirmsNumbers, KnowledgeNumbers, StrategyTable
from simulation.scenario import DOMAINS
from simulation.state import NEVER, REMEMBERED, FirmArrays, Floats

_FLEXIBILITY, _ACTIVITY = int(Purpose.FLEXIBILITY), int(Purpose.ACTIVITY)
_GOAL, _PROFILE = int(Purpose.GOAL), int(Purpose.PROFILE)


@helper
def strategy_at(lot: float, upto: np.ndarray) -> int:
    """Row of the strategy table that a number in [0, 1) falls to."""
    row = 0
    while row < len(upto) - 1 and lot >= upto[row]:
        row += 1
    return row


@helper
def found_firm(
    key: np.uint64, quarter: int, row: int, identity: int, lot: float, has_function: bool, sector: int,
    firms: FirmArrays, demand: Floats, table: StrategyTable, traits: FirmsNumbers, learning: KnowledgeNumbers,
    munificence: float, openness: float,
) -> None:  # fmt: skip
    """Fill one row of the firms. lot : in [0, 1), decides the strategy. Knowledge starts at its own fixed point (E2)."""
    strategy = strategy_at(lot, table.upto)
    firms.identity[row] = identity
    firms.sector[row] = sector
    firms.strategy[row] = strategy
    firms.alliance_function[row] = 1 if has_function else 0
    width = min(
        traits.flexibility_spread, traits.flexibility, 1.0 - traits.flexibility
    )  # keeps the mean at the borders
    u = uniform(stream(key, quarter, _FLEXIBILITY), identity, 0)
    firms.flexibility[row] = traits.flexibility + width * (2.0 * u - 1.0)
    firms.absorptive_capacity[row] = table.absorptive_capacity[strategy]
    sigma = traits.activity_sigma
    firms.activity[row] = math.exp(sigma * normal(stream(key, quarter, _ACTIVITY), identity, 0) - 0.5 * sigma * sigma)
    firms.goal[row] = uniform(stream(key, quarter, _GOAL), identity, 0)
    firms.reputation[row] = traits.initial_reputation
    firms.capital[row] = traits.initial_capital
    firms.munificence[row] = munificence
    firms.outside_option[row] = 0.0
    firms.openness[row] = openness
    firms.founding_capacity[row] = table.absorptive_capacity[strategy]
    firms.felt[row] = 0.0
    firms.noticed[row] = 0.0
    firms.noticed_kind[row] = 0
    firms.displaced[row] = 0
    firms.profile_drift[row] = 0.0
    for k in range(3):
        firms.regulation[row, k] = 0.0
    firms.last_shock[row] = NEVER
    firms.degree[row] = 0
    firms.income[row] = 0.0
    of = stream(key, quarter, _PROFILE)
    total = 0.0
    for domain in range(DOMAINS):
        weight = demand[sector, domain] * math.exp(traits.profile_sigma * normal(of, identity, domain))
        firms.profile[row, domain] = weight
        total += weight
    square, capabilities = 0.0, 0
    for domain in range(DOMAINS):
        share = firms.profile[row, domain] / total
        known = 4.0 * learning.research / learning.decay * share
        firms.profile[row, domain] = share
        firms.founding_profile[row, domain] = share
        firms.knowledge[row, domain] = known
        square += known * known
        if known >= learning.capability:
            capabilities += 1 << domain
    firms.capabilities[row] = capabilities
    firms.knowledge_length[row] = math.sqrt(square)
    for place in range(REMEMBERED):
        firms.past_partner[row, place] = -1
        firms.past_ties[row, place] = 0
