"""How likely observed spells are in simulated worlds: censored, left-truncated, by quarters of age.

The worlds give a hazard for each quarter of age, the observations a count of endings and of quarters lived through. No
distance between curves has to be chosen: an observation counts for as much as it says.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtri

from experiments.analysis.bootstrap import LEVEL, Floats, resample

PER_YEAR = 4  # quarters
EARLY = 0.05  # quarters: who ends so shortly before a quarter begins (four days: leap years, weekends) ends in it
BLUR = 0.25  # share of endings that are recorded a quarter early, and as many a quarter late
ANYTIME = 0.1  # share of endings that keep to no calendar: an age without a simulated ending is not an impossible one
SURE = 1e-12  # hazards lie between this and one minus this
DRAWS = 200


class Seen(NamedTuple):
    """Observed spells by quarter of age. Sufficient for the likelihood."""

    ended: Floats  # [quarters] how many ended in this quarter of their life
    lived: Floats  # [quarters] how many lived through it; parts of a quarter count as parts


def by_quarter(duration: ArrayLike, ended: ArrayLike, entry: ArrayLike, quarters: int) -> Seen:
    """Counts by quarter of age. Whatever happened beyond the last quarter is left out, as if nobody had looked.

    duration, entry : [L] years     ended : [L] whether it ended then

    >>> found = by_quarter([0.5, 0.75], [True, False], [0.0, 0.125], 4)
    >>> found.ended.tolist(), found.lived.tolist()
    ([0.0, 0.0, 1.0, 0.0], [1.5, 2.0, 1.0, 0.0])
    """
    last = PER_YEAR * np.asarray(duration, dtype=np.float64)
    first = PER_YEAR * np.asarray(entry, dtype=np.float64)
    dead = np.asarray(ended, dtype=np.bool_)
    at = np.floor(last + EARLY).astype(np.int64)
    inside = dead & (at < quarters)
    deaths = np.bincount(at[inside], minlength=quarters)[:quarters].astype(np.float64)
    until = np.where(dead, at, last)  # who ended in a quarter did not live through it
    edges = np.arange(quarters, dtype=np.float64)
    through = np.clip(until[:, None] - edges, 0.0, 1.0) - np.clip(first[:, None] - edges, 0.0, 1.0)
    return Seen(deaths, np.maximum(through, 0.0).sum(axis=0))


def recorded_hazard(
    at_risk: NDArray[np.generic], deaths: NDArray[np.generic], blur: float = BLUR, anytime: float = ANYTIME
) -> Floats:
    """Chance to end in each quarter of age as an observer would record it.

    at_risk, deaths : [..., quarters] counts of simulated alliances     Returns [..., quarters]
    Equation:  d'_a = β·d_{a−1} + (1−2β)·d_a + β·d_{a+1},  n'_a = n_a + Σ_{b<a}(d_b − d'_b),
               h_a = (1−ε)·d'_a / n'_a + ε·h̄,  h̄ = Σd / Σn;  h̄ where nobody is at risk
    β : blur, since files give dates to the month and partners tell late     ε : anytime
    """
    risk, died = np.asarray(at_risk, dtype=np.float64), np.asarray(deaths, dtype=np.float64)
    seen = (1.0 - 2.0 * blur) * died
    seen[..., 1:] += blur * died[..., :-1]
    seen[..., :-1] += blur * died[..., 1:]
    seen[..., 0] += blur * died[..., 0]
    seen[..., -1] += blur * died[..., -1]
    late = np.cumsum(died - seen, axis=-1)
    risk = risk + np.concatenate([np.zeros((*late.shape[:-1], 1)), late[..., :-1]], axis=-1)
    total = risk.sum(axis=-1, keepdims=True)
    mean = np.divide(died.sum(axis=-1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
    regular = np.divide(seen, risk, out=np.broadcast_to(mean, risk.shape).copy(), where=risk > 0)
    hazard: Floats = np.clip((1.0 - anytime) * regular + anytime * mean, SURE, 1.0 - SURE)
    return hazard


def log_likelihood(hazard: Floats, seen: Seen) -> Floats:
    """Logarithm of the likelihood of the observations at a hazard by quarter of age.

    Equation:  ln L = Σ_a D_a·ln h_a + E_a·ln(1 − h_a),  D ended and E lived through
    hazard : [..., quarters]     Returns [...]
    Source: Allison 1982, discrete-time event history; quarters before first sight are left out (left truncation).
    """
    found: Floats = np.log(hazard) @ seen.ended + np.log1p(-hazard) @ seen.lived
    return found


def survival_of(hazard: Floats) -> Floats:
    """Share that outlives each number of quarters [..., quarters+1].

    >>> survival_of(np.array([0.5, 0.5])).tolist()
    [1.0, 0.5, 0.25]
    """
    ones = np.ones((*np.shape(hazard)[:-1], 1))
    return np.cumprod(np.concatenate([ones, 1.0 - hazard], axis=-1), axis=-1)


def allowed_loss(parameters: int, level: float = LEVEL) -> float:
    """How far below the best a log-likelihood may lie: half the quantile of χ² with so many degrees of freedom.

    Source: Wilks 1938.

    >>> round(allowed_loss(1), 2)
    1.92
    """
    return float(chdtri(parameters, 1.0 - level)) / 2.0


def good_fits(
    at_risk: NDArray[np.generic], deaths: NDArray[np.generic], seen: Seen, parameters: int, level: float = LEVEL
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Which of P points fit as well as the best: within the likelihood-ratio region, widened by the error of simulation.

    at_risk, deaths : [P, worlds, quarters], the same worlds at every point
    Returns log-likelihoods [P], the standard error of each one's distance from the best [P], from worlds drawn anew in
    pairs, and whether  ln L_best − ln L ≤ χ²/2 + z·error  [P].
    """
    risk, died = (np.asarray(table, dtype=np.float64) for table in (at_risk, deaths))
    values = log_likelihood(recorded_hazard(risk.sum(axis=1), died.sum(axis=1)), seen)
    best, errors = int(values.argmax()), np.zeros(len(values))

    def drawn(point: int) -> Floats:
        sums = resample(np.stack([risk[point], died[point]], axis=1), DRAWS)
        return log_likelihood(recorded_hazard(sums[:, 0], sums[:, 1]), seen)

    if risk.shape[1] > 1:
        of_best = drawn(best)
        errors = np.array([float(np.std(of_best - drawn(point))) for point in range(len(values))])
    allowed = allowed_loss(parameters, level) + float(ndtri((1 + level) / 2)) * errors
    return values, errors, values[best] - values <= allowed
