"""What share of endings shocks, side deals, a strategy or a mechanism cause: the same luck, with it and without it."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.attribution import HORIZONS, Attributed, Soon, attributed
from experiments.comparisons.blame import notes, table, verdict
from experiments.comparisons.comparing import Comparison, compare
from experiments.comparisons.suspects import Suspect, suspect
from experiments.outcomes import plain
from experiments.provenance import BASE
from experiments.runner import Progress, RunsFailedError, run_all
from experiments.sentences import counted, html_table, plain_name
from experiments.storage import ResultFolder
from simulation.events import CAUSES, FORMED
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from simulation import Run

SOON = 4  # quarters after an event, its own quarter included: what people call "soon after"
MAIN = 20  # quarters: the age that sentences speak of
NEVER = -(10**6)


@dataclass
class Attribution:
    """What share of endings a suspect causes. Made by `attribute`.

    suspect : what was switched off     comparison : the paired worlds, "as it is" and without it
    ages : age [quarters] -> shares of the endings by that age, in all and by proximate cause
    """

    suspect: Suspect
    comparison: Comparison
    ages: dict[int, Attributed]
    seconds: float = 0.0

    @property
    def main(self) -> Attributed:
        """The shares of the endings within five years."""
        return self.ages[MAIN]

    def sentence(self) -> str:
        """The share that is caused, and the share that hasty reading would blame."""
        scenario, worlds = plain_name(self.comparison.scenario), counted(self.main.worlds, "world")
        return f"{scenario}, {worlds}: {verdict(self.suspect, self.main)}"

    def notes(self) -> list[str]:
        """What must be said beside the sentence: why the hasty reading misleads, what shares below zero mean."""
        return notes(self.suspect, self.main, [found for age, found in self.ages.items() if age != MAIN])

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per age and kind of ending ("all" first); shares of all endings by that age."""
        rows = [(age, part) for age, found in self.ages.items() for part in found.parts]
        columns: dict[str, NDArray[Any]] = {
            "quarters": np.array([age for age, _ in rows], dtype=np.int64),
            "cause": np.array([part.cause for _, part in rows], dtype=object),
            "endings": np.array([part.endings for _, part in rows]),
        }
        for name in ("caused", "soon"):
            for suffix, side in (("", "mean"), ("_low", "low"), ("_high", "high")):
                columns[name + suffix] = np.array([getattr(getattr(part, name), side) for _, part in rows])
        return columns

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def plot(self) -> Any:
        """A matplotlib figure: endings by kind, what is caused of them, what came within a year of an event."""
        from experiments.figures.attribution import attribution_figure

        return attribution_figure(self.main, self.suspect.arm, self.suspect.event_words)

    def to_json(self) -> dict[str, Any]:
        comparison = self.comparison
        found = {
            "scenario": comparison.scenario.name,
            "seed": comparison.seed,
            "worlds": comparison.worlds,
            "runs": comparison.runs,
            "failed": comparison.failed,
            "of": self.suspect.name or None,
            "off": self.suspect.off,
            "changes": comparison.changes(self.suspect.arm),
            "sentence": self.sentence(),
            "notes": self.notes(),
            "ages": {age: _age_json(one) for age, one in self.ages.items()},
            "out": None if comparison.out is None else str(comparison.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        share = f"{100 * self.main.total.caused.mean:.1f} of 100 endings are caused"
        return f"Attribution({self.comparison.scenario.name}, {self.suspect.off}, {self.main.worlds} worlds; {share})"

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), *table(self.suspect, self.main))


