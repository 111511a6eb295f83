"""When does it fail: settings are drawn within ranges, rules that hold where it fails are found and tested on fresh ones."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.discovery import LEAST_POINTS, Box, Quality, boxes, quality
from experiments.design import LARGEST_SEED, check_amounts
from experiments.outcomes import plain
from experiments.provenance import BASE, command_line, manifest, now
from experiments.provenance import plain as plain_number
from experiments.runner import Progress
from experiments.searches.clouds import Cloud, Source, bar_of, check_bar, drawn, source_of
from experiments.searches.ranges import Range, Tell, cost, point_columns, run_columns, scenarios_at
from experiments.searches.rules import Bar, Rule, also, condition, of_100, rounded, side, verdict
from experiments.sentences import counted, html_table, plain_name
from experiments.storage import ResultFolder
from experiments.sweeps.asking import Asker
from experiments.sweeps.engines import Engine
from experiments.sweeps.sweeping import Sweep
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario
from simulation.validation import settings

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SAMPLES, WORLDS, FRESH = 400, 10, 300  # about a minute on two cores
LEAST, MOST = 40, 200_000  # settings


@dataclass
class Discovery:
    """When it fails. Made by `discover`.

    ranges : setting -> (low, high)     bar : what counts as failing     found : the settings in which rules were found
    fresh : those that they were tested on, None if there was nothing to test     rules : the best first
    source : the folder of the sweep that was read, if one was
    """

    scenario: Scenario
    ranges: dict[str, Range]
    bar: Bar
    found: Cloud
    fresh: Cloud | None
    rules: list[Rule]
    source: Path | None = None
    ran: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    out: Path | None = None

    @property
    def keys(self) -> list[str]:
        return list(self.ranges)

    @property
    def whole(self) -> list[bool]:
        """Which settings are whole numbers."""
        known = {setting.key for setting in settings(Scenario, defaults=self.scenario) if setting.whole}
        return [key in known for key in self.ranges]

    @property
    def failed(self) -> int:
        return len(self.failures)

    def known(self) -> tuple[Floats, Floats, Bools]:
        """Levels, outcome and whether it fails, of the settings that some world defines."""
        return self.found.known(self.bar)

    @property
    def density(self) -> float:
        """Share of the settings inside the first rule that fail, fresh ones if it was tested; 1 without a rule."""
        tested = [rule.fresh or rule.here for rule in self.rules[:1]]
        return tested[0].density.share if tested and tested[0].density.of else 1.0

    def sentence(self) -> str:
        """When it fails, and how well that holds on settings and worlds that were not looked at before."""
        levels, means, fails = self.known()
        count = {
            "settings": len(levels),
            "failing": int(fails.sum()),
            "few": fails.sum() < LEAST_POINTS,
            "lowest": float(means.min()) if len(means) else np.nan,
            "highest": float(means.max()) if len(means) else np.nan,
            "fresh": 0 if self.fresh is None else len(self.fresh.levels),
        }
        head = f"{plain_name(self.scenario)}, {counted(len(levels), 'setting')}, {counted(self.found.worlds, 'world')} each"
        return f"{head}: {verdict(self.rules, self.bar, self.keys, self.whole, count)}"

    def notes(self) -> list[str]:
        """What must be said beside the sentence: further rules, what failing means, what was left out."""
        found = also(self.rules, self.keys, self.whole) if self.rules else []
        if not self.bar.asked:
            found.append(
                f"Failing is what the worst quarter of the settings do: {self.bar.words()}. Say --below or --above for "
                f"a bar of your own."
            )
        lost = len(self.found.levels) - len(self.known()[0])
        if lost:
            found.append(f"{counted(lost, 'setting')} left out: no world there defines the outcome.")
        return found

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per rule and setting that it restricts; low and high NaN where it is open."""
        pairs = [(number, place) for number, rule in enumerate(self.rules) for place in rule.box.restricted]
        columns: dict[str, NDArray[Any]] = {
            "rule": np.array([number + 1 for number, _ in pairs], dtype=np.int64),
            "setting": np.array([self.keys[place] for _, place in pairs], dtype=object),
        }
        boxed = [(self.rules[number].box, place) for number, place in pairs]
        for name in ("low", "high", "quasi_p"):
            sides = np.array([getattr(box, name)[place] for box, place in boxed], dtype=np.float64)
            columns[name] = np.where(np.isfinite(sides), sides, np.nan)
        for name in ("density", "coverage"):
            columns[name] = np.array([getattr(self.rules[number].here, name).share for number, _ in pairs])
            for end in ("share", "low", "high"):
                tested = [self.rules[number].fresh for number, _ in pairs]
                values = [np.nan if one is None else getattr(getattr(one, name), end) for one in tested]
                columns[f"fresh_{name}" + ("" if end == "share" else f"_{end}")] = np.array(values, dtype=np.float64)
        return columns

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def rows(self) -> tuple[list[str], list[list[str]]]:
        """Names and rows of the table for people: each rule, how often settings inside fail, what share that is."""
        names = ["it fails when", "such settings fail", "… on fresh ones", "of all failures", "… on fresh ones"]
        rows = []
        for rule in self.rules:
            tested = rule.fresh
            cells = [of_100(rule.here.density, False), "–" if tested is None else of_100(tested.density)]
            cells += [of_100(rule.here.coverage, False), "–" if tested is None else of_100(tested.coverage)]
            rows.append([condition(rule.box, self.keys, self.whole, str), *cells])
        return names, rows

    def restrictions(self) -> tuple[list[str], list[list[str]]]:
        """Names and rows of the table of restrictions: setting, meaning, where it fails, the range, quasi-p."""
        meanings = {setting.key: setting.meaning for setting in settings(Scenario, defaults=self.scenario)}
        rows = []
        for number, rule in enumerate(self.rules, 1):
            for place in rule.box.restricted:
                key, (low, high) = self.keys[place], self.ranges[self.keys[place]]
                chance = float(rule.box.quasi_p[place])
                rows.append([key, meanings.get(key, key), str(number), side(rule.box, place, self.whole[place]),
                             f"{low:g} to {high:g}", f"{chance:.1g}" if chance >= 1e-6 else "below 0.000001"])  # fmt: skip
        return ["setting", "meaning", "rule", "fails when", "varied", "quasi-p"], rows

    def plot(self) -> Any:
        """A matplotlib figure: settings that fail and that don't, over the two that the first rule restricts most."""
        from experiments.figures.discovery import discovery_figure
        from experiments.report.discovery import axis_labels

        boxed, ranges = [rule.box for rule in self.rules], list(self.ranges.values())
        labels, density = axis_labels(self), self.density
        return discovery_figure(*self.known(), boxed, labels, self.bar, ranges, self.keys, self.whole, density=density)

    def to_html(self, path: str | Path | None = None, command: str = "") -> str:
        """The report as one HTML text, also written to `path` if given."""
        from experiments.pictures import write_html
        from experiments.report.discovery import discovery_report

        return write_html(discovery_report(self, command), path)

    def to_json(self) -> dict[str, Any]:
        from dataclasses import asdict

        rules = []
        for rule in self.rules:
            edges = {
                self.keys[place]: {name: float(getattr(rule.box, name)[place]) for name in ("low", "high", "quasi_p")}
                for place in rule.box.restricted
            }
            tested = None if rule.fresh is None else asdict(rule.fresh) | {"holds": rule.fresh.tells}
            rules.append({"where": edges, "here": asdict(rule.here), "fresh": tested})
        levels, _, fails = self.known()
        found = {
            "scenario": self.scenario.name,
            "sweep": None if self.source is None else str(self.source),
            "outcome": self.bar.outcome,
            "below" if self.bar.below else "above": self.bar.value,
            "seed": self.found.seed,
            "worlds": self.found.worlds,
            "settings": len(levels),
            "failing": int(fails.sum()),
            "fresh_settings": 0 if self.fresh is None else len(self.fresh.levels),
            "runs": self.ran,
            "failed": self.failed,
            "sentence": self.sentence(),
            "notes": self.notes(),
            "ranges": {key: list(ends) for key, ends in self.ranges.items()},
            "rules": rules,
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        rule = condition(self.rules[0].box, self.keys, self.whole, str) if self.rules else "no rule"
        return f"Discovery({self.scenario.name}, {self.bar.words()}: {rule})"

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), *self.rows())


