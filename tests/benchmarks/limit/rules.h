/* The rules of simulation/rules/ that are more than a line. */

#ifndef RULES_H
#define RULES_H

#include <math.h>
#include <stdbool.h>
#include "parameters.h"

static inline double larger(double a, double b) { return a > b ? a : b; }
static inline double smaller(double a, double b) { return a < b ? a : b; }
static inline double share(double x) { return smaller(1.0, larger(0.0, x)); }

static inline double distress(double capital, double safe) { return safe > 0.0 ? share(1.0 - capital / safe) : 0.0; }

/* Both sides of an alliance at once. */
typedef double Pair __attribute__((vector_size(16)));

static inline Pair pair_of(const double *sides) { return *(const Pair *)sides; }
static inline Pair both(double x, double y) { return (Pair){x, y}; }
static inline Pair swapped(Pair x) { return (Pair){x[1], x[0]}; }
static inline double mean(Pair x) { return 0.5 * (x[0] + x[1]); }

/* a where the mask is set, else b: never a branch, since nobody could foretell it. */
typedef int64_t Mask __attribute__((vector_size(16)));
static inline Pair choose(Mask mask, Pair a, Pair b) { return (Pair)((mask & (Mask)a) | (~mask & (Mask)b)); }
static inline Pair larger_of(Pair a, Pair b) { return choose(a > b, a, b); }
static inline Pair smaller_of(Pair a, Pair b) { return choose(a < b, a, b); }
static inline Pair shares(Pair x) { return smaller_of(both(1.0, 1.0), larger_of(both(0.0, 0.0), x)); }

/* Won slowly towards the ceiling, lost fast. */
static inline Pair trust_next(Pair trust, Pair ceiling, Pair surprise, double gain, double loss)
{
    Mask good = surprise >= both(0.0, 0.0);
    Pair speed = choose(good, both(gain, gain), both(loss, loss)), way = choose(good, ceiling - trust, trust);
    return smaller_of(ceiling, larger_of(both(0.0, 0.0), trust + speed * surprise * way));
}

static inline double initial_trust(const struct TrustNumbers *t, double reputation, double usual, int prior,
                                   int common, double z)
{
    double level = t->initial + t->initial_reputation * (reputation - usual)
                 + t->initial_prior * smaller(prior, 2.0) + t->initial_common * smaller(common, 3.0);
    return share(level + t->initial_spread * z);
}

static inline double learning_potential(double dot, double length_i, double length_j)
{
    double size = length_i * length_j;
    if (size <= 0.0)
        return 0.0;
    double distance = share(1.0 - dot / size);
    return 4.0 * distance * (1.0 - distance);
}

static inline double potential_value(const struct ValueNumbers *v, double tacitness, double fit,
                                     double potential, double valued,
                                     double munificence, double trust)
{
    double fitting = v->fit_floor + (1.0 - v->fit_floor) * fit;
    double novelty = v->distance_floor + (1.0 - v->distance_floor) * potential;
    double hidden = 1.0 - v->tacit_loss * tacitness * (1.0 - trust);
    return v->joint * fitting * novelty * valued * munificence * hidden;
}

static inline double leakage_rate(const struct ValueNumbers *v, const struct Alliance *a)
{
    return v->leakage * (1.0 + v->leakage_rival * a->is_rival) * (1.0 + (v->leakage_equity - 1.0) * a->equity);
}

static inline double coordination_cost(const struct ValueNumbers *v, double fit, double gap, double managed,
                                       double portfolio)
{
    double misfit = 2.0 - fit - (1.0 - gap);
    double crowded = 1.0 + v->coordination_portfolio * portfolio;
    return v->coordination * misfit * (1.0 - v->coordination_saved * managed) * crowded;
}

static inline double goal_gap(double difference, double accord)
{
    return smaller(fabs(difference), fabs(difference - accord));
}

static inline double learning_lead(double own, double partner)
{
    double total = own + partner;
    return total > 0.0 ? (own - partner) / total : 0.0;
}

static inline double exit_chance(const struct ExitNumbers *e, double utility, double strain)
{
    if (e->base_hazard <= 0.0)
        return 0.0;
    double x = e->selectivity * (utility - e->reference_utility);
    return 1.0 / (1.0 + (1.0 - e->base_hazard) / (e->base_hazard * strain) * exp(smaller(700.0, x)));
}

/* Whether a uniform number falls below the chance to leave. */
static inline bool leaves(const struct ExitNumbers *e, double draw, double utility, double strain)
{
    return draw < exit_chance(e, utility, strain);
}

#endif
