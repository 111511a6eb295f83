/* Search, proposals, and the new alliances. */

#ifndef FORMATION_H
#define FORMATION_H

#include "run.h"

enum { MOST_COMMON = 3, MOST_PRIOR = 3 };

static inline int ties_before(const struct Firm *firm, int32_t identity)
{
    for (int place = 0; place < REMEMBERED && firm->past_partner[place] >= 0; place++)
        if (firm->past_partner[place] == identity)
            return firm->past_ties[place] < MOST_PRIOR ? firm->past_ties[place] : MOST_PRIOR;
    return 0;
}

/* Partners that two firms share, at most MOST_COMMON: both lists stand in order. */
static inline int common_partners(const struct Firm *a, const struct Firm *b)
{
    const uint32_t *x = partners_of(a), *y = partners_of(b), *end_x = x + a->degree, *end_y = y + b->degree;
    int found = 0;
    while (x < end_x && y < end_y && found < MOST_COMMON) {
        found += *x == *y;
        uint32_t here = *x, there = *y;
        x += here <= there;
        y += there <= here;
    }
    return found;
}

static double mutual_score(const struct Run *run, uint64_t of, const struct Firm *me, const struct Firm *other,
                           double to_beat)
{
    const struct FormationNumbers *f = &run->p->formation;
    double gap = fabs(me->goal - other->goal), prior = f->prior_weight * ties_before(me, other->identity);
    double lost = me->sector == other->sector ? f->rival_weight : 0.0;
    double impression = f->noise * normal(of, me->identity, other->identity);
    double best = (0.5 + 0.5 * other->reputation) * (1.0 - gap) + prior + f->common_weight * MOST_COMMON
        - lost + impression;
    if (best <= to_beat)
        return -1e9;
    double common = f->common_weight * common_partners(me, other);
    double dot = sum(*lane((double *)me->knowledge) * *lane((double *)other->knowledge));
    double potential = learning_potential(dot, me->knowledge_length, other->knowledge_length);
    double own = potential * (0.5 + 0.5 * other->reputation) * (1.0 - gap) + prior + common - lost + impression;
    if (own <= to_beat)
        return -1e9;
    double seen = f->noise * normal(of, other->identity, me->identity);
    double theirs = potential * (0.5 + 0.5 * me->reputation) * (1.0 - gap) + prior + common - lost + seen;
    return theirs > f->threshold ? own : -1e9;
}

enum { GROUP = 16, MOST_MET = 64 };

/* One firm's search. */
struct Search {
    struct Firm *me;
    const struct Firm *friend[MOST_MET];
    uint32_t candidates[MOST_FOUND];
    int found;
};

static inline void consider(const struct Run *run, struct Search *s, uint32_t seat)
{
    const uint32_t *partner = partners_of(s->me);
    const struct Firm *other = run->firms + seat;
    bool known = other == s->me;
    for (int k = 0; k < s->me->degree; k++)
        known |= partner[k] == seat;
    for (int k = 0; k < s->found; k++)
        known |= s->candidates[k] == seat;
    s->candidates[s->found] = seat;
    s->found += !known;
}

/* Past partners, partners of partners, and firms met by chance; not itself, no partner, none twice. */
static void gather_candidates(const struct Run *run, struct Search *s, int introductions, int meetings,
                              uint64_t introduced, uint64_t met)
{
    const struct Firm *me = s->me;
    s->found = 0;
    for (int place = 0; place < REMEMBERED && me->past_partner[place] >= 0; place++) {
        uint32_t seat = me->past_partner[place] % run->count;
        if (run->firms[seat].identity == me->past_partner[place])
            consider(run, s, seat);
    }
    for (int k = 0; k < introductions && me->degree > 0; k++) {
        int pick = uniform(introduced, me->identity, 2 * k + 1) * s->friend[k]->degree;
        consider(run, s, partners_of(s->friend[k])[pick]);
    }
    for (int k = 0; k < meetings; k++)
        consider(run, s, uniform(met, me->identity, k) * run->count);
    for (int k = 0; k < s->found; k++)
        fetch_lines(run->firms + s->candidates[k], 1 << 0 | 1 << 1 | 1 << 2 | 1 << 7 | 1 << 8);
}

/* Have memory bring, in steps for all of a group, what their searches look at: each step needs what the last
   one asked for. */
static void fetch_searches(const struct Run *run, struct Search *group, int size, int introductions,
                           int meetings, uint64_t introduced,
                           uint64_t met)
{
    for (int g = 0; g < size; g++)
        __builtin_prefetch(partners_of(group[g].me));
    for (int g = 0; g < size; g++) {
        const struct Firm *me = group[g].me;
        for (int place = 0; place < REMEMBERED && me->past_partner[place] >= 0; place++)
            __builtin_prefetch(&run->firms[me->past_partner[place] % run->count].identity);
        for (int k = 0; k < introductions && me->degree > 0; k++) {
            group[g].friend[k] = run->firms + partners_of(me)[(int)(uniform(introduced, me->identity, 2 * k)
                * me->degree)];
            fetch_lines(group[g].friend[k], 1 << 1 | 1 << 8);
        }
        for (int k = 0; k < meetings; k++)
            __builtin_prefetch(&run->firms[(int64_t)(uniform(met, me->identity, k) * run->count)].identity);
    }
    for (int g = 0; g < size; g++)
        for (int k = 0; k < introductions && group[g].me->degree > 0; k++)
            __builtin_prefetch(partners_of(group[g].friend[k]));
}

