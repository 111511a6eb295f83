"""The changing world: markets that move and demand that falls and recovers (section 5 of the design, E22)."""

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
