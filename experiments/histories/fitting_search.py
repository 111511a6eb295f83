"""The search behind `calibrate_spells`: points in a box, a crowd that moves to where the observations are likely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from experiments.analysis.bootstrap import Floats
from experiments.analysis.likelihood import Seen, log_likelihood, recorded_hazard
from experiments.outcomes import life_table
from experiments.runner import Progress, RunsFailedError, compile_first, run_all
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario
from simulation.validation import settings

RENEWAL = "time.renewal_quarters"
# Where the search may go; a pair (low, high) is a range, more or whole numbers in a list are choices.
PARAMETERS: dict[str, Any] = {
    "exit.base_hazard": (0.002, 0.40),
    "exit.completion": (0.0, 0.02),
    "exit.honeymoon": (0.0, 3.0),
    "exit.memory": (0.05, 0.60),
    "exit.racer_chance": (0.0, 0.40),
    "trust.initial": (0.20, 0.80),
    "value.joint": (1.2, 3.4),
    RENEWAL: [1, 4],
}
LOGARITHMIC = ("exit.base_hazard",)  # what matters is by how many times it changes
FIRST = 0.4  # share of the points that are spread evenly; the others follow the crowd
STEP = 24  # points that are tried at once
CROWD = 0.15  # share of the points that lead, at least LEAST
LEAST = 10


@dataclass(frozen=True)
class Box:
    """Where a search may go. ranges : setting -> (low, high)     choices : setting -> values"""

    ranges: dict[str, tuple[float, float]]
    choices: dict[str, list[int]]

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Box":
        """Raises InputError for unknown settings, wrong ranges or nothing to fit."""
        known = {setting.key: setting for setting in settings(Scenario)}
        problems, ranges, choices = [], dict[str, tuple[float, float]](), dict[str, list[int]]()
        for name, where in parameters.items():
            setting = known.get(name)
            if setting is None or setting.kind != "number":
                message = f"no such number to fit; {did_you_mean(name, known) or 'see `alliances parameters`'}"
                problems.append(Problem(message, key=name))
            elif isinstance(where, list) and where and all(isinstance(one, int) for one in where) and setting.whole:
                choices[name] = list(dict.fromkeys(where))
            elif setting.whole or not isinstance(where, tuple) or len(where) != 2 or not where[0] < where[1]:
                form = "a list of whole numbers" if setting.whole else "a pair (low, high)"
                problems.append(Problem(f"{where!r} is not {form}", key=name))
            elif any(not _inside(edge, setting.low, setting.high) for edge in where):
                problems.append(Problem(f"{where!r} goes beyond {setting.allowed}", key=name))
            else:
                ranges[name] = (float(where[0]), float(where[1]))
        if not problems and not ranges:
            problems.append(Problem("no setting with a range to fit", key="parameters"))
        if problems:
            raise InputError(problems)
        return cls(ranges, choices)

    @property
    def names(self) -> list[str]:
        return [*self.ranges, *self.choices]

    def settings(self, x: Floats) -> dict[str, float | int]:
        """Settings of a point [ranges + choices], each coordinate 0..1, to four digits."""
        found: dict[str, float | int] = {}
        for place, (name, (low, high)) in enumerate(self.ranges.items()):
            if name in LOGARITHMIC and low > 0:
                value = low * (high / low) ** float(x[place])
            else:
                value = low + (high - low) * float(x[place])
            found[name] = float(f"{value:.4g}")
        for place, (name, values) in enumerate(self.choices.items(), len(self.ranges)):
            found[name] = values[min(len(values) - 1, int(x[place] * len(values)))]
        return found


def _inside(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


@dataclass
class Points:
    """What was tried. x : [P, coordinates]     at_risk, deaths : [P, worlds, quarters]     value : [P] log-likelihood"""

    x: Floats
    at_risk: NDArray[np.int32]
    deaths: NDArray[np.int32]
    value: Floats


class Search:
    """Points of a box, run in the same worlds.

    base : the scenario     seen : the observations     worlds : of every point     runs : how many were made
    """

    def __init__(
        self, base: Scenario, box: Box, seen: Seen, seed: int, jobs: int | None, progress: Progress | None, total: int
    ) -> None:
        self.base, self.box, self.seen, self.seed = base, box, seen, seed
        self.jobs, self.progress, self.total = jobs, progress, total
        self.runs = 0

    def run(self, points: Sequence[Floats], worlds: range) -> Points:
        """Life tables of points in some worlds. Raises RunsFailedError if a run fails."""
        from simulation import simulate

        compile_first()
        quarters = len(self.seen.ended)
        scenarios = [self.base.with_(dict(self.box.settings(x))) for x in points]
        risk = np.zeros((len(points), len(worlds), quarters), dtype=np.int32)
        died = np.zeros_like(risk)

        def work(task: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            lives = life_table(simulate(scenarios[task[0]], seed=self.seed, world=task[1]))
            return lives.at_risk[:quarters], lives.deaths.sum(axis=0)[:quarters]

        tasks = [(point, world) for world in worlds for point in range(len(points))]
        for done in run_all(tasks, work, self.jobs):
            point, world = done.task
            if done.result is None:
                raise RunsFailedError(f"a run failed (world {world}) with {done.failure and done.failure.error}")
            risk[point, world - worlds.start], died[point, world - worlds.start] = done.result
            self.runs += 1
            if self.progress:
                self.progress(self.runs, max(self.total, self.runs))
        value = log_likelihood(recorded_hazard(risk.sum(axis=1), died.sum(axis=1)), self.seen)
        return Points(np.array(points), risk, died, value)

    def crowd(self, evaluations: int, worlds: range) -> Points:
        """Try so many points: first spread evenly over the box, then near those that fit best, wherever they lie.

        New points are a leader plus part of the difference of two others (differential evolution): the crowd keeps the
        shape of the region in which fits are good, ridges included. Source: Storn & Price 1997.
        """
        luck = np.random.default_rng(self.seed)
        size = len(self.box.names)
        first = min(evaluations, max(LEAST, round(FIRST * evaluations)))
        even = qmc.LatinHypercube(size, seed=luck).random(first)
        found = self.run(list(even), worlds)
        while len(found.x) < evaluations:
            many = min(STEP, evaluations - len(found.x))
            found = joined(found, self.run(self._next(found, many, luck), worlds))
        return found

    def _next(self, found: Points, many: int, luck: np.random.Generator) -> list[Floats]:
        leaders = found.x[np.argsort(-found.value, kind="stable")[: max(LEAST, round(CROWD * len(found.x)))]]
        tried = []
        for _ in range(many):
            one = leaders[min(int(luck.exponential(len(leaders) / 3)), len(leaders) - 1)]
            second, third = leaders[luck.choice(len(leaders), 2, replace=len(leaders) < 2)]
            x = one + luck.uniform(0.3, 0.9) * (second - third) + 0.02 * luck.normal(size=len(one))
            ranged = len(self.box.ranges)
            x[ranged:] = np.where(luck.random(len(x) - ranged) < 0.1, luck.random(len(x) - ranged), one[ranged:])
            tried.append(_reflected(x))
        return tried


def joined(one: Points, other: Points) -> Points:
    """Points of both, in the same worlds."""
    parts = [np.concatenate([getattr(one, name), getattr(other, name)]) for name in ("x", "at_risk", "deaths", "value")]
    return Points(*parts)


def _reflected(x: Floats) -> Floats:
    """Back into the box, as from mirrors at 0 and 1.

    >>> _reflected(np.array([-0.25, 1.25, 0.5])).tolist()
    [0.25, 0.75, 0.5]
    """
    return np.asarray(1.0 - np.abs(np.mod(x, 2.0) - 1.0))
