"""Which choice to regret least: arms in several futures, the same worlds in all of them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.regret import Regrets, regrets
from experiments.comparisons.arms import arms_of, uneven_sentence
from experiments.design import check_amounts
from experiments.outcomes import OUTCOMES, check_outcome, plain
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress
from experiments.sentences import amount, counted, html_table, listed, plain_name, table_unit
from experiments.storage import ResultFolder
from experiments.sweeps.asking import Asker
from experiments.sweeps.engines import Engine
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
LEAST_FUTURES = 2
SURE = 0.95  # share of resamples from which on the choice is called sure
Changes = Mapping[str, Any]


@dataclass
class Regret:
    """How far each arm stays behind the best one in each future. Made by `regret`.

    scenarios : arm -> future -> scenario; the first arm is "as it is"     values : [arms, futures, worlds]
    found : means, regrets, the worst and the mean one, with 95 % intervals over worlds
    """

    scenario: Scenario
    scenarios: dict[str, dict[str, Scenario]]
    outcome: str
    seed: int
    worlds: int
    table: dict[str, Floats]
    found: Regrets
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    out: Path | None = None

    @property
    def arms(self) -> list[str]:
        return list(self.scenarios)

    @property
    def futures(self) -> list[str]:
        return list(self.scenarios[BASE])

    @property
    def runs(self) -> int:
        return self.worlds * len(self.arms) * len(self.futures)

    @property
    def failed(self) -> int:
        return len(self.failures)

    def sentence(self) -> str:
        """The arm with the least worst regret, how sure that is, and what the others would cost."""
        size = f"{counted(len(self.arms), 'arm')} in {counted(len(self.futures), 'future')}, {counted(self.worlds, 'world')}"
        head = f"{plain_name(self.scenario)}, {size}, {OUTCOMES[self.outcome].label}: "
        found = self.found
        if not found.worlds:
            return f"{head}no world defines {OUTCOMES[self.outcome].label} in all arms and futures."
        first, *others = found.order
        if found.worst.max() <= 0:
            return f"{head}all arms do equally well in all futures."
        ties = [place for place in others if np.isclose(found.worst[place], found.worst[first], rtol=0, atol=1e-12)]
        said = f"{head}{_who(self.arms[first])} is regretted least: {self._words(first)}"
        if ties:
            said += f"; so is {listed([_who(self.arms[place]) for place in ties])}"
        told = [f"{_who(self.arms[place])}: {self._words(place)}" for place in others if place not in ties]
        return f"{said}.{self._surety(first)}" + (f" {_begin('; '.join(told))}." if told else "")

    def _words(self, place: int) -> str:
        """How one arm does over the futures: where it is the best, and how far it stays behind at worst."""
        regret, worst = self.found.regret[place], float(self.found.worst[place])
        best = [future for future, behind in zip(self.futures, regret, strict=True) if behind <= 0]
        if len(best) == len(self.futures):
            return "the best in every future"
        behind = f"{self._amount(worst)} {self._unit()}{self._interval(place)}"
        where = self.futures[int(np.argmax(regret))]
        if not best:
            return f"never the best, and never more than {behind} from it, in {where}"
        return f"the best in {listed(best)}, and never more than {behind} from it, in {where}"

    def _interval(self, place: int) -> str:
        low, high = float(self.found.worst_low[place]), float(self.found.worst_high[place])
        return f" (95 % {self._amount(low)} to {self._amount(high)})" if np.isfinite(low) else ""

    def _surety(self, place: int) -> str:
        sure = float(self.found.sure[place])
        if not np.isfinite(sure):
            return " Too few worlds to say how sure that is."
        return f" That is so in {100 * sure:.0f} of 100 resamples of the worlds{'' if sure >= SURE else ': not sure'}."

    def _amount(self, value: float) -> str:
        return amount(value, OUTCOMES[self.outcome].unit)

    def _unit(self) -> str:
        unit = OUTCOMES[self.outcome].unit
        return "points" if unit.startswith("share") or unit == "0 to 1" else unit

    def notes(self) -> list[str]:
        """What must be said beside the sentence."""
        found = []
        if 0 < self.found.worlds < self.worlds:
            found.append(f"{self.worlds - self.found.worlds} of {self.worlds} worlds lack a cell and are left out.")
        for future in self.futures:
            text = uneven_sentence({arm: self.scenarios[arm][future] for arm in self.arms})
            found += [text] if text and text not in found else []
        return found

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per arm and future: mean outcome, regret with its interval; then the arm's worst and mean regret."""
        found, futures = self.found, len(self.futures)
        columns: dict[str, NDArray[Any]] = {
            "arm": np.repeat(np.array(self.arms, dtype=object), futures),
            "future": np.tile(np.array(self.futures, dtype=object), len(self.arms)),
        }
        for name, cells in (("mean", "means"), ("regret", "regret"), ("regret_low", "low"), ("regret_high", "high")):
            columns[name] = getattr(found, cells).ravel()
        for name in ("worst", "worst_low", "worst_high", "mean", "mean_low", "mean_high", "sure"):
            column = {"sure": "least_worst_in"}.get(name, name.replace("worst", "worst_regret"))
            column = column.replace("mean", "mean_regret")
            columns[column] = np.repeat(getattr(found, name), futures)
        return columns

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def rows(self) -> tuple[list[str], list[list[str]]]:
        """Names and rows of the table of regrets, the arm with the least worst regret first."""
        found = self.found
        rows = []
        for place in found.order:
            cells = [
                _with_interval(self._amount, found.regret[place, k], found.low[place, k], found.high[place, k])
                for k in range(len(self.futures))
            ]
            cells.append(
                _with_interval(self._amount, found.worst[place], found.worst_low[place], found.worst_high[place])
            )
            cells.append(_with_interval(self._amount, found.mean[place], found.mean_low[place], found.mean_high[place]))
            sure = float(found.sure[place])
            rows.append([self.arms[place], *cells, f"{100 * sure:.0f} of 100" if np.isfinite(sure) else "–"])
        return ["regret of", *self.futures, "at worst", "mean", "least in"], rows

    def outcome_rows(self) -> tuple[list[str], list[list[str]]]:
        """Names and rows of the table of outcomes."""
        meaning = OUTCOMES[self.outcome]
        cells = [[self._amount(value) for value in self.found.means[place]] for place in self.found.order]
        rows = [[self.arms[place], *row] for place, row in zip(self.found.order, cells, strict=True)]
        return [f"{meaning.label} [{table_unit(meaning.unit)}]", *self.futures], rows

    def plot(self) -> Any:
        """A matplotlib figure: a map of regrets, arms by futures."""
        from experiments.figures.regret import regret_figure

        return regret_figure(self.found, self.arms, self.futures, self.outcome)

    def to_html(self, path: str | Path | None = None, command: str = "") -> str:
        """The report as one HTML text, also written to `path` if given."""
        from experiments.pictures import write_html
        from experiments.report.regret import regret_report

        return write_html(regret_report(self, command), path)

    def to_json(self) -> dict[str, Any]:
        found, arms = self.found, {}
        for place, arm in enumerate(self.arms):
            cells = {
                future: {
                    "mean": found.means[place, k],
                    "regret": found.regret[place, k],
                    "low": found.low[place, k],
                    "high": found.high[place, k],
                }
                for k, future in enumerate(self.futures)
            }
            ends = {
                name: {
                    side or "value": getattr(found, f"{name}_{side}" if side else name)[place]
                    for side in ("", "low", "high")
                }
                for name in ("worst", "mean")
            }
            arms[arm] = {
                "futures": cells,
                "worst": ends["worst"],
                "mean": ends["mean"],
                "least_worst_in": found.sure[place],
            }
        content = {
            "scenario": self.scenario.name,
            "outcome": self.outcome,
            "seed": self.seed,
            "worlds": self.worlds,
            "runs": self.runs,
            "failed": self.failed,
            "sentence": self.sentence(),
            "notes": self.notes(),
            "least_regret": self.arms[found.order[0]] if found.worlds else None,
            "arms": arms,
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(content)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        worst = ", ".join(
            f"{self.arms[place]} {self._amount(float(self.found.worst[place]))}" for place in self.found.order
        )
        return f"Regret({self.scenario.name}, {self.outcome}, {counted(self.worlds, 'world')}; at worst: {worst})"

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), *self.rows())


