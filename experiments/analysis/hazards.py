"""What goes with a shorter or longer life: Cox's proportional hazards, with errors by world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from experiments.analysis.bootstrap import LEVEL, Floats, student

Ints = NDArray[np.int64]
Ties = Literal["efron", "breslow"]
STEPS = 50
STEEPEST = 15.0  # a logarithm of a hazard ratio between the least and most of a covariate: it is on its way to infinity


class CannotFitError(ValueError):
    """A hazard ratio that the spells cannot tell. name : of the covariate     why : in words"""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} {why}")
        self.name, self.why = name, why


@dataclass(frozen=True, eq=False)
class CoxFit:
    """Hazard ratios exp(coefficient) of P covariates.

    coefficient : [P] logarithms of the hazard ratios     covariance : [P, P] inverse information, as if spells were
    independent     clustered : [P, P] sandwich over clusters (equal to the one over spells if there are no clusters)
    log_likelihood : partial, at the solution     clusters : how many, the number of spells if there are none
    """

    names: tuple[str, ...]
    coefficient: Floats
    covariance: Floats
    clustered: Floats
    log_likelihood: float
    spells: int
    endings: int
    clusters: int

    def ratios(self, level: float = LEVEL) -> Floats:
        """Hazard ratio, low and high [P, 3], from the clustered errors.

        Student's t with one degree of freedom fewer than clusters, and errors widened by √(G/(G−1)), because the
        sandwich of G clusters is too narrow for few of them. NaN ends for a single cluster.
        """
        errors = np.sqrt(np.diag(self.clustered))
        reach = np.nan
        if self.clusters > 1:
            reach = student(self.clusters, level) * np.sqrt(self.clusters / (self.clusters - 1))
        sides = (np.zeros_like(errors), -reach * errors, reach * errors)
        return np.exp(np.stack([self.coefficient + side for side in sides], axis=1))

    def naive(self, level: float = LEVEL) -> Floats:
        """Low and high [P, 2] as if every spell were independent: what a study that forgets its clusters reports."""
        half = float(ndtri((1 + level) / 2)) * np.sqrt(np.diag(self.covariance))
        return np.exp(np.stack([self.coefficient - half, self.coefficient + half], axis=1))


def cox(
    duration: ArrayLike,
    ended: ArrayLike,
    covariates: ArrayLike,
    names: Sequence[str] = (),
    entry: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    ties: Ties = "efron",
) -> CoxFit:
    """Fit hazard ratios by Newton steps on the partial likelihood.

    Equation:  h(t | x) = h₀(t)·exp(x·β); at an age with m endings Efron divides by Σ_j (R − j/m·D), j = 0 .. m−1, where
    R sums exp(x·β) over those at risk and D over those that end; Breslow by m·R. Clustered errors: I⁻¹ (Σ_g r_g r_gᵀ) I⁻¹
    with r_g the sum of the score residuals of a cluster and I the information.
    duration, ended, entry : [L] years     covariates : [L, P]     clusters : [L] labels, such as worlds
    Raises ValueError for lengths that differ or no endings, CannotFitError for a covariate that does not vary, that
    follows from the others, or that splits the endings perfectly (its ratio would be 0 or infinite).
    Source: Cox 1972; Efron 1977; Breslow 1974; Lin & Wei 1989.
    """
    times, ends = np.asarray(duration, dtype=np.float64), np.asarray(ended, dtype=np.bool_)
    table = np.asarray(covariates, dtype=np.float64)
    starts = np.zeros(len(times)) if entry is None else np.asarray(entry, dtype=np.float64)
    names = tuple(names) or tuple(f"covariate {place}" for place in range(1, table.shape[1] + 1))
    labels = np.arange(len(times)) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    if not len(times) == len(ends) == len(table) == len(starts) == len(labels) or len(names) != table.shape[1]:
        raise ValueError("duration, ended, covariates, entry, clusters and names differ in length")
    if not ends.any():
        raise ValueError("no spell ended")
    centre, scale = table.mean(axis=0), table.std(axis=0)
    _check(table, scale, names)
    scaled = (table - centre) / scale  # steps of Newton behave alike whatever the units
    risk = _RiskSets.of(times, ends, np.where(starts <= 0, -np.inf, starts), ties)
    beta, likelihood, information = _newton(risk, scaled, names)
    inverse = np.linalg.inv(information)
    residuals = _score_residuals(risk, scaled, beta)
    groups = int(labels.max()) + 1
    sums = np.stack([np.bincount(labels, column, groups) for column in residuals.T], axis=1)
    clustered = inverse @ (sums.T @ sums) @ inverse
    units = np.outer(scale, scale)
    return CoxFit(
        names, beta / scale, inverse / units, clustered / units, likelihood, len(times), int(ends.sum()), groups
    )


def _check(table: Floats, scale: Floats, names: Sequence[str]) -> None:
    for name, width in zip(names, scale, strict=True):
        if not width > 0:
            raise CannotFitError(name, "does not vary")
    scaled = (table - table.mean(axis=0)) / scale
    upper = np.abs(np.diag(np.linalg.qr(scaled, mode="r"))) / np.sqrt(len(table))
    if len(upper) < len(names) or upper.min() < 1e-7:
        name = names[int(np.argmin(upper))] if len(upper) == len(names) else names[-1]
        raise CannotFitError(name, "follows from the others")


class _RiskSets(NamedTuple):
    """Who is at risk at each of T ages of endings, and who ends there. E endings, L spells."""

    first: Ints  # [L] first age of endings at which a spell is at risk
    behind: Ints  # [L] first age of endings after it: at risk in first .. behind-1
    at: Ints  # [E] age of each ending
    who: Ints  # [E] spell of each ending
    part: Floats  # [E] j/m of Efron, 0 of Breslow
    ages: int

    @classmethod
    def of(cls, times: Floats, ends: NDArray[np.bool_], starts: Floats, ties: Ties) -> "_RiskSets":
        ages, at = np.unique(times[ends], return_inverse=True)
        order = np.argsort(at, kind="stable")
        at, who = at[order], np.flatnonzero(ends)[order]
        many = np.bincount(at)
        rank = np.arange(len(at)) - np.repeat(np.cumsum(many) - many, many)
        part: Floats = rank / many[at] if ties == "efron" else np.zeros(len(at))
        first, behind = np.searchsorted(ages, starts, side="right"), np.searchsorted(ages, times, side="right")
        # Endings at the very age of their entry are at risk nowhere: they are outside their own risk set.
        kept = first[who] < behind[who]
        if not kept.all():
            raise ValueError("a spell ended at the age at which it was first seen")
        return cls(first, np.maximum(behind, first), at, who, part, len(ages))

    def sums(self, values: Floats) -> Floats:
        """Sum of values [L] or [L, P] over those at risk at each age [T] or [T, P].

        Added up from the last age backwards: the small sets of high ages keep all their digits.
        """
        columns = values if values.ndim == 2 else values[:, None]
        found = np.empty((self.ages, columns.shape[1]))
        for place, column in enumerate(columns.T):
            change = np.bincount(self.behind, column, self.ages + 1) - np.bincount(self.first, column, self.ages + 1)
            found[:, place] = np.cumsum(change[:0:-1])[::-1]
        return found if values.ndim == 2 else found[:, 0]

    def endings(self, values: Floats) -> Floats:
        """Sum over those that end at each age, of values [E] or [E, P]."""
        columns = values if values.ndim == 2 else values[:, None]
        found: Floats = np.stack([np.bincount(self.at, column, self.ages) for column in columns.T], 1).astype(
            np.float64
        )
        return found if values.ndim == 2 else found[:, 0]

    def over(self, steps: Floats) -> Floats:
        """Sum of steps [T] or [T, P] over the ages at which each spell is at risk [L] or [L, P]."""
        total = np.concatenate([np.zeros((1, *steps.shape[1:])), np.cumsum(steps, axis=0)])
        return np.asarray(total[self.behind] - total[self.first])


class _Terms(NamedTuple):
    """What the likelihood and its derivatives are made of, at one β."""

    hazard: Floats  # [L] exp(x·β), the largest at 1
    denominator: Floats  # [E]
    mean: Floats  # [E, P] covariates at risk, weighted by hazard
    likelihood: float


def _terms(risk: _RiskSets, x: Floats, beta: Floats) -> _Terms:
    linear = x @ beta
    linear = linear - linear.max()
    hazard = np.exp(linear)
    at, who, part = risk.at, risk.who, risk.part
    weighted = hazard[:, None] * x
    denominator = risk.sums(hazard)[at] - part * risk.endings(hazard[who])[at]
    numerator = risk.sums(weighted)[at] - part[:, None] * risk.endings(weighted[who])[at]
    likelihood = float(linear[who].sum() - np.log(denominator).sum())
    return _Terms(hazard, denominator, numerator / denominator[:, None], likelihood)


def _weights(risk: _RiskSets, terms: _Terms) -> Floats:
    """Expected endings of each spell divided by its hazard [L]: Σ over ages at risk, less Efron's part at its own end."""
    found = risk.over(risk.endings(1.0 / terms.denominator))
    found[risk.who] -= risk.endings(risk.part / terms.denominator)[risk.at]
    return found


