"""Phase 6: partners watch each other through noise, and trust moves."""

import numpy as np

from simulation.compiled import phase
from simulation.compiled.prefetch import AHEAD, fetch_early
from simulation.draws import Purpose, normal, stream
from simulation.parameters import SharingNumbers, TrustNumbers
from simulation.rules.sharing import burdened, observation_noise, observed_next
from simulation.rules.trust import expected_sharing, trust_next
from simulation.state import AllianceArrays, Counters, FirmArrays, Floats

_OBSERVATION = int(Purpose.OBSERVATION)


@phase
def trust(
    key: np.uint64, counters: Counters, firms: FirmArrays, alliances: AllianceArrays, need: Floats,
    numbers: TrustNumbers, seeing: SharingNumbers,
) -> None:  # fmt: skip
    """Each side compares what it saw with what it expected.

    need : distress of each firm when it shared [N]
    """
    quarter = counters.quarter[0]
    of = stream(key, quarter, _OBSERVATION)
    rows = counters.rows[0]
    for a in range(rows):
        coming = alliances.second[min(a + AHEAD, rows - 1)]
        fetch_early(firms.identity, coming)
        fetch_early(firms.openness, coming)
        fetch_early(need, coming)
        i, j = alliances.first[a], alliances.second[a]
        functions = float(firms.alliance_function[i]) + float(firms.alliance_function[j])
        feeling_out = quarter - alliances.born[a] < numbers.feeling_out_quarters
        weight = numbers.feeling_out_weight if feeling_out else 1.0
        openness = 0.5 * (firms.openness[i] + firms.openness[j])
        for side in range(2):
            me, partner = (i, j) if side == 0 else (j, i)
            sigma = observation_noise(
                seeing.observation_noise, alliances.fit[a], seeing.noise_less_fit,
                float(firms.alliance_function[me]), seeing.noise_less_function, openness,
            )  # fmt: skip
            look = alliances.sharing[a, 1 - side] + sigma * normal(of, firms.identity[me], firms.identity[partner])
            now = alliances.trust[a, side]
            known_need = alliances.fit[a] * need[partner]
            expected = expected_sharing(now, numbers.expectation_base, numbers.expectation_trust)
            surprise = look - burdened(expected, seeing.burden, known_need)
            surprise += numbers.goodwill * functions
            alliances.trust[a, side] = trust_next(
                now, alliances.ceiling[a, side], surprise, numbers.gain, numbers.loss, weight
            )
            alliances.observed[a, side] = observed_next(alliances.observed[a, side], look, seeing.observed_weight)
