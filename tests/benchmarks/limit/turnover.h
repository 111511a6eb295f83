/* Failures end alliances, ended alliances are logged and remembered, entrants take the seats; then the record. */

#ifndef TURNOVER_H
#define TURNOVER_H

#include "endings.h"
#include "firms.h"

static void remember(struct Firm *firm, int32_t identity)
{
    int place = 0;
    while (place < REMEMBERED - 1 && firm->past_partner[place] != identity && firm->past_partner[place] >= 0)
        place++;
    int ties = firm->past_partner[place] == identity ? firm->past_ties[place] : 0;
    for (; place > 0; place--) {
        firm->past_partner[place] = firm->past_partner[place - 1];
        firm->past_ties[place] = firm->past_ties[place - 1];
    }
    firm->past_partner[0] = identity;
    firm->past_ties[0] = ties < 99 ? ties + 1 : 100;
}

static struct Alliance *find(const struct Run *run, uint32_t first, uint32_t second)
{
    int64_t row = run->begin[first];
    while (run->table[row].second != second)
        row++;
    return run->table + row;
}

/* The living alliances of firms that fail join those that ended. */
static void leave_failing(struct Run *run)
{
    for (int64_t k = 0; k < run->fails; k++) {
        uint32_t seat = run->failing[k];
        const struct Firm *firm = run->firms + seat;
        for (int place = 0; place < firm->degree; place++) {
            uint32_t other = partners_of(firm)[place];
            struct Alliance *a = other < seat ? find(run, other, seat) : find(run, seat, other);
            if (a->cause != LIVING)
                continue;
            a->cause = PARTNER_FAILED;
            measure(run, a, &run->tally, -1);
            run->ended[run->ends++] = a - run->table;
        }
    }
}

static void turnover(struct Run *run)
{
    struct Tally *tally = &run->tally;
    leave_failing(run);
    uint64_t *ended = run->fails ? sort(run->ended, run->sorted, run->ends) : run->ended;
    for (int64_t k = 0; k < run->ends; k++) {
        const struct Alliance *a = run->table + ended[k];
        struct Firm *i = run->firms + a->first, *j = run->firms + a->second;
        write_event(run, ENDED, i->identity, j->identity, a->cause, run->quarter - a->born, a->about);
        remember(i, j->identity);
        remember(j, i->identity);
        drop_partner(i, a->second);
        drop_partner(j, a->first);
    }
    tally->ended = run->ends;
    for (int64_t k = 0; k < run->fails; k++) {
        struct Firm *firm = run->firms + run->failing[k];
        tally->knowledge -= sum(*lane(firm->knowledge));
        tally->drift -= firm->profile_drift;
        tally->capacity -= firm->absorptive_capacity;
        tally->munificence -= firm->munificence;
        tally->capital -= firm->capital;
        tally->failure += firm->capital;
        found_firm(run, firm, firm->identity + run->count);
        tally->knowledge += sum(*lane(firm->knowledge));
        tally->capacity += firm->absorptive_capacity;
        tally->munificence += firm->munificence;
        tally->capital += firm->capital;
        tally->entry += firm->capital;
        write_event(run, ENTERED, firm->identity, -1, 0, firm->capital, -1);
    }
}

static void record(const struct Run *run, double *line)
{
    const struct Tally *t = &run->tally;
    double n = larger(1.0, t->living), count = run->count;
    const double found[COLUMNS] = {
        t->living, t->formed, t->ended, t->trust / n, t->sharing / n, t->reciprocity / n, t->fit / n,
            t->no_deal, t->dilemma,
        t->living - t->no_deal - t->dilemma, t->hit, t->failed, t->capital / count, t->knowledge / count,
        t->munificence / count, t->breaches, t->income, t->payout, t->entry, t->failure, t->agreed, t->talks
        - t->agreed,
        t->gained, t->drift / count, t->capacity / count, run->world->turbulent,
    };
    memcpy(line, found, sizeof found);
}

#endif