def regret(
    scenario: Scenario,
    arms: Mapping[str, Changes | Scenario],
    futures: Mapping[str, Changes | Scenario],
    outcome: str = "survival_5y",
    worlds: int = 100,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    engine: Engine = "threads",
) -> Regret:
    """Run each arm, and the scenario as it is, in each future, all in the same worlds, and compare with the best there.

    arms : name -> settings to change, {"firms.alliance_function_share": 0.5}, or a Scenario, of which what differs counts
    futures : name -> settings to change, or a whole Scenario that takes the place of the first; two at least
    outcome : one with a better side     the others : as for `compare`
    With `out`: a result folder with tables, picture and report. Raises InputError before anything is written if an input
    is wrong; RunsFailedError if all runs of an arm in a future fail.
    """
    start, began = time.perf_counter(), now()
    scenarios = _cross(scenario, arms, futures, outcome)
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    worlds, seed = int(worlds), int(seed)
    named = {f"{arm}, {future}": one for arm, row in scenarios.items() for future, one in row.items()}
    plan = {
        "seed": seed,
        "worlds": worlds,
        "outcome": outcome,
        "arms": list(scenarios),
        "futures": list(scenarios[BASE]),
    }

    def run(folder: ResultFolder | None = None) -> Regret:
        asker = Asker(seed, jobs, progress, engine)
        if folder is not None:
            asker.keep_in(folder, record | {"times": [{"started": began}]})
        table = asker.ask(list(named.values()), worlds)
        shape = (len(scenarios), len(scenarios[BASE]), worlds)
        found = regrets(table[outcome].reshape(shape), OUTCOMES[outcome].direction == "less is better")
        seconds = time.perf_counter() - start
        return Regret(scenario, scenarios, outcome, seed, worlds, table, found, asker.failures, seconds)

    if out is None:
        return run()
    record = manifest("regret", plan, {BASE: scenario} | named)
    with ResultFolder.claim(out, record) as folder:
        result = run(folder)
        result.out = folder.path
        _save(result, folder, command_line(record["command"]))
        session = {"started": began, "finished": now(), "seconds": round(result.seconds, 3), "runs": result.runs}
        folder.write_manifest(record | {"times": [session]})
    return result


