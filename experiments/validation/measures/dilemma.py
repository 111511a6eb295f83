"""The dilemma of sharing: a calm world lets alliances mature out of it, a turbulent one keeps them in (P26)."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from experiments.validation.evidence import Arm, Evidence, Observer
from experiments.validation.measure import Curve, Interval, Measure
from experiments.validation.measures.panel import Floats, ratio
from simulation.compiled import uncompiled
from simulation.parameters import ValueNumbers
from simulation.rules.value import leakage_rate, marginal_cost
from simulation.run import Run
from simulation.state import LIVING, AllianceArrays
from simulation.world import World

YOUNG, OLD = 5, 20  # quarters: young is below, old from here on
BAND = 4  # quarters of age to one point of the picture
BANDS = 10  # the last one is open


class DilemmaByAge(Observer):
    """dilemma.by_age : [BANDS·BAND, 2] alliance-quarters in the dilemma, and all, of living alliances that are not rivals.

    By age in quarters, the last one open. The regime is the one of the records: closed form, mean trust at the end of the
    quarter; but regulation against leakage, which only its own kind of shock brings, is left out.
    """

    quarterly: ClassVar[bool] = True

    def __init__(self) -> None:
        self._counts = np.zeros((2, BANDS * BAND))

    def see(self, world: World) -> None:
        """Count the living."""
        rows, quarter = int(world.counters.rows[0]), int(world.counters.quarter[0]) - 1
        alliances = AllianceArrays._make(column[:rows] for column in world.alliances)
        counted = (alliances.cause == LIVING) & (alliances.is_rival == 0)
        place = np.minimum(quarter - alliances.born[counted], BANDS * BAND - 1)
        caught = in_dilemma(alliances, world.parameters.value)[counted]
        self._counts[0] += np.bincount(place[caught], minlength=BANDS * BAND)
        self._counts[1] += np.bincount(place, minlength=BANDS * BAND)

    def sums(self, run: Run) -> dict[str, Floats]:
        """What was counted."""
        return {"dilemma.by_age": self._counts.T}


def in_dilemma(alliances: AllianceArrays, value: ValueNumbers) -> NDArray[np.bool_]:
    """Which alliances are jointly worth full sharing while each partner is better off sharing less [rows of bool].

    Equation:  2·c_joint <= v <= 4·c,   as in `simulation.rules.value.regime`, for all rows at once
    """
    trust = 0.5 * (alliances.trust[:, 0] + alliances.trust[:, 1])
    leaking: Callable[..., Any] = uncompiled(leakage_rate)  # rules of plain arithmetic take whole columns too
    costing: Callable[..., Any] = uncompiled(marginal_cost)
    rate = leaking(value.leakage, value.leakage_rival, alliances.is_rival, value.leakage_equity, alliances.equity)
    cost = costing(value.sharing_cost, value.sharing_cost_saved, rate, trust)
    returned = value.leakage_gain * rate * (1.0 - trust)
    caught: NDArray[np.bool_] = (alliances.potential >= 2.0 * (cost - returned)) & (alliances.potential <= 4.0 * cost)
    return caught


def _shares(sums: Floats) -> tuple[float, float]:
    young, old = sums[:YOUNG].sum(axis=0), sums[OLD:].sum(axis=0)
    return ratio(*young), ratio(*old)


def _changes(evidence: Evidence) -> dict[str, float]:
    found = {}
    for arm, words in (("calm", "without shocks"), ("turbulent", "at shock rate 0.20")):
        young, old = _shares(evidence[arm]["dilemma.by_age"])
        found[f"old minus young {words}"] = old - young
        found[f"young {words}"], found[f"old {words}"] = young, old
    return found


def _opposite(parts: dict[str, Interval]) -> bool:
    calm, turbulent = parts["old minus young without shocks"], parts["old minus young at shock rate 0.20"]
    return calm.value < 0.0 < turbulent.value


def _by_age(evidence: Evidence) -> Curve:
    lines = []
    for arm in ("calm", "turbulent"):
        bands = evidence[arm]["dilemma.by_age"].reshape(BANDS, BAND, 2).sum(axis=1)
        lines.append(np.divide(bands[:, 0], bands[:, 1], out=np.full(BANDS, np.nan), where=bands[:, 1] > 0))
    ages = np.arange(BANDS, dtype=np.float64) * BAND + BAND / 2.0
    return Curve(
        ages, lines[0], "age, quarters", "share in the dilemma", None, None, {"shock rate 0.20": lines[1]}, "no shocks"
    )


MEASURES = (
    Measure(
        "P26",
        (
            Arm("calm", {"mechanisms.shocks": False}, (DilemmaByAge,)),
            Arm("turbulent", {"environment.shock_rate": 0.20}, (DilemmaByAge,)),
        ),
        _changes,
        _opposite,
        _by_age,
    ),
)
