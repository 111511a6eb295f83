"""How often alliances end per quarter that they live, by group: from the warm-up on, whenever they were born."""

from typing import ClassVar

import numpy as np

from experiments.validation.evidence import Floats, Observer
from experiments.validation.lives import QUARTERS_PER_YEAR, YEARS, Whole, at_risk
from simulation.run import Run

GROUPS = ("rival", "prior")


def exits_by_age(run: Run, group: Whole, groups: int) -> Floats:
    """Endings and alliance-quarters [groups, 2, YEARS+1] by year of life; the last column holds all later years."""
    spells, warm_up, years = run.spells(), run.scenario.time.warm_up_quarters, YEARS * QUARTERS_PER_YEAR
    begin = np.maximum(spells.entered, warm_up)
    last = np.minimum(spells.ended, run.quarters - 1)
    kept = last >= begin
    first_age, last_age, of = (begin - spells.born)[kept], (last - spells.born)[kept], group[kept]
    died = (spells.cause >= 0)[kept]
    found = np.zeros((groups, 2, YEARS + 1))
    young = at_risk(first_age, last_age, of, groups, years)
    found[:, 1, :YEARS] = young.reshape(groups, YEARS, QUARTERS_PER_YEAR).sum(axis=2)
    total = np.bincount(of, weights=last_age - first_age + 1, minlength=groups)
    found[:, 1, YEARS] = total - found[:, 1, :YEARS].sum(axis=1)
    year = np.minimum(last_age[died] // QUARTERS_PER_YEAR, YEARS)
    endings = np.bincount(of[died] * (YEARS + 1) + year, minlength=groups * (YEARS + 1))
    found[:, 0] = endings.reshape(groups, YEARS + 1)
    return found


class Exits(Observer):
    """Endings and alliance-quarters of rivals and others, of partners with and without a tie before: [2, 2, YEARS+1]."""

    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        spells = run.spells()
        return {
            "exits_rival": exits_by_age(run, spells.rival, 2),
            "exits_prior": exits_by_age(run, (spells.prior > 0).astype(np.int64), 2),
        }


def rate_ratio(table: Floats) -> float:
    """Endings per alliance-quarter of the second group over those of the first. table : [2, 2, ...]

    >>> rate_ratio(np.array([[10.0, 100.0], [10.0, 50.0]]))
    2.0
    """
    ended, lived = table[:, 0], table[:, 1]
    rate = ended.reshape(2, -1).sum(axis=1) / lived.reshape(2, -1).sum(axis=1)
    return float(rate[1] / rate[0])


def rate_ratio_at_same_ages(table: Floats) -> float:
    """As `rate_ratio`, comparing alliances in the same year of life. table : [2, 2, years]

    Equation:  Σ d₂·t₁/(t₁+t₂) / Σ d₁·t₂/(t₁+t₂)   over years of life, d endings and t alliance-quarters
    Source: Mantel & Haenszel 1959, for person-time.

    >>> rate_ratio_at_same_ages(np.array([[[30.0, 1.0], [100.0, 100.0]], [[30.0, 10.0], [100.0, 1000.0]]]))
    1.0
    """
    (first, lived), (second, lived_too) = table
    together = lived + lived_too
    weight = np.divide(1.0, together, out=np.zeros_like(together), where=together > 0)
    return float((second * lived * weight).sum() / (first * lived_too * weight).sum())


def rate_by_year(table: Floats) -> Floats:
    """Endings per alliance-quarter [2, YEARS] by year of life."""
    return np.asarray(table[:, 0, :YEARS] / table[:, 1, :YEARS], dtype=np.float64)
