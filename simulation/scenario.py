"""Everything that a scenario may say: meaning, default, bounds, unit and source of each setting, in this one place.

Defaults marked "calibrated" come from a fit to the patterns of real alliances; E1-E25 name the equations in
`simulation/rules/`. `Scenario.effective` is what kernels read: the settings with every mechanism that is switched off
put to rest.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, model_validator

from simulation.mechanisms import Mechanisms, put_at_rest
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scripted import Event, Intervention, ShockKind, ShockScope
from simulation.settings import Group, number
from simulation.strategies import STRATEGIES, Strategy
from simulation.validation import nested, problems_of

# fmt: off
# one line per setting, however long: the file is read as a table

DOMAINS, FAMILIES = 8, 15  # domains of knowledge (a constant, because kernels unroll loops over it); florentine firms
Transfer = Literal["absorption", "barter", "growth"]
NetworkKind = Literal["empty", "watts_strogatz", "erdos_renyi", "barabasi_albert", "regular", "florentine", "file"]


class Time(Group):
    """How long a world runs and what is left out of the measures."""

    quarters: int = number(240, 1, 4000, "quarters", "length of a run", "60 years: long enough for stationarity")
    renewal_quarters: int = number(1, 1, 400, "quarters", "partners decide whether to go on each so many quarters of an alliance's age", "4: memberships that are renewed yearly")
    warm_up_quarters: int = number(80, 0, 3999, "quarters", "alliances born before this are not measured", "with 20 not stationary")

    @model_validator(mode="after")
    def _leaves_something_to_measure(self) -> Self:
        if self.warm_up_quarters >= self.quarters:
            raise ValueError(f"warm_up_quarters ({self.warm_up_quarters}) must be shorter than quarters ({self.quarters})")
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
    least_capital: float = number(0.0, -1e12, 0, "money", "a firm with less has failed", "insolvency")
    safe_capital: float = number(4.0, 0, 1e9, "money", "a firm with less is in distress, and shares less (E25)", "assumption A-17")
    income_rate: float = number(0.346, 0, 10, "money/knowledge/quarter", "own income per unit of valued knowledge")
    fixed_cost: float = number(0.184, 0, 100, "money/quarter", "fixed cost of a firm")
    income_noise: float = number(0.47, 0, 100, "money/quarter", "standard deviation of own income")
    payout: float = number(0.05, 0, 1, "1/quarter", "share of positive capital paid out")
    function_fee: float = number(0.03, 0, 100, "money/quarter", "fixed cost of an alliance function", "pattern P12; more of it, and most functions go bankrupt")
    function_fee_per_alliance: float = number(0.20, 0, 100, "money/quarter", "cost of the function per living alliance", "pattern P12")


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
    """What firms know and learn (E1, E2, E4, E19, E20)."""

    decay: float = number(0.02, 1e-6, 1, "1/quarter", "share of knowledge that expires", "expertise decay")
    research: float = number(0.04, 0, 10, "knowledge/quarter", "own research r; 4r is added per quarter")
    research_noise: float = number(0.5, 0, 2, "log units", "spread of the direction of research")
    absorption: float = number(0.052, 0, 1, "1/quarter", "share of a knowledge gap closed at full sharing and capacity")
    tacitness: float = number(0.49, 0, 1, "share", "share of knowledge that moves only with trust", "Simonin 1999")
    attention: float = number(1.0, 1e-6, 1e9, "1/quarter", "most of its partners' leads that a firm can attend to, all partners together", "Ocasio 1997")
    transfer: Transfer = Field(default="absorption", description="law of transfer: part of the partner's lead (absorption), as many domains one way as the other (barter, Cowan & Jonard 2004), or part of all that the partner knows (growth, König et al. 2012)")
    strengthening: float = number(0.0045, 0, 1, "1/quarter", "missing absorptive capacity won per alliance at full two-way sharing", "the user's documents: iron sharpens iron")
    strengthening_decay: float = number(0.02, 0, 1, "1/quarter", "speed at which absorptive capacity reverts to its founding level")
    erosion: float = number(0.01, 0, 1, "1/quarter", "drift of a firm's own profile to a partner's at full sharing, zero trust, without an alliance function", "the user's documents: the knowledge base impaired")
    erosion_pull: float = number(0.02, 0, 1, "1/quarter", "speed at which a profile returns to the founding one", "without it profiles converge for ever")
    capability: float = number(1.0, 0, 1e6, "knowledge", "a domain that first passes this is a new capability", "assumption A-16")


class Sharing(Group):
    """What is shared and what the partner sees of it (E3, E8)."""

    rival_caution: float = number(0.1, 0, 1, "share", "share held back from a rival", "Khanna, Gulati & Nohria 1998")
    observation_noise: float = number(0.27, 0, 2, "share", "standard deviation of one observation of partner's sharing", "Segil 2005")
    noise_less_fit: float = number(0.6, 0, 1, "share", "noise removed by full fit")
    noise_less_function: float = number(0.4, 0, 1, "share", "noise removed by an own alliance function")
    openness: float = number(0.0, 0, 1, "share", "open communication of firms: noise removed, and talks that succeed more often", "default: none")
    burden: float = number(0.3, 0, 1, "share", "part of its sharing that a firm without capital left cannot give; a partner who fits well does not take it amiss (E25)", "assumption A-17")
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
    goodwill: float = number(0.025, 0, 1, "share", "goodwill that each alliance function adds to an observation")
    gain: float = number(0.066, 0, 2, "1/quarter", "part of the missing trust won per unit of good surprise", "Slovic 1993")
    loss: float = number(0.37, 0, 2, "1/quarter", "part of trust lost per unit of bad surprise", "Slovic 1993")
    feeling_out_quarters: int = number(4, 0, 400, "quarters", "length of the feeling-out stage", "the user's documents")
    feeling_out_weight: float = number(1.5, 1, 2, "factor", "losses of trust weigh more while feeling out")
    breach_ceiling: float = number(0.43, 0, 0.99, "share", "part of the ceiling of trust lost in a breach", "Schweitzer et al. 2006")
    breach_early: float = number(2.1, 0, 20, "factor", "how much more an early breach costs", "Lount et al. 2008")
    breach_age: float = number(4.3, 0.1, 100, "quarters", "age over which the extra cost of an early breach fades")
    breach_keeps: float = number(0.64, 0, 1, "share", "part of trust kept after a breach")
    breach_reputation: float = number(0.9, 0, 1, "share", "part of reputation kept by a firm found out")


class Value(Group):
    """What an alliance is worth and costs (E5-E7)."""

    joint: float = number(2.27, 0, 100, "money/knowledge/quarter", "joint value at full sharing, fit, distance, trust")
    fit_floor: float = number(0.3, 0, 1, "share", "joint value left at zero fit")
    distance_floor: float = number(0.3, 0, 1, "share", "joint value left where there is nothing to learn")
    tacit_loss: float = number(0.25, 0, 1, "share", "joint value lost per unit of tacitness at zero trust")
    learning_worth: float = number(0.7, 0, 100, "money/knowledge", "worth of a unit of knowledge learned")
    sharing_cost: float = number(0.495, 1e-6, 100, "money/quarter", "cost of full sharing at zero trust")
    sharing_cost_saved: float = number(0.5, 0, 1, "share", "cost of sharing saved by full trust")
    leakage: float = number(0.27, 0, 100, "money/quarter", "worth of what leaks at full sharing, zero trust", "Kale, Singh & Perlmutter 2000")
    leakage_rival: float = number(4.8, 0, 100, "factor", "extra leakage to a rival", "Khanna, Gulati & Nohria 1998")
    leakage_gain: float = number(0.5, 0, 1, "share", "part of what leaks that the partner gains")
    leakage_equity: float = number(0.5, 0, 1, "share", "part of leakage left under equity", "Oxley 1997")
    coordination: float = number(0.107, 0, 100, "money/quarter", "cost per unit of misfit and of goal gap", "Deeds & Hill 1996")
    coordination_saved: float = number(0.3, 0, 1, "share", "coordination saved by an own alliance function")
    coordination_portfolio: float = number(0.03, 0, 10, "1/alliance", "coordination dearer per alliance of the partners", "Deeds & Hill 1996")
    equity_cost: float = number(0.02, 0, 100, "money/quarter", "cost of equity governance to each partner")


class Fit(Group):
    """How partners grow together and how shocks part them (E11-E13)."""

    initial: float = number(0.25, 0, 1, "share", "fit of a new alliance")
    rate: float = number(0.031, 0, 1, "1/quarter", "speed at which fit grows at full trust")
    function_boost: float = number(0.4, 0, 5, "factor", "fit grows faster with an alliance function")
    blindness: float = number(0.4, 0, 1, "share", "flexibility lost to full trust: trust can blind", "Krishnan et al. 2006")
    goal_shock: float = number(0.33, 0, 2, "goal", "standard deviation of the goal's jump in a full shock")
    goal_common: float = number(0.6, 0, 1, "share", "part of that jump common to firms hit together", "Binner et al. 2013")
    goal_pull: float = number(0.10, 0, 0.5, "1/quarter", "speed at which goals converge at full trust")


class Exit(Group):
    """When a partner leaves (E14, E21)."""

    base_hazard: float = number(0.03, 0, 1, "1/quarter", "chance that one partner leaves at the reference utility")
    selectivity: float = number(5.36, 0, 100, "1/utility", "how sharply the chance falls with utility")
    reference_utility: float = number(0.16, -10, 10, "utility", "exit-weighted mean of utility")
    memory: float = number(0.356, 0, 1, "1/quarter", "weight of the newest payoff in performance")
    honeymoon: float = number(0.63, 0, 10, "money", "performance expected at the start per unit of initial trust", "Fichman & Levinthal 1991")
    trust_weight: float = number(0.38, 0, 10, "utility", "weight of trust")
    prior_weight: float = number(0.06, 0, 10, "utility", "weight of a prior tie, at most 3")
    equity_weight: float = number(0.19, 0, 10, "utility", "barrier to exit under equity")
    outside_weight: float = number(0.32, 0, 10, "utility", "weight of the best outside option", "Greve et al. 2013")
    shock_weight: float = number(0.42, 0, 10, "utility", "weight of a shock beyond the partner's", "Binner et al. 2013")
    learned_weight: float = number(0.13, 0, 10, "utility", "weight of having learned more than the partner", "Inkpen & Beamish 1997")
    completion: float = number(0.0077, 0, 1, "1/quarter", "chance of intended completion after feeling out", "Makino et al. 2007")
    breach_memory: int = number(4, 0, 400, "quarters", "an exit so soon after a found breach, its quarter included, is put down to deceit", "assumption A-04")
    racer_chance: float = number(0.28, 0, 1, "1/quarter", "chance that a learning racer leaves once there is nothing left to learn (E24)", "Hamel 1991")
    racer_potential: float = number(0.08, 0, 1, "share", "learning potential below which a racer sees nothing left to learn")
    racer_surplus: float = number(0.08, 0, 10, "share", "the same for what the partner knows more, in units of a firm's own research 4r/decay")
    fixed_hazard: float = number(-1.0, -1, 1, "1/quarter", "test lever: constant chance that partners part, whatever they think; -1 is off; completion and failures still act", "oracle L3")


class Renegotiation(Group):
    """The difficult discussions after a shock (E15)."""

    attempt: float = number(1.0, 0, 1, "share", "chance that partners talk after a shock that cost them fit", "Ariño & de la Torre 1998")
    base: float = number(0.85, 0, 1, "share", "chance of success at full trust and flexibility without an alliance function")
    by_function: float = number(0.15, 0, 1, "share", "added by an alliance function")
    by_openness: float = number(0.5, 0, 1, "share", "part of the failures that full openness turns into successes", "the user's documents")
    cost: float = number(0.1, 0, 100, "money", "cost of the talks to each partner")
    restores: float = number(1.0, 0, 1, "share", "part of the lost fit that success restores")
    accord: float = number(1.0, 0, 1, "share", "part of the goal gap that success puts aside")
    strain: float = number(1.17, 1, 100, "factor", "failure multiplies the odds of an exit in that quarter")


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


class Environment(Group):
    """The changing world (E12, E13, §5 of the design): how often, how hard, how wide."""

    shock_rate: float = number(0.066, 0, 1, "1/quarter", "chance of a shock, per world, sector or firm as its scope says", "Dess & Beard 1984: dynamism")
    shock_magnitude: float = number(0.5, 0, 1, "share", "size of a drawn shock", "assumption A-07")
    shock_kind: ShockKind = Field(default="competence_destroying", description="what a drawn shock changes")
    shock_scope: ShockScope = Field(default="sector", description="whom a drawn shock hits: all, a sector, a firm, what hangs together with a firm, or each firm with chance 1/2; the rate is per world (global, half), sector or firm accordingly")
    spread: float = number(0.5, 0, 1, "share", "chance that a correlated shock passes along a tie", "assumption A-18")
    complexity: float = number(1.0, 0, 1, "share", "domains whose weight a moving market may change", "Dess & Beard 1984: complexity")
    turbulence_start: float = number(0.0, 0, 1, "1/quarter", "chance that a calm world turns turbulent", "default: always calm")
    turbulence_end: float = number(0.1, 0, 1, "1/quarter", "chance that a turbulent world calms down", "assumption A-19")
    turbulence_factor: float = number(4.0, 0, 100, "factor", "shocks are so many times as frequent in turbulence", "assumption A-19")
    demand_spread: float = number(0.5, 0, 3, "log units", "how unevenly markets value the domains", "assumption A-08")
    obsolescence: float = number(0.08, 0, 1, "share", "knowledge lost per share of weight that its domain lost")
    enhancement: float = number(0.08, 0, 1, "share", "knowledge won per share of weight that its domain won in a competence-enhancing shock", "Tushman & Anderson 1986")
    switching: float = number(0.3, 0, 1, "share", "chance that a firm changes its strategy in a full strategy shift", "assumption A-20")
    displacement: float = number(0.2, 0, 1, "share", "firms that entrants drive out in a full wave", "assumption A-20")
    regulation_cost: float = number(1.0, 0, 10, "factor", "coordination dearer by so much under full regulation", "assumption A-21")
    regulation_ban: float = number(1.0, 0, 10, "score", "score lost by a rival under a full ban", "assumption A-21")
    regulation_protection: float = number(0.8, 0, 1, "share", "leakage stopped by full protection", "assumption A-21")
    regulation_reversion: float = number(0.05, 0, 1, "1/quarter", "speed at which regulation loses its grip", "assumption A-21")
    munificence: float = number(1.0, 0.01, 10, "factor", "level of demand", "Dess & Beard 1984: munificence")
    slump_depth: float = number(0.6, 0, 1, "share", "demand lost in a full slump")
    munificence_reversion: float = number(0.1, 0, 1, "1/quarter", "speed at which demand recovers")
    wave_height: float = number(0.0, -1, 10, "factor", "how far the level of demand rises at the crest of a wave", "default: none; Hagedoorn 2002")
    wave_quarter: int = number(80, 0, 4000, "quarters", "when the first wave begins")
    wave_length: int = number(40, 1, 4000, "quarters", "from the beginning of a wave to its end")
    wave_every: int = number(0, 0, 4000, "quarters", "from the beginning of a wave to that of the next; 0 for a single one")
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
    renegotiation: Renegotiation = Renegotiation()
    formation: Formation = Formation()
    opportunism: Opportunism = Opportunism()
    environment: Environment = Environment()
    interventions: tuple[Intervention, ...] = Field(default=(), strict=False, description="what is done at a quarter: [[interventions]]")
    mechanisms: Mechanisms = Mechanisms()

    @model_validator(mode="after")
    def _is_consistent(self, info: ValidationInfo) -> Self:
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
        for position, intervention in enumerate(self.interventions, 1):
            self._check_intervention(intervention, f"interventions {position}:", at_rest=bool(info.context))
        self._check_network()
        return self

    def _check_intervention(self, done: Intervention, where: str, at_rest: bool) -> None:
        if done.quarter >= self.time.quarters:
            raise ValueError(f"{where} quarter {done.quarter} is after the last, {self.time.quarters - 1}")
        if done.sector is not None and done.sector >= self.firms.sectors:
            raise ValueError(f"{where} sector {done.sector} does not exist (0 to {self.firms.sectors - 1})")
        for name in (done.strategy, done.to.strategy):
            if name is not None and name not in self.strategies:
                raise ValueError(f"{where} no such strategy {name}; {did_you_mean(name, self.strategies)}")
        for firm in (*done.firms, *done.between):
            if isinstance(firm, str) and firm not in self.network.firms:
                raise ValueError(f"{where} no such firm {firm}; {did_you_mean(firm, self.network.firms) or ('no name is like it' if self.network.firms else 'this network names no firms, so give positions, from 0')}")
            if isinstance(firm, int) and not 0 <= firm < self.firms.count:
                raise ValueError(f"{where} firm {firm} does not exist (0 to {self.firms.count - 1})")
        if done.is_empty and not at_rest:
            raise ValueError(f"{where} nothing is set; give to = {{ flexibility = 0.9 }} or another trait, calm = true, or between and agree")

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
        return Scenario.of(nested(paths, self)) if paths else self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> "Scenario":
        """As pydantic's, but what was computed from the settings does not travel along. Nothing is validated: see `with_`."""
        copied = super().model_copy(update=update, deep=deep)
        for computed in ("_parameters", "digest", "effective"):
            copied.__dict__.pop(computed, None)
        return copied

    @cached_property
    def effective(self) -> "Scenario":
        """The settings in force: those of this scenario, but for mechanisms that are off; all luck stays the same."""
        off = [name for name, on in self.mechanisms.model_dump().items() if not on]
        if not off:
            return self
        settings = self.model_dump()
        for name in off:
            put_at_rest(settings, name)
        settings["mechanisms"] = Mechanisms().model_dump()
        return Scenario.model_validate(settings, context={"at rest": True})

    @cached_property
    def digest(self) -> str:
        """Content hash, 16 hex digits: equal for equal settings whatever their names or files."""
        content = self.model_dump(exclude={"name", "title"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
