"""At which value of a setting does an outcome cross a level, and how much further does a course of action push that?"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import Floats
from experiments.analysis.comparison import estimate
from experiments.analysis.tipping import Shift, Tipping, shift
from experiments.comparisons.arms import arms_of
from experiments.design import check_amounts
from experiments.outcomes import check_outcome, plain
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress
from experiments.searches.levers import Lever, Made, lever
from experiments.searches.outcome_words import check_level
from experiments.searches.tipping_search import Measure, Search
from experiments.searches.tipping_words import notes, table, verdict
from experiments.sentences import counted, html_table
from experiments.storage import ResultFolder
from experiments.sweeps.asking import Asker
from experiments.sweeps.engines import Engine
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

NOWHERE = math.nan


@dataclass
class ArmTipping:
    """One arm's curve and where it tips. tipping, shift : None where it does not; the base has no shift."""

    search: Search
    tipping: Tipping | None
    shift: Shift | None = None


@dataclass
class TippingPoint:
    """At which value of a lever the mean outcome over worlds crosses a level. Made by `tipping_point`.

    scenarios : arm -> scenario, "as it is" first     arms : arm -> its curve and tipping point
    value, low, high : of the scenario as it is, in the unit of the lever; NaN where there is no tipping point or its
    interval is open     per_world : [worlds] every world's own, NaN where it does not cross in the range
    """

    scenarios: dict[str, Scenario]
    lever: Lever
    outcome: str
    level: float
    seed: int
    worlds: int
    arms: dict[str, ArmTipping]
    kept: NDArray[np.bool_]
    evaluations: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    out: Path | None = None

    @property
    def scenario(self) -> Scenario:
        return self.scenarios[BASE]

    @property
    def value(self) -> float:
        return NOWHERE if self._base is None else self._base.value

    @property
    def low(self) -> float:
        return NOWHERE if self._base is None else _finite(self._base.low)

    @property
    def high(self) -> float:
        return NOWHERE if self._base is None else _finite(self._base.high)

    @property
    def per_world(self) -> Floats:
        own = np.full(self.worlds, np.nan)
        if self._base is not None:
            own[self.kept] = np.where(np.isfinite(self._base.per_world), self._base.per_world, np.nan)
        return own

    @property
    def curve(self) -> dict[str, NDArray[Any]]:
        """The curve as it is: value of the lever, mean outcome with its interval, over how many worlds."""
        whole = self.columns()
        base = whole["arm"] == BASE
        return {name: column[base] for name, column in whole.items() if name != "arm"}

    @property
    def _base(self) -> Tipping | None:
        return self.arms[BASE].tipping

    def sentence(self) -> str:
        """The tipping point with its interval, the spread over worlds, and what each arm buys."""
        return verdict(self)

    def notes(self) -> list[str]:
        """What must be said beside the sentence: several crossings, open intervals, worlds that never cross."""
        return notes(self)

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per arm and value of the lever that was tried: mean outcome, its 95 % interval, worlds."""
        rows = [
            (arm, value, estimate(values), int(np.isfinite(values).sum()))
            for arm, one in self.arms.items()
            for value, values in sorted((one.search.rough | one.search.full).items())
        ]
        found: dict[str, NDArray[Any]] = {
            "arm": np.array([row[0] for row in rows], dtype=object),
            self.lever.key: np.array([row[1] for row in rows], dtype=np.float64),
        }
        for side in ("mean", "low", "high"):
            found[side] = np.array([getattr(row[2], side) for row in rows], dtype=np.float64)
        return found | {"worlds": np.array([row[3] for row in rows], dtype=np.int64)}

    def world_columns(self) -> dict[str, NDArray[Any]]:
        """One row per arm and world: where that world's own curve crosses the level."""
        rows = []
        for arm, one in self.arms.items():
            if one.tipping is not None:
                own = np.where(np.isfinite(one.tipping.per_world), one.tipping.per_world, np.nan)
                rows += [(arm, world, place) for world, place in zip(np.flatnonzero(self.kept), own, strict=True)]
        return {
            "arm": np.array([row[0] for row in rows], dtype=object),
            "world": np.array([row[1] for row in rows], dtype=np.int64),
            self.lever.key: np.array([row[2] for row in rows], dtype=np.float64),
        }

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns()))

    def plot(self) -> Any:
        """A matplotlib figure: the curve with its band, the level, the root with its interval, every world's own."""
        from experiments.report.tipping import tipping_picture

        return tipping_picture(self)

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one HTML text, also written to `path` if given."""
        from experiments.pictures import write_html
        from experiments.report.tipping import tipping_report

        try:
            return write_html(tipping_report(self), path)
        except (OSError, TypeError) as error:
            raise InputError([Problem(f"cannot be written: {error}", key=str(path))]) from error

    def to_json(self) -> dict[str, Any]:
        """value, low, high, world_p05, world_p50, world_p95 of the scenario as it is, then every arm and the curves."""
        curve = self.columns()
        found = {
            "scenario": self.scenario.name,
            "lever": self.lever.key,
            "unit": self.lever.unit,
            "outcome": self.outcome,
            "level": self.level,
            "range": [self.lever.low, self.lever.high],
            "as_it_is": self.lever.start,
            "seed": self.seed,
            "worlds": self.worlds,
            **_json(self.arms[BASE]),
            "sentence": self.sentence(),
            "notes": self.notes(),
            "arms": {arm: _json(one) for arm, one in self.arms.items()},
            "curve": [dict(zip(curve, row, strict=True)) for row in zip(*curve.values(), strict=True)],
            "per_world": self.per_world.tolist(),
            "evaluations": self.evaluations,
            "failed": len(self.failures),
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        place = "nowhere" if math.isnan(self.value) else f"at {self.value:.4g}"
        if math.isfinite(self.low + self.high):
            place += f" ({self.low:.4g} to {self.high:.4g})"
        return (
            f"TippingPoint({self.scenario.name}, {self.outcome} crosses {self.level:g} {place} "
            f"of {self.lever.key}, {counted(self.worlds, 'world')})"
        )

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), *table(self))


def tipping_point(
    scenario: Scenario,
    lever: str,
    outcome: str = "survival_5y",
    level: float = 0.5,
    worlds: int = 100,
    bounds: tuple[float | None, float | None] | None = None,
    arms: Mapping[str, Mapping[str, Any] | Scenario] | None = None,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    engine: Engine = "threads",
) -> TippingPoint:
    """The value of a setting at which the mean outcome over worlds crosses a level; the same worlds at all values.

    lever : dotted setting that is a number, or mix.STRATEGY     bounds : where to look, by default the schema's bounds
    (of the number of firms and quarters, at most ten times as many); one end may be None
    arms : name -> settings to change, as for `compare`: how much further does each push the tipping point
    Where the curve crosses several times, the crossing nearest to the scenario as it is. Where it does not, `value` is
    NaN and `sentence()` says what the outcome is at both ends.
    With `out`: tipping.json, curve and worlds as tables, picture, report.html. Raises InputError if an input is wrong,
    before anything is written; RunsFailedError if all runs of a setting failed.
    """
    start, began = time.perf_counter(), now()
    moved = _lever(scenario, lever, bounds, arms)
    check_level(check_outcome(outcome), level)
    worlds, seed = (int(value) if isinstance(value, np.integer) else value for value in (worlds, seed))
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    scenarios = arms_of(scenario, arms) if arms else {BASE: scenario}
    _check_arms(moved, arms or {}, scenarios)
    asker = Asker(seed, jobs, progress, engine)

    def solve() -> TippingPoint:
        searches = {}
        for arm, one in scenarios.items():
            measure = _measure(asker, outcome, _at(scenario, one, (arms or {}).get(arm), moved.key), moved.setting)
            ends = moved.low, moved.high, moved.start, moved.whole
            searches[arm] = Search(measure, *ends, float(level), worlds).run()
        result = _result(scenarios, moved, outcome, float(level), seed, searches)
        result.evaluations, result.failures = asker.evaluations, asker.failures
        result.seconds = time.perf_counter() - start
        return result

    if out is None:
        return solve()
    plan = {"seed": seed, "worlds": worlds, "lever": moved.key, "low": moved.low, "high": moved.high,
            "outcome": outcome, "level": float(level)}  # fmt: skip
    record = manifest("tipping", plan, scenarios)
    with ResultFolder.claim(out, record) as folder:
        asker.keep_in(folder, record | {"times": [{"started": began}]})
        result = solve()
        result.out = folder.path
        _save(result, folder, command_line(record["command"]))
        result.seconds = time.perf_counter() - start
        session = {"started": began, "finished": now(), "seconds": round(result.seconds, 3), "runs": result.evaluations}
        folder.write_manifest(record | {"times": [session]})
    return result


def _lever(scenario: Scenario, key: str, bounds: Any, arms: Any) -> Lever:
    """The lever and its range, in which by default all arms hold. What is wrong with an arm is said later."""
    try:
        low, high = (None, None) if bounds is None else bounds
    except (TypeError, ValueError):
        raise InputError([Problem(f"{bounds!r} is not (low, high), such as (0, 0.3)", key="bounds")]) from None
    changed = arms.values() if isinstance(arms, Mapping) and isinstance(scenario, Scenario) else ()
    alone = [one for one in changed if isinstance(one, Mapping) and _stands(scenario, one) and key not in one]
    return lever(scenario, key, low, high, [_at(scenario, scenario, one, key) for one in alone])


def _stands(scenario: Scenario, changes: Mapping[str, Any]) -> bool:
    try:
        scenario.with_(dict(changes))
    except InputError:
        return False
    return True


def _check_arms(moved: Lever, arms: Mapping[str, Any], scenarios: Mapping[str, Scenario]) -> None:
    """Raises InputError for an arm that sets the lever itself, or cannot stand at an end of the range."""
    problems = [
        Problem(f"sets {moved.key}, which is what moves", key=f'arm "{arm}"')
        for arm, changes in arms.items()
        if isinstance(changes, Mapping) and moved.key in changes
    ]
    base = scenarios[BASE]
    for arm, one in scenarios.items() if not problems else ():
        at = _at(base, one, arms.get(arm), moved.key)
        for end in (moved.low, moved.high):
            try:
                at(moved.setting(end))
            except InputError as error:
                place = f"{moved.key} = {end:g}" if arm == BASE else f'arm "{arm}" with {moved.key} = {end:g}'
                problems += [Problem(item.message, key=f"{place}: {item.key}") for item in error.problems]
    if problems:
        raise InputError(problems)


def _at(base: Scenario, arm: Scenario, changes: Any, key: str) -> Made:
    """The scenario of an arm at a value of the lever. Changes are made together with it, for shares must sum to 1."""
    if isinstance(changes, Mapping):
        return lambda value: base.with_({**changes, key: value})
    return lambda value: arm.with_({key: value})


def _measure(asker: Asker, outcome: str, at: Made, setting: Callable[[float], float | int]) -> Measure:
    return lambda values, worlds: asker.ask([at(setting(value)) for value in values], worlds)[outcome]


def _result(
    scenarios: dict[str, Scenario], moved: Lever, outcome: str, level: float, seed: int, searches: dict[str, Search]
) -> TippingPoint:
    """All arms over the worlds that define the outcome in each of them, so that their differences are paired."""
    worlds = searches[BASE].worlds
    kept = np.logical_and.reduce([one.kept() for one in searches.values()])
    arms = {arm: ArmTipping(one, one.found(kept)) for arm, one in searches.items()}
    base = arms[BASE].tipping
    for arm, one in arms.items():
        if arm != BASE and base is not None and one.tipping is not None:
            one.shift = shift(base, one.tipping)
    return TippingPoint(scenarios, moved, outcome, level, seed, worlds, arms, kept)


def _json(one: ArmTipping) -> dict[str, Any]:
    found, levers = one.tipping, one.search.known()
    ends = [value for value in levers[1] if math.isfinite(value)]
    nothing = found is None
    told = {
        "value": None if found is None else found.value,
        "low": None if found is None else found.low,
        "high": None if found is None else found.high,
        **{f"world_p{share:02d}": None if found is None else found.world(share / 100) for share in (5, 50, 95)},
        "worlds_never_crossing": None if found is None else found.never,
        "worlds_used": 0 if found is None else len(found.per_world),
        "other_crossings": one.search.others,
        "at_low": ends[0] if ends else None,
        "at_high": ends[-1] if ends else None,
        "crosses": not nothing,
    }
    if one.shift is not None:
        told["difference"] = {"value": one.shift.value, "low": one.shift.low, "high": one.shift.high}
    return told


def _finite(value: float) -> float:
    return value if math.isfinite(value) else NOWHERE


def _save(result: TippingPoint, folder: ResultFolder, command: str) -> None:
    import json

    from experiments.pictures import save
    from experiments.report.tipping import tipping_report

    content = {name: value for name, value in result.to_json().items() if name not in ("seconds", "out")}
    folder.write_text("tipping.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    folder.write_table("curve", result.columns(), also_csv=True)
    folder.write_table("worlds", result.world_columns(), also_csv=True)
    folder.write_failures(result.failures)
    save(folder, {"tipping": result.plot()}, tipping_report(result, command))
