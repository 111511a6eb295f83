"""What an alliance is worth and costs, and the dilemma that follows (E5, E6, E7)."""

import math

from simulation.compiled import rule

NO_DEAL, DILEMMA, HARMONY = 0, 1, 2
REGIMES = ("no_deal", "dilemma", "harmony")


@rule
def potential_value(
    joint: float, fit: float, fit_floor: float, potential: float, distance_floor: float, valued_knowledge: float,
    munificence: float, tacit_loss: float, tacitness: float, mean_trust: float,
) -> float:  # fmt: skip
    """Joint value v of an alliance in which both share all: value that neither could create alone.

    Equation:  v = v₀·(f + (1−f)·F)·(g + (1−g)·ψ)·(θ̄·max(K_i, K_j))·m·(1 − tacit_loss·tacitness·(1 − T̄))

    joint : v₀ [money/knowledge/quarter, >= 0]
    fit, fit_floor : fit F, and the part f of value left without any [share, 0..1]
    potential, distance_floor : learning potential ψ, and the part g of value left without any [share, 0..1]
    valued_knowledge : Σ over domains of mean demand times the better partner's knowledge [knowledge, >= 0]
    munificence : level of demand m, mean of both [factor, >= 0]
    tacit_loss, tacitness : value lost per unit of tacitness at zero trust; tacitness [share, 0..1]
    mean_trust : mean trust T̄ of the two [share, 0..1]
    Returns v [money/quarter, >= 0].
    Source: E5; Madhok & Tallman 1998 (value from combining), Wuyts et al. 2005.

    >>> potential_value(2.0, 1.0, 0.3, 1.0, 0.3, 1.5, 1.0, 0.25, 0.5, 1.0)
    3.0
    """
    fitting = fit_floor + (1.0 - fit_floor) * fit
    novelty = distance_floor + (1.0 - distance_floor) * potential
    hidden = 1.0 - tacit_loss * tacitness * (1.0 - mean_trust)
    return joint * fitting * novelty * valued_knowledge * munificence * hidden


@rule
def joint_value(potential_value: float, sharing_i: float, sharing_j: float) -> float:
    """Joint value at the sharing of this quarter: without one side's sharing there is none.

    Equation:  V = v·√(s_ij·s_ji)

    potential_value : v [money/quarter, >= 0]
    sharing_i, sharing_j : sharing of the two [share, 0..1]
    Returns V [money/quarter, >= 0].
    Source: E5; two-way sharing, Larsson et al. 1998.

    >>> joint_value(2.0, 0.25, 1.0)
    1.0
    """
    return potential_value * math.sqrt(sharing_i * sharing_j)


@rule
def sharing_cost(cost: float, sharing: float, trust: float, saved: float) -> float:
    """Cost of sharing; trust saves safeguards.

    Equation:  c_s·s_ij·(1 − saved·T_ij)

    cost : c_s [money/quarter, > 0]
    sharing : own sharing [share, 0..1]
    trust : own trust in the partner [share, 0..1]
    saved : part saved by full trust [share, 0..1]
    Returns cost [money/quarter, >= 0].
    Source: E6; Dyer & Chu 2003 (trust lowers transaction costs).

    >>> sharing_cost(0.5, 1.0, 1.0, 0.5)
    0.25
    """
    return cost * sharing * (1.0 - saved * trust)


@rule
def leakage_rate(leakage: float, rival_factor: float, is_rival: float, equity_factor: float, is_equity: float) -> float:
    """Worth of what leaks per unit of sharing at zero trust, ℓ_r.

    Equation:  ℓ_r = ℓ·(1 + rival_factor·rival)·(equity_factor if equity else 1)

    leakage : ℓ [money/quarter, >= 0]
    rival_factor : extra leakage to a rival [factor, >= 0]
    is_rival, is_equity : [0 or 1]
    equity_factor : part left under equity [share, 0..1]
    Returns ℓ_r [money/quarter, >= 0].
    Source: E6; Kale, Singh & Perlmutter 2000, Oxley 1997 (equity as a safeguard).

    >>> leakage_rate(0.25, 4.0, 1.0, 0.5, 1.0)
    0.625
    """
    return leakage * (1.0 + rival_factor * is_rival) * (1.0 + (equity_factor - 1.0) * is_equity)


@rule
def leak(rate: float, sharing: float, trust: float) -> float:
    """Worth of own knowledge that flows out unwanted.

    Equation:  leak_ij = ℓ_r·s_ij·(1 − T_ij)

    rate : ℓ_r [money/quarter, >= 0]
    sharing : own sharing [share, 0..1]
    trust : own trust in the partner [share, 0..1]
    Returns leak [money/quarter, >= 0].
    Source: E6; Khanna, Gulati & Nohria 1998.

    >>> leak(1.0, 0.5, 0.5)
    0.25
    """
    return rate * sharing * (1.0 - trust)


