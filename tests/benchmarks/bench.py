"""How fast, how large: medians and ratios within one run, written to build/bench.json. A benchmark, not a test.

make bench              all of it, about a quarter of an hour; docs/performance.md says what each figure means
python tests/benchmarks/bench.py engine_speed small_runs        some parts; the figures of others stay in the file
"""

import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

TARGET = Path("build/bench.json")
# module -> function; the quick ones first. Each is imported when its turn comes: importing Mesa slows what follows.
PARTS = {
    "startup": "startup",
    "small_runs": "small_runs",
    "engine_speed": "engine_speed",
    "million_firms": "million_firms",
    "against_c": "ratio_to_c",
    "full_sweep": "sweep_overhead",
    "mesa_face": "mesa_face",
    "against_mesa": "speedup_over_mesa",
    "looking_back": "looking_back",
    "lab_browser": "lab_browser",
    "lab_students": "lab_students",
}
WRAPPED = {"against_c": "ratio_to_c", "against_mesa": "speedup_over_mesa"}  # parts whose figures stand under a name


def measured(part: str) -> dict[str, object]:
    """The figures of one part."""
    found: dict[str, object] = getattr(importlib.import_module(part), PARTS[part])()
    return {WRAPPED[part]: found} if part in WRAPPED else found


def main(chosen: list[str]) -> None:
    """Measure, print, and write build/bench.json. SystemExit for an unknown part."""
    unknown = [part for part in chosen if part not in PARTS]
    if unknown:
        raise SystemExit(f"no part {', '.join(unknown)}; allowed: {', '.join(PARTS)}")
    kept = json.loads(TARGET.read_text(encoding="utf-8")) if chosen and TARGET.exists() else {}
    found: dict[str, object] = kept | {"python": platform.python_version(), "cores": os.cpu_count()}
    for part in chosen or PARTS:
        start = time.perf_counter()
        found |= measured(part)
        print(f"{part}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
