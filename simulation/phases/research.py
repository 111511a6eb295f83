"""Phase 2: knowledge decays and own research adds to it."""

import math

import numpy as np

from simulation.compiled import phase
from simulation.draws import S16, Purpose, stream, word
from simulation.parameters import KnowledgeNumbers
from simulation.rules.learning import knowledge_after_research, research_strength
from simulation.scenario import DOMAINS
from simulation.state import Counters, FirmArrays, Floats

_RESEARCH = int(Purpose.RESEARCH)
LUCK_BITS = 10  # of 16 bits that each domain gets of a random word: 4 domains share a word
_SHIFT, _MASK = np.uint64(16 - LUCK_BITS), np.uint64((1 << LUCK_BITS) - 1)


@phase
def research(
    key: np.uint64, counters: Counters, firms: FirmArrays, effort: Floats, luck: Floats, numbers: KnowledgeNumbers
) -> None:
    """Every firm forgets a little and learns by itself, mostly in its own direction.

    effort : scratch [8]; luck : factors on effort, see `Parameters`
    """
    of = stream(key, counters.quarter[0], _RESEARCH)
    for row in range(len(firms.seat)):
        identity = firms.identity[row]
        bits = word(of, identity, 0)
        total = 0.0
        for domain in range(DOMAINS):
            if domain == 4:
                bits = word(of, identity, 1)
            effort[domain] = firms.profile[row, domain] * luck[(bits >> _SHIFT) & _MASK]
            bits = bits >> S16
            total += effort[domain]
        strength = research_strength(numbers.research, firms.absorptive_capacity[row], firms.founding_capacity[row])
        square = 0.0
        for domain in range(DOMAINS):
            known = knowledge_after_research(
                firms.knowledge[row, domain], effort[domain] / total, strength, numbers.decay
            )
            firms.knowledge[row, domain] = known
            square += known * known
        firms.knowledge_length[row] = math.sqrt(square)