def discover(
    scenario: Scenario | Sweep | str | Path,
    vary: Mapping[str, Any] | None = None,
    outcome: str = "survival_5y",
    below: float | None = None,
    above: float | None = None,
    samples: int | None = None,
    worlds: int | None = None,
    fresh: int = FRESH,
    seed: int | None = None,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
    engine: Engine = "threads",
) -> Discovery:
    """Find rules for the settings at which an outcome fails, and test them on fresh settings in fresh worlds.

    scenario : one that is varied over a Latin hypercube, or a sweep (or its folder) whose runs are taken as they are
    vary : setting -> (low, high); if left out, those of `experiments.searches.spoken.IMPORTANT`     below or above : the bar, in
    the unit of the outcome; if left out, the worst quarter fails     samples, worlds, seed : 400, 10 and 1 if left out
    fresh : settings of the test; its worlds are those of the next seed     the others : as for `sensitivity`
    With `out`: a result folder. Raises InputError before anything is written if an input is wrong, RunsFailedError if all
    runs at a setting fail.
    """
    start, began = time.perf_counter(), now()
    source = source_of(scenario, vary)
    check_bar(outcome, below, above)
    plan = _plan(source, {"samples": samples, "worlds": worlds, "fresh": fresh, "seed": seed}, jobs)
    plan |= {"outcome": outcome, "below": below, "above": above}
    record = manifest("discover", plan | _origin(source), {BASE: source.base})

    def run(folder: ResultFolder | None = None) -> Discovery:
        asker, tester = (Asker(luck, jobs, progress, engine) for luck in (plan["seed"], _next(plan["seed"])))
        if folder is not None:
            for one in (asker, tester):
                one.keep_in(folder, record | {"times": [{"started": began}]})
        later = f" If they show a rule, it is tested at {plan['fresh']:,} fresh settings."
        found = source.cloud or _ask(asker, source, plan["samples"], plan["worlds"], tell, later)
        bar = bar_of(outcome, below, above, found)
        levels, _, fails = found.known(bar)
        chosen = [rounded(box) for box in boxes(levels, fails)] if len(levels) else []
        told = None if source.cloud is None else tell  # the cost is told once, before a bar moves
        tested = _ask(tester, source, plan["fresh"], plan["worlds"], told) if chosen else None
        result = Discovery(
            source.base, source.ranges, bar, found, tested, _rules(chosen, found, tested, bar), source.folder
        )
        result.ran = asker.evaluations + tester.evaluations
        result.failures = [*asker.failures, *tester.failures]
        result.seconds = time.perf_counter() - start
        return result

    if out is None:
        return run()
    with ResultFolder.claim(out, record) as folder:
        result = run(folder)
        result.out = folder.path
        _save(result, folder, command_line(record["command"]))
        session = {"started": began, "finished": now(), "seconds": round(result.seconds, 3), "runs": result.ran}
        folder.write_manifest(record | {"times": [session]})
    return result


