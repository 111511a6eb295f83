"""Many worlds of one ask, in a few numbers each: for bands, curves and the count of worlds in which an arm is better."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.lab.asks import Ask
from experiments.lab.bounded import simulated_in_bounds
from experiments.lab.packing import pack
from experiments.outcomes import OUTCOMES, life_table, outcomes
from simulation.events import CAUSES, ENDED
from simulation.records import COLUMNS

AGES = 81  # ages 0 to 80 quarters: twenty years
WORLDS, AT_ONCE = 200, 16  # the most worlds of an arm, and of one answer
_LIVING, _TRUST = COLUMNS.index("living"), COLUMNS.index("mean_trust")


def ensemble(ask: Ask, first: int, count: int) -> bytes:
    """Worlds first to first + count − 1 of the ask's seed, packed. Raises InputError where settings do not go together."""
    scenario = ask.scenario
    quarters = scenario.time.quarters
    ages = min(quarters, AGES)
    living, trust = np.zeros((count, quarters), np.uint16), np.zeros((count, quarters), np.uint8)
    at_risk, deaths = np.zeros((count, ages), np.uint32), np.zeros((count, ages), np.uint32)
    causes = np.zeros((count, len(CAUSES)), np.uint16)
    measures = np.zeros((count, len(OUTCOMES)), np.float32)
    for place in range(count):
        run = simulated_in_bounds(scenario, ask.seed, first + place)
        table = life_table(run)
        living[place] = np.minimum(run.records[:, _LIVING], 65535)
        trust[place] = np.rint(np.nan_to_num(run.records[:, _TRUST]) * 255)
        at_risk[place], deaths[place] = table.at_risk[:ages], table.deaths[:, :ages].sum(axis=0)
        ended = (run.events.kind == ENDED) & (run.events.quarter >= scenario.time.warm_up_quarters)
        causes[place] = np.minimum(np.bincount(run.events.detail[ended], minlength=len(CAUSES)), 65535)
        measures[place] = list(outcomes(run, table).values())
    header = {
        "kind": "ensemble",
        "first": first,
        "count": count,
        "quarters": quarters,
        "ages": ages,
        "measures": list(OUTCOMES),
    }
    arrays: dict[str, NDArray[Any]] = {
        "living": living,
        "trust": trust,
        "at_risk": at_risk,
        "deaths": deaths,
        "causes": causes,
        "outcomes": measures,
    }
    return pack(header, arrays)
