"""How partners grow together, how a shock parts them, how goals drift and converge (E11-E13)."""

import math

from simulation.compiled import rule


@rule
def fit_after_quarter(fit: float, rate: float, mean_trust: float, any_function: float, boost: float) -> float:
    """Fit after another quarter of learning each other's ways: time and effort, faster with trust.

    Equation:  F_next = F + φ_F·(.3 + .7·T̄)·(1 + boost·max(A_i, A_j))·(1 − F)

    fit : F [share, 0..1]
    rate : φ_F [1/quarter, 0..1]
    mean_trust : T̄ [share, 0..1]
    any_function : 1 if a partner has an alliance function [0 or 1]
    boost : how much faster fit grows then [factor, >= 0]
    Returns F [share, 0..1].
    Source: E11; Doz 1996 (adjustment over time), assumption A-13.

    >>> fit_after_quarter(0.5, 0.1, 1.0, 0.0, 0.5)
    0.55
    """
    return min(1.0, fit + rate * (0.3 + 0.7 * mean_trust) * (1.0 + boost * any_function) * (1.0 - fit))


@rule
def fit_after_shock(
    fit: float, magnitude: float, mean_flexibility: float, mean_trust: float, blindness: float
) -> float:
    """Fit after the environment moved: flexible partners parry, but trust can blind them.

    Equation:  F_next = F·(1 − m·(1 − φ̄·(1 − b·T̄²)))

    fit : F [share, 0..1]
    magnitude : the larger of the shocks that the two felt, m [share, 0..1]
    mean_flexibility : φ̄ [share, 0..1]
    mean_trust : T̄ [share, 0..1]
    blindness : b, flexibility lost to full trust [share, 0..1]
    Returns F [share, 0..1].
    Source: E12; Krishnan, Martin & Noorderhaven 2006; Dess & Beard 1984.

    >>> fit_after_shock(0.5, 1.0, 0.5, 0.0, 0.4)
    0.25
    """
    parried = mean_flexibility * (1.0 - blindness * mean_trust * mean_trust)
    return fit * (1.0 - magnitude * (1.0 - parried))


@rule
def goal_after_shock(
    goal: float, magnitude: float, spread: float, common: float, z_common: float, z_own: float
) -> float:
    """A firm's goal after a shock: firms hit together partly move together.

    Equation:  goal_next = clip(goal + spread·m·(√ρ·z_common + √(1 − ρ)·z_own), 0, 1)

    goal : before [goal, 0..1]
    magnitude : m [share, 0..1]
    spread : standard deviation of the jump in a full shock [goal, >= 0]
    common : ρ, part of the variance that is common [share, 0..1]
    z_common, z_own : standard normal numbers of the shock and of the firm [1]
    Returns goal [goal, 0..1].
    Source: E13; Binner et al. 2013 (common shocks part less).

    >>> goal_after_shock(0.5, 1.0, 0.3, 1.0, 1.0, 0.0)
    0.8
    """
    jump = spread * magnitude * (math.sqrt(common) * z_common + math.sqrt(1.0 - common) * z_own)
    return min(1.0, max(0.0, goal + jump))


@rule
def goal_pull(own: float, partner: float, rate: float, mean_trust: float, any_function: float) -> float:
    """Move of one firm's goal towards the mean of the two, in one alliance and quarter.

    Equation:  Δ = rate·T̄·(1 + max(A_i, A_j))·(goal_j − goal_i)/2

    own, partner : goals [goal, 0..1]
    rate : at full trust [1/quarter, 0..0.5]
    mean_trust : T̄ [share, 0..1]
    any_function : 1 if a partner has an alliance function [0 or 1]
    Returns Δ [goal/quarter, −.5..0.5]; moves of several alliances are averaged.
    Source: E13; Doz 1996, assumption A-14.

    >>> goal_pull(0.2, 0.6, 0.1, 0.5, 1.0)
    0.02
    """
    return rate * mean_trust * (1.0 + any_function) * 0.5 * (partner - own)
