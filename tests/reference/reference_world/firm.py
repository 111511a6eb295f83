"""A firm and all that it does alone."""

import math
from dataclasses import dataclass, field

from simulation.scenario import Environment, Firms, Fit, Formation, Knowledge, Strategy, Value

MEMORY = 8  # past partners that a firm remembers


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
    absorptive_capacity: float
    activity: float
    goal: float
    reputation: float
    capital: float
    munificence: float  # demand that it meets, m
    profile: list[float]  # direction of own research, sums to 1
    knowledge: list[float]  # K, by domain
    outside_option: float = 0.0
    felt: float = 0.0  # magnitude of the largest shock of this quarter
    felt_kind: int = 0  # and its kind
    last_shock: int | None = None  # quarter
    income: float = 0.0  # earned in this quarter
    past_ties: dict[int, int] = field(default_factory=dict)  # identity of a past partner: alliances; latest ended last

    def knowledge_length(self) -> float:
        """|K|."""
        return math.sqrt(sum(known * known for known in self.knowledge))

    def learning_potential(self, other: "Firm") -> float:
        """E1: ψ = 4d(1 − d) with d = 1 − cos(K_i, K_j); nothing to learn where one firm knows nothing."""
        dot = sum(mine * theirs for mine, theirs in zip(self.knowledge, other.knowledge, strict=True))
        size = self.knowledge_length() * other.knowledge_length()
        if size == 0.0:
            return 0.0
        d = min(1.0, max(0.0, 1.0 - dot / size))
        return 4.0 * d * (1.0 - d)

    def do_research(self, luck: list[float], numbers: Knowledge) -> None:
        """E2: K ← (1 − δ)K + 4r·p, where p is the profile times luck, made to sum to 1."""
        effort = [share * factor for share, factor in zip(self.profile, luck, strict=True)]
        total = sum(effort)
        self.knowledge = [
            (1.0 - numbers.decay) * known + 4.0 * numbers.research * (part / total)
            for known, part in zip(self.knowledge, effort, strict=True)
        ]

    def recover_demand(self, numbers: Environment) -> None:
        """Demand returns to its usual level after a slump."""
        self.munificence += numbers.munificence_reversion * (numbers.munificence - self.munificence)

    def suffer_slump(self, magnitude: float, numbers: Environment) -> None:
        """A demand slump: m falls."""
        self.munificence *= 1.0 - numbers.slump_depth * magnitude

    def suffer_obsolescence(self, before: list[float], after: list[float], numbers: Environment) -> None:
        """A domain that loses share x of its weight in the firm's market costs .08x of the knowledge in it."""
        for domain, (old, new) in enumerate(zip(before, after, strict=True)):
            lost = max(0.0, 1.0 - new / old)
            self.knowledge[domain] *= 1.0 - numbers.obsolescence * lost

    def feel_shock(
        self, quarter: int, kind: int, magnitude: float, z_common: float, z_own: float, numbers: Fit
    ) -> None:
        """E13: the goal jumps by .3m·(√ρ·z_common + √(1 − ρ)·z_own); and the firm remembers the largest shock felt."""
        common, own = math.sqrt(numbers.goal_common), math.sqrt(1.0 - numbers.goal_common)
        self.goal = clip(self.goal + numbers.goal_shock * magnitude * (common * z_common + own * z_own))
        if magnitude > self.felt:
            self.felt, self.felt_kind = magnitude, kind
        self.last_shock = quarter

    def search_chance(self, quarter: int, numbers: Formation) -> float:
        """E16: rate·activity, more for some quarters, beginning with that of a shock."""
        is_shaken = self.last_shock is not None and quarter - self.last_shock < numbers.search_quarters
        return min(1.0, numbers.rate * self.activity * (1.0 + numbers.search_boost * is_shaken))

    def coordination_cost(self, fit: float, goal_gap: float, portfolio: float, numbers: Value) -> float:
        """E7 but for equity: c_c·(2 − F − g)·(1 − .3A_i)·(1 + κ_d·mean portfolio), g = 1 − |goal_i − goal_j|."""
        misfit = 2.0 - fit - (1.0 - goal_gap)
        managed = 1.0 - numbers.coordination_saved * self.alliance_function
        return numbers.coordination * misfit * managed * (1.0 + numbers.coordination_portfolio * portfolio)

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
        valued = sum(weight * known for weight, known in zip(demand, self.knowledge, strict=True))
        return numbers.income_rate * valued * self.munificence - numbers.fixed_cost + deviation

    def function_cost(self, alliances: int, numbers: Firms) -> float:
        """E22: what the alliance managers cost."""
        return self.alliance_function * (numbers.function_fee + numbers.function_fee_per_alliance * alliances)


def clip(share: float) -> float:
    """The nearest number in [0, 1]."""
    return min(1.0, max(0.0, share))
