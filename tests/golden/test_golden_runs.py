"""Golden runs: numbers that change on purpose only, in a commit of their own that says why.

Print them anew:  python tests/golden/test_golden_runs.py
Counts are exact; means are given to nine digits, because another C library may round an exponential another way.
"""

import json
from pathlib import Path

import pytest

from experiments.outcomes import summary
from scenarios import load, names
from simulation import simulate

GOLDEN = Path(__file__).with_name("runs.json")
COUNTS = ("alliances_formed", "alliances_ended", "alliances_alive", "failed_firms", "shocks", "breaches")
MEANS = ("mean_trust", "reciprocity", "mean_fit", "mean_capital")


def measured(name: str) -> dict[str, float]:
    told = summary(simulate(load(name), seed=1))
    return {key: told[key] for key in COUNTS} | {key: float(f"{told[key]:.9g}") for key in MEANS}


@pytest.mark.parametrize("name", names())
def test_shipped_scenarios_run_as_they_did(name: str) -> None:
    kept = json.loads(GOLDEN.read_text(encoding="utf-8"))[name]
    now = measured(name)
    assert {key: now[key] for key in COUNTS} == {key: kept[key] for key in COUNTS}
    assert [now[key] for key in MEANS] == pytest.approx([kept[key] for key in MEANS], rel=1e-8)


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps({name: measured(name) for name in names()}, indent=1) + "\n", encoding="utf-8")
