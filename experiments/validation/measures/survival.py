"""How long alliances live and why they end: P01 to P10 and P13."""

from functools import partial
from typing import ClassVar

import numpy as np

from experiments.analysis.survival import kaplan_meier, median_life
from experiments.validation.evidence import Arm, Evidence, Floats, Observer
from experiments.validation.exits import Exits, rate_by_year, rate_ratio, rate_ratio_at_same_ages
from experiments.validation.lives import (
    QUARTERS_PER_YEAR,
    YEARS,
    Lives,
    life_tables,
    survival,
    survival_of,
    unintended,
    yearly_hazard,
)
from experiments.validation.measure import Curve, Interval, Measure, limit, within
from simulation.events import CAUSES, COMPLETED, ENDED
from simulation.run import Run

SHOWN = 60  # quarters of life in pictures
FIRST_YEARS = 5  # in which newness must show


class Governance(Observer):
    """Life tables by governance, contract and equity: governance_at_risk [2, AGES], governance_deaths [2, causes, AGES]."""

    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        spells = run.spells()
        risk, deaths = life_tables(spells, run.quarters, run.scenario.time.warm_up_quarters, spells.equity, 2)
        return {"governance_at_risk": risk, "governance_deaths": deaths}


class Endings(Observer):
    """Endings by cause from the warm-up on: endings_causes [causes]."""

    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        log = run.events
        measured = (log.kind == ENDED) & (log.quarter >= run.scenario.time.warm_up_quarters)
        return {"endings_causes": np.bincount(log.detail[measured], minlength=len(CAUSES)).astype(np.float64)}


BASE = Arm("base", {}, (Lives, Governance, Endings, Exits))
CALM = Arm("calm", {"mechanisms.shocks": False}, (Lives,))
NEW = Arm("new", {"trust.initial": 0.1, "trust.feeling_out_quarters": 0, "exit.honeymoon": 0.0}, (Lives,))


def _age(ages: int = SHOWN) -> Floats:
    return np.arange(ages + 1) / QUARTERS_PER_YEAR


def _unintended_curve(evidence: Evidence) -> Curve:
    found = evidence["base"]
    lost = unintended(found["lives_at_risk"], found["lives_deaths"])
    return Curve(_age(), lost[: SHOWN + 1], "age [years]", "ended, not completed [share]", mark=7.0)


def _survival_curve(evidence: Evidence, mark: float | None = None) -> Curve:
    return Curve(_age(), survival(evidence["base"])[: SHOWN + 1], "age [years]", "alive [share]", mark=mark)


def _of_governance(evidence: Evidence) -> Floats:
    found = evidence["base"]
    return kaplan_meier(found["governance_at_risk"], found["governance_deaths"].sum(axis=1))


def _governance(evidence: Evidence) -> dict[str, float]:
    contract, equity = (float(life) for life in median_life(_of_governance(evidence)))
    return {"ratio": equity / contract, "equity_quarters": equity, "contract_quarters": contract}


def _governance_curve(evidence: Evidence) -> Curve:
    contract, equity = _of_governance(evidence)[:, : SHOWN + 1]
    return Curve(_age(), equity, "age [years]", "alive [share]", others={"contract": contract}, label="equity")


def _hazard_curve(evidence: Evidence, arm: str) -> Curve:
    hazard = yearly_hazard(survival(evidence[arm]))
    return Curve(np.arange(1, YEARS + 1, dtype=np.float64), hazard, "year of life", "ends within the year [share]")


def _honeymoon(evidence: Evidence) -> dict[str, float]:
    hazard = yearly_hazard(survival(evidence["base"]))
    peak = int(np.argmax(hazard))
    return {"peak_year": peak + 1.0, "first_year": hazard[0] / hazard[peak], "ninth_year": hazard[8] / hazard[peak]}


def _has_honeymoon(parts: dict[str, Interval]) -> bool:
    first, last = limit("P06", "first_peak"), limit("P06", "last_peak")
    peaks = bool(first <= parts["peak_year"].value <= last)
    return peaks and all(parts[name].value <= limit("P06", name) for name in ("first_year", "ninth_year"))


