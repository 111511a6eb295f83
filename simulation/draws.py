"""Random numbers that are addressed, not drawn in a row: a what-if changes only the draws that it touches.

Every number is a hash of (seed, world, quarter, purpose, who, whom). No state, so the order in which phases, firms or
threads ask does not matter, and switching one process off leaves all other luck as it was. The mixer is "moremur"
(Pelle Evensen 2019), a 64-bit finaliser stronger than SplitMix64's.
"""

import math
from enum import IntEnum

import numpy as np

from simulation.compiled import GENERATOR, rule, short_entry, uncompiled
from simulation.philox import philox

VERSION = 2  # of the purposes and the hash; written into every manifest
PHILOX = GENERATOR == "philox"  # the other generator, for the audit: a constant to the compiler

ODD = np.uint64(0x9E3779B97F4A7C15)
GAMMA = np.uint64(0xD1B54A32D192ED03)
MULTIPLIER_1 = np.uint64(0x3C79AC492BA7B653)
MULTIPLIER_2 = np.uint64(0x1C69B3F74AC4AE35)
S11, S27, S32, S33 = np.uint64(11), np.uint64(27), np.uint64(32), np.uint64(33)
TO_UNIT = 2.0**-53


class Purpose(IntEnum):
    """What a number is for. Frozen and append-only: a purpose keeps its number for ever."""

    STRATEGY = 1
    SECTOR = 2
    FUNCTION = 3
    FLEXIBILITY = 4
    ACTIVITY = 5
    GOAL = 6
    PROFILE = 7
    DEMAND = 8
    SHOCK = 9
    SHOCK_DEMAND = 10
    SHOCK_GOAL_COMMON = 11
    SHOCK_GOAL_OWN = 12
    RESEARCH = 13
    SEARCH = 14
    MEETING = 15
    INTRODUCTION = 16
    SCORE = 17
    INITIAL_TRUST = 18
    GOVERNANCE = 19
    OBSERVATION = 20
    SIDE_DEAL = 21
    DETECTION = 22
    INCOME = 23
    COMPLETION = 24
    EXIT = 25
    RENEGOTIATION = 26
    RACER = 27
    SPREAD = 28
    HALF = 29
    SHOCK_DOMAIN = 30
    SWITCH = 31
    SWITCH_TO = 32
    DISPLACED = 33
    TURBULENCE = 34
    INTERVENTION = 35
    POLICY = 36
    BARTER = 37


@rule
def mix(x: np.uint64) -> np.uint64:
    """The moremur finaliser: a bijection of 64-bit words in which every input bit flips every output bit half the time."""
    x = x ^ (x >> S27)
    x = x * MULTIPLIER_1
    x = x ^ (x >> S33)
    x = x * MULTIPLIER_2
    return x ^ (x >> S27)


@rule
def absorb(h: np.uint64, word: np.uint64) -> np.uint64:
    """A key that depends on all words absorbed so far."""
    return mix((np.uint64(h) ^ word) * ODD + GAMMA)


@short_entry
def run_key(seed: int, world: int) -> np.uint64:
    """The key of one world. seed, world : 0 to 2**63 - 1."""
    return absorb(absorb(GAMMA, np.uint64(seed)), np.uint64(world))


@rule
def stream(key: np.uint64, quarter: int, purpose: int) -> np.uint64:
    """The key of one purpose in one quarter. quarter : 0 to 2**32 - 1; numbers drawn before the first quarter use 0."""
    return absorb(key, (np.uint64(quarter) << S32) | np.uint64(purpose))


@rule
def word(of: np.uint64, who: int, whom: int) -> np.uint64:
    """64 random bits addressed by two numbers below 2**32, in this order."""
    if PHILOX:
        return philox((np.uint64(who) << S32) | np.uint64(whom), GAMMA, np.uint64(of))[0]
    return absorb(of, (np.uint64(who) << S32) | np.uint64(whom))


@rule
def uniform(of: np.uint64, who: int, whom: int) -> float:
    """A uniform number in [0, 1), a multiple of 2**-53."""
    return np.float64(np.int64(word(of, who, whom) >> S11)) * TO_UNIT  # signed: a machine converts it in one step


@rule
def normal_at(u: float) -> float:
    """Standard normal quantile at u in [0, 1), with u = 0 read as 2**-54. Absolute error below 1e-6 over the whole range.

    Inverse distribution function, not a rejection method: a larger u gives a larger number, and one draw is one number.
    Source: Wichura 1988, algorithm AS 241, PPND7.

    >>> round(float(normal_at(0.975)), 5)
    1.95996
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return (
            q
            * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
            / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0)
        )
    tail = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(max(tail, 0.5 * TO_UNIT)))
    if r <= 5.0:
        r = r - 1.6
        z = (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) / (
            (0.12021132975 * r + 0.73700164250) * r + 1.0
        )
    else:
        r = r - 5.0
        z = (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150) / (
            (0.012258202635 * r + 0.24197894225) * r + 1.0
        )
    return -z if q < 0.0 else z


CELLS = 1024
OUTER = CELLS // 64  # cells at either end in which the quantile bends too much for a straight line
QUANTILES = np.array([uncompiled(normal_at)(k / CELLS) for k in range(CELLS + 1)])


@rule
def normal(of: np.uint64, who: int, whom: int) -> float:
    """A standard normal number: the quantile at a uniform one, from a table but for the tails. Error below 2e-4.

    Linear between 1,024 knots, because logarithms, roots and branches take twice as long as all the rest of a draw.
    """
    u = uniform(of, who, whom)
    place = u * CELLS
    cell = int(place)
    if cell < OUTER or cell >= CELLS - OUTER:
        return normal_at(u)
    below = float(QUANTILES[cell])
    return below + (place - cell) * (float(QUANTILES[cell + 1]) - below)
