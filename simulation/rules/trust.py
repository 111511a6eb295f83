"""How trust starts, is won slowly, lost fast, and never quite heals (E9, E10, E17)."""

import math

from simulation.compiled import rule


@rule
def expected_sharing(trust: float, base: float, per_trust: float) -> float:
    """Sharing that a firm expects of a partner: the more it trusts, the more it expects.

    Equation:  expectation = base + per_trust·T

    trust : trust T_ij [share, 0..1]
    base : expected at zero trust [share, 0..1]
    per_trust : expected more per unit of trust [share, 0..1]
    Returns expected sharing [share, 0..2].
    Source: E9; assumption A-11 (expectations rise with trust).

    >>> expected_sharing(0.5, 0.25, 0.5)
    0.5
    """
    return base + per_trust * trust


@rule
def trust_next(trust: float, ceiling: float, surprise: float, gain: float, loss: float, weight: float) -> float:
    """Trust after a quarter's surprise: won slowly towards the ceiling, lost fast.

    Equation:  e > 0:  T_next = T + gain·e·(C − T);   e < 0:  T_next = T + loss·weight·e·T;   clipped to [0, C]

    trust, ceiling : T now and the most it can be, C [share, 0..1]
    surprise : observed minus expected sharing, e [share, any]
    gain : part of the missing trust won per unit of surprise, 2·η⁺ [1/quarter, >= 0]
    loss : part of trust lost per unit of surprise, η⁻ [1/quarter, >= 0]
    weight : how much more losses weigh while feeling out [factor, >= 1]
    Returns trust next quarter [share, 0..C].
    Source: E9; Slovic 1993 (asymmetry); the linear form is assumption A-12.

    >>> trust_next(0.5, 1.0, 0.2, 0.10, 0.4, 1.0)
    0.51
    """
    won, lost = gain * surprise * (ceiling - trust), loss * weight * surprise * trust
    after = trust + (won if surprise >= 0.0 else lost)  # both at hand: a machine cannot guess which
    return min(ceiling, max(0.0, after))


@rule
def ceiling_after_breach(ceiling: float, age: float, loss: float, early: float, fading: float) -> float:
    """The most that trust can be again after deception was found out.

    Equation:  C_next = C·(1 − κ)^(1 + κ_e·exp(−age/τ))

    ceiling : C before [share, 0..1]
    age : age of the alliance [quarters, >= 0]
    loss : κ, part of the ceiling lost in a late breach [share, 0..1)
    early : κ_e, how much more an early breach costs [factor, >= 0]
    fading : τ, age over which that fades [quarters, > 0]
    Returns C [share, 0..1].
    Source: E10; Schweitzer, Hershey & Bradlow 2006 (never fully heals), Lount et al. 2008 (early is worse).

    >>> ceiling_after_breach(1.0, 0.0, 0.5, 1.0, 4.0)
    0.25
    """
    return ceiling * math.exp(math.log(1.0 - loss) * (1.0 + early * math.exp(-age / fading)))


@rule
def trust_after_breach(trust: float, ceiling: float, keeps: float) -> float:
    """Trust of the victim after a breach.

    Equation:  T_next = min(keeps·T, C)

    trust : before [share, 0..1]
    ceiling : ceiling after the breach [share, 0..1]
    keeps : part of trust kept [share, 0..1]
    Returns T [share, 0..C].
    Source: E10; Schweitzer, Hershey & Bradlow 2006.

    >>> trust_after_breach(0.5, 1.0, 0.5)
    0.25
    """
    return min(keeps * trust, ceiling)


@rule
def initial_trust(
    level: float, reputation: float, usual: float, per_reputation: float, prior: float, per_prior: float,
    common: float, per_common: float, deviation: float,
) -> float:  # fmt: skip
    """Trust in a new partner before anything was shared.

    Equation:  T(0) = clip(T₀ + w_r·(rep_j − usual) + w_p·min(prior, 2) + w_c·min(common, 3) + deviation, 0, 1)

    level : T₀, trust in an unknown firm [share, 0..1]
    reputation, usual : reputation of the partner, and that of an unknown firm [share, 0..1]
    per_reputation : w_r, trust per unit of reputation [share, >= 0]
    prior : alliances that the two had before [alliances, >= 0]
    per_prior : w_p, trust per prior alliance, at most 2 count [share, >= 0]
    common : partners that they share [firms, >= 0]
    per_common : w_c, trust per common partner, at most 3 count [share, >= 0]
    deviation : this firm's own first impression [share, any]
    Returns T(0) [share, 0..1].
    Source: E17; Gulati 1995 (familiarity breeds trust).

    >>> initial_trust(0.4, 0.5, 0.5, 0.3, 1.0, 0.1, 0.0, 0.03, 0.0)
    0.5
    """
    level = level + per_reputation * (reputation - usual) + per_prior * min(prior, 2.0) + per_common * min(common, 3.0)
    return min(1.0, max(0.0, level + deviation))


@rule
def reputation_next(reputation: float, usual: float, speed: float) -> float:
    """Reputation as memories fade.

    Equation:  rep_next = rep + speed·(usual − rep)

    reputation : now [share, 0..1]
    usual : level it reverts to [share, 0..1]
    speed : part of the distance closed [1/quarter, 0..1]
    Returns reputation [share, 0..1].
    Source: E10; assumption A-02.

    >>> reputation_next(0.4, 0.5, 0.5)
    0.45
    """
    return reputation + speed * (usual - reputation)
