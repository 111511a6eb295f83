"""Questions asked of worlds: `from experiments import compare, sweep`.

Everything is imported on first use, so that the command line starts fast.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.ablating import ablation
    from experiments.attributing import Attribution, attribute
    from experiments.bounding import Boundary, boundary
    from experiments.comparing import Comparison, compare
    from experiments.discovering import Discovery, discover
    from experiments.fitting import Fit, calibrate_spells
    from experiments.merging import merge
    from experiments.outcomes import OUTCOMES, outcomes, summary
    from experiments.regretting import Regret, regret
    from experiments.replaying import Replay, replay
    from experiments.sensing import Sensitivity, sensitivity
    from experiments.spells import Spells, read_spells
    from experiments.stressing import Stress, stress
    from experiments.surviving import Survival, survival
    from experiments.sweeping import Sweep, load_sweep, sweep
    from experiments.tipping import TippingPoint, tipping_point
    from experiments.validation.ablation import Ablation
    from experiments.validation.scoreboard import Scoreboard, measure_patterns

__all__ = [
    "OUTCOMES",
    "Ablation",
    "Attribution",
    "Boundary",
    "Comparison",
    "Discovery",
    "Fit",
    "Regret",
    "Replay",
    "Scoreboard",
    "Sensitivity",
    "Spells",
    "Stress",
    "Survival",
    "Sweep",
    "TippingPoint",
    "ablation",
    "attribute",
    "boundary",
    "calibrate_spells",
    "compare",
    "discover",
    "load_sweep",
    "measure_patterns",
    "merge",
    "outcomes",
    "read_spells",
    "regret",
    "replay",
    "sensitivity",
    "stress",
    "summary",
    "survival",
    "sweep",
    "tipping_point",
]
_HOME = {
    "merge": "merging",
    "replay": "replaying",
    "Replay": "replaying",
    "load_sweep": "sweeping",
    "Spells": "spells",
    "read_spells": "spells",
    "Survival": "surviving",
    "survival": "surviving",
    "Fit": "fitting",
    "calibrate_spells": "fitting",
    "Stress": "stressing",
    "stress": "stressing",
    "Ablation": "validation.ablation",
    "ablation": "ablating",
    "Scoreboard": "validation.scoreboard",
    "measure_patterns": "validation.scoreboard",
    "Attribution": "attributing",
    "attribute": "attributing",
    "Boundary": "bounding",
    "boundary": "bounding",
    "Comparison": "comparing",
    "compare": "comparing",
    "Discovery": "discovering",
    "discover": "discovering",
    "OUTCOMES": "outcomes",
    "outcomes": "outcomes",
    "summary": "outcomes",
    "Regret": "regretting",
    "regret": "regretting",
    "Sensitivity": "sensing",
    "sensitivity": "sensing",
    "Sweep": "sweeping",
    "sweep": "sweeping",
    "TippingPoint": "tipping",
    "tipping_point": "tipping",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'experiments' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"experiments.{_HOME[name]}"), name)
