/* Addressed random numbers: see simulation/draws.py. */

#ifndef DRAWS_H
#define DRAWS_H

#include <math.h>
#include <stdint.h>

enum Purpose {
    STRATEGY = 1, SECTOR, FUNCTION, FLEXIBILITY, ACTIVITY, GOAL, PROFILE, DEMAND, SHOCK, SHOCK_DEMAND,
    SHOCK_GOAL_COMMON, SHOCK_GOAL_OWN, RESEARCH, SEARCH, MEETING, INTRODUCTION, SCORE, INITIAL_TRUST, GOVERNANCE,
    OBSERVATION, SIDE_DEAL, DETECTION, INCOME, COMPLETION, EXIT, RENEGOTIATION, RACER, SPREAD, HALF, SHOCK_DOMAIN,
    SWITCH, SWITCH_TO, DISPLACED, TURBULENCE
};

static double QUANTILES[1025];

static inline uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 27)) * 0x3C79AC492BA7B653u;
    x = (x ^ (x >> 33)) * 0x1C69B3F74AC4AE35u;
    return x ^ (x >> 27);
}

static inline uint64_t absorb(uint64_t h, uint64_t word)
{
    return mix((h ^ word) * 0x9E3779B97F4A7C15u + 0xD1B54A32D192ED03u);
}

static inline uint64_t stream(uint64_t key, uint64_t quarter, enum Purpose purpose)
{
    return absorb(key, quarter << 32 | purpose);
}

static inline uint64_t word(uint64_t of, uint64_t who, uint64_t whom) { return absorb(of, who << 32 | whom); }

static inline double uniform(uint64_t of, uint64_t who, uint64_t whom)
{
    return (double)(int64_t)(word(of, who, whom) >> 11) * 0x1p-53;
}

static __attribute__((noinline)) double normal_at(double u)
{
    double q = u - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
             / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0);
    }
    double tail = q < 0.0 ? u : 1.0 - u, z;
    double r = sqrt(-log(tail > 0x1p-54 ? tail : 0x1p-54));
    if (r <= 5.0) {
        r -= 1.6;
        z = (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
          / ((0.12021132975 * r + 0.73700164250) * r + 1.0);
    } else {
        r -= 5.0;
        z = (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150)
          / ((0.012258202635 * r + 0.24197894225) * r + 1.0);
    }
    return q < 0.0 ? -z : z;
}

static void fill_quantiles(void)
{
    for (int k = 0; k <= 1024; k++)
        QUANTILES[k] = normal_at(k / 1024.0);
}

static inline double normal(uint64_t of, uint64_t who, uint64_t whom)
{
    double u = uniform(of, who, whom), place = u * 1024;
    int cell = (int)place;
    if (__builtin_expect(cell < 16 || cell >= 1024 - 16, 0))
        return normal_at(u);
    double below = QUANTILES[cell];
    return below + (place - cell) * (QUANTILES[cell + 1] - below);
}

#endif
