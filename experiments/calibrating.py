"""The search that sets the defaults: settings are moved until all patterns of real alliances hold at once.

Patterns answer almost linearly to small moves when the luck stays the same, so each round fits a linear map and solves
a linear programme: the point within reach at which the worst number lies deepest inside its band.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.stats import qmc

from experiments.design import LARGEST_SEED, MOST_RUNS
from experiments.outcomes import plain
from experiments.validation.measures import measures
from experiments.validation.scoreboard import Scoreboard, measure_patterns, obstacle
from experiments.validation.targets import Target, standard_error, targets
from scenarios.broken_toml import parse
from scenarios.files import read_text, shown
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario
from simulation.validation import settings
from simulation.validation import shown as value_shown

Floats = NDArray[np.float64]
STUDY = Path(__file__).parent / "validation" / "study.toml"
WEIGHT_OF_THE_WORST = 10.0  # against the sum over all numbers
FAR_OUTSIDE = -1000.0  # depth of a number that is undefined, and the least of all [standard errors]
WHOLE = {"seed": (0, LARGEST_SEED), "worlds": (2, MOST_RUNS), "wanted": (2, MOST_RUNS), "rounds": (1, 1000)}
MOST = {"step": 1.0, "reach": 1.0, "enough": 1e6, "restraint": 1e6}  # of numbers that begin at 0


@dataclass(frozen=True)
class Study:
    """How to search; checked when it is made. The file `validation/study.toml` explains each word.

    bounds : dotted setting -> (low, high)     start : dotted setting -> where the search begins, else the scenario's
    fixed : settings that this study holds elsewhere
    """

    bounds: Mapping[str, tuple[float, float]]
    seed: int = 101
    worlds: int = 40
    wanted: int = 200
    rounds: int = 3
    step: float = 0.15
    reach: float = 0.25
    enough: float = 4.0
    restraint: float = 0.5
    start: Mapping[str, float] = field(default_factory=dict)
    fixed: Mapping[str, float | str | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tables = {name: getattr(self, name) for name in ("bounds", "start", "fixed")}
        problems = [Problem("is not a table", key=name) for name, it in tables.items() if not isinstance(it, Mapping)]
        problems += _wrong_numbers(self)
        problems += [] if problems else [*_wrong_bounds(self), *_wrong_start(self), *_wrong_fixed(self)]
        if problems:
            raise InputError(problems)

    @classmethod
    def read(cls, path: str | Path | None = None, above: tuple[Path, ...] = ()) -> "Study":
        """From a TOML file, the project's own if left out. Raises InputError with file and key.

        above : files that extend this one
        """
        file = (Path(path) if path is not None else STUDY).absolute()
        content, name = parse(read_text(file), shown(file)), shown(file)
        parent = content.pop("extends", None)
        if parent is not None:
            content = vars(cls.read(_parent(parent, file, above), (*above, file.resolve()))) | content
        allowed = [*cls.__dataclass_fields__, "extends"]
        unknown = [word for word in content if word not in allowed]
        if unknown:
            advice = did_you_mean(unknown[0], allowed)
            raise InputError([Problem(f"unknown setting; {advice}", key=unknown[0], file=name)])
        if "bounds" not in content:
            raise InputError([Problem("has no [bounds]", file=name)])
        content = {key: _flat(value) if isinstance(value, dict) else value for key, value in content.items()}
        try:
            return cls(**content)
        except InputError as error:
            raise InputError(replace(problem, file=name) for problem in error.problems) from None


def _parent(parent: Any, file: Path, above: tuple[Path, ...]) -> Path:
    """The file that `extends` means. Raises InputError."""
    found = file.parent / parent if isinstance(parent, str) and parent else file.parent
    wrong = ""
    if not found.is_file():
        wrong = f'{value_shown(parent)} is not the path of a study file, such as "study.toml"'
    elif found.resolve() in (*above, file.resolve()):
        wrong = f"{value_shown(parent)} goes in a circle"
    if wrong:
        raise InputError([Problem(wrong, key="extends", file=shown(file))])
    return found


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Tables in tables as dotted names, lists as pairs: {"exit": {"memory": [0, 1]}} is {"exit.memory": (0, 1)}."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        found |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _wrong_numbers(study: Study) -> Iterator[Problem]:
    for name, (low, high) in WHOLE.items():
        value = getattr(study, name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            yield Problem(f"{value_shown(value)} is not a whole number from {low} to {high:,}", key=name)
    for name, most in MOST.items():
        value, zero_too = getattr(study, name), name == "restraint"
        if not _is_number(value) or not 0 <= value <= most or not (value or zero_too):
            words = f"a number from 0 to {most:,g}" if zero_too else f"a number above 0, of at most {most:,g}"
            yield Problem(f"{value_shown(value)} is not {words}", key=name)


def _wrong_bounds(study: Study) -> Iterator[Problem]:
    known = {setting.key: setting for setting in settings(Scenario)}
    if not study.bounds:
        yield Problem("names no setting that may move", key="bounds")
    for name, pair in study.bounds.items():
        setting, wrong = known.get(name), ""
        if setting is None:
            wrong = f"no such setting; {did_you_mean(name, known) or 'see `alliances parameters` for all of them'}"
        elif setting.kind != "number" or setting.choices or setting.whole or name.count(".") != 1:
            wrong = "cannot be searched: only numbers with a fraction can, named group.setting, such as trust.gain"
        elif not isinstance(pair, tuple) or len(pair) != 2 or not all(_is_number(edge) for edge in pair):
            wrong = "is not a pair of numbers, [low, high]"
        elif not pair[0] < pair[1]:
            wrong = f"low {value_shown(pair[0])} must be below high {value_shown(pair[1])}"
        else:
            low, high = setting.low, setting.high
            outside = [edge for edge in pair if (low is not None and edge < low) or (high is not None and edge > high)]
            wrong = f"{value_shown(outside[0])} is not {setting.allowed}" if outside else ""
        if wrong:
            yield Problem(wrong, key=f"bounds.{name}")


def _wrong_start(study: Study) -> Iterator[Problem]:
    for name, value in study.start.items():
        if name not in study.bounds:
            yield Problem("is not in [bounds]; what stays where it is stands in [fixed]", key=f"start.{name}")
        elif not _is_number(value):
            yield Problem(f"{value_shown(value)} is not a number", key=f"start.{name}")
        elif not study.bounds[name][0] <= value <= study.bounds[name][1]:
            yield Problem(f"{value_shown(value)} is outside its bounds", key=f"start.{name}")


def _wrong_fixed(study: Study) -> Iterator[Problem]:
    for name, value in study.fixed.items():
        wrong = ""
        if name in study.bounds:
            wrong = "is in [bounds] too: it can move or be fixed, not both"
        elif "." not in name:
            wrong = "is not the dotted name of a setting, such as trust.gain"
        elif not isinstance(value, int | float | str):
            wrong = f"{value_shown(value)} is not a number, a word, true or false"
        if wrong:
            yield Problem(wrong, key=f"fixed.{name}")
            return
    try:
        Scenario().with_(dict(study.fixed))
    except InputError as error:
        yield from (replace(problem, key=f"fixed.{problem.key}") for problem in error.problems)


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
        """The settings found and those that the study fixed, as a scenario file says them: table by table."""
        tables: dict[str, list[str]] = {}
        for key, value in sorted((dict(self.study.fixed) | self.best.settings).items()):
            table, _, leaf = key.rpartition(".")
            tables.setdefault(table, []).append(f"{leaf} = {json.dumps(value, ensure_ascii=False)}")
        return "\n\n".join("\n".join([f"[{table}]", *lines]) for table, lines in tables.items())

    def to_json(self) -> dict[str, Any]:
        """Study, points and the best settings."""
        points = [asdict(point) for point in self.points]
        found = {"study": asdict(self.study), "best": self.best.settings, "points": points}
        return plain(found | {"seconds": round(self.seconds, 1)})  # type: ignore[no-any-return]


def calibrate_patterns(
    scenario: Scenario | None = None,
    study: Study | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[Point], None] | None = None,
) -> Calibration:
    """Search for settings at which the patterns of real alliances hold.

    scenario : the world, the defaults if left out; the search begins at its settings where the study has no `start`
    study : how to search, the project's own if left out
    progress : called with (boards measured, boards in all)     tell : called with the best point after each round
    Raises InputError if an input is wrong or a pattern cannot be measured in that world, RunsFailedError if a run fails.
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

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which numbers are defined [targets]."""
        return np.isfinite(self.values) & np.isfinite(self.errors)


class _Search:
    """One search: where it may go, what it measures, where it would go next.

    Raises InputError if a pattern that it is about cannot be measured.
    """

    def __init__(
        self, base: Scenario, study: Study, jobs: int | None, progress: Callable[[int, int], None] | None
    ) -> None:
        self.base, self.study, self.jobs, self.progress = base, study, jobs, progress
        self.names = list(study.bounds)
        self.low = np.array([study.bounds[name][0] for name in self.names], dtype=np.float64)
        self.span = np.array([study.bounds[name][1] for name in self.names], dtype=np.float64) - self.low
        self.targets: list[Target] = targets()
        self.patterns = sorted({target.pattern for target in self.targets})
        why = {name: obstacle(base, measures()[name]) for name in self.patterns}
        if any(why.values()):
            raise InputError(Problem(reason, key=name) for name, reason in why.items() if reason)
        self.boards, self.all_boards = 0, 1 + study.rounds * (len(self.names) + 1)

    def start(self) -> Floats:
        here = self.base.model_dump()
        own = {name: here[group][leaf] for name, (group, leaf) in ((name, name.split(".")) for name in self.names)}
        values = [self.study.start.get(name, own[name]) for name in self.names]
        found: Floats = np.clip((np.array(values, dtype=np.float64) - self.low) / self.span, 0.0, 1.0)
        return found

    def settings(self, x: Floats) -> dict[str, float]:
        """Settings of a point, to four digits."""
        return {name: float(f"{value:.4g}") for name, value in zip(self.names, self.low + x * self.span, strict=True)}

    def measure(self, x: Floats) -> _Measured:
        study = self.study
        board: Scoreboard = measure_patterns(
            self.base.with_(self.settings(x)), study.worlds, study.seed, self.jobs, only=self.patterns
        )
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
        return np.nan_to_num(found, posinf=0.0, neginf=0.0)  # what is undefined guides nobody

    def better(self, at: _Measured, slopes: Floats, reach: float) -> Floats:
        """The point within reach that the linear map holds best: a linear programme.

        Unknown: moves up and down [settings each], depths [targets], the worst depth. A number that is undefined lies
        far outside, whatever is moved; the others' worst goes on guiding.
        """
        n, m, enough = len(self.names), len(self.targets), self.study.enough
        rows, edges = [], []
        for k, target in enumerate(self.targets):
            if not at.known[k]:
                continue
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
        deepest = [enough if known else FAR_OUTSIDE for known in at.known]
        limits = [(0.0, v) for v in (*up, *down)] + [(None, most) for most in (*deepest, enough)]
        if not rows:
            return at.x
        solved = linprog(gain, A_ub=np.array(rows), b_ub=np.array(edges), bounds=limits)
        if solved.x is None:  # numbers too wild for a linear map: stay, and reach less far
            return at.x
        move: Floats = solved.x[:n] - solved.x[n : 2 * n]
        return np.clip(at.x + move, 0.0, 1.0)

    def point(self, found: _Measured) -> Point:
        """How good a point is: the worst depth counts most, all count a little, none beyond `enough`."""
        measured = zip(self.targets, found.values, found.errors, found.known, strict=True)
        deep = [target.depth(value, error) if known else FAR_OUTSIDE for target, value, error, known in measured]
        depths = np.maximum(deep, FAR_OUTSIDE)
        capped = np.minimum(depths, self.study.enough)
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
    Raises InputError if an input is wrong or a pattern cannot be measured, RunsFailedError if a run fails.
    """
    study = Study.read() if study is None else study
    search = _Search((Scenario() if scenario is None else scenario).with_(dict(study.fixed)), study, jobs, None)
    points = qmc.LatinHypercube(len(search.names), seed=study.seed).random(draws)
    held: dict[str, int] = dict.fromkeys(search.patterns, 0)
    for done, x in enumerate(points, 1):
        board = measure_patterns(search.base.with_(search.settings(x)), study.worlds, study.seed, jobs, only=list(held))
        for row in board.rows:
            held[row.pattern.id] += row.holds is True
        if progress:
            progress(done, draws)
    return {"draws": draws, "worlds": study.worlds, "seed": study.seed, "held": held}
