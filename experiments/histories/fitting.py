"""Worlds fitted to somebody's own history of alliances: the best fit, and how far apart fits may lie that do as well."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import Floats
from experiments.analysis.likelihood import PER_YEAR, Seen, by_quarter, good_fits, recorded_hazard, survival_of
from experiments.analysis.spells import SpellCurve, median_of, spell_curve
from experiments.analysis.survival import median_life
from experiments.design import check_amounts
from experiments.histories.fitted_file import same_again, scenario_file
from experiments.histories.fitting_search import PARAMETERS, Box, Points, Search
from experiments.histories.spells import Spells, read_spells
from experiments.outcomes import plain
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress
from experiments.sentences import counted, html_table, plain_name
from experiments.storage import ResultFolder
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

KEPT = 30  # good fits that are run again in fresh worlds
FEWEST = 10  # spells under observation below which an age is not compared
MOST_AGES = 10
EDGE = 0.02  # of a range
SOON = 0.5  # years: who was seen from this age on was seen from the start


@dataclass
class Fit:
    """What fits a history of alliances. Made by `calibrate_spells`.

    spells : the observations     curve : their survival with its band     base : the scenario that was fitted
    settings : of the best fit     good : settings of the fits that do as well, the best first
    hazard : [fits, quarters] as an observer would record it, of `good`     value : [fits] log-likelihood
    before : log-likelihood of the scenario as it was     tried : how many points     worlds : per point, each half fresh
    """

    spells: Spells
    curve: SpellCurve
    base: Scenario
    box: Box
    good: list[dict[str, float | int]]
    hazard: Floats
    value: Floats
    error: Floats
    hazard_before: Floats
    before: float
    tried: int
    worlds: int
    seed: int
    runs: int = 0
    seconds: float = 0.0
    out: Path | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, float | int]:
        """Settings of the best fit."""
        return self.good[0]

    @property
    def scenario(self) -> Scenario:
        """The scenario to use: the base with the settings of the best fit."""
        named = {"name": f"{self.base.name}_fitted", "title": f"{plain_name(self.base)}, fitted to {self._source()}"}
        return self.base.with_(dict(self.settings)).model_copy(update=named)

    def ensemble(self) -> list[Scenario]:
        """One scenario for each of the good fits, the best first: what holds in all of them does not hang on the fit."""
        return [self.base.with_(dict(one)) for one in self.good]

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Lowest and highest value of each fitted setting among the good fits."""
        return {
            name: (min(one[name] for one in self.good), max(one[name] for one in self.good)) for name in self.box.names
        }

    @property
    def survival(self) -> Floats:
        """Share that outlives each number of quarters [fits, quarters+1], of the good fits."""
        return survival_of(self.hazard)

    def ages(self) -> list[float]:
        """Ages at which the fit is held against the data [years]: those at which enough spells were observed."""
        return compared_ages(self.spells)

    def inside(self) -> list[bool]:
        """At which of these ages the best fit lies inside the band of the data."""
        ages = np.array(self.ages())
        _, low, high = self.curve.at(ages)
        mine = self.at(ages)[0]
        return [bool(a <= share <= b) for a, share, b in zip(low, mine, high, strict=True)]

    def at(self, ages: Any) -> Floats:
        """Share that lives so long [fits, ages], ages in years."""
        quarters = np.arange(self.survival.shape[1]) / PER_YEAR
        return np.array([np.interp(np.asarray(ages, dtype=np.float64), quarters, row) for row in self.survival])

    def poor(self) -> list[str]:
        """What to think of a fit that lies outside of the band at most ages; empty for a better one."""
        if sum(self.inside()) * 2 >= len(self.ages()):
            return []
        fitted, (share, _, _) = self.at(self.ages())[0], self.curve.at(self.ages())
        what = "so long" if float(np.mean(fitted - share)) < 0 else "so short"
        return [
            f"No settings tried make alliances live {what} as yours: do not rest decisions on this fit. What was not fitted "
            "also ends alliances, the failure of firms above all; from Python, `parameters` names other settings to fit."
        ]

    def medians(self) -> Floats:
        """Age at which half have ended [fits, years]; NaN where it is not reached."""
        return np.asarray(median_life(self.survival) / PER_YEAR, dtype=np.float64)

    def sentence(self) -> str:
        """How long half of the observed alliances lasted, what fitted worlds say, and at how many ages they agree."""
        count, ages, inside = len(self.spells), self.ages(), sum(self.inside())
        observed, mine = median_of(self.curve).mean, self.medians()
        if np.isfinite(observed) and np.isfinite(mine[0]):
            low, high = f"{np.nanmin(mine):.1f}", f"{np.nanmax(mine):.1f}" if np.isfinite(mine).all() else "never"
            text = f"Half of your {counted(count, 'alliance')} had ended after {observed:.1f} years"
            text += f"; fitted worlds say {mine[0]:.1f} ({low} to {high} among fits that do as well)"
        else:
            age = ages[-1]
            share, fitted = float(self.curve.at([age])[0][0]), self.at([age])[:, 0]
            text = f"{100 * share:.0f} of 100 of your {counted(count, 'alliance')} lived {age:g} year{'' if age == 1 else 's'}"
            spread = f"{100 * fitted.min():.0f} to {100 * fitted.max():.0f} among fits that do as well"
            text += f"; fitted worlds say {100 * fitted[0]:.0f} ({spread})"
        where = f"at {inside} of {len(ages)} ages" if inside else f"at none of {len(ages)} ages"
        return f"{text}. The fit lies inside the band of the data {where}."

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per good fit, the best first: settings, log-likelihood, distance from the best, median, shares by age."""
        found: dict[str, NDArray[Any]] = {name: np.array([one[name] for one in self.good]) for name in self.box.names}
        found |= {"log_likelihood": self.value, "below_best": self.value[0] - self.value, "error": self.error}
        found["median_years"] = self.medians()
        shares = self.at(self.ages())
        return found | {f"survival_{age:g}y": shares[:, place] for place, age in enumerate(self.ages())}

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def plot(self) -> Any:
        """A matplotlib figure: the curve of the data with its band, the fits over it."""
        from experiments.report.fitted import fitted_picture

        return fitted_picture(self)

    def to_html(self, path: str | Path | None = None, command: str = "") -> str:
        """The report as one HTML page, also written to a file if a path is given."""
        from experiments.pictures import write_html
        from experiments.report.fitted import fitted_report

        return write_html(fitted_report(self, command), path)

    def toml(self) -> str:
        """The scenario to use, as the text of a file."""
        remark = f"Fitted to {self._source()} by `alliances calibrate --spells`.\n{self.sentence()}"
        if len(self.good) > 1:
            remark += f"\n{len(self.good)} fits do as well (good_fits.csv): what holds in all of them does not hang on this one."
        return scenario_file(self.scenario, remark, self.base.name)

    def to_json(self) -> dict[str, Any]:
        """Everything found, as plain values."""
        ages = self.ages()
        share, low, high = self.curve.at(ages)
        fitted = self.at(ages)
        rows = [
            {"years": age, "observed": share[k], "low": low[k], "high": high[k], "fitted": fitted[0, k],
             "fits_low": fitted[:, k].min(), "fits_high": fitted[:, k].max(), "inside": inside}
            for k, (age, inside) in enumerate(zip(ages, self.inside(), strict=True))
        ]  # fmt: skip
        table = self.columns()
        found = {
            "scenario": self.base.name,
            "sentence": self.sentence(),
            "notes": [*self.poor(), *self.notes],
            "spells": len(self.spells),
            "ended": int(self.spells.ended.sum()),
            "settings": self.settings,
            "ranges": self.ranges(),
            "log_likelihood": self.value[0],
            "log_likelihood_before": self.before,
            "ages": rows,
            "good_fits": [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)],
            "tried": self.tried,
            "worlds": self.worlds,
            "seed": self.seed,
            "runs": self.runs,
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(found)  # type: ignore[no-any-return]

    def _source(self) -> str:
        return Path(self.spells.source).name if self.spells.source else counted(len(self.spells), "spell")

    def __repr__(self) -> str:
        best = ", ".join(f"{name} {value:g}" for name, value in self.settings.items())
        return f"Fit({self.base.name} to {counted(len(self.spells), 'spell')}: {best}; {len(self.good)} good fits)"

    def _repr_html_(self) -> str:
        from experiments.report.fitted import settings_rows

        return html_table(self.sentence(), *settings_rows(self))


def calibrate_spells(
    scenario: Scenario,
    spells: Spells | str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    only: Mapping[str, str] | None = None,
    from_start: bool = False,
    worlds: int = 32,
    evaluations: int = 320,
    seed: int = 101,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit settings of exit, trust, value and time to observed spells by their likelihood in simulated worlds.

    spells : observations, or the file to read them from (columns and only as in `read_spells`)
    from_start : leave out spells that came under observation later in life than half a year, whose age may be wrong
    parameters : dotted setting -> (low, high), or a list of whole numbers to choose from; PARAMETERS if left out
    worlds : of every point, the same in all; fits that do as well as the best are run in as many fresh ones
    evaluations : points to try     With `out`: fitted.toml, good_fits.csv, fit.json, picture, report.html.
    Raises InputError if an input is wrong; RunsFailedError if a run fails.
    """
    start, began = time.perf_counter(), now()
    if not isinstance(scenario, Scenario):
        raise InputError([Problem(f"{scenario!r} is not a Scenario; scenarios.load gives one", key="scenario")])
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    if isinstance(evaluations, bool) or not isinstance(evaluations, int) or not 1 <= evaluations <= 100_000:
        raise InputError([Problem(f"{evaluations!r} is not a whole number from 1 to 100,000", key="evaluations")])
    if out is not None and not isinstance(out, str | os.PathLike):
        raise InputError([Problem(f"{out!r} is not the path of a folder", key="out")])
    box = Box.of(PARAMETERS if parameters is None else parameters)
    seen = spells if isinstance(spells, Spells) else read_spells(spells, columns, only)
    if from_start:
        seen = _seen_from_the_start(seen)
    if not seen.ended.any():
        raise InputError([Problem("none of the spells has ended: there is nothing to fit", file=seen.source)])
    amounts = (worlds, evaluations, seed, jobs, progress)
    if out is None:
        return _fit(scenario, seen, box, *amounts, start)
    plan = {"seed": seed, "worlds": worlds, "evaluations": evaluations, "spells": seen.source, "of": len(seen)}
    record = manifest("fit", plan | {"names": box.names}, {BASE: scenario})
    with ResultFolder.claim(out, record) as folder:
        result = _fit(scenario, seen, box, *amounts, start)
        result.out = folder.path
        folder.write_manifest(record | {"times": [{"started": began}]})
        _save(result, folder, command_line(record["command"]))
        session = {"started": began, "finished": now(), "seconds": round(result.seconds, 3), "runs": result.runs}
        folder.write_manifest(record | {"times": [session]})
    return result


