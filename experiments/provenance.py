"""Where a result comes from: plan, scenarios, versions, commit, machine. Everything needed to run it again."""

import functools
import hashlib
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from simulation.scenario import Scenario

FORMAT = 1  # of the result folder
BASE = "as it is"  # the arm without changes
PACKAGES = ("numpy", "numba", "networkx", "scipy", "pydantic", "duckdb", "matplotlib")
ROOT = Path(__file__).resolve().parents[1]


def manifest(
    kind: str, plan: Mapping[str, Any], scenarios: "Mapping[str, Scenario]", command: list[str] | None = None
) -> dict[str, Any]:
    """The manifest of a result folder, without times.

    kind : run, compare or sweep     plan : seed, worlds, levels ... as plain values
    scenarios : the resolved scenario of each arm; run and sweep have one, BASE
    """
    from simulation.compiled import source_hash
    from simulation.draws import VERSION

    return {
        "format": FORMAT,
        "kind": kind,
        "plan": {name: plain(value) for name, value in plan.items()},
        "scenarios": {name: scenario.model_dump(mode="json") for name, scenario in scenarios.items()},
        "engine": source_hash(),
        "outcomes": outcomes_hash(),
        "random_numbers": VERSION,
        "versions": versions(),
        "git": commit(ROOT),
        "command": command_words() if command is None else command,
        "host": {"system": platform.system(), "machine": platform.machine(), "cores": cores()},
    }


@functools.cache
def outcomes_hash() -> str:
    """Hash of the sources that turn runs into outcomes and intervals: 16 hex digits.

    The engine's hash says how a world went, not what was measured of it. A folder that grows over both must hold rows of
    one definition only. A hash, not a version written by hand: nobody can forget to raise it.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for file in (here / "outcomes.py", here / "analysis" / "survival.py", here / "analysis" / "bootstrap.py"):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def plain(value: Any) -> Any:
    """A number of numpy as the number of Python, all else as it is: for JSON."""
    return value.item() if isinstance(value, np.generic) else value


def command_words() -> list[str]:
    """The command that this process was started with: ["alliances", "run", ...] or a script and its arguments."""
    program = Path(sys.argv[0])
    ours = program.stem == "alliances" or (program.name == "__main__.py" and program.parent.name == "experiments")
    return ["alliances" if ours else program.name, *sys.argv[1:]]


def command_line(words: list[str]) -> str:
    """The words of a command as a shell reads them; "" if it was not `alliances` that wrote the result."""
    return shlex.join(words) if words and words[0] == "alliances" else ""


def versions() -> dict[str, str]:
    """Versions of Python, of this project and of the packages that results depend on."""
    found = {"python": platform.python_version(), "alliance-dynamics": installed("alliance-dynamics")}
    return found | {name: installed(name) for name in PACKAGES}


def installed(name: str) -> str:
    """Version of an installed distribution, or "not installed"."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def commit(folder: Path) -> dict[str, Any] | None:
    """The commit that a checkout stands on and whether files differ from it; None outside a checkout."""
    if not (folder / ".git").exists():
        return None
    head = _git(folder, "rev-parse", "--verify", "--quiet", "HEAD")
    changed = _git(folder, "status", "--porcelain")
    return None if changed is None else {"commit": (head or "").strip() or None, "dirty": bool(changed.strip())}


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=10, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
