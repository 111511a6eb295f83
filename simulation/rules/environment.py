"""The changing world: markets that move and demand that falls and recovers (section 5 of the design, E22)."""

import math

from simulation.compiled import rule


@rule
def demand_after_shock(weight: float, drawn: float, magnitude: float) -> float:
    """Weight of a domain in a market after a competence-destroying shock.

    Equation:  θ' = (1 − m)·θ + m·θ_new

    weight : θ before [share, 0..1]
    drawn : θ_new, weight in the new market [share, 0..1]
    magnitude : m [share, 0..1]
    Returns θ' [share, 0..1]; weights that summed to 1 still do.
    Source: section 5 of the design; Tushman & Anderson 1986.

    >>> demand_after_shock(0.2, 0.6, 0.5)
    0.4
    """
    return (1.0 - magnitude) * weight + magnitude * drawn


@rule
def munificence_after_slump(level: float, depth: float, magnitude: float) -> float:
    """Demand that a firm meets after a slump.

    Equation:  m' = m·(1 − depth·magnitude)

    level : m before [factor, >= 0]
    depth : demand lost in a full slump [share, 0..1]
    magnitude : of the shock [share, 0..1]
    Returns m' [factor, >= 0].
    Source: Dess & Beard 1984 (munificence).

    >>> munificence_after_slump(1.0, 0.5, 0.5)
    0.75
    """
    return level * (1.0 - depth * magnitude)


@rule
def munificence_next(level: float, usual: float, speed: float) -> float:
    """Demand as it recovers.

    Equation:  m_next = m + speed·(usual − m)

    level : m now [factor, >= 0]
    usual : level it recovers to [factor, > 0]
    speed : part of the distance closed [1/quarter, 0..1]
    Returns m [factor, >= 0].
    Source: Dess & Beard 1984; assumption A-15.

    >>> munificence_next(0.5, 1.0, 0.5)
    0.75
    """
    return level + speed * (usual - level)


@rule
def own_income(rate: float, valued_knowledge: float, munificence: float, fixed_cost: float, deviation: float) -> float:
    """Income of a firm without its alliances.

    Equation:  rate·(θ_s·K_i)·m − fixed_cost + deviation

    rate : income per unit of valued knowledge [money/knowledge/quarter, >= 0]
    valued_knowledge : θ_s·K_i [knowledge, >= 0]
    munificence : m [factor, >= 0]
    fixed_cost : [money/quarter, >= 0]
    deviation : this quarter's luck [money/quarter, any]
    Returns income [money/quarter, any].
    Source: E22; calibrated.

    >>> own_income(0.5, 1.0, 1.0, 0.25, 0.0)
    0.25
    """
    return rate * valued_knowledge * munificence - fixed_cost + deviation


@rule
def usual_munificence(level: float, height: float, passed: float) -> float:
    """Level that demand tends to while a wave passes.

    Equation:  m_usual = m·(1 + height·sin²(π·x)),  x the part of the wave that has passed, 0 <= x < 1

    level : without waves, m [factor, > 0]
    height : rise at the crest [factor, >= −1]
    passed : x; outside 0..1 there is no wave [share, any]
    Returns level [factor, >= 0].
    Source: section 5 of the design; Hagedoorn 2002 (waves of partnering).

    >>> usual_munificence(1.0, 0.5, 0.5)
    1.5
    """
    if passed < 0.0 or passed >= 1.0:
        return level
    crest = math.sin(math.pi * passed)
    return level * (1.0 + height * crest * crest)


@rule
def shock_chance(rate: float, turbulent: float, factor: float) -> float:
    """Chance of a shock in a calm or turbulent quarter.

    Equation:  P = min(1, rate·(factor if turbulent else 1))

    rate : in calm [1/quarter, 0..1]
    turbulent : [0 or 1]
    factor : how many times as frequent in turbulence [factor, >= 0]
    Returns P [1/quarter, 0..1].
    Source: section 5 of the design; Dess & Beard 1984 (dynamism).

    >>> shock_chance(0.05, 1.0, 4.0)
    0.2
    """
    return min(1.0, rate * (1.0 + (factor - 1.0) * turbulent))


@rule
def protected(rate: float, protection: float, level: float) -> float:
    """Leakage that regulation leaves.

    Equation:  ℓ_i = ℓ_r·(1 − protection·level)

    rate : ℓ_r without regulation [money/quarter, >= 0]
    protection : part stopped by full protection [share, 0..1]
    level : grip of regulation on the firm [share, 0..1]
    Returns ℓ_i [money/quarter, >= 0].
    Source: section 5 of the design; Oxley 1997, assumption A-21.

    >>> protected(1.0, 0.5, 0.5)
    0.75
    """
    return rate * (1.0 - protection * level)


@rule
def rival_loss(weight: float, ban: float, level: float) -> float:
    """Score that a rival loses as a candidate, more so under a ban.

    Equation:  loss = weight + ban·level

    weight : without regulation [score, >= 0]
    ban : under a full ban [score, >= 0]
    level : grip of the ban, the larger of the two firms' [share, 0..1]
    Returns loss [score, >= 0].
    Source: section 5 of the design; assumption A-21.

    >>> rival_loss(0.0625, 1.0, 0.5)
    0.5625
    """
    return weight + ban * level
