"""Turn and burn: deals behind the partner's back (E18)."""

from simulation.compiled import rule


@rule
def side_deal_chance(rate: float, rival_factor: float, is_rival: float) -> float:
    """Chance that an opportunist makes a side deal in one alliance and quarter.

    Equation:  P = min(1, p_b·(rival_factor if rival else 1))

    rate : p_b [1/quarter, 0..1]
    rival_factor : more often beside a rival [factor, >= 0]
    is_rival : [0 or 1]
    Returns P [1/quarter, 0..1].
    Source: E18; Williamson 1985 (opportunism), Park & Russo 1996 (rivals).

    >>> side_deal_chance(0.1, 1.5, 0.0)
    0.1
    """
    return min(1.0, rate * (1.0 + (rival_factor - 1.0) * is_rival))
