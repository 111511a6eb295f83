import numpy as np
import pytest

from experiments.lab.asks import ask_of
from experiments.lab.ensemble import AGES, ensemble
from experiments.lab.packing import unpack
from experiments.lab.worlds import Worlds
from experiments.outcomes import OUTCOMES, life_table, outcomes
from simulation import simulate
from simulation.events import ENDED

WORLDS = Worlds()


def test_each_world_is_that_of_the_seed() -> None:
    ask = ask_of(
        {"scenario": "calm", "changes": {"firms.count": 30, "time.quarters": 100}, "seed": 4, "world": 9}, WORLDS
    )
    header, arrays = unpack(ensemble(ask, 5, 3))
    assert (header["kind"], header["first"], header["count"]) == ("ensemble", 5, 3)
    assert (header["quarters"], header["ages"], header["measures"]) == (100, AGES, list(OUTCOMES))
    for place in range(3):
        run = simulate(ask.scenario, 4, 5 + place)
        table = life_table(run)
        np.testing.assert_array_equal(arrays["living"][place], run.series("living"))
        np.testing.assert_allclose(arrays["trust"][place] / 255, run.series("mean_trust"), atol=0.5 / 255 + 1e-9)
        np.testing.assert_array_equal(arrays["at_risk"][place], table.at_risk[:AGES])
        np.testing.assert_array_equal(arrays["deaths"][place], table.deaths[:, :AGES].sum(axis=0))
        np.testing.assert_allclose(arrays["outcomes"][place], list(outcomes(run).values()), rtol=1e-6)
        ended = (run.events.kind == ENDED) & (run.events.quarter >= run.scenario.time.warm_up_quarters)
        assert arrays["causes"][place].sum() == ended.sum()


def test_a_short_world_has_fewer_ages() -> None:
    header, arrays = unpack(ensemble(ask_of({"scenario": "baseline", "changes": {"time.quarters": 12}}, WORLDS), 0, 1))
    assert header["ages"] == 12
    assert arrays["at_risk"].shape == (1, 12)


@pytest.mark.parametrize("name", WORLDS.names)
def test_every_scenario_has_one(name: str) -> None:
    _, arrays = unpack(ensemble(ask_of({"scenario": name, "changes": {"time.quarters": 16}}, WORLDS), 0, 1))
    assert (arrays["deaths"] <= arrays["at_risk"]).all()