/* Each searching firm proposes to its best candidate. */
static int64_t propose(struct Run *run)
{
    const struct FormationNumbers *f = &run->p->formation;
    uint64_t scores = stream(run->key, run->quarter, SCORE);
    uint64_t introduced = stream(run->key, run->quarter, INTRODUCTION), met = stream(run->key, run->quarter, MEETING);
    int introductions = f->embedded_candidates, meetings = f->random_candidates;
    int64_t proposed = 0;
    struct Search group[GROUP];
    for (int64_t first = 0; first < run->searching; first += GROUP) {
        int size = run->searching - first < GROUP ? run->searching - first : GROUP;
        for (int g = 0; g < size; g++) {
            group[g].me = run->firms + run->searchers[first + g];
            if (first + g + GROUP < run->searching)
                fetch_lines(run->firms + run->searchers[first + g + GROUP], 1 << 1 | 1 << 8);
        }
        fetch_searches(run, group, size, introductions, meetings, introduced, met);
        for (int g = 0; g < size; g++)
            gather_candidates(run, group + g, introductions, meetings, introduced, met);
        for (int g = 0; g < size; g++)
            for (int c = 0; c < group[g].found; c++)
                __builtin_prefetch(partners_of(run->firms + group[g].candidates[c]));
        for (int g = 0; g < size; g++) {
            struct Search *s = group + g;
            uint32_t seat = s->me - run->firms, best = seat;
            double best_score = f->threshold;
            for (int c = 0; c < s->found; c++) {
                double score = mutual_score(run, scores, s->me, run->firms + s->candidates[c], best_score);
                if (score > best_score)
                    best = s->candidates[c], best_score = score;
            }
            s->me->outside_option += f->option_memory * (best_score - f->threshold - s->me->outside_option);
            if (best != seat)
                run->pairs[proposed++] = best < seat ? (uint64_t)best * run->count + seat : (uint64_t)seat
                    * run->count + best;
        }
    }
    return proposed;
}

static void write_alliance(struct Run *run, struct Alliance *a, uint32_t i, uint32_t j)
{
    const struct Parameters *p = run->p;
    const struct FormationNumbers *f = &p->formation;
    const struct TrustNumbers *t = &p->trust;
    const struct Firm *firm[2] = {run->firms + i, run->firms + j};
    int32_t here = firm[0]->identity, there = firm[1]->identity;
    int one = ties_before(firm[0], there), two = ties_before(firm[1], here), prior = one > two ? one : two;
    int common = common_partners(firm[0], firm[1]), rival = firm[0]->sector == firm[1]->sector;
    double chance = share(f->equity_share + f->equity_rival * rival - f->equity_prior * smaller(prior, 1.0));
    int equity = uniform(stream(run->key, run->quarter, GOVERNANCE), here, there) < chance;
    *a = (struct Alliance){
        .first = i, .second = j, .born = run->quarter, .shaken = NEVER, .found_out = {NEVER, NEVER}, .cause = LIVING,
        .is_rival = rival, .equity = equity, .prior_ties = prior, .fit = p->fit.initial, .ceiling = {1.0, 1.0},
    };
    uint64_t of = stream(run->key, run->quarter, INITIAL_TRUST);
    for (int side = 0; side < 2; side++) {
        double z = side ? normal(of, there, here) : normal(of, here, there);
        double trust = initial_trust(t, firm[1 - side]->reputation, p->firms.initial_reputation, prior, common, z);
        a->trust[side] = trust;
        a->observed[side] = smaller(1.0, t->expectation_base + t->expectation_trust * trust);
        a->performance[side] = p->exit.honeymoon * trust;
    }
    a->about = run->world->logged;
    write_event(run, FORMED, here, there, rival + 2 * equity + 4 * prior, 0.5 * (a->trust[0] + a->trust[1]),
        a->about);
}

/* Search, propose, merge duplicates, and make the new alliances ready for the table, in order. */
static void formation(struct Run *run)
{
    int64_t proposed = propose(run), formed = 0;
    uint64_t *pairs = sort(run->pairs, run->sorted, proposed);
    for (int64_t k = 0; k < proposed; k++)
        if (k == 0 || pairs[k] != pairs[k - 1])
            pairs[formed++] = pairs[k];
    for (int64_t k = 0; k < formed; k++) {
        if (k + AHEAD < formed)
            fetch_lines(run->firms + pairs[k + AHEAD] % run->count, 1 << 1 | 1 << 7 | 1 << 8);
        write_alliance(run, run->fresh + k, pairs[k] / run->count, pairs[k] % run->count);
    }
    for (int64_t k = 0; k < formed; k++) {
        const struct Alliance *a = run->fresh + k;
        add_partner(run->firms + a->first, a->second);
        add_partner(run->firms + a->second, a->first);
    }
    run->formed = run->tally.formed = formed;
}

#endif
