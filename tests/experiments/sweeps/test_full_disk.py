"""A disk that takes no more: a clear message, nothing half-written, and the same command goes on to the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WORDS = ["baseline", "--vary", "trust.initial=0.2:0.8:4", "--worlds", "40", "--set", "firms.count=20",
         "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10"]  # fmt: skip
# No file of this process may grow beyond so many bytes: writing one that is larger fails as on a full disk.
LIMITED = """
import resource, signal, sys
from experiments.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["alliances", *sys.argv[2:]]
main()
"""


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="no limits on files there")
@pytest.mark.slow
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    whole = run("-m", "experiments", "sweep", *WORDS, "--out", str(tmp_path / "whole"))
    assert whole.returncode == 0, whole.stderr
    size = (tmp_path / "whole" / "parts" / "part-000000.parquet").stat().st_size
    failed = run("-c", LIMITED, str(size - 1), "sweep", *WORDS, "--out", str(tmp_path / "map"))
    assert failed.returncode == 2, failed.stderr
    assert "cannot be written: File too large" in failed.stderr
    assert "make room, and give the same command again" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not list((tmp_path / "map").rglob("*.tmp"))
    again = run("-m", "experiments", "sweep", *WORDS, "--out", str(tmp_path / "map"))
    assert again.returncode == 0, again.stderr
    for name in ("parts/part-000000.parquet", "summary.csv", "design.parquet"):
        assert (tmp_path / "map" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
