"""Shards of one sweep put together: the parts of several folders in one, as if it had been run there."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.plans import SOURCES, differences
from experiments.provenance import command_words, now
from experiments.runner import Progress
from experiments.storage import ResultFolder, folder_path
from experiments.sweeps.collecting import Collected
from experiments.sweeps.parts import design_columns
from experiments.sweeps.sweeping import finish, planned_design
from experiments.sweeps.swept import Sweep
from simulation.problems import InputError, Problem


def merge(folders: Sequence[str | Path], out: str | Path, progress: Progress | None = None) -> Sweep:
    """Copy the parts of all folders into `out` and sum them up.

    folders : of shards of one sweep, finished or not; a part that several hold is taken once
    progress : called with (folders done, folders in all)
    What is still missing, `alliances sweep` with the same plan and `out` runs. Raises InputError, before anything is
    written, if a folder holds no sweep or another one.
    """
    start, began = time.perf_counter(), now()
    sources = [ResultFolder(folder_path(folder)) for folder in folders]
    if not sources:
        raise InputError([Problem("no folders to merge", key="merge")])
    records = [_without_shard(source) for source in sources]
    _check(sources, records)
    record = records[0] | {"command": command_words()}
    design = planned_design(record)
    plan = record["plan"]
    with ResultFolder.claim(out, record, grows=True) as folder:
        sessions = folder.sessions()
        folder.write_manifest(record | {"times": [*sessions, {"started": began}]})
        folder.write_table("design", design_columns(design))
        for number, source in enumerate(sources, 1):
            there = set(folder.part_names())
            for file in sorted(source.parts.glob("part-*.parquet")):
                if file.name not in there:
                    folder.copy_part(file)
            _add_failures(folder, source)
            if progress:
                progress(number, len(sources))
        collected = Collected(design, record.get("reached", plan["worlds"]), plan["seed"], folder)
        folder.write_failures(collected.failures)  # in the order that one sweep would have given them
        result = Sweep(collected, time.perf_counter() - start, record.get("outcome", "survival_5y"))
        finish(result, folder, record, [*sessions, {"started": began}])
    return result


def _without_shard(folder: ResultFolder) -> dict[str, Any]:
    """The manifest of a folder as that of the whole sweep."""
    record = folder.manifest()
    record["plan"] = {name: value for name, value in record["plan"].items() if name != "shard"}
    record.pop("times", None)
    return record


def _check(sources: Sequence[ResultFolder], records: Sequence[dict[str, Any]]) -> None:
    problems = []
    for source, record in zip(sources, records, strict=True):
        if record["kind"] != "sweep":
            problems.append(Problem(f"holds a {record['kind']}, not a sweep", key=str(source.path)))
        elif found := differences(records[0], record):
            problems.append(
                Problem(f"holds another sweep than {sources[0].path}: {'; '.join(found[:4])}", key=str(source.path))
            )
        elif changed := [words for name, words in SOURCES.items() if record[name] != records[0][name]]:
            version = f"comes from another version of {' and '.join(changed)} than {sources[0].path}"
            problems.append(Problem(version, key=str(source.path)))
    if problems:
        raise InputError(problems)


def _add_failures(folder: ResultFolder, source: ResultFolder) -> None:
    """Failures of a shard beside those that are there."""
    ours = {(row["world"], row["cell"]): row for row in folder.failures()}
    more = {(row["world"], row["cell"]): row for row in source.failures()}
    if more:
        folder.write_failures(list((ours | more).values()))