def _plan(source: Source, amounts: dict[str, Any], jobs: int | None) -> dict[str, Any]:
    """The amounts with those that nobody said. Raises InputError if one is out of bounds or a sweep has it already."""
    problems = []
    if source.cloud is not None:
        given = [name for name in ("samples", "worlds", "seed") if amounts[name] is not None]
        problems += [Problem("a sweep has its own; leave it out", key=name) for name in given]
        there = {"samples": len(source.cloud.levels), "worlds": source.cloud.worlds, "seed": source.cloud.seed}
    else:
        there = {"samples": SAMPLES, "worlds": WORLDS, "seed": 1}
    plan = {
        name: there[name] if value is None else plain_number(value) for name, value in amounts.items() if name in there
    }
    plan["fresh"] = plain_number(amounts["fresh"])
    for name in ("samples", "fresh"):
        if name == "samples" and source.cloud is not None:
            continue
        if not isinstance(plan[name], int) or isinstance(plan[name], bool) or not LEAST <= plan[name] <= MOST:
            problems.append(Problem(f"{plan[name]!r} is not a whole number from {LEAST} to {MOST:,}", key=name))
    try:
        check_amounts(worlds=plan["worlds"], seed=plan["seed"], jobs=jobs)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return plan


def _origin(source: Source) -> dict[str, Any]:
    """What the manifest says about where the settings come from."""
    ranges = {"ranges": {key: list(ends) for key, ends in source.ranges.items()}}
    return ranges | ({} if source.folder is None else {"sweep": str(source.folder)})


