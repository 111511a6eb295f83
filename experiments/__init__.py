"""Questions asked of worlds: `from experiments import compare, sweep`.

Everything is imported on first use, so that the command line starts fast.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.ablating import ablation
    from experiments.attributing import Attribution, attribute
    from experiments.comparing import Comparison, compare
    from experiments.outcomes import OUTCOMES, outcomes, summary
    from experiments.sweeping import Sweep, sweep
    from experiments.validation.ablation import Ablation
    from experiments.validation.scoreboard import Scoreboard, measure_patterns

__all__ = [
    "OUTCOMES",
    "Ablation",
    "Attribution",
    "Comparison",
    "Scoreboard",
    "Sweep",
    "ablation",
    "attribute",
    "compare",
    "measure_patterns",
    "outcomes",
    "summary",
    "sweep",
]
_HOME = {
    "Ablation": "validation.ablation",
    "ablation": "ablating",
    "Scoreboard": "validation.scoreboard",
    "measure_patterns": "validation.scoreboard",
    "Attribution": "attributing",
    "attribute": "attributing",
    "Comparison": "comparing",
    "compare": "comparing",
    "OUTCOMES": "outcomes",
    "outcomes": "outcomes",
    "summary": "outcomes",
    "Sweep": "sweeping",
    "sweep": "sweeping",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'experiments' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"experiments.{_HOME[name]}"), name)
