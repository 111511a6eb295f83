"""Learning in alliances: give-and-take pays (P19), one-sided learning ends them (P20)."""

from typing import ClassVar

import numpy as np

from experiments.validation.evidence import Arm, Evidence
from experiments.validation.measure import Curve, Measure, within
from experiments.validation.measures.panel import (
    Floats,
    Panel,
    bin_of,
    binned,
    rate_ratio,
    ratio,
    rows_of_one_alliance,
    thirds,
)
from simulation.run import Run

BINS = 200  # of a share from 0 to 1
LEAST_LIFE = 4  # quarters: alliances seen for less say little about their reciprocity
LEAST_AGE = 4  # quarters: before that, who leads in learning is chance


class Returns(Panel):
    """returns.by_reciprocity : [BINS, 3] number of alliances, Σ max(0, payoff) and Σ cost of both sides over their quarters.

    Reciprocity of an alliance: mean over its quarters of 1 − |s_ij − s_ji|/(s_ij + s_ji), s what each side shares.
    Counted are alliances born from the warm-up on and seen for at least LEAST_LIFE quarters, living ones included.
    """

    columns: ClassVar[tuple[str, ...]] = ("sharing", "payoff", "cost")

    def sums(self, run: Run) -> dict[str, Floats]:
        """Alliance by alliance."""
        table = self.table()
        number, start = rows_of_one_alliance(table["about"])
        quarters = np.bincount(number)
        kept = (table["age"][start] == 0) & (quarters >= LEAST_LIFE)
        mean = np.bincount(number, weights=reciprocity(table["sharing"])) / quarters
        earned = np.bincount(number, weights=np.maximum(table["payoff"], 0.0).sum(axis=1))
        spent = np.bincount(number, weights=table["cost"].sum(axis=1))
        place = bin_of(mean[kept], BINS)
        return {"returns.by_reciprocity": binned(place, BINS, np.ones(len(place)), earned[kept], spent[kept])}


class Races(Panel):
    """races.by_asymmetry : [BINS, 2] exits and alliance-quarters at risk, from age LEAST_AGE on.

    Asymmetry: |L_i − L_j|/(L_i + L_j), L the knowledge that a side took in so far; 0 where nothing was learned.
    """

    columns: ClassVar[tuple[str, ...]] = ("learned",)

    def sums(self, run: Run) -> dict[str, Floats]:
        """Quarter by quarter."""
        table = self.table()
        old = table["age"] >= LEAST_AGE
        place = bin_of(1.0 - reciprocity(table["learned"][old]), BINS)
        return {"races.by_asymmetry": binned(place, BINS, table["ended"][old], np.ones(len(place)))}


def reciprocity(both: Floats) -> Floats:
    """1 − |a − b|/(a + b) of both sides, 1 where neither gave anything. both : [rows, 2]     Returns [rows]."""
    total = both.sum(axis=1)
    gap = np.abs(both[:, 0] - both[:, 1])
    result: Floats = 1.0 - np.divide(gap, total, out=np.zeros_like(gap), where=total > 0)
    return result


def _returns(evidence: Evidence) -> dict[str, float]:
    low, middle, high = _returns_by_third(evidence)
    return {
        "most over least reciprocal": ratio(high, low),
        "return, least reciprocal": low,
        "return, middle": middle,
        "return, most reciprocal": high,
    }


def _returns_by_third(evidence: Evidence) -> list[float]:
    sums = evidence["base"]["returns.by_reciprocity"]
    return [ratio(third[1], third[2]) for third in thirds(sums[:, 0], sums)]


def _races(evidence: Evidence) -> dict[str, float]:
    low, _, high = _exits_by_third(evidence)
    return {"most over least asymmetric": rate_ratio(high, low)}


def _exits_by_third(evidence: Evidence) -> Floats:
    sums = evidence["base"]["races.by_asymmetry"]
    return thirds(sums[:, 1], sums)


def _curve_of_returns(evidence: Evidence) -> Curve:
    return Curve(
        ("least", "middle", "most"),
        np.array(_returns_by_third(evidence)),
        "reciprocity, third of alliances",
        "return on costs",
    )


def _curve_of_races(evidence: Evidence) -> Curve:
    rates = np.array([ratio(*third) for third in _exits_by_third(evidence)])
    return Curve(
        ("least", "middle", "most"),
        rates,
        "one-sided learning, third of alliance-quarters",
        "endings per alliance-quarter",
    )


MEASURES = (
    Measure("P19", (Arm("base", {}, (Returns,)),), _returns, within("P19"), _curve_of_returns),
    Measure("P20", (Arm("base", {}, (Races,)),), _races, within("P20"), _curve_of_races),
)
