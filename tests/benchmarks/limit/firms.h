/* Passes over firms: shocks and research, what was learned, money, entrants. */

#ifndef FIRMS_H
#define FIRMS_H

#include "run.h"

static void found_firm(struct Run *run, struct Firm *firm, int32_t identity)
{
    const struct Parameters *p = run->p;
    const struct FirmsNumbers *f = &p->firms;
    uint64_t key = run->key;
    int quarter = run->quarter, row = 0;
    double lot = uniform(stream(key, quarter, STRATEGY), identity, 0);
    while (row < p->count - 1 && lot >= p->strategies[row].upto)
        row++;
    firm->identity = identity;
    firm->strategy = row;
    firm->alliance_function = uniform(stream(key, quarter, FUNCTION), identity, 0) < f->alliance_function_share;
    double width = smaller(smaller(f->flexibility_spread, f->flexibility), 1.0 - f->flexibility);
    firm->flexibility = f->flexibility + width * (2.0 * uniform(stream(key, quarter, FLEXIBILITY), identity,
        0) - 1.0);
    double sigma = f->activity_sigma;
    firm->activity = exp(sigma * normal(stream(key, quarter, ACTIVITY), identity, 0) - 0.5 * sigma * sigma);
    firm->goal = uniform(stream(key, quarter, GOAL), identity, 0);
    firm->absorptive_capacity = firm->founding_capacity = p->strategies[row].absorptive_capacity;
    firm->reputation = f->initial_reputation;
    firm->capital = f->initial_capital;
    firm->munificence = p->environment.munificence;
    firm->openness = p->sharing.openness;
    firm->outside_option = firm->felt = firm->noticed = firm->profile_drift = firm->income = 0.0;
    firm->noticed_kind = firm->failing = firm->talks = 0;
    firm->last_shock = NEVER;
    const double *demand = run->world->demand + DOMAINS * firm->sector;
    uint64_t of = stream(key, quarter, PROFILE);
    double total = 0.0, square = 0.0;
    for (int d = 0; d < DOMAINS; d++) {
        firm->profile[d] = demand[d] * exp(f->profile_sigma * normal(of, identity, d));
        total += firm->profile[d];
    }
    firm->capabilities = 0;
    for (int d = 0; d < DOMAINS; d++) {
        double part = firm->profile[d] / total, known = 4.0 * p->knowledge.research / p->knowledge.decay * part;
        firm->profile[d] = firm->founding_profile[d] = part;
        firm->knowledge[d] = known;
        square += known * known;
        firm->capabilities |= (known >= p->knowledge.capability) << d;
    }
    firm->knowledge_length = sqrt(square);
    for (int place = 0; place < REMEMBERED; place++)
        firm->past_partner[place] = -1, firm->past_ties[place] = 0;
}

/* Which sectors a shock strikes, and what it makes of their markets. */
static void draw_shocks(struct Run *run)
{
    const struct EnvironmentNumbers *n = &run->p->environment;
    struct World *world = run->world;
    uint64_t key = run->key;
    double u = uniform(stream(key, run->quarter, TURBULENCE), 0, 0);
    world->turbulent = world->turbulent ? u >= n->turbulence_end : u < n->turbulence_start;
    double rate = smaller(1.0, n->shock_rate * (1.0 + (n->turbulence_factor - 1.0) * world->turbulent));
    double magnitude = n->shock_magnitude;
    uint64_t chance = stream(key, run->quarter, SHOCK), weights = stream(key, run->quarter, SHOCK_DEMAND);
    uint64_t choice = stream(key, run->quarter, SHOCK_DOMAIN);
    run->struck = false;
    for (int sector = 0; sector < world->sectors; sector++) {
        run->struck_sector[sector] = rate > 0.0 && magnitude > 0.0 && uniform(chance, sector, 1) < rate;
        if (!run->struck_sector[sector])
            continue;
        run->struck = true;
        double drawn[DOMAINS], part = 0.0, total = 0.0, *demand = world->demand + DOMAINS * sector;
        for (int d = 0; d < DOMAINS; d++) {
            drawn[d] = -1.0;
            if (uniform(choice, 1 + sector, DOMAINS * sector + d) < n->complexity) {
                drawn[d] = exp(n->demand_spread * normal(weights, 1 + sector, DOMAINS * sector + d));
                total += drawn[d];
                part += demand[d];
            }
        }
        for (int d = 0; d < DOMAINS; d++) {
            double fresh = drawn[d] >= 0.0 ? part * drawn[d] / total : demand[d];
            double after = (1.0 - magnitude) * demand[d] + magnitude * fresh;
            run->kept[sector][d] = 1.0 - n->obsolescence * (demand[d] > after ? 1.0 - after / demand[d] : 0.0);
            demand[d] = after;
        }
    }
}

