"""A firm and all that it does alone."""

import math
from dataclasses import dataclass, field

from reference_world.sums import by_halves

from simulation.scenario import Environment, Firms, Fit, Formation, Knowledge, Scenario
from simulation.strategies import Strategy

MEMORY = 8  # past partners that a firm remembers
COORDINATION, BAN, PROTECTION = range(3)  # regulations: what each makes dearer, forbids or protects


@dataclass(eq=False)
class Firm:
    """A firm on a seat. An entrant on the same seat is another firm: its identity is seat + N·generation."""

    seat: int
    identity: int
    sector: int
    strategy_number: int
    strategy: Strategy
    alliance_function: int  # 1 if it has dedicated alliance managers, else 0: A
    flexibility: float
    openness: float
    absorptive_capacity: float  # a
    founding_capacity: float  # a(0)
    activity: float
    goal: float
    reputation: float
    capital: float
    munificence: float  # demand that it meets, m
    profile: list[float]  # direction of own research, sums to 1, p
    founding_profile: list[float]  # p(0)
    knowledge: list[float]  # K, by domain
    capabilities: int  # bit d is set once the firm has had a capability in domain d
    outside_option: float = 0.0
    felt: float = 0.0  # magnitude of the largest shock of this quarter that shook goal and fit
    noticed: float = 0.0  # magnitude of the largest shock of any kind
    noticed_kind: int = 0  # and its kind
    last_shock: int | None = None  # quarter
    displaced: bool = False  # driven out by an entrant this quarter
    regulation: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])  # levels of coordination, ban, protection
    income: float = 0.0  # earned in this quarter
    past_ties: dict[int, int] = field(default_factory=dict)  # identity of a past partner: alliances; latest ended last

    def knowledge_length(self) -> float:
        """|K|."""
        return math.sqrt(by_halves(known * known for known in self.knowledge))

    def learning_potential(self, other: "Firm") -> float:
        """E1: ψ = 4d(1 − d) with d = 1 − cos(K_i, K_j); nothing to learn where one firm knows nothing."""
        dot = by_halves(mine * theirs for mine, theirs in zip(self.knowledge, other.knowledge, strict=True))
        size = self.knowledge_length() * other.knowledge_length()
        if size == 0.0:
            return 0.0
        d = min(1.0, max(0.0, 1.0 - dot / size))
        return 4.0 * d * (1.0 - d)

    def distress(self, numbers: Firms) -> float:
        """D: the part of a founder's capital that the firm lacks."""
        return clip(1.0 - self.capital / numbers.safe_capital) if numbers.safe_capital > 0.0 else 0.0

    def research_rate(self, numbers: Knowledge) -> float:
        """E19: r_i = r·a_i/a_i(0)."""
        if self.founding_capacity <= 0.0:
            return numbers.research
        return numbers.research * self.absorptive_capacity / self.founding_capacity

    def do_research(self, luck: list[float], numbers: Knowledge) -> None:
        """E2: K ← (1 − δ)K + 4r_i·p, where p is the profile times luck, made to sum to 1."""
        effort = [share * factor for share, factor in zip(self.profile, luck, strict=True)]
        total = by_halves(effort)
        self.knowledge = [
            (1.0 - numbers.decay) * known + 4.0 * self.research_rate(numbers) * (part / total)
            for known, part in zip(self.knowledge, effort, strict=True)
        ]

    def recover(self, usual_munificence: float, numbers: Environment) -> None:
        """A quarter begins: demand returns to its usual level, regulation wears off, nothing was felt yet."""
        self.felt, self.noticed, self.noticed_kind = 0.0, 0.0, 0
        self.munificence += numbers.munificence_reversion * (usual_munificence - self.munificence)
        self.regulation = [level * (1.0 - numbers.regulation_reversion) for level in self.regulation]

    def suffer_slump(self, magnitude: float, numbers: Environment) -> None:
        """A demand slump: m falls."""
        self.munificence *= 1.0 - numbers.slump_depth * magnitude

    def suffer_obsolescence(self, before: list[float], after: list[float], numbers: Environment) -> None:
        """A domain that loses share x of its weight in the firm's market costs .08x of the knowledge in it."""
        for domain, (old, new) in enumerate(zip(before, after, strict=True)):
            lost = max(0.0, 1.0 - new / old)
            self.knowledge[domain] *= 1.0 - numbers.obsolescence * lost

    def enjoy_enhancement(self, before: list[float], after: list[float], numbers: Environment) -> None:
        """A domain that gains share x of its new weight in the firm's market makes the knowledge in it worth more."""
        for domain, (old, new) in enumerate(zip(before, after, strict=True)):
            won = max(0.0, 1.0 - old / new)
            self.knowledge[domain] *= 1.0 + numbers.enhancement * won

    def notice_shock(self, quarter: int, kind: int, magnitude: float) -> None:
        """The firm remembers the largest shock of the quarter, the first of equals."""
        if magnitude > self.noticed:
            self.noticed, self.noticed_kind = magnitude, kind
        self.last_shock = quarter

    def feel_shock(self, magnitude: float, z_common: float, z_own: float, numbers: Fit) -> None:
        """E13: the goal jumps by .3m·(√ρ·z_common + √(1 − ρ)·z_own)."""
        common, own = math.sqrt(numbers.goal_common), math.sqrt(1.0 - numbers.goal_common)
        self.goal = clip(self.goal + numbers.goal_shock * magnitude * (common * z_common + own * z_own))
        self.felt = max(self.felt, magnitude)

    def search_chance(self, quarter: int, numbers: Formation) -> float:
        """E16: rate·activity, more for some quarters, beginning with that of a shock."""
        is_shaken = self.last_shock is not None and quarter - self.last_shock < numbers.search_quarters
        return min(1.0, numbers.rate * self.activity * (1.0 + numbers.search_boost * is_shaken))

    def coordination_cost(self, fit: float, goal_gap: float, portfolio: float, scenario: Scenario) -> float:
        """E7 but for equity: c_c·(2 − F − g)·(1 − .3A_i)·(1 + κ_d·mean portfolio), dearer by regulation; g = 1 − gap."""
        numbers = scenario.value
        misfit = 2.0 - fit - (1.0 - goal_gap)
        managed = 1.0 - numbers.coordination_saved * self.alliance_function
        dearer = 1.0 + scenario.environment.regulation_cost * self.regulation[COORDINATION]
        return numbers.coordination * misfit * managed * (1.0 + numbers.coordination_portfolio * portfolio) * dearer

    def prior_ties(self, other: "Firm") -> int:
        """Alliances that it remembers to have had with another firm; more than three count as three."""
        return min(3, self.past_ties.get(other.identity, 0))

    def remember(self, other: "Firm") -> None:
        """One more alliance with another firm is over. The firm whose last one ended longest ago is forgotten."""
        ties = self.past_ties.pop(other.identity, 0)
        self.past_ties[other.identity] = min(100, ties + 1)
        if len(self.past_ties) > MEMORY:
            del self.past_ties[next(iter(self.past_ties))]

    def restore_reputation(self, numbers: Firms) -> None:
        """E10: reputation reverts to the usual level."""
        self.reputation += numbers.reputation_reversion * (numbers.initial_reputation - self.reputation)

    def own_income(self, demand: list[float], deviation: float, numbers: Firms) -> float:
        """E22: .346·θ_s·K·m − .184 + deviation."""
        valued = by_halves(weight * known for weight, known in zip(demand, self.knowledge, strict=True))
        return numbers.income_rate * valued * self.munificence - numbers.fixed_cost + deviation

    def function_cost(self, alliances: int, numbers: Firms) -> float:
        """E22: what the alliance managers cost."""
        return self.alliance_function * (numbers.function_fee + numbers.function_fee_per_alliance * alliances)


def clip(share: float) -> float:
    """The nearest number in [0, 1]."""
    return min(1.0, max(0.0, share))
