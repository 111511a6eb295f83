"""Print a hash of everything that a small run leaves behind: run by tests in processes of their own."""

import hashlib

from simulation import Scenario, simulate
from simulation.run import Run

SMALL = {
    "firms.count": 14,
    "time.quarters": 30,
    "time.warm_up_quarters": 0,
    "environment.shock_rate": 0.15,
    "mix.opportunist": 0.3,
    "environment.shock_scope": "correlated",
    "interventions": [{"quarter": 9, "share": 0.5, "to": {"openness": 0.5}}],
}


def fingerprint(run: Run) -> str:
    parts = [*run.events, run.records, *run.alliances, *run.firms]
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


if __name__ == "__main__":
    print(fingerprint(simulate(Scenario().with_(SMALL), seed=11)))
