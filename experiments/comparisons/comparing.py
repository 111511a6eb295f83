"""Courses of action side by side: the same worlds, the same luck, in every arm."""

import math
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.comparison import Difference, Estimate, estimate, paired_difference
from experiments.analysis.saved import Lives
from experiments.analysis.survival import median_life_difference, median_life_estimate
from experiments.comparisons.arms import MOST_ARMS, arms_of, uneven_sentence
from experiments.comparisons.pairing import Pairing, lives_of
from experiments.comparisons.saved_and_lost import SavedAndLost
from experiments.design import check_amounts
from experiments.outcomes import OUTCOMES, LifeTable, check_outcome, life_table, outcomes, plain
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress, RunsFailedError, compile_first, run_all
from experiments.sentences import comparison_sentence, html_table
from experiments.storage import ResultFolder
from simulation.events import CAUSES
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from simulation import Run

Floats = NDArray[np.float64]
MEDIAN = "median_life_quarters"


@dataclass
class Comparison:
    """What arms change. The first arm is "as it is"; the same world number is the same luck in all arms.

    table : arm -> outcome -> [worlds], NaN where a run failed or does not define the outcome
    life : arm -> LifeTable stacked over worlds, at_risk [worlds, ages], deaths [worlds, causes, ages]
    series : arm -> living alliances [worlds, quarters]     examples : arm -> the run of world 0
    arms, differences : means and paired differences over worlds, with 95 % intervals; the median life is that of the
    alliances of all worlds together, for a mean would leave out the worlds in which half of them never ended
    other_engine : read from a folder that another version of the engine wrote, so there are no examples
    fates : arm -> which alliances it saved and lost (see `saved_and_lost`); empty if read from a folder without them
    """

    scenarios: dict[str, Scenario]
    seed: int
    worlds: int
    table: dict[str, dict[str, Floats]]
    life: dict[str, LifeTable]
    series: dict[str, Floats]
    examples: "dict[str, Run]"
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    out: Path | None = None
    other_engine: bool = False
    fates: dict[str, SavedAndLost] = field(default_factory=dict)
    arms: dict[str, dict[str, Estimate]] = field(init=False)
    differences: list[Difference] = field(init=False)

    def __post_init__(self) -> None:
        self.arms = {
            arm: {name: estimate(values) for name, values in columns.items()} for arm, columns in self.table.items()
        }
        base = self.table[BASE]
        self.differences = [
            paired_difference(base[name], columns[name], arm, name, OUTCOMES[name].direction == "less is better")
            for arm, columns in self.table.items()
            if arm != BASE
            for name in OUTCOMES
        ]
        self._pool_medians()

    def _pool_medians(self) -> None:
        """Put the median life of all worlds together in place of the mean over worlds."""
        ran = {arm: np.isfinite(columns["alliances_formed"]) for arm, columns in self.table.items()}
        for arm, lives in self.life.items():
            if ran[arm].any():
                self.arms[arm][MEDIAN] = median_life_estimate(lives.at_risk[ran[arm]], lives.deaths[ran[arm]])
        for place, item in enumerate(self.differences):
            both = ran[BASE] & ran[item.arm]
            if item.outcome == MEDIAN and both.any():
                before, after = (
                    (lives.at_risk[both], lives.deaths[both]) for lives in (self.life[BASE], self.life[item.arm])
                )
                self.differences[place] = median_life_difference(before, after, item.arm, MEDIAN)

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is."""
        return self.scenarios[BASE]

    @property
    def runs(self) -> int:
        return self.worlds * len(self.scenarios)

    @property
    def failed(self) -> int:
        return len(self.failures)

    def difference(self, arm: str, outcome: str = "survival_5y") -> Difference:
        """What one arm changes about one outcome. Raises InputError with the nearest name."""
        self._check_arm(arm)
        check_outcome(outcome)
        return next(item for item in self.differences if (item.arm, item.outcome) == (arm, outcome))

    def saved_and_lost(self, arm: str) -> SavedAndLost:
        """Which alliances one arm saved and which it lost: `experiments.comparisons.saved_and_lost` says what that means.

        Raises InputError with the nearest name, or for a comparison from a folder that does not hold it.
        """
        self._check_arm(arm)
        if arm not in self.fates:
            told = "does not tell who was saved and lost, for an earlier version wrote it; compare again"
            raise InputError([Problem(told, key=str(self.out))])
        return self.fates[arm]

    def _check_arm(self, arm: str) -> None:
        others = [name for name in self.scenarios if name != BASE]
        if arm not in others:
            hint = did_you_mean(str(arm), others) or f"allowed: {', '.join(others)}"
            raise InputError([Problem(f'no arm "{arm}"; {hint}', key="arm")])

    def changes(self, arm: str) -> dict[str, Any]:
        """Dotted settings in which an arm differs from the base, with the arm's values."""
        base, other = _flat(self.scenario.model_dump()), _flat(self.scenarios[arm].model_dump())
        return {key: value for key, value in other.items() if base.get(key) != value and key not in ("name", "title")}

    def sentence(self) -> str:
        """The answer in words, five-year survival first, and in what the arms are not alike."""
        return " ".join(filter(None, (comparison_sentence(self), uneven_sentence(self.scenarios))))

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per arm and outcome: mean, low, high, then the paired difference to the base (none for the base)."""
        paired = {(item.arm, item.outcome): item for item in self.differences}
        keys = [(arm, name) for arm in self.arms for name in OUTCOMES]
        found: dict[str, NDArray[Any]] = {
            "arm": np.array([arm for arm, _ in keys], dtype=object),
            "outcome": np.array([name for _, name in keys], dtype=object),
        }
        for side in ("mean", "low", "high"):
            found[side] = np.array([getattr(self.arms[arm][name], side) for arm, name in keys])
        for column, side in (
            ("difference", "mean"),
            ("difference_low", "low"),
            ("difference_high", "high"),
            ("better_in", "better_in"),
            ("worlds", "worlds"),
            ("worlds_if_unpaired", "worlds_if_unpaired"),
        ):
            values = [getattr(paired[key], side) if key in paired else None for key in keys]
            found[column] = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
        return found

    def frame(self) -> "pd.DataFrame":
        """One row per arm and outcome; columns as in summary.csv."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns()))

    def plot(self, outcome: str | None = None) -> Any:
        """A matplotlib figure: survival of all arms or, for an outcome, its paired differences by world."""
        from experiments.pictures import comparison_figure

        return comparison_figure(self, None if outcome is None else check_outcome(outcome))

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one HTML text, also written to `path` if given."""
        from experiments.pictures import comparison_page, write_html

        page = comparison_page(self)
        try:
            return write_html(page, path)
        except (OSError, TypeError) as error:
            raise InputError([Problem(f"cannot be written: {error}", key=str(path))]) from error

    def to_json(self) -> dict[str, Any]:
        found = {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "worlds": self.worlds,
            "runs": self.runs,
            "failed": self.failed,
            "arms": {arm: {name: asdict(item) for name, item in row.items()} for arm, row in self.arms.items()},
            "differences": [asdict(item) for item in self.differences],
            "saved_and_lost": {arm: found.to_json() for arm, found in self.fates.items()},
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        arms = ", ".join(f"{arm} {100 * row['survival_5y'].mean:.1f}" for arm, row in self.arms.items())
        return f"Comparison({self.scenario.name}, {self.worlds} worlds; of 100 alliances live five years: {arms})"

    def _repr_html_(self) -> str:
        rows = [
            [
                item.arm,
                OUTCOMES[item.outcome].label,
                item.mean,
                item.low,
                item.high,
                f"{item.better_in} of {item.worlds}",
            ]
            for item in self.differences
            if item.outcome
            in ("survival_3y", "survival_5y", "survival_7y", "alliances_alive", "mean_trust", "mean_capital")
        ]
        return html_table(self.sentence(), ["arm", "outcome", "difference", "low", "high", "better in"], rows)


def compare(
    scenario: Scenario,
    arms: Mapping[str, Mapping[str, Any] | Scenario],
    worlds: int = 200,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run the scenario as it is and each arm in the same worlds.

    arms : up to MOST_ARMS, name -> dotted settings to change, {"firms.alliance_function_share": 0.5}, or a whole
        Scenario
    worlds : 0 .. worlds-1 in every arm     jobs : threads, default one per core
    progress : called with (runs done, runs in all)
    With `out`: a result folder with figures and a report. Raises InputError before anything is written if an input is
    wrong or `out` holds anything else; RunsFailedError if no run at all gave a result.
    """
    worlds, seed = (int(value) if isinstance(value, np.integer) else value for value in (worlds, seed))
    scenarios = arms_of(scenario, arms, MOST_ARMS)
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    if out is not None and not isinstance(out, str | os.PathLike):
        raise InputError([Problem(f"{out!r} is not the path of a folder", key="out")])
    start, began = time.perf_counter(), now()
    if out is None:
        return _compare(scenarios, worlds, seed, jobs, progress, start)
    from experiments.comparisons.comparison_folder import save_comparison

    record = manifest("compare", {"seed": seed, "worlds": worlds}, scenarios)
    with ResultFolder.claim(out, record) as folder:
        result = _compare(scenarios, worlds, seed, jobs, progress, start)
        result.out = folder.path
        folder.write_manifest(record | {"times": [{"started": began}]})
        save_comparison(result, folder, command_line(record["command"]))
        result.seconds = time.perf_counter() - start
        session = {"started": began, "finished": now(), "seconds": round(result.seconds, 3), "runs": result.runs}
        folder.write_manifest(record | {"times": [session]})
    return result


