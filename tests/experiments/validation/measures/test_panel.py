"""The long table of alliance-quarters, and the arithmetic on it."""

import math

import numpy as np
import pytest

from experiments.validation.evidence import observe
from experiments.validation.measures.panel import (
    Panel,
    bin_of,
    binned,
    next_quarter,
    rate_ratio,
    ratio,
    rows_of_one_alliance,
    thirds,
)
from simulation.scenario import Scenario


class Counted(Panel):
    """How many rows, and how many endings, a run left behind."""

    columns = ("trust",)

    def sums(self, run):
        table = self.table()
        warm_up = run.scenario.time.warm_up_quarters
        spells = run.spells()
        last = np.where(spells.cause >= 0, spells.ended, spells.ended - 1)
        quarters = np.maximum(last - np.maximum(spells.entered, warm_up) + 1, 0).sum()
        ended = ((spells.cause >= 0) & (spells.ended >= warm_up)).sum()
        number, start = rows_of_one_alliance(table["about"])
        pairs, _ = next_quarter(table["about"], table["quarter"])
        assert table["trust"].shape == (len(number), 2)
        return {
            "rows": np.array(
                [len(number) - quarters, table["ended"].sum() - ended, len(number) - len(start) - len(pairs)]
            )
        }


def test_there_is_one_row_per_alliance_and_quarter_at_risk(tiny: Scenario) -> None:
    assert observe(tiny, (Counted,), 1, 0)["rows"].tolist() == [0, 0, 0]


def test_next_quarter_pairs_rows_of_one_alliance_only() -> None:
    about, quarter = np.array([7, 3, 7, 3, 7]), np.array([1, 1, 2, 2, 4])
    now, later = next_quarter(about, quarter)
    assert sorted(zip(now.tolist(), later.tolist(), strict=True)) == [(0, 2), (1, 3)]


def test_a_bin_across_a_border_counts_in_both_thirds() -> None:
    sums = thirds(np.array([3.0, 0.0, 3.0]), np.array([[3.0, 30.0], [0.0, 0.0], [6.0, 60.0]]))
    assert sums[:, 0].tolist() == pytest.approx([2.0, 3.0, 4.0])
    assert sums[:, 1].tolist() == pytest.approx([20.0, 30.0, 40.0])


def test_thirds_of_nothing_are_nothing() -> None:
    assert thirds(np.zeros(4), np.zeros((4, 2))).tolist() == [[0.0, 0.0]] * 3


def test_values_beyond_the_ends_fall_into_the_last_bins() -> None:
    assert bin_of(np.array([-1.0, 0.0, 0.5, 1.0, 9.0]), 4).tolist() == [0, 0, 2, 3, 3]
    assert binned(np.array([0, 2, 2]), 3, np.array([1.0, 2.0, 3.0])).tolist() == [[1.0], [0.0], [5.0]]


def test_a_rate_without_exposure_is_unknown() -> None:
    assert math.isnan(ratio(1.0, 0.0))
    assert math.isnan(rate_ratio(np.array([1.0, 10.0]), np.array([0.0, 0.0])))
    assert rate_ratio(np.array([2.0, 10.0]), np.array([1.0, 10.0])) == 2.0
