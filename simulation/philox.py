"""Philox2x64-10, the other generator: the audit runs the same experiment with both, and means must agree.

Chosen when the engine is compiled: ALLIANCES_GENERATOR=philox. Slower than the usual hash, and tested by many.
Source: Salmon, Moraes, Dror & Shaw 2011 (Random123).
"""

import numpy as np

from simulation.compiled import rule

MULTIPLIER = np.uint64(0xD2B74407B1CE6E93)
WEYL = np.uint64(0x9E3779B97F4A7C15)
LOW, S32 = np.uint64(0xFFFFFFFF), np.uint64(32)
ROUNDS = 10


@rule
def upper_product(a: np.uint64, b: np.uint64) -> np.uint64:
    """The upper 64 bits of the 128-bit product of two words."""
    a0, a1, b0, b1 = a & LOW, a >> S32, b & LOW, b >> S32
    middle = a1 * b0 + ((a0 * b0) >> S32)
    other = a0 * b1 + (middle & LOW)
    return a1 * b1 + (middle >> S32) + (other >> S32)


@rule
def philox(counter_0: np.uint64, counter_1: np.uint64, key: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Two random words for a counter of two words and a key."""
    left, right = counter_0, counter_1
    for _ in range(ROUNDS):
        upper = upper_product(MULTIPLIER, left)
        left, right = upper ^ key ^ right, MULTIPLIER * left
        key = key + WEYL
    return left, right
