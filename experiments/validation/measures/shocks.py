"""What shocks do to the firms they hit: more endings and beginnings (P28), more where one partner alone is hit (P29)."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from experiments.validation.evidence import Arm, Evidence, Observer
from experiments.validation.measure import Interval, Measure, limit, within
from experiments.validation.measures.panel import Floats, Ints, rate_ratio
from simulation.events import SHOCK
from simulation.run import Run, Spells
from simulation.scenario import Scenario

WINDOW = 8  # quarters from a shock on, its own included
QUARTER, SECTOR = 120, 0  # of the one sector shock; half-way between warm-up and end nothing is special
EVERY, FIRST = 20, 80  # quarters: shocks that hit half of the firms


class AfterSectorShock(Observer):
    """after_sector_shock.rates : [2, 2] exits and alliance-quarters of firms in SECTOR, new ties and firm-quarters of these.

    In the WINDOW quarters from QUARTER on, whether or not the shock is there. An alliance counts once, with one partner in
    the sector or with two.
    """

    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        """From the lives of alliances."""
        spells, seats = run.spells(), len(run.names)
        sector = run.firms.sector[run.firms.row]  # by seat; entrants keep it
        hit = (sector[spells.first % seats] == SECTOR) | (sector[spells.second % seats] == SECTOR)
        exits, quarters = lived(spells, QUARTER)
        formed = hit & (spells.entered >= QUARTER) & (spells.entered < QUARTER + WINDOW)
        firm_quarters = WINDOW * np.count_nonzero(sector == SECTOR)
        return {
            "after_sector_shock.rates": np.array(
                [[exits[hit].sum(), quarters[hit].sum()], [formed.sum(), firm_quarters]], dtype=np.float64
            )
        }


class AfterHalfShocks(Observer):
    """after_half_shocks.exits : [2, 2] exits and alliance-quarters of ties with one hit partner, and with two.

    In the WINDOW quarters from each half shock on, of ties that existed before it. Hit is who felt any shock in that
    quarter, drawn ones included.
    """

    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        """From the lives of alliances and the shocks in the log."""
        spells, log = run.spells(), run.events
        total = np.zeros((2, 2))
        for quarter in range(FIRST, run.quarters, EVERY):
            struck = log.first[(log.kind == SHOCK) & (log.quarter == quarter)]
            partners_hit = np.isin(spells.first, struck).astype(np.int64) + np.isin(spells.second, struck)
            exits, quarters = lived(spells, quarter)
            for row, number in enumerate((1, 2)):
                chosen = (partners_hit == number) & (spells.entered < quarter)
                total[row] += exits[chosen].sum(), quarters[chosen].sum()
        return {"after_half_shocks.exits": total}


def lived(spells: Spells, start: int) -> tuple[Ints, Ints]:
    """Of each alliance, whether it ended in the WINDOW quarters from `start` on, and how many of them it was at risk in."""
    dead = spells.cause >= 0
    last = np.where(dead, spells.ended, spells.ended - 1)
    quarters = np.minimum(last, start + WINDOW - 1) - np.maximum(spells.entered, start) + 1
    exits = dead & (spells.ended >= start) & (spells.ended < start + WINDOW)
    return exits.astype(np.int64), np.maximum(quarters, 0)


def _both_rise(parts: dict[str, Interval]) -> bool:
    least = limit("P28", "least")
    return all(part.value > least and part.low > 1.0 for part in parts.values())


def _with_over_without(evidence: Evidence) -> dict[str, float]:
    hit, spared = (evidence[arm]["after_sector_shock.rates"] for arm in ("one sector shock", "base"))
    return {"endings": rate_ratio(hit[0], spared[0]), "beginnings": rate_ratio(hit[1], spared[1])}


def _one_over_two(evidence: Evidence) -> dict[str, float]:
    one, two = evidence["half shocks"]["after_half_shocks.exits"]
    return {"one partner hit over both": rate_ratio(one, two)}


def _besides(**event: Any) -> Callable[[Scenario], tuple[dict[str, Any], ...]]:
    """The calendar of the scenario under test and one event more."""

    def change(scenario: Scenario) -> tuple[dict[str, Any], ...]:
        return (*(known.model_dump() for known in scenario.environment.events), event)

    return change


_SECTOR_SHOCK = {"environment.events": _besides(quarter=QUARTER, scope="sector", sector=SECTOR)}
_HALF_SHOCKS = {"environment.events": _besides(quarter=FIRST, every=EVERY, scope="half")}
MEASURES = (
    Measure(
        "P28",
        (Arm("one sector shock", _SECTOR_SHOCK, (AfterSectorShock,)), Arm("base", {}, (AfterSectorShock,))),
        _with_over_without,
        _both_rise,
    ),
    Measure("P29", (Arm("half shocks", _HALF_SHOCKS, (AfterHalfShocks,)),), _one_over_two, within("P29")),
)
