"""`[network] kind = "file"`: put the firms and ties of the file into the settings of a scenario."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from scenarios.dates import first_day
from scenarios.files import obstacle
from scenarios.network_files import SUFFIXES, FileNetwork, read_network
from scenarios.where import Source, level_of
from simulation.problems import InputError, Problem


def fill_network(settings: dict[str, Any], chain: Sequence[Source]) -> list[Problem]:
    """Read the file that `network.file` names, in place. Returns what is wrong; the scenario is then left without ties.

    The file lies relative to the scenario that names it. Unless that scenario, or one that extends it, sets them,
    `firms.count` becomes the number of its firms, and `time.warm_up_quarters` 0: these alliances are what is to be measured.
    """
    network = settings.get("network")
    if not isinstance(network, dict):
        return []
    if network.get("kind") != "file":
        return _ignored(network, chain)
    if network.get("ties") and not network.get("file"):
        return []  # written out in the scenario itself
    if network.get("ties"):
        return [Problem("are read from network.file; write them there or leave out the file", "network.ties")]
    if not network.get("file"):
        return [Problem('kind "file" needs file = "...", a CSV of ties or memberships, or GraphML', "network.file")]
    if not isinstance(network["file"], str):
        return []
    level = level_of("network.file", chain) or 0
    firms = network.get("firms", ())
    named = tuple(firms) if isinstance(firms, list | tuple) and all(isinstance(name, str) for name in firms) else ()
    found, problems = network_at(chain[level].path.parent / network["file"], network.get("at", ""), named)
    if found is None:
        return problems
    settings["network"] = network | {"firms": found.firms, "ties": found.ties}
    table = settings.get("firms", {})
    counted = level_of("firms.count", chain)
    if isinstance(table, dict) and (counted is None or counted > level):
        settings["firms"] = table | {"count": max(2, len(found.firms))}
    span, warmed = settings.get("time", {}), level_of("time.warm_up_quarters", chain)
    if isinstance(span, dict) and (warmed is None or warmed > level):
        settings["time"] = span | {"warm_up_quarters": 0}
    return []


def network_at(path: Path, at: Any, firms: tuple[str, ...] = ()) -> tuple[FileNetwork | None, list[Problem]]:
    """The network in a file on a date (a text), or None and the problems: of the file, or of the keys that name it."""
    problems = []
    when: date | None = None
    try:
        when = first_day(at) if isinstance(at, str) and at else None
    except ValueError as error:
        problems.append(Problem(str(error), "network.at"))
    if wrong := obstacle(path) or _wrong_suffix(path):
        return None, [*problems, Problem(f'"{path.name}": {wrong}', "network.file")]
    try:
        found = read_network(path, when, firms)
    except InputError as error:
        return None, [*problems, *error.problems]
    if not problems and not found.ties:
        problems.append(_no_tie(found, at))
    return (None if problems else found), problems


def _no_tie(found: FileNetwork, at: str) -> Problem:
    span = f"; its dates run from {found.span[0]} to {found.span[1]}" if found.span else ""
    if at:
        return Problem(f"no alliance of the file lives on {at}{span}", "network.at")
    return Problem(f"the file holds no tie that still lives{span}; set network.at to a date", "network.file")


def _wrong_suffix(path: Path) -> str:
    return "" if path.suffix.lower() in SUFFIXES else f"is not a kind of file that can be read: {', '.join(SUFFIXES)}"


def _ignored(network: dict[str, Any], chain: Sequence[Source]) -> list[Problem]:
    """A file that is named where nothing reads it is a forgotten kind, unless an extending scenario chose one."""
    problems = []
    kind = level_of("network.kind", chain)
    for key in ("file", "at"):
        level = level_of(f"network.{key}", chain)
        if network.get(key) and level is not None and (kind is None or level <= kind):
            problems.append(Problem('is read only with kind = "file"', f"network.{key}"))
    return problems
