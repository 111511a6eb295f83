"""Boundaries of surfaces with known boundaries, of worlds with a known answer, and what people see of them."""

import builtins
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("adaptive")

from experiments import boundary
from experiments.searches.bounding import Boundary, search
from experiments.searches.levers import Lever
from experiments.storage import ResultFolder
from simulation.problems import InputError
from simulation.scenario import Scenario

VARY = {"environment.shock_rate": (0.0, 0.4), "trust.initial": (0.1, 0.9)}
X = Lever("x", -1.0, 1.0, 0.0, False, "", "x")
Y = Lever("y", -1.0, 1.0, 0.0, False, "", "y")


def made(surface: Callable[[float, float], float], spread: float = 0.0, worlds: int = 8) -> Any:
    height = np.linspace(-spread, spread, worlds)

    def measure(places: Sequence[tuple[float, float]]) -> np.ndarray:
        return np.array([surface(a, b) + height for a, b in places])

    return measure


def drawn(surface: Callable[[float, float], float], points: int, spread: float = 0.0, level: float = 0.5) -> Boundary:
    places, values = search(made(surface, spread), X, Y, level, points)
    return Boundary(Scenario(), X, Y, "survival_5y", level, 1, values.shape[1], places, values)


def circle(a: float, b: float) -> float:
    """A smooth hill that has the height 0.5 at the radius 0.6."""
    return 1 / (1 + math.exp(6 * (math.hypot(a, b) - 0.6)))


# --- the search ------------------------------------------------------------------------------------------------------


def test_the_boundary_of_a_round_hill_is_its_circle() -> None:
    found = drawn(circle, 120)
    line = found.contour[0]
    assert line[0] == pytest.approx(line[-1])
    # Near the circle 120 points lie about 0.1 apart; straight pieces across the bend of a height err by
    # 0.1²/8 · (largest second derivative, 0.1·6² = 3.5) / (slope, 6/4 = 1.5), about 0.003; far pieces by a few times that.
    assert np.hypot(*line.T) == pytest.approx(0.6, abs=0.02)


def test_points_concentrate_where_the_level_passes() -> None:
    found = drawn(circle, 120)
    near = np.abs(np.hypot(*found.places.T) - 0.6) < 0.1
    uniform = (math.pi * (0.7**2 - 0.5**2)) / 4  # the ring's share of the square
    # Points at random would lie there in this share, give or take a binomial standard error; five of them.
    error = math.sqrt(uniform * (1 - uniform) / len(found.places))
    assert near.mean() > uniform + 5 * error
    assert near.mean() > 2 * uniform


def test_it_beats_an_even_grid_of_as_many_points() -> None:
    def farthest(points: np.ndarray) -> float:
        heights = np.array([circle(a, b) for a, b in points])
        whole = Boundary(Scenario(), X, Y, "survival_5y", 0.5, 1, 2, points, np.stack([heights, heights], axis=1))
        return float(np.abs(np.hypot(*whole.contour[0].T) - 0.6).mean())

    even = np.linspace(-1, 1, 10)
    grid = np.array([(a, b) for a in even for b in even])
    assert farthest(drawn(circle, 100).places) < 0.5 * farthest(grid)


def test_a_straight_boundary_and_the_words_for_it() -> None:
    found = drawn(lambda a, b: 0.5 - 0.2 * a + 0.1 * b, 40, spread=0.05)
    for line in found.contour:
        assert line[:, 1] == pytest.approx(2 * line[:, 0], abs=1e-6)
    told = found.sentence()
    assert "at least 50 of 100 alliances live five years at no y from −1 to 1 where the x is above 0.5" in told
    assert "and at every one where it is below −0.5" in told
    for side, heights in (("low", found.low), ("high", found.high)):
        line = found.band[side][0]
        shift = float(np.mean(heights - found.mean))
        assert 0.5 - 0.2 * line[:, 0] + 0.1 * line[:, 1] == pytest.approx(0.5 - shift, abs=1e-6)