def _fit(
    scenario: Scenario, spells: Spells, box: Box, worlds: int, evaluations: int, seed: int, jobs: int | None,
    progress: Progress | None, start: float,
) -> Fit:  # fmt: skip
    quarters = scenario.time.quarters - scenario.time.warm_up_quarters
    seen = by_quarter(spells.duration, spells.ended, spells.entry, quarters)
    if not seen.ended.any():
        message = f"no spell ends within the {quarters / PER_YEAR:g} years that are measured; raise time.quarters"
        raise InputError([Problem(message, file=spells.source)])
    total = worlds * (evaluations + 1 + 2 + min(KEPT, evaluations))
    search = Search(scenario, box, seen, seed, jobs, progress, total)
    first, fresh = range(worlds), range(worlds, 2 * worlds)
    tried = search.crowd(evaluations, first)
    chosen = _worth_another_look(tried, seen, len(box.names))
    again = search.run([tried.x[place] for place in chosen], fresh)
    risk, died = (
        np.concatenate([getattr(tried, name)[chosen], getattr(again, name)], axis=1) for name in ("at_risk", "deaths")
    )
    value, error, good = good_fits(risk, died, seen, len(box.names))
    kept = [int(place) for place in np.argsort(-value, kind="stable") if good[place]]
    hazard = recorded_hazard(risk[kept].sum(axis=1), died[kept].sum(axis=1))
    as_it_was = Search(scenario, Box({}, {}), seen, seed, jobs, None, 0).run([np.zeros(0)], range(2 * worlds))
    search.runs += 2 * worlds
    before = recorded_hazard(as_it_was.at_risk.sum(axis=1), as_it_was.deaths.sum(axis=1))[0]
    return Fit(
        spells, spell_curve(spells.duration, spells.ended, spells.entry), scenario, box,
        [box.settings(again.x[place]) for place in kept], hazard, value[kept], error[kept], before,
        float(as_it_was.value[0]), len(tried.x), 2 * worlds, seed, search.runs, time.perf_counter() - start, None,
        [*_notes(spells, seen, quarters), *_at_the_edge(box, again.x[kept[0]])],
    )  # fmt: skip


