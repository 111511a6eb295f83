"""When a partner leaves, and what the leaver would say it was (E14, E21)."""

import math

from simulation.compiled import rule


@rule
def performance_next(performance: float, payoff: float, memory: float) -> float:
    """Performance of an alliance in a partner's eyes: payoffs, smoothed.

    Equation:  perf_next = (1 − w)·perf + w·π

    performance : so far; it starts at honeymoon·T(0) [money/quarter, any]
    payoff : this quarter's π [money/quarter, any]
    memory : weight w of the newest payoff [1/quarter, 0..1]
    Returns performance [money/quarter, any].
    Source: E14; Fichman & Levinthal 1991 (a stock of goodwill that payoffs deplete).

    >>> performance_next(1.0, 0.0, 0.25)
    0.75
    """
    return (1.0 - memory) * performance + memory * payoff


@rule
def utility_of_staying(
    performance: float, trust_worth: float, prior_worth: float, equity_worth: float, option_worth: float,
    shock_worth: float, learned_worth: float,
) -> float:  # fmt: skip
    """Utility of staying in an alliance, U_i: what holds minus what pulls away.

    Equation:  U = perf + λ·T + prior + equity − option − shock − learned

    performance : smoothed payoff [money/quarter, any]
    trust_worth : λ·T_ij, times the loyalty of the strategy [utility, >= 0]
    prior_worth, equity_worth : what shared history and equity add [utility, >= 0]
    option_worth : pull of the best outside option [utility, >= 0]
    shock_worth : weight of a shock beyond the partner's [utility, >= 0]
    learned_worth : weight of having learned more than the partner [utility, >= 0]
    Returns U [utility, any]; one unit is worth one unit of money a quarter.
    Source: E14; Binner et al. 2013, Greve et al. 2013, Inkpen & Beamish 1997.

    >>> utility_of_staying(1.0, 0.5, 0.0, 0.0, 0.25, 0.0, 0.25)
    1.0
    """
    return performance + trust_worth + prior_worth + equity_worth - option_worth - shock_worth - learned_worth


@rule
def exit_chance(base_hazard: float, utility: float, reference: float, selectivity: float, strain: float) -> float:
    """Chance that one partner leaves this quarter (logit choice).

    Equation:  logit P = logit(h_ref) + log(strain) − selectivity·(U − u_ref)

    base_hazard : h_ref, chance at the reference utility [1/quarter, 0..1]
    utility : U [utility, any]
    reference : u_ref [utility, any]
    selectivity : [1/utility, >= 0]
    strain : factor on the odds after talks that failed, else 1 [factor, >= 1]
    Returns P [1/quarter, 0..1].
    Source: E14, E15; McFadden 1974 (logit choice).

    >>> round(exit_chance(0.035, 0.2, 0.2, 5.0, 1.0), 6)
    0.035
    """
    if base_hazard <= 0.0:
        return 0.0
    odds_against = (
        (1.0 - base_hazard) / (base_hazard * strain) * math.exp(min(700.0, selectivity * (utility - reference)))
    )
    return 1.0 / (1.0 + odds_against)


@rule
def learning_lead(own: float, partner: float) -> float:
    """How much more of all that was learned in the alliance went to this firm than to its partner.

    Equation:  (L_i − L_j)/(L_i + L_j)

    own, partner : learning so far, L_i and L_j [knowledge, >= 0]
    Returns lead [share, −1..1]; 0 if nothing was learned. Only a lead of one's own loosens a tie.
    Source: E14; Inkpen & Beamish 1997, Hamel 1991.

    >>> learning_lead(3.0, 1.0)
    0.5
    """
    total = own + partner
    return (own - partner) / total if total > 0.0 else 0.0


@rule
def has_learned_out(potential: float, least_potential: float, surplus: float, least_surplus: float) -> bool:
    """Whether a learning racer sees nothing left to learn from its partner.

    Equation:  ψ < ψ_min  or  Σ max(0, K_j − K_i) < surplus_min

    potential, least_potential : learning potential ψ, and the least that keeps a racer [share, 0..1]
    surplus, least_surplus : what the partner knows more, and the least that keeps a racer [knowledge, >= 0]
    Returns whether it has [0 or 1].
    Source: E24; Hamel 1991 (learning races).

    >>> int(has_learned_out(0.5, 0.08, 0.5, 0.64))
    1
    """
    return potential < least_potential or surplus < least_surplus
