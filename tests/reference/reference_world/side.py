"""One side of an alliance: what a firm shares with its partner, sees of it and thinks of it."""

import math
from dataclasses import dataclass

from reference_world.firm import Firm, clip

from simulation.scenario import Knowledge, Sharing, Trust, Value


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
    cost: float = 0.0  # of this quarter: sharing, what leaks, coordination, upkeep of equity

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

    def adjust_trust(self, look: float, expected: float, goodwill: float, loss_weight: float, numbers: Trust) -> None:
        """E9: with the surprise e, won slowly (2η⁺·e·(C − T)), lost fast (η⁻·e·T, more while feeling out)."""
        surprise = look - expected + goodwill
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
