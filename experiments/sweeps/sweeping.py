"""Outcomes over a design of settings: every cell in the same worlds, on any engine, resumed and grown by itself."""

import contextlib
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.analysis.bootstrap import mean_intervals
from experiments.bar import progress_bar
from experiments.design import Design, check_amounts
from experiments.outcomes import check_outcome
from experiments.plans import differences
from experiments.provenance import BASE, command_line, manifest, now
from experiments.runner import Progress, compile_first
from experiments.storage import ResultFolder, folder_path
from experiments.sweeps.collecting import Collected, Shard
from experiments.sweeps.engines import Engine, check_engine, run_parts
from experiments.sweeps.parts import design_columns, runs_per_piece
from experiments.sweeps.sampling import design_of
from experiments.sweeps.swept import Sweep
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

__all__ = ["Sweep", "load_sweep", "plan_manifest", "sweep"]

FIRST_WORLDS, GROWTH = 30, 1.5  # of the stop rule


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Any],
    worlds: int = 20,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    outcome: str = "survival_5y",
    design: str = "factorial",
    points: int | None = None,
    engine: Engine = "threads",
    shard: Shard | None = None,
    until: float | None = None,
    reuse: Sequence[str | Path] = (),
) -> Sweep:
    """Run every cell of a design in the same worlds. With `out` it resumes by itself: what the parts hold is done.

    vary : dotted path -> list of levels, or (low, high, n); for sampled designs (low, high)
    worlds : 0 .. worlds-1 in every cell     jobs : threads or processes, default one per core
    progress : called with (runs done, runs in all); a bar if left out and somebody looks
    outcome : the one that the figure and the report show
    design, points : see `experiments.sweeps.sampling.design_of`
    engine : "threads", "processes", "dask", the tcp:// address of a Dask scheduler, or any `concurrent.futures.Executor`
    shard : (i, n) runs the i-th of n equal shares of the work only; `merge` puts the folders together
    until : stop as soon as the interval of `outcome` is no wider than ± this in every cell; `worlds` is then the most
    reuse : folders of other sweeps of the same seed: runs that they hold are taken from there
    A folder that holds fewer worlds or fewer levels of the same sweep is added to; one that holds more answers and stays
    as it is. Raises InputError before anything is written if an input is wrong or `out` holds anything else. Failed runs
    are in `.failures`; the others go on.
    """
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    check_outcome(outcome)
    engine, worlds, seed = check_engine(engine), int(worlds), int(seed)
    _check_share(shard, until, out)
    cells = design_of(scenario, vary, design, points, seed)
    start = time.perf_counter()
    record = plan_manifest(cells, worlds, seed, until, shard) | {"outcome": outcome}
    sources = [_source(folder, record) for folder in reuse]

    def run(folder: ResultFolder | None, most: int) -> Sweep:
        collected = Collected(cells, most, seed, folder, sources, shard)
        with contextlib.nullcontext(progress) if progress else progress_bar("runs") as shown:
            _run(collected, engine, jobs, shown)
        return Sweep(collected, time.perf_counter() - start, outcome)

    if out is None:
        return _until(run, None, worlds, outcome, until)
    if _holds_more(out, record):
        sources.append(ResultFolder(folder_path(out)))
        result = _until(run, None, worlds, outcome, until)
        result.read_from = Path(out)
        result.notes.append(f"{out} holds more worlds or levels than asked for; it stays as it is.")
        return result
    with ResultFolder.claim(out, record, grows=True) as folder:
        began, sessions = now(), folder.sessions()
        _make_way(folder, cells)
        folder.write_manifest(record | {"times": [*sessions, {"started": began}]})
        folder.write_table("design", design_columns(cells))
        result = _until(run, folder, worlds, outcome, until)
        finish(result, folder, record | {"reached": result.worlds}, [*sessions, {"started": began}])
        result.seconds = time.perf_counter() - start
    return result


def _check_share(shard: Any, until: Any, out: Any) -> None:
    problems = []
    if shard is not None:
        whole = isinstance(shard, tuple | list) and len(shard) == 2 and all(type(number) is int for number in shard)
        if not whole or not 1 <= shard[0] <= shard[1]:
            problems.append(Problem(f"{shard!r} is not (i, n) with 1 <= i <= n", key="shard"))
        if out is None:
            problems.append(Problem("needs a folder of its own", key="shard"))
        if until is not None:
            problems.append(
                Problem("one shard cannot know when all are narrow enough; give worlds instead", key="until")
            )
    if until is not None and not (isinstance(until, int | float) and 0 < until < math.inf):
        problems.append(Problem(f"{until!r} is not a half-width above 0, such as 0.02", key="until"))
    if problems:
        raise InputError(problems)


def _source(out: str | Path, wanted: Mapping[str, Any]) -> ResultFolder:
    """A folder to take runs from. Raises InputError if its runs would not be the same as ours."""
    folder = ResultFolder(folder_path(out))
    there = folder.manifest()
    problems = []
    if there["kind"] != "sweep":
        problems.append(Problem(f"holds a {there['kind']}, not a sweep", key=str(out)))
    for name, words in (("engine", "the engine"), ("outcomes", "the definition of outcomes")):
        if there.get(name) != wanted[name]:
            problems.append(Problem(f"comes from another version of {words}: its runs cannot be reused", key=str(out)))
    if problems:
        raise InputError(problems)
    return folder


