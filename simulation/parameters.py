"""The scenario's numbers as kernels read them: one NamedTuple per group, same names, all floats.

Meaning, default, bounds, unit and source of each stand in `simulation/scenario.py` alone.
"""

from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from simulation.compiled import uncompiled
from simulation.draws import normal_at
from simulation.rules.learning import research_luck
from simulation.scenario import Scenario

Numbers = TypeVar("Numbers", bound=NamedTuple)


class FirmsNumbers(NamedTuple):
    """Group `firms`."""

    alliance_function_share: float
    flexibility: float
    flexibility_spread: float
    absorptive_capacity: float
    activity_sigma: float
    profile_sigma: float
    initial_reputation: float
    reputation_reversion: float
    initial_capital: float
    income_rate: float
    fixed_cost: float
    income_noise: float
    payout: float
    function_fee: float
    function_fee_per_alliance: float
    least_capital: float
    safe_capital: float


class KnowledgeNumbers(NamedTuple):
    """Group `knowledge`."""

    decay: float
    research: float
    research_noise: float
    absorption: float
    tacitness: float
    attention: float
    transfer: float  # index into the choices of the setting
    strengthening: float
    strengthening_decay: float
    erosion: float
    erosion_pull: float
    capability: float


class SharingNumbers(NamedTuple):
    """Group `sharing`."""

    rival_caution: float
    observation_noise: float
    noise_less_fit: float
    noise_less_function: float
    openness: float
    observed_weight: float
    burden: float


class TrustNumbers(NamedTuple):
    """Group `trust`."""

    initial: float
    initial_reputation: float
    initial_prior: float
    initial_common: float
    initial_spread: float
    expectation_base: float
    expectation_trust: float
    goodwill: float
    gain: float
    loss: float
    feeling_out_quarters: float
    feeling_out_weight: float
    breach_ceiling: float
    breach_early: float
    breach_age: float
    breach_keeps: float
    breach_reputation: float


class ValueNumbers(NamedTuple):
    """Group `value`."""

    joint: float
    fit_floor: float
    distance_floor: float
    tacit_loss: float
    learning_worth: float
    sharing_cost: float
    sharing_cost_saved: float
    leakage: float
    leakage_rival: float
    leakage_gain: float
    leakage_equity: float
    coordination: float
    coordination_saved: float
    coordination_portfolio: float
    equity_cost: float


class FitNumbers(NamedTuple):
    """Group `fit`."""

    initial: float
    rate: float
    function_boost: float
    blindness: float
    goal_shock: float
    goal_common: float
    goal_pull: float


class ExitNumbers(NamedTuple):
    """Group `exit`."""

    base_hazard: float
    selectivity: float
    reference_utility: float
    memory: float
    honeymoon: float
    trust_weight: float
    prior_weight: float
    equity_weight: float
    outside_weight: float
    shock_weight: float
    learned_weight: float
    completion: float
    breach_memory: float
    racer_chance: float
    racer_potential: float
    racer_surplus: float
    fixed_hazard: float


class RenegotiationNumbers(NamedTuple):
    """Group `renegotiation`."""

    attempt: float
    base: float
    by_function: float
    by_openness: float
    cost: float
    restores: float
    accord: float
    strain: float


class FormationNumbers(NamedTuple):
    """Group `formation`."""

    rate: float
    search_boost: float
    search_quarters: float
    random_candidates: float
    embedded_candidates: float
    prior_weight: float
    common_weight: float
    rival_weight: float
    noise: float
    threshold: float
    option_memory: float
    equity_share: float
    equity_rival: float
    equity_prior: float


class OpportunismNumbers(NamedTuple):
    """Group `opportunism`."""

    side_deal_rate: float
    rival_factor: float
    detection: float
    gain: float
    harm: float


