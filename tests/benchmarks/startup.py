"""How long a person waits for the first answer: whole processes, as a terminal starts them. A benchmark, not a test.

python tests/benchmarks/startup.py      about a minute: half of it compiles the engine from nothing
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMES = 7
HELP = ["-m", "experiments", "--help"]
RUN = ["-m", "experiments", "run", "baseline"]
TINY = (
    "from simulation import *; simulate(Scenario().with_(firms__count=8, time__quarters=2, time__warm_up_quarters=0))"
)


def startup() -> dict[str, float]:
    """Seconds from the start of a process to its end; medians of TIMES runs, but one for the compilation.

    seconds_cli_help : `alliances --help`     seconds_run_baseline_warm : `alliances run baseline`, engine compiled
    seconds_first_compile : what the very first run takes longer     seconds_engine_start : Python, a tiny world, no command
    """
    with tempfile.TemporaryDirectory() as cache:
        first = seconds(RUN, cache)
        warm = median(RUN, cache)
        return {
            "seconds_cli_help": median(HELP, cache),
            "seconds_run_baseline_warm": warm,
            "seconds_first_compile": first - warm,
            "seconds_engine_start": median(["-c", TINY], cache),
        }


def median(code: list[str], cache: str) -> float:
    """Of TIMES runs, after one that is not counted."""
    return statistics.median([seconds(code, cache) for _ in range(TIMES + 1)][1:])


def seconds(code: list[str], cache: str) -> float:
    """Wall-clock seconds of one process; CalledProcessError if it fails."""
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    environment = os.environ | {"ALLIANCES_CACHE": cache, "PYTHONPATH": path}
    start = time.perf_counter()
    subprocess.run([sys.executable, *code], env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(startup(), indent=2))
