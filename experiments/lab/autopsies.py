"""The stories of a run, as JSON: an alliance's life and what would have saved it, a firm's, and those that tell most."""

from typing import Any

from experiments.lab.asks import Ask
from experiments.lab.bounded import traced_in_bounds
from simulation.story import autopsy, firm_story, telling
from simulation.trace import Traced


def autopsy_json(ask: Ask, alliance: int) -> dict[str, Any]:
    """The autopsy of an alliance, by its place among `Run.spells()`. Raises InputError if there is none."""
    return autopsy(ask.scenario, ask.seed, ask.world, alliance, _found(ask)).to_json()


def firm_json(ask: Ask, seat: int, quarter: int | None = None) -> dict[str, Any]:
    """The story of the firm on a seat until a quarter, the last one if left out. Raises InputError."""
    return firm_story(ask.scenario, ask.seed, ask.world, seat, quarter, _found(ask)).to_json()


def telling_json(ask: Ask) -> dict[str, Any]:
    """The three most telling alliances of a run."""
    return telling(ask.scenario, ask.seed, ask.world, _found(ask)).to_json()


def _found(ask: Ask) -> Traced:
    return traced_in_bounds(ask.scenario, ask.seed, ask.world)
