"""The search that sets the defaults: settings are moved until all patterns of real alliances hold at once.

Patterns answer almost linearly to small moves when the luck stays the same, so each round fits a linear map and solves
a linear programme: the point within reach at which the worst number lies deepest inside its band.
"""

import math
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.stats import qmc

from experiments.validation.scoreboard import Scoreboard, measure_patterns
from experiments.validation.targets import Target, standard_error, targets
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

Floats = NDArray[np.float64]
STUDY = Path(__file__).parent / "validation" / "study.toml"
WEIGHT_OF_THE_WORST = 10.0  # against the sum over all numbers


@dataclass(frozen=True)
class Study:
    """How to search. bounds : dotted setting -> (low, high); the rest is explained in `validation/study.toml`."""

    bounds: Mapping[str, tuple[float, float]]
    seed: int = 101
    worlds: int = 40
    wanted: int = 200
    rounds: int = 3
    step: float = 0.15
    reach: float = 0.25
    enough: float = 4.0
    restraint: float = 0.5
    fixed: Mapping[str, Any] = field(default_factory=dict)  # settings that this study holds elsewhere

    @classmethod
    def read(cls, path: str | Path | None = None) -> "Study":
        """From a TOML file, the project's own if left out. Raises InputError."""
        file = Path(path) if path is not None else STUDY
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError([Problem(f"cannot be read: {error.strerror}", key=str(file))]) from None
        except tomllib.TOMLDecodeError as error:
            raise InputError([Problem(f"is not TOML: {error}", key=str(file))]) from None
        unknown = sorted(set(content) - set(cls.__dataclass_fields__))
        if unknown or not content.get("bounds"):
            listed = ", ".join(cls.__dataclass_fields__)
            problem = f"unknown setting {unknown[0]}; allowed: {listed}" if unknown else "has no [bounds]"
            raise InputError([Problem(problem, key=str(file))])
        bounds = {key: (float(low), float(high)) for key, (low, high) in content.pop("bounds").items()}
        Scenario().with_({key: low for key, (low, _) in bounds.items()} | content.get("fixed", {}))  # names and limits
        return cls(bounds, **content)


@dataclass(frozen=True)
class Point:
    """Settings that were tried, and how deep the numbers of the patterns lie inside their bands."""

    settings: dict[str, float]
    held: int
    worst: float  # depth of the worst number [standard errors]
    score: float
    depths: dict[str, float]


@dataclass
class Calibration:
    """What a search found. points : the best point after each round, the start first"""

    study: Study
    points: list[Point]
    seconds: float = 0.0

    @property
    def best(self) -> Point:
        return max(self.points, key=lambda point: point.score)

    def sentence(self) -> str:
        """The answer in words."""
        first, best = self.points[0], self.best
        return (
            f"{best.held} patterns hold after the search, {first.held} did before; the number nearest to its edge lies "
            f"{best.worst:+.1f} standard errors inside, {first.worst:+.1f} before."
        )

    def toml(self) -> str:
        """The settings found, as a scenario file would say them."""
        return "\n".join(f'"{key}" = {value:.4g}' for key, value in self.best.settings.items())

    def to_json(self) -> dict[str, Any]:
        """Study, points and the best settings."""
        study = asdict(self.study)
        return {"study": study, "best": self.best.settings, "points": [asdict(point) for point in self.points],
                "seconds": round(self.seconds, 1)}  # fmt: skip


def calibrate_patterns(
    scenario: Scenario | None = None,
    study: Study | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[Point], None] | None = None,
) -> Calibration:
    """Search for settings at which the patterns of real alliances hold, from those of a scenario on.

    scenario : where to start, the defaults if left out     study : how to search, the project's own if left out
    progress : called with (boards measured, boards in all)     tell : called with the best point after each round
    Raises InputError if an input is wrong, RunsFailedError if a run fails.
    """
    study = Study.read() if study is None else study
    base = (Scenario() if scenario is None else scenario).with_(dict(study.fixed))
    search = _Search(base, study, jobs, progress)
    start = time.perf_counter()
    best = search.measure(search.start())
    points = [search.point(best)]
    if tell:
        tell(points[-1])
    reach = study.reach
    for _ in range(study.rounds):
        slopes = search.slopes(best)
        tried = search.measure(search.better(best, slopes, reach))
        if search.point(tried).score > search.point(best).score:
            best = tried
        else:
            reach /= 2
        points.append(search.point(best))
        if tell:
            tell(points[-1])
    return Calibration(study, points, time.perf_counter() - start)


@dataclass(frozen=True)
class _Measured:
    x: Floats  # [settings] 0..1 within the bounds
    values: Floats  # [targets]
    errors: Floats  # [targets]
    held: int