static void strike(struct Run *run, struct Firm *firm, uint64_t own, const double *z_common)
{
    const struct FitNumbers *f = &run->p->fit;
    double magnitude = run->p->environment.shock_magnitude;
    *lane(firm->knowledge) *= run->kept[firm->sector];
    double z_own = normal(own, firm->identity, 1 + firm->sector);
    double jump = f->goal_shock * magnitude
                * (sqrt(f->goal_common) * z_common[firm->sector] + sqrt(1.0 - f->goal_common) * z_own);
    firm->goal = share(firm->goal + jump);
    firm->felt = firm->noticed = magnitude;
    firm->last_shock = run->quarter;
    write_event(run, HIT, firm->identity, -1, 0, magnitude, -1);
    run->tally.hit++;
}

static inline void do_research(struct Firm *firm, uint64_t of, const double *luck, const struct KnowledgeNumbers *n)
{
    Domains effort;
    uint64_t low = word(of, firm->identity, 0), high = word(of, firm->identity, 1);
    for (int d = 0; d < 4; d++) {
        effort[d] = luck[low >> (16 * d + 6) & 1023];
        effort[d + 4] = luck[high >> (16 * d + 6) & 1023];
    }
    effort *= *lane(firm->profile);
    double strength = firm->founding_capacity > 0.0 ? n->research
        * firm->absorptive_capacity / firm->founding_capacity
                                                    : n->research;
    Domains known = (1.0 - n->decay) * *lane(firm->knowledge) + 4.0 * strength * (effort / sum(effort));
    *lane(firm->knowledge) = known;
    firm->knowledge_length = sqrt(sum(known * known));
}

/* Demand recovers, shocks strike, research adds, and some firms set out to seek a partner. */
static void begin_quarter(struct Run *run)
{
    const struct Parameters *p = run->p;
    const struct EnvironmentNumbers *n = &p->environment;
    uint64_t own = stream(run->key, run->quarter, SHOCK_GOAL_OWN), search = stream(run->key, run->quarter, SEARCH);
    uint64_t common = stream(run->key, run->quarter, SHOCK_GOAL_COMMON), research = stream(run->key,
        run->quarter, RESEARCH);
    double z_common[MOST_SECTORS];
    for (int sector = 0; sector < run->world->sectors; sector++)
        z_common[sector] = normal(common, 1 + sector, 0);
    run->searching = 0;
    for (int32_t seat = 0; seat < run->count; seat++) {
        struct Firm *firm = run->firms + seat;
        fetch_lines(firm + AHEAD, 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 7);
        firm->felt = firm->noticed = 0.0;
        firm->noticed_kind = 0;
        firm->munificence += n->munificence_reversion * (n->munificence - firm->munificence);
        if (run->struck_sector[firm->sector])
            strike(run, firm, own, z_common);
        do_research(firm, research, p->research_luck, &p->knowledge);
        firm->distress = distress(firm->capital, p->firms.safe_capital);
        firm->asked = 0.0;
        double shaken = run->quarter - firm->last_shock < p->formation.search_quarters;
        double chance = smaller(1.0, p->formation.rate * firm->activity * (1.0 + p->formation.search_boost * shaken));
        run->searchers[run->searching] = seat;
        run->searching += uniform(search, firm->identity, 0) < chance;
    }
}