def _holds_more(out: str | Path, wanted: Mapping[str, Any]) -> bool:
    """Whether a folder holds a sweep of which the wanted one is a part."""
    folder = ResultFolder(folder_path(out))
    if not (folder.path / "manifest.json").exists():
        return False
    there = folder.manifest()
    if there["kind"] != "sweep" or not differences(there, wanted, grows=True):
        return False
    return not differences(wanted, there, grows=True)


def _make_way(folder: ResultFolder, design: Design) -> None:
    """Where the folder holds the parts of other cells, set them aside: their runs are taken over, not made again."""
    if not folder.part_names():
        return
    there = folder.manifest()
    before = {key: list(levels) for key, levels in there["plan"]["vary"].items()}
    if before != {key: list(levels) for key, levels in design.vary.items()}:
        folder.outgrow()


def _run(collected: Collected, engine: Engine, jobs: int | None, progress: Progress | None) -> None:
    total, finished = collected.total, collected.done
    if finished < total:
        compile_first()
    if progress:
        progress(finished, total)
    size = runs_per_piece(collected.design)
    pieces = (piece for part in collected.parts() for piece in part.pieces(size))
    for piece, rows in run_parts(pieces, engine, jobs, collected.design.cells):
        collected.take(piece, rows)
        if progress:
            progress(min(total, collected.done + len(collected.failed) + collected.under_way), total)
    collected.design.forget()


def _until(run: Any, folder: ResultFolder | None, worlds: int, outcome: str, until: float | None) -> Sweep:
    """Worlds in batches, each half as large again as all before, until the widest interval is narrow enough."""
    if until is None:
        return run(folder, worlds)  # type: ignore[no-any-return]
    for stage in _stages(worlds):
        result: Sweep = run(folder, stage)
        result.half_width = _widest(result.collected, outcome)
        if result.half_width <= until:
            break
    return result


def _stages(most: int) -> Iterator[int]:
    """30, 45, 68, ... and at last `most`."""
    stage = FIRST_WORLDS
    while stage < most:
        yield stage
        stage = math.ceil(stage * GROWTH)
    yield most


def _widest(collected: Collected, outcome: str) -> float:
    """Half the width of the widest interval over worlds; infinite where a cell has none."""
    widest = 0.0
    for cells in collected.blocks(outcomes=1):
        low, high = mean_intervals(collected.table(cells, [outcome])[outcome])
        half = (high - low) / 2
        widest = max(widest, float(half.max()) if np.isfinite(half).all() else math.inf)
    return widest


def finish(
    result: Sweep, folder: ResultFolder, record: Mapping[str, Any], sessions: Sequence[Mapping[str, Any]]
) -> None:
    """Write the manifest as it is in the end and, but for a shard, summary, pictures and report."""
    began = time.perf_counter()
    if result.collected.shard is None:
        from experiments.pictures import save, sweep_figures, sweep_page

        outcome, command = record["outcome"], command_line(record["command"])
        folder.write_table("summary", result.columns(), also_csv=True)
        save(folder, sweep_figures(result, outcome), sweep_page(result, outcome, command))
        if not result.left:
            folder.forget_earlier()  # all of it now stands in parts of its own
    seconds = result.seconds + time.perf_counter() - began
    session = {**sessions[-1], "finished": now(), "seconds": round(seconds, 3), "runs": result.ran}
    folder.write_manifest({**record, "times": [*sessions[:-1], session]})


def plan_manifest(
    design: Design, worlds: int, seed: int, until: float | None = None, shard: Shard | None = None
) -> dict[str, Any]:
    """The manifest of a sweep; compared before a folder is added to."""
    plan: dict[str, Any] = {"seed": seed, "worlds": worlds, "design": design.kind}
    if until is not None:
        plan["until"] = until
    if shard is not None:
        plan["shard"] = list(shard)
    plan["vary"] = {key: list(levels) for key, levels in design.vary.items()}
    return manifest("sweep", plan, {BASE: design.base})


def load_sweep(out: str | Path) -> Sweep:
    """The sweep that a folder holds, as far as it is done. Raises InputError if it holds none."""
    folder = ResultFolder(folder_path(out))
    record = folder.manifest()
    if record.get("kind") != "sweep":
        raise InputError([Problem(f"holds a {record.get('kind')}, not a sweep", key=str(out))])
    check_outcome(record.get("outcome", "survival_5y"))
    plan = record["plan"]
    design = planned_design(record)
    shard = plan.get("shard")
    worlds = record.get("reached", plan["worlds"])
    collected = Collected(design, worlds, plan["seed"], folder, shard=None if shard is None else (shard[0], shard[1]))
    seconds = sum(session.get("seconds", 0.0) for session in folder.sessions())
    return Sweep(collected, seconds, record.get("outcome", "survival_5y"))


def planned_design(record: Mapping[str, Any]) -> Design:
    """The design that the manifest of a sweep describes."""
    plan = record["plan"]
    kind = plan.get("design", "factorial")
    levels = {key: list(values) for key, values in plan["vary"].items()}
    return design_of(Scenario.of(record["scenarios"][BASE]), levels, kind if kind == "factorial" else "table")