class EnvironmentNumbers(NamedTuple):
    """Group `environment`."""

    shock_rate: float
    shock_magnitude: float
    spread: float
    complexity: float
    turbulence_start: float
    turbulence_end: float
    turbulence_factor: float
    demand_spread: float
    obsolescence: float
    enhancement: float
    switching: float
    displacement: float
    regulation_cost: float
    regulation_ban: float
    regulation_protection: float
    regulation_reversion: float
    munificence: float
    slump_depth: float
    munificence_reversion: float
    wave_height: float
    wave_quarter: float
    wave_length: float
    wave_every: float


class StrategyTable(NamedTuple):
    """The strategy table, one entry per strategy [S]."""

    upto: NDArray[np.float64]  # [S] cumulative share 0..1: a firm with a smaller uniform number has this strategy
    base: NDArray[np.float64]  # [S] share
    by_trust: NDArray[np.float64]  # [S] share
    by_observed: NDArray[np.float64]  # [S] share
    early: NDArray[np.float64]  # [S] share
    floor: NDArray[np.float64]  # [S] share
    slope: NDArray[np.float64]  # [S] share
    loyalty: NDArray[np.float64]  # [S] factor
    side_deals: NDArray[np.bool_]  # [S] whether it goes behind the partner's back
    race: NDArray[np.bool_]  # [S] whether it leaves once there is nothing left to learn
    absorptive_capacity: NDArray[np.float64]  # [S] share


class Parameters(NamedTuple):
    """All that kernels know of a scenario."""

    renewal: int  # partners decide each so many quarters [quarters]
    research_luck: NDArray[
        np.float64
    ]  # [1024] factors on effort in a domain, equally likely: quantiles of E2's log-normal
    strategies: StrategyTable
    firms: FirmsNumbers
    knowledge: KnowledgeNumbers
    sharing: SharingNumbers
    trust: TrustNumbers
    value: ValueNumbers
    fit: FitNumbers
    exit: ExitNumbers
    renegotiation: RenegotiationNumbers
    formation: FormationNumbers
    opportunism: OpportunismNumbers
    environment: EnvironmentNumbers


def _numbers(kind: type[Numbers], group: BaseModel) -> Numbers:
    """The settings of a group that `kind` names, as floats: a choice as its place among the choices."""
    return kind._make(_as_float(group, name) for name in kind._fields)


def _as_float(group: BaseModel, name: str) -> float:
    value: Any = getattr(group, name)
    if isinstance(value, str):
        return float(get_args(type(group).model_fields[name].annotation).index(value))
    return float(value)


def _strategy_table(scenario: Scenario) -> StrategyTable:
    rows = list(scenario.strategies.values())
    usual = scenario.firms.absorptive_capacity
    capacities = [usual if row.absorptive_capacity is None else row.absorptive_capacity for row in rows]
    columns = ("base", "by_trust", "by_observed", "early", "floor", "slope", "loyalty")
    upto = np.cumsum([row.share for row in rows])
    upto[-1] = 1.0  # shares sum to 1 but for rounding
    numbers = [np.array([getattr(row, column) for row in rows], dtype=np.float64) for column in columns]
    habits = [np.array([getattr(row, habit) for row in rows], dtype=np.bool_) for habit in ("side_deals", "race")]
    return StrategyTable._make([upto, *numbers, *habits, np.array(capacities, dtype=np.float64)])


@lru_cache(maxsize=64)
def _research_luck(noise: float) -> NDArray[np.float64]:
    """Medians of 1,024 equally likely slices of the distribution: one look-up instead of a logarithm and an exponential."""
    quantile, factor = uncompiled(normal_at), uncompiled(research_luck)
    return np.array([factor(quantile((k + 0.5) / 1024), noise) for k in range(1024)])


def read_parameters(scenario: Scenario) -> Parameters:
    """The numbers of a scenario that are in force, ready for kernels."""
    scenario = scenario.effective
    groups = (_numbers(kind, getattr(scenario, name)) for name, kind in list(Parameters.__annotations__.items())[3:])
    luck = _research_luck(scenario.knowledge.research_noise)
    return Parameters(scenario.time.renewal_quarters, luck, _strategy_table(scenario), *groups)
