/* The state of a world as records. `tables.py` reads these definitions and makes numpy's the same: one member a line.

   Records are laid out by who reads them together,
       a cache line (64 bytes) at a time: two lines of single numbers that
   every pass over alliances wants of a partner, then a line for each kind of domain,
       then what is seldom looked at. */

#ifndef STATE_H
#define STATE_H

#include <stdint.h>

enum { DOMAINS = 8, REMEMBERED = 8, MOST_STRATEGIES = 100, MOST_SECTORS = 64, COLUMNS = 26, NEVER = -1000000,
    LIVING = -1 };

struct Firm {
    /* what an exchange wants of either partner */
    double absorptive_capacity;
    double asked; /* sharing offered by all partners, that attention must go round */
    double knowledge_length;
    double munificence;
    double mutual;
    double drifting;
    double move; /* sum of the pulls on its goal */
    double valued; /* worth of its knowledge in its market */
    /* what every pass wants of either partner */
    int32_t identity;
    int32_t degree;
    double distress;
    double goal;
    double openness;
    double income;
    double outside_option;
    double felt;
    uint8_t sector;
    uint8_t strategy;
    int8_t alliance_function;
    int8_t noticed_kind;
    uint16_t talks; /* of this quarter, to be paid for */
    uint16_t capabilities;
    /* by domain */
    double knowledge[8];
    double profile[8];
    double gain[8];
    double drift[8];
    double founding_profile[8];
    /* what only passes over firms, and searches, want */
    double capital;
    double reputation;
    double activity;
    double flexibility;
    double noticed;
    double founding_capacity;
    double profile_drift;
    int64_t last_shock;
    /* whom it knows */
    int32_t past_partner[8];
    int8_t past_ties[8];
    uint64_t partners; /* address of its partners' seats, in order */
    uint32_t room; /* how many fit there */
    int32_t failing;
    uint64_t unused;
};

struct Alliance {
    uint32_t first;
    uint32_t second;
    int32_t born;
    int32_t about;
    int32_t shaken;
    int32_t found_out[2];
    int8_t cause;
    int8_t is_rival;
    int8_t equity;
    int8_t prior_ties;
    double fit;
    double lost_fit;
    double accord;
    double potential;
    double trust[2];
    double ceiling[2];
    double observed[2];
    double performance[2];
    double learned[2];
    double sharing[2];
    double payoff[2];
    double cost[2];
};

struct Event {
    int32_t quarter;
    int32_t kind;
    int32_t first;
    int32_t second;
    int32_t detail;
    int32_t about;
    double value;
};

struct World {
    double demand[512]; /* 8 domains for each sector */
    uint64_t key;
    int64_t firms;
    int64_t sectors;
    int64_t quarter;
    int64_t rows;
    int64_t most_rows;
    int64_t logged;
    int64_t most_logged;
    int64_t turbulent;
};

#endif
