"""One world of firms and their alliances: `simulate(Scenario(), seed=1)`.

Everything is imported on first use, so that reading a scenario does not load the compiled engine.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.engine import simulate
    from simulation.run import Run
    from simulation.scenario import Scenario
    from simulation.world import World

__all__ = ["Run", "Scenario", "World", "simulate"]
_HOME = {"Run": "run", "Scenario": "scenario", "World": "world", "simulate": "engine"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'simulation' has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"simulation.{_HOME[name]}"), name)
    globals()[name] = value
    return value
