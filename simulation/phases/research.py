"""Phase 2: knowledge decays and own research adds to it."""

import math

import numpy as np

from simulation.compiled import helper, phase
from simulation.compiled.lanes import lanes, line, set_line, sum_of
from simulation.draws import Purpose, stream, word
from simulation.parameters import KnowledgeNumbers
from simulation.rules.learning import knowledge_after_research, research_strength
from simulation.state import Counters, FirmArrays, Floats

_RESEARCH = int(Purpose.RESEARCH)
LUCK_BITS = 10  # of 16 bits that each domain gets of a random word: 4 domains share a word
_MASK = np.uint64((1 << LUCK_BITS) - 1)


@helper
def _luck_of(bits: np.uint64, domain: int) -> np.uint64:
    """Place in the table of luck of one of the four domains that share a random word."""
    return (bits >> np.uint64(16 * domain + 16 - LUCK_BITS)) & _MASK


@phase
def research(key: np.uint64, counters: Counters, firms: FirmArrays, luck: Floats, numbers: KnowledgeNumbers) -> None:
    """Every firm forgets a little and learns by itself, mostly in its own direction.

    luck : factors on effort, see `Parameters`
    """
    of = stream(key, counters.quarter[0], _RESEARCH)
    for row in range(len(firms.seat)):
        identity = firms.identity[row]
        here, there = word(of, identity, 0), word(of, identity, 1)
        drawn = lanes(
            luck[_luck_of(here, 0)], luck[_luck_of(here, 1)], luck[_luck_of(here, 2)], luck[_luck_of(here, 3)],
            luck[_luck_of(there, 0)], luck[_luck_of(there, 1)], luck[_luck_of(there, 2)], luck[_luck_of(there, 3)],
        )  # fmt: skip
        effort = line(firms.profile, row) * drawn
        strength = research_strength(numbers.research, firms.absorptive_capacity[row], firms.founding_capacity[row])
        known = knowledge_after_research(line(firms.knowledge, row), effort / sum_of(effort), strength, numbers.decay)
        set_line(firms.knowledge, row, known)
        firms.knowledge_length[row] = math.sqrt(sum_of(known * known))
