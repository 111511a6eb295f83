"""The difficult discussions after a shock: who finds a new deal, and what it puts aside (E15)."""

import math

from simulation.compiled import rule


@rule
def talks_chance(
    mean_trust: float, mean_flexibility: float, base: float, any_function: float, by_function: float,
    openness: float, by_openness: float,
) -> float:  # fmt: skip
    """Chance that partners who talk find a new deal.

    Equation:  P₀ = min(1, √(T̄·φ̄)·(base + by_function·max(A_i, A_j)));   P = P₀ + by_openness·openness·(1 − P₀)

    mean_trust, mean_flexibility : T̄ and φ̄ of the two [share, 0..1]
    base : factor without an alliance function [share, 0..1]
    any_function : 1 if a partner has an alliance function [0 or 1]; by_function : what it adds [share, 0..1]
    openness : mean openness of the two [share, 0..1]
    by_openness : part of the failures that full openness turns into successes [share, 0..1]
    Returns P [share, 0..1].
    Source: E15; Ariño & de la Torre 1998, Young-Ybarra & Wiersema 1999 (trust and flexibility).

    >>> talks_chance(0.5, 0.5, 0.8, 1.0, 0.2, 0.0, 0.5)
    0.5
    """
    chance = min(1.0, math.sqrt(mean_trust * mean_flexibility) * (base + by_function * any_function))
    return chance + by_openness * openness * (1.0 - chance)


@rule
def goal_gap(difference: float, accord: float) -> float:
    """Distance of goals that still costs, once an accord has put part of it aside.

    Equation:  gap = min(|Δ|, |Δ − x|),  Δ = goal_i − goal_j

    difference : Δ now [goal, −1..1]
    accord : x, what the accord put aside; 0 without one [goal, −1..1]
    Returns gap [goal, 0..1].
    Source: E15; Ernst & Bamford 2005 (alliances that were adjusted succeed more often).

    >>> goal_gap(0.5, 0.25)
    0.25
    """
    return min(abs(difference), abs(difference - accord))
