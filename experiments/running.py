"""One world, run and kept: the result folder of `alliances run`."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.design import check_amounts
from experiments.outcomes import OUTCOMES, outcomes, summary
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Failure, Progress, RunsFailedError, compile_first
from simulation.problems import InputError, Problem
from simulation.records import COLUMNS
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from experiments.storage import ResultFolder
    from simulation import Run
    from simulation.world import World


def run_world(
    scenario: Scenario, seed: int = 1, world: int = 0, out: str | Path | None = None, progress: Progress | None = None
) -> "tuple[Run, dict[str, Any], Path | None]":
    """Run one world; with `out`, write a result folder with events, series, figures and report.

    The series grow on disk with each quarter, for whoever looks on. progress : told quarters done and in all
    Returns the run, its summary, and the path of the report (None without `out`). Raises InputError before anything is
    written if an input is wrong or `out` holds anything else; RunsFailedError if the run fails.
    """
    check_amounts(seed=seed, world=world)
    seed, world = int(seed), int(world)
    start, began = time.perf_counter(), now()
    if out is None:
        run = _simulate(scenario, seed, world, progress)
        return run, summary(run), None
    from experiments.storage import ResultFolder

    record = manifest("run", {"seed": seed, "world": world}, {BASE: scenario})
    with ResultFolder.claim(out, record) as folder:
        with folder.growing("series", ("quarter", *COLUMNS)) as write:
            run = _simulate(scenario, seed, world, progress, write)
        found = summary(run)
        folder.write_manifest(record | {"times": [{"started": began}]})
        report = _save(run, found, folder, command_line(record["command"]))
        session = {"started": began, "finished": now(), "seconds": round(time.perf_counter() - start, 3), "runs": 1}
        folder.write_manifest(record | {"times": [session]})
    return run, found, report


def _simulate(
    scenario: Scenario, seed: int, world: int, progress: Progress | None = None,
    write: Callable[[Sequence[Any]], None] | None = None,
) -> "Run":  # fmt: skip
    from simulation import simulate

    def watch(state: "World") -> None:
        done = int(state.counters.quarter[0])
        if write:
            write((done - 1, *state.records[done - 1].tolist()))
        if progress:
            progress(done, scenario.time.quarters)

    compile_first()
    try:
        return simulate(scenario, seed=seed, world=world, watch=watch if progress or write else None)
    except InputError:
        raise
    except Exception as error:
        raise RunsFailedError(f"the run failed with {Failure.of(error).error}") from error


def _save(run: "Run", found: Mapping[str, Any], folder: "ResultFolder", command: str) -> Path:
    from experiments.pictures import run_figures, run_page, save

    row = outcomes(run)
    columns: dict[str, NDArray[Any]] = {"world": np.array([run.world]), "seed": np.array([run.seed])}
    columns |= {name: np.array([row[name]]) for name in OUTCOMES}
    folder.write_table("parts/part-000000", columns)
    folder.write_table("events", {name: np.asarray(values) for name, values in run.events._asdict().items()})
    folder.write_table("spells", {name: np.asarray(values) for name, values in run.spells()._asdict().items()})
    series = {"quarter": np.arange(run.quarters)} | {name: run.records[:, place] for place, name in enumerate(COLUMNS)}
    folder.write_table("series", series)
    folder.write_table("summary", columns, also_csv=True)
    return save(folder, run_figures(run), run_page(run, dict(found), command))


def load_run(out: str | Path) -> "tuple[Run, dict[str, Any]]":
    """The run of a result folder, run again from its manifest. Raises InputError if this engine gives another one."""
    from experiments.storage import ResultFolder

    folder = ResultFolder(Path(out))
    record = folder.manifest()
    if record.get("kind") != "run":
        raise InputError([Problem(f"holds a {record.get('kind')}, not a run", key=str(out))])
    folder.finished_manifest()
    plan = record["plan"]
    run = _simulate(Scenario.of(record["scenarios"][BASE]), plan["seed"], plan["world"])
    there, here = folder.rows(order="world"), outcomes(run)
    for name in OUTCOMES:
        same = np.array_equal(there[name], [here[name]], equal_nan=True) if name in there else False
        if not same:
            raise InputError(
                [
                    Problem(
                        "comes from another version of the engine, which gave another world; run it again elsewhere",
                        key=str(out),
                    )
                ]
            )
    return run, summary(run)
