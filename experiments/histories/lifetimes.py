"""What is told of the lifetimes of many alliances, simulated or observed: survival, endings, hazards, mean lives."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from experiments.analysis.comparison import Estimate
from experiments.analysis.lifetimes import chance_in_year, incidence_by, mean_within, pooled, survival_to
from experiments.analysis.spells import SpellCurve, ending_chance, median_of, restricted_mean, spell_incidence
from experiments.analysis.survival import median_life_estimate
from experiments.histories.spells import Spells
from experiments.outcomes import QUARTERS_PER_YEAR, LifeTable
from simulation.events import CAUSES

AGES = list(range(1, 11))  # years at which survival is told
ENDED_BY = [1, 3, 5, 7]  # years by which endings are told, by cause
WITHIN = [5, 10]  # years of the restricted mean life


@dataclass(frozen=True)
class Lifetimes:
    """What is told of one set of alliances. Lists are by AGES or WITHIN; incidence by cause and ENDED_BY.

    alliances, ended : how many stand behind it
    """

    alliances: int
    ended: int
    median: Estimate  # [years]
    survival: list[Estimate]
    mean_within: list[Estimate]  # [years]
    chance: list[Estimate]  # to end in the year of life that ends at each age
    incidence: dict[str, list[Estimate]]


def simulated_lifetimes(life: LifeTable, alliances: int) -> Lifetimes:
    """Of the alliances of all worlds together, intervals over worlds. life : stacked, [worlds, ...]"""
    risk, deaths = life.at_risk, life.deaths
    median = median_life_estimate(risk, deaths)
    shares = pooled(risk, deaths, incidence_by(ENDED_BY), max(ENDED_BY))
    by_cause = {cause: shares[k * len(ENDED_BY) : (k + 1) * len(ENDED_BY)] for k, cause in enumerate(CAUSES)}
    last = max(AGES + WITHIN)
    return Lifetimes(
        alliances=alliances,
        ended=int(deaths.sum()),
        median=Estimate(*(getattr(median, side) / QUARTERS_PER_YEAR for side in ("mean", "low", "high"))),
        survival=pooled(risk, deaths, survival_to(AGES), last),
        mean_within=pooled(risk, deaths, mean_within(WITHIN), last),
        chance=pooled(risk, deaths, chance_in_year(AGES), last),
        incidence=by_cause,
    )


def observed_lifetimes(spells: Spells, curve: SpellCurve) -> Lifetimes:
    """Of observed spells, intervals as if they were independent of each other; none for the shares by cause."""
    unknown = float("nan")
    survival = [Estimate(*map(float, row)) for row in zip(*curve.at(AGES), strict=True)]
    names = sorted({str(cause) for cause in spells.cause[spells.ended] if cause})
    incidence = {}
    if names:
        names += ["cause unknown"] if (spells.cause[spells.ended] == "").any() else []
        code = {name: place for place, name in enumerate(names)}
        told = np.array([code[str(why) or "cause unknown"] if ended else -1
                         for why, ended in zip(spells.cause, spells.ended, strict=True)])  # fmt: skip
        age, shares = spell_incidence(spells.duration, told, len(names), spells.entry)
        known = [bool(np.isfinite(curve.at(year)[0])) for year in ENDED_BY]
        for place, name in enumerate(names):
            steps = np.append(0.0, shares[place])[np.searchsorted(age, ENDED_BY, side="right")]
            incidence[name] = [Estimate(float(value) if seen else unknown, unknown, unknown)
                               for value, seen in zip(steps, known, strict=True)]  # fmt: skip
    return Lifetimes(
        alliances=len(spells),
        ended=int(spells.ended.sum()),
        median=median_of(curve),
        survival=survival,
        mean_within=[restricted_mean(curve, age) for age in WITHIN],
        chance=[ending_chance(curve, year - 1, year) for year in AGES],
        incidence=incidence,
    )


def rows(of: str, told: Lifetimes) -> list[tuple[Any, ...]]:
    """One row per number: of, measure, name, age, value, low, high."""
    found: list[tuple[Any, ...]] = []

    def add(measure: str, name: str, age: float, item: Estimate) -> None:
        found.append((of, measure, name, age, item.mean, item.low, item.high))

    add("median life", "", np.nan, told.median)
    for measure, ages, items in (
        ("survival", AGES, told.survival),
        ("mean life within", WITHIN, told.mean_within),
        ("chance to end in year", AGES, told.chance),
    ):
        for age, item in zip(ages, items, strict=True):
            add(measure, "", age, item)
    for cause, items in told.incidence.items():
        for age, item in zip(ENDED_BY, items, strict=True):
            add("ended by", cause, age, item)
    return found


def told_json(told: Lifetimes) -> dict[str, Any]:
    """Everything with its age, as JSON writes it."""

    def by(ages: list[int], items: list[Estimate]) -> dict[int, Any]:
        return {age: asdict(item) for age, item in zip(ages, items, strict=True)}

    return {
        "alliances": told.alliances,
        "ended": told.ended,
        "median_life_years": asdict(told.median),
        "survival": by(AGES, told.survival),
        "mean_life_within_years": by(WITHIN, told.mean_within),
        "chance_to_end_in_year": by(AGES, told.chance),
        "ended_by": {cause: by(ENDED_BY, items) for cause, items in told.incidence.items()},
    }
