"""A firm as a Mesa agent: its steps within a quarter. What it is and the rarer rules come from the firm of the reference."""

# ruff: noqa: B905 - strict=True makes zip of eight numbers a fifth slower, and a user would not write it

import math
from operator import mul
from typing import TYPE_CHECKING

import mesa
from mesa_world.search import choose
from reference_world import firm as rules
from reference_world.exchange import absorbed
from reference_world.firm import COORDINATION, PROTECTION

from simulation.draws import Purpose
from simulation.scenario import DOMAINS

if TYPE_CHECKING:
    from mesa_world.alliance import Alliance
    from reference_world.side import Side

CHOICES = 1024  # factors on research, all equally likely


class Firm(mesa.Agent, rules.Firm):
    """One agent per firm. `alliances` holds, by the partner's seat, its own side, the partner's side and the alliance."""

    def __init__(self, model: mesa.Model, **traits) -> None:
        super().__init__(model, **traits)
        self.alliances: dict[int, tuple[Side, Side, Alliance]] = {}
        self.length = self.knowledge_length()  # |K|, kept because every alliance and every score asks for it
        self.lack = 0.0  # distress, D, as the quarter's sharing began
        self.goal_pull = 0.0  # sum of the pulls of its partners on its goal, in this quarter
        self.new_knowledge, self.new_profile, self.new_capacity = self.knowledge, self.profile, 0.0

    def recover(self, usual: float) -> None:
        """A quarter begins: demand returns to its usual level, regulation wears off, nothing was felt yet."""
        numbers = self.model.scenario.environment
        self.felt, self.noticed, self.noticed_kind = 0.0, 0.0, 0
        self.munificence += numbers.munificence_reversion * (usual - self.munificence)
        if any(self.regulation):
            self.regulation = [level * (1.0 - numbers.regulation_reversion) for level in self.regulation]

    def research(self) -> None:
        """E2: K ← (1 − δ)K + 4r_i·p, with luck from a table of equally likely factors."""
        model = self.model
        numbers, factors = model.scenario.knowledge, model.luck_in_research
        if model.addressed:
            bits = model.addressed.bits(Purpose.RESEARCH, model.quarter, self.identity, DOMAINS)
            effort = [share * factors[k] for share, k in zip(self.profile, bits)]
        else:
            random = model.random.random
            effort = [share * factors[int(CHOICES * random())] for share in self.profile]
        kept, pace = 1.0 - numbers.decay, 4.0 * self.research_rate(numbers) / sum(effort)
        self.knowledge = [kept * known + pace * part for known, part in zip(self.knowledge, effort)]
        self.length = math.sqrt(sum(map(mul, self.knowledge, self.knowledge)))

    def seek_partner(self) -> None:
        """E16: from time to time a firm looks for a partner, and proposes to the best it finds."""
        model = self.model
        numbers, addressed = model.scenario.formation, model.addressed
        draw = addressed.uniform(Purpose.SEARCH, model.quarter, self.identity) if addressed else model.random.random()
        if draw < self.search_chance(model.quarter, numbers):
            best, surplus, common = choose(self)
            self.outside_option += numbers.option_memory * (surplus - self.outside_option)
            if best is not None:
                pair = (self.seat, best.seat) if self.seat < best.seat else (best.seat, self.seat)
                model.proposals[pair] = common

    def share(self) -> None:
        """E3: what the strategy calls for, less what is held back from a rival; a firm in distress can give less."""
        row, numbers, quarter = self.strategy, self.model.scenario.sharing, self.model.quarter
        self.lack = self.distress(self.model.scenario.firms)
        able = 1.0 - numbers.burden * self.lack
        for own, _, alliance in self.alliances.values():
            wish = row.base + row.by_trust * own.trust + row.by_observed * own.observed
            if row.early:
                wish += row.early * math.exp((alliance.born - quarter) / 6)
            wish *= row.floor + row.slope * own.trust
            wish = 0.0 if wish < 0.0 else min(1.0, wish)
            own.sharing = wish * able * (1.0 - numbers.rival_caution) if alliance.is_rival else wish * able

    def learn(self) -> None:
        """E4, E6, E19, E20: learn from partners, earn with them, and be changed by them; `advance` makes it so."""
        scenario, knowledge = self.model.scenario, self.knowledge
        numbers, value, protection = scenario.knowledge, scenario.value, scenario.environment.regulation_protection
        alliances, pace = self.alliances.values(), numbers.absorption * self.absorptive_capacity
        asked = pace * sum([other.sharing for _, other, _ in alliances])
        overload = max(1.0, asked / numbers.attention)
        protected = 1.0 - protection * self.regulation[PROTECTION]
        gained, two_way = knowledge, 0.0
        for own, other, alliance in alliances:
            partner = other.firm
            if numbers.transfer == "absorption":
                speed = pace * other.sharing / overload * (1.0 - numbers.tacitness * (1.0 - own.trust))
                taken = [
                    speed * (theirs - mine) if theirs > mine else 0.0
                    for mine, theirs in zip(knowledge, partner.knowledge)
                ]
            else:
                taken = absorbed(own, other, asked, self.model)
            gained = [known + more for known, more in zip(gained, taken)]
            learned = sum(taken)
            own.learned += learned
            rate = alliance.leaks
            leaks = rate * own.sharing * (1.0 - own.trust) * protected
            caught = rate * other.sharing * (1.0 - other.trust) * (1.0 - protection * partner.regulation[PROTECTION])
            own.cost = value.sharing_cost * own.sharing * (1.0 - value.sharing_cost_saved * own.trust) + leaks
            own.payoff = 0.5 * alliance.joint_value + value.learning_worth * learned - own.cost
            own.payoff += value.leakage_gain * caught
            two_way += own.sharing * other.sharing
        self.new_knowledge, self.new_profile = gained, self.eroded_profile()
        a = self.absorptive_capacity
        trained = numbers.strengthening * two_way * (1.0 - a)
        self.new_capacity = min(1.0, a + trained - numbers.strengthening_decay * (a - self.founding_capacity))

    def eroded_profile(self) -> list[float]:
        """E20: without A the profile drifts to the partners' at ε·s_ij(1 − T_ij); the founding one pulls it back."""
        numbers, profile, founding = self.model.scenario.knowledge, self.profile, self.founding_profile
        pull = numbers.erosion_pull
        if not self.alliances or self.alliance_function or numbers.erosion == 0.0:
            return [mine + pull * (first - mine) for mine, first in zip(profile, founding)]
        drift, weight = [0.0] * DOMAINS, 0.0
        for own, other, _ in self.alliances.values():
            rate = numbers.erosion * own.sharing * (1.0 - own.trust)
            weight += rate
            theirs = other.firm.profile
            drift = [so_far + rate * (there - mine) for so_far, there, mine in zip(drift, theirs, profile)]
        scale = 1.0 / max(1.0, weight)
        drawn = [mine + scale * drifted for mine, drifted in zip(profile, drift)]
        return [mine + pull * (first - mine) for mine, first in zip(drawn, founding)]

    def advance(self) -> None:
        """What was learnt takes effect; a domain known well enough for the first time is a new capability."""
        self.knowledge, self.profile, self.absorptive_capacity = self.new_knowledge, self.new_profile, self.new_capacity
        threshold, new = self.model.scenario.knowledge.capability, 0
        for domain, known in enumerate(self.knowledge):
            if known >= threshold and not self.capabilities >> domain & 1:
                new |= 1 << domain
        if new:
            self.capabilities |= new
            self.model.new_capabilities.append((self.seat, new))

    def watch_partners(self) -> None:
        """E8, E9: see what each partner shared, through noise, and trust it more or less."""
        model, quarter, addressed = self.model, self.model.quarter, self.model.addressed
        trusting, numbers, gauss = model.scenario.trust, model.scenario.sharing, model.random.gauss
        noise = numbers.observation_noise * (1.0 - numbers.noise_less_function * self.alliance_function)
        for own, other, alliance in self.alliances.values():
            partner, trust, fit = other.firm, own.trust, alliance.fit
            blur = noise * (1.0 - numbers.noise_less_fit * fit) * (1.0 - 0.5 * (self.openness + partner.openness))
            if addressed:
                z = addressed.normal(Purpose.OBSERVATION, quarter, self.identity, partner.identity)
                look = other.sharing + blur * z
            else:
                look = gauss(other.sharing, blur)
            expected = trusting.expectation_base + trusting.expectation_trust * trust
            expected *= 1.0 - numbers.burden * fit * partner.lack
            surprise = look - expected + trusting.goodwill * (self.alliance_function + partner.alliance_function)
            if surprise > 0.0:
                trust += trusting.gain * surprise * (own.ceiling - trust)
            elif quarter - alliance.born < trusting.feeling_out_quarters:
                trust += trusting.loss * surprise * trust * trusting.feeling_out_weight
            else:
                trust += trusting.loss * surprise * trust
            own.trust = 0.0 if trust < 0.0 else min(own.ceiling, trust)
            seen = own.observed + numbers.observed_weight * (look - own.observed)
            own.observed = 0.0 if seen < 0.0 else min(1.0, seen)

    def keep_faith_or_not(self) -> None:
        """E10, E18: reputation fades towards the usual; an opportunist deals behind its partners' backs."""
        model, scenario = self.model, self.model.scenario
        self.restore_reputation(scenario.firms)
        if not self.strategy.side_deals:
            return
        numbers, luck, quarter = scenario.opportunism, model.luck, model.quarter
        for own, victim, alliance in self.alliances.values():
            pair = self.identity, victim.firm.identity
            chance = min(1.0, numbers.side_deal_rate * (numbers.rival_factor if alliance.is_rival else 1.0))
            if luck.uniform(Purpose.SIDE_DEAL, quarter, *pair) >= chance or alliance.keeps_faith:
                continue
            own.payoff += numbers.gain
            victim.payoff -= numbers.harm
            if luck.uniform(Purpose.DETECTION, quarter, *pair) < numbers.detection:
                victim.find_out(quarter, quarter - alliance.born, scenario.trust)
                self.reputation *= scenario.trust.breach_reputation
                model.breaches.append((alliance, own, victim))

    def move_goal(self) -> None:
        """E13: the goal moves by the mean of the pulls of its alliances."""
        if self.alliances:
            self.goal = min(1.0, max(0.0, self.goal + self.goal_pull / len(self.alliances)))
            self.goal_pull = 0.0

    def settle(self) -> None:
        """E7, E14, E22: coordination is paid for, performance follows payoffs, the quarter's income is in."""
        model, scenario, portfolio, earned = self.model, self.model.scenario, len(self.alliances), 0.0
        value, memory = scenario.value, scenario.exit.memory
        usual = value.coordination * (1.0 - value.coordination_saved * self.alliance_function)
        usual *= 1.0 + scenario.environment.regulation_cost * self.regulation[COORDINATION]
        for own, other, alliance in self.alliances.values():
            partner = other.firm
            gap = alliance.goal_gap if alliance.accord else abs(self.goal - partner.goal)
            mean_portfolio = 0.5 * (portfolio + len(partner.alliances))
            cost = usual * (1.0 - alliance.fit + gap) * (1.0 + value.coordination_portfolio * mean_portfolio)
            if alliance.equity:
                cost += value.equity_cost
            own.cost += cost
            own.payoff -= cost
            own.performance += memory * (own.payoff - own.performance)
            earned += own.payoff
        numbers, addressed = scenario.firms, model.addressed
        if addressed:
            deviation = numbers.income_noise * addressed.normal(Purpose.INCOME, model.quarter, self.identity)
        else:
            deviation = model.random.gauss(0.0, numbers.income_noise)
        valued = sum(map(mul, model.demand[self.sector], self.knowledge))
        own_income = numbers.income_rate * valued * self.munificence - numbers.fixed_cost + deviation
        self.income = earned + own_income - self.function_cost(portfolio, numbers)
        self.capital += self.income
        paid = numbers.payout * max(0.0, self.capital)
        self.capital -= paid
        model.flows.income += self.income
        model.flows.payout += paid
