"""A comparison in its folder: written once, read again for reports.

life.parquet                     at risk and deaths by cause, per arm, world and age
series/living.parquet            living alliances per arm, world and quarter
saved_and_lost.parquet, .csv     the alliances that each arm saved and lost, of all worlds
shared_alliances.parquet, .csv   per arm and world: how many exist either way, how many of them were saved and lost
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.saved import COUNTS, LOST, SAVED, Fates
from experiments.comparisons.comparing import Comparison, no_lives
from experiments.comparisons.pairing import named_seats
from experiments.comparisons.saved_and_lost import NOT_RUN, SavedAndLost
from experiments.outcomes import OUTCOMES, LifeTable
from experiments.provenance import BASE
from experiments.storage import ResultFolder
from simulation.events import CAUSES
from simulation.networks import firm_names
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from simulation import Run

Columns = dict[str, NDArray[Any]]


def save_comparison(result: Comparison, folder: ResultFolder, command: str) -> None:
    """All tables, figures and the report. command : that made the result"""
    arms = list(result.scenarios)
    folder.write_table(
        "design",
        {
            "arm": np.array(arms, dtype=object),
            "digest": np.array([one.digest for one in result.scenarios.values()], dtype=object),
        },
    )
    failed = {(row["arm"], row["world"]) for row in result.failures}
    done = [(arm, world) for world in range(result.worlds) for arm in arms if (arm, world) not in failed]
    columns: Columns = {
        "arm": np.array([arm for arm, _ in done], dtype=object),
        "world": np.array([world for _, world in done], dtype=np.int64),
        "seed": np.full(len(done), result.seed, dtype=np.int64),
    }
    columns |= {name: np.array([result.table[arm][name][world] for arm, world in done]) for name in OUTCOMES}
    folder.write_table("parts/part-000000", columns)
    folder.write_table("life", _life_columns(result))
    folder.write_table("series/living", _series_columns(result))
    folder.write_failures(result.failures)
    folder.write_table("summary", result.columns(), also_csv=True)
    folder.write_table("saved_and_lost", _joined([one.columns() for one in result.fates.values()]), also_csv=True)
    folder.write_table("shared_alliances", _shared_columns(result), also_csv=True)
    from experiments.pictures import comparison_figures, comparison_page, save

    save(folder, comparison_figures(result), comparison_page(result, command))


def _joined(pieces: list[Columns]) -> Columns:
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def _life_columns(result: Comparison) -> Columns:
    """One row per arm, world and age at which somebody was at risk: at_risk and deaths by cause."""
    pieces = []
    for arm, lives in result.life.items():
        worlds, ages = np.nonzero(lives.at_risk)
        piece = {"arm": np.full(len(worlds), arm, dtype=object), "world": worlds, "age": ages}
        piece["at_risk"] = lives.at_risk[worlds, ages]
        pieces.append(piece | {cause: lives.deaths[worlds, place, ages] for place, cause in enumerate(CAUSES)})
    return _joined(pieces)


def _series_columns(result: Comparison) -> Columns:
    """One row per arm, world and quarter: living alliances."""
    pieces = []
    for arm, living in result.series.items():
        worlds, quarters = np.nonzero(np.isfinite(living))
        name = np.full(len(worlds), arm, dtype=object)
        pieces.append({"arm": name, "world": worlds, "quarter": quarters, "living": living[worlds, quarters]})
    return _joined(pieces)


def _shared_columns(result: Comparison) -> Columns:
    """One row per arm and world that ran both ways: COUNTS."""
    pieces = []
    for arm, found in result.fates.items():
        worlds = np.flatnonzero(found.counts[:, 0] != NOT_RUN)
        piece = {"arm": np.full(len(worlds), arm, dtype=object), "world": worlds}
        pieces.append(piece | {name: found.counts[worlds, place] for place, name in enumerate(COUNTS)})
    return _joined(pieces)


# --- reading --------------------------------------------------------------------------------------------------


def load_comparison(out: str | Path) -> Comparison:
    """The comparison that a folder holds; only world 0 is run again, for its picture. Raises InputError if none.

    Nothing is run again if another version of the engine wrote the folder: it would be the picture of another world.
    """
    from simulation import simulate
    from simulation.compiled import source_hash

    folder = ResultFolder(Path(out))
    record = folder.manifest()
    if record.get("kind") != "compare":
        raise InputError([Problem(f"holds a {record.get('kind')}, not a comparison", key=str(out))])
    scenarios = {arm: Scenario.of(settings) for arm, settings in record["scenarios"].items()}
    worlds, seed = record["plan"]["worlds"], record["plan"]["seed"]
    table = _table(folder, scenarios, worlds)
    life, series = _life(folder, scenarios, worlds), _series(folder, scenarios, worlds)
    failures = folder.failures()
    failed = {row["arm"] for row in failures if row["world"] == 0}
    other_engine = record.get("engine") != source_hash()
    again = {} if other_engine else {arm: one for arm, one in scenarios.items() if arm not in failed}
    examples: dict[str, Run] = {arm: simulate(one, seed=seed, world=0) for arm, one in again.items()}
    seconds = sum(session.get("seconds", 0.0) for session in folder.sessions())
    return Comparison(
        scenarios, seed, worlds, table, life, series, examples, failures, seconds, folder.path, other_engine,
        _fates(folder, scenarios, worlds),
    )  # fmt: skip


def _table(folder: ResultFolder, scenarios: dict[str, Scenario], worlds: int) -> dict[str, dict[str, NDArray[Any]]]:
    rows, table = folder.rows(order="world, arm"), {}
    for arm in scenarios:
        mine = rows["arm"] == arm
        table[arm] = {name: np.full(worlds, math.nan) for name in OUTCOMES}
        for name in OUTCOMES:
            table[arm][name][rows["world"][mine]] = rows[name][mine]
    return table


def _life(folder: ResultFolder, scenarios: dict[str, Scenario], worlds: int) -> dict[str, LifeTable]:
    rows, life = folder.read_table("life.parquet"), {}
    for arm, scenario in scenarios.items():
        life[arm] = no_lives(worlds, scenario.time.quarters)
        mine = rows["arm"] == arm
        world, age = rows["world"][mine], rows["age"][mine]
        life[arm].at_risk[world, age] = rows["at_risk"][mine]
        for place, cause in enumerate(CAUSES):
            life[arm].deaths[world, place, age] = rows[cause][mine]
    return life


def _series(folder: ResultFolder, scenarios: dict[str, Scenario], worlds: int) -> dict[str, NDArray[Any]]:
    rows, series = folder.read_table("series/living.parquet"), {}
    for arm, scenario in scenarios.items():
        series[arm] = np.full((worlds, scenario.time.quarters), math.nan)
        mine = rows["arm"] == arm
        series[arm][rows["world"][mine], rows["quarter"][mine]] = rows["living"][mine]
    return series


def _fates(folder: ResultFolder, scenarios: dict[str, Scenario], worlds: int) -> dict[str, SavedAndLost]:
    """Who was saved and lost, arm by arm; empty for a folder of an earlier version, which does not tell."""
    names = ("saved_and_lost", "shared_alliances")
    if not all((folder.path / f"{name}.parquet").exists() for name in names):
        return {}
    cases, counts = (folder.read_table(f"{name}.parquet") for name in names)
    base, found = scenarios[BASE], {}
    code = {cause: place for place, cause in enumerate(CAUSES)} | {"": -1}
    labels, named = firm_names(base.network, base.firms.count), named_seats(base)
    for arm in scenarios:
        if arm == BASE:
            continue
        mine = counts["arm"] == arm
        many = np.full((worlds, len(COUNTS)), NOT_RUN, dtype=np.int64)
        many[counts["world"][mine]] = np.stack([counts[name][mine] for name in COUNTS], axis=1)
        rows = {name: column[cases["arm"] == arm] for name, column in cases.items()}
        fates = Fates(
            rows["first_identity"],
            rows["second_identity"],
            rows["born"],
            np.where(rows["fate"] == "saved", SAVED, LOST),
            _ends(rows["ended_as_it_is"], base),
            np.array([code[str(cause)] for cause in rows["cause_as_it_is"]], dtype=np.int64),
            _ends(rows["ended_in_arm"], scenarios[arm]),
            np.array([code[str(cause)] for cause in rows["cause_in_arm"]], dtype=np.int64),
        )
        found[arm] = SavedAndLost(arm, many, rows["world"], fates, labels, named)
    return found


def _ends(ended: NDArray[Any], scenario: Scenario) -> NDArray[np.int64]:
    """Quarters of the end; the number of quarters run where it has not come."""
    return np.where(np.isfinite(ended), ended, scenario.time.quarters).astype(np.int64)
