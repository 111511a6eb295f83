"""Over two settings: on which side of which line does an outcome keep a level? Points go where the line passes."""

import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import Floats
from experiments.analysis.boundary import attention, contour
from experiments.analysis.comparison import estimate
from experiments.design import check_amounts
from experiments.outcomes import check_outcome, plain
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress
from experiments.searches.bounding_words import notes, table, verdict
from experiments.searches.levers import Lever, lever
from experiments.searches.outcome_words import check_level
from experiments.sentences import counted, html_table
from experiments.storage import ResultFolder
from experiments.sweeps.asking import Asker
from experiments.sweeps.engines import Engine
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

BATCH = 4  # points asked for at once, whatever the threads: the same points on every machine
FEWEST, MOST = 9, 5000  # points
FIRST = 0.25  # share of the points that go into an even grid, to see the whole before looking closely
DIGITS = 4  # decimals of a share of the range: what a setting is rounded to


@dataclass
class Boundary:
    """The line over two settings at which the mean outcome over worlds has a level. Made by `boundary`.

    places : [points, 2] values of x and y that were run     values : [points, worlds] the outcome, NaN where undefined
    mean, low, high : [points] over worlds, with 95 % intervals
    contour : polylines [corners, 2] in the units of x and y     band : "low" and "high" -> such lines of the interval's
    ends, between which the boundary lies
    """

    scenario: Scenario
    x: Lever
    y: Lever
    outcome: str
    level: float
    seed: int
    worlds: int
    places: Floats
    values: Floats
    evaluations: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    out: Path | None = None
    mean: Floats = field(init=False)
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    contour: list[Floats] = field(init=False)
    band: dict[str, list[Floats]] = field(init=False)

    def __post_init__(self) -> None:
        found = [estimate(row) for row in self.values]
        self.mean, self.low, self.high = (
            np.array([getattr(one, side) for one in found]) for side in ("mean", "low", "high")
        )
        self.contour = self._lines(self.mean)
        self.band = {name: self._lines(side) for name, side in (("low", self.low), ("high", self.high))}

    def unit(self, heights: Floats) -> tuple[Floats, Floats]:
        """Points at which heights are known, as shares of both ranges [points, 2], and those heights."""
        known = np.isfinite(heights)
        return (self.places[known] - self._lows) / self._spans, heights[known]

    def _lines(self, heights: Floats) -> list[Floats]:
        points, known = self.unit(heights)
        if len(known) < 3:
            return []
        return [self._lows + line * self._spans for line in contour(points, known, self.level)]

    @property
    def _lows(self) -> Floats:
        return np.array([self.x.low, self.y.low])

    @property
    def _spans(self) -> Floats:
        return np.array([self.x.high - self.x.low, self.y.high - self.y.low])

    def sentence(self) -> str:
        """Where the level is kept at no or every value of the other setting, and what it takes as things are."""
        return verdict(self)

    def notes(self) -> list[str]:
        """What must be said beside the sentence."""
        return notes(self)

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per point, in the order in which they were chosen: mean outcome, its 95 % interval, worlds."""
        return {
            self.x.key: self.places[:, 0],
            self.y.key: self.places[:, 1],
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "worlds": np.isfinite(self.values).sum(axis=1).astype(np.int64),
        }

    def line_columns(self) -> dict[str, NDArray[Any]]:
        """One row per corner of a line: which line ("boundary", "low" or "high"), number of the piece, x and y."""
        rows = [
            (name, piece, *corner)
            for name, lines in (("boundary", self.contour), *self.band.items())
            for piece, line in enumerate(lines)
            for corner in line
        ]
        return {
            "line": np.array([row[0] for row in rows], dtype=object),
            "piece": np.array([row[1] for row in rows], dtype=np.int64),
            self.x.key: np.array([row[2] for row in rows], dtype=np.float64),
            self.y.key: np.array([row[3] for row in rows], dtype=np.float64),
        }

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns()))

    def plot(self) -> Any:
        """A matplotlib figure: the map with the boundary, its band, the points, and the scenario as it is as a dot."""
        from experiments.report.boundary import boundary_picture

        return boundary_picture(self)

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one HTML text, also written to `path` if given."""
        from experiments.pictures import write_html
        from experiments.report.boundary import boundary_report

        try:
            return write_html(boundary_report(self), path)
        except (OSError, TypeError) as error:
            raise InputError([Problem(f"cannot be written: {error}", key=str(path))]) from error

    def to_json(self) -> dict[str, Any]:
        columns = self.columns()
        names = ("x", "y", *list(columns)[2:])
        found = {
            "scenario": self.scenario.name,
            "x": asdict(self.x),
            "y": asdict(self.y),
            "outcome": self.outcome,
            "level": self.level,
            "seed": self.seed,
            "worlds": self.worlds,
            "sentence": self.sentence(),
            "notes": self.notes(),
            "contour": [line.tolist() for line in self.contour],
            "band": {name: [line.tolist() for line in lines] for name, lines in self.band.items()},
            "points": [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)],
            "evaluations": self.evaluations,
            "failed": len(self.failures),
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return (
            f"Boundary({self.scenario.name}, {self.outcome} = {self.level:g} over {self.x.key} and {self.y.key}, "
            f"{counted(len(self.places), 'point')} of {counted(self.worlds, 'world')}, "
            f"{counted(len(self.contour), 'line')})"
        )

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), *table(self))


