"""What share of endings a cause has: the same worlds with and without it, beside "it ended soon after".

All shares are of the endings by one age h in the worlds as they are, 1 − S_on(h), so that they can be compared and
add up over the kinds of endings. Left as they are, the worlds are called "on"; with the cause switched off, "off".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import DRAWS, FEW, LEVEL, SEED, Floats, percentile_interval, resample, student
from experiments.analysis.comparison import Estimate
from experiments.analysis.survival import cumulative_incidence

Counts = NDArray[np.int64]
HORIZONS = (12, 20, 28)  # quarters
ALL = "all"  # the name of all kinds of endings together


class Soon(NamedTuple):
    """What happened soon after an event that people blame, in the worlds as they are."""

    exposed: Counts  # [..., ages] of those at risk, how many were in the quarters soon after one
    deaths: Counts  # [..., causes, ages] of the endings, how many came then


@dataclass(frozen=True)
class Part:
    """One kind of ending (or ALL), as shares of all endings by that age.

    cause : the proximate cause that the endings were put down to     endings : how many were of this kind
    caused : what would not have happened; negative where there are fewer of this kind, because others came first
    soon : of this kind and soon after an event, which is how shocks get blamed; NaN without such a reading
    risk : how great the risk of such an ending is for alliances that still live, compared to the worlds without the
    cause; 1 where it is the same, so that fewer endings only mean that others came first
    """

    cause: str
    endings: float
    caused: Estimate
    soon: Estimate
    risk: float


@dataclass(frozen=True)
class Attributed:
    """What a cause does to alliances by one age. quarters : that age     worlds : pairs behind it

    survival, survival_off : share of alliances that live longer, with the cause and without     saved : the difference
    parts : ALL first, then one per kind of ending     exposure : share of the quarters of alliances, whether they
    ended or not, that lay soon after an event; what `soon` would be if the event did nothing
    """

    quarters: int
    worlds: int
    survival: Estimate
    survival_off: Estimate
    saved: Estimate
    parts: tuple[Part, ...]
    exposure: float

    @property
    def total(self) -> Part:
        return self.parts[0]


def attributable_share(survival_on: Floats, survival_off: Floats) -> Floats:
    """Share of the endings by an age that would not have happened (population attributable fraction).

    Equation:  PAF(h) = 1 − (1 − S_off(h)) / (1 − S_on(h))

    survival_on, survival_off : [...] share alive with and without the cause     Returns [...], at most S_off(h);
    negative where the cause saves more alliances than it ends, NaN where none ended.
    Source: Levin 1953; for survival Samuelsen & Eide 2008. It is net: what the cause saved is taken off what it ended.

    >>> attributable_share(np.array([0.50, 0.50]), np.array([0.75, 0.40])).round(3).tolist()
    [0.5, -0.2]
    """
    return 1.0 - _share(1.0 - np.asarray(survival_off), 1.0 - np.asarray(survival_on))


def attributed(
    on: tuple[NDArray[np.generic], NDArray[np.generic]],
    off: tuple[NDArray[np.generic], NDArray[np.generic]],
    causes: Sequence[str],
    quarters: int,
    soon: Soon | None = None,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Attributed:
    """What a cause does by an age [quarters], over all worlds together, with intervals from resampling worlds.

    on, off : (at_risk [worlds, ages], deaths [worlds, causes, ages]), worlds in the same order     soon : of `on`
    Intervals resample the same worlds with and without the cause; below FEW worlds they are Student's t with the
    standard error of the resampled shares, for one world NaN.
    """
    worlds, kinds = len(on[0]), len(causes)
    if len(off[0]) != worlds:
        raise ValueError(f"both need the same worlds, got {worlds} and {len(off[0])}")
    nothing = np.zeros((worlds, kinds, quarters))
    tables = [on[0][:, None], on[1], nothing if soon is None else soon.deaths, off[0][:, None], off[1]]
    stacked = np.concatenate([_padded(table, quarters) for table in tables], axis=1)
    pooled = stacked.sum(axis=0)
    measured = _measures(pooled, kinds)
    drawn = _measures(resample(stacked, draws, seed), kinds) if worlds > 1 else np.full((1, len(measured)), np.nan)
    found = [
        Estimate(float(value), *_interval(float(value), column, worlds, level))
        for value, column in zip(measured, drawn.T, strict=True)
    ]
    survival, survival_off, saved, *rest = found
    endings, caused, near = (rest[k * (kinds + 1) : (k + 1) * (kinds + 1)] for k in range(3))
    none = Estimate(np.nan, np.nan, np.nan)
    risks = _risk_ratios(pooled, kinds)
    parts = [
        Part(cause, endings[k].mean, caused[k], none if soon is None else near[k], float(risks[k]))
        for k, cause in enumerate((ALL, *causes))
    ]
    at_risk = float(on[0][:, :quarters].sum())
    exposure = float(soon.exposed[:, :quarters].sum()) / at_risk if soon is not None and at_risk else np.nan
    return Attributed(quarters, worlds, survival, survival_off, saved, tuple(parts), exposure)


def _risk_ratios(tables: Floats, causes: int) -> Floats:
    """Cumulative hazards with the cause over those without it, in all and by kind [1 + causes]; NaN where none ended.

    Equation:  Λ(h) = Σ_{a<h} deaths[a] / at_risk[a]     Source: Nelson 1972; Aalen 1978.
    """
    hazards = []
    for deaths, at_risk in ((tables[1 : 1 + causes], tables[0]), (tables[-causes:], tables[-causes - 1])):
        by_cause = _share(deaths, at_risk).sum(axis=-1)
        hazards.append(np.concatenate([[by_cause.sum()], by_cause]))
    return _share(hazards[0], hazards[1])


def _measures(tables: Floats, causes: int) -> Floats:
    """Everything that gets an interval. tables : [..., rows, ages] at_risk, deaths, soon, at_risk off, deaths off

    Returns [..., 3 + 3·(1 + causes)]: S_on, S_off, S_off − S_on, then endings, caused and soon, each in all and by
    cause, as shares of the endings in `on` by the last age.
    """
    at_risk, at_risk_off = tables[..., 0, :], tables[..., 1 + 2 * causes, :]
    deaths, soon, deaths_off = (tables[..., start : start + causes, :] for start in (1, 1 + causes, 2 + 2 * causes))
    on = cumulative_incidence(at_risk, deaths)[..., -1]
    off = cumulative_incidence(at_risk_off, deaths_off)[..., -1]
    split = np.concatenate([soon, deaths - soon], axis=-2)
    near = cumulative_incidence(at_risk, split)[..., :causes, -1]
    ended = on.sum(axis=-1, keepdims=True)
    ended_off = off.sum(axis=-1, keepdims=True)
    pieces = [1 - ended, 1 - ended_off, ended - ended_off, _share(ended, ended), _share(on, ended)]
    pieces += [attributable_share(1 - ended, 1 - ended_off), _share(on - off, ended)]
    pieces += [_share(near.sum(axis=-1, keepdims=True), ended), _share(near, ended)]
    return np.concatenate(pieces, axis=-1)


def _share(part: Floats, whole: Floats) -> Floats:
    """part / whole, NaN where the whole is nothing or unknown."""
    part, whole = np.broadcast_arrays(part, whole)
    share: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return share


def _padded(table: NDArray[np.generic], ages: int) -> Floats:
    """The first so many ages; nobody is at risk at ages that no world could reach."""
    short = max(0, ages - table.shape[-1])
    return np.pad(np.asarray(table[..., :ages], dtype=np.float64), [(0, 0)] * (table.ndim - 1) + [(0, short)])


def _interval(centre: float, drawn: Floats, worlds: int, level: float) -> tuple[float, float]:
    """From resampled values [draws], NaN where a draw does not define one."""
    found = drawn[np.isfinite(drawn)]
    if worlds < 2 or not np.isfinite(centre) or len(found) < len(drawn) / 2:
        return np.nan, np.nan
    if worlds < FEW:  # resampling n worlds gives (n−1)/n of the variance
        half = student(worlds, level) * float(np.std(found)) * float(np.sqrt(worlds / (worlds - 1)))
        return centre - half, centre + half
    low, high = percentile_interval(drawn[:, None], level)
    return float(low[0]), float(high[0])
