"""Who is caught in the dilemma."""

import numpy as np
import pytest

from experiments.validation.evidence import observe
from experiments.validation.measure import Interval
from experiments.validation.measures.dilemma import BAND, BANDS, MEASURES, DilemmaByAge, in_dilemma
from simulation.scenario import Scenario
from simulation.state import LIVING


class AsRecorded:
    """Counts every living alliance in the dilemma, rivals too, beside the engine's own count."""

    quarterly = True

    def __init__(self) -> None:
        self._counted = 0

    def see(self, world) -> None:
        rows = int(world.counters.rows[0])
        alliances = type(world.alliances)._make(column[:rows] for column in world.alliances)
        self._counted += np.count_nonzero(in_dilemma(alliances, world.parameters.value) & (alliances.cause == LIVING))

    def sums(self, run):
        return {"counted": np.array([self._counted, run.series("dilemma")[run.scenario.time.warm_up_quarters :].sum()])}


def test_the_regime_is_that_of_the_records(tiny: Scenario) -> None:
    found = observe(tiny, (AsRecorded, DilemmaByAge), 1, 0)
    counted, recorded = found["counted"]
    assert counted == recorded > 0
    by_age = found["dilemma.by_age"]
    assert by_age.shape == (BANDS * BAND, 2)
    assert (by_age[:, 0] <= by_age[:, 1]).all()
    assert by_age[:, 0].sum() <= counted


def test_old_minus_young() -> None:
    calm, turbulent = np.zeros((2, BANDS * BAND, 2))
    calm[0], calm[4], calm[10], calm[20] = [3, 10], [5, 10], [9, 9], [2, 10]  # young .4, old .2
    turbulent[3], turbulent[39] = [2, 10], [5, 10]
    evidence = {"calm": {"dilemma.by_age": calm}, "turbulent": {"dilemma.by_age": turbulent}}
    found = MEASURES[0].value(evidence)
    assert found["old minus young without shocks"] == pytest.approx(-0.2)
    assert found["old minus young at shock rate 0.20"] == pytest.approx(0.3)
    assert MEASURES[0].curve(evidence).y[0] == pytest.approx(0.3)
    parts = {name: Interval(value, value, value) for name, value in found.items()}
    assert MEASURES[0].holds(parts)
    assert not MEASURES[0].holds({name: Interval(-part.value, 0.0, 0.0) for name, part in parts.items()})