def boundary(
    scenario: Scenario,
    vary: Mapping[str, Sequence[float | None]],
    outcome: str = "survival_5y",
    level: float = 0.5,
    points: int = 60,
    worlds: int = 30,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    engine: Engine = "threads",
) -> Boundary:
    """The line over two settings at which the mean outcome over worlds has a level; the same worlds at all points.

    vary : two settings with where to look, {"environment.shock_rate": (0, 0.3), "trust.initial": (0.1, 0.9)}, x first;
    an end may be None, which stands for the schema's bound
    points : how many to run, a quarter of them in an even grid and the others where the boundary passes
    With `out`: boundary.json, points and lines as tables, picture, report.html. Raises InputError if an input is wrong
    or the package adaptive is missing, before anything is written; RunsFailedError if all runs of a point failed.
    """
    start, began = time.perf_counter(), now()
    x, y = _levers(scenario, vary)
    check_level(check_outcome(outcome), level)
    worlds, seed, points = (int(one) if isinstance(one, np.integer) else one for one in (worlds, seed, points))
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    _check_points(points)
    _check_corners(scenario, x, y)
    _need_adaptive()
    total = points * worlds
    asker = Asker(seed, jobs, (lambda done, _: progress(done, total)) if progress else None, engine)

    def measure(places: Sequence[tuple[float, float]]) -> Floats:
        chosen = [scenario.with_({x.key: x.setting(a), y.key: y.setting(b)}) for a, b in places]
        return asker.ask(chosen, worlds)[outcome]

    def solve() -> Boundary:
        places, values = search(measure, x, y, float(level), points)
        found = Boundary(scenario, x, y, outcome, float(level), seed, worlds, places, values)
        found.evaluations, found.failures = asker.evaluations, asker.failures
        found.seconds = time.perf_counter() - start
        return found

    if out is None:
        return solve()
    plan = {"seed": seed, "worlds": worlds, "points": points, "outcome": outcome, "level": float(level)}
    plan |= {name: [one.key, one.low, one.high] for name, one in (("x", x), ("y", y))}
    record = manifest("boundary", plan, {BASE: scenario})
    with ResultFolder.claim(out, record) as folder:
        asker.keep_in(folder, record | {"times": [{"started": began}]})
        result = solve()
        result.out = folder.path
        _save(result, folder, command_line(record["command"]))
        result.seconds = time.perf_counter() - start
        session = {"started": began, "finished": now(), "seconds": round(result.seconds, 3), "runs": result.evaluations}
        folder.write_manifest(record | {"times": [session]})
    return result


