"""Phase 2: knowledge decays and own research adds to it."""

import math

import numpy as np

from simulation.compiled import phase
from simulation.draws import Purpose, normal, stream
from simulation.parameters import KnowledgeNumbers
from simulation.rules.learning import knowledge_after_research, research_weight
from simulation.scenario import DOMAINS
from simulation.state import Counters, FirmArrays

_RESEARCH = int(Purpose.RESEARCH)


@phase
def research(key: np.uint64, counters: Counters, firms: FirmArrays, numbers: KnowledgeNumbers) -> None:
    """Every firm forgets a little and learns by itself, mostly in its own direction."""
    of = stream(key, counters.quarter[0], _RESEARCH)
    effort = np.empty(DOMAINS)
    for row in range(len(firms.seat)):
        identity = firms.identity[row]
        total = 0.0
        for domain in range(DOMAINS):
            z = normal(of, identity, domain)
            effort[domain] = research_weight(firms.profile[row, domain], z, numbers.research_noise)
            total += effort[domain]
        square = 0.0
        for domain in range(DOMAINS):
            known = knowledge_after_research(
                firms.knowledge[row, domain], effort[domain] / total, numbers.research, numbers.decay
            )
            firms.knowledge[row, domain] = known
            square += known * known
        firms.knowledge_length[row] = math.sqrt(square)
