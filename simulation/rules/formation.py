"""Who seeks whom, and how a new alliance is governed (E16, E23)."""

from simulation.compiled import rule


@rule
def search_chance(rate: float, activity: float, boost: float, is_shaken: float) -> float:
    """Chance that a firm seeks a partner this quarter.

    Equation:  P = min(1, rate·activity·(1 + boost·shaken))

    rate : at mean activity [1/quarter, 0..1]
    activity : partnering propensity of the firm, mean 1 [1, > 0]
    boost : search added after a shock [factor, >= 0]
    is_shaken : 1 if the firm felt a shock lately [0 or 1]
    Returns P [1/quarter, 0..1].
    Source: E16; Tomasello et al. 2014 (heterogeneous activity), Asgari, Singh & Mitchell 2017.

    >>> search_chance(0.05, 2.0, 1.0, 1.0)
    0.2
    """
    return min(1.0, rate * activity * (1.0 + boost * is_shaken))


@rule
def partner_score(
    potential: float, reputation: float, goal_gap: float, prior_worth: float, common_worth: float, rival_loss: float,
    impression: float,
) -> float:  # fmt: skip
    """How attractive a firm is as a partner, in another's eyes.

    Equation:  score = ψ·(.5 + .5·rep_j)·(1 − |Δgoal|) + prior + common − rival + impression

    potential : learning potential ψ [share, 0..1]
    reputation : reputation of the candidate [share, 0..1]
    goal_gap : |goal_i − goal_j| [goal, 0..1]
    prior_worth : weight of prior ties [score, >= 0]
    common_worth : weight of common partners [score, >= 0]
    rival_loss : taken off for a rival [score, >= 0]
    impression : noise of this firm's view [score, any]
    Returns score [score, any].
    Source: E16; Gulati & Gargiulo 1999 (embeddedness), Nooteboom et al. 2007.

    >>> partner_score(1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0)
    0.75
    """
    appeal = potential * (0.5 + 0.5 * reputation) * (1.0 - goal_gap)
    return appeal + prior_worth + common_worth - rival_loss + impression


@rule
def outside_option_next(option: float, best_surplus: float, memory: float) -> float:
    """A firm's sense of what else it could have: running mean of the best candidate above the threshold.

    Equation:  opt_next = opt + w·(surplus − opt)

    option : so far [score, >= 0]
    best_surplus : score of the best acceptable candidate minus the threshold, 0 if there is none [score, >= 0]
    memory : weight w of the newest search [1/search, 0..1]
    Returns option [score, >= 0].
    Source: E14, E16; Greve, Mitsuhashi & Baum 2013; assumption A-06.

    >>> outside_option_next(0.0, 0.5, 0.5)
    0.25
    """
    return option + memory * (best_surplus - option)


@rule
def equity_chance(share: float, by_rival: float, is_rival: float, by_prior: float, prior: float) -> float:
    """Chance that a new alliance is governed by equity rather than by contract.

    Equation:  P = clip(share + by_rival·rival − by_prior·min(prior, 1), 0, 1)

    share : between strangers who are not rivals [share, 0..1]
    by_rival : added between rivals [share, any]
    is_rival : [0 or 1]
    by_prior : taken off after a prior tie [share, any]
    prior : alliances that the two had before [alliances, >= 0]
    Returns P [share, 0..1].
    Source: E23; Gulati 1995.

    >>> equity_chance(0.3, 0.2, 1.0, 0.1, 0.0)
    0.5
    """
    return min(1.0, max(0.0, share + by_rival * is_rival - by_prior * min(prior, 1.0)))
