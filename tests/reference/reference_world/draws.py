"""Luck, in plain integers: every random number is a hash of its address (seed, world, quarter, purpose, who, whom)."""

import math

WORD = 2**64 - 1  # keeps the lowest 64 bits
ODD = 0x9E3779B97F4A7C15
GAMMA = 0xD1B54A32D192ED03


def mix(x: int) -> int:
    """The "moremur" finaliser (Pelle Evensen 2019) of a 64-bit word."""
    x ^= x >> 27
    x = (x * 0x3C79AC492BA7B653) & WORD
    x ^= x >> 33
    x = (x * 0x1C69B3F74AC4AE35) & WORD
    return x ^ (x >> 27)


def absorb(h: int, word: int) -> int:
    """The hash of everything absorbed so far and one more word."""
    return mix(((h ^ word) * ODD + GAMMA) & WORD)


def polynomial(x: float, *coefficients: float) -> float:
    """Value at x of the polynomial with these coefficients, highest power first."""
    value = 0.0
    for coefficient in coefficients:
        value = value * x + coefficient
    return value


def quantile(u: float) -> float:
    """The standard normal number that a share u of all stays below (Wichura 1988, algorithm AS 241, routine PPND7)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        above = polynomial(r, 59.109374720, 159.29113202, 50.434271938, 3.3871327179)
        below = polynomial(r, 67.187563600, 78.757757664, 17.895169469, 1.0)
        return q * above / below
    tail = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(max(tail, 2.0**-54)))
    if r <= 5.0:
        r -= 1.6
        above = polynomial(r, 0.17023821103, 1.3067284816, 2.7568153900, 1.4234372777)
        below = polynomial(r, 0.12021132975, 0.73700164250, 1.0)
    else:
        r -= 5.0
        above = polynomial(r, 0.017337203997, 0.42868294337, 3.0812263860, 6.6579051150)
        below = polynomial(r, 0.012258202635, 0.24197894225, 1.0)
    return -above / below if q < 0.0 else above / below


KNOTS = [quantile(k / 1024) for k in range(1025)]


def normal_from(u: float) -> float:
    """The normal number for a uniform one: on straight lines between 1,025 knots, but exact in the outer 16 cells."""
    cell = int(u * 1024)
    if cell < 16 or cell >= 1024 - 16:
        return quantile(u)
    return KNOTS[cell] + (u * 1024 - cell) * (KNOTS[cell + 1] - KNOTS[cell])


def research_luck(noise: float) -> list[float]:
    """Factors on research in a domain, all equally likely: medians of 1,024 slices of exp(noise·z) (E2)."""
    return [math.exp(noise * quantile((k + 0.5) / 1024)) for k in range(1024)]


class Luck:
    """All the luck of one world. Asking twice for the same address gives the same number."""

    def __init__(self, seed: int, world: int) -> None:
        self.key = absorb(absorb(GAMMA, seed), world)

    def word(self, purpose: int, quarter: int, who: int, whom: int = 0) -> int:
        """64 random bits."""
        stream = absorb(self.key, quarter << 32 | purpose)
        return absorb(stream, who << 32 | whom)

    def uniform(self, purpose: int, quarter: int, who: int, whom: int = 0) -> float:
        """A number in [0, 1) from the upper 53 bits."""
        return (self.word(purpose, quarter, who, whom) >> 11) * 2.0**-53

    def uniform_below(self, purpose: int, quarter: int, who: int, whom: int, place: int) -> float:
        """One of several numbers of a pair, by place: the word of the pair is hashed once more."""
        return (absorb(self.word(purpose, quarter, who, whom), place << 32) >> 11) * 2.0**-53

    def normal(self, purpose: int, quarter: int, who: int, whom: int = 0) -> float:
        """A standard normal number."""
        return normal_from(self.uniform(purpose, quarter, who, whom))

    def bits(self, purpose: int, quarter: int, who: int, count: int) -> list[int]:
        """`count` numbers of 10 bits: four to a word, from the upper end of each 16 bits, lowest 16 first."""
        words = [self.word(purpose, quarter, who, k) for k in range((count + 3) // 4)]
        return [words[k // 4] >> (16 * (k % 4) + 6) & 1023 for k in range(count)]
