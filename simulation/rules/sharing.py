"""How much a firm shares, and what its partner sees of it (E3, E8)."""

import math

from simulation.compiled import rule


@rule
def intended_sharing(
    base: float, by_trust: float, by_observed: float, early: float, floor: float, slope: float,
    trust: float, observed: float, age: float,
) -> float:  # fmt: skip
    """Sharing that a row of the strategy table calls for.

    Equation:  s = clip((base + by_trust·T + by_observed·seen + early·exp(−age/6))·(floor + slope·T), 0, 1)

    base, by_trust, by_observed, early : row of the strategy table [share, −1..1]
    floor, slope : factor on all of it at zero trust, and added per unit of trust [share, −1..1]
    trust : trust T_ij in the partner [share, 0..1]
    observed : partner's sharing as seen so far [share, 0..1]
    age : age of the alliance [quarters, >= 0]
    Returns sharing [share, 0..1].
    Source: E3; Axelrod 1984 (reciprocity), Hamel 1991 (early learning), assumption A-03.

    >>> intended_sharing(0.15, 0.0, 0.0, 0.0, 1.0, 0.0, 0.5, 0.5, 3.0)
    0.15
    """
    start = early * math.exp(-age / 6.0) if early != 0.0 else 0.0
    wanted = (base + by_trust * trust + by_observed * observed + start) * (floor + slope * trust)
    return min(1.0, max(0.0, wanted))


@rule
def cautious_sharing(wanted: float, is_rival: float, caution: float) -> float:
    """Sharing after holding back from a rival.

    Equation:  s = clip(wanted·(1 − caution·rival), 0, 1)

    wanted : sharing that the strategy calls for [share, 0..1]
    is_rival : 1 if both are of one sector, else 0 [1]
    caution : share held back from a rival [share, 0..1]
    Returns sharing [share, 0..1].
    Source: E3; Khanna, Gulati & Nohria 1998.

    >>> cautious_sharing(0.5, 1.0, 0.1)
    0.45
    """
    return min(1.0, max(0.0, wanted * (1.0 - caution * is_rival)))


@rule
def observation_noise(
    sigma: float, fit: float, less_fit: float, has_function: float, less_function: float, openness: float
) -> float:
    """Standard deviation with which a firm sees its partner's sharing.

    Equation:  σ = σ_o·(1 − less_fit·F)·(1 − less_function·A_i)·(1 − openness)

    sigma : noise σ_o of strangers [share, >= 0]
    fit : fit F [share, 0..1]
    less_fit : noise removed by full fit [share, 0..1]
    has_function : alliance function A_i of the observer [0 or 1]
    less_function : noise removed by it [share, 0..1]
    openness : open communication [share, 0..1]
    Returns σ [share, >= 0].
    Source: E8; Segil 2005.

    >>> observation_noise(0.2, 0.0, 0.6, 1.0, 0.5, 0.0)
    0.1
    """
    return sigma * (1.0 - less_fit * fit) * (1.0 - less_function * has_function) * (1.0 - openness)


@rule
def observed_next(observed: float, observation: float, weight: float) -> float:
    """Smoothed sharing of the partner as seen. Only the smoothed value is clipped: clipping each look would bias it.

    Equation:  seen = clip((1 − w)·seen + w·o, 0, 1)

    observed : as seen so far [share, 0..1]
    observation : this quarter's look o, noise included [share, any]
    weight : weight w of the newest look [1/quarter, 0..1]
    Returns seen [share, 0..1].
    Source: E8; exponential smoothing, assumption A-10.

    >>> observed_next(0.5, 1.0, 0.4)
    0.7
    """
    return min(1.0, max(0.0, (1.0 - weight) * observed + weight * observation))


@rule
def distress(capital: float, safe: float) -> float:
    """How deep a firm is in distress: not at all above a safe capital, wholly where none is left.

    Equation:  D = clip(1 − capital/safe, 0, 1)

    capital : now [money, any]
    safe : capital above which there is no distress [money, >= 0]
    Returns D [share, 0..1]; 0 if any capital is safe.
    Source: E25; assumption A-17.

    >>> distress(1.0, 4.0)
    0.75
    """
    return min(1.0, max(0.0, 1.0 - capital / safe)) if safe > 0.0 else 0.0


@rule
def burdened(sharing: float, burden: float, distress: float) -> float:
    """Sharing that a firm in distress can give or, where its partner knows of the distress, is expected to give.

    Equation:  s' = s·(1 − burden·D)

    sharing : without distress [share, 0..2]
    burden : part that a firm without capital left cannot give [share, 0..1]
    distress : D, or F·D in the eyes of a partner, who sees it as far as the two fit [share, 0..1]
    Returns sharing [share, 0..2].
    Source: E25; the user's documents (partners learn each other's burdens), Uzzi 1997.

    >>> burdened(0.5, 0.5, 0.5)
    0.375
    """
    return sharing * (1.0 - burden * distress)
