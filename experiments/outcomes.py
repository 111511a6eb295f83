"""From one run to named numbers: what sweeps and comparisons tabulate, and what `alliances run` prints.

Counts are of measured quarters (from `time.warm_up_quarters` on), survival is of alliances born after the warm-up, NaN stands
for "undefined in this run" (a median that was never reached, shares of no endings).
"""

import math
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.survival import kaplan_meier, median_life, survival_at
from simulation.events import BREACH, CAUSES, ENDED, FAILED, FORMED, SHOCK
from simulation.problems import InputError, Problem, did_you_mean
from simulation.records import COLUMNS

if TYPE_CHECKING:
    from simulation import Run

YEARS = (3, 5, 7)
QUARTERS_PER_YEAR = 4
REGIMES = ("no_deal", "dilemma", "harmony")
Direction = Literal["more is better", "less is better", "neutral"]


class Outcome(NamedTuple):
    """What a named outcome means. label : for people; unit : of the value; direction : what a strategist hopes for."""

    label: str
    unit: str
    direction: Direction


OUTCOMES: dict[str, Outcome] = {
    "survival_3y": Outcome("alliances that live three years", "share", "more is better"),
    "survival_5y": Outcome("alliances that live five years", "share", "more is better"),
    "survival_7y": Outcome("alliances that live seven years", "share", "more is better"),
    "median_life_quarters": Outcome("median life", "quarters", "more is better"),
    "alliances_formed": Outcome("alliances formed", "alliances", "neutral"),
    "alliances_ended": Outcome("alliances ended", "alliances", "neutral"),
    "alliances_alive": Outcome("living alliances, mean over time", "alliances", "more is better"),
    "mean_trust": Outcome("trust, mean over time", "0 to 1", "more is better"),
    "reciprocity": Outcome("reciprocity of sharing", "0 to 1", "more is better"),
    "mean_fit": Outcome("fit of partners", "0 to 1", "more is better"),
    "dilemma_share": Outcome("alliances in the dilemma", "share", "less is better"),
    **{
        f"ending_{cause}": Outcome(f"endings by {cause.replace('_', ' ')}", "share of endings", "neutral")
        for cause in CAUSES
    },
    "failed_firms": Outcome("firms that failed", "firms", "less is better"),
    "mean_capital": Outcome("capital of firms, mean over time", "money", "more is better"),
}


class LifeTable(NamedTuple):
    """Integers, so that the tables of many worlds add up exactly. Ages run from 0 to quarters-1."""

    at_risk: NDArray[np.int64]  # [ages] alliances that could have died at this age
    deaths: NDArray[np.int64]  # [causes, ages] alliances that did


def check_outcome(name: str) -> str:
    """The name, if it is an outcome. Raises InputError with the nearest one."""
    if name not in OUTCOMES:
        hint = did_you_mean(name, OUTCOMES) or f"allowed: {', '.join(OUTCOMES)}"
        raise InputError([Problem(f'no outcome "{name}"; {hint}', key="outcome")])
    return name


def life_table(run: "Run", firms: NDArray[np.bool_] | None = None) -> LifeTable:
    """Deaths by cause and numbers at risk by age, of the alliances born after the warm-up.

    firms : [identities] whose alliances to count, all if left out
    Without a warm-up the initial alliances count too, from the age at which they are first observed (left truncation).
    """
    log, living, ages, warm_up = run.events, run.alliances, run.quarters, run.scenario.time.warm_up_quarters
    ended = np.flatnonzero(log.kind == ENDED)
    age, cause = log.value[ended].astype(np.int64), log.detail[ended]
    born = np.concatenate([log.quarter[ended] - age, living.born])
    first = np.maximum(-born, 0)  # the age at which ties that existed before quarter 0 come under observation
    last = np.concatenate([age, ages - 1 - living.born])
    kept = born >= warm_up if warm_up else first < ages
    if firms is not None:
        identity = run.firms.identity
        now = firms[identity[living.first]] | firms[identity[living.second]]
        kept &= np.concatenate([firms[log.first[ended]] | firms[log.second[ended]], now])
    left = np.minimum(last[kept] + 1, ages)
    moves = np.bincount(first[kept], minlength=ages + 1) - np.bincount(left, minlength=ages + 1)
    inside = kept[: len(ended)] & (age < ages)
    cells = cause[inside] * ages + age[inside]
    deaths = np.bincount(cells, minlength=len(CAUSES) * ages).reshape(len(CAUSES), ages)
    return LifeTable(np.cumsum(moves)[:ages], deaths)


def survival_by_strategy(run: "Run", quarters: int = 5 * QUARTERS_PER_YEAR) -> dict[str, float]:
    """Share of alliances that live so long, by strategy of a partner; those of firms that have failed are left out."""
    strategy = np.full(int(run.firms.identity.max()) + 1, -1)
    strategy[run.firms.identity] = run.firms.strategy
    found = {}
    for row, name in enumerate(run.strategies):
        table = life_table(run, strategy == row)
        curve = kaplan_meier(table.at_risk, table.deaths.sum(axis=0))
        found[name] = float(survival_at(curve, quarters)) if table.at_risk[0] else math.nan
    return found


