/* The third pass over alliances: payoffs are complete, some partners talk, and some part. */

#ifndef ENDINGS_H
#define ENDINGS_H

#include "alliances.h"

/* Partners whom a shock has cost fit talk about it. Returns the factor on the odds of an exit. */
static double talk(struct Run *run, struct Alliance *a, struct Firm *i, struct Firm *j)
{
    const struct RenegotiationNumbers *n = &run->p->renegotiation;
    uint64_t luck = stream(run->key, run->quarter, RENEGOTIATION);
    double lost = a->lost_fit, before = a->fit;
    a->lost_fit = 0.0;
    if (uniform(luck, j->identity, i->identity) >= n->attempt)
        return 1.0;
    double trust = 0.5 * (a->trust[0] + a->trust[1]), flexibility = 0.5 * (i->flexibility + j->flexibility);
    int managed = i->alliance_function | j->alliance_function;
    double chance = smaller(1.0, sqrt(trust * flexibility) * (n->base + n->by_function * managed));
    chance += n->by_openness * (0.5 * (i->openness + j->openness)) * (1.0 - chance);
    bool agreed = uniform(luck, i->identity, j->identity) < chance;
    if (agreed) {
        a->fit = smaller(1.0, before + n->restores * lost);
        a->accord = n->accord * (i->goal - j->goal);
    }
    i->talks++;
    j->talks++;
    run->tally.talks++;
    run->tally.agreed += agreed;
    write_event(run, RENEGOTIATED, i->identity, j->identity, agreed, a->fit - before, a->about);
    return agreed ? 1.0 : n->strain;
}

static bool races_away(const struct Run *run, const struct Firm *me, const struct Firm *other, uint64_t racing)
{
    const struct Parameters *p = run->p;
    if (uniform(racing, me->identity, other->identity) >= p->exit.racer_chance)
        return false;
    Domains own = *lane((double *)me->knowledge), theirs = *lane((double *)other->knowledge), none = {0};
    double potential = learning_potential(sum(own * theirs), sqrt(sum(own * own)), sqrt(sum(theirs * theirs)));
    double least = p->exit.racer_surplus * 4.0 * p->knowledge.research / p->knowledge.decay;
    return potential < p->exit.racer_potential || sum(most(theirs - own, none)) < least;
}

static int largest_grievance(const struct Run *run, const struct Alliance *a, int side, const struct Firm *me,
                             const struct Firm *other)
{
    const struct Parameters *p = run->p;
    const struct ExitNumbers *e = &p->exit;
    double difference = me->goal - other->goal, gap = goal_gap(side ? -difference : difference, a->accord);
    double portfolio = 0.5 * (me->degree + other->degree), mature = 0.75;
    double grievance[5] = {
        larger(0.0, -a->performance[side]),
        e->trust_weight * p->strategies[me->strategy].loyalty * (p->trust.initial - a->trust[side]),
        coordination_cost(&p->value, a->fit, gap, me->alliance_function, portfolio)
            - coordination_cost(&p->value, mature, 1.0 - mature, me->alliance_function, portfolio),
        e->outside_weight * me->outside_option,
        e->learned_weight * larger(0.0, learning_lead(a->learned[side], a->learned[1 - side])),
    };
    static const int cause[5] = {UNDERPERFORMANCE, DISTRUST, MISFIT, BETTER_OPTION, LEARNED_OUT};
    int worst = 0;
    for (int k = 1; k < 5; k++)
        if (grievance[k] > grievance[worst])
            worst = k;
    return cause[worst];
}

/* Utility of staying for both. */
static inline Pair utilities(const struct Run *run, const struct Alliance *a, const struct Firm *i,
                             const struct Firm *j)
{
    const struct ExitNumbers *e = &run->p->exit;
    const struct Strategy *strategies = run->p->strategies;
    double lead = learning_lead(a->learned[0], a->learned[1]), shock = i->felt - j->felt;
    Pair none = {0}, loyalty = both(strategies[i->strategy].loyalty, strategies[j->strategy].loyalty);
    return pair_of(a->performance) + e->trust_weight * loyalty * pair_of(a->trust)
         + e->prior_weight * smaller(3.0, a->prior_ties) + e->equity_weight * a->equity
         - e->outside_weight * both(i->outside_option, j->outside_option)
         - e->shock_weight * larger_of(none, both(shock, -shock))
         - e->learned_weight * larger_of(none, both(lead, -lead));
}

/* Whether an alliance might end this quarter; most do not, and need no closer look. Since exp(x) >= 1 + x, no
   exponential. */
static inline bool may_end(const struct ExitNumbers *e, Pair stay, Pair draw, double strain, bool completing,
                           bool racing)
{
    Pair x = e->selectivity * (stay - e->reference_utility);
    double odds = e->base_hazard * strain;
    Mask stays = (x > both(-1.0, -1.0)) & (draw * (odds + (1.0 - e->base_hazard) * (1.0 + x)) >= both(odds, odds));
    return !(stays[0] & stays[1]) | completing | racing;
}

/* The cause if the alliance ends this quarter, else LIVING. */
static int ending(const struct Run *run, const struct Alliance *a, Pair stay, Pair draw, double strain,
                  bool completing, uint64_t racing)
{
    const struct Parameters *p = run->p;
    const struct ExitNumbers *e = &p->exit;
    const struct Firm *firm[2] = {run->firms + a->first, run->firms + a->second};
    if (completing)
        return COMPLETED;
    bool leaving[2] = {leaves(e, draw[0], stay[0], strain), leaves(e, draw[1], stay[1], strain)};
    if (leaving[0] || leaving[1]) {
        int side = leaving[1] && (!leaving[0] || stay[1] < stay[0]);
        if (run->quarter - a->found_out[side] < e->breach_memory)
            return DECEIT;
        bool feeling_out = run->quarter - a->born < p->trust.feeling_out_quarters;
        return feeling_out ? NEVER_STARTED : largest_grievance(run, a, side, firm[side], firm[1 - side]);
    }
    for (int side = 0; side < 2; side++)
        if (p->strategies[firm[side]->strategy].race && races_away(run, firm[side], firm[1 - side], racing))
            return LEARNED_OUT;
    return LIVING;
}

