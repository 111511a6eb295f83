"""A million firms over 20 quarters, as a person types it: seconds and memory of the whole command. A benchmark, not a test.

python tests/benchmarks/million_firms.py      about half a minute; about 3 GB of memory
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = [
    "run",
    "baseline",
    "--set",
    "firms.count=1000000",
    "--set",
    "time.quarters=20",
    "--set",
    "time.warm_up_quarters=0",
]
CODE = """
import re, sys
from pathlib import Path
from experiments.cli import main
sys.argv = ["alliances", *sys.argv[1:]]
try:
    main()
finally:
    print("PEAK", re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""


def million_firms() -> dict[str, float]:
    """Of the command, series streamed into a folder or not: seconds, and the most memory that it ever held [MB]."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, more in (("million_firms", []), ("million_firms_kept", ["--out", str(Path(folder) / "kept")])):
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", CODE, *COMMAND, *more], capture_output=True, text=True, check=True
            )
            found[f"{name}_seconds"] = round(time.perf_counter() - start, 1)
            peak = re.search(r"PEAK (\d+)", done.stderr)
            assert peak is not None
            found[f"{name}_megabytes"] = round(int(peak[1]) / 1024)
    return found


if __name__ == "__main__":
    print(json.dumps(million_firms(), indent=2))
