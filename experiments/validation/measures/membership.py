"""Real membership spells can be matched, and a changed world explains the change (P27)."""

import numpy as np

from experiments.validation.evidence import Evidence
from experiments.validation.lives import survival
from experiments.validation.measure import Curve, Interval, Measure, limit
from experiments.validation.membership import arms, at_ages, inside, observed
from experiments.validation.observations import data_folder

EARLIER, LATER = arms()


def _ages_inside(evidence: Evidence) -> dict[str, float]:
    early, late = survival(evidence[EARLIER.name]), survival(evidence[LATER.name])
    then, now = observed()
    found = {
        "ages inside, joined 2019-2021": float(inside(early, then)),
        "ages inside, joined from 2022": float(inside(late, now)),
    }
    for name, curve in (("2019-2021", early), ("from 2022", late)):
        found |= {f"{years} years, joined {name}": float(at_ages(curve, (years,))[0]) for years in (1, 3, 5)}
    return found


def _both_match(parts: dict[str, Interval]) -> bool:
    first, then = tuple(parts.values())[:2]
    return bool(first.value >= limit("P27", "first") and then.value >= limit("P27", "then"))


def _curve(evidence: Evidence) -> Curve:
    then, _ = observed()
    years = np.array(then.ages, dtype=np.float64)
    simulated = at_ages(survival(evidence[EARLIER.name]), then.ages)
    later = at_ages(survival(evidence[LATER.name]), then.ages)
    others = {"simulated, joined 2019-2021": simulated, "simulated, joined from 2022": later}
    return Curve(years, np.array(then.survival), "years of membership", "share still members",
                 np.array(then.low), np.array(then.high), others, "observed, joined 2019-2021 (95 %)")  # fmt: skip


def _missing() -> str:
    """Why it cannot be measured here, "" if it can."""
    return "" if data_folder() else "the folder of observations is missing: set ALLIANCES_DATA to where it lies"


MEASURES = (Measure("P27", (EARLIER, LATER), _ages_inside, _both_match, _curve, _missing),)
