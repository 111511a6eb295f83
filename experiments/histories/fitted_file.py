"""A scenario as a file that extends another one and says only what differs: written, then read again to be sure."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios import load, names
from simulation.problems import InputError
from simulation.scenario import Scenario

BARE = re.compile(r"[A-Za-z0-9_-]+")
TEXTS = ("name", "title")


def scenario_file(scenario: Scenario, remark: str = "", parent: str = "") -> str:
    """TOML text whose scenario has the settings of this one, and its name and title.

    remark : lines above, without #     parent : name of the scenario that it extends, the baseline if none of that name
    is shipped or if that one reads its network from another file
    """
    before, after = load(parent if parent in names() else "baseline").model_dump(), _whole(scenario)
    if before["network"]["file"] and before["network"]["ties"] != after["network"]["ties"]:
        before = load("baseline").model_dump()
    if before["network"]["ties"] == after["network"]["ties"]:
        before["network"] |= {"file": "", "at": ""}
    parent = str(before["name"])
    lines = [*(f"# {line}" for line in remark.splitlines()), f'extends = "{parent}"']
    lines += [f"{name} = {_value(after[name])}" for name in TEXTS if after[name]]
    found: dict[str, list[str]] = {}
    for group, value in after.items():
        if group in TEXTS or before[group] == value:
            continue
        if isinstance(value, Mapping):
            _differences(group, before[group], value, found)
        else:
            found.setdefault("", []).append(f"{group} = {_value(value)}")
    lines += found.pop("", [])
    for table, rows in found.items():
        lines += ["", f"[{table}]", *rows]
    return "\n".join(lines) + "\n"


def _differences(table: str, before: Any, after: Mapping[str, Any], found: dict[str, list[str]]) -> None:
    """Lines of a table and of those within it that differ, by the dotted name of the table."""
    known = before if isinstance(before, Mapping) else {}
    for name, value in after.items():
        if name in known and known[name] == value:
            continue
        if isinstance(value, Mapping):
            _differences(f"{table}.{_key(name)}", known.get(name), value, found)
        elif value is not None:
            found.setdefault(table, []).append(f"{_key(name)} = {_value(value)}")


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    """A value as TOML writes it; what is not set is left out of tables."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, float):
        return repr(value)  # TOML knows inf and nan, and every float of Python
    return json.dumps(value, ensure_ascii=False)


def _whole(scenario: Scenario) -> dict[str, Any]:
    """All settings; where a network was read from is left out, its ties stand here."""
    settings = scenario.model_dump()
    settings["network"] |= {"file": "", "at": ""}
    return settings


def same_again(path: Path, scenario: Scenario) -> bool:
    """Whether the file reads as a scenario of the same settings."""
    try:
        found, wanted = _whole(load(path)), _whole(scenario)
    except InputError:
        return False
    return all(found[name] == wanted[name] for name in wanted if name not in TEXTS)
