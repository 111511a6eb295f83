"""Better offers and good alliances."""

import numpy as np
import pytest

from experiments.validation.evidence import observe
from experiments.validation.measure import Interval
from experiments.validation.measures.options import (
    MEASURES,
    OPTION_BINS,
    PERFORMANCE_BINS,
    Options,
    best_third,
    twice_the_weight,
)
from simulation.scenario import Scenario

(P30,) = MEASURES


def table(**cells: tuple[int, int, tuple[float, float, float]]) -> np.ndarray:
    made = np.zeros((PERFORMANCE_BINS, OPTION_BINS, 3))
    for performance, option, values in cells.values():
        made[performance, option] = values
    return made


def test_a_bin_on_the_border_counts_in_part() -> None:
    usual = table(low=(10, 0, (5, 5, 50)), border=(20, 0, (2, 4, 20)), high=(30, 3, (1, 2, 20)))
    # a third of 90 is 30: all 20 of the highest bin, half of the one below
    good = best_third(usual, usual)
    assert good[0].tolist() == [1.0, 2.0, 10.0]
    assert good[3].tolist() == [1.0, 2.0, 20.0]
    assert good.sum(axis=0).tolist() == [2.0, 4.0, 30.0]


def test_both_ratios_by_hand() -> None:
    rest = (0, 0, (9, 9, 600))
    usual = table(rest=rest, a=(50, 1, (1, 2, 100)), b=(50, 2, (2, 2, 100)), c=(50, 3, (3, 4, 100)))
    pulled = table(rest=rest, a=(50, 1, (9, 20, 300)))
    found = P30.value({"base": {"options.exits": usual}, "twice the outside options": {"options.exits": pulled}})
    assert found["options twice as heavy (paired)"] == pytest.approx((20 / 300) / (8 / 300))
    assert found["paired, exits of choice"] == pytest.approx((9 / 300) / (6 / 300))
    assert found["best over worst third of options"] == pytest.approx(2.0)
    assert found["thirds, exits of choice"] == pytest.approx(3.0)


def test_the_verdict_needs_both() -> None:
    good = {"paired": Interval(1.2, 1.1, 1.3), "inside": Interval(1.5, 0.5, 4.0), "more": Interval(0.0, 0.0, 0.0)}
    assert P30.holds(good)
    assert not P30.holds(good | {"paired": Interval(1.2, 0.9, 1.5)})
    assert not P30.holds(good | {"inside": Interval(1.0, 0.9, 1.1)})


def test_a_small_world(tiny: Scenario) -> None:
    assert twice_the_weight(tiny) == 2 * tiny.exit.outside_weight
    chosen, ended, quarters = observe(tiny, (Options,), 1, 0)["options.exits"].sum(axis=(0, 1))
    assert 0 < chosen <= ended < quarters
