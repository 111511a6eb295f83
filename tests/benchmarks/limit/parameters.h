/* The scenario's numbers: groups and names of simulation/parameters.py. `tables.py` fills them by name. */

#ifndef PARAMETERS_H
#define PARAMETERS_H

#include "state.h"

struct FirmsNumbers {
    double alliance_function_share, flexibility, flexibility_spread, absorptive_capacity, activity_sigma,
        profile_sigma, initial_reputation, reputation_reversion, initial_capital, income_rate, fixed_cost,
        income_noise, payout, function_fee, function_fee_per_alliance, least_capital, safe_capital;
};

struct KnowledgeNumbers {
    double decay, research, research_noise, absorption, tacitness, attention, transfer, strengthening,
        strengthening_decay, erosion, erosion_pull, capability;
};

struct SharingNumbers {
    double rival_caution, observation_noise, noise_less_fit, noise_less_function, openness, observed_weight,
        burden;
};

struct TrustNumbers {
    double initial, initial_reputation, initial_prior, initial_common, initial_spread, expectation_base,
        expectation_trust, goodwill, gain, loss, feeling_out_quarters, feeling_out_weight, breach_ceiling,
        breach_early, breach_age, breach_keeps, breach_reputation;
};

struct ValueNumbers {
    double joint, fit_floor, distance_floor, tacit_loss, learning_worth, sharing_cost, sharing_cost_saved,
        leakage, leakage_rival, leakage_gain, leakage_equity, coordination, coordination_saved,
        coordination_portfolio, equity_cost;
};

struct FitNumbers {
    double initial, rate, function_boost, blindness, goal_shock, goal_common, goal_pull;
};

struct ExitNumbers {
    double base_hazard, selectivity, reference_utility, memory, honeymoon, trust_weight, prior_weight,
        equity_weight, outside_weight, shock_weight, learned_weight, completion, breach_memory, racer_chance,
        racer_potential, racer_surplus, fixed_hazard;
};

struct RenegotiationNumbers {
    double attempt, base, by_function, by_openness, cost, restores, accord, strain;
};

struct FormationNumbers {
    double rate, search_boost, search_quarters, random_candidates, embedded_candidates, prior_weight,
        common_weight, rival_weight, noise, threshold, option_memory, equity_share, equity_rival, equity_prior;
};

struct OpportunismNumbers {
    double side_deal_rate, rival_factor, detection, gain, harm;
};

struct EnvironmentNumbers {
    double shock_rate, shock_magnitude, spread, complexity, turbulence_start, turbulence_end, turbulence_factor,
        demand_spread, obsolescence, enhancement, switching, displacement, regulation_cost, regulation_ban,
        regulation_protection, regulation_reversion, munificence, slump_depth, munificence_reversion,
        wave_height, wave_quarter, wave_length, wave_every;
};

struct Strategy {
    double upto, base, by_trust, by_observed, early, floor, slope, loyalty, absorptive_capacity;
    int64_t side_deals, race;
};

struct Parameters {
    int64_t count; /* of strategies */
    double research_luck[1024];
    struct Strategy strategies[100];
    struct FirmsNumbers firms;
    struct KnowledgeNumbers knowledge;
    struct SharingNumbers sharing;
    struct TrustNumbers trust;
    struct ValueNumbers value;
    struct FitNumbers fit;
    struct ExitNumbers exit;
    struct RenegotiationNumbers renegotiation;
    struct FormationNumbers formation;
    struct OpportunismNumbers opportunism;
    struct EnvironmentNumbers environment;
};

#endif
