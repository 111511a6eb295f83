"""One measure per pattern. A module's `MEASURES` is found by being in this folder."""

import importlib
import pkgutil
from functools import cache

from experiments.validation.measure import Measure
from experiments.validation.patterns import patterns


@cache
def measures() -> dict[str, Measure]:
    """Every measure by the id of its pattern, in the order of the patterns. Raises ValueError for doubles and strangers."""
    found: dict[str, Measure] = {}
    for module in pkgutil.iter_modules(__path__):
        for measure in getattr(importlib.import_module(f"{__name__}.{module.name}"), "MEASURES", ()):
            if measure.id in found or measure.id not in patterns():
                raise ValueError(f"{module.name}: {measure.id} is no pattern or is measured twice")
            found[measure.id] = measure
    return {name: found[name] for name in patterns() if name in found}