def _next(seed: int) -> int:
    """The seed of the worlds that a rule is tested in."""
    return seed + 1 if seed < LARGEST_SEED else seed - 1


def _ask(asker: Asker, source: Source, number: int, worlds: int, tell: Tell | None, later: str = "") -> Cloud:
    """Draw settings and run them. The seed of the asker is that of the draw as well. later : what is told after the cost"""
    levels = drawn(source.base, source.ranges, number, asker.seed)
    scenarios = scenarios_at(source.base, list(source.ranges), levels)
    if tell:
        tell(cost(scenarios, worlds, asker.seed, asker.jobs) + later)
    return Cloud(levels, asker.ask(scenarios, worlds), asker.seed, worlds)


def _rules(chosen: Sequence[Box], found: Cloud, tested: Cloud | None, bar: Bar) -> list[Rule]:
    """Each box with its quality on both clouds; what an earlier box holds does not count for a later one."""
    here = _qualities(chosen, found, bar)
    fresh = [None] * len(chosen) if tested is None else _qualities(chosen, tested, bar)
    return [Rule(box, one, other) for box, one, other in zip(chosen, here, fresh, strict=True)]


def _qualities(chosen: Sequence[Box], cloud: Cloud, bar: Bar) -> list[Quality]:
    levels, _, fails = cloud.known(bar)
    taken, found = np.zeros(len(levels), dtype=np.bool_), []
    for box in chosen:
        found.append(quality(box, levels, fails, taken))
        taken |= box.holds(levels)
    return found


def _save(result: Discovery, folder: ResultFolder, command: str) -> None:
    import json

    from experiments.pictures import save

    clouds = [cloud for cloud in (result.found, result.fresh) if cloud is not None]
    design, runs, first = [], [], 0
    for number, cloud in enumerate(clouds):
        fresh = {"fresh": np.full(len(cloud.levels), number == 1)}
        design.append(point_columns(result.keys, cloud.levels, first) | fresh)
        runs.append(run_columns(cloud.table, cloud.seed, first))
        first += len(cloud.levels)
    folder.write_table("design", {name: np.concatenate([one[name] for one in design]) for name in design[0]})
    folder.write_table("parts/part-000000", {name: np.concatenate([one[name] for one in runs]) for name in runs[0]})
    folder.write_failures(result.failures)
    content = {name: value for name, value in result.to_json().items() if name not in ("seconds", "out")}
    folder.write_text("discover.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    folder.write_table("rules", result.columns(), also_csv=True)
    save(folder, {"discovery": result.plot()}, result.to_html(command=command))