def _newness(evidence: Evidence) -> dict[str, float]:
    hazard = yearly_hazard(survival(evidence["new"]), FIRST_YEARS)
    return {"largest_ratio": float(np.max(hazard[1:] / hazard[:-1])), "first_year": float(hazard[0])}


def _falls(parts: dict[str, Interval]) -> bool:
    return parts["largest_ratio"].value < float(limit("P07", "ratio"))


def _completed(evidence: Evidence) -> dict[str, float]:
    causes = evidence["base"]["endings_causes"]
    return {"share": float(causes[COMPLETED] / causes.sum())}


def _causes_curve(evidence: Evidence) -> Curve:
    causes = evidence["base"]["endings_causes"]
    return Curve([name.replace("_", " ") for name in CAUSES], causes / causes.sum(), "cause", "endings [share]")


def _exit_ratio(evidence: Evidence, key: str) -> dict[str, float]:
    table = evidence["base"][key]
    return {"ratio": rate_ratio(table), "ratio_at_same_ages": rate_ratio_at_same_ages(table)}


def _rival_curve(evidence: Evidence) -> Curve:
    others, rivals = rate_by_year(evidence["base"]["exits_rival"])
    years = np.arange(1, YEARS + 1, dtype=np.float64)
    return Curve(years, rivals, "year of life", "endings per quarter", others={"not rivals": others}, label="rivals")


def _prior_curve(evidence: Evidence) -> Curve:
    strangers, friends = rate_by_year(evidence["base"]["exits_prior"])
    years = np.arange(1, YEARS + 1, dtype=np.float64)
    label, other = "allied before", "first time"
    return Curve(years, friends, "year of life", "endings per quarter", others={other: strangers}, label=label)


def _attributable(evidence: Evidence) -> dict[str, float]:
    on, off = survival_of(evidence["base"], 20), survival_of(evidence["calm"], 20)
    return {"share": 1.0 - (1.0 - off) / (1.0 - on), "alive_with": on, "alive_without": off}


def _attributable_curve(evidence: Evidence) -> Curve:
    calm, base = (survival(evidence[arm])[: SHOWN + 1] for arm in ("calm", "base"))
    return Curve(_age(), base, "age [years]", "alive [share]", others={"without": calm}, label="with shocks")


def _alive(evidence: Evidence, age: int) -> dict[str, float]:
    return {"share": survival_of(evidence["base"], age)}


def _median(evidence: Evidence) -> dict[str, float]:
    return {"quarters": float(median_life(survival(evidence["base"])))}


def _lost_by_seven_years(evidence: Evidence) -> dict[str, float]:
    found = evidence["base"]
    return {"share": float(unintended(found["lives_at_risk"], found["lives_deaths"])[28])}


MEASURES = (
    Measure("P01", (BASE,), _lost_by_seven_years, within("P01"), _unintended_curve),
    Measure("P02", (BASE,), partial(_alive, age=12), within("P02"), partial(_survival_curve, mark=3.0)),
    Measure("P03", (BASE,), partial(_alive, age=20), within("P03"), partial(_survival_curve, mark=5.0)),
    Measure("P04", (BASE,), _median, within("P04"), _survival_curve),
    Measure("P05", (BASE,), _governance, within("P05"), _governance_curve),
    Measure("P06", (BASE,), _honeymoon, _has_honeymoon, partial(_hazard_curve, arm="base")),
    Measure("P07", (NEW,), _newness, _falls, partial(_hazard_curve, arm="new")),
    Measure("P08", (BASE,), _completed, within("P08"), _causes_curve),
    Measure("P09", (BASE,), partial(_exit_ratio, key="exits_rival"), within("P09"), _rival_curve),
    Measure("P10", (BASE,), partial(_exit_ratio, key="exits_prior"), within("P10"), _prior_curve),
    Measure("P13", (BASE, CALM), _attributable, within("P13"), _attributable_curve),
)
