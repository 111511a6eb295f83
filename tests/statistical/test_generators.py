"""The audit of random numbers: the same experiment with two unrelated generators gives the same answers, not the same luck."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from simulation.compiled import cache_root

ROOT = Path(__file__).resolve().parents[2]
WORLDS = 120
FALSE_ALARM = 1e-3  # of the whole audit, if both generators are right
EXPERIMENT = f"""
import hashlib, json
from experiments.outcomes import outcomes
from simulation import Scenario, simulate
from simulation.compiled import GENERATOR
scenario = Scenario().with_({{
    "firms.count": 40, "time.quarters": 100, "time.warm_up_quarters": 20, "environment.shock_rate": 0.1, "mix.opportunist": 0.2,
    "firms.initial_capital": 3.0, "sharing.openness": 0.2,
}})
runs = [simulate(scenario, seed=5, world=world) for world in range({WORLDS})]
log = hashlib.sha256(b"".join(column.tobytes() for run in runs for column in run.events)).hexdigest()
measured = [{{**outcomes(run), **run.frame().mean()}} for run in runs]
print(json.dumps({{"generator": GENERATOR, "log": log, "measured": measured}}))
"""


def experiment(generator: str) -> tuple[str, dict[str, np.ndarray]]:
    """The digest of all events, and each outcome [worlds], with one generator."""
    environment = os.environ | {"ALLIANCES_GENERATOR": generator, "PYTHONPATH": str(ROOT)}
    if generator:  # kept apart, or it would push the usual engine out of its cache
        environment |= {"ALLIANCES_CACHE": str(cache_root() / "audit")}
    printed = subprocess.run(
        [sys.executable, "-c", EXPERIMENT], env=environment, capture_output=True, text=True, check=True
    ).stdout
    told = json.loads(printed)
    assert told["generator"] == (generator or "moremur")
    names = told["measured"][0]
    return told["log"], {name: np.array([row[name] for row in told["measured"]], dtype=float) for name in names}


@pytest.mark.slow
def test_two_generators_give_equal_means_and_other_luck() -> None:
    usual_log, usual = experiment("")
    other_log, other = experiment("philox")
    assert usual_log != other_log
    assert list(usual) == list(other)
    moving = [name for name in usual if np.nanstd(usual[name]) > 0 or np.nanstd(other[name]) > 0]
    assert len(moving) > 30
    apart = {}
    for name in moving:
        here, there = (values[np.isfinite(values)] for values in (usual[name], other[name]))
        if min(len(here), len(there)) < 40:
            continue  # undefined in most worlds
        error = np.hypot(here.std(ddof=1) / np.sqrt(len(here)), there.std(ddof=1) / np.sqrt(len(there)))
        apart[name] = (here.mean() - there.mean()) / error
    allowed = stats.norm.isf(FALSE_ALARM / (2 * len(apart)))  # Bonferroni: 4.1 standard errors for 40 outcomes
    assert {name: z for name, z in apart.items() if abs(z) > allowed} == {}


def test_a_generator_that_does_not_exist_is_named() -> None:
    environment = os.environ | {"ALLIANCES_GENERATOR": "dice", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "import simulation.compiled"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "must be one of moremur, philox" in told.stderr
