"""An alliance and its two sides, with the equations of a quarter's work together."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from reference_world.firm import Firm, clip

from simulation.scenario import Fit, Knowledge, Scenario, Sharing, Trust, Value


@dataclass(eq=False)
class Side:
    """One partner's view of an alliance."""

    firm: Firm
    trust: float  # in the partner, T_ij
    observed: float  # what it has seen the partner share
    performance: float  # smoothed payoff
    ceiling: float = 1.0  # the most that trust can be, C
    learned: float = 0.0  # knowledge taken in so far
    found_out: int | None = None  # last quarter in which it found the partner deceiving it
    sharing: float = 0.0  # what it shares this quarter, s_ij
    payoff: float = 0.0  # of this quarter, π_i

    def wish_to_share(self, age: int) -> float:
        """E3: clip((base + by_trust·T + by_observed·seen + early·e^(−age/6))·(floor + slope·T))."""
        row = self.firm.strategy
        wish = row.base + row.by_trust * self.trust + row.by_observed * self.observed + row.early * math.exp(-age / 6)
        return clip(wish * (row.floor + row.slope * self.trust))

    def expected_sharing(self, numbers: Trust) -> float:
        """E9: what a partner trusted so much is expected to share."""
        return numbers.expectation_base + numbers.expectation_trust * self.trust

    def attention(self, partner: "Side", numbers: Knowledge) -> float:
        """E4: α·s_ji·a_i, the part of the partner's lead that this side could close."""
        return numbers.absorption * partner.sharing * self.firm.absorptive_capacity

    def tacit_barrier(self, numbers: Knowledge) -> float:
        """E4: 1 − tacitness·(1 − T_ij)."""
        return 1.0 - numbers.tacitness * (1.0 - self.trust)

    def sharing_cost(self, numbers: Value) -> float:
        """E6: c_s·s_ij·(1 − .5T_ij)."""
        return numbers.sharing_cost * self.sharing * (1.0 - numbers.sharing_cost_saved * self.trust)

    def adjust_trust(self, look: float, goodwill: float, loss_weight: float, numbers: Trust) -> None:
        """E9: with the surprise e, won slowly (2η⁺·e·(C − T)), lost fast (η⁻·e·T, more while feeling out)."""
        surprise = look - self.expected_sharing(numbers) + goodwill
        if surprise > 0.0:
            self.trust += numbers.gain * surprise * (self.ceiling - self.trust)
        else:
            self.trust += numbers.loss * surprise * self.trust * loss_weight
        self.trust = min(self.ceiling, max(0.0, self.trust))

    def see(self, look: float, numbers: Sharing) -> None:
        """E8: looks are smoothed, and only the smoothed value is clipped."""
        weight = numbers.observed_weight
        self.observed = clip((1.0 - weight) * self.observed + weight * look)

    def find_out(self, quarter: int, age: int, numbers: Trust) -> None:
        """E10: C ← C(1 − κ)^(1 + κ_e·e^(−age/τ)); T ← .64T, and not above C."""
        power = 1.0 + numbers.breach_early * math.exp(-age / numbers.breach_age)
        self.ceiling *= (1.0 - numbers.breach_ceiling) ** power
        self.trust = min(numbers.breach_keeps * self.trust, self.ceiling)
        self.found_out = quarter


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
    def goal_gap(self) -> float:
        """|goal_i − goal_j|."""
        return abs(self.low.firm.goal - self.high.firm.goal)

    def sides(self) -> Iterator[tuple[Side, Side]]:
        """Each side with its partner, the one on the lower seat first."""
        yield self.low, self.high
        yield self.high, self.low

    def leakage_rate(self, numbers: Value) -> float:
        """E6: ℓ_r = ℓ(1 + 4.8·rival)·(.5 if equity)."""
        rate = numbers.leakage * (1.0 + numbers.leakage_rival * self.is_rival)
        return rate * numbers.leakage_equity if self.equity else rate

    def leak(self, side: Side, numbers: Value) -> float:
        """E6: ℓ_r·s_ij·(1 − T_ij)."""
        return self.leakage_rate(numbers) * side.sharing * (1.0 - side.trust)

    def potential_value(self, demand: list[list[float]], scenario: Scenario) -> float:
        """E5 without sharing: v₀·(.3 + .7F)·(.3 + .7ψ)·θ̄·max(K_i, K_j)·m·(1 − .25·tacitness·(1 − T̄))."""
        i, j, numbers = self.low.firm, self.high.firm, scenario.value
        best = [max(here, there) for here, there in zip(i.knowledge, j.knowledge, strict=True)]
        weights = [0.5 * (here + there) for here, there in zip(demand[i.sector], demand[j.sector], strict=True)]
        valued = sum(weight * known for weight, known in zip(weights, best, strict=True))
        fitting = numbers.fit_floor + (1.0 - numbers.fit_floor) * self.fit
        novelty = numbers.distance_floor + (1.0 - numbers.distance_floor) * i.learning_potential(j)
        munificence = 0.5 * (i.munificence + j.munificence)
        shown = 1.0 - numbers.tacit_loss * scenario.knowledge.tacitness * (1.0 - self.mean_trust)
        return numbers.joint * fitting * novelty * valued * munificence * shown

    def coordination_cost(self, side: Side, portfolio: float, numbers: Value) -> float:
        """E7 but for equity: c_c·(2 − F − g)·(1 − .3A_i)·(1 + κ_d·mean portfolio), g = 1 − |goal_i − goal_j|."""
        return side.firm.coordination_cost(self.fit, self.goal_gap, portfolio, numbers)

    def observation_noise(self, side: Side, numbers: Sharing) -> float:
        """E8: σ_o(1 − .6F)(1 − .5A_i)(1 − openness)."""
        left_by_fit = 1.0 - numbers.noise_less_fit * self.fit
        left_by_function = 1.0 - numbers.noise_less_function * side.firm.alliance_function
        return numbers.observation_noise * left_by_fit * left_by_function * (1.0 - numbers.openness)

    def grow_fit(self, any_function: int, trust: float, numbers: Fit) -> None:
        """E11: F += φ_F(.3 + .7T̄)(1 + .5·max(A_i, A_j))(1 − F)."""
        speed = numbers.rate * (0.3 + 0.7 * trust) * (1.0 + numbers.function_boost * any_function)
        self.fit = min(1.0, self.fit + speed * (1.0 - self.fit))

    def lose_fit(self, numbers: Fit) -> None:
        """E12: F ← F(1 − m(1 − φ̄(1 − b·T̄²))), m the larger of the shocks that the two felt."""
        i, j = self.low.firm, self.high.firm
        flexibility = 0.5 * (i.flexibility + j.flexibility)
        parried = flexibility * (1.0 - numbers.blindness * self.mean_trust**2)
        self.fit *= 1.0 - max(i.felt, j.felt) * (1.0 - parried)

    def goal_pull(self, numbers: Fit) -> float:
        """E13: move of the goal on the lower seat towards the mean of both, .10·T̄(1 + max A)·Δ/2; the other's is −."""
        half_way = 0.5 * (self.high.firm.goal - self.low.firm.goal)
        return numbers.goal_pull * self.mean_trust * (1.0 + self.any_function) * half_way
