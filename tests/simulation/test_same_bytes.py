"""A seed gives the same bytes whatever runs it: interpreter, compiler on or off, number of threads."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.runner import run_all
from simulation import Scenario, simulate
from simulation.compiled import cache_root

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("fingerprint.py")
VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def fingerprint(python: str, jit: bool) -> str:
    """The hash of a run in a process of its own. Raises CalledProcessError if this Python cannot run the engine."""
    environment = os.environ | {"NUMBA_DISABLE_JIT": "0" if jit else "1", "PYTHONPATH": str(ROOT)}
    if python != sys.executable:  # kept apart, or it would push the usual engine out of its cache
        environment |= {"ALLIANCES_CACHE": str(cache_root() / "audit")}
    command = [python, str(SCRIPT)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def interpreter(version: str) -> str:
    """A Python of this version that has our packages; else the test is skipped, saying what was missing.

    $ALLIANCES_PYTHONS names further interpreters, separated as in $PATH: `make test` has only the one of its environment.
    """
    named = os.environ.get("ALLIANCES_PYTHONS", "").split(os.pathsep)
    found = [sys.executable, *filter(None, named), shutil.which(f"python{version}")]
    for python in filter(None, found):
        check = "import sys, numba, pydantic, networkx; print('%d.%d' % sys.version_info[:2])"
        told = subprocess.run([python, "-c", check], capture_output=True, text=True, check=False)
        if told.returncode == 0 and told.stdout.strip() == version:
            return python
    pytest.skip(f"no Python {version} with numba, pydantic and networkx here (name one in ALLIANCES_PYTHONS)")


@pytest.fixture(scope="module")
def usual() -> str:
    return fingerprint(sys.executable, jit=True)


@pytest.mark.slow
@pytest.mark.parametrize("jit", [True, False], ids=["compiled", "uncompiled"])
@pytest.mark.parametrize("version", VERSIONS)
def test_every_interpreter_gives_the_same_bytes(version: str, jit: bool, usual: str) -> None:
    assert len(usual) == 64
    assert fingerprint(interpreter(version), jit) == usual


def test_one_thread_or_two_give_the_same_bytes() -> None:
    scenario = Scenario().with_({"firms.count": 30, "time.quarters": 40, "time.warm_up_quarters": 0})

    def work(world: int) -> str:
        run = simulate(scenario, seed=8, world=world)
        return hashlib.sha256(b"".join(part.tobytes() for part in [*run.events, run.records])).hexdigest()

    one, two = ([done.result for done in run_all(range(8), work, jobs)] for jobs in (1, 2))
    assert one == two
    assert len(set(one)) == 8
