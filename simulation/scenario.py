"""Everything that a scenario may say: meaning, default, bounds, unit and source of each setting, in this one place.

Defaults marked "prototype's calibration" come from a fit to the patterns of real alliances; E1-E23 name the
equations in `simulation/rules/`.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from simulation.problems import InputError, Problem
from simulation.validation import nested, problems_of

# fmt: off
# one line per setting, however long: the file is read as a table

DOMAINS = 8  # domains of knowledge; a constant, because kernels unroll loops over it
FAMILIES = 15  # firms in the florentine network
ShockKind = Literal["competence_destroying", "demand_slump"]
ShockScope = Literal["global", "sector", "local"]
NetworkKind = Literal["empty", "watts_strogatz", "erdos_renyi", "barabasi_albert", "regular", "florentine", "file"]


def number(default: float, low: float, high: float, unit: str, meaning: str, source: str = "prototype's calibration") -> Any:
    """A bounded setting. Its kind (float or int) is the annotation's."""
    return Field(
        default=default, ge=low, le=high, description=meaning, json_schema_extra={"unit": unit, "source": source}
    )


class Group(BaseModel):
    """A table of settings: frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Time(Group):
    """How long a world runs and what is left out of the measures."""

    quarters: int = number(240, 1, 4000, "quarters", "length of a run", "60 years: long enough for stationarity")
    warm_up: int = number(80, 0, 3999, "quarters", "alliances born before this are not measured", "with 20 not stationary")

    @model_validator(mode="after")
    def _leaves_something_to_measure(self) -> Self:
        if self.warm_up >= self.quarters:
            raise ValueError(f"warm_up ({self.warm_up}) must be shorter than quarters ({self.quarters})")
        return self


class Firms(Group):
    """Who the firms are, and their money (E22)."""

    count: int = number(100, 2, 1_000_000, "firms", "number of firms (seats) in a world", "size does not matter 50-2,000")
    sectors: int = number(4, 1, 64, "sectors", "number of sectors; firms of one sector are rivals")
    alliance_function_share: float = number(0.10, 0, 1, "share", "firms with dedicated alliance managers", "Kale, Dyer & Singh 2002")
    flexibility: float = number(0.5, 0, 1, "share", "mean flexibility: how much of a shock on fit a firm can parry", "assumption A-01")
    flexibility_spread: float = number(0.15, 0, 0.5, "share", "half-width of the uniform spread of flexibility", "assumption A-01")
    absorptive_capacity: float = number(0.6, 0, 1, "share", "share of what is offered that a firm can take in", "Cohen & Levinthal 1990")
    activity_sigma: float = number(1.3, 0, 3, "log units", "spread of the log-normal propensity to seek partners (mean 1)", "Tomasello et al. 2017")
    profile_sigma: float = number(1.6, 0, 4, "log units", "spread of research profiles around the sector's")
    initial_reputation: float = number(0.5, 0, 1, "share", "reputation of a new firm and level that it reverts to", "assumption A-02")
    reputation_reversion: float = number(0.02, 0, 1, "1/quarter", "speed at which reputation reverts", "assumption A-02")
    initial_capital: float = number(8.0, 0, 1e6, "money", "capital of a new firm")
    income_rate: float = number(0.346, 0, 10, "money/knowledge/quarter", "own income per unit of valued knowledge")
    fixed_cost: float = number(0.184, 0, 100, "money/quarter", "fixed cost of a firm")
    income_noise: float = number(0.47, 0, 100, "money/quarter", "standard deviation of own income")
    payout: float = number(0.05, 0, 1, "1/quarter", "share of positive capital paid out")
    function_fee: float = number(0.09, 0, 100, "money/quarter", "fixed cost of an alliance function")
    function_fee_per_alliance: float = number(0.15, 0, 100, "money/quarter", "cost of the function per living alliance", "income with over without 1.4: pattern P12")


class Strategy(Group):
    """One way to share (E3): share = clip((base + by_trust·T + by_observed·seen + early·exp(-age/6))·(floor + slope·T))."""

    share: float = number(0.0, 0, 1, "share", "share of firms with this strategy", "assumption A-03")
    base: float = number(0.0, 0, 1, "share", "sharing without trust or evidence", "assumption A-03")
    by_trust: float = number(0.0, -1, 1, "share", "sharing added per unit of trust", "assumption A-03")
    by_observed: float = number(0.0, -1, 1, "share", "sharing added per unit of observed partner sharing", "Axelrod 1984")
    early: float = number(0.0, -1, 1, "share", "sharing added at age 0, fading over 6 quarters", "Hamel 1991")
    floor: float = number(1.0, 0, 1, "share", "factor on sharing at zero trust", "assumption A-03")
    slope: float = number(0.0, -1, 1, "share", "factor added per unit of trust", "assumption A-03")
    loyalty: float = number(1.0, 0, 10, "factor", "multiplies the weight of trust when deciding to stay", "assumption A-03")
    side_deals: bool = Field(default=False, description="goes to a competitor behind the partner's back (E18)")
    absorptive_capacity: float | None = Field(
        default=None, ge=0, le=1, description="overrides firms.absorptive_capacity", json_schema_extra={"unit": "share", "source": "Hamel 1991"}
    )


STRATEGIES: dict[str, dict[str, float | bool]] = {
    "sharer": {"share": 0.15, "base": 0.85, "floor": 0.6, "slope": 0.4},
    "hoarder": {"share": 0.10, "base": 0.15},
    "reciprocator": {"share": 0.45, "base": 0.25, "by_trust": 0.375, "by_observed": 0.375, "floor": 0.6, "slope": 0.4},
    "learning_racer": {"share": 0.10, "base": 0.25, "early": 0.35, "absorptive_capacity": 0.9},
    "opportunist": {"share": 0.08, "base": 0.15, "by_trust": 0.70, "floor": 0.6, "slope": 0.4, "side_deals": True},
    "loyalist": {"share": 0.12, "base": 0.25, "by_trust": 0.375, "by_observed": 0.375, "floor": 0.6, "slope": 0.4, "loyalty": 2.5},
}


class Tie(Group):
    """An alliance that exists before the first quarter. `first` and `second` are positions in `network.firms`."""

    first: int = Field(ge=0, description="position of one partner")
    second: int = Field(ge=0, description="position of the other")
    age: int = Field(default=0, ge=0, le=4000, description="quarters that it has lived already", json_schema_extra={"unit": "quarters"})
    equity: bool | None = Field(default=None, description="equity or contract; drawn by E23 if left open")


class Network(Group):
    """The alliances of quarter 0."""

    kind: NetworkKind = Field(default="watts_strogatz", description="generator, or a file of ties, memberships or GraphML")
    degree: int = number(4, 0, 1000, "partners", "mean number of partners in generated networks (a little less in barabasi_albert)", "Watts & Strogatz 1998")
    rewiring: float = number(0.15, 0, 1, "share", "share of ties rewired (watts_strogatz)", "Cowan & Jonard 2004")
    seed: int = number(1, 0, 2**31 - 1, "seed", "seed of the generator: all worlds start from the same graph")
    file: str = Field(default="", description="CSV of ties (a,b,since,governance) or memberships (firm,group,from,to), or GraphML")
    at: str = Field(default="", description="date of quarter 0 (YYYY, YYYY-MM or YYYY-MM-DD) for files that hold dates")
    firms: tuple[str, ...] = Field(default=(), strict=False, description="names of the first firms")
    ties: tuple[Tie, ...] = Field(default=(), strict=False, description="ties read from a file or graph")


class Knowledge(Group):
    """What firms know and learn (E1, E2, E4)."""

    decay: float = number(0.02, 1e-6, 1, "1/quarter", "share of knowledge that expires", "expertise decay")
    research: float = number(0.04, 0, 10, "knowledge/quarter", "own research r; 4r is added per quarter")
    research_noise: float = number(0.5, 0, 2, "log units", "spread of the direction of research")
    absorption: float = number(0.052, 0, 1, "1/quarter", "share of a knowledge gap closed at full sharing and capacity")
    tacitness: float = number(0.49, 0, 1, "share", "share of knowledge that moves only with trust", "Simonin 1999")


class Sharing(Group):
    """What is shared and what the partner sees of it (E3, E8)."""

    rival_caution: float = number(0.1, 0, 1, "share", "share held back from a rival", "Khanna, Gulati & Nohria 1998")
    observation_noise: float = number(0.27, 0, 2, "share", "standard deviation of one observation of partner's sharing", "Segil 2005")
    noise_less_fit: float = number(0.6, 0, 1, "share", "noise removed by full fit")
    noise_less_function: float = number(0.5, 0, 1, "share", "noise removed by an own alliance function")
    openness: float = number(0.0, 0, 1, "share", "open communication: noise removed for all", "default: none")
    observed_weight: float = number(0.4, 0, 1, "1/quarter", "weight of the newest observation")


class Trust(Group):
    """How trust starts, grows and breaks (E9, E10, E17)."""

    initial: float = number(0.454, 0, 1, "share", "trust in an unknown partner")
    initial_reputation: float = number(0.3, 0, 2, "share", "initial trust per unit of reputation above the usual", "Gulati 1995")
    initial_prior: float = number(0.13, 0, 1, "share", "initial trust per prior tie, at most 2", "Gulati 1995")
    initial_common: float = number(0.03, 0, 1, "share", "initial trust per common partner, at most 3", "Gulati 1995")
    initial_spread: float = number(0.096, 0, 1, "share", "standard deviation of initial trust")
    expectation_base: float = number(0.186, 0, 1, "share", "sharing expected at zero trust")
    expectation_trust: float = number(0.5, 0, 1, "share", "sharing expected more per unit of trust")
    goodwill: float = number(0.04, 0, 1, "share", "goodwill that each alliance function adds to an observation")
    gain: float = number(0.08, 0, 2, "1/quarter", "part of the missing trust won per unit of good surprise", "Slovic 1993")
    loss: float = number(0.38, 0, 2, "1/quarter", "part of trust lost per unit of bad surprise", "Slovic 1993")
    feeling_out_quarters: int = number(4, 0, 400, "quarters", "length of the feeling-out stage", "the user's documents")
    feeling_out_weight: float = number(1.5, 1, 2, "factor", "losses of trust weigh more while feeling out")
    breach_ceiling: float = number(0.43, 0, 0.99, "share", "part of the ceiling of trust lost in a breach", "Schweitzer et al. 2006")
    breach_early: float = number(2.1, 0, 20, "factor", "how much more an early breach costs", "Lount et al. 2008")
    breach_age: float = number(4.3, 0.1, 100, "quarters", "age over which the extra cost of an early breach fades")
    breach_keeps: float = number(0.64, 0, 1, "share", "part of trust kept after a breach")
    breach_reputation: float = number(0.9, 0, 1, "share", "part of reputation kept by a firm found out")


class Value(Group):
    """What an alliance is worth and costs (E5-E7)."""

    joint: float = number(2.17, 0, 100, "money/knowledge/quarter", "joint value at full sharing, fit, distance, trust")
    fit_floor: float = number(0.3, 0, 1, "share", "joint value left at zero fit")
    distance_floor: float = number(0.3, 0, 1, "share", "joint value left where there is nothing to learn")
    tacit_loss: float = number(0.25, 0, 1, "share", "joint value lost per unit of tacitness at zero trust")
    learning_worth: float = number(0.7, 0, 100, "money/knowledge", "worth of a unit of knowledge learned")
    sharing_cost: float = number(0.447, 1e-6, 100, "money/quarter", "cost of full sharing at zero trust")
    sharing_cost_saved: float = number(0.5, 0, 1, "share", "cost of sharing saved by full trust")
    leakage: float = number(0.27, 0, 100, "money/quarter", "worth of what leaks at full sharing, zero trust", "Kale, Singh & Perlmutter 2000")
    leakage_rival: float = number(4.8, 0, 100, "factor", "extra leakage to a rival", "Khanna, Gulati & Nohria 1998")
    leakage_gain: float = number(0.5, 0, 1, "share", "part of what leaks that the partner gains")
    leakage_equity: float = number(0.5, 0, 1, "share", "part of leakage left under equity", "Oxley 1997")
    coordination: float = number(0.109, 0, 100, "money/quarter", "cost per unit of misfit and of goal gap", "Deeds & Hill 1996")
    coordination_saved: float = number(0.3, 0, 1, "share", "coordination saved by an own alliance function")
    coordination_portfolio: float = number(0.03, 0, 10, "1/alliance", "coordination dearer per alliance of the partners", "Deeds & Hill 1996")
    equity_cost: float = number(0.02, 0, 100, "money/quarter", "cost of equity governance to each partner")


class Fit(Group):
    """How partners grow together and how shocks part them (E11-E13)."""

    initial: float = number(0.25, 0, 1, "share", "fit of a new alliance")
    rate: float = number(0.031, 0, 1, "1/quarter", "speed at which fit grows at full trust")
    function_boost: float = number(0.5, 0, 5, "factor", "fit grows faster with an alliance function")
    blindness: float = number(0.4, 0, 1, "share", "flexibility lost to full trust: trust can blind", "Krishnan et al. 2006")
    goal_shock: float = number(0.3, 0, 2, "goal", "standard deviation of the goal's jump in a full shock")
    goal_common: float = number(0.5, 0, 1, "share", "part of that jump common to firms hit together", "Binner et al. 2013")
    goal_pull: float = number(0.10, 0, 0.5, "1/quarter", "speed at which goals converge at full trust")


class Exit(Group):
    """When a partner leaves (E14, E21)."""

    base_hazard: float = number(0.035, 0, 1, "1/quarter", "chance that one partner leaves at the reference utility")
    selectivity: float = number(5.36, 0, 100, "1/utility", "how sharply the chance falls with utility")
    reference_utility: float = number(0.16, -10, 10, "utility", "exit-weighted mean of utility")
    memory: float = number(0.356, 0, 1, "1/quarter", "weight of the newest payoff in performance")
    honeymoon: float = number(0.63, 0, 10, "money", "performance expected at the start per unit of initial trust", "Fichman & Levinthal 1991")
    trust_weight: float = number(0.38, 0, 10, "utility", "weight of trust")
    prior_weight: float = number(0.046, 0, 10, "utility", "weight of a prior tie, at most 3")
    equity_weight: float = number(0.19, 0, 10, "utility", "barrier to exit under equity")
    outside_weight: float = number(0.18, 0, 10, "utility", "weight of the best outside option", "Greve et al. 2013")
    shock_weight: float = number(0.33, 0, 10, "utility", "weight of a shock beyond the partner's", "Binner et al. 2013")
    learned_weight: float = number(0.12, 0, 10, "utility", "weight of having learned more than the partner", "Inkpen & Beamish 1997")
    completion: float = number(0.007, 0, 1, "1/quarter", "chance of intended completion after feeling out", "Makino et al. 2007")
    breach_memory: int = number(4, 0, 400, "quarters", "an exit so soon after a found breach, its quarter included, is put down to deceit", "assumption A-04")
    fixed_hazard: float = number(-1.0, -1, 1, "1/quarter", "test lever: constant chance that partners part, whatever they think; -1 is off; completion and failures still act", "oracle L3")


class Formation(Group):
    """Who seeks whom, and how new alliances are governed (E16, E23)."""

    rate: float = number(0.046, 0, 1, "1/quarter", "chance that a firm of mean activity seeks a partner")
    search_boost: float = number(0.7, 0, 20, "factor", "search added after a shock was felt", "Asgari et al. 2017")
    search_quarters: int = number(4, 0, 400, "quarters", "how long that lasts, the quarter of the shock included")
    random_candidates: int = number(5, 0, 64, "firms", "firms met by chance, drawn with replacement; partners and itself among them do not count")
    embedded_candidates: int = number(4, 0, 64, "firms", "partners of partners met, drawn with replacement; partners and itself among them do not count", "assumption A-05")
    prior_weight: float = number(0.082, 0, 10, "score", "score of a past partner, per prior tie at most 3", "Gulati & Gargiulo 1999")
    common_weight: float = number(0.05, 0, 10, "score", "score per common partner, at most 3", "Gulati & Gargiulo 1999")
    rival_weight: float = number(0.065, 0, 10, "score", "score lost by a rival")
    noise: float = number(0.1, 0, 10, "score", "standard deviation of a score")
    threshold: float = number(0.25, -10, 10, "score", "both sides must exceed this")
    option_memory: float = number(0.4, 0, 1, "1/search", "weight of the newest search in the outside option", "assumption A-06")
    equity_share: float = number(0.30, 0, 1, "share", "chance of equity between strangers who are not rivals", "Gulati 1995")
    equity_rival: float = number(0.2, -1, 1, "share", "added between rivals", "Gulati 1995")
    equity_prior: float = number(0.1, -1, 1, "share", "taken off after a prior tie", "Gulati 1995")


class Opportunism(Group):
    """Turn and burn: deals with a competitor behind the partner's back (E18)."""

    side_deal_rate: float = number(0.11, 0, 1, "1/quarter", "chance of a side deal per alliance of an opportunist")
    rival_factor: float = number(1.5, 0, 10, "factor", "more often beside a rival")
    detection: float = number(0.35, 0, 1, "share", "chance that a side deal is found out")
    gain: float = number(0.3, 0, 100, "money", "gain of the deceiver")
    harm: float = number(0.2, 0, 100, "money", "cost to the victim")


