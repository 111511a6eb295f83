"""The result folder of `survival`: everything that its numbers, pictures and page are made of, and the way back.

alliances.parquet      one row per alliance of the worlds: how long, why it ended, what was known at its birth
spells.parquet         one row per observed spell, where there are any
survival.json, .csv    what is told
"""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.histories.births import Births, life_of, together
from experiments.histories.covariates import hazard_ratios
from experiments.histories.spells import Spells
from experiments.outcomes import LifeTable
from experiments.provenance import BASE
from experiments.storage import ResultFolder
from simulation.events import CAUSES
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from experiments.histories.surviving import Survival

PLAIN = ("rival", "equity", "prior", "trust", "managed", "shocked", "flexibility")  # facts of one column each
PLAYS = "partners_"  # how many partners play a strategy


def save(result: "Survival", folder: ResultFolder, command: str) -> None:
    """Write tables, pictures and the report of a result."""
    from experiments.pictures import save as save_pictures
    from experiments.report.surviving import survival_figures, survival_report

    if result.scenario is not None and result.births:
        folder.write_table("alliances", _alliances(result))
    if result.spells is not None:
        spells = result.spells
        columns = {name: getattr(spells, name) for name in ("label", "duration", "ended", "entry", "cause")}
        folder.write_table("spells", columns)
    content = {name: value for name, value in result.to_json().items() if name not in ("seconds", "out")}
    folder.write_text("survival.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    folder.write_table("survival", result.columns(), also_csv=True)
    folder.write_failures(result.failures)
    save_pictures(folder, survival_figures(result), survival_report(result, command))


def load_survival(out: str | Path) -> "Survival":
    """The result that a folder holds; nothing is run again. Raises InputError if there is none."""
    from experiments.histories.surviving import Survival

    folder = ResultFolder(Path(out))
    record = folder.manifest()
    if record.get("kind") != "survival":
        raise InputError([Problem(f"holds a {record.get('kind')}, not a survival", key=str(out))])
    if not any("finished" in session for session in record.get("times", [])):
        raise InputError([Problem("holds a survival that did not finish; run the command again", key=str(out))])
    scenario = Scenario.of(record["scenarios"][BASE])
    seed, worlds = record["plan"]["seed"], record["plan"]["worlds"]
    failures = folder.failures()
    ran = [world for world in range(worlds) if world not in {row["world"] for row in failures}]
    strategies = list(scenario.strategies)
    births = _births(folder.read_table("alliances.parquet", order="world, place"), ran, strategies)
    tables = [life_of(one, scenario.time.quarters) for one in births]
    life = LifeTable(np.stack([one.at_risk for one in tables]), np.stack([one.deaths for one in tables]))
    seconds = sum(session.get("seconds", 0.0) for session in folder.sessions())
    return Survival(
        scenario, _spells(folder), seed, worlds, life, births, hazard_ratios(births, strategies), failures, seconds,
        folder.path,
    )  # fmt: skip


def digest(spells: Spells) -> str:
    """What tells one table of spells from another: 16 hex digits."""
    numbers = (spells.duration, spells.ended, spells.entry)
    texts = json.dumps([spells.source, spells.left_out, *spells.label, *spells.cause])
    content = b"".join(np.ascontiguousarray(part).tobytes() for part in numbers) + texts.encode()
    return hashlib.sha256(content).hexdigest()[:16]


def _alliances(result: "Survival") -> dict[str, NDArray[Any]]:
    table, place = together(result.births)
    failed = {row["world"] for row in result.failures}
    ran = np.array([world for world in range(result.worlds) if world not in failed], dtype=np.int64)
    causes = np.array([*CAUSES, ""], dtype=object)
    columns: dict[str, NDArray[Any]] = {
        "world": ran[place],
        "place": np.concatenate([np.arange(len(one.duration)) for one in result.births]),
        "quarters": table.duration,
        "first_seen": table.entry,
        "cause": causes[table.cause],  # -1 is the last
    }
    columns |= {name: getattr(table, name) for name in PLAIN}
    names = list(result.scenario.strategies) if result.scenario else []
    return columns | {PLAYS + name: table.strategies[:, row] for row, name in enumerate(names)}


def _births(rows: dict[str, NDArray[Any]], ran: list[int], strategies: list[str]) -> list[Births]:
    code = {name: place for place, name in enumerate(CAUSES)}
    cause = np.array([code.get(str(name), -1) for name in rows["cause"]], dtype=np.int64)
    plays = np.stack([rows[PLAYS + name] for name in strategies], axis=1).astype(np.int64)
    whole = [rows["quarters"], rows["first_seen"], cause, *(rows[name] for name in PLAIN), plays]
    return [Births(*(column[rows["world"] == world] for column in whole)) for world in ran]


def _spells(folder: ResultFolder) -> Spells | None:
    if not (folder.path / "spells.parquet").exists():
        return None
    rows = folder.read_table("spells.parquet")
    found = json.loads((folder.path / "survival.json").read_text(encoding="utf-8"))
    label, cause = (np.array([str(item) for item in rows[name]], dtype=object) for name in ("label", "cause"))
    return Spells(
        rows["duration"].astype(np.float64), rows["ended"].astype(np.bool_), rows["entry"].astype(np.float64), label, cause,
        found["spells"] or "", found["left_out"],
    )  # fmt: skip
