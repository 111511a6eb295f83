/* The first two of three passes over alliances: entering the table and sharing; exchange, trust and fit.
   `endings.h` has the third. Firms are settled between them. */

#ifndef ALLIANCES_H
#define ALLIANCES_H

#include "run.h"

/* A shock cuts fit; each partner decides how much to share, and how much attention it asks for. */
static inline void decide(struct Run *run, struct Alliance *a, bool shaken)
{
    const struct Parameters *p = run->p;
    struct Firm *firm[2] = {run->firms + a->first, run->firms + a->second};
    if (shaken) {
        double magnitude = larger(firm[0]->felt, firm[1]->felt);
        if (magnitude > 0.0) {
            double flexibility = 0.5 * (firm[0]->flexibility + firm[1]->flexibility), trust = mean(pair_of(a->trust));
            double parried = flexibility * (1.0 - p->fit.blindness * trust * trust);
            double after = a->fit * (1.0 - magnitude * (1.0 - parried));
            a->lost_fit += a->fit - after;
            a->fit = after;
            a->shaken = run->quarter;
        }
    }
    const struct Strategy *s = p->strategies + firm[0]->strategy, *t = p->strategies + firm[1]->strategy;
    double fading = run->fading[run->quarter - a->born];
    Pair trust = pair_of(a->trust), observed = pair_of(a->observed);
    Pair wanted = both(s->base, t->base) + both(s->by_trust, t->by_trust) * trust
                + both(s->by_observed, t->by_observed) * observed + both(s->early, t->early) * fading;
    wanted = shares(wanted * (both(s->floor, t->floor) + both(s->slope, t->slope) * trust));
    Pair willing = shares(wanted * (1.0 - p->sharing.rival_caution * a->is_rival));
    Pair given = willing * (1.0 - p->sharing.burden * both(firm[0]->distress, firm[1]->distress));
    *(Pair *)a->sharing = given;
    firm[0]->asked += p->knowledge.absorption * given[1] * firm[0]->absorptive_capacity;
    firm[1]->asked += p->knowledge.absorption * given[0] * firm[1]->absorptive_capacity;
}

static inline bool comes_before(const struct Alliance *a, const struct Alliance *b)
{
    return a->first < b->first || (a->first == b->first && a->second < b->second);
}

/* The table of this quarter: the living and the new, in order, each with what is shared. */
static void enter_alliances(struct Run *run)
{
    struct Alliance *from = run->table, *end = from + run->world->rows, *to = run->other;
    struct Alliance *fresh = run->fresh, *last = fresh + run->formed;
    uint32_t at = 0;
    for (;;) {
        while (from < end && from->cause != LIVING)
            from++;
        if (from == end && fresh == last)
            break;
        bool old = fresh == last || (from < end && comes_before(from, fresh));
        *to = old ? *from++ : *fresh++;
        if (from + AHEAD < end) {
            fetch_lines(run->firms + from[AHEAD].first, 3);
            fetch_lines(run->firms + from[AHEAD].second, 3);
        }
        decide(run, to, old && run->struck);
        for (; at <= to->first; at++)
            run->begin[at] = to - run->other;
        to++;
    }
    for (; at <= (uint32_t)run->count; at++)
        run->begin[at] = to - run->other;
    run->world->rows = to - run->other;
    run->other = run->table;
    run->table = to - run->world->rows;
}

enum { BLOCK = 16 };

/* A few alliances on their way through a pass: several short loops let a processor work at many of them at once. */
struct Block {
    struct Firm *i[BLOCK], *j[BLOCK];
    Pair pace[BLOCK], weight[BLOCK], learned[BLOCK], luck[BLOCK];
    double dot[BLOCK], valued[BLOCK];
    bool completing[BLOCK], racing[BLOCK];
};

