"""An alliance as an edge of the network: what happens once per pair and quarter (E5, E11, E13, E14, E21, E24)."""

import math
from functools import cached_property
from operator import mul
from typing import TYPE_CHECKING

from reference_world import alliance as rules
from reference_world.endings import largest_grievance, little_left_to_learn
from reference_world.side import Side

from simulation.draws import Purpose

if TYPE_CHECKING:
    from mesa_world.model import MesaWorld


class Alliance(rules.Alliance):
    """An alliance of the reference, with what a quarter does to it. The graph holds it on the edge between two seats."""

    joint_value = 0.0  # of this quarter, V
    leaks = 0.0  # ℓ_r, kept because both sides ask for it every quarter

    @cached_property
    def is_rival(self) -> bool:
        """Whether both firms are of one sector: no firm ever changes its sector."""
        return self.low.firm.sector == self.high.firm.sector

    @cached_property
    def seats(self) -> tuple[int, int]:
        """The two seats, the lower first."""
        return self.low.firm.seat, self.high.firm.seat

    def create_value(self, world: "MesaWorld") -> None:
        """E5: V = v·√(s_ij·s_ji), v the potential_value of the reference."""
        numbers, low, high = world.scenario.value, self.low, self.high
        i, j = low.firm, high.firm
        best = [here if here > there else there for here, there in zip(i.knowledge, j.knowledge)]  # noqa: B905
        valued = sum(map(mul, world.mean_demand[i.sector][j.sector], best))
        fitting = numbers.fit_floor + (1.0 - numbers.fit_floor) * self.fit
        novelty = numbers.distance_floor + (1.0 - numbers.distance_floor) * learning_potential(i, j)
        mean_trust = 0.5 * (low.trust + high.trust)
        shown = 1.0 - numbers.tacit_loss * world.scenario.knowledge.tacitness * (1.0 - mean_trust)
        munificence = 0.5 * (i.munificence + j.munificence)
        self.potential = numbers.joint * fitting * novelty * valued * munificence * shown
        self.joint_value = self.potential * math.sqrt(low.sharing * high.sharing)

    def mature(self, world: "MesaWorld") -> None:
        """E11, E13: fit grows, and the goals of both are pulled towards their mean."""
        numbers, i, j = world.scenario.fit, self.low.firm, self.high.firm
        mean_trust = 0.5 * (self.low.trust + self.high.trust)
        function = i.alliance_function or j.alliance_function
        speed = numbers.rate * (0.3 + 0.7 * mean_trust) * (1.0 + numbers.function_boost * function)
        self.fit = min(1.0, self.fit + speed * (1.0 - self.fit))
        pull = 0.5 * numbers.goal_pull * mean_trust * (1.0 + function) * (j.goal - i.goal)
        i.goal_pull += pull
        j.goal_pull -= pull

    def ending(self, world: "MesaWorld") -> str | None:
        """E14, E21, E24: the cause if the alliance ends this quarter."""
        numbers, quarter, addressed, random = world.scenario.exit, world.quarter, world.addressed, world.random.random
        age = quarter - self.born
        if (age + 1) % world.scenario.time.renewal_quarters:
            return None
        i, j = self.low.firm.identity, self.high.firm.identity
        feeling_out = age < world.scenario.trust.feeling_out_quarters
        if not feeling_out:
            draw = addressed.uniform(Purpose.COMPLETION, quarter, i, j) if addressed else random()
            if draw < numbers.completion:
                return "completed"
        if numbers.fixed_hazard >= 0.0:  # a lever for tests
            return (
                "underperformance" if world.luck.uniform(Purpose.EXIT, quarter, i, j) < numbers.fixed_hazard else None
            )
        leaver = self.leaver(world)
        if leaver is None:
            return "learned_out" if self.racer_leaves(world) else None
        side, partner = leaver
        if side.found_out is not None and quarter - side.found_out < numbers.breach_memory:
            return "deceit"
        return "never_started" if feeling_out else largest_grievance(world, self, side, partner)

    def leaver(self, world: "MesaWorld") -> tuple[Side, Side] | None:
        """E14: the side that leaves and its partner; if both leave, the one with less to stay for."""
        numbers, quarter, addressed, random = world.scenario.exit, world.quarter, world.addressed, world.random.random
        odds = numbers.base_hazard * (world.scenario.renegotiation.strain if self.strained else 1.0)
        history = numbers.prior_weight * min(3, self.prior_ties) + numbers.equity_weight * self.equity
        leaver, least = None, math.inf
        for side, partner in ((self.low, self.high), (self.high, self.low)):
            me, other = side.firm, partner.firm
            utility = side.performance + numbers.trust_weight * me.strategy.loyalty * side.trust + history
            utility -= numbers.outside_weight * me.outside_option
            if me.felt > other.felt:
                utility -= numbers.shock_weight * (me.felt - other.felt)
            lead = side.learned - partner.learned
            if lead > 0.0:
                utility -= numbers.learned_weight * lead / (side.learned + partner.learned)
            draw = addressed.uniform(Purpose.EXIT, quarter, me.identity, other.identity) if addressed else random()
            exponent = numbers.selectivity * (utility - numbers.reference_utility)
            # P = odds / (odds + (1 − h_ref)·exp(exponent)), and nobody leaves at odds 0
            if utility < least and draw * (odds + (1.0 - numbers.base_hazard) * math.exp(min(700.0, exponent))) < odds:
                leaver, least = (side, partner), utility
        return leaver

    def racer_leaves(self, world: "MesaWorld") -> bool:
        """E24: whether a learning racer has got what it came for, and goes."""
        for side, partner in ((self.low, self.high), (self.high, self.low)):
            me, other = side.firm, partner.firm
            if me.strategy.race and little_left_to_learn(world, me, other):
                draw = world.luck.uniform(Purpose.RACER, world.quarter, me.identity, other.identity)
                if draw < world.scenario.exit.racer_chance:
                    return True
        return False


def learning_potential(i, j) -> float:
    """E1: ψ = 4d(1 − d) with d = 1 − cos(K_i, K_j); the length of K is kept with the firm, for all its alliances ask."""
    size = i.length * j.length
    if size == 0.0:
        return 0.0
    d = min(1.0, max(0.0, 1.0 - sum(map(mul, i.knowledge, j.knowledge)) / size))
    return 4.0 * d * (1.0 - d)
