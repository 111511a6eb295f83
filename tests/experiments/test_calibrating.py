"""The search for defaults: where it may go, where it goes, and that it ends no worse than it began."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.calibrating import Study, _Measured, _Search, calibrate_patterns
from simulation.problems import InputError
from simulation.scenario import Scenario

TWO = Study({"exit.base_hazard": (0.02, 0.06), "trust.gain": (0.03, 0.12)}, worlds=4, rounds=1)


def test_the_projects_study_is_read_and_its_bounds_hold_the_defaults() -> None:
    study, settings = Study.read(), Scenario().model_dump()
    for name, (low, high) in study.bounds.items():
        group, leaf = name.split(".")
        assert low <= settings[group][leaf] <= high, name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[bounds]\n'exit.base_hazrd' = [0, 1]", 'did you mean "exit.base_hazard"'),
        ("worlds = 3", "has no \\[bounds\\]"),
        ("wurlds = 3\n[bounds]\n'exit.base_hazard' = [0, 1]", "unknown setting wurlds"),
        ("[bounds", "is not TOML"),
    ],
)
def test_a_wrong_study_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "study.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        Study.read(file)


def test_the_linear_programme_moves_the_worst_number_inside() -> None:
    """One number lies two errors outside, and one setting moves it by ten errors over its range."""
    search = _Search(Scenario(), replace(TWO, reach=1.0, enough=3.0), None, None)
    middle = np.array([0.0 if np.isinf(t.low) and np.isinf(t.high) else _inside(t.low, t.high) for t in search.targets])
    errors = np.full(len(middle), 1e-3)
    values, slopes = middle.copy(), np.zeros((len(middle), 2))
    values[0] = search.targets[0].low - 2e-3
    slopes[0, 1] = 10e-3
    moved = search.better(_Measured(np.array([0.5, 0.1]), values, errors, 0), slopes, reach=1.0)
    assert moved[0] == pytest.approx(0.5), "a setting that changes nothing stays"
    assert moved[1] == pytest.approx(0.1 + 5 / 10), "deep enough, and no further"


def _inside(low: float, high: float) -> float:
    if np.isinf(low):
        return high - 1.0
    return low + 1.0 if np.isinf(high) else (low + high) / 2


@pytest.mark.slow
def test_a_small_search_ends_no_worse_than_it_began() -> None:
    boards: list[int] = []
    found = calibrate_patterns(study=TWO, progress=lambda done, _: boards.append(done))
    assert boards == [1, 2, 3, 4]
    assert found.best.score >= found.points[0].score
    assert set(found.best.settings) == set(TWO.bounds)
    assert "patterns hold after the search" in found.sentence()