def _seen_from_the_start(spells: Spells) -> Spells:
    """Without those that came under observation late: of them only the long-lived are there, at ages that may be wrong."""
    early = spells.entry <= SOON
    if not early.any():
        raise InputError([Problem(f"no spell was seen from its first {SOON:g} years on", file=spells.source)])
    late = counted(int((~early).sum()), "spell")
    told = f"Left aside: {late} seen only from a later age." if not early.all() else ""
    return replace(spells.where(early), left_out=" ".join(part for part in (spells.left_out, told) if part))


def _worth_another_look(tried: Points, seen: Seen, parameters: int) -> list[int]:
    """Places of the points that may be as good as the best: at most KEPT, those farthest apart among them, the best first."""
    _, _, good = good_fits(tried.at_risk, tried.deaths, seen, parameters)
    able = [int(place) for place in np.argsort(-tried.value, kind="stable") if good[place]]
    if len(able) <= KEPT:
        return able
    chosen = able[: KEPT // 3]
    x = tried.x
    while len(chosen) < KEPT:  # the one farthest from all that were chosen
        away = [min(float(np.sum((x[place] - x[other]) ** 2)) for other in chosen) for place in able]
        chosen.append(able[int(np.argmax(away))])
    return chosen


def compared_ages(spells: Spells) -> list[float]:
    """Whole years (half years, of a short history) at which at least FEWEST spells were under observation."""
    oldest = float(spells.duration.max())
    step = 1.0 if oldest >= 4 else 0.5
    ages = [step * k for k in range(1, int(oldest / step) + 1)]
    watched = [age for age in ages if int(((spells.duration >= age) & (spells.entry < age)).sum()) >= FEWEST]
    if not watched:
        return ages[:1] or [oldest]
    each = -(-len(watched) // MOST_AGES)
    return watched[::each]


def _at_the_edge(box: Box, x: Floats) -> list[str]:
    """Settings that would rather lie outside of where the search may go."""
    names = [name for name, place in zip(box.ranges, x, strict=False) if place < EDGE or place > 1.0 - EDGE]
    if not names:
        return []
    return [f"At the edge of where the search may go: {', '.join(names)}. A better fit may lie beyond."]


def _notes(spells: Spells, seen: Seen, quarters: int) -> list[str]:
    notes = [spells.left_out] if spells.left_out else []
    beyond = int((spells.duration * PER_YEAR > quarters).sum())
    if beyond:
        notes.append(f"{counted(beyond, 'spell')} went on beyond the {quarters / PER_YEAR:g} years that are simulated.")
    unfinished = int(seen.ended.sum())
    if unfinished < FEWEST:
        notes.append(f"Only {counted(unfinished, 'ending')} were seen: many different worlds fit so few.")
    return notes


def _save(result: Fit, folder: ResultFolder, command: str) -> None:
    import json

    from experiments.pictures import save
    from experiments.report.fitted import fitted_picture, fitted_report

    folder.write_text("fitted.toml", result.toml())
    if not same_again(folder.path / "fitted.toml", result.scenario):  # a bug of ours, not of the user's
        raise RuntimeError("fitted.toml does not read as the fitted scenario")
    content = {name: value for name, value in result.to_json().items() if name not in ("seconds", "out")}
    folder.write_text("fit.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    folder.write_table("good_fits", result.columns(), also_csv=True)
    save(folder, {"fitted": fitted_picture(result)}, fitted_report(result, command))