class Event(Group):
    """A scripted shock."""

    quarter: int = Field(ge=0, lt=4000, description="when", json_schema_extra={"unit": "quarters"})
    magnitude: float = Field(default=0.5, ge=0, le=1, description="size", json_schema_extra={"unit": "share"})
    kind: ShockKind = Field(default="competence_destroying", description="what changes")
    scope: ShockScope = Field(default="global", description="who is hit")
    sector: int | None = Field(default=None, ge=0, lt=64, description="which sector (scope sector)")
    firm: int | None = Field(default=None, ge=0, description="which firm, by position (scope local)")

    @model_validator(mode="after")
    def _names_whom_it_hits(self) -> Self:
        if self.scope == "sector" and self.sector is None:
            raise ValueError('an event of scope "sector" needs sector = 0, 1, ...')
        if self.scope == "local" and self.firm is None:
            raise ValueError('an event of scope "local" needs firm = 0, 1, ...')
        for name, scope in (("sector", "sector"), ("firm", "local")):
            if getattr(self, name) is not None and self.scope != scope:
                raise ValueError(f'{name} is read for scope "{scope}" only, and the scope is "{self.scope}"')
        return self


class Environment(Group):
    """The changing world (E12, E13, §5 of the design): how often, how hard, how wide."""

    shock_rate: float = number(0.05, 0, 1, "1/quarter", "chance of a shock, per sector", "Dess & Beard 1984: dynamism")
    shock_magnitude: float = number(0.5, 0, 1, "share", "size of a drawn shock", "assumption A-07")
    shock_kind: ShockKind = Field(default="competence_destroying", description="what a drawn shock changes")
    shock_scope: ShockScope = Field(default="sector", description="whom a drawn shock hits; the rate is per world, sector or firm accordingly")
    demand_spread: float = number(0.5, 0, 3, "log units", "how unevenly markets value the domains", "assumption A-08")
    obsolescence: float = number(0.08, 0, 1, "share", "knowledge lost per share of weight that its domain lost")
    munificence: float = number(1.0, 0.01, 10, "factor", "level of demand", "Dess & Beard 1984: munificence")
    slump_depth: float = number(0.6, 0, 1, "share", "demand lost in a full slump")
    munificence_reversion: float = number(0.1, 0, 1, "1/quarter", "speed at which demand recovers")
    events: tuple[Event, ...] = Field(default=(), strict=False, description="scripted shocks: [[environment.events]]")


