"""`--set key=value`: change some settings of a scenario from the command line."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scenarios.advice import advised
from scenarios.shipped import folder as shipped_folder
from scenarios.with_network import network_at
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario
from simulation.validation import settings

ABSENT = object()
RULES = {"quarter": "time.quarters", "sector": "firms.sectors", "firm": "firms.count"}  # what entries of lists count in


def apply_set(
    scenario: Scenario, assignments: Iterable[str], option: str = "--set", folder: Path | None = None
) -> Scenario:
    """A scenario with settings changed by texts such as "trust.initial=0.6", "mix.hoarder=0.5", "network.at=2005-01".

    option : what the problems call an assignment
    folder : where `network.file` lies; else it is looked for here and among the shipped scenarios
    A new network file, kind or date is read at once; with a new file, `firms.count` becomes the number of its firms,
    unless it is set too. Raises InputError with every problem, each with the assignment that it belongs to.
    """
    given = list(assignments)
    changes = parse_sets(given, option)
    try:
        return _with_network(scenario, changes, folder)
    except InputError as error:
        found = advised(error.problems, in_file=False)
        raise InputError([_named(problem, given, option) for problem in found]) from None


def parse_sets(assignments: Iterable[str], option: str = "--set") -> dict[str, Any]:
    """Dotted keys to values from texts "key=value": a value is read as TOML, bare words are text. Raises InputError."""
    kinds = {setting.key: setting.kind for setting in settings(Scenario)}
    texts = {key for key, kind in kinds.items() if kind == "text"}
    found: dict[str, Any] = {}
    problems = []
    for given in assignments:
        key, equals, raw = (part.strip() for part in given.partition("="))
        if not equals or not key:
            wrong = "write key=value, such as trust.initial=0.6"
        elif not raw:
            wrong = "a value is missing behind =" + ('; for empty text write ""' if key in texts else "")
        elif key in found:
            wrong = "is set twice"
        else:
            value = _value(raw)
            wrong = "is not a TOML value: a quote or bracket is not closed" if value is ABSENT else ""
            found[key] = raw if key in texts and not isinstance(value, str) else value
        if wrong:
            problems.append(Problem(wrong, key, f"{option} {given}".rstrip()))
    if problems:
        raise InputError(problems)
    return found


def _value(raw: str) -> Any:
    """A TOML value, or the text itself if it looks like a bare word; ABSENT if it is a broken TOML value."""
    try:
        table = tomllib.loads(f"value = {raw}")
    except (ValueError, RecursionError):
        if re.fullmatch(r"[-+]?([0-9]+\.|\.[0-9]+)", raw):  # .5 is no TOML, but what people type
            return float(raw)
        return ABSENT if raw[0] in "\"'[{" else raw
    return table["value"] if set(table) == {"value"} else raw


def _with_network(scenario: Scenario, changes: Mapping[str, Any], folder: Path | None) -> Scenario:
    """The changed scenario; ties of a file are read again, or dropped, when what they came from is changed."""
    if not {"network.kind", "network.file", "network.at"} & set(changes):
        return scenario.with_(dict(changes))
    emptied: dict[str, Any] = {"network.ties": ()}
    if scenario.network.kind == "file":
        emptied["network.firms"] = ()
    changed = scenario.with_(emptied | dict(changes))
    network = changed.network
    if network.kind != "file" or network.ties:
        unread = [key for key in ("network.file", "network.at") if key in changes and network.kind != "file"]
        if unread:
            raise InputError(Problem("is read only with network.kind=file", key) for key in unread)
        return changed
    if not network.file:
        raise InputError([Problem("kind file needs network.file=FILE too", "network.kind")])
    found, problems = network_at(_beside(network.file, folder), network.at, network.firms)
    if found is None:
        raise InputError(problems)
    filled: dict[str, Any] = {"network.firms": found.firms, "network.ties": found.ties}
    if "firms.count" not in changes and (scenario.network.kind != "file" or "network.file" in changes):
        filled["firms.count"] = max(2, len(found.firms))
        filled.setdefault("time.warm_up_quarters", 0)  # these alliances are what is to be measured
    return changed.with_(filled)


def _beside(file: str, folder: Path | None) -> Path:
    """The file in the first folder that has it; in the first of them if none has."""
    places = [place / file for place in (folder or Path.cwd(), Path.cwd(), shipped_folder())]
    return next((place for place in places if place.exists()), places[0])


def _named(problem: Problem, given: list[str], option: str) -> Problem:
    """A problem with the assignment it belongs to: by its key, by a key its message speaks of, or by its table."""
    if problem.file:  # a network file: its own place says more
        return problem
    keys = {text.partition("=")[0].strip(): text for text in given}
    parts = problem.key.split(".")
    above = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    inside = len(parts) > 1
    spoken = [key for key in keys if (key.rpartition(".")[2] if inside else key) in problem.message]
    below = [key for key in keys if key.startswith(f"{problem.key}.")]
    ruling = RULES.get(problem.message.partition(" ")[0], "")
    owner = next((key for key in [problem.key, *spoken, *above, *below, ruling] if key in keys), "")
    key = "" if owner == problem.key else problem.key
    return replace(problem, key=key, file=f"{option} {keys.get(owner, '')}".strip())
