"""What partners can learn from each other: cognitive distance, absorption, decay (E1, E2, E4)."""

import math

from simulation.compiled import rule


@rule
def learning_potential(dot: float, norm_i: float, norm_j: float) -> float:
    """Potential for novelty between two bodies of knowledge: none if equal, none if nothing is shared.

    Equation:  ψ = 4·d·(1 − d),  d = 1 − K_i·K_j / (|K_i|·|K_j|)

    dot : inner product of the two knowledge vectors [knowledge², >= 0]
    norm_i, norm_j : their lengths [knowledge, >= 0]
    Returns ψ [share, 0..1]; 0 if one firm knows nothing.
    Source: E1; Nooteboom et al. 2007, Wuyts et al. 2005 (inverted U).

    >>> learning_potential(1.0, 1.0, 2.0)
    1.0
    """
    size = norm_i * norm_j
    if size <= 0.0:
        return 0.0
    distance = min(1.0, max(0.0, 1.0 - dot / size))
    return 4.0 * distance * (1.0 - distance)


@rule
def research_luck(z: float, noise: float) -> float:
    """Factor on a firm's effort in one domain this quarter, before effort is normalised over domains (logistic-normal).

    Equation:  luck = exp(noise·z)

    z : standard normal number [1]
    noise : spread of the direction of research [log units, >= 0]
    Returns factor [factor, > 0].
    Source: E2; Aitchison & Shen 1980 (logistic-normal), assumption A-09.

    >>> research_luck(0.0, 0.5)
    1.0
    """
    return math.exp(noise * z)


@rule
def knowledge_after_research(knowledge: float, effort: float, research: float, decay: float) -> float:
    """Knowledge of one domain after a quarter of expiry and own research.

    Equation:  K_next = (1 − δ)·K + 4·r·p

    knowledge : before [knowledge, >= 0]
    effort : share p of own research that goes to the domain [share, 0..1]
    research : own research r, a fourth of what is added [knowledge/quarter, >= 0]
    decay : share δ that expires [1/quarter, 0..1]
    Returns knowledge [knowledge, >= 0]; over all domains it tends to 4·r/δ.
    Source: E2, expertise decay; oracle L10.

    >>> knowledge_after_research(1.0, 0.5, 0.04, 0.02)
    1.06
    """
    return (1.0 - decay) * knowledge + 4.0 * research * effort


@rule
def attention(absorption: float, sharing: float, capacity: float) -> float:
    """Share of the partner's lead that a firm could close this quarter if it had to attend to this partner alone.

    Equation:  w = α·s_ji·a_i

    absorption : α [1/quarter, 0..1]
    sharing : sharing s_ji of the partner [share, 0..1]
    capacity : own absorptive capacity a_i [share, 0..1]
    Returns w [1/quarter, 0..1]. Where the sum over partners exceeds the attention that a firm has, all are cut down to it.
    Source: E4; Cohen & Levinthal 1990, Ocasio 1997.

    >>> attention(0.05, 1.0, 0.6)
    0.03
    """
    return absorption * sharing * capacity


@rule
def tacit_barrier(tacitness: float, trust: float) -> float:
    """Part of knowledge that moves at all: the tacit part moves only with trust.

    Equation:  b = 1 − tacitness·(1 − T_ij)

    tacitness : share of knowledge that is tacit [share, 0..1]
    trust : trust of the receiver in the giver [share, 0..1]
    Returns b [share, 0..1].
    Source: E4; Simonin 1999, Lane & Lubatkin 1998.

    >>> tacit_barrier(0.5, 0.5)
    0.75
    """
    return 1.0 - tacitness * (1.0 - trust)


@rule
def knowledge_after_obsolescence(knowledge: float, weight_before: float, weight_after: float, loss: float) -> float:
    """Knowledge in a domain that a competence-destroying shock devalues.

    Equation:  K_next = K·(1 − loss·max(0, 1 − θ'/θ))

    knowledge : before [knowledge, >= 0]
    weight_before, weight_after : weight of the domain in the market, θ and θ' [share, 0..1]
    loss : knowledge lost per share of weight lost [share, 0..1]
    Returns knowledge [knowledge, >= 0].
    Source: section 5 of the design; Tushman & Anderson 1986.

    >>> knowledge_after_obsolescence(1.0, 0.2, 0.1, 0.08)
    0.96
    """
    fallen = 1.0 - weight_after / weight_before if weight_before > weight_after else 0.0
    return knowledge * (1.0 - loss * fallen)