class Scenario(Group):
    """A world to be run: frozen and validated; `digest` tells it by content. Raises InputError through `Scenario.of`."""

    name: str = Field(default="baseline", description="short name", min_length=1)
    title: str = Field(default="", description="one sentence for people")
    time: Time = Time()
    firms: Firms = Firms()
    strategies: dict[str, Strategy] = Field(
        default_factory=lambda: {name: Strategy.model_validate(row) for name, row in STRATEGIES.items()},
        description="rows of the strategy table; shares sum to 1", min_length=1, max_length=100,
    )
    network: Network = Network()
    knowledge: Knowledge = Knowledge()
    sharing: Sharing = Sharing()
    value: Value = Value()
    trust: Trust = Trust()
    fit: Fit = Fit()
    exit: Exit = Exit()
    formation: Formation = Formation()
    opportunism: Opportunism = Opportunism()
    environment: Environment = Environment()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        total = sum(row.share for row in self.strategies.values())
        if abs(total - 1.0) > 1e-9:
            listed = ", ".join(f"{name} {row.share:g}" for name, row in self.strategies.items())
            raise ValueError(
                f"strategies: shares sum to {total:g}, must sum to 1 ({listed}); "
                "to change one and keep the others in proportion set mix.NAME instead"
            )
        for position, event in enumerate(self.environment.events, 1):
            if event.quarter >= self.time.quarters:
                raise ValueError(f"environment.events {position}: quarter {event.quarter} is after the last, {self.time.quarters - 1}")
            if event.sector is not None and event.sector >= self.firms.sectors:
                raise ValueError(f"environment.events {position}: sector {event.sector} does not exist (0 to {self.firms.sectors - 1})")
            if event.firm is not None and event.firm >= self.firms.count:
                raise ValueError(f"environment.events {position}: firm {event.firm} does not exist (0 to {self.firms.count - 1})")
        self._check_network()
        return self

    def _check_network(self) -> None:
        network, count = self.network, self.firms.count
        generated = network.kind in ("watts_strogatz", "erdos_renyi", "barabasi_albert", "regular")
        if generated and network.degree >= count:
            raise ValueError(f"network.degree {network.degree} must be below firms.count {count}")
        if network.kind == "regular" and network.degree * count % 2:
            raise ValueError(f"network: no regular graph of degree {network.degree} on {count} firms: their product must be even")
        if network.kind in ("watts_strogatz", "barabasi_albert") and network.degree % 2:
            raise ValueError(f"network.degree {network.degree} must be even for {network.kind}: each firm brings degree/2 ties")
        if network.kind == "florentine" and count < FAMILIES:
            raise ValueError(f"firms.count {count} is below the {FAMILIES} families of the florentine network")
        if len(network.firms) > count:
            raise ValueError(f"firms.count {count} is below the {len(network.firms)} firms named in the network")
        seen: set[tuple[int, int]] = set()
        for tie in network.ties:
            pair = (min(tie.first, tie.second), max(tie.first, tie.second))
            if pair in seen:
                raise ValueError(f"network.ties: {pair[0]}-{pair[1]} is there twice")
            seen.add(pair)
            if tie.first == tie.second or max(tie.first, tie.second) >= count:
                raise ValueError(f"network.ties: {tie.first}-{tie.second} is not a pair of firms 0 to {count - 1}")

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Scenario":
        """The scenario that nested tables of settings describe. Raises InputError with every problem found."""
        try:
            return cls.model_validate(settings)
        except ValidationError as error:
            raise InputError(problems_of(error, cls)) from None

    def with_(self, changes: dict[str, Any] | None = None, **settings: Any) -> "Scenario":
        """This scenario with some settings changed.

        changes : dotted paths to values, {"environment.shock_rate": 0.1}; settings : the same with two underscores,
        environment__shock_rate=0.1. `mix.NAME` sets the share of a strategy and scales the others in proportion.
        Raises InputError for an unknown path or a value out of bounds.

        >>> Scenario().with_(firms__count=20).firms.count
        20
        """
        if changes is not None and not isinstance(changes, dict):
            raise InputError([Problem(f'{changes!r} is not a dict such as {{"trust.initial": 0.6}}', key="changes")])
        paths = dict(changes or {}) | {name.replace("__", "."): value for name, value in settings.items()}
        return Scenario.of(nested(paths, self.model_dump(), Scenario)) if paths else self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> "Scenario":
        """As pydantic's, but what was computed from the settings does not travel along. Nothing is validated: see `with_`."""
        copied = super().model_copy(update=update, deep=deep)
        for computed in ("_parameters", "digest"):
            copied.__dict__.pop(computed, None)
        return copied

    @cached_property
    def digest(self) -> str:
        """Content hash, 16 hex digits: equal for equal settings whatever their names or files."""
        content = self.model_dump(exclude={"name", "title"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