/* What firms learned is added; capacity, profile and goal follow the company they keep; reputations fade. */
static void settle_firms(struct Run *run)
{
    const struct KnowledgeNumbers *n = &run->p->knowledge;
    const struct FirmsNumbers *f = &run->p->firms;
    Domains none = {0};
    for (int32_t seat = 0; seat < run->count; seat++) {
        struct Firm *firm = run->firms + seat;
        Domains known = *lane(firm->knowledge) + *lane(firm->gain);
        Domains founding = *lane(firm->founding_profile);
        Domains drawn = *lane(firm->profile) + *lane(firm->drift) / larger(1.0, firm->drifting);
        Domains part = drawn + n->erosion_pull * (founding - drawn), moved = part - founding;
        *lane(firm->knowledge) = known;
        *lane(firm->profile) = part;
        *lane(firm->gain) = *lane(firm->drift) = none;
        int able = 0;
        for (int d = 0; d < DOMAINS; d++)
            able |= (known[d] >= n->capability) << d;
        firm->profile_drift = 0.5 * sum(most(moved, -moved));
        double capacity = firm->absorptive_capacity;
        firm->absorptive_capacity = share(capacity + n->strengthening * firm->mutual * (1.0 - capacity)
                                          - n->strengthening_decay * (capacity - firm->founding_capacity));
        firm->mutual = firm->drifting = 0.0;
        if (firm->degree > 0)
            firm->goal = share(firm->goal + firm->move / firm->degree);
        firm->move = firm->income = 0.0;
        firm->reputation += f->reputation_reversion * (f->initial_reputation - firm->reputation);
        firm->valued = sum(*lane(run->world->demand + DOMAINS * firm->sector) * known);
        run->tally.knowledge += sum(known);
        run->tally.drift += firm->profile_drift;
        run->tally.capacity += firm->absorptive_capacity;
        int gained = able & ~firm->capabilities;
        if (gained) {
            firm->capabilities |= gained;
            write_event(run, CAPABILITY, firm->identity, -1, gained, __builtin_popcount(gained), -1);
            run->tally.gained += __builtin_popcount(gained);
        }
    }
}

/* Own income, the alliance function, the payout and the talks; who is insolvent then fails. */
static void settle_money(struct Run *run)
{
    const struct FirmsNumbers *f = &run->p->firms;
    double cost = run->p->renegotiation.cost;
    uint64_t luck = stream(run->key, run->quarter, INCOME);
    run->fails = 0;
    for (int32_t seat = 0; seat < run->count; seat++) {
        struct Firm *firm = run->firms + seat;
        fetch_lines(firm + AHEAD, 1 << 0 | 1 << 1 | 1 << 7);
        double own = f->income_rate * firm->valued * firm->munificence - f->fixed_cost
                   + f->income_noise * normal(luck, firm->identity, 0);
        double earned = firm->income + own;
        if (firm->alliance_function)
            earned -= f->function_fee + f->function_fee_per_alliance * firm->degree;
        double capital = firm->capital + earned, paid = f->payout * larger(0.0, capital);
        capital -= paid;
        run->tally.income += earned;
        run->tally.payout += paid;
        for (; firm->talks > 0; firm->talks--) {
            capital -= cost;
            earned -= cost;
            run->tally.income -= cost;
        }
        firm->income = earned;
        firm->capital = capital;
        run->tally.capital += capital;
        run->tally.munificence += firm->munificence;
        if (capital < f->least_capital) {
            firm->failing = 1;
            run->failing[run->fails++] = seat;
            write_event(run, FAILED, firm->identity, -1, 0, capital, -1);
        }
    }
    run->tally.failed = run->fails;
}

#endif