@rule
def knowledge_after_enhancement(knowledge: float, weight_before: float, weight_after: float, gain: float) -> float:
    """Knowledge in a domain that a competence-enhancing shock makes more of.

    Equation:  K_next = K·(1 + gain·max(0, 1 − θ/θ'))

    knowledge : before [knowledge, >= 0]
    weight_before, weight_after : weight of the domain in the market, θ and θ' [share, 0..1]
    gain : knowledge won per share of weight won [share, 0..1]
    Returns knowledge [knowledge, >= 0].
    Source: section 5 of the design; Tushman & Anderson 1986.

    >>> knowledge_after_enhancement(1.0, 0.1, 0.2, 0.08)
    1.04
    """
    risen = 1.0 - weight_before / weight_after if weight_after > weight_before else 0.0
    return knowledge * (1.0 + gain * risen)


@rule
def research_strength(research: float, capacity: float, founding: float) -> float:
    """Own research of a firm whose absorptive capacity has grown or shrunk.

    Equation:  r_i = r·a_i / a_i(0)

    research : r of the model [knowledge/quarter, >= 0]
    capacity, founding : absorptive capacity now and when founded [share, 0..1]
    Returns r_i [knowledge/quarter, >= 0]; r where a_i(0) is 0.
    Source: E19; Cohen & Levinthal 1990 (the two faces of R&D).

    >>> research_strength(0.04, 0.75, 0.5)
    0.06
    """
    return research * capacity / founding if founding > 0.0 else research


@rule
def capacity_next(capacity: float, founding: float, mutual: float, rate: float, decay: float) -> float:
    """Absorptive capacity after a quarter of two-way sharing: iron sharpens iron.

    Equation:  a_next = min(1, a + ι·Σ s_ij·s_ji·(1 − a) − decay·(a − a(0)))

    capacity, founding : absorptive capacity now and when founded [share, 0..1]
    mutual : Σ over alliances of own sharing times the partner's [alliances, >= 0]
    rate : ι [1/quarter, 0..1]
    decay : speed of return to a(0) [1/quarter, 0..1]
    Returns a [share, 0..1].
    Source: E19; the user's documents (shared learning), Cohen & Levinthal 1990.

    >>> capacity_next(0.5, 0.5, 1.0, 0.01, 0.02)
    0.505
    """
    return min(1.0, max(0.0, capacity + rate * mutual * (1.0 - capacity) - decay * (capacity - founding)))


@rule
def drift_weight(erosion: float, sharing: float, trust: float) -> float:
    """How strongly a partner's profile draws on a firm that opens itself without trust or care.

    Equation:  w = ε·s_ij·(1 − T_ij)

    erosion : ε [1/quarter, 0..1]
    sharing : own sharing s_ij [share, 0..1]
    trust : own trust T_ij [share, 0..1]
    Returns w [1/quarter, 0..1].
    Source: E20; the user's documents (the idiosyncratic knowledge base is impaired), Hamel 1991.

    >>> drift_weight(0.01, 1.0, 0.5)
    0.005
    """
    return erosion * sharing * (1.0 - trust)


@rule
def profile_next(share: float, founding: float, drift: float, drifting: float, pull: float) -> float:
    """Part of its own research that a firm directs at a domain, after partners drew on it.

    Equation:  p' = p + Σ w·(p_j − p) / max(1, Σ w);   p_next = p' + pull·(p(0) − p')

    share, founding : p now and when founded [share, 0..1]
    drift : Σ over alliances of w·(p_j − p), between −p·Σ w and (1 − p)·Σ w [share/quarter, any]
    drifting : Σ w [1/quarter, >= 0]
    pull : speed of return to p(0) [1/quarter, 0..1]
    Returns p [share, 0..1]; profiles that summed to 1 still do.
    Source: E20; assumption A-22 (without the pull profiles converge for ever).

    >>> profile_next(0.25, 0.5, 0.125, 1.0, 0.5)
    0.4375
    """
    drawn = share + drift / max(1.0, drifting)
    return drawn + pull * (founding - drawn)
