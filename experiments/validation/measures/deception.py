"""Deception found out: early breaches hurt more than late ones (P15), and no breach ever fully heals (P16)."""

from typing import ClassVar

import numpy as np

from experiments.validation.evidence import Arm, Evidence
from experiments.validation.measure import Measure, within
from experiments.validation.measures.panel import (
    Floats,
    Ints,
    Panel,
    Table,
    binned,
    partners,
    ratio,
    rows_of_one_alliance,
)
from simulation.events import BREACH
from simulation.run import Run
from simulation.state import LIVING, AllianceArrays
from simulation.world import World

EARLY = 6  # quarters: a first breach at a lower age is an early one
AFTER = 12  # quarters at risk after a first breach, its own included
HEALING = 20  # quarters after which trust is looked at again
AGES = 80  # ages told apart; the last band is open
NEVER = np.iinfo(np.int64).max // 4  # a quarter after all others
UNBROKEN, EARLY_BREACH, LATE_BREACH = range(3)


class Deceived(Panel):
    """Ties with exactly one opportunist (a partner whose strategy makes side deals), before and after breaches.

    deceived.exits : [AGES, 3, 2] exits and alliance-quarters at risk by age, of ties that were never broken, and of those
    within AFTER quarters of an early or a late first breach and before a second one
    deceived.trust : [AGES, 2, 2] by age, sum of the other partner's trust in the opportunist and number, of living ties
    without any breach and of those HEALING quarters after exactly one
    """

    columns: ClassVar[tuple[str, ...]] = ("trust",)

    def extra(self, world: World, alliances: AllianceArrays) -> Table:
        """Which partners are opportunists."""
        strategy = partners(alliances, world.firms.strategy)
        return {"opportunist": world.parameters.strategies.side_deals[strategy] != 0}

    def sums(self, run: Run) -> dict[str, Floats]:
        """From the quarters seen and the breaches in the log."""
        table = self.table()
        number, start = rows_of_one_alliance(table["about"])
        sides = table["opportunist"][start][number]  # as first seen: the seat of a failed firm has a new owner
        kept = sides.sum(axis=1) == 1
        number, sides = number[kept], sides[kept]
        quarter, age, ended, cause, trust = (
            table[name][kept] for name in ("quarter", "age", "ended", "cause", "trust")
        )
        first, second, age_then = (found[number] for found in first_breaches(run, table["about"][start]))
        place = np.minimum(age, AGES - 1)
        group = np.where(quarter < first, UNBROKEN, np.where(age_then < EARLY, EARLY_BREACH, LATE_BREACH))
        at_risk = (quarter < first) | ((quarter < first + AFTER) & (quarter < second))
        exits = counted((AGES, 3), (place[at_risk], group[at_risk]), ended[at_risk])
        felt = np.where(sides[:, 0], trust[:, 1], trust[:, 0])
        healed = (quarter == first + HEALING) & (quarter < second)
        chosen = (cause == LIVING) & (healed | (quarter < first))
        broken = healed[chosen].astype(np.int64)
        trusting = counted((AGES, 2), (place[chosen], broken), felt[chosen])
        return {"deceived.exits": exits, "deceived.trust": trusting}


def first_breaches(run: Run, about: Ints) -> tuple[Ints, Ints, Ints]:
    """Quarter of the first and of the second breach found in each alliance (NEVER for none), and its age at the first.

    about : [alliances] ascending
    """
    log = run.events
    breaches = np.flatnonzero(log.kind == BREACH)
    breaches = breaches[np.isin(log.about[breaches], about)]
    order = breaches[np.argsort(log.about[breaches], kind="stable")]  # by alliance, then in order of time
    place = np.searchsorted(about, log.about[order])
    new = np.diff(place, prepend=-1) != 0
    first, second, age = (np.full(len(about), value, dtype=np.int64) for value in (NEVER, NEVER, 0))
    first[place[new]] = log.quarter[order[new]]
    age[place[new]] = log.value[order[new]].astype(np.int64)
    next_one = np.flatnonzero(new[:-1] & ~new[1:]) + 1
    second[place[next_one]] = log.quarter[order[next_one]]
    return first, second, age


def counted(shape: tuple[int, int], place: tuple[Ints, Ints], values: Floats) -> Floats:
    """Sum of the values, and how many there are, by two indices. Returns [*shape, 2]."""
    cell = np.ravel_multi_index(place, shape)
    size = shape[0] * shape[1]
    return binned(cell, size, values, np.ones(len(cell))).reshape(*shape, 2)


def mantel_haenszel(exposed: Floats, other: Floats) -> float:
    """Ratio of two rates, compared within strata only.

    Equation:  RR = Σ_k d₁ₖ·t₀ₖ/(t₀ₖ + t₁ₖ)  /  Σ_k d₀ₖ·t₁ₖ/(t₀ₖ + t₁ₖ)

    exposed, other : [strata, 2] events d and exposure t     Returns NaN if no stratum holds both.
    Source: Mantel & Haenszel 1959; for rates Rothman & Boice 1979.

    >>> mantel_haenszel(np.array([[2.0, 10.0]]), np.array([[1.0, 10.0]]))
    2.0
    """
    total = exposed[:, 1] + other[:, 1]
    weight = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    above, below = np.sum(exposed[:, 0] * other[:, 1] * weight), np.sum(other[:, 0] * exposed[:, 1] * weight)
    return ratio(float(above), float(below))


def early_over_late(evidence: Evidence) -> dict[str, float]:
    """P15. The strata are ages in quarters, so that the ordinary course of the hazard over age does not count.

    Headline: early over late among ties of the same age. It compares breaches long ago with fresh ones, since of two ties
    of one age the one broken early was broken longer ago; so the harm of each beside unbroken ties of the same age
    stands by, and their ratio.
    """
    unbroken, early, late = np.moveaxis(evidence["base"]["deceived.exits"], 1, 0)
    early_harm, late_harm = mantel_haenszel(early, unbroken), mantel_haenszel(late, unbroken)
    return {
        "early over late": mantel_haenszel(early, late),
        "early over unbroken": early_harm,
        "late over unbroken": late_harm,
        "early harm over late harm": ratio(early_harm, late_harm),
    }


def trust_left(evidence: Evidence) -> dict[str, float]:
    """P16. Mean trust of the deceived over the mean that unbroken ties of the same ages would give."""
    unbroken, broken = np.moveaxis(evidence["base"]["deceived.trust"], 1, 0)
    known = (unbroken[:, 1] > 0) & (broken[:, 1] > 0)
    usual = broken[known, 1] @ (unbroken[known, 0] / unbroken[known, 1])
    return {"trust after deception over trust without": ratio(broken[known, 0].sum(), usual)}


_ARMS = (Arm("base", {}, (Deceived,)),)
MEASURES = (
    Measure("P15", _ARMS, early_over_late, within("P15")),
    Measure("P16", _ARMS, trust_left, within("P16")),
)
