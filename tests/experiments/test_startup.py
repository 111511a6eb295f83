"""What a command loads: nothing that it does not use, for the person who waits pays for each package."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TELL = "import atexit, sys; atexit.register(lambda: print('LOADED', *sys.modules))\n"
COMMAND = TELL + "from experiments.cli import main; sys.argv[0] = 'alliances'; main()"
TINY = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10"]
# numba itself loads `scipy` and `scipy.linalg`; what costs a tenth of a second is what stands below.
OTHERS_NEED = {
    "matplotlib", "pandas", "duckdb", "jinja2", "distributed", "SALib", "adaptive", "mesa",
    "scipy.special", "scipy.stats", "scipy.optimize", "scipy.sparse",
}  # fmt: skip
COMPUTES = OTHERS_NEED | {"numpy", "numba", "llvmlite", "networkx", "scipy", "simulation.scenario"}


def loaded(code: str, *words: str) -> set[str]:
    """Modules that a process of its own has loaded when it ends."""
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    return set(done.stdout.split("LOADED")[1].split())


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["sweep", "--help"]], ids=" ".join)
def test_help_loads_nothing_that_computes(words: list[str]) -> None:
    found = loaded(COMMAND, *words)
    assert "typer" in found
    assert not found & COMPUTES


def test_the_first_help_loads_no_pydantic_either() -> None:
    assert "pydantic" not in loaded(COMMAND, "--help")


@pytest.mark.parametrize("word", ["scenarios", "parameters", "strategies"])
def test_looking_up_loads_no_compiler(word: str) -> None:
    found = loaded(COMMAND, word)
    assert "simulation.scenario" in found
    assert not found & (OTHERS_NEED | {"numba", "llvmlite", "networkx"})


@pytest.mark.slow
def test_a_run_without_a_folder_loads_no_drawing_no_tables_and_no_database() -> None:
    found = loaded(COMMAND, "run", "baseline", *TINY)
    assert {"numba", "networkx"} <= found
    assert not found & OTHERS_NEED


def test_curves_of_one_run_load_none_of_the_statistics_that_intervals_need() -> None:
    found = loaded(TELL + "import experiments.analysis, experiments.outcomes")
    assert "experiments.analysis.bootstrap" in found
    assert not found & OTHERS_NEED


@pytest.mark.slow
def test_a_process_that_finds_the_engine_compiled_compiles_nothing() -> None:
    code = (
        "from numba.core.event import install_recorder\n"
        "from experiments.running import run_world\n"
        "from scenarios import load\n"
        "world = load('baseline').with_(firms__count=20, time__quarters=8, time__warm_up_quarters=0)\n"
        "with install_recorder('numba:compile') as seen: run_world(world)\n"
        "print('LOADED', *(event.data['dispatcher'].__name__ for _, event in seen.buffer if event.is_start))"
    )
    loaded(code)  # compiles, if nobody has yet
    assert loaded(code) == set()
