"""Somebody's own alliances under stress: how long each goes on living, what endangers it, and what would help most."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import Floats
from experiments.analysis.stress import Counts, Course, Danger, Shares, chances, course, dangers, lived_so_long
from experiments.design import check_amounts
from experiments.outcomes import plain
from experiments.portfolios.fates import Effect, Fates, try_changes
from experiments.portfolios.firm_table import check_strategies
from experiments.portfolios.portfolio import HORIZON, Portfolio, in_words, read_portfolio
from experiments.portfolios.remedies import Remedy
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress
from experiments.sentences import CAUSES_IN_WORDS, counted, html_table, plain_name
from experiments.storage import ResultFolder
from simulation.events import CAUSES, COMPLETED
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

YEARS = (1, 3, 5)
QUARTERS = 4  # per year
CLOSELY = 12  # alliances, the most endangered first, of which each single change is tried in their own two firms


@dataclass
class Stress:
    """What becomes of a portfolio. Made by `stress`. Alliances are in the order of `portfolio.ties`.

    world : the scenario with this portfolio as its network     scenario : the one that was asked for
    lived, cause : [worlds, alliances] quarters lived from now on, at most HORIZON; index into CAUSES, −1 if it lives
    tried : the single changes     everywhere : each of them for all firms, by name
    closely : place of an alliance -> each change for its two firms, the best first
    best : place of an alliance -> the best of those that are in hand, measured again in fresh worlds
    """

    scenario: Scenario
    world: Scenario
    portfolio: Portfolio
    seed: int
    worlds: int
    lived: Counts
    cause: Counts
    tried: list[Remedy]
    everywhere: list[Effect]
    closely: dict[int, list[Effect]]
    best: dict[int, Effect]
    failures: list[dict[str, Any]] = field(default_factory=list)
    runs: int = 0
    seconds: float = 0.0
    out: Path | None = None

    def __post_init__(self) -> None:
        self.chances: dict[int, Shares] = {years: chances(self.lived, years * QUARTERS) for years in YEARS}
        self.danger: Danger = dangers(self.lived, self.cause, HORIZON, len(CAUSES), COMPLETED)
        self.expected, self.nine_of_ten = lived_so_long(self.lived, HORIZON)

    @property
    def ranking(self) -> list[int]:
        """Places of the alliances, the most endangered first; among equals the one that lives shorter."""
        order = np.lexsort((np.arange(len(self.portfolio.ties)), self.lived.mean(axis=0), self.chances[5].mean))
        return [int(place) for place in order]

    @property
    def course(self) -> Course:
        """How many of today's alliances still live, quarter by quarter."""
        return course(self.lived, HORIZON)

    def sentence(self) -> str:
        """How many live five years, which is the most endangered, by what, and what would help it most."""
        count, first = len(self.portfolio.ties), self.ranking[0]
        low, high = self.nine_of_ten
        many = f"{self.expected.mean:.0f}" if count >= 10 else f"{self.expected.mean:.1f}"
        text = (
            f"{plain_name(self.scenario)}, {counted(self.worlds, 'world')}: of your {counted(count, 'alliance')} {many} are "
            f"expected to live five years ({low:.0f} to {high:.0f} in nine of ten worlds)"
        )
        if count == 1:
            chance = self.chances[5]
            text = (
                f"{plain_name(self.scenario)}, {counted(self.worlds, 'world')}: your alliance lives five years in "
                f"{100 * chance.mean[0]:.0f} of 100 worlds (95 % {100 * chance.low[0]:.0f} to {100 * chance.high[0]:.0f})"
            )
        else:
            text += f"; the most endangered is {self.portfolio.names[first]} ({100 * self.chances[5].mean[first]:.0f} of 100)"
        danger = int(self.danger.cause[first])
        text += f", chiefly by {CAUSES_IN_WORDS[CAUSES[danger]]}" if danger >= 0 else ""
        return text + self._helps(first) + "."

    def _helps(self, place: int) -> str:
        if place not in self.best:
            return ""
        effect = self.best[place]
        gain, low, high = (100 * float(side) for side in (effect.own.mean, effect.own.low, effect.own.high))
        who = f"{effect.remedy.name}{' in both firms' if effect.remedy.reach == 'firms' else ''}"
        interval = f"95 % {_signed(low)} to {_signed(high)}"
        if low > 0:
            return f"; {who} would help it most: {_signed(gain)} of 100 ({interval})"
        return f"; what would help it cannot be told from luck: at best {who}, {_signed(gain)} of 100 ({interval})"

    def notes(self) -> list[str]:
        """What must be said beside the sentence."""
        others = self.world.firms.count - len(self.portfolio.firms)
        found = [in_words(self.portfolio, others), *self.portfolio.notes]
        if self.closely:
            found.append(
                "What would help most is the best of the changes tried in the alliance's own two firms (or in its contract); "
                "how much is measured in fresh worlds, because the best of many looks better than it is."
            )
        if len(self.closely) < len(self.portfolio.ties):
            looked = f"the {len(self.closely)} most endangered alliances" if len(self.closely) > 1 else "one alliance"
            found.append(
                f"Changes were tried one by one for {looked} only (closely); for all firms at once, see below."
            )
        if (
            len(self.scenario.environment.events) + len(self.scenario.interventions)
            and not self.world.environment.events
            and len(self.world.interventions) == len(self.portfolio.traits)
        ):
            found.append("What the scenario scripts comes later than in five years and plays no part.")
        return found

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per alliance, the most endangered first: chances with their intervals, danger, best change."""
        order = self.ranking
        ties = [self.portfolio.ties[place] for place in order]
        firms = self.portfolio.firms
        found: dict[str, NDArray[Any]] = {
            "a": np.array([firms[tie.first] for tie in ties], dtype=object),
            "b": np.array([firms[tie.second] for tie in ties], dtype=object),
            "age_years": np.array([tie.age / QUARTERS for tie in ties]),
        }
        for years, share in self.chances.items():
            for suffix, side in (("", share.mean), ("_low", share.low), ("_high", share.high)):
                found[f"live_{years}y{suffix}"] = side[order]
        causes = [CAUSES[one] if one >= 0 else "" for one in self.danger.cause[order]]
        found |= {
            "main_danger": np.array(causes, dtype=object),
            "ended_by_it": self.danger.worlds[order] / len(self.lived),
        }
        best = [self.best.get(place) for place in order]
        found["helps_most"] = np.array([one.remedy.name if one else "" for one in best], dtype=object)
        for suffix in ("mean", "low", "high"):
            values = [float(getattr(one.own, suffix)) if one else np.nan for one in best]
            found["gain" if suffix == "mean" else f"gain_{suffix}"] = np.array(values)
        return found

    def effects(self) -> dict[str, NDArray[Any]]:
        """One row per change tried: for whom, what it does to that alliance's chance and to the portfolio's share."""
        names = self.portfolio.names
        rows = [
            (names[place], "its own", effect, effect.own)
            for place, several in self.closely.items()
            for effect in several
        ]
        rows += [(names[place], "its own, fresh worlds", effect, effect.own) for place, effect in self.best.items()]
        for effect in self.everywhere:
            rows += [(name, "all firms", effect, effect.of(place)) for place, name in enumerate(names)]
        found: dict[str, NDArray[Any]] = {
            "alliance": np.array([name for name, _, _, _ in rows], dtype=object),
            "change": np.array([effect.remedy.name for _, _, effect, _ in rows], dtype=object),
            "in_hand": np.array([effect.remedy.in_hand for _, _, effect, _ in rows]),
            "where": np.array([where for _, where, _, _ in rows], dtype=object),
        }
        for suffix in ("mean", "low", "high"):
            end = "" if suffix == "mean" else f"_{suffix}"
            found[f"gain{end}"] = np.array([float(getattr(own, suffix)) for _, _, _, own in rows])
            found[f"portfolio{end}"] = np.array([getattr(effect.portfolio, suffix) for _, _, effect, _ in rows])
        return found

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def plot(self) -> Any:
        """A matplotlib figure: the chances of the alliances, the most endangered first."""
        from experiments.report.stress import chances_picture

        return chances_picture(self)

    def to_html(self, path: str | Path | None = None, command: str = "") -> str:
        """The report as one HTML page, also written to a file if a path is given."""
        from experiments.pictures import write_html
        from experiments.report.stress import stress_report

        return write_html(stress_report(self, command), path)

    def to_json(self) -> dict[str, Any]:
        """Everything found, as plain values."""
        table, effects = self.columns(), self.effects()
        found = {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "worlds": self.worlds,
            "runs": self.runs,
            "failed": len(self.failures),
            "firms": len(self.portfolio.firms),
            "others": self.world.firms.count - len(self.portfolio.firms),
            "sentence": self.sentence(),
            "notes": self.notes(),
            "expected_to_live_5y": vars(self.expected) | {"nine_of_ten_worlds": list(self.nine_of_ten)},
            "alliances": _rows(table),
            "changes": {one.name: {"what": one.what, "reach": one.reach, "in_hand": one.in_hand} for one in self.tried},
            "effects": _rows(effects),
            "course": {name: getattr(self.course, name).tolist() for name in ("mean", "low", "high")},
            "out": None if self.out is None else str(self.out),
            "seconds": round(self.seconds, 3),
        }
        return plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        count = len(self.portfolio.ties)
        live = f"{self.expected.mean:.1f} of {count} alliances live five years"
        return f"Stress({self.scenario.name}, {counted(self.worlds, 'world')}; {live})"

    def _repr_html_(self) -> str:
        from experiments.report.stress import ranking_table

        return html_table(self.sentence(), *ranking_table(self))


def stress(
    scenario: Scenario,
    alliances: Any,
    firms: Any = None,
    *,
    columns: Mapping[str, str] | None = None,
    only: Mapping[str, str] | None = None,
    at: str | None = None,
    shared: int | None = None,
    others: int | None = None,
    closely: int = CLOSELY,
    worlds: int = 100,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Stress:
    """Let a portfolio live on for five years in many worlds, and try what would help, in the same worlds.

    scenario : what kind of world     alliances, firms, columns, only, at, shared : as in `read_portfolio`, or a Portfolio
    others : firms beside those of the portfolio, without an alliance at the start, as new partners for anybody; by
    default as many as fill the scenario's number of firms     closely : for how many alliances, the most endangered
    first, each change is tried in their own two firms     worlds : as many again are used to measure the best change
    With `out`: stress.json, stress.csv, effects.csv, pictures and report.html. Raises InputError if an input is wrong;
    RunsFailedError if no world gave a result.
    """
    start, began = time.perf_counter(), now()
    if not isinstance(scenario, Scenario):
        raise InputError([Problem(f"{scenario!r} is not a Scenario; scenarios.load gives one", key="scenario")])
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    if isinstance(closely, bool) or not isinstance(closely, int) or closely < 0:
        raise InputError([Problem(f"{closely!r} is not a whole number of alliances from 0 up", key="closely")])
    if out is not None and not isinstance(out, str | os.PathLike):
        raise InputError([Problem(f"{out!r} is not the path of a folder", key="out")])
    given = isinstance(alliances, Portfolio)
    portfolio = alliances if given else read_portfolio(alliances, firms, columns, only, at, shared)
    check_strategies(dict(portfolio.traits), list(scenario.strategies))
    world = portfolio.world(scenario, others)
    fates = Fates(seed, len(portfolio.ties), jobs, progress)
    if out is None:
        return _stress(scenario, world, portfolio, fates, closely, worlds, start)
    record = manifest("stress", {"seed": seed, "worlds": worlds, "closely": closely}, {BASE: world})
    with ResultFolder.claim(out, record) as folder:
        result = _stress(scenario, world, portfolio, fates, closely, worlds, start)
        result.out = folder.path
        folder.write_manifest(record | {"times": [{"started": began}]})
        _save(result, folder, command_line(record["command"]))
        session = {"started": began, "finished": now(), "seconds": round(result.seconds, 3), "runs": result.runs}
        folder.write_manifest(record | {"times": [session]})
    return result


def _stress(
    scenario: Scenario, world: Scenario, portfolio: Portfolio, fates: Fates, closely: int, worlds: int, start: float
) -> Stress:
    found = try_changes(world, portfolio, fates, closely, worlds)
    lived, cause = found.base
    return Stress(
        scenario, world, portfolio, fates.seed, worlds, lived, cause, found.tried, found.everywhere, found.closely,
        found.best, fates.failures, fates.runs, time.perf_counter() - start,
    )  # fmt: skip


def _signed(value: float) -> str:
    text = f"{value:+.0f}".replace("-", "−")
    return "0" if text in ("+0", "−0") else text


def _rows(columns: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _save(result: Stress, folder: ResultFolder, command: str) -> None:
    import json

    from experiments.pictures import save
    from experiments.report.stress import stress_figures, stress_report

    content = {name: value for name, value in result.to_json().items() if name not in ("seconds", "out")}
    folder.write_text("stress.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    folder.write_table("stress", result.columns(), also_csv=True)
    folder.write_table("effects", result.effects(), also_csv=True)
    folder.write_failures(result.failures)
    save(folder, stress_figures(result), stress_report(result, command))


__all__ = ["CLOSELY", "YEARS", "Floats", "Stress", "stress"]