@rule
def coordination_cost(
    cost: float, fit: float, goal_gap: float, has_function: float, saved: float, portfolio: float, per_alliance: float,
    is_equity: float, equity_cost: float, dearer: float,
) -> float:  # fmt: skip
    """Cost of working together: misfit, goals apart, crowded portfolios, regulation.

    Equation:  c_c·(2 − F − g)·(1 − saved·A_i)·(1 + κ_d·mean portfolio)·(1 + dearer) + equity_cost·equity,
        g = 1 − |goal_i − goal_j|

    cost : c_c [money/quarter, >= 0]
    fit : F [share, 0..1]
    goal_gap : |goal_i − goal_j| [goal, 0..1]
    has_function : alliance function A_i [0 or 1]
    saved : part saved by it [share, 0..1]
    portfolio : mean number of alliances of the two partners [alliances, >= 0]
    per_alliance : κ_d [1/alliance, >= 0]
    is_equity : [0 or 1]; equity_cost : its upkeep [money/quarter, >= 0]
    dearer : how much dearer regulation makes it [factor, >= 0]
    Returns cost [money/quarter, >= 0].
    Source: E7; Deeds & Hill 1996 (portfolios), Gulati & Singh 1998 (coordination costs).

    >>> coordination_cost(0.1, 0.5, 0.5, 0.0, 0.3, 0.0, 0.03, 0.0, 0.02, 0.0)
    0.1
    """
    misfit = 2.0 - fit - (1.0 - goal_gap)
    managed = cost * misfit * (1.0 - saved * has_function)
    return managed * (1.0 + per_alliance * portfolio) * (1.0 + dearer) + equity_cost * is_equity


@rule
def marginal_cost(cost: float, saved: float, rate: float, trust: float) -> float:
    """Cost of one more unit of sharing to the firm that shares, c(T).

    Equation:  c(T) = c_s·(1 − saved·T) + ℓ_r·(1 − T)

    cost : c_s [money/quarter, > 0]
    saved : part of it saved by full trust [share, 0..1]
    rate : ℓ_r [money/quarter, >= 0]
    trust : T [share, 0..1]
    Returns c [money/quarter, >= 0]; 0 only where full trust saves all of it.
    Source: closed form of E5 and E6, section 3 of the design.

    >>> marginal_cost(0.4, 0.5, 0.2, 1.0)
    0.2
    """
    return cost * (1.0 - saved * trust) + rate * (1.0 - trust)


@rule
def best_reply(potential_value: float, marginal_cost: float, partner_sharing: float) -> float:
    """Sharing that earns most this quarter, given the partner's.

    Equation:  s_i* = min(1, s_j·(v / 4c)²)

    potential_value : v [money/quarter, >= 0]
    marginal_cost : c(T) [money/quarter, > 0]
    partner_sharing : s_j [share, 0..1]
    Returns s_i* [share, 0..1].
    Source: closed form, section 3 of the design; oracle L19.

    >>> best_reply(2.0, 1.0, 0.8)
    0.2
    """
    ratio = potential_value / (4.0 * marginal_cost)
    return min(1.0, partner_sharing * ratio * ratio)


@rule
def regime(potential_value: float, marginal_cost: float, returned: float) -> int:
    """Which game the two partners are in: no deal, dilemma or harmony.

    Equation:  v < 2·c_joint: no deal;  v <= 4·c: dilemma;  else harmony;   c_joint = c − returned

    potential_value : v [money/quarter, >= 0]
    marginal_cost : c(T) at the pair's mean trust [money/quarter, > 0]
    returned : part of the leak that the partner gains, gain·ℓ_r·(1 − T) [money/quarter, >= 0]
    Returns NO_DEAL, DILEMMA or HARMONY [1].
    Source: closed form, section 3 of the design; oracle L19.

    >>> regime(3.0, 1.0, 0.0)
    1
    """
    if potential_value < 2.0 * (marginal_cost - returned):
        return NO_DEAL
    return DILEMMA if potential_value <= 4.0 * marginal_cost else HARMONY


@rule
def escape_trust(potential_value: float, cost: float, saved: float, rate: float) -> float:
    """Trust above which the dilemma ends, T*.

    Equation:  T* = (c_s + ℓ_r − v/4) / (saved·c_s + ℓ_r)

    potential_value : v [money/quarter, >= 0]
    cost : c_s [money/quarter, > 0]
    saved : part of it saved by full trust [share, 0..1]
    rate : ℓ_r [money/quarter, >= 0]
    Returns T* [share, any: below 0 there is no dilemma, above 1 no trust ends it]; infinite if trust saves nothing.
    Source: closed form, section 3 of the design.

    >>> escape_trust(2.0, 0.5, 0.5, 0.25)
    0.5
    """
    saving = saved * cost + rate
    if saving <= 0.0:
        return math.inf if potential_value <= 4.0 * cost else -math.inf
    return (cost + rate - potential_value / 4.0) / saving
