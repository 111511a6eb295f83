"""Phase 12: the quarter is measured."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference_world.alliance import Alliance
from reference_world.firm import PROTECTION, Firm

from simulation.events import BREACH, CAPABILITY, ENDED, FAILED, FORMED, RENEGOTIATED, SHOCK
from simulation.scenario import Value

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld


@dataclass
class Flows:
    """Sums of money over a quarter."""

    income: float = 0.0
    payout: float = 0.0
    entry_capital: float = 0.0
    failed_capital: float = 0.0


def mean(numbers: Iterable[float]) -> float:
    """The mean; 0 where there is nothing."""
    listed = list(numbers)
    return sum(listed) / len(listed) if listed else 0.0


def reciprocity(alliance: Alliance) -> float:
    """1 − |s_ij − s_ji|/(s_ij + s_ji); 1 where nobody shares."""
    i, j = alliance.low.sharing, alliance.high.sharing
    return 1.0 - abs(i - j) / (i + j) if i + j > 0.0 else 1.0


def profile_drift(firm: Firm) -> float:
    """½Σ|p − p(0)|: how far a firm's research has moved from what it was founded for."""
    return 0.5 * sum(abs(now - then) for now, then in zip(firm.profile, firm.founding_profile, strict=True))


def regime(alliance: Alliance, numbers: Value, protection: float) -> str:
    """The dilemma in closed form: v < 2c_joint no deal; up to 4c dilemma; above harmony.

    c(T) = c_s(1 − T/2) + ℓ_r(1 − T) at the pair's mean trust and mean protection; c_joint = c − ½ℓ_r(1 − T).
    """
    low, high = (side.firm.regulation[PROTECTION] for side in (alliance.low, alliance.high))
    left = 1.0 - protection * (0.5 * (low + high))
    leaking = alliance.leakage_rate(numbers) * left * (1.0 - alliance.mean_trust)
    cost = numbers.sharing_cost * (1.0 - numbers.sharing_cost_saved * alliance.mean_trust) + leaking
    if alliance.potential < 2.0 * (cost - numbers.leakage_gain * leaking):
        return "no_deal"
    return "dilemma" if alliance.potential <= 4.0 * cost else "harmony"


def record(world: "ReferenceWorld") -> None:
    """Counts of this quarter's events, means over living alliances, means over firms, and money that flowed."""
    today = [event for event in world.events if event[0] == world.quarter]
    kinds = [event[1] for event in today]
    talks = [event[4] for event in today if event[1] == RENEGOTIATED]
    alliances, firms = world.alliances, world.firms
    protection = world.scenario.environment.regulation_protection
    regimes = [regime(alliance, world.scenario.value, protection) for alliance in alliances]
    world.records.append(
        {
            "living": len(alliances),
            "formed": kinds.count(FORMED),
            "ended": kinds.count(ENDED),
            "mean_trust": mean(a.mean_trust for a in alliances),
            "mean_sharing": mean(0.5 * (a.low.sharing + a.high.sharing) for a in alliances),
            "reciprocity": mean(reciprocity(a) for a in alliances),
            "mean_fit": mean(a.fit for a in alliances),
            "no_deal": regimes.count("no_deal"),
            "dilemma": regimes.count("dilemma"),
            "harmony": regimes.count("harmony"),
            "shocks": kinds.count(SHOCK),
            "failed": kinds.count(FAILED),
            "mean_capital": mean(firm.capital for firm in firms),
            "mean_knowledge": mean(sum(firm.knowledge) for firm in firms),
            "munificence": mean(firm.munificence for firm in firms),
            "breaches": kinds.count(BREACH),
            "income": world.flows.income,
            "payout": world.flows.payout,
            "entry_capital": world.flows.entry_capital,
            "failed_capital": world.flows.failed_capital,
            "renegotiated": talks.count(1),
            "failed_talks": talks.count(0),
            "capabilities": sum(event[5] for event in today if event[1] == CAPABILITY),
            "profile_drift": mean(profile_drift(firm) for firm in firms),
            "absorptive_capacity": mean(firm.absorptive_capacity for firm in firms),
            "turbulent": world.turbulent,
        }
    )
    world.flows = Flows()