def search(
    measure: Callable[[Sequence[tuple[float, float]]], Floats], x: Lever, y: Lever, level: float, points: int
) -> tuple[Floats, Floats]:
    """Places [points, 2] and what was measured there [points, worlds]: a grid first, then where the level passes.

    measure : places to values [places, worlds]. Whole-number settings may give fewer points than asked for.
    """
    import adaptive

    def loss(surface: Any) -> Floats:
        from adaptive.learner.learner2D import areas

        return attention(areas(surface), surface.values[surface.tri.simplices][:, :, 0], level)

    learner = adaptive.Learner2D(None, ((0.0, 1.0), (0.0, 1.0)), loss_per_triangle=loss)
    learner.stack_size = BATCH
    known: dict[tuple[float, float], Floats] = {}

    def tell(shares: Sequence[tuple[float, float]]) -> None:
        places = [(_place(x, a), _place(y, b)) for a, b in shares]
        new = [place for place in dict.fromkeys(places) if place not in known]
        if new:
            known.update(zip(new, measure(new), strict=True))
        means = np.array([_mean(known[place]) for place in places])
        for share, mean in zip(shares, means, strict=True):
            # A surface needs a height everywhere: where the outcome is undefined, the level is as far as can be.
            learner.tell(share, mean if math.isfinite(mean) else level + 1.0)

    side = max(3, round(math.sqrt(FIRST * points)))
    even = np.linspace(0.0, 1.0, side)
    tell([(float(a), float(b)) for a in even for b in even])
    asked = side * side
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of flat surfaces
        while asked < points:
            chosen, _ = learner.ask(min(BATCH, points - asked))
            tell([(float(a), float(b)) for a, b in chosen])
            asked += len(chosen)
    return np.array(list(known)), np.array(list(known.values()))


def _place(moved: Lever, share: float) -> float:
    """A share of the range as a value of the setting, with as many digits as are worth writing down."""
    if share in (0.0, 1.0):
        return moved.low if share == 0.0 else moved.high
    value = moved.low + share * (moved.high - moved.low)
    if moved.whole:
        return float(round(value))
    return float(round(value, DIGITS - math.floor(math.log10(moved.high - moved.low))))


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan


def _levers(scenario: Scenario, vary: Any) -> tuple[Lever, Lever]:
    example = '{"environment.shock_rate": (0, 0.3), "trust.initial": (0.1, 0.9)}'
    if not isinstance(vary, Mapping) or len(vary) != 2:
        raise InputError([Problem(f"{vary!r} is not two settings and their ranges, such as {example}", key="vary")])
    found: list[Lever] = []
    problems: list[Problem] = []
    for key, ends in vary.items():
        try:
            try:
                low, high = ends
            except (TypeError, ValueError):
                raise InputError([Problem(f"{ends!r} is not (low, high), such as (0, 0.3)", key=str(key))]) from None
            found.append(lever(scenario, key, low, high))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found[0], found[1]


def _check_points(points: Any) -> None:
    if isinstance(points, bool) or not isinstance(points, int) or not FEWEST <= points <= MOST:
        raise InputError([Problem(f"{points!r} is not a whole number from {FEWEST} to {MOST:,}", key="points")])


def _check_corners(scenario: Scenario, x: Lever, y: Lever) -> None:
    """Raises InputError if the scenario cannot stand with both settings at an end of their ranges."""
    problems = []
    for a in (x.low, x.high):
        for b in (y.low, y.high):
            try:
                scenario.with_({x.key: x.setting(a), y.key: y.setting(b)})
            except InputError as error:
                place = f"{x.key} = {a:g} with {y.key} = {b:g}"
                problems += [Problem(item.message, key=f"{place}: {item.key}") for item in error.problems]
    if problems:
        raise InputError(problems)


def _need_adaptive() -> None:
    try:
        import adaptive  # noqa: F401
    except ImportError:
        advice = "needs adaptive; install it with: pip install 'alliance-dynamics[boundary]'"
        raise InputError([Problem(advice, key="boundary")]) from None


def _save(result: Boundary, folder: ResultFolder, command: str) -> None:
    import json

    from experiments.pictures import save
    from experiments.report.boundary import boundary_report

    content = {name: value for name, value in result.to_json().items() if name not in ("seconds", "out")}
    folder.write_text("boundary.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    folder.write_table("points", result.columns(), also_csv=True)
    folder.write_table("lines", result.line_columns(), also_csv=True)
    folder.write_failures(result.failures)
    save(folder, {"boundary": result.plot()}, boundary_report(result, command))