def _cross(base: Any, arms: Any, futures: Any, outcome: str) -> dict[str, dict[str, Scenario]]:
    """Arm -> future -> scenario, "as it is" first. Raises InputError with everything that is wrong."""
    problems: list[Problem] = []
    chosen: list[dict[str, Scenario]] = []
    for kind, given in (("arm", arms), ("future", futures)):
        try:
            chosen.append(arms_of(base, given))
        except InputError as error:
            problems += [_named(problem, kind) for problem in error.problems]
    if isinstance(futures, Mapping) and 0 < len(futures) < LEAST_FUTURES:
        text = "one future only; give at least two, or ask `alliances compare`, which needs none"
        problems.append(Problem(text, key="future"))
    try:
        if OUTCOMES[check_outcome(outcome)].direction == "neutral":
            sided = [name for name, meaning in OUTCOMES.items() if meaning.direction != "neutral"]
            text = f"{OUTCOMES[outcome].label} have no better side, so nothing to regret; allowed: {', '.join(sided)}"
            problems.append(Problem(text, key="outcome"))
    except InputError as error:
        problems += error.problems
    problems += [] if problems else _clashes(arms, futures)
    if problems:
        raise InputError(problems)
    worlds_to_come = {future: one for future, one in chosen[1].items() if future != BASE}
    changes = {arm: _changes(base, arms[arm]) if arm != BASE else {} for arm in chosen[0]}
    found: dict[str, dict[str, Scenario]] = {}
    for arm, settings in changes.items():
        found[arm] = {}
        for future, one in worlds_to_come.items():
            try:
                found[arm][future] = one.with_(dict(settings)) if settings else one
            except InputError as error:
                place = f'arm "{arm}" in "{future}"'
                problems += [Problem(problem.message, f"{place}: {problem.key}") for problem in error.problems]
    if problems:
        raise InputError(problems)
    return found


def _named(problem: Problem, kind: str) -> Problem:
    """A problem of an arm as one of a future, where it is one."""
    if kind == "arm":
        return problem
    example = 'give at least two, such as "calm: environment.shock_rate=0.02" and "storm: environment.shock_rate=0.25"'
    text = problem.message
    if text.startswith("nothing to compare with"):
        text = f"nothing to compare in; {example}"
    for old, new in (("an arm ", "a future "), ("arms ", "futures "), ("the arm ", "the future ")):
        text = text.replace(old, new)
    return Problem(text, problem.key.replace("arm", "future", 1), problem.file, problem.line)


def _changes(base: Scenario, arm: Changes | Scenario) -> dict[str, Any]:
    from experiments.report.assumptions import changes

    return changes(base, arm) if isinstance(arm, Scenario) else dict(arm)


def _clashes(arms: Mapping[str, Any], futures: Mapping[str, Any]) -> list[Problem]:
    """Settings that an arm and a future both set: which of them holds is for a person to say."""
    return [
        Problem(
            f'is set by the arm "{arm}" and by the future "{future}"; an arm is what you choose, a future what comes',
            key,
        )
        for arm, chosen in arms.items()
        for future, coming in futures.items()
        if isinstance(chosen, Mapping) and isinstance(coming, Mapping)
        for key in chosen
        if key in coming
    ]


def _who(arm: str) -> str:
    return "going on as it is" if arm == BASE else f"“{arm}”"


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with_interval(write: Any, value: float, low: float, high: float) -> str:
    surely_none = value <= 0 and high <= 0
    return (
        f"{write(value)} ({write(low)} to {write(high)})" if np.isfinite(low) and not surely_none else str(write(value))
    )


def _save(result: Regret, folder: ResultFolder, command: str) -> None:
    import json

    from experiments.pictures import save

    cells = [(arm, future) for arm in result.arms for future in result.futures]
    arm, future = (np.array([cell[side] for cell in cells], dtype=object) for side in (0, 1))
    digest = np.array([result.scenarios[one][other].digest for one, other in cells], dtype=object)
    folder.write_table("design", {"arm": arm, "future": future, "digest": digest})
    ran = np.isfinite(result.table["alliances_formed"]).T
    worlds, places = np.nonzero(ran)
    rows = {"arm": arm[places], "future": future[places], "world": worlds, "seed": np.full(len(worlds), result.seed)}
    folder.write_table("parts/part-000000", rows | {name: values.T[ran] for name, values in result.table.items()})
    folder.write_failures(result.failures)
    content = {name: value for name, value in result.to_json().items() if name not in ("seconds", "out")}
    folder.write_text("regret.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    folder.write_table("regret", result.columns(), also_csv=True)
    save(folder, {"regret": result.plot()}, result.to_html(command=command))