def attribute(
    scenario: Scenario,
    of: str | None = None,
    without: Mapping[str, Any] | None = None,
    worlds: int = 100,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Attribution:
    """Run the scenario as it is and with a suspect switched off, in the same worlds.

    of : "shocks" (if nothing is said), "side_deals", a strategy or a mechanism     without : or the settings of the
    worlds to compare with, {"environment.shock_rate": 0}     the others : as for `compare`
    With `out`: the result folder of the comparison, and in it attribute.json, attribution.csv and the picture. Raises
    InputError if an input is wrong or there is nothing to attribute; RunsFailedError if no pair of runs gave a result.
    """
    start = time.perf_counter()
    if not isinstance(scenario, Scenario):
        raise InputError([Problem(f"{scenario!r} is not a Scenario; scenarios.load gives one", key="scenario")])
    chosen = suspect(scenario, of, without)
    passes = 2 if chosen.event is None else 3

    def report(done: int, total: int) -> None:
        if progress:
            progress(done, total // 2 * passes)

    both = compare(scenario, {chosen.arm: chosen.scenario}, worlds, seed, jobs, out, report)
    failed = {row["world"] for row in both.failures}
    pairs = [world for world in range(both.worlds) if world not in failed]
    if not pairs:
        raise RunsFailedError(f"no world ran both as it is and {chosen.off}; {both.failures[0]['error']}")
    soon = None if chosen.event is None else _soon_in(both, pairs, chosen.event, jobs, progress)
    on, off = ((both.life[arm].at_risk[pairs], both.life[arm].deaths[pairs]) for arm in (BASE, chosen.arm))
    result = Attribution(chosen, both, {age: attributed(on, off, CAUSES, age, soon) for age in HORIZONS})
    if both.out is not None:
        _save(result, both.out)
    result.seconds = time.perf_counter() - start
    return result


def soon_after(run: "Run", event: int, quarters: int = SOON) -> Soon:
    """Which quarters and endings of the measured alliances fall within so many quarters after an event.

    event : kind of the log's events. One that names an alliance counts for that alliance, one that names a firm for
    all alliances of the firm; the quarter of the event counts     Returns tables as in `life_table`, [ages].
    """
    spells, log, ages = run.spells(), run.events, run.quarters
    warm_up = run.scenario.time.warm_up_quarters
    born, ended, cause = (np.asarray(column, dtype=np.int64) for column in (spells.born, spells.ended, spells.cause))
    measured = born >= warm_up if warm_up else np.ones(len(born), dtype=bool)
    chosen = np.flatnonzero(log.kind == event)
    when, firm, about = log.quarter[chosen], log.first[chosen], log.about[chosen]
    rows = np.searchsorted(np.flatnonzero(log.kind == FORMED), about)
    last_of_firm = np.full(
        1 + max(spells.first.max(initial=0), spells.second.max(initial=0), firm.max(initial=0)), NEVER
    )
    last = np.full(len(born), NEVER)
    exposed, deaths = np.zeros(ages, dtype=np.int64), np.zeros((len(CAUSES), ages), dtype=np.int64)
    for quarter in range(ages):
        now = slice(*np.searchsorted(when, [quarter, quarter + 1]))
        last[rows[now][about[now] >= 0]] = quarter
        last_of_firm[firm[now][about[now] < 0]] = quarter
        here = np.flatnonzero(measured & (spells.entered <= quarter) & (ended >= quarter) & (quarter - born < ages))
        latest = np.maximum(last[here], np.maximum(last_of_firm[spells.first[here]], last_of_firm[spells.second[here]]))
        here = here[quarter - latest < quarters]
        np.add.at(exposed, quarter - born[here], 1)
        gone = here[(ended[here] == quarter) & (cause[here] >= 0)]
        np.add.at(deaths, (cause[gone], quarter - born[gone]), 1)
    return Soon(exposed, deaths)


def _soon_in(both: Comparison, pairs: list[int], event: int, jobs: int | None, progress: Progress | None) -> Soon:
    """`soon_after` of the worlds as they are, stacked. They are run once more: a comparison does not keep its runs."""
    from simulation import simulate

    found = []
    work = run_all(pairs, lambda world: soon_after(simulate(both.scenario, seed=both.seed, world=world), event), jobs)
    for finished, done in enumerate(work, 1):
        if done.result is None:
            raise RunsFailedError(f"world {done.task} ran once and not again: {done.failure}")
        found.append(done.result)
        if progress:
            progress(both.runs + finished, both.runs + both.worlds)
    return Soon(np.stack([one.exposed for one in found]), np.stack([one.deaths for one in found]))


def _age_json(found: Attributed) -> dict[str, Any]:
    """The shares by one age. confirmed : of what came soon after an event, the share that the paired worlds confirm."""
    parts = {}
    for part in found.parts:
        confirmed = part.caused.mean / part.soon.mean if part.soon.mean > 0 else np.nan
        soon = asdict(part.soon) | {"confirmed": confirmed}
        parts[part.cause] = {
            "endings": part.endings,
            "caused": asdict(part.caused),
            "within_four_quarters": soon,
            "risk_ratio": part.risk,
        }
    return {
        "survival": asdict(found.survival),
        "survival_off": asdict(found.survival_off),
        "saved": asdict(found.saved),
        "quarters_soon_after": found.exposure,
        "total": parts.pop(found.total.cause),
        "by_cause": parts,
    }


def _save(result: Attribution, out: Path) -> None:
    """Into the folder of the comparison, which is there already."""
    import json

    from experiments.pictures import image

    with ResultFolder.claim(out, ResultFolder(out).manifest()) as folder:
        content = {name: value for name, value in result.to_json().items() if name not in ("seconds", "out")}
        folder.write_text("attribute.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        folder.write_table("attribution", result.columns(), also_csv=True)
        figure = result.plot()
        for kind in ("png", "svg"):
            folder.write_bytes(f"attribution.{kind}", image(figure, kind))
