"""Questions asked of worlds: `from experiments import compare, sweep`.

Everything is imported on first use, so that the command line starts fast.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.ablating import ablation
    from experiments.comparisons.attributing import Attribution, attribute
    from experiments.comparisons.comparing import Comparison, compare
    from experiments.comparisons.regretting import Regret, regret
    from experiments.explaining import Explained, explain
    from experiments.histories.fitting import Fit, calibrate_spells
    from experiments.histories.spells import Spells, read_spells
    from experiments.histories.surviving import Survival, survival
    from experiments.outcomes import OUTCOMES, outcomes, summary
    from experiments.portfolios.stressing import Stress, stress
    from experiments.searches.bounding import Boundary, boundary
    from experiments.searches.discovering import Discovery, discover
    from experiments.searches.sensing import Sensitivity, sensitivity
    from experiments.searches.tipping import TippingPoint, tipping_point
    from experiments.sweeps.merging import merge
    from experiments.sweeps.replaying import Replay, replay
    from experiments.sweeps.sweeping import Sweep, load_sweep, sweep
    from experiments.validation.ablation import Ablation
    from experiments.validation.scoreboard import Scoreboard, measure_patterns

__all__ = [
    "OUTCOMES",
    "Ablation",
    "Attribution",
    "Boundary",
    "Comparison",
    "Discovery",
    "Explained",
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
    "explain",
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
_HOMES = {
    "ablating": ("ablation",),
    "comparisons.attributing": ("Attribution", "attribute"),
    "comparisons.comparing": ("Comparison", "compare"),
    "comparisons.regretting": ("Regret", "regret"),
    "explaining": ("Explained", "explain"),
    "histories.fitting": ("Fit", "calibrate_spells"),
    "histories.spells": ("Spells", "read_spells"),
    "histories.surviving": ("Survival", "survival"),
    "outcomes": ("OUTCOMES", "outcomes", "summary"),
    "portfolios.stressing": ("Stress", "stress"),
    "searches.bounding": ("Boundary", "boundary"),
    "searches.discovering": ("Discovery", "discover"),
    "searches.sensing": ("Sensitivity", "sensitivity"),
    "searches.tipping": ("TippingPoint", "tipping_point"),
    "sweeps.merging": ("merge",),
    "sweeps.replaying": ("Replay", "replay"),
    "sweeps.sweeping": ("Sweep", "load_sweep", "sweep"),
    "validation.ablation": ("Ablation",),
    "validation.scoreboard": ("Scoreboard", "measure_patterns"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'experiments' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"experiments.{_HOME[name]}"), name)