def outcomes(run: "Run", table: LifeTable | None = None) -> dict[str, float]:
    """All of OUTCOMES for one run, in that order. table : `life_table(run)`, if it is there already"""
    table = life_table(run) if table is None else table
    curve = kaplan_meier(table.at_risk, table.deaths.sum(axis=0))
    events, means = run.events, _Means(run)
    begin = int(np.searchsorted(events.quarter, run.scenario.time.warm_up_quarters))  # the log is in the order of time
    kind = events.kind[begin:]
    counts = np.bincount(kind, minlength=FAILED + 1)
    causes = np.bincount(events.detail[begin:][kind == ENDED], minlength=len(CAUSES))
    endings = (causes / causes.sum()).tolist() if counts[ENDED] else [math.nan] * len(CAUSES)
    row = {f"survival_{years}y": float(survival_at(curve, years * QUARTERS_PER_YEAR)) for years in YEARS}
    row["median_life_quarters"] = float(median_life(curve))
    row["alliances_formed"] = float(counts[FORMED])
    row["alliances_ended"] = float(counts[ENDED])
    row["alliances_alive"] = means.over_time("living")
    for name in ("mean_trust", "reciprocity", "mean_fit"):
        row[name] = means.over_alliances(name)
    row["dilemma_share"] = means.regime_shares()["dilemma"]
    row |= {f"ending_{cause}": share for cause, share in zip(CAUSES, endings, strict=True)}
    row["failed_firms"] = float(counts[FAILED])
    row["mean_capital"] = means.over_time("mean_capital")
    return row


class _Means:
    """Means of a run's measures over its quarters after the warm-up, all at once."""

    def __init__(self, run: "Run") -> None:
        measured = run.records[run.scenario.time.warm_up_quarters :]
        living = measured[:, COLUMNS.index("living"), None]  # in quarters without alliances the records hold zeros
        known = measured == measured
        values = np.where(known, measured, 0.0)
        self._sums, self._counts = values.sum(axis=0).tolist(), known.sum(axis=0).tolist()
        self._weighted, self._weights = (values * living).sum(axis=0).tolist(), (known * living).sum(axis=0).tolist()

    def over_time(self, name: str) -> float:
        """Over the quarters that define it; NaN if none does."""
        place = COLUMNS.index(name)
        return self._sums[place] / self._counts[place] if self._counts[place] else math.nan

    def over_alliances(self, name: str) -> float:
        """Over the alliances of all quarters; NaN if there never was one."""
        place = COLUMNS.index(name)
        return self._weighted[place] / self._weights[place] if self._weights[place] else math.nan

    def regime_shares(self) -> dict[str, float]:
        totals = [self._sums[COLUMNS.index(name)] for name in REGIMES]
        whole = sum(totals)
        return {name: total / whole if whole else math.nan for name, total in zip(REGIMES, totals, strict=True)}


def regime_shares(run: "Run") -> dict[str, float]:
    """Share of alliance-quarters in each regime of the dilemma, over the measured quarters."""
    return _Means(run).regime_shares()


def summary(run: "Run") -> dict[str, Any]:
    """What `alliances run --json` prints, without `seconds`. None stands for what is undefined in this run."""
    row = outcomes(run)
    kinds = np.asarray(run.events.kind)[np.asarray(run.events.quarter) >= run.scenario.time.warm_up_quarters]
    strategy, capital = np.asarray(run.firms.strategy, dtype=np.int64), np.asarray(run.firms.capital)
    firms = np.bincount(strategy, minlength=len(run.strategies))
    money = np.bincount(strategy, weights=capital, minlength=len(run.strategies))
    result: dict[str, Any] = {
        "scenario": run.scenario.name,
        "seed": run.seed,
        "world": run.world,
        "quarters": run.quarters,
        "firms": run.scenario.firms.count,
        "alliances_formed": int(row["alliances_formed"]),
        "alliances_ended": int(row["alliances_ended"]),
        "alliances_alive": int(run.series("living")[-1]),
        "survival": {str(years * QUARTERS_PER_YEAR): row[f"survival_{years}y"] for years in YEARS},
        "median_life_quarters": row["median_life_quarters"],
        "endings": {cause: row[f"ending_{cause}"] for cause in CAUSES},
        "regimes": regime_shares(run),
        "mean_trust": row["mean_trust"],
        "reciprocity": row["reciprocity"],
        "mean_fit": row["mean_fit"],
        "failed_firms": int(row["failed_firms"]),
        "shocks": int((kinds == SHOCK).sum()),
        "breaches": int((kinds == BREACH).sum()),
        "mean_capital": row["mean_capital"],
        "survival_5y_by_strategy": survival_by_strategy(run),
        "mean_capital_by_strategy": {
            name: float(total / count) if count else None
            for name, total, count in zip(run.strategies, money, firms, strict=True)
        },
    }
    return plain(result)  # type: ignore[no-any-return]


def plain(value: Any) -> Any:
    """A value as JSON may hold it: numpy numbers become Python's, NaN becomes None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
