"""Scenario files: TOML, with `extends`, read into a `Scenario`; every problem with its file, line and key."""

import os
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from scenarios.advice import advised
from scenarios.files import obstacle
from scenarios.shipped import locate, parent_path
from scenarios.where import Source, located, read_source
from scenarios.with_network import fill_network
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario
from simulation.strategies import STRATEGIES
from simulation.validation import set_mix, unknown

OWN = (
    "extends",
    "mix",
    "name",
    "title",
    "study",
)  # what a file says about itself or about a sweep, not about the world


def load(name_or_path: str | os.PathLike[str]) -> Scenario:
    """The scenario of that name, or in that file.

    name_or_path : name of a shipped scenario ("baseline"), or path of a TOML file
    Groups that the file leaves out are those of the scenario it `extends`, or the defaults.
    Raises InputError with every problem of the file, each with line, key, what is allowed and the nearest valid name.
    """
    chain, problems = read_chain(locate(name_or_path))
    settings, more = merged(chain)
    problems += more
    problems += fill_network(settings, chain)
    try:
        scenario = Scenario.of(settings)
    except InputError as error:
        # Without its parent a file may seem to lack what the parent would give: then only trust what is written in it.
        broken = any(problem.key == "extends" for problem in problems)
        written = chain[0].places.found
        trusted = [problem for problem in error.problems if problem.key in written or problem.message == "is missing"]
        found = trusted if broken else list(error.problems)
        raise InputError(located(advised([*problems, *found]), chain)) from None
    if problems:
        raise InputError(located(problems, chain))
    return scenario


def read_chain(path: Path) -> tuple[list[Source], list[Problem]]:
    """A scenario file and all that it extends, the child first, and what is wrong with the word `extends`."""
    chain = [read_source(path)]
    while "extends" in chain[-1].table:
        source = chain[-1]
        parent, wrong = parent_path(source.table["extends"], source.path)
        if not wrong:
            circle = [other.path for other in chain]
            if parent in circle:
                names = [other.path.name for other in chain[circle.index(parent) :]]
                wrong = "goes in a circle: " + " -> ".join([*names, names[0]])
            else:
                wrong = obstacle(parent)
        if wrong:
            return chain, [source.problem("extends", wrong)]
        chain.append(read_source(parent))
    return chain, []


def merged(chain: list[Source]) -> tuple[dict[str, Any], list[Problem]]:
    """The settings of a chain: every file laid over its parent, tables deeply; the last parent over the defaults."""
    settings: dict[str, Any] = {"strategies": deepcopy(STRATEGIES)}
    problems: list[Problem] = []
    for source in reversed(chain):
        known = {key: value for key, value in source.table.items() if key in Scenario.model_fields}
        for key in set(source.table) - set(known) - set(OWN):
            problems.append(source.problem(key, unknown((key,), Scenario, OWN), at_key=True))
        settings = laid_over(settings, {key: value for key, value in known.items() if key not in OWN})
        problems += _mixed(source, settings["strategies"])
    own = chain[0].table
    settings["name"] = own.get("name", chain[0].path.stem)
    settings["title"] = own.get("title", "")
    _dates_to_text(settings)
    return settings, problems


def laid_over(base: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`base` with everything that `above` says; tables in both are joined, all else is replaced."""
    joined = dict(base)
    for key, value in above.items():
        below = base.get(key)
        joined[key] = laid_over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return joined


def _mixed(source: Source, strategies: Any) -> list[Problem]:
    """Apply the table [mix] of a file: shares of some strategies, the others in proportion."""
    mix = source.table.get("mix", {})
    if not isinstance(mix, dict):
        return [source.problem("mix", "is not a table of shares by strategy, such as hoarder = 0.5")]
    if not mix or not isinstance(strategies, dict) or not all(isinstance(row, dict) for row in strategies.values()):
        return []
    shares = [row.setdefault("share", 0.0) for row in strategies.values()]
    if any(isinstance(share, bool) or not isinstance(share, int | float) for share in shares):
        return []
    return [source.problem(problem.key, problem.message) for problem in set_mix(mix, strategies)]


def _dates_to_text(settings: dict[str, Any]) -> None:
    """A date may be written without quotes: at = 2005-01-31, at = 2005."""
    network = settings.get("network")
    if isinstance(network, dict):
        network = settings["network"] = dict(network)
        at = network.get("at")
        if isinstance(at, date) or (isinstance(at, int) and not isinstance(at, bool)):
            network["at"] = str(at)[:10]