def test_no_boundary_is_an_answer() -> None:
    found = drawn(lambda a, b: 0.8 + 0.05 * a, 20)
    assert found.contour == []
    assert "no boundary: " in found.sentence()
    assert "75 of 100 to 85 of 100 alliances live five years, always more than 50 of 100" in found.sentence()
    assert found.plot().axes
    assert "<html" in found.to_html()
    flat = drawn(lambda a, b: 0.3, 20)
    assert "everywhere" in flat.sentence()
    assert flat.plot().axes


def test_where_the_outcome_is_undefined_points_are_left_out() -> None:
    found = drawn(lambda a, b: math.nan if a < -0.5 else 0.5 - 0.5 * a, 60)
    assert np.isnan(found.mean).any()
    assert all(line[:, 0] == pytest.approx(0.0, abs=0.02) for line in found.contour)
    assert any("no world defines the outcome" in note for note in found.notes())
    nothing = drawn(lambda a, b: math.nan, 12)
    assert "no world defines" in nothing.sentence()
    assert nothing.plot().axes
    assert "<html" in nothing.to_html()


def test_whole_numbers_are_the_only_ones_run() -> None:
    firms = Lever("firms.count", 2.0, 9.0, 5.0, True, "firms", "firms")
    places, values = search(made(lambda a, b: 0.5 + 0.1 * (b - 0.3) + 0.05 * (a - 5)), firms, Y, 0.5, 60)
    assert (places[:, 0] == places[:, 0].round()).all()
    assert len({tuple(place) for place in places}) == len(places) <= 60
    assert len(values) == len(places)


# --- worlds ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Scenario:
    return Scenario().with_(firms__count=20, time__quarters=70, time__warm_up_quarters=12)


@pytest.fixture(scope="module")
def result(small: Scenario) -> Boundary:
    return boundary(small, VARY, "survival_5y", 0.35, points=20, worlds=8, seed=2)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_answer_whatever_the_threads(small: Scenario, result: Boundary) -> None:
    again = boundary(small, VARY, "survival_5y", 0.35, points=20, worlds=8, seed=2, jobs=1)
    first, second = ({**one.to_json(), "seconds": 0} for one in (result, again))
    assert first == second


@pytest.mark.slow
def test_two_chances_to_part_add_up_as_algebra_says() -> None:
    """Constant chance that partners part and chance of completion: half live five years along a known line (L3)."""
    world = Scenario().with_(
        {"firms.count": 30, "firms.initial_capital": 1e6, "time.quarters": 70, "time.warm_up_quarters": 0,
         "exit.racer_chance": 0.0,
         "opportunism.side_deal_rate": 0.0, "environment.shock_rate": 0.0, "formation.rate": 0.3,
         "trust.feeling_out_quarters": 0}
    )  # fmt: skip
    vary = {"exit.fixed_hazard": (0.0, 0.06), "exit.completion": (0.0, 0.06)}
    found = boundary(world, vary, "survival_5y", 0.5, points=30, worlds=16)
    stay = 0.5 ** (1 / 20)
    # Where h is at most 0.02 and at least 0: the line (1−h)(1−c) = stay. The band says how sure each place is.
    for place, low, high in zip(found.places, found.low, found.high, strict=True):
        true = ((1 - place[0]) * (1 - place[1])) ** 20
        half = (high - low) / 2
        assert low - 1.2 * half <= true <= high + 1.2 * half  # 30 places: 4.3 standard errors in all
    line = found.contour[0]
    assert (1 - line[:, 0]) * (1 - line[:, 1]) == pytest.approx(stay, abs=0.006)


def test_it_speaks_for_itself(result: Boundary) -> None:
    assert result.sentence().startswith("Baseline: at least 35 of 100 alliances live five years ")
    assert repr(result).startswith(
        "Boundary(baseline, survival_5y = 0.35 over environment.shock_rate and trust.initial"
    )
    assert "<script" not in result._repr_html_()
    assert set(result.frame().columns) == {*VARY, "mean", "low", "high", "worlds"}
    assert len(result.frame()) == 20
    assert result.plot().axes
    assert "<html" in result.to_html()
    assert set(result.line_columns()["line"]) <= {"boundary", "low", "high"}


