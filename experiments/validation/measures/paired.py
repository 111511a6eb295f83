"""Signs that the documents predict, from paired worlds: renegotiation (P32) and nine levers (P33) on survival."""

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.validation.evidence import Arm, Evidence
from experiments.validation.lives import Lives, survival_of
from experiments.validation.measure import Curve, Interval, Measure
from simulation.scenario import Scenario

AGE = 20  # quarters: five years
NO_RENEGOTIATION = {"renegotiation.attempt": 0.0}
CONVERGING = "goal convergence on"
TURBULENT = {"environment.shock_rate": 0.20}


def _moved(group: str, name: str, step: float, most: float = 1.0) -> Callable[[Scenario], float]:
    """A setting of the scenario under test plus a step, at most `most`."""

    def change(scenario: Scenario) -> float:
        return min(most, float(getattr(getattr(scenario, group), name)) + step)

    return change


# What is done, by name: the settings changed, and the sign that survival should answer with. Steps are ones that a
# strategist would call large. Loyalty: reciprocators become as steadfast as loyalists, who share just as they do.
LEVERS: dict[str, tuple[dict[str, Any], int]] = {
    "open communication up": ({"sharing.openness": 0.5}, 1),
    "flexibility up": ({"firms.flexibility": _moved("firms", "flexibility", 0.25)}, 1),
    "initial trust up": ({"trust.initial": _moved("trust", "initial", 0.15)}, 1),
    "loyalty up": ({"strategies.reciprocator.loyalty": 2.5}, 1),
    CONVERGING: ({"fit.goal_pull": 0.0}, 1),  # the arm that lacks it: what it brings is the usual world minus this one
    "alliance functions up": ({"firms.alliance_function_share": 0.5}, 1),
    "opportunists up": ({"mix.opportunist": 0.25}, -1),
    "noise up": ({"sharing.observation_noise": _moved("sharing", "observation_noise", 0.18)}, -1),
    "tacitness up": ({"knowledge.tacitness": _moved("knowledge", "tacitness", 0.3)}, -1),
}


ARMS = {
    name: Arm("no goal convergence" if name == CONVERGING else name, changes, (Lives,))
    for name, (changes, _) in LEVERS.items()
}


def _change(evidence: Evidence, arm: str, base: str = "base") -> float:
    return survival_of(evidence[arm], AGE) - survival_of(evidence[base], AGE)


def _renegotiation(evidence: Evidence) -> dict[str, float]:
    """Survival with renegotiation minus without [share]."""
    return {
        "usual shocks": _change(evidence, "base", "no renegotiation"),
        "shock rate 0.20": _change(evidence, "turbulent", "turbulent, no renegotiation"),
    }


def _helps_more_in_turbulence(parts: dict[str, Interval]) -> bool:
    usual, turbulent = parts["usual shocks"], parts["shock rate 0.20"]
    return bool(0.0 < usual.value < turbulent.value)


def _levers(evidence: Evidence) -> dict[str, float]:
    """Change of survival by each lever [share]."""
    found = {name: _change(evidence, ARMS[name].name) for name in LEVERS}
    return found | {CONVERGING: -found[CONVERGING]}


def _all_signs(parts: dict[str, Interval]) -> bool:
    return all(parts[name].low > 0.0 if sign > 0 else parts[name].high < 0.0 for name, (_, sign) in LEVERS.items())


def _picture(evidence: Evidence) -> Curve:
    found = _levers(evidence)
    return Curve(tuple(found), np.array(list(found.values())), "lever", "change of survival at 20 quarters")


_BASE = Arm("base", {}, (Lives,))
MEASURES = (
    Measure(
        "P32",
        (
            _BASE,
            Arm("no renegotiation", NO_RENEGOTIATION, (Lives,)),
            Arm("turbulent", TURBULENT, (Lives,)),
            Arm("turbulent, no renegotiation", TURBULENT | NO_RENEGOTIATION, (Lives,)),
        ),
        _renegotiation,
        _helps_more_in_turbulence,
    ),
    Measure("P33", (_BASE, *ARMS.values()), _levers, _all_signs, _picture),
)
