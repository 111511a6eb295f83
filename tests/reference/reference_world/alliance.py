"""An alliance, with the equations of a quarter's work together."""

from collections.abc import Iterator
from dataclasses import dataclass

from reference_world.firm import PROTECTION
from reference_world.side import Side
from reference_world.sums import by_halves

from simulation.scenario import Fit, Scenario, Sharing, Value


@dataclass(eq=False)
class Alliance:
    """A tie between two firms."""

    low: Side  # the firm on the lower seat
    high: Side
    born: int  # quarter; before 0 for ties that existed already
    number: int  # of the event that formed it
    equity: bool
    prior_ties: int
    fit: float
    potential: float = 0.0  # joint value if both shared all, v
    lost_fit: float = 0.0  # to shocks since the partners last talked
    shaken: int | None = None  # quarter in which a shock last cost it fit
    accord: float = 0.0  # difference of goals that the partners have come to terms with, x
    strained: bool = False  # whether talks failed this quarter
    keeps_faith: bool = False  # agreed: no side deals
    will_settle: bool = False  # agreed: talks succeed
    cause: int | None = None  # why it ends this quarter

    @property
    def is_rival(self) -> bool:
        """Whether both firms are of one sector."""
        return self.low.firm.sector == self.high.firm.sector

    @property
    def seats(self) -> tuple[int, int]:
        """By which alliances are put in order."""
        return self.low.firm.seat, self.high.firm.seat

    @property
    def mean_trust(self) -> float:
        """T̄."""
        return 0.5 * (self.low.trust + self.high.trust)

    @property
    def any_function(self) -> int:
        """max(A_i, A_j)."""
        return max(self.low.firm.alliance_function, self.high.firm.alliance_function)

    @property
    def goal_difference(self) -> float:
        """Δ: the goal on the lower seat minus that on the higher."""
        return self.low.firm.goal - self.high.firm.goal

    @property
    def goal_gap(self) -> float:
        """E15: min(|Δ|, |Δ − x|) with an accord x; |Δ| without."""
        return min(abs(self.goal_difference), abs(self.goal_difference - self.accord))

    @property
    def mean_openness(self) -> float:
        """ō."""
        return 0.5 * (self.low.firm.openness + self.high.firm.openness)

    @property
    def mean_flexibility(self) -> float:
        """φ̄."""
        return 0.5 * (self.low.firm.flexibility + self.high.firm.flexibility)

    def sides(self) -> Iterator[tuple[Side, Side]]:
        """Each side with its partner, the one on the lower seat first."""
        yield self.low, self.high
        yield self.high, self.low

    def leakage_rate(self, numbers: Value) -> float:
        """E6: ℓ_r = ℓ(1 + 4.8·rival)·(.5 if equity)."""
        rate = numbers.leakage * (1.0 + numbers.leakage_rival * self.is_rival)
        return rate * numbers.leakage_equity if self.equity else rate

    def leak(self, side: Side, scenario: Scenario) -> float:
        """E6: ℓ_r·s_ij·(1 − T_ij), less where the law protects the firm."""
        protected = scenario.environment.regulation_protection * side.firm.regulation[PROTECTION]
        return self.leakage_rate(scenario.value) * side.sharing * (1.0 - side.trust) * (1.0 - protected)

    def potential_value(self, demand: list[list[float]], scenario: Scenario) -> float:
        """E5 without sharing: v₀·(.3 + .7F)·(.3 + .7ψ)·θ̄·max(K_i, K_j)·m·(1 − .25·tacitness·(1 − T̄))."""
        i, j, numbers = self.low.firm, self.high.firm, scenario.value
        best = [max(here, there) for here, there in zip(i.knowledge, j.knowledge, strict=True)]
        weights = [0.5 * (here + there) for here, there in zip(demand[i.sector], demand[j.sector], strict=True)]
        valued = by_halves(weight * known for weight, known in zip(weights, best, strict=True))
        fitting = numbers.fit_floor + (1.0 - numbers.fit_floor) * self.fit
        novelty = numbers.distance_floor + (1.0 - numbers.distance_floor) * i.learning_potential(j)
        munificence = 0.5 * (i.munificence + j.munificence)
        shown = 1.0 - numbers.tacit_loss * scenario.knowledge.tacitness * (1.0 - self.mean_trust)
        return numbers.joint * fitting * novelty * valued * munificence * shown

    def coordination_cost(self, side: Side, portfolio: float, scenario: Scenario) -> float:
        """E7 but for equity: c_c·(2 − F − g)·(1 − .3A_i)·(1 + κ_d·mean portfolio), dearer by regulation; g = 1 − gap."""
        return side.firm.coordination_cost(self.fit, self.goal_gap, portfolio, scenario)

    def observation_noise(self, side: Side, numbers: Sharing) -> float:
        """E8: σ_o(1 − .6F)(1 − .5A_i)(1 − ō)."""
        left_by_fit = 1.0 - numbers.noise_less_fit * self.fit
        left_by_function = 1.0 - numbers.noise_less_function * side.firm.alliance_function
        return numbers.observation_noise * left_by_fit * left_by_function * (1.0 - self.mean_openness)

    def grow_fit(self, any_function: int, trust: float, numbers: Fit) -> None:
        """E11: F += φ_F(.3 + .7T̄)(1 + .5·max(A_i, A_j))(1 − F)."""
        speed = numbers.rate * (0.3 + 0.7 * trust) * (1.0 + numbers.function_boost * any_function)
        self.fit = min(1.0, self.fit + speed * (1.0 - self.fit))

    def lose_fit(self, quarter: int, numbers: Fit) -> None:
        """E12: F ← F(1 − m(1 − φ̄(1 − b·T̄²))), m the larger of the shocks that the two felt; the tie remembers its loss."""
        m, before = max(self.low.firm.felt, self.high.firm.felt), self.fit
        parried = self.mean_flexibility * (1.0 - numbers.blindness * self.mean_trust**2)
        self.fit *= 1.0 - m * (1.0 - parried)
        if m > 0.0:
            self.lost_fit += before - self.fit
            self.shaken = quarter

    def goal_pull(self, numbers: Fit) -> float:
        """E13: move of the goal on the lower seat towards the mean of both, .10·T̄(1 + max A)·Δ/2; the other's is −."""
        half_way = -0.5 * self.goal_difference
        return numbers.goal_pull * self.mean_trust * (1.0 + self.any_function) * half_way
