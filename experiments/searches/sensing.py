"""Which assumptions matter: settings are varied over ranges in the same worlds, and what moves an outcome is ranked."""

import importlib.util
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.sensitivity import (
    METHODS,
    Effects,
    Indices,
    Luck,
    design,
    luck_share,
    morris_effects,
    sobol_indices,
)
from experiments.design import check_amounts
from experiments.outcomes import OUTCOMES, check_outcome, plain
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress
from experiments.searches.ranges import (
    Range,
    Tell,
    cost,
    levels_at,
    point_columns,
    ranges_of,
    run_columns,
    scenarios_at,
)
from experiments.searches.spoken import spoken
from experiments.sentences import amount, counted, html_table, plain_name, table_unit
from experiments.storage import ResultFolder
from experiments.sweeps.asking import Asker
from experiments.sweeps.engines import Engine
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario
from simulation.validation import settings

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
SAMPLES = {"morris": 20, "sobol": 128}  # about a minute on two cores with the settings of `spoken.IMPORTANT`
WORLDS = {"morris": 20, "sobol": 5}
LEAST_SAMPLES = {"morris": 4, "sobol": 8}
MOST_SAMPLES = 2**20
NAMED = 3  # settings in the sentence
MUCH = 0.5  # of the strongest: how strong another must be to be named with it