def test_json_has_the_shape_that_scripts_rely_on(result: Boundary) -> None:
    told = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert {"x", "y", "outcome", "level", "contour", "band", "points", "sentence", "evaluations", "seconds"} <= set(
        told
    )
    assert (told["x"]["key"], told["x"]["low"], told["y"]["high"]) == ("environment.shock_rate", 0.0, 0.9)
    assert set(told["points"][0]) == {"x", "y", "mean", "low", "high", "worlds"}
    assert told["evaluations"] == 20 * 8
    assert all(len(corner) == 2 for line in told["contour"] for corner in line)


def test_progress_ends_at_its_total(small: Scenario) -> None:
    said: list[tuple[int, int]] = []
    boundary(small, VARY, level=0.35, points=12, worlds=2, progress=lambda done, total: said.append((done, total)))
    assert said[-1] == (24, 24)
    assert {total for _, total in said} == {24}


@pytest.mark.slow
def test_a_folder_is_the_same_twice_and_refuses_another_plan(small: Scenario, tmp_path: Path) -> None:
    out = tmp_path / "map"
    kept = []
    for _ in range(2):
        found = boundary(small, VARY, "survival_5y", 0.35, points=14, worlds=4, out=out)
        names = ("boundary.json", "boundary.svg", "boundary.png", "points.csv", "lines.csv", "report.html")
        kept.append({name: (out / name).read_bytes() for name in names})
    assert kept[0] == kept[1]
    assert json.loads(kept[0]["boundary.json"])["sentence"] == found.sentence()
    np.testing.assert_array_equal(ResultFolder(out).read_table("points.parquet")["mean"], found.mean)
    assert b"<script" not in kept[0]["report.html"]
    with pytest.raises(InputError, match="holds another boundary: points is 14 there, 15 now"):
        boundary(small, VARY, "survival_5y", 0.35, points=15, worlds=4, out=out)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vary": {"environment.shock_rate": (0, 0.3)}}, "is not two settings and their ranges"),
        (
            {"vary": {"environment.shock_rat": (0, 0.3), "trust.initail": (0.1, 0.9)}},
            r'(?s)shock_rate".*"trust.initial"\?',
        ),
        ({"vary": {"environment.shock_rate": 0.3, "trust.initial": (0.1, 0.9)}}, r"0.3 is not \(low, high\)"),
        ({"vary": {"environment.shock_rate": (0, 3), "trust.initial": (0.1, 0.9)}}, "3 is not a number from 0 to 1"),
        ({"vary": {"environment.shock_scope": (0, 1), "trust.initial": (0, 1)}}, "not a number that can be moved"),
        ({"vary": {"mix.sharer": (0, 0.8), "mix.hoarder": (0, 0.8)}}, "must not exceed 1"),
        ({"outcome": "survival"}, "no outcome"),
        ({"level": 50}, "write 0.5 for 50 of 100"),
        ({"points": 5}, "5 is not a whole number from 9 to 5,000"),
        ({"points": 20.5}, "20.5 is not a whole number"),
        ({"worlds": 0}, "worlds"),
    ],
)
def test_wrong_input_is_named(small: Scenario, tmp_path: Path, change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"vary": VARY, "outcome": "survival_5y", "level": 0.35, "points": 12, "worlds": 2} | change
    with pytest.raises(InputError, match=message):
        boundary(small, out=tmp_path / "never", **given)
    assert not (tmp_path / "never").exists()


def test_without_the_package_it_says_what_to_install(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuses(name: str, *rest: Any, **more: Any) -> Any:
        if name == "adaptive":
            raise ImportError("no adaptive")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuses)
    with pytest.raises(
        InputError, match=r"needs adaptive; install it with: pip install 'alliance-dynamics\[boundary\]'"
    ):
        boundary(small, VARY, level=0.35, points=12, worlds=2)