def _compare(
    scenarios: dict[str, Scenario], worlds: int, seed: int, jobs: int | None, progress: Progress | None, start: float
) -> Comparison:
    from simulation import simulate

    def work(task: tuple[int, str]) -> "tuple[dict[str, float], LifeTable, Floats, Run | None, Lives]":
        world, arm = task
        run = simulate(scenarios[arm], seed=seed, world=world)
        lives = life_table(run)
        return outcomes(run, lives), lives, run.series("living"), run if world == 0 else None, lives_of(run)

    compile_first()
    total = worlds * len(scenarios)
    table = {arm: {name: np.full(worlds, math.nan) for name in OUTCOMES} for arm in scenarios}
    life = {arm: no_lives(worlds, one.time.quarters) for arm, one in scenarios.items()}
    series = {arm: np.full((worlds, one.time.quarters), math.nan) for arm, one in scenarios.items()}
    pairing = Pairing(scenarios, worlds)
    examples: dict[str, Run] = {}
    failures: list[dict[str, Any]] = []
    if progress:
        progress(0, total)
    tasks = ((world, arm) for world in range(worlds) for arm in scenarios)
    for finished, done in enumerate(run_all(tasks, work, jobs), 1):
        world, arm = done.task
        if done.failure is not None:
            failures.append({"arm": arm, "world": world, "seed": seed} | asdict(done.failure))
        elif done.result is not None:
            row, lives, living, example, spells = done.result
            pairing.add(world, arm, spells)
            for name, value in row.items():
                table[arm][name][world] = value
            life[arm].at_risk[world], life[arm].deaths[world] = lives
            series[arm][world] = living
            if example is not None:
                examples[arm] = example
        if progress:
            progress(finished, total)
    if len(failures) == total:
        raise RunsFailedError(f"all {total} runs failed, the first with {failures[0]['error']}")
    seconds = time.perf_counter() - start
    return Comparison(scenarios, seed, worlds, table, life, series, examples, failures, seconds, fates=pairing.result())


def no_lives(worlds: int, ages: int) -> LifeTable:
    """An empty table of so many worlds."""
    return LifeTable(np.zeros((worlds, ages), dtype=np.int64), np.zeros((worlds, len(CAUSES), ages), dtype=np.int64))


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        found |= _flat(item, f"{prefix}{key}.") if isinstance(item, Mapping) else {prefix + key: item}
    return found