/* How fast each takes in what it is offered, and how much its profile follows the partner's. */
static inline void set_pace(const struct Run *run, struct Block *b, const struct Alliance *table, int count)
{
    const struct KnowledgeNumbers *n = &run->p->knowledge;
    for (int k = 0; k < count; k++) {
        const struct Alliance *a = table + k;
        struct Firm *i = b->i[k] = run->firms + a->first, *j = b->j[k] = run->firms + a->second;
        Pair given = pair_of(a->sharing), distrust = 1.0 - pair_of(a->trust);
        Pair crowding = larger_of(both(1.0, 1.0), both(i->asked, j->asked) / n->attention);
        Pair pace = n->absorption * swapped(given) * both(i->absorptive_capacity, j->absorptive_capacity);
        b->pace[k] = pace * ((1.0 - n->tacitness * distrust) / crowding);
        Pair weight = n->erosion * both(1 - i->alliance_function, 1 - j->alliance_function) * given * distrust;
        b->weight[k] = weight;
        i->mutual += given[0] * given[1];
        j->mutual += given[0] * given[1];
        i->drifting += weight[0];
        j->drifting += weight[1];
    }
}

/* Knowledge flows, and profiles pull on each other. */
static inline void transfer(const struct Run *run, struct Block *b, int count)
{
    const Domains *demand = (const Domains *)run->world->demand;
    for (int k = 0; k < count; k++) {
        struct Firm *i = b->i[k], *j = b->j[k];
        Domains known_i = *lane(i->knowledge), known_j = *lane(j->knowledge), lead = known_j - known_i, none = {0};
        Domains to_i = b->pace[k][0] * most(lead, none), to_j = b->pace[k][1] * most(-lead, none);
        Domains pull = *lane(j->profile) - *lane(i->profile), market = 0.5 * (demand[i->sector] + demand[j->sector]);
        *lane(i->gain) += to_i;
        *lane(j->gain) += to_j;
        *lane(i->drift) += b->weight[k][0] * pull;
        *lane(j->drift) -= b->weight[k][1] * pull;
        b->learned[k] = both(sum(to_i), sum(to_j));
        b->dot[k] = sum(known_i * known_j);
        b->valued[k] = sum(market * most(known_i, known_j));
    }
}

/* Value is created together, and some of what is shared leaks; payoffs are before coordination. */
static inline void create_value(const struct Run *run, const struct Block *b, struct Alliance *table, int count)
{
    const struct Parameters *p = run->p;
    const struct ValueNumbers *v = &p->value;
    for (int k = 0; k < count; k++) {
        struct Alliance *a = table + k;
        const struct Firm *i = b->i[k], *j = b->j[k];
        Pair given = pair_of(a->sharing), trust = pair_of(a->trust), learned = b->learned[k];
        double potential = learning_potential(b->dot[k], i->knowledge_length, j->knowledge_length);
        double munificence = 0.5 * (i->munificence + j->munificence);
        a->potential = potential_value(v, p->knowledge.tacitness, a->fit, potential, b->valued[k], munificence,
                                       mean(trust));
        double half = 0.5 * (a->potential * sqrt(given[0] * given[1]));
        Pair leaked = leakage_rate(v, a) * given * (1.0 - trust);
        Pair cost = v->sharing_cost * given * (1.0 - v->sharing_cost_saved * trust);
        *(Pair *)a->learned += learned;
        *(Pair *)a->cost = cost + leaked;
        *(Pair *)a->payoff = half + v->learning_worth * learned - cost - leaked + v->leakage_gain * swapped(leaked);
    }
}

/* What noise the two watch each other through. */
static inline void look(struct Block *b, int count, uint64_t of)
{
    for (int k = 0; k < count; k++) {
        int32_t here = b->i[k]->identity, there = b->j[k]->identity;
        b->luck[k] = both(normal(of, here, there), normal(of, there, here));
    }
}

/* The two watch each other through noise, and trust moves. */
static inline void watch(const struct Run *run, struct Alliance *a, const struct Firm *i, const struct Firm *j,
                         Pair z)
{
    const struct TrustNumbers *t = &run->p->trust;
    const struct SharingNumbers *s = &run->p->sharing;
    Pair functions = both(i->alliance_function, j->alliance_function), trust = pair_of(a->trust);
    double openness = 0.5 * (i->openness + j->openness);
    double weight[2] = {1.0, t->feeling_out_weight};
    double loss = t->loss * weight[run->quarter - a->born < t->feeling_out_quarters];
    Pair sigma = s->observation_noise * (1.0 - s->noise_less_fit * a->fit)
               * (1.0 - s->noise_less_function * functions) * (1.0 - openness);
    Pair look = swapped(pair_of(a->sharing)) + sigma * z;
    Pair expected = t->expectation_base + t->expectation_trust * trust;
    Pair surprise = look - expected * (1.0 - s->burden * (a->fit * both(j->distress, i->distress)));
    surprise += t->goodwill * (functions[0] + functions[1]);
    *(Pair *)a->trust = trust_next(trust, pair_of(a->ceiling), surprise, t->gain, loss);
    *(Pair *)a->observed = shares((1.0 - s->observed_weight) * pair_of(a->observed) + s->observed_weight * look);
}

