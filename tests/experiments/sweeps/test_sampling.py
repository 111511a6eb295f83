"""Designs beyond the grid: how points lie, what repeats, what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.design import Range
from experiments.sweeps.sampling import design_of, read_table
from simulation.problems import InputError
from simulation.scenario import Scenario

BASE = Scenario()
RANGES = {"environment.shock_rate": (0.0, 0.3), "trust.initial": (0.2, 0.8)}


def test_a_latin_hypercube_has_one_point_in_every_row_and_column() -> None:
    design = design_of(BASE, RANGES, "lhs", points=25)
    for key, (low, high) in RANGES.items():
        levels = np.array(design.vary[key], dtype=float)
        assert sorted(((levels - low) / (high - low) * 25).astype(int).tolist()) == list(range(25))


def test_a_sobol_sequence_is_balanced_in_every_quarter() -> None:
    design = design_of(BASE, RANGES, "sobol", points=64)
    x, y = (np.array(design.vary[key], dtype=float) for key in RANGES)
    counts = np.histogram2d(x, y, bins=4, range=[[0, 0.3], [0.2, 0.8]])[0]
    assert (counts == 4).all()


@pytest.mark.parametrize("kind", ["lhs", "sobol", "random"])
def test_sampled_designs_stay_inside_repeat_and_follow_the_seed(kind: str) -> None:
    one, again, other = (design_of(BASE, RANGES, kind, points=16, seed=seed) for seed in (3, 3, 4))
    assert [cell.cell for cell in one.cells] == [cell.cell for cell in again.cells]
    assert one.vary != other.vary
    for key, (low, high) in RANGES.items():
        assert all(low <= level <= high for level in one.vary[key])  # type: ignore[operator]
    assert all(cell.scenario.trust.initial == cell.levels["trust.initial"] for cell in one.cells)


def test_whole_numbers_are_whole_cover_their_range_and_do_not_repeat() -> None:
    design = design_of(BASE, {"firms.count": Range(20, 24)}, "lhs", points=50)
    assert sorted(design.vary["firms.count"]) == [20, 21, 22, 23, 24]  # type: ignore[type-var]


def test_zip_goes_through_levels_together() -> None:
    design = design_of(BASE, {"trust.initial": [0.2, 0.5], "environment.shock_rate": (0.1, 0.2, 2)}, "zip")
    rows = [cell.levels for cell in design.cells]
    assert rows == [
        {"trust.initial": 0.2, "environment.shock_rate": 0.1},
        {"trust.initial": 0.5, "environment.shock_rate": 0.2},
    ]


def test_a_table_is_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_text("trust.initial,environment.shock_scope\n0.2,global\n\n0.5,local\n")
    design = design_of(BASE, read_table(file), "table")
    assert [tuple(cell.levels.values()) for cell in design.cells] == [(0.2, "global"), (0.5, "local")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs a header"),
        ("trust.initial\n", "needs a header"),
        ("trust.initial\n0.1,0.2\n", r"cells.csv:2: has 2 values, the header 1"),
        ("trust.initial,trust.initial\n0.1,0.2\n", "names a setting twice"),
        ("trust.initial,trust.gain\n0.1,\n", r"cells.csv:2: has no level of trust.gain"),
    ],
)
def test_a_damaged_table_is_refused_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_table(tmp_path / "cells.csv")


@pytest.mark.parametrize(
    ("vary", "kind", "points", "message"),
    [
        (RANGES, "lsh", 10, 'did you mean "lhs"'),
        (RANGES, "lhs", None, "say how many"),
        (RANGES, "sobol", 1, "say how many"),
        (RANGES, "factorial", 10, "belongs to the designs"),
        ({"trust.initial": [0.1, 0.2, 0.3]}, "lhs", 10, "needs a range"),
        ({"trust.initial": (0.8, 0.2)}, "random", 10, "must be below"),
        ({"trust.initial": (0.2, 1.8)}, "random", 10, "trust.initial"),
        ({"trust.inital": (0.2, 0.8)}, "lhs", 10, "trust.initial"),
        ({"trust.initial": [0.1, 0.2], "trust.gain": [0.1]}, "zip", None, "as many levels"),
        ({"trust.initial": 0.1}, "zip", None, "not a list of levels"),
        ({"trust.initial": [0.2, 0.2]}, "zip", None, "the same world"),
        ({}, "lhs", 10, "nothing to vary"),
    ],
)
def test_wrong_designs_are_refused(vary: dict[str, Any], kind: str, points: int | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        design_of(BASE, vary, kind, points)
