"""The command line in processes of its own: streams, signals, start-up, and what stands in its way."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
TINY = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10"]
VARY = ["--vary", "environment.shock_rate=0:0.3:3", "--vary", "trust.initial=0.2,0.8"]


def in_a_process(*words: str | Path, cwd: Path = ROOT, **environment: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
    path = os.pathsep.join(part for part in (str(ROOT), clean.get("PYTHONPATH", "")) if part)
    command = [sys.executable, "-m", "experiments", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env=clean | {"PYTHONPATH": path} | environment, capture_output=True, text=True, timeout=300
    )


@pytest.mark.slow
def test_json_is_all_there_is_on_stdout_and_messages_go_to_stderr(tmp_path: Path) -> None:
    done = in_a_process(
        "sweep", "baseline", *VARY, "--worlds", "2", *TINY, "--out", tmp_path / "map", "--json", FORCE_COLOR="1"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["runs"] == 12


@pytest.mark.slow
def test_a_run_that_is_kept_says_nothing_on_stderr(tmp_path: Path) -> None:
    done = in_a_process("run", "baseline", "--set", "firms.count=20", "--out", tmp_path / "run")
    assert (done.returncode, done.stderr) == (0, "")


def test_colours_are_off_when_asked() -> None:
    assert "\x1b[" in in_a_process("phases", FORCE_COLOR="1").stdout
    for words in (["phases"], ["--help"], ["rum"]):
        done = in_a_process(*words, NO_COLOR="1", FORCE_COLOR="1")
        assert not re.search(r"\x1b\[[0-9;]*3[1-7]m", done.stdout + done.stderr)


def test_help_imports_nothing_heavy_and_is_fast() -> None:
    check = (
        "import sys; sys.argv = ['alliances', '--help']\n"
        "from experiments.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'pandas', 'matplotlib', 'pydantic', 'networkx', 'scipy', 'duckdb', 'jinja2'}\n"
        "heavy &= set(sys.modules)\n"
        "print('HEAVY', sorted(heavy))"
    )
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", check], env=clean, capture_output=True, text=True, check=True, timeout=60
    )
    assert "HEAVY []" in done.stdout
    assert "compare" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for children on Windows")
@pytest.mark.slow
def test_ctrl_c_is_one_line_and_keeps_what_is_done(tmp_path: Path) -> None:
    out = tmp_path / "map"
    words = [
        "sweep",
        "baseline",
        "--vary",
        "trust.initial=0.1:0.9:9",
        "--worlds",
        "5000",
        "--set",
        "firms.count=40",
        "--out",
        str(out),
    ]
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", *words],
        env=os.environ | {"PYTHONPATH": path},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 200
    while not list(out.glob("parts/part-*.parquet")) and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stdout == ""
    assert stderr.splitlines()[-1].startswith("Stopped. A sweep keeps what is done")
    assert "Traceback" not in stderr
    done = (
        duckdb.connect()
        .execute(f"SELECT count(*), count(DISTINCT (cell, world)) FROM '{out}/parts/*.parquet'")
        .fetchone()
    )
    assert done is not None
    assert done[0] == done[1] > 0


def test_what_shadows_us_is_said_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "simulation.py").write_text("print('I am somebody else')\n")
    done = in_a_process("doctor", cwd=tmp_path, PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT)]))
    assert done.returncode == 2
    assert f"finds {tmp_path / 'simulation.py'}, which stands in front of ours" in done.stderr
    assert "rename it" in done.stderr
    assert "Traceback" not in done.stderr
    done = in_a_process("run", "baseline", cwd=tmp_path, PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT)]))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
