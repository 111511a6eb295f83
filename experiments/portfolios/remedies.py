"""What might help an alliance: a list of single changes, each tried alone in the same worlds.

    change                          what is set, from now on
    alliance managers               both firms employ them (alliance_function)
    more flexibility                both firms: 0.3 more than the scenario's mean
    open communication              both firms: openness 0.5 more than the scenario's
    common goals                    both firms aim at the same (goal 0.5)
    better learners                 both firms: absorptive capacity 0.2 more than the scenario's
    steadfast loyalty               both firms act as loyalists
    open hands                      both firms act as sharers
    no search for others            both firms hardly look for new partners (activity 0.1)
    equity                          this alliance is governed by equity
    more trust from the outset      initial trust 0.1 higher, in every alliance of the world
    half as many shocks             everywhere: not in your hands, for comparison only

What a firm is known to have already is never lowered; a change that changes nothing is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from experiments.portfolios.portfolio import Portfolio
from simulation.scenario import Scenario
from simulation.scripted import Intervention, Traits

Reach = Literal["firms", "alliance", "world"]


@dataclass(frozen=True)
class Remedy:
    """One single change. name : for people     what : what is set, in words     reach : the firms of an alliance, the
    alliance itself, or the whole world     in_hand : whether the partners can do it     to : traits by trait's name
    """

    name: str
    what: str
    reach: Reach
    in_hand: bool = True
    to: tuple[tuple[str, Any], ...] = ()
    lowers: bool = False  # whether less is what helps: then what a firm has less of already stays
    settings: tuple[tuple[str, float], ...] = ()

    def apply(self, world: Scenario, portfolio: Portfolio, alliances: Sequence[int]) -> Scenario:
        """The world with this change for the firms of these alliances, by their places in the portfolio."""
        if self.reach == "world":
            return world.with_(dict(self.settings))
        if self.reach == "alliance":
            ties = list(world.network.ties)
            for place in alliances:
                ties[place] = ties[place].model_copy(update={"equity": True})
            return world.model_copy(update={"network": world.network.model_copy(update={"ties": tuple(ties)})})
        seats = sorted(
            {seat for place in alliances for seat in (portfolio.ties[place].first, portfolio.ties[place].second)}
        )
        done = tuple(self._for(portfolio, portfolio.firms[seat]) for seat in seats)
        return world.model_copy(update={"interventions": (*world.interventions, *done)})

    def _for(self, portfolio: Portfolio, firm: str) -> Intervention:
        known = portfolio.traits.get(firm, Traits())
        choose: Callable[..., Any] = min if self.lowers else max
        values = {}
        for trait, value in self.to:
            has = getattr(known, trait)
            keeps = trait in ("strategy", "goal") or has is None
            values[trait] = value if keeps else choose(has, value)
        return Intervention(quarter=0, to=Traits(**values), firms=(firm,))


def remedies(world: Scenario) -> list[Remedy]:
    """The changes that can be tried in a world, in the order of the list above."""
    firms, effective = world.firms, world.effective
    flexible, able = min(1.0, firms.flexibility + 0.3), min(1.0, firms.absorptive_capacity + 0.2)
    openly, trust = min(1.0, world.sharing.openness + 0.5), min(1.0, world.trust.initial + 0.1)
    found = [
        _of_firms("alliance managers", "alliance_function", True, "both firms employ alliance managers"),
        _of_firms("more flexibility", "flexibility", flexible, f"flexibility of both firms {flexible:g}"),
        _of_firms("open communication", "openness", openly, f"openness of both firms {openly:g}"),
        _of_firms("common goals", "goal", 0.5, "both firms aim at the same (goal 0.5)"),
        _of_firms("better learners", "absorptive_capacity", able, f"absorptive capacity of both firms {able:g}"),
    ]
    for name, strategy in (("steadfast loyalty", "loyalist"), ("open hands", "sharer")):
        if strategy in world.strategies:
            found.append(_of_firms(name, "strategy", strategy, f"both firms act as {strategy}s"))
    quiet = "both firms hardly look for other partners (activity 0.1)"
    found.append(Remedy("no search for others", quiet, "firms", to=(("activity", 0.1),), lowers=True))
    if not all(tie.equity for tie in world.network.ties):
        found.append(Remedy("equity", "the alliance is governed by equity", "alliance"))
    if trust > world.trust.initial:
        what = f"initial trust {trust:.3g} instead of {world.trust.initial:.3g}, in every alliance of the world"
        found.append(Remedy("more trust from the outset", what, "world", settings=(("trust.initial", trust),)))
    rate = effective.environment.shock_rate
    if rate > 0 and effective.environment.shock_magnitude > 0:
        what = f"{rate / 2:.3g} shocks per quarter instead of {rate:.3g}: not in your hands, for comparison"
        halved = (("environment.shock_rate", rate / 2),)
        found.append(Remedy("half as many shocks", what, "world", in_hand=False, settings=halved))
    return found


def _of_firms(name: str, trait: str, value: Any, what: str) -> Remedy:
    return Remedy(name, what, "firms", to=((trait, value),))
