"""What a page needs to begin: scenarios, sliders, lessons and limits."""

from typing import Any

from experiments.lab.ensemble import WORLDS
from experiments.lab.lessons import lessons
from experiments.lab.sliders import sliders
from experiments.lab.worlds import FIRMS, QUARTERS, Worlds
from experiments.provenance import installed
from simulation.events import CAUSES

LIMITS = {"firms": FIRMS[1], "quarters": QUARTERS[1], "arms": 4, "worlds": WORLDS}


def start(worlds: Worlds) -> dict[str, Any]:
    """The answer to /api/start."""
    bases = [worlds.base(name) for name in worlds.names]
    listed = [
        {
            "name": base.name,
            "title": base.scenario.title,
            "firms": base.scenario.firms.count,
            "quarters": base.scenario.time.quarters,
            "warm_up": base.scenario.time.warm_up_quarters,
        }
        for base in bases
    ]
    return {
        "version": installed("alliance-dynamics"),
        "scenario": worlds.first,
        "scenarios": listed,
        "sliders": sliders(bases[0]),
        "lessons": lessons(),
        "causes": list(CAUSES),
        "limits": LIMITS,
    }
