/* The engine once more, as a C programmer would write it: the same rules and the same addressed draws, other loops.
   It tells how far from the limit the engine is; see tests/benchmarks/against_c.py. What it cannot do,
       it is not given. */

#include "endings.h"
#include "firms.h"
#include "formation.h"
#include "turnover.h"

static struct Run prepare(struct World *world, const struct Parameters *p, struct Firm *firms, struct Alliance *table,
                          struct Alliance *other, struct Event *log, int64_t quarters)
{
    int64_t count = world->firms, rows = world->most_rows, oldest = 0;
    struct Run run = {
        .world = world, .p = p, .firms = firms, .table = table, .other = other, .log = log, .key = world->key,
            .count = count,
        .begin = malloc((count + 1) * sizeof(uint32_t)), .rooms = malloc(count * OWN_ROOM * sizeof(uint32_t)),
        .searchers = malloc((count + 1) * sizeof(uint32_t)), .pairs = malloc(count * sizeof(uint64_t)),
        .sorted = malloc((rows + count) * sizeof(uint64_t)), .ended = malloc(rows * sizeof(uint64_t)),
        .fresh = malloc(count * sizeof(struct Alliance)), .breaches = malloc(2 * rows * sizeof(struct Breach)),
        .failing = malloc(count * sizeof(uint32_t)),
    };
    fill_quantiles();
    for (int64_t seat = 0; seat < count; seat++) {
        firms[seat].partners = (uint64_t)(run.rooms + OWN_ROOM * seat);
        firms[seat].room = OWN_ROOM;
        firms[seat].degree = 0;
    }
    for (int64_t a = 0; a < world->rows; a++) {
        add_partner(firms + table[a].first, table[a].second);
        add_partner(firms + table[a].second, table[a].first);
        oldest = oldest < -table[a].born ? -table[a].born : oldest;
    }
    run.fading = malloc((oldest + quarters + 1) * sizeof(double));
    for (int64_t age = 0; age <= oldest + quarters; age++)
        run.fading[age] = exp(-(double)age / 6.0);
    return run;
}

static void release(struct Run *run)
{
    for (int64_t seat = 0; seat < run->count; seat++)
        if (run->firms[seat].room > OWN_ROOM)
            free(partners_of(run->firms + seat));
    void *scratch[] = {run->begin, run->rooms, run->searchers, run->pairs, run->sorted, run->ended, run->fresh,
        run->breaches,
                       run->failing, run->fading};
    for (size_t k = 0; k < sizeof scratch / sizeof *scratch; k++)
        free(scratch[k]);
}

int64_t sizes(int which)
{
    const int64_t bytes[] = {sizeof(struct Firm), sizeof(struct Alliance), sizeof(struct Event), sizeof(struct World),
                             sizeof(struct Parameters)};
    return bytes[which];
}

/* Run quarters up to `until`. Returns 0, 1 if the rows stand in `other` now and not in `table`, or -1 where
   room ran out. */
int advance(struct World *world, const struct Parameters *p, struct Firm *firms, struct Alliance *table,
            struct Alliance *other,
            struct Event *log, double *records, int64_t until)
{
    struct Run run = prepare(world, p, firms, table, other, log, until);
    for (; world->quarter < until && !run.overflow; world->quarter++) {
        run.quarter = world->quarter;
        int64_t before = world->quarter == 0 ? world->logged : 0; /* what existed already counts as formed then */
        run.tally = (struct Tally){0};
        draw_shocks(&run);
        begin_quarter(&run);
        formation(&run);
        if (world->rows + run.formed > world->most_rows)
            run.overflow = true;
        if (run.overflow)
            break;
        enter_alliances(&run);
        live_together(&run);
        settle_firms(&run);
        tell_breaches(&run);
        stay_or_leave(&run);
        settle_money(&run);
        turnover(&run);
        run.tally.formed += before;
        record(&run, records + COLUMNS * world->quarter);
    }
    release(&run);
    return run.overflow ? -1 : run.table == other;
}
