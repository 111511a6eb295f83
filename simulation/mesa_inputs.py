"""What Mesa users hand over, as the engine wants it."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from simulation.problems import InputError, Problem
from simulation.scenario import Scenario
from simulation.world import MOST_SEED

ScenarioLike = str | os.PathLike[str] | Scenario
MOST_DRAWN_SEED = 2**53  # a seed that we draw survives a table of floating-point numbers


def scenario_of(given: Any) -> Scenario:
    """The scenario that a name, a path or a Scenario means. Raises InputError."""
    if isinstance(given, Scenario):
        return given
    if not isinstance(given, str | os.PathLike):
        raise InputError([Problem(f"{given!r} is neither a name, nor a path, nor a Scenario", "scenario")])
    from scenarios import load  # a layer above us: the face stands at the edge, and nothing imports it

    return load(given)


def seed_of(rng: Any) -> int:
    """A seed of the engine, 0 to 2**63 - 1, from whatever Mesa calls rng. Raises InputError."""
    rng = plain(rng)
    if isinstance(rng, str) and rng.strip().isdecimal():  # what a text field of SolaraViz gives
        rng = int(rng)
    if isinstance(rng, int) and not isinstance(rng, bool):
        if not 0 <= rng <= MOST_SEED:
            raise InputError([Problem(f"{rng} is not a whole number from 0 to {MOST_SEED:,}", "rng")])
        return rng
    if isinstance(rng, bool | float | str):
        raise InputError([Problem(f"{rng!r} is neither a whole number from 0, nor a numpy generator, nor None", "rng")])
    try:
        return int(np.random.default_rng(rng).integers(MOST_DRAWN_SEED))
    except (TypeError, ValueError) as error:
        raise InputError([Problem(f"numpy makes no generator of {rng!r}: {error}", "rng")]) from None


def plain(value: Any) -> Any:
    """A numpy scalar, as np.linspace and batch_run hand them out, as Python's own."""
    return value.item() if isinstance(value, np.generic) else value


def dotted(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by dotted path, from names with dots or two underscores."""
    if "seed" in parameters:
        raise InputError([Problem(f"the seed is called rng here, as in Mesa: rng={parameters['seed']!r}", "seed")])
    return {name.replace("__", "."): plain(value) for name, value in parameters.items()}
