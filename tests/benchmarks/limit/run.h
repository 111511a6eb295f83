/* What passes share: the state, scratch memory that is allocated once, and the numbers of the quarter so far. */

#ifndef RUN_H
#define RUN_H

#include <stdlib.h>
#include <string.h>
#include "draws.h"
#include "rules.h"

enum Kind { FORMED, ENDED, HIT, BREACH, FAILED, ENTERED, CAPABILITY, RENEGOTIATED };
enum Cause {
    DECEIT, DISTRUST, MISFIT, UNDERPERFORMANCE, LEARNED_OUT, BETTER_OPTION, COMPLETED, PARTNER_FAILED, NEVER_STARTED
};

typedef double Domains __attribute__((vector_size(64), aligned(64)));

enum { OWN_ROOM = 8, MOST_FOUND = 136, AHEAD = 8 };

struct Breach {
    int64_t row;
    int side;
};

/* What is counted and summed for the record of a quarter. */
struct Tally {
    double trust, sharing, reciprocity, fit, capital, knowledge, munificence, drift, capacity;
    double income, payout, entry, failure, gained;
    int64_t living, formed, ended, no_deal, dilemma, hit, failed, breaches, talks, agreed;
};

struct Run {
    struct World *world;
    const struct Parameters *p;
    struct Firm *firms;
    struct Alliance *table, *other; /* rows in use, and where the next quarter's will stand */
    struct Event *log;
    uint32_t *begin; /* first row of each firm's alliances with higher seats */
    uint32_t *rooms; /* partners' seats, OWN_ROOM for each firm before it needs more */
    uint32_t *searchers;
    uint64_t *pairs, *sorted;
    uint64_t *ended; /* rows */
    struct Alliance *fresh; /* new alliances, in order */
    struct Breach *breaches;
    uint32_t *failing;
    double *fading; /* by age */
    int64_t formed, ends, found, fails, searching;
    uint64_t key;
    int32_t quarter, count;
    bool struck, overflow;
    bool struck_sector[MOST_SECTORS];
    Domains kept[MOST_SECTORS]; /* part of knowledge that a shock leaves */
    struct Tally tally;
};

static inline Domains *lane(double *values) { return (Domains *)values; }

/* By halves: sums in a row would wait for each other. */
static inline double sum(Domains x)
{
    typedef double Four __attribute__((vector_size(32)));
    typedef double Two __attribute__((vector_size(16)));
    Four four = __builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7);
    Two two = __builtin_shufflevector(four, four, 0, 1) + __builtin_shufflevector(four, four, 2, 3);
    return two[0] + two[1];
}

static inline Domains most(Domains a, Domains b)
{
    Domains m;
    for (int d = 0; d < DOMAINS; d++)
        m[d] = a[d] > b[d] ? a[d] : b[d];
    return m;
}

static inline int64_t write_event(struct Run *run, enum Kind kind, int32_t first, int32_t second, int detail,
                                  double value, int32_t about)
{
    struct World *world = run->world;
    if (world->logged == world->most_logged) {
        run->overflow = true;
        return 0;
    }
    run->log[world->logged] = (struct Event){run->quarter, kind, first, second, detail, about, value};
    return world->logged++;
}

/* Memory is asked early for some lines of a record: a hint, harmless beyond the end. lines : a bit each */
static inline void fetch_lines(const void *record, int lines)
{
    for (int line = 0; line < 9; line++)
        if (lines >> line & 1)
            __builtin_prefetch((const char *)record + 64 * line, 1);
}

static inline uint32_t *partners_of(const struct Firm *firm) { return (uint32_t *)firm->partners; }

static void add_partner(struct Firm *firm, uint32_t seat)
{
    if ((uint32_t)firm->degree == firm->room) {
        uint32_t *more = malloc(2 * firm->room * sizeof *more);
        memcpy(more, partners_of(firm), firm->room * sizeof *more);
        if (firm->room > OWN_ROOM)
            free(partners_of(firm));
        firm->partners = (uint64_t)more;
        firm->room *= 2;
    }
    uint32_t *partner = partners_of(firm);
    int place = firm->degree++;
    for (; place > 0 && partner[place - 1] > seat; place--)
        partner[place] = partner[place - 1];
    partner[place] = seat;
}

static void drop_partner(struct Firm *firm, uint32_t seat)
{
    uint32_t *partner = partners_of(firm);
    int place = 0;
    while (partner[place] != seat)
        place++;
    firm->degree--;
    for (; place < firm->degree; place++)
        partner[place] = partner[place + 1];
}

/* Sort keys in ascending order; `spare` is as long. Few by insertion, many by radix. Returns where they are then. */
static uint64_t *sort(uint64_t *keys, uint64_t *spare, int64_t count)
{
    if (count < 64) {
        for (int64_t k = 1; k < count; k++) {
            uint64_t key = keys[k];
            int64_t place = k;
            for (; place > 0 && keys[place - 1] > key; place--)
                keys[place] = keys[place - 1];
            keys[place] = key;
        }
        return keys;
    }
    uint64_t highest = 0;
    for (int64_t k = 0; k < count; k++)
        highest |= keys[k];
    for (int shift = 0; highest >> shift; shift += 11) {
        uint32_t at[2049] = {0};
        for (int64_t k = 0; k < count; k++)
            at[(keys[k] >> shift & 2047) + 1]++;
        for (int k = 0; k < 2048; k++)
            at[k + 1] += at[k];
        for (int64_t k = 0; k < count; k++)
            spare[at[keys[k] >> shift & 2047]++] = keys[k];
        uint64_t *swap = keys;
        keys = spare;
        spare = swap;
    }
    return keys;
}

#endif
