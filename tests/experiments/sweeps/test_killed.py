"""Killed at a hundred random moments, a sweep loses no row, doubles none, and ends in the same bytes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
KILLS = 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each sweep is a forked process")
@pytest.mark.slow
def test_a_hundred_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    done = subprocess.run(
        [sys.executable, "tests/experiments/sweeps/killing.py", str(tmp_path), str(KILLS)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=True, timeout=900,
    )  # fmt: skip
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["killed"] == KILLS
    assert (seen["lost"], seen["duplicates"], seen["different"]) == (0, 0, 0)