/* Add an alliance to what is measured of the quarter, or with sign -1 take it out again. */
static inline void measure(const struct Run *run, const struct Alliance *a, struct Tally *tally, int sign)
{
    const struct ValueNumbers *v = &run->p->value;
    double trust = 0.5 * (a->trust[0] + a->trust[1]), total = a->sharing[0] + a->sharing[1],
        rate = leakage_rate(v, a);
    tally->trust += sign * trust;
    tally->sharing += sign * 0.5 * total;
    tally->reciprocity += sign * (total > 0.0 ? 1.0 - fabs(a->sharing[0] - a->sharing[1]) / total : 1.0);
    tally->fit += sign * a->fit;
    double cost = v->sharing_cost * (1.0 - v->sharing_cost_saved * trust) + rate * (1.0 - trust);
    bool no_deal = a->potential < 2.0 * (cost - v->leakage_gain * rate * (1.0 - trust));
    tally->no_deal += sign * no_deal;
    tally->dilemma += sign * (!no_deal && a->potential <= 4.0 * cost);
    tally->living += sign;
}

/* Coordination is paid for, and performance follows payoffs. */
static inline void pay(const struct Run *run, struct Block *b, struct Alliance *table, int count)
{
    const struct ValueNumbers *v = &run->p->value;
    double memory = run->p->exit.memory;
    for (int k = 0; k < count; k++) {
        struct Alliance *a = table + k;
        struct Firm *i = b->i[k] = run->firms + a->first, *j = b->j[k] = run->firms + a->second;
        double gap = goal_gap(i->goal - j->goal, a->accord), portfolio = 0.5 * (i->degree + j->degree);
        Pair managed = 1.0 - v->coordination_saved * both(i->alliance_function, j->alliance_function);
        double misfit = 2.0 - a->fit - (1.0 - gap), crowded = 1.0 + v->coordination_portfolio * portfolio;
        Pair cost = v->coordination * misfit * managed * crowded + v->equity_cost * a->equity;
        Pair payoff = pair_of(a->payoff) - cost;
        *(Pair *)a->payoff = payoff;
        *(Pair *)a->cost += cost;
        *(Pair *)a->performance = (1.0 - memory) * pair_of(a->performance) + memory * payoff;
        i->income += payoff[0];
        j->income += payoff[1];
    }
}

/* What the luck of the quarter says to each side: pair of draws for leaving, whether the two complete, and
   whether one may race away. */
static inline void draw_exits(const struct Run *run, struct Block *b, const struct Alliance *table, int count,
                              const uint64_t *of)
{
    const struct Parameters *p = run->p;
    int32_t latest = run->quarter - (int32_t)p->trust.feeling_out_quarters;
    for (int k = 0; k < count; k++) {
        int32_t here = b->i[k]->identity, there = b->j[k]->identity;
        b->luck[k] = both(uniform(of[1], here, there), uniform(of[1], there, here));
        b->completing[k] = (uniform(of[0], here, there) < p->exit.completion) & (table[k].born <= latest);
        bool races[2] = {p->strategies[b->i[k]->strategy].race, p->strategies[b->j[k]->strategy].race};
        b->racing[k] = (races[0] && uniform(of[2], here, there) < p->exit.racer_chance)
                     | (races[1] && uniform(of[2], there, here) < p->exit.racer_chance);
        if (b->racing[k]) { /* whether it has won needs what both know */
            fetch_lines(b->i[k], 1 << 2);
            fetch_lines(b->j[k], 1 << 2);
        }
    }
}

/* Payoffs are complete; some talk, and some part. */
static void stay_or_leave(struct Run *run)
{
    const struct Parameters *p = run->p;
    uint64_t of[3] = {
        stream(run->key, run->quarter, COMPLETION), stream(run->key, run->quarter, EXIT), stream(run->key,
            run->quarter, RACER),
    };
    struct Alliance *end = run->table + run->world->rows;
    struct Block block;
    run->ends = 0;
    for (struct Alliance *table = run->table; table < end; table += BLOCK) {
        int count = end - table < BLOCK ? end - table : BLOCK;
        for (int k = BLOCK; k < 2 * BLOCK && table + k < end; k++) {
            fetch_lines(table + k + BLOCK, 7);
            __builtin_prefetch(&run->firms[table[k].first].identity, 1);
            __builtin_prefetch(&run->firms[table[k].second].identity, 1);
        }
        pay(run, &block, table, count);
        draw_exits(run, &block, table, count, of);
        for (int k = 0; k < count; k++) {
            struct Alliance *a = table + k;
            struct Firm *i = block.i[k], *j = block.j[k];
            double strain = 1.0;
            if (__builtin_expect(a->lost_fit > 0.0 && a->shaken != run->quarter, 0))
                strain = talk(run, a, i, j);
            Pair stay = utilities(run, a, i, j);
            a->cause = LIVING;
            if (may_end(&p->exit, stay, block.luck[k], strain, block.completing[k], block.racing[k]))
                a->cause = ending(run, a, stay, block.luck[k], strain, block.completing[k], of[2]);
            if (a->cause == LIVING)
                measure(run, a, &run->tally, 1);
            else
                run->ended[run->ends++] = a - run->table;
        }
    }
}

#endif
