"""The compile cache cannot go stale: edit a rule, and the phase that calls it changes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import simulation
from simulation.compiled import source_hash

HOME = Path(simulation.__file__).parent
SCRIPT = """
import numpy as np
from simulation.lots import fill_pairs
from simulation.compiled import CACHE
drawn = np.empty(3)
who = np.arange(len(drawn))
fill_pairs(np.uint64(5), 0, 1, who, 0 * who, drawn)
print(drawn.tolist(), sum(fill_pairs.stats.cache_hits.values()), CACHE.name)
"""


def run_engine(folder: Path, cache: Path) -> tuple[list[float], int, str]:
    environment = os.environ | {"ALLIANCES_CACHE": str(cache), "PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "0"}
    printed = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout
    numbers, rest = printed.split("] ")
    hits, name = rest.split()
    return [float(number) for number in numbers.strip("[").split(",")], int(hits), name


@pytest.mark.slow
def test_editing_a_rule_changes_the_phase_that_calls_it(tmp_path: Path) -> None:
    engine, cache = tmp_path / "simulation", tmp_path / "cache"
    shutil.copytree(HOME, engine, ignore=shutil.ignore_patterns("__pycache__"))
    first, hits, folder = run_engine(tmp_path, cache)
    again, warm_hits, same_folder = run_engine(tmp_path, cache)
    assert (again, same_folder) == (first, folder)
    assert (hits, warm_hits) == (0, 1), "the second process finds the compiled phase"
    draws = engine / "draws.py"
    stamp = os.stat(draws)
    text = draws.read_text(encoding="utf-8")
    edited = text.replace("* TO_UNIT  #", "* TO_UNIT * 0.5  #")
    assert edited != text
    draws.write_text(edited, encoding="utf-8")
    os.utime(draws, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # not even the time stamp tells
    halved, hits, other_folder = run_engine(tmp_path, cache)
    assert halved == [0.5 * number for number in first]
    assert hits == 0
    assert other_folder != folder


def test_the_hash_sees_every_file(tmp_path: Path) -> None:
    shutil.copytree(HOME, tmp_path / "engine")
    before = source_hash(tmp_path / "engine")
    assert before == source_hash()
    for file in sorted((tmp_path / "engine").rglob("*.py")):
        text = file.read_bytes()
        file.write_bytes(text + b"\n")
        reaches_kernels = not file.name.startswith(("mesa_", "story"))
        assert (source_hash(tmp_path / "engine") != before) == reaches_kernels, file
        file.write_bytes(text)
