"""How long alliances live and how they end: of a scenario's worlds, of a table of real spells, or both side by side."""

import os
import time
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.spells import SpellCurve, spell_curve
from experiments.analysis.survival import SurvivalCurve, survival_curve
from experiments.design import check_amounts
from experiments.histories.covariates import Ratios, hazard_ratios
from experiments.histories.lifetimes import Lifetimes, observed_lifetimes, rows, simulated_lifetimes, told_json
from experiments.histories.spells import Spells, read_spells
from experiments.outcomes import LifeTable, life_table, plain
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress, RunsFailedError, compile_first, run_all
from experiments.sentences import counted, html_table
from experiments.storage import ResultFolder
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from experiments.histories.births import Births


@dataclass
class Survival:
    """How long alliances live. Made by `survival`.

    scenario, life, births : what was simulated: `life` stacked over the worlds that ran, alliances by world in `births`
    spells : observed ones, None without
    simulated, observed : what is told of each, None for what is not there     ratios : hazard ratios of the scenario
    """

    scenario: Scenario | None
    spells: Spells | None
    seed: int
    worlds: int
    life: LifeTable | None = None
    births: "list[Births]" = field(default_factory=list)
    ratios: Ratios | None = None
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    out: Path | None = None
    simulated: Lifetimes | None = field(init=False, default=None)
    observed: Lifetimes | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.life is not None:
            self.simulated = simulated_lifetimes(self.life, self.ratios.spells if self.ratios else 0)
        if self.spells is not None and self.spell_curve is not None:
            self.observed = observed_lifetimes(self.spells, self.spell_curve)

    @cached_property
    def curve(self) -> SurvivalCurve | None:
        """Survival by quarter in the scenario's worlds, band over worlds."""
        return None if self.life is None else survival_curve(self.life.at_risk, self.life.deaths)

    @cached_property
    def spell_curve(self) -> SpellCurve | None:
        """Survival of the observed spells, Greenwood band."""
        spells = self.spells
        return None if spells is None else spell_curve(spells.duration, spells.ended, spells.entry)

    def sentence(self) -> str:
        """How long half of them live, and how many live five years."""
        from experiments.histories.lifetime_words import sentence

        return sentence(self)

    def notes(self) -> list[str]:
        """What must be said beside the sentence: who lives longer, which rows of a file were left out."""
        from experiments.histories.lifetime_words import notes

        return notes(self)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Everything that is told, one number a row: of (scenario, spells), measure, name, age [years], value, low, high."""
        found = [row for of, told in self._told() for row in rows(of, told)]
        for ratio in self.ratios.rows if self.ratios else ():
            found.append(("scenario", "hazard ratio", ratio.name, np.nan, ratio.mean, ratio.low, ratio.high))
        names = ("of", "measure", "name", "age", "value", "low", "high")
        kinds = (object, object, object, np.float64, np.float64, np.float64, np.float64)
        return {
            name: np.array(values, dtype=kind)
            for name, values, kind in zip(names, zip(*found, strict=True), kinds, strict=True)
        }

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def plot(self, of: str = "survival") -> Any:
        """A matplotlib figure: "survival" with bands, "endings" by cause, or "hazards" (ratios). Raises InputError."""
        from experiments.report.surviving import survival_figures

        figures = survival_figures(self)
        if of not in figures:
            raise InputError([Problem(f'no picture "{of}" of this; there are {", ".join(figures)}', key="plot")])
        return figures[of]

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one HTML text, also written to `path` if given."""
        from experiments.pictures import write_html
        from experiments.report.surviving import survival_report

        page = survival_report(self)
        try:
            return write_html(page, path)
        except (OSError, TypeError) as error:
            raise InputError([Problem(f"cannot be written: {error}", key=str(path))]) from error

    def to_json(self) -> dict[str, Any]:
        spells = self.spells
        found: dict[str, Any] = {
            "sentence": self.sentence(),
            "notes": self.notes(),
            "scenario": self.scenario.name if self.scenario else None,
            "seed": self.seed,
            "worlds": self.worlds,
            "failed": len(self.failures),
            "spells": None if spells is None else spells.source,
            "left_out": "" if spells is None else spells.left_out,
            "simulated": None if self.simulated is None else told_json(self.simulated),
            "observed": None if self.observed is None else told_json(self.observed),
            "hazard_ratios": [asdict(row) for row in self.ratios.rows] if self.ratios else [],
            "no_hazard_ratio": self.ratios.left_out if self.ratios else {},
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        parts = []
        for of, told in self._told():
            whose = (
                f"{self.scenario.name}, {counted(self.worlds, 'world')}"
                if of == "scenario" and self.scenario
                else "spells"
            )
            median = told.median.mean
            life = "not reached" if np.isnan(median) else f"{median:.2f} years"
            parts.append(f"{whose}, {told.alliances} alliances: median life {life}")
        return f"Survival({'; '.join(parts)})"

    def _repr_html_(self) -> str:
        from experiments.histories.lifetime_words import age_table

        return html_table(self.sentence(), *age_table(self))

    def _told(self) -> list[tuple[str, Lifetimes]]:
        return [(of, told) for of, told in (("scenario", self.simulated), ("spells", self.observed)) if told]


def survival(
    scenario: Scenario | None = None,
    spells: Spells | str | Path | None = None,
    worlds: int = 100,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Survival:
    """How long alliances live and how they end, in a scenario's worlds, in a table of spells, or in both.

    spells : from `read_spells`, or a file as it reads them     worlds, seed, jobs, progress : as for `compare`
    With `out`: a result folder with survival.json, .csv, pictures and a report; it needs a scenario. Raises InputError
    before anything is written if an input is wrong, RunsFailedError if no run gave a result.
    """
    from experiments.histories.survival_folder import digest, save

    start, began = time.perf_counter(), now()
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    _check(scenario, spells, out)
    observed = spells if isinstance(spells, Spells | None) else read_spells(spells)
    if scenario is None:
        return Survival(None, observed, seed, 0, seconds=time.perf_counter() - start)
    if out is None:
        return _simulate(scenario, observed, worlds, seed, jobs, progress, start)
    plan: dict[str, Any] = {"seed": seed, "worlds": worlds}
    if observed is not None:
        plan["spells"] = digest(observed)
    record = manifest("survival", plan, {BASE: scenario})
    with ResultFolder.claim(out, record) as folder:
        result = _simulate(scenario, observed, worlds, seed, jobs, progress, start)
        result.out = folder.path
        save(result, folder, command_line(record["command"]))
        result.seconds = time.perf_counter() - start
        session = {"started": began, "finished": now(), "seconds": round(result.seconds, 3), "runs": worlds}
        folder.write_manifest(record | {"times": [session]})
    return result


def _check(scenario: Any, spells: Any, out: Any) -> None:
    problems = []
    if scenario is not None and not isinstance(scenario, Scenario):
        problems.append(Problem(f"{scenario!r} is not a Scenario; scenarios.load gives one", key="scenario"))
    if spells is not None and not isinstance(spells, Spells | str | os.PathLike):
        problems.append(Problem(f"{spells!r} is neither spells nor a file; read_spells reads one", key="spells"))
    if scenario is None and spells is None:
        problems.append(Problem("whose survival? Give a scenario, a file of spells, or both", key="survival"))
    if out is not None and not isinstance(out, str | os.PathLike):
        problems.append(Problem(f"{out!r} is not the path of a folder", key="out"))
    elif out is not None and scenario is None:
        problems.append(Problem("a result folder is for runs: give a scenario to set beside the spells", key="out"))
    if problems:
        raise InputError(problems)


def _simulate(
    scenario: Scenario, spells: Spells | None, worlds: int, seed: int, jobs: int | None, progress: Progress | None,
    start: float,
) -> Survival:  # fmt: skip
    from experiments.histories.births import births as births_of

    def work(world: int) -> "tuple[LifeTable, Births]":
        run, born = births_of(scenario, seed, world)
        return life_table(run), born

    compile_first()
    if progress:
        progress(0, worlds)
    found, failures = [], []
    for finished, done in enumerate(run_all(range(worlds), work, jobs), 1):
        if done.result is not None:
            found.append(done.result)
        elif done.failure is not None:
            failures.append({"arm": BASE, "world": done.task, "seed": seed} | asdict(done.failure))
        if progress:
            progress(finished, worlds)
    if not found:
        raise RunsFailedError(f"all {worlds} runs failed, the first with {failures[0]['error']}")
    lives = [table for table, _ in found]
    life = LifeTable(np.stack([table.at_risk for table in lives]), np.stack([table.deaths for table in lives]))
    born = [one for _, one in found]
    ratios = hazard_ratios(born, list(scenario.strategies))
    return Survival(scenario, spells, seed, worlds, life, born, ratios, failures, time.perf_counter() - start)
