"""Trust: lost faster than won (P14), hardly older than the tie (P17), fed by sharing and feeding it (P18)."""

from typing import ClassVar

import numpy as np

from experiments.validation.evidence import Arm, Evidence, Observer
from experiments.validation.measure import Interval, Measure, limit, within
from experiments.validation.measures.panel import Floats, Ints, Panel, next_quarter, ratio, rows_of_one_alliance
from simulation.compiled import uncompiled
from simulation.rules.trust import trust_next
from simulation.run import Run
from simulation.state import LIVING

TRUST, CEILING = 0.5, 1.0  # where the impulse strikes
SURPRISE = (
    0.2  # observed minus expected sharing [share]; the answer does not depend on it as long as trust stays inside
)

# columns of the within-alliance table of P18, for one side: its trust and sharing, and its partner's sharing
_OWN_TRUST, _OWN_SHARING, _PARTNER_SHARING, _NEXT_TRUST, _NEXT_SHARING = range(5)


class Impulse(Observer):
    """What one quarter of surprise does to trust after the feeling-out stage, by the scenario's own parameters.

    impulse.moves : [2] trust won after +SURPRISE, trust lost after −SURPRISE [share]
    """

    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        """From the rule."""
        numbers, rule = run.scenario.effective.trust, uncompiled(trust_next)
        won, lost = (
            abs(rule(TRUST, CEILING, surprise, numbers.gain, numbers.loss, 1.0) - TRUST)
            for surprise in (SURPRISE, -SURPRISE)
        )
        return {"impulse.moves": np.array([won, lost])}


class TrustAndAge(Panel):
    """trust_and_age.moments : [6] number, Σx, Σy, Σxx, Σyy, Σxy of living alliance-quarters; x mean trust, y age."""

    columns: ClassVar[tuple[str, ...]] = ("trust",)

    def sums(self, run: Run) -> dict[str, Floats]:
        """Of all living alliance-quarters."""
        table = self.table()
        living = table["cause"] == LIVING
        return {"trust_and_age.moments": moments(table["trust"][living].mean(axis=1), table["age"][living])}


class CrossLag(Panel):
    """cross_lag.within : [5, 5] products of deviations from the mean of one side of one alliance, added up.

    One observation is one side of an alliance in two successive quarters: its trust, its sharing, the partner's sharing;
    in the next quarter its trust and its sharing. Trust is that at the end of the quarter.
    """

    columns: ClassVar[tuple[str, ...]] = ("trust", "sharing")

    def sums(self, run: Run) -> dict[str, Floats]:
        """Of all pairs of successive quarters, both sides."""
        table = self.table()
        now, later = next_quarter(table["about"], table["quarter"])
        trust, sharing = table["trust"], table["sharing"]
        values = np.stack(
            [trust[now], sharing[now], sharing[now][:, ::-1], trust[later], sharing[later]], axis=2
        )  # [pairs, 2 sides, 5]
        number, _ = rows_of_one_alliance(table["about"][now])
        products: Floats = within_products(values[:, 0], number) + within_products(values[:, 1], number)
        return {"cross_lag.within": products}


def moments(x: Floats, y: Floats) -> Floats:
    """Number, Σx, Σy, Σxx, Σyy, Σxy: what a correlation needs, and what adds up over worlds."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return np.array([len(x), x.sum(), y.sum(), x @ x, y @ y, x @ y])


def correlation(sums: Floats) -> float:
    """Pearson's correlation from `moments`. NaN if one of the two never varies.

    >>> round(correlation(moments(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))), 9)
    1.0
    """
    n, x, y, xx, yy, xy = sums
    return ratio(n * xy - x * y, float(np.sqrt(max(0.0, n * xx - x * x) * max(0.0, n * yy - y * y))))


def within_products(values: Floats, number: Ints) -> Floats:
    """Products of deviations from the group's means, added up over groups.

    values : [rows, k]     number : [rows] group of each row, 0, 1, ...     Returns [k, k].
    """
    if not len(values):
        return np.zeros((values.shape[1], values.shape[1]))
    count = np.bincount(number)
    means = np.stack([np.bincount(number, weights=column) for column in values.T], axis=1) / count[:, None]
    deviation = values - means[number]
    products: Floats = deviation.T @ deviation
    return products


def partial_correlation(products: Floats, x: int, y: int, given: int) -> float:
    """Correlation of x and y with what `given` explains of both taken away. products : [k, k] sums of products"""
    spread = np.sqrt(np.diag(products))
    r_xy, r_xz, r_yz = (ratio(products[a, b], spread[a] * spread[b]) for a, b in ((x, y), (x, given), (y, given)))
    return ratio(r_xy - r_xz * r_yz, float(np.sqrt((1.0 - r_xz**2) * (1.0 - r_yz**2))))


def _impulse(evidence: Evidence) -> dict[str, float]:
    won, lost = evidence["base"]["impulse.moves"]
    return {"loss over gain": ratio(lost, won)}


def _trust_and_age(evidence: Evidence) -> dict[str, float]:
    return {"correlation of trust and age": correlation(evidence["base"]["trust_and_age.moments"])}


def cross_lags(evidence: Evidence) -> dict[str, float]:
    """Both cross-lag correlations, within alliance, given the lagged own value.

    trust → sharing: a side's trust at the end of quarter t and its own sharing in t+1, given its sharing in t.
    sharing → trust: the partner's sharing in t and a side's trust at the end of t+1, given its trust at the end of t;
    this trust has answered to the sharing of t already, so what is measured is what that sharing still brings.
    All as deviations from the mean of that side of that alliance, so that lasting differences between alliances drop out.
    """
    products = evidence["base"]["cross_lag.within"]
    return {
        "trust to sharing": partial_correlation(products, _OWN_TRUST, _NEXT_SHARING, _OWN_SHARING),
        "sharing to trust": partial_correlation(products, _PARTNER_SHARING, _NEXT_TRUST, _OWN_TRUST),
    }


def _both_feed(parts: dict[str, Interval]) -> bool:
    least = limit("P18", "least")
    return all(part.value > least and part.low > 0.0 for part in parts.values())


MEASURES = (
    Measure("P14", (Arm("base", {}, (Impulse,)),), _impulse, within("P14")),
    Measure("P17", (Arm("base", {}, (TrustAndAge,)),), _trust_and_age, within("P17")),
    Measure("P18", (Arm("base", {}, (CrossLag,)),), cross_lags, _both_feed),
)
