"""The search for defaults: where it may go, where it goes, and that it ends no worse than it began."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.calibrating import (
    FAR_OUTSIDE,
    STUDY,
    Calibration,
    Point,
    Study,
    _Measured,
    _Search,
    calibrate_patterns,
    hold_anywhere,
)
from scenarios import load
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
        (
            "[bounds]\n'exit.base_hazrd' = [0, 1]",
            'bounds.exit.base_hazrd: no such setting; did you mean "exit.base_hazard"',
        ),
        ("worlds = 3", "has no [bounds]"),
        ("wurlds = 3\n[bounds]\n'exit.memory' = [0, 1]", 'wurlds: unknown setting; did you mean "worlds"?'),
        ("[bounds", "this is not TOML"),
        ("bounds = 3", "bounds: is not a table"),
        ("[bounds]", "bounds: names no setting"),
        ("[bounds]\n'exit.memory' = 0.3", "bounds.exit.memory: is not a pair of numbers"),
        ("[bounds]\n'exit.memory' = [0.1, 0.2, 0.3]", "bounds.exit.memory: is not a pair of numbers"),
        ("[bounds]\n'exit.memory' = ['0.1', 0.2]", "bounds.exit.memory: is not a pair of numbers"),
        ("[bounds]\n'exit.memory' = [false, true]", "bounds.exit.memory: is not a pair of numbers"),
        ("[bounds]\n'exit.memory' = [0.3, 0.3]", "bounds.exit.memory: low 0.3 must be below high 0.3"),
        ("[bounds]\n'exit.memory' = [nan, 0.3]", "bounds.exit.memory: low nan must be below"),
        (f"[bounds]\n'exit.memory' = [0.1, {'9' * 400}]", "is not a number from 0 to 1"),
        (f"[bounds]\n'exit.memory' = [{'9' * 400}, 1]", "must be below"),
        ("[bounds]\n'exit.memory' = [0.1, 1.1]", "bounds.exit.memory: 1.1 is not a number from 0 to 1"),
        ("[bounds]\n'exit.memory' = [-0.1, 1]", "bounds.exit.memory: -0.1 is not a number from 0 to 1"),
        ("[bounds]\n'strategies.sharer.base' = [0, 1]", "bounds.strategies.sharer.base: cannot be searched"),
        ("[bounds]\n'mix.sharer' = [0, 1]", "bounds.mix.sharer: no such setting"),
        ("[bounds]\n'firms.count' = [10, 100]", "bounds.firms.count: cannot be searched"),
        ("[bounds]\n'network.kind' = [0, 1]", "bounds.network.kind: cannot be searched"),
        ("[bounds]\nexit = [0, 1]", "bounds.exit: no such setting"),
        ("seed = -1", "seed: -1 is not a whole number from 0"),
        ("seed = 'one'", 'seed: "one" is not a whole number'),
        ("worlds = 1", "worlds: 1 is not a whole number from 2"),
        ("worlds = 4.0", "worlds: 4.0 is not a whole number"),
        ("wanted = 0", "wanted: 0 is not a whole number"),
        ("rounds = true", "rounds: true is not a whole number"),
        ("step = 0", "step: 0 is not a number above 0, of at most 1"),
        ("step = 1.01", "step: 1.01 is not a number above 0"),
        ("reach = -0.1", "reach: -0.1 is not a number above 0"),
        ("reach = [1]", "reach: a list is not a number above 0"),
        ("enough = inf", "enough: inf is not a number above 0"),
        ("enough = nan", "enough: nan is not a number above 0"),
        ("restraint = -1", "restraint: -1 is not a number from 0"),
        ("fixed = 3", "fixed: is not a table"),
        ("fixed = {'trust.gian' = 0.1}", 'fixed.trust.gian: no such setting; did you mean "trust.gain"?'),
        ("fixed = {'trust.gain' = 9}", "fixed.trust.gain: 9 is not a number from 0 to 2"),
        ("fixed = {'trust.gain' = [1]}", "fixed.trust.gain: a list is not a number"),
        ("fixed = {'exit.memory' = 0.3}", "fixed.exit.memory: is in [bounds] too"),
        ("fixed = {name = 'mine'}", "fixed.name: is not the dotted name of a setting"),
        ("start = [1]", "start: is not a table"),
        ("start = {'trust.gain' = 0.1}", "start.trust.gain: is not in [bounds]"),
        ("start = {'exit.memory' = 'low'}", 'start.exit.memory: "low" is not a number'),
        ("start = {'exit.memory' = 1.5}", "start.exit.memory: 1.5 is outside its bounds"),
        ("extends = 3", "extends: 3 is not the path of a study file"),
        ("extends = 'nothing.toml'", 'extends: "nothing.toml" is not the path of a study file'),
        ("extends = 'mine.toml'", 'extends: "mine.toml" goes in a circle'),
    ],
)
def test_a_wrong_study_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mine.toml"
    complete = "[bounds" in text or "bounds =" in text or text == "worlds = 3"
    file.write_text(text if complete else f"{text}\n[bounds]\n'exit.memory' = [0, 1]\n")
    with pytest.raises(InputError) as caught:
        Study.read(file)
    assert message in str(caught.value)
    assert {problem.file for problem in caught.value.problems} == {file.as_posix()}


def test_a_study_made_in_python_is_checked_too() -> None:
    with pytest.raises(InputError, match="worlds: -1 is not a whole number"):
        replace(TWO, worlds=-1)


def test_a_study_extends_another_from_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "first.toml").write_text(
        "worlds = 7\nseed = 3\nstart = {exit.memory = 0.3}\n[bounds.exit]\nmemory = [0, 1]\n"
    )
    file = tmp_path / "below" / "second.toml"
    file.write_text("extends = '../first.toml'\nseed = 4\n[start]\n")
    found = Study.read(file)
    assert (found.worlds, found.seed, found.start, found.bounds) == (7, 4, {}, {"exit.memory": (0, 1)})
    (tmp_path / "first.toml").write_text("extends = 'below/second.toml'\n")
    with pytest.raises(InputError, match=r"extends: .* goes in a circle"):
        Study.read(file)


def test_the_second_study_differs_only_where_it_says_so() -> None:
    first, second = Study.read(), Study.read(STUDY.with_name("second_study.toml"))
    assert second.bounds == first.bounds
    assert (second.wanted, second.step, second.seed) == (first.wanted, first.step, 102)
    assert not first.fixed
    assert len(second.fixed) == 8
    assert set(first.start) == set(first.bounds)
    assert not second.start, "it begins at the defaults"


def test_the_search_begins_where_the_study_says_or_else_at_the_scenario() -> None:
    search = _Search(Scenario().with_(trust__gain=0.05), replace(TWO, start={"exit.base_hazard": 0.035}), None, None)
    assert search.settings(search.start()) == {"exit.base_hazard": 0.035, "trust.gain": 0.05}


@pytest.mark.parametrize("search", [calibrate_patterns, hold_anywhere])
def test_a_pattern_that_cannot_be_measured_stops_the_search_at_once(search: Callable[..., object]) -> None:
    with pytest.raises(
        InputError, match=r"P28: not measured here: environment\.events\.1: quarter 120 is after the last"
    ):
        search(Scenario().with_(time__quarters=120), TWO)


def test_an_undefined_number_lies_far_outside_and_the_others_go_on_guiding() -> None:
    search = _Search(Scenario(), replace(TWO, reach=1.0, enough=3.0), None, None)
    values = np.array([_inside(t.low, t.high) for t in search.targets])
    errors, slopes = np.full(len(values), 1e-3), np.zeros((len(values), 2))
    values[0], slopes[0, 1] = search.targets[0].low - 2e-3, 10e-3
    whole = search.point(_Measured(np.array([0.5, 0.1]), values, errors, 0))
    values[3], errors[5] = np.nan, np.nan
    at = _Measured(np.array([0.5, 0.1]), values, errors, 0)
    point = search.point(at)
    assert point.worst == point.depths[search.targets[3].name] == point.depths[search.targets[5].name] == FAR_OUTSIDE
    assert point.score < whole.score
    assert search.better(at, slopes, reach=1.0) == pytest.approx([0.5, 0.6])
    text = json.dumps(Calibration(search.study, [point]).to_json(), allow_nan=False)
    assert f'"worst": {FAR_OUTSIDE}' in text
    nothing = replace(at, values=np.full(len(values), np.nan))
    assert search.better(nothing, slopes, reach=1.0) == pytest.approx(at.x), "nothing is known: stay"


def test_slopes_of_undefined_numbers_guide_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    search = _Search(Scenario(), TWO, None, None)
    m = len(search.targets)
    at = _Measured(np.array([0.5, 0.5]), np.zeros(m), np.ones(m), 0)
    moved = np.zeros(m)
    moved[:3] = np.nan, np.inf, 0.3
    monkeypatch.setattr(search, "measure", lambda x: replace(at, x=x, values=moved))
    assert search.slopes(at)[:3, 0] == pytest.approx([0.0, 0.0, 2.0])


def test_what_was_found_is_a_scenario_file(tmp_path: Path) -> None:
    fixed = {"trust.initial": 0.47, "mechanisms.shocks": False, "network.kind": "regular", "firms.count": 60,
             "mix.hoarder": 0.5, "strategies.sharer.base": 0.7, "exit.fixed_hazard": 1e-05}  # fmt: skip
    study = replace(TWO, fixed=fixed)
    found = Calibration(study, [Point({"exit.base_hazard": 0.0312, "trust.gain": 0.1}, 30, 0.1, 0.1, {})])
    assert "[exit]\nbase_hazard = 0.0312" in found.toml()
    file = tmp_path / "found.toml"
    file.write_text(found.toml())
    read = load(file)
    assert read.digest == Scenario().with_(fixed | found.best.settings).digest


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
