"""Run by test_killed.py in a process of its own: sweeps killed at random moments, then looked at. Prints what it saw.

    python tests/experiments/sweeps/killing.py FOLDER KILLS

Each sweep is a forked child, so that a kill costs no start. It is killed with SIGKILL after a random part of the time
that an undisturbed one takes; then its folder is checked and the next child goes on from there.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path

import duckdb

from experiments import pictures
from experiments.sweeps import parts
from experiments.sweeps.sweeping import sweep
from simulation.scenario import Scenario

BASE = Scenario().with_(firms__count=20, time__quarters=40, time__warm_up_quarters=8)
VARY = {"environment.shock_rate": [0.0, 0.3], "trust.initial": (0.2, 0.8, 3)}
WORLDS = 15

parts.runs_per_part = lambda design: 5
pictures.sweep_figures = lambda *_: {}  # drawing takes longer than all the rest and writes no rows
pictures.sweep_page = lambda *_: "page"


def run_in_child(out: Path) -> int:
    """A sweep in a forked process. Returns its number."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            sweep(BASE, VARY, worlds=WORLDS, jobs=1, out=out)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def rows(out: Path) -> tuple[int, int]:
    """Rows in the parts, and different (cell, world) among them."""
    if not list(out.glob("parts/part-*.parquet")):
        return 0, 0
    query = f"SELECT count(*), count(DISTINCT (cell, world)) FROM '{out}/parts/part-*.parquet'"
    found = duckdb.connect(config={"threads": 1}).execute(query).fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def contents(out: Path) -> dict[str, bytes]:
    files = [path for path in sorted(out.rglob("*")) if path.is_file() and path.name not in ("manifest.json", ".lock")]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def unlike(out: Path, whole: dict[str, bytes]) -> bool:
    """Whether a folder is not like the undisturbed one; says on stderr in which files."""
    found = contents(out)
    names = [name for name in sorted(found.keys() | whole.keys()) if found.get(name) != whole.get(name)]
    if names:
        print(f"differs in {names}", file=sys.stderr)
    return bool(names)


def main(folder: Path, kills: int) -> None:
    sweep(BASE, VARY, worlds=1)  # loads the compiled engine before anything is timed
    start = time.perf_counter()
    os.waitpid(run_in_child(folder / "whole"), 0)
    takes = time.perf_counter() - start
    whole, expected = contents(folder / "whole"), rows(folder / "whole")[0]
    chance = random.Random(20261122)
    out = folder / "killed"
    killed = finished = lost = duplicates = different = 0
    before = 0
    while killed < kills:
        child = run_in_child(out)
        time.sleep(chance.uniform(0.0, takes))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            killed += 1
            found, distinct = rows(out)
            duplicates += found - distinct
            lost += max(0, before - found)
            before = found
            continue
        finished += 1
        different += unlike(out, whole)
        lost += expected - rows(out)[0]
        shutil.rmtree(out)
        before = 0
    os.waitpid(run_in_child(out), 0)
    different += unlike(out, whole)
    seen = {"killed": killed, "finished": finished, "lost": lost, "duplicates": duplicates, "different": different}
    print(json.dumps(seen | {"runs": expected, "seconds": round(takes, 3)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