@dataclass
class Sensitivity:
    """What moves an outcome. Made by `sensitivity`.

    ranges : setting -> (low, high)     samples : trajectories (morris) or base samples (sobol)
    levels : [points, settings]     table : outcome -> [points, worlds], the same worlds at every point
    found : effects or indices of the settings, in the order of `ranges`     luck : share of the spread that is luck
    """

    scenario: Scenario
    ranges: dict[str, Range]
    outcome: str
    method: str
    seed: int
    worlds: int
    samples: int
    levels: Floats
    table: dict[str, Floats]
    found: Effects | Indices
    luck: Luck
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    out: Path | None = None

    @property
    def points(self) -> int:
        return len(self.levels)

    @property
    def runs(self) -> int:
        return self.points * self.worlds

    @property
    def failed(self) -> int:
        return len(self.failures)

    @property
    def ranking(self) -> list[int]:
        """Positions of the settings in `ranges`, the one that matters most first."""
        return [int(place) for place in np.argsort(-np.nan_to_num(self.found.strength, nan=-1.0), kind="stable")]

    def meaning(self, key: str) -> str:
        """What a setting is, in words."""
        known = {setting.key: setting.meaning for setting in settings(Scenario, defaults=self.scenario)}
        return known.get(key) or f"share of {key.removeprefix('mix.').replace('_', ' ')}s"

    def sentence(self) -> str:
        """What matters most, and how much of the spread is luck."""
        scenario, keys = plain_name(self.scenario), list(self.ranges)
        head = f"{scenario}, {counted(len(keys), 'setting')}, {counted(self.worlds, 'world')}"
        what = in_words(self.outcome)
        strength = self.found.strength
        first = self.ranking[0]
        if not np.isfinite(strength[first]):
            return f"{head}: no answer, for {what} cannot be told at enough points, or never changes."
        if strength[first] <= 0:
            return f"{head}: nothing that was varied changes {what}."
        named = [place for place in self.ranking[:NAMED] if strength[place] >= MUCH * strength[first]]
        parts = [f"{spoken(keys[place])} ({self._strength(place, place == first)})" for place in named]
        listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        return f"{head}: {what} depends most on {listed}.{self._luck()}"

    def _strength(self, place: int, told: bool) -> str:
        """How much one setting matters. told : whether to say what the numbers are"""
        mean, low, high = (float(side[place]) for side in _sides(self.found))
        if isinstance(self.found, Indices):
            ends = f"{max(0.0, 100 * low):.0f} to {min(100.0, 100 * max(mean, high)):.0f}"
            return f"{100 * mean:.0f}{' % of the variance goes with it' if told else ' %'}, {'95 % ' * told}{ends}"
        unit = OUTCOMES[self.outcome].unit
        whole = unit.startswith("share") and 100 * mean >= 2  # a tenth of an alliance of 100 is no help
        texts = [f"{100 * side:.0f}" if whole else amount(side, unit, beside=mean) for side in (mean, low, high)]
        scale = f"{'' if unit == '0 to 1' else ' ' + table_unit(unit)} over its range" if told else ""
        return f"{texts[0]}{scale}, {'95 % ' * told}{texts[1]} to {texts[2]}"

    def _luck(self) -> str:
        if not np.isfinite(self.luck.share):
            return ""
        share = 100 * self.luck.share
        return f" {f'{share:.0f}' if share >= 1 or share == 0 else 'Less than 1'} % of the spread is luck."

    def notes(self) -> list[str]:
        """What must be said beside the sentence."""
        found = ["A wider range makes a setting matter more: the ranking is that of these ranges."]
        luck = self.luck
        if np.isfinite(luck.low):
            found.append(
                f"Luck: {100 * luck.share:.0f} % (95 % {100 * luck.low:.0f} to {100 * luck.high:.0f}) of the variance of "
                f"single worlds; {100 * luck.common:.0f} % is good or bad luck everywhere, "
                f"{100 * luck.own:.0f} % falls differently at each point. It would matter less over longer or larger worlds."
            )
        lost = self.lost()
        if lost:
            found.append(f"Not to be told from luck with so few worlds: {', '.join(lost)}.")
        if self.left_out:
            what = "trajectories" if self.method == "morris" else "base samples"
            found.append(
                f"{self.left_out} of {self.samples} {what} are left out: a point there is not defined in any world."
            )
        return found

    @property
    def left_out(self) -> int:
        return self.samples - self.found.used

    def lost(self) -> list[str]:
        """Settings whose elementary effects are no larger than luck alone would make them; none for sobol."""
        if not isinstance(self.found, Effects):
            return []
        low, floor = self.found.low, self.found.floor
        return [key for place, key in enumerate(self.ranges) if floor[place] > 0 and low[place] <= floor[place]]

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per setting, the one that matters most first."""
        order, keys = self.ranking, list(self.ranges)
        names = [keys[place] for place in order]
        columns: dict[str, NDArray[Any]] = {
            "setting": np.array(names, dtype=object),
            "meaning": np.array([self.meaning(key) for key in names], dtype=object),
            "low": np.array([self.ranges[key][0] for key in names]),
            "high": np.array([self.ranges[key][1] for key in names]),
        }
        found = self.found
        if isinstance(found, Effects):
            sides = {"mu_star": found.mu_star, "mu_star_low": found.low, "mu_star_high": found.high}
            sides |= {"mu": found.mu, "sigma": found.sigma, "mu_star_of_luck": found.floor}
        else:
            sides = {"total": found.total, "total_low": found.total_low, "total_high": found.total_high}
            sides |= {"first": found.first, "first_low": found.first_low, "first_high": found.first_high}
        return columns | {name: side[order] for name, side in sides.items()}

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def rows(self) -> tuple[list[str], list[list[str]]]:
        """Names and rows of the table for people: range, strength with its interval, and the second measure."""
        meaning, columns = OUTCOMES[self.outcome], self.columns()
        if isinstance(self.found, Effects):
            names = [f"moves it by [{table_unit(meaning.unit)}]", "95 %", "direction", "others change that by"]
        else:
            names = ["with it goes [% of variance]", "95 %", "alone [%]", "95 %"]
        rows = []
        for row, key in enumerate(columns["setting"]):
            span = f"{columns['low'][row]:g} to {columns['high'][row]:g}"
            rows.append([str(key), str(columns["meaning"][row]), span, *self._cells(columns, row)])
        return ["setting", "meaning", "range", *names], rows

    def _cells(self, columns: Mapping[str, NDArray[Any]], row: int) -> list[str]:
        if isinstance(self.found, Indices):
            names = ("total", "total_low", "total_high", "first", "first_low", "first_high")
            total, low, high, first, first_low, first_high = (amount(columns[name][row], "share") for name in names)
            return [total, f"{low} to {high}", first, f"{first_low} to {first_high}"]
        unit, star = OUTCOMES[self.outcome].unit, columns["mu_star"][row]
        texts = [amount(columns[name][row], unit, beside=star) for name in ("mu_star", "mu_star_low", "mu_star_high")]
        return [texts[0], f"{texts[1]} to {texts[2]}", _direction(columns["mu"][row], star),
                amount(columns["sigma"][row], unit, beside=star)]  # fmt: skip

    def plot(self) -> Any:
        """A matplotlib figure: bars in order of strength, with intervals and the second measure."""
        from experiments.figures.sensitivity import sensitivity_figure

        return sensitivity_figure(self.columns(), in_words(self.outcome), OUTCOMES[self.outcome].unit, self.luck.share)

    def to_html(self, path: str | Path | None = None, command: str = "") -> str:
        """The report as one HTML text, also written to `path` if given."""
        from experiments.pictures import write_html
        from experiments.report.sensitivity import sensitivity_report

        return write_html(sensitivity_report(self, command), path)

    def to_json(self) -> dict[str, Any]:
        columns = self.columns()
        luck = self.luck
        found = {
            "scenario": self.scenario.name,
            "outcome": self.outcome,
            "method": self.method,
            "samples": self.samples,
            "used": self.found.used,
            "seed": self.seed,
            "worlds": self.worlds,
            "points": self.points,
            "runs": self.runs,
            "failed": self.failed,
            "sentence": self.sentence(),
            "notes": self.notes(),
            "luck": {name: getattr(luck, name) for name in ("share", "low", "high", "common", "own")},
            "settings": [{name: side[row] for name, side in columns.items()} for row in range(len(self.ranges))],
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        first = [list(self.ranges)[place] for place in self.ranking[:NAMED]]
        size = f"{self.points} points, {counted(self.worlds, 'world')}"
        return f"Sensitivity({self.scenario.name}, {self.outcome}, {self.method}, {size}; {', '.join(first)})"

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), *self.rows())


def sensitivity(
    scenario: Scenario,
    vary: Mapping[str, Any] | None = None,
    outcome: str = "survival_5y",
    method: str = "morris",
    worlds: int | None = None,
    samples: int | None = None,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
    engine: Engine = "threads",
) -> Sensitivity:
    """Rank settings by how much they move an outcome, over the same worlds at every point.

    vary : setting -> (low, high); if left out, those of `experiments.searches.spoken.IMPORTANT`, from half of their value in the
    scenario to one and a half times
    method : "morris", elementary effects (cheap), or "sobol", shares of variance (needs many times as many samples)
    samples : trajectories (20 if left out) or base samples, a power of 2 (128)     worlds : 20 for morris, 5 for sobol
    tell : called with what it will cost, in words, before it begins     the others : as for `compare`
    With `out`: a result folder with design, runs, ranking, picture and report. Raises InputError before anything is
    written if an input is wrong or SALib is missing; RunsFailedError if all runs at a point fail.
    """
    start, began = time.perf_counter(), now()
    _check(outcome, method, samples)
    ranges = ranges_of(scenario, vary, least=2)
    worlds = WORLDS[method] if worlds is None else worlds
    samples = SAMPLES[method] if samples is None else int(samples)
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    worlds, seed = int(worlds), int(seed)
    need("SALib")
    unit = design(method, len(ranges), samples, seed=seed + 1)  # SALib takes a seed of 0 for none
    levels = levels_at(scenario, ranges, unit)
    scenarios = scenarios_at(scenario, list(ranges), levels)
    plan = {"seed": seed, "worlds": worlds, "samples": samples, "method": method, "outcome": outcome}
    record = manifest(
        "sensitivity", plan | {"ranges": {key: list(ends) for key, ends in ranges.items()}}, {BASE: scenario}
    )

    def run(folder: ResultFolder | None = None) -> Sensitivity:
        if tell:
            tell(cost(scenarios, worlds, seed, jobs, "points"))
        asker = Asker(seed, jobs, progress, engine)
        if folder is not None:
            asker.keep_in(folder, record | {"times": [{"started": began}]})
        table = asker.ask(scenarios, worlds)
        values = table[outcome]
        found = morris_effects(unit, values) if method == "morris" else sobol_indices(len(ranges), values)
        luck = luck_share(values)
        given = (scenario, ranges, outcome, method, seed, worlds, samples)
        return Sensitivity(*given, levels, table, found, luck, asker.failures, time.perf_counter() - start)

    if out is None:
        return run()
    with ResultFolder.claim(out, record) as folder:
        result = run(folder)
        result.out = folder.path
        _save(result, folder, command_line(record["command"]))
        session = {"started": began, "finished": now(), "seconds": round(result.seconds, 3), "runs": result.runs}
        folder.write_manifest(record | {"times": [session]})
    return result


def need(package: str) -> None:
    """Raises InputError if an optional package is not installed."""
    if importlib.util.find_spec(package) is None:
        install = "pip install 'alliance-dynamics[sensitivity]'"
        raise InputError([Problem(f"needs {package}; install it with: {install}", key="sensitivity")])


def _check(outcome: str, method: str, samples: Any) -> None:
    problems: list[Problem] = []
    try:
        check_outcome(outcome)
    except InputError as error:
        problems += error.problems
    if method not in METHODS:
        problems.append(Problem(f'no method "{method}"; {did_you_mean(str(method), METHODS)}', key="method"))
    elif samples is not None:
        least = LEAST_SAMPLES[method]
        is_whole = isinstance(samples, int | np.integer) and not isinstance(samples, bool)
        if not is_whole or not least <= samples <= MOST_SAMPLES:
            problems.append(
                Problem(f"{samples!r} is not a whole number from {least} to {MOST_SAMPLES:,}", key="samples")
            )
        elif method == "sobol" and samples & (samples - 1):
            power = 2 ** (int(samples).bit_length() - 1)
            text = f"{samples} is not a power of 2, which sobol needs; the nearest are {power} and {2 * power}"
            problems.append(Problem(text, key="samples"))
    if problems:
        raise InputError(problems)


def in_words(outcome: str) -> str:
    """An outcome as the subject of a sentence.

    >>> in_words("survival_5y"), in_words("mean_trust")
    ('how many of 100 alliances live five years', '“trust, mean over time”')
    """
    meaning = OUTCOMES[outcome]
    if meaning.label.startswith("alliances that live"):
        return f"how many of 100 {meaning.label.replace(' that ', ' ')}"
    return f"“{meaning.label}”"


def _direction(mu: float, star: float) -> str:
    """Whether an outcome rises or falls with a setting; "both ways" where a tenth of the effects' size goes the other way."""
    if not star or not np.isfinite(mu):
        return "–"
    return "both ways" if abs(mu) < 0.8 * star else "raises it" if mu > 0 else "lowers it"


def _sides(found: Effects | Indices) -> Sequence[Floats]:
    if isinstance(found, Effects):
        return found.mu_star, found.low, found.high
    return found.total, found.total_low, found.total_high


def _save(result: Sensitivity, folder: ResultFolder, command: str) -> None:
    import json

    from experiments.pictures import save

    folder.write_table("design", point_columns(list(result.ranges), result.levels))
    folder.write_table("parts/part-000000", run_columns(result.table, result.seed))
    folder.write_failures(result.failures)
    content = {name: value for name, value in result.to_json().items() if name not in ("seconds", "out")}
    folder.write_text("sensitivity.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    folder.write_table("sensitivity", result.columns(), also_csv=True)
    save(folder, {"sensitivity": result.plot()}, result.to_html(command=command))