/* Whoever is an opportunist may deal behind the other's back; those found out are told of once firms are settled. */
static void deal(struct Run *run, struct Alliance *a, const struct Firm *me, const struct Firm *victim,
                 int side, const uint64_t *of)
{
    const struct OpportunismNumbers *o = &run->p->opportunism;
    const struct TrustNumbers *t = &run->p->trust;
    int32_t here = me->identity, there = victim->identity;
    int other = 1 - side;
    double chance = smaller(1.0, o->side_deal_rate * (1.0 + (o->rival_factor - 1.0) * a->is_rival));
    if (uniform(of[1], here, there) >= chance)
        return;
    a->payoff[side] += o->gain;
    a->payoff[other] -= o->harm;
    if (uniform(of[2], here, there) >= o->detection)
        return;
    double age = run->quarter - a->born;
    a->ceiling[other] *= exp(log(1.0 - t->breach_ceiling) * (1.0 + t->breach_early * exp(-age / t->breach_age)));
    a->trust[other] = smaller(t->breach_keeps * a->trust[other], a->ceiling[other]);
    a->found_out[other] = run->quarter;
    run->breaches[run->found++] = (struct Breach){a - run->table, side};
}

/* Fit grows, and goals pull on each other. */
static inline void grow_together(const struct FitNumbers *f, struct Alliance *a, struct Firm *i, struct Firm *j)
{
    double trust = mean(pair_of(a->trust)), managed = i->alliance_function | j->alliance_function;
    double speed = f->rate * (0.3 + 0.7 * trust) * (1.0 + f->function_boost * managed);
    a->fit = smaller(1.0, a->fit + speed * (1.0 - a->fit));
    double pull = f->goal_pull * trust * (1.0 + managed) * 0.5 * (j->goal - i->goal);
    i->move += pull;
    j->move -= pull;
}

static void live_together(struct Run *run)
{
    uint64_t of[3] = {
        stream(run->key, run->quarter, OBSERVATION), stream(run->key, run->quarter, SIDE_DEAL),
        stream(run->key, run->quarter, DETECTION),
    };
    const struct Parameters *p = run->p;
    run->found = 0;
    struct Alliance *end = run->table + run->world->rows;
    struct Block block;
    for (struct Alliance *a = run->table; a < end; a += BLOCK) {
        int count = end - a < BLOCK ? end - a : BLOCK;
        for (int k = BLOCK; k < 2 * BLOCK && a + k < end; k++) {
            fetch_lines(run->firms + a[k].first, 63);
            fetch_lines(run->firms + a[k].second, 63);
            fetch_lines(a + k + BLOCK, 7);
        }
        set_pace(run, &block, a, count);
        transfer(run, &block, count);
        create_value(run, &block, a, count);
        look(&block, count, of[0]);
        for (int k = 0; k < count; k++)
            watch(run, a + k, block.i[k], block.j[k], block.luck[k]);
        for (int k = 0; k < count; k++) {
            struct Firm *i = block.i[k], *j = block.j[k];
            if (p->strategies[i->strategy].side_deals)
                deal(run, a + k, i, j, 0, of);
            if (p->strategies[j->strategy].side_deals)
                deal(run, a + k, j, i, 1, of);
            grow_together(&p->fit, a + k, i, j);
        }
    }
}

static void tell_breaches(struct Run *run)
{
    for (int64_t k = 0; k < run->found; k++) {
        const struct Alliance *a = run->table + run->breaches[k].row;
        int side = run->breaches[k].side;
        struct Firm *me = run->firms + (side ? a->second : a->first);
        const struct Firm *victim = run->firms + (side ? a->first : a->second);
        me->reputation *= run->p->trust.breach_reputation;
        write_event(run, BREACH, me->identity, victim->identity, 0, run->quarter - a->born, a->about);
    }
    run->tally.breaches = run->found;
}

#endif