class _Search:
    """One search: where it may go, what it measures, where it would go next."""

    def __init__(
        self, base: Scenario, study: Study, jobs: int | None, progress: Callable[[int, int], None] | None
    ) -> None:
        self.base, self.study, self.jobs, self.progress = base, study, jobs, progress
        self.names = list(study.bounds)
        self.low = np.array([study.bounds[name][0] for name in self.names])
        self.span = np.array([study.bounds[name][1] for name in self.names]) - self.low
        self.targets: list[Target] = targets()
        self.boards, self.all_boards = 0, 1 + study.rounds * (len(self.names) + 1)

    def start(self) -> Floats:
        settings = self.base.model_dump()
        values = [settings[group][leaf] for group, leaf in (name.split(".") for name in self.names)]
        found: Floats = np.clip((np.array(values, dtype=np.float64) - self.low) / self.span, 0.0, 1.0)
        return found

    def settings(self, x: Floats) -> dict[str, float]:
        """Settings of a point, to four digits."""
        return {name: float(f"{value:.4g}") for name, value in zip(self.names, self.low + x * self.span, strict=True)}

    def measure(self, x: Floats) -> _Measured:
        study = self.study
        board: Scoreboard = measure_patterns(
            self.base.with_(self.settings(x)), study.worlds, study.seed, self.jobs,
            only=sorted({target.pattern for target in self.targets}),
        )  # fmt: skip
        parts = {row.pattern.id: row.parts for row in board.rows}
        numbers = [target.number(parts[target.pattern]) for target in self.targets]
        self.boards += 1
        if self.progress:
            self.progress(self.boards, self.all_boards)
        errors = [standard_error(number, study.worlds, study.wanted) for number in numbers]
        return _Measured(x, np.array([number.value for number in numbers]), np.array(errors), board.held)

    def slopes(self, at: _Measured) -> Floats:
        """Change of each number over the whole range of each setting [targets, settings]."""
        found = np.empty((len(self.targets), len(self.names)))
        for k in range(len(self.names)):
            x = at.x.copy()
            x[k] += self.study.step if x[k] + self.study.step <= 1.0 else -self.study.step
            moved = self.measure(x)
            found[:, k] = (moved.values - at.values) / (x[k] - at.x[k])
        return np.nan_to_num(found)

    def better(self, at: _Measured, slopes: Floats, reach: float) -> Floats:
        """The point within reach that the linear map holds best: a linear programme.

        Unknown: moves up and down [settings each], depths [targets], the worst depth.
        """
        n, m, enough = len(self.names), len(self.targets), self.study.enough
        rows, edges = [], []
        for k, target in enumerate(self.targets):
            spare = 0.0 if not target.surely else target.depth(0.0, 1.0) - min(-target.low, target.high)
            for side, edge in ((1.0, target.low), (-1.0, target.high)):
                if math.isfinite(edge):  # depth_k <= side·(value − edge)/error + spare
                    row = np.zeros(2 * n + m + 1)
                    row[:n], row[n : 2 * n] = -side * slopes[k] / at.errors[k], side * slopes[k] / at.errors[k]
                    row[2 * n + k] = 1.0
                    rows.append(row)
                    edges.append(side * (at.values[k] - edge) / at.errors[k] + spare)
            row = np.zeros(2 * n + m + 1)  # worst <= depth_k
            row[2 * n + k], row[-1] = -1.0, 1.0
            rows.append(row)
            edges.append(0.0)
        gain = np.concatenate([np.full(2 * n, self.study.restraint), np.full(m, -1.0 / m), [-WEIGHT_OF_THE_WORST]])
        up, down = np.minimum(reach, 1.0 - at.x), np.minimum(reach, at.x)
        limits = [(0.0, v) for v in up] + [(0.0, v) for v in down] + [(None, enough)] * (m + 1)
        solved = linprog(gain, A_ub=np.array(rows), b_ub=np.array(edges), bounds=limits)
        move: Floats = solved.x[:n] - solved.x[n : 2 * n]
        return np.clip(at.x + move, 0.0, 1.0)

    def point(self, found: _Measured) -> Point:
        """How good a point is: the worst depth counts most, all count a little, none beyond `enough`."""
        depths = np.array([t.depth(v, e) for t, v, e in zip(self.targets, found.values, found.errors, strict=True)])
        capped = np.minimum(np.nan_to_num(depths, nan=-99.0), self.study.enough)
        score = WEIGHT_OF_THE_WORST * capped.min() + capped.mean()
        named = {target.name: round(float(depth), 2) for target, depth in zip(self.targets, depths, strict=True)}
        return Point(self.settings(found.x), found.held, float(capped.min()), float(score), named)


def hold_anywhere(
    scenario: Scenario | None = None,
    study: Study | None = None,
    draws: int = 20,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """At how many random settings within the bounds of a study does each pattern hold: did it follow, or was it fitted?

    draws : points of a Latin hypercube     Returns {"draws", "worlds", "seed", "held": {pattern: how often}}.
    Raises InputError if an input is wrong, RunsFailedError if a run fails.
    """
    study = Study.read() if study is None else study
    search = _Search((Scenario() if scenario is None else scenario).with_(dict(study.fixed)), study, jobs, None)
    points = qmc.LatinHypercube(len(search.names), seed=study.seed).random(draws)
    held: dict[str, int] = dict.fromkeys((target.pattern for target in search.targets), 0)
    for done, x in enumerate(points, 1):
        board = measure_patterns(search.base.with_(search.settings(x)), study.worlds, study.seed, jobs, only=list(held))
        for row in board.rows:
            held[row.pattern.id] += row.holds is True
        if progress:
            progress(done, draws)
    return {"draws": draws, "worlds": study.worlds, "seed": study.seed, "held": held}