def _newton(risk: _RiskSets, x: Floats, names: Sequence[str]) -> tuple[Floats, float, Floats]:
    """β, the log likelihood and the information there."""
    beta, span = np.zeros(x.shape[1]), np.ptp(x, axis=0)
    terms = _terms(risk, x, beta)
    for _ in range(STEPS):
        gradient = (x[risk.who] - terms.mean).sum(axis=0)
        information = _information(risk, x, terms)
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(step).all() or np.any(np.abs(beta) * span > STEEPEST):
            break
        # At the solution the likelihood is flat to rounding, and comparing it would stop the last steps.
        if np.abs(step).max() < 1e-6:
            beta = beta + step
            terms = _terms(risk, x, beta)
            if np.abs(step).max() < 1e-11:
                return beta, terms.likelihood, _information(risk, x, terms)
            continue
        size = 1.0
        while (trial := _terms(risk, x, beta + size * step)).likelihood < terms.likelihood and size > 1e-4:
            size /= 2
        beta, terms = beta + size * step, trial
    worst = names[int(np.argmax(np.abs(beta) * span))]
    raise CannotFitError(worst, "splits the endings perfectly: its hazard ratio is 0 or infinite")


def _information(risk: _RiskSets, x: Floats, terms: _Terms) -> Floats:
    """Minus the second derivative of the log likelihood [P, P]."""
    weights = terms.hazard * _weights(risk, terms)
    return np.asarray((x * weights[:, None]).T @ x - terms.mean.T @ terms.mean)


def _score_residuals(risk: _RiskSets, x: Floats, beta: Floats) -> Floats:
    """How far each spell pulls β [L, P]: the derivative of the score by its weight. They add up to 0.

    With Efron's ties the part of an ending at its own age is averaged over the ranks it could have had.
    """
    terms = _terms(risk, x, beta)
    shares = terms.mean / terms.denominator[:, None]
    expected = risk.over(risk.endings(shares))
    expected[risk.who] -= risk.endings(risk.part[:, None] * shares)[risk.at]
    many = np.bincount(risk.at, minlength=risk.ages)
    mean = risk.endings(terms.mean) / many[:, None]
    residuals = -terms.hazard[:, None] * (x * _weights(risk, terms)[:, None] - expected)
    residuals[risk.who] += x[risk.who] - mean[risk.at]
    return np.asarray(residuals)
