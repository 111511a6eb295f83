"""Lives of alliances as integer tables that add up over worlds: at risk and deaths by age, whole or by group."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.survival import cumulative_incidence, kaplan_meier
from experiments.validation.evidence import Floats, Observer
from simulation.events import CAUSES, COMPLETED
from simulation.run import Run, Spells

AGES = 120  # quarters; nothing that is asked of the curves lies beyond thirty years
YEARS = 10  # of life that rates are told for
QUARTERS_PER_YEAR = 4

Whole = NDArray[np.int64]


def at_risk(first: Whole, last: Whole, group: Whole, groups: int, ages: int = AGES) -> Floats:
    """Alliances under observation at each age [groups, ages], from their first to their last age, both included.

    >>> at_risk(np.array([0, 1]), np.array([1, 2]), np.array([0, 0]), 1, 4).tolist()
    [[1.0, 2.0, 1.0, 0.0]]
    """
    seen = first < ages
    begin, end, of = first[seen], np.minimum(last[seen], ages - 1) + 1, group[seen]
    entering = np.bincount(of * (ages + 1) + begin, minlength=groups * (ages + 1))
    leaving = np.bincount(of * (ages + 1) + end, minlength=groups * (ages + 1))
    change = (entering - leaving).reshape(groups, ages + 1)
    return np.cumsum(change, axis=1)[:, :ages].astype(np.float64)


def life_tables(spells: Spells, quarters: int, warm_up: int, group: Whole, groups: int) -> tuple[Floats, Floats]:
    """At risk [groups, AGES] and deaths [groups, causes, AGES] of the alliances born after the warm-up.

    group : [spells] 0 .. groups-1, or below 0 for those that are left out. Conventions as in `outcomes.life_table`.
    """
    kept = (group >= 0) & (spells.entered < quarters)
    if warm_up:
        kept &= spells.born >= warm_up
    born, ended, cause, of = spells.born[kept], spells.ended[kept], spells.cause[kept], group[kept]
    dead = cause >= 0
    age = ended - born
    risk = at_risk(spells.entered[kept] - born, np.where(dead, age, age - 1), of, groups)
    inside = dead & (age < AGES)
    cells = (of[inside] * len(CAUSES) + cause[inside]) * AGES + age[inside]
    deaths = np.bincount(cells, minlength=groups * len(CAUSES) * AGES)
    return risk, deaths.reshape(groups, len(CAUSES), AGES).astype(np.float64)


class Lives(Observer):
    """The life table of a world: lives_at_risk [AGES], lives_deaths [causes, AGES]."""

    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        spells = run.spells()
        everyone = np.zeros(len(spells.born), dtype=np.int64)
        risk, deaths = life_tables(spells, run.quarters, run.scenario.time.warm_up_quarters, everyone, 1)
        return {"lives_at_risk": risk[0], "lives_deaths": deaths[0]}


def survival(found: dict[str, Floats]) -> Floats:
    """Kaplan-Meier curve [AGES+1] of an arm that Lives watched."""
    return kaplan_meier(found["lives_at_risk"], found["lives_deaths"].sum(axis=0))


def survival_of(found: dict[str, Floats], age: int) -> float:
    """Share of alliances that outlive an age [quarters]."""
    return float(survival(found)[age])


def unintended(risk: Floats, deaths: Floats) -> Floats:
    """Share of alliances that have ended by each age, other than by completion. [ages], [causes, ages] -> [ages+1]"""
    incidence = cumulative_incidence(risk, deaths)
    return np.asarray(incidence.sum(axis=0) - incidence[COMPLETED], dtype=np.float64)


def yearly_hazard(curve: Floats, years: int = YEARS) -> Floats:
    """Chance to end within each year of life, of those that reach it [years]. curve : survival [ages+1]

    >>> yearly_hazard(np.array([1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25]), 2).tolist()
    [0.5, 0.5]
    """
    at = np.asarray(curve[: years * QUARTERS_PER_YEAR + 1 : QUARTERS_PER_YEAR], dtype=np.float64)
    hazard: Floats = 1.0 - at[1:] / at[:-1]
    return hazard
