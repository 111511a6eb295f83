"""The sweep of 100,000 runs, at full size: what it costs over the engine alone, and that nothing changes its bytes.

    python tests/benchmarks/full_sweep.py FOLDER [--worlds 50]      about half an hour on two cores

Runs it on threads, on processes, on Dask with two workers, in two shards merged, and killed twice on the way; compares
all files; measures time against the engine alone, and the most memory that the process ever held. Writes FOLDER/full_sweep.json.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from experiments.sweeps.parts import MOST_PER_PART
from scenarios import load

SETTINGS = {"firms.count": 50, "time.quarters": 80, "time.warm_up_quarters": 20}
VARY = ["environment.shock_rate=0:0.3:50", "trust.initial=0.1:0.9:40"]
NOT_COMPARED = {"manifest.json", "report.html", ".lock"}  # they say when, where and by which command


def words(worlds: int, out: Path, *more: str) -> list[str]:
    said = ["sweep", "baseline", *(word for text in VARY for word in ("--vary", text)), "--worlds", str(worlds)]
    said += [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
    return [*said, "--out", str(out), *more]


def measured(command: list[str]) -> dict[str, float]:
    """Seconds, and the most memory of the process itself in megabytes (not ru_maxrss, which counts its parent's)."""
    code = (
        "import re, sys\nfrom pathlib import Path\nfrom experiments.cli import main\n"
        "sys.argv = ['alliances', *sys.argv[1:]]\n"
        "try: main()\n"
        "finally: print('PEAK', re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1], file=sys.stderr)\n"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(done.stderr)
    peak = float(done.stderr.split("PEAK")[1]) / 1024
    return {"seconds": round(seconds, 1), "megabytes": round(peak)}


def engine_alone(worlds: int) -> float:
    """Seconds that the same runs take when nothing is done with them: on all cores, a fifth of the worlds timed."""
    from experiments.design import read_vary
    from experiments.sweeps.sampling import design_of
    from simulation import simulate

    base = load("baseline").with_({"firms.count": 50, "time.quarters": 80, "time.warm_up_quarters": 20})
    cells = [cell.scenario for cell in design_of(base, read_vary(VARY)).cells]
    some = max(1, worlds // 5)
    simulate(cells[0])
    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for world in range(some):
            list(pool.map(lambda one, world=world: simulate(one, world=world) and None, cells, chunksize=100))
    return (time.perf_counter() - start) * worlds / some


def sweep_overhead(worlds: int = 50) -> dict[str, object]:
    """The sweep of 2,000 cells on threads against the engine alone, timed before and after it."""
    with tempfile.TemporaryDirectory() as folder:
        before = engine_alone(worlds)
        found = measured(words(worlds, Path(folder) / "map"))
        alone = (before + engine_alone(worlds)) / 2
    return {
        "sweep_seconds": found["seconds"],
        "sweep_megabytes": found["megabytes"],
        "sweep_engine_alone_seconds": round(alone, 1),
        "sweep_overhead": round(found["seconds"] / alone - 1, 3),
    }


def killed_twice(worlds: int, out: Path, runs: int) -> None:
    """Kill the process at a third and at two thirds of the parts, then let it finish."""
    for share in (1 / 3, 2 / 3):
        process = subprocess.Popen(
            [sys.executable, "-m", "experiments", *words(worlds, out)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while len(list(out.glob("parts/part-*.parquet"))) < share * runs / MOST_PER_PART and process.poll() is None:
            time.sleep(0.2)
        if process.poll() is not None:
            raise SystemExit("the sweep ended before it could be killed")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    measured(words(worlds, out))


def unlike(one: Path, other: Path) -> list[str]:
    """Files that are not the same in two folders."""
    files = [{path.relative_to(out) for path in out.rglob("*") if path.is_file()} for out in (one, other)]
    names = sorted(path for path in files[0] | files[1] if path.name not in NOT_COMPARED)
    return [
        str(name)
        for name in names
        if not all(name in there for there in files) or (one / name).read_bytes() != (other / name).read_bytes()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worlds", type=int, default=50)
    chosen = parser.parse_args()
    folder, worlds, runs = chosen.folder, chosen.worlds, 2000 * chosen.worlds
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found: dict[str, Any] = {"runs": runs, "engine_alone_seconds": round(engine_alone(worlds), 1)}
    found["threads"] = measured(words(worlds, folder / "threads"))
    again = round(engine_alone(worlds), 1)  # before and after: the machine may have changed its pace
    found["engine_alone_again_seconds"] = again
    found["sweep_overhead"] = round(found["threads"]["seconds"] / ((found["engine_alone_seconds"] + again) / 2) - 1, 3)
    print(json.dumps(found), flush=True)
    found["processes"] = measured(words(worlds, folder / "processes", "--engine", "processes"))
    found["dask"] = measured(words(worlds, folder / "dask", "--engine", "dask", "--jobs", "2"))
    for number in (1, 2):
        found[f"shard {number}"] = measured(words(worlds, folder / f"shard{number}", "--shard", f"{number}/2"))
    found["merge"] = measured(
        ["merge", str(folder / "shard1"), str(folder / "shard2"), "--out", str(folder / "merged")]
    )
    killed_twice(worlds, folder / "killed", runs)
    found["unlike"] = {
        name: unlike(folder / "threads", folder / name) for name in ("processes", "dask", "merged", "killed")
    }
    (folder / "full_sweep.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
