"""From dotted paths to settings and back: list them, change them, and say what is wrong with them."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from simulation.problems import InputError, Problem, did_you_mean, nearest


@dataclass(frozen=True)
class Setting:
    """One row of `alliances parameters`. low, high : bounds or None; `default` as JSON would show it."""

    key: str
    meaning: str
    default: Any
    unit: str
    low: float | None
    high: float | None
    source: str
    choices: tuple[str, ...] = ()
    whole: bool = False
    kind: str = "number"  # number, text, switch, list or table

    @property
    def allowed(self) -> str:
        """What may stand here, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind != "number":
            words = {"switch": "true or false", "list": "a list", "table": "a table of settings"}
            return words.get(self.kind, self.kind)
        number = "a whole number" if self.whole else "a number"
        if self.low is None:
            return number if self.high is None else f"{number} of at most {plain(self.high)}"
        return f"{number} from {plain(self.low)} {'up' if self.high is None else 'to ' + plain(self.high)}"


def plain(number: float) -> str:
    """A number as people write it.

    >>> plain(1e6), plain(1e-6), plain(0.99)
    ('1,000,000', '0.000001', '0.99')
    """
    if number and abs(number) < 1e-3:
        return f"{number:.12f}".rstrip("0")
    return f"{number:,.10g}"


def settings(model: type[BaseModel], prefix: str = "", defaults: BaseModel | None = None) -> Iterator[Setting]:
    """Every leaf setting of a model in order. Rows of the strategy table are listed once each, from the defaults."""
    defaults = defaults if defaults is not None else model()
    for name, field in model.model_fields.items():
        value = getattr(defaults, name)
        if isinstance(value, BaseModel):
            yield from settings(type(value), f"{prefix}{name}.", value)
        elif isinstance(value, dict):
            for row, entry in value.items():
                yield from settings(type(entry), f"{prefix}{name}.{row}.", entry)
        else:
            yield _setting(prefix + name, field, value)


def _setting(key: str, field: FieldInfo, value: Any) -> Setting:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    either = get_origin(field.annotation) in (Union, UnionType)
    kinds = set(get_args(field.annotation)) if either else {field.annotation}
    whole = int in kinds
    low = high = None
    for rule in field.metadata:
        for side, step in (("ge", 0), ("gt", 1)):
            low = getattr(rule, side) + (step if whole else 0) if hasattr(rule, side) else low
        for side, step in (("le", 0), ("lt", -1)):
            high = getattr(rule, side) + (step if whole else 0) if hasattr(rule, side) else high
    named = [item for kind in (field.annotation, *kinds) for item in get_args(kind)]  # a choice, or a choice or nothing
    choices = tuple(dict.fromkeys(item for item in named if isinstance(item, str)))
    return Setting(
        key,
        field.description or "",
        value,
        str(extra.get("unit", "")),
        low,
        high,
        str(extra.get("source", "")),
        choices,
        whole,
        _kind(kinds),
    )


def _kind(kinds: set[Any]) -> str:
    """What an annotation asks for, in the words of `Setting.kind`."""
    if bool in kinds:
        return "switch"
    if str in kinds:
        return "text"
    if any(get_origin(item) in (tuple, list) for item in kinds):
        return "list"
    return "table" if any(get_origin(item) is dict or _is_model(item) for item in kinds) else "number"


def _is_model(item: Any) -> bool:
    return isinstance(item, type) and issubclass(item, BaseModel)


def nested(paths: dict[str, Any], base: BaseModel) -> dict[str, Any]:
    """The settings of `base` with each dotted path set.

    Raises InputError that names every unknown path and its nearest neighbour.
    """
    changed, problems = base.model_dump(), []
    paths = {
        path: value.item() if hasattr(value, "item") else value for path, value in paths.items()
    }  # numpy's numbers
    mix = {path.removeprefix("mix."): value for path, value in paths.items() if path.startswith("mix.")}
    for path, value in paths.items():
        if path.startswith("mix."):
            continue
        *groups, leaf = path.split(".")
        table: Any = changed
        for group in groups:
            table = table.get(group) if isinstance(table, dict) else None
        if not isinstance(table, dict) or leaf not in table:
            known = [setting.key for setting in settings(type(base), defaults=base)]  # slow: only where it is needed
            advice = did_you_mean(path, known) or _near_leaf(path, known)
            problems.append(Problem(f"no such setting; {advice}", key=path))
            continue
        table[leaf] = value
    problems += set_mix(mix, changed.get("strategies", {}))
    if problems:
        raise InputError(problems)
    return changed


def _near_leaf(path: str, known: list[str]) -> str:
    """For a path in the wrong group: the setting whose last part is most alike."""
    leaves = {key.rsplit(".", 1)[-1]: key for key in known}
    close = difflib.get_close_matches(path.rsplit(".", 1)[-1], leaves, n=1, cutoff=0.6)
    return f'did you mean "{leaves[close[0]]}"?' if close else "see `alliances parameters` for all of them"


def set_mix(shares: dict[str, Any], strategies: dict[str, dict[str, Any]]) -> list[Problem]:
    """Set the shares named and scale all others in proportion, in place. Returns what is wrong; then nothing is set."""
    problems = []
    for name, value in shares.items():
        if name not in strategies:
            advice = did_you_mean(name, strategies)
            problems.append(Problem(f"no such strategy; {advice}".rstrip("; "), key=f"mix.{name}"))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            problems.append(Problem(f"{shown(value)} is not a number from 0 to 1", key=f"mix.{name}"))
    if problems or not shares:
        return problems
    others = [row for name, row in strategies.items() if name not in shares]
    left, now = 1.0 - sum(shares.values()), sum(row["share"] for row in others)
    if left < -1e-9:
        listed = " + ".join(f"{value:g}" for value in shares.values())
        return [Problem(f"shares {listed} sum to {sum(shares.values()):g}, must not exceed 1", key="mix")]
    if now <= 0 and left > 1e-9:
        return [Problem(f"shares sum to {1 - left:g}, and no other strategy has a share to scale up", key="mix")]
    for name, value in shares.items():
        strategies[name]["share"] = float(value)
    for row in others:
        row["share"] = max(0.0, row["share"] * left / now) if now > 0 else 0.0
    return []


def problems_of(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Pydantic's complaints in our words, each with its dotted key. List positions count from 1: events.2.quarter."""
    found = []
    for item in error.errors():
        path = [part + 1 if isinstance(part, int) else part for part in item["loc"] if part != "[key]"]
        key, message = ".".join(str(part) for part in path), _sentence(dict(item), model)
        if item["type"] == "value_error":
            key, message = _keyed(key, message, _walk((*item["loc"], ""), model))
        found.append(Problem(message, key=key))
    return found


def _keyed(key: str, message: str, holder: type[BaseModel] | None) -> tuple[str, str]:
    """A validator's sentence that begins with the setting it is about: that becomes the key, the rest the message.

    "network.degree 9 must be below ..." -> network.degree, "9 must be below ..."
    """
    found = re.match(r"([a-z_]+(?:\.[a-z_]+)*)(?: ([0-9]+):|:)? \(?(.*)", message, re.DOTALL)
    if not found or holder is None or found[1].split(".")[0] not in holder.model_fields:
        return key, message
    whole = ".".join(part for part in (key, found[1], found[2]) if part)
    rest = found[3]
    return whole, rest.replace(")", "", 1) if message[len(found[1]) :].startswith(" (") else rest


def _sentence(item: dict[str, Any], model: type[BaseModel]) -> str:
    kind, value = item["type"], shown(item.get("input"))
    if kind == "extra_forbidden":
        return unknown(item["loc"], model)
    if kind == "value_error":
        return str(item["ctx"]["error"])
    if kind == "missing":
        return "is missing"
    if kind in ("too_short", "string_too_short"):
        return "is empty"
    if kind == "too_long":
        return f"has {item['ctx']['actual_length']} entries, at most {item['ctx']['max_length']} are allowed"
    setting = _asked(item["loc"], model)
    if setting is None:
        return f"{value}: {item['msg'][0].lower()}{item['msg'][1:]}"
    close = nearest(str(item.get("input")), setting.choices) if setting.choices else ""
    advice = f'; did you mean "{close}"?' if close else _quotes(item.get("input"), setting)
    return f"{value} is not {setting.allowed}{advice}"


def shown(value: Any) -> str:
    """A value as a scenario file would say it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
    if isinstance(value, dict | BaseModel):
        return "a table"
    text = str(value)
    return "a list" if isinstance(value, list | tuple) else text if len(text) <= 60 else text[:57] + "..."


def _quotes(value: Any, setting: Setting) -> str:
    """Advice for a number or a switch that is written as text."""
    if not isinstance(value, str) or setting.choices or setting.kind not in ("number", "switch"):
        return ""
    if setting.kind == "switch":
        return "; write it in small letters, without quotes" if value.lower() in ("true", "false") else ""
    return "; write it without quotes" if re.fullmatch(r"\s*[-+]?\d*\.?\d+\s*", value) else ""


def unknown(location: tuple[Any, ...], model: type[BaseModel], also: Iterable[str] = ()) -> str:
    """What to say of a key that no table has: its neighbour in the table, or the same word in another table."""
    holder, word = _walk(location, model), str(location[-1])
    siblings = [*(holder.model_fields if holder else ()), *also]
    elsewhere = [key for key in (setting.key for setting in settings(model)) if key.rpartition(".")[2] == word]
    if elsewhere and not elsewhere[0].startswith("strategies."):
        return f'unknown setting; did you mean "{elsewhere[0]}"?'
    return f"unknown setting; {did_you_mean(word, siblings)}".rstrip("; ")


def _walk(location: tuple[Any, ...], model: type[BaseModel]) -> type[BaseModel] | None:
    """The model that holds the last part of a location, or None."""
    parts = list(location[:-1])
    while parts:
        name = parts.pop(0)
        if name not in model.model_fields:
            return None
        annotation = model.model_fields[name].annotation
        inner = [item for item in (annotation, *get_args(annotation)) if _is_model(item)]
        if not inner:
            return None
        model = inner[0]
        if get_origin(annotation) in (dict, tuple, list) and parts:
            parts.pop(0)  # the name of a row, or a position
        elif get_origin(annotation) in (dict, tuple, list):
            return None
    return model


def _asked(location: tuple[Any, ...], model: type[BaseModel]) -> Setting | None:
    """The setting that a location means; for an item of a list or a row of a table, what such an item must be."""
    holder = _walk(location, model)
    if holder is not None and location[-1] in holder.model_fields:
        return _setting("", holder.model_fields[str(location[-1])], None)
    above = _walk(location[:-1], model) if len(location) > 1 else None
    if above is None or location[-2] not in above.model_fields:
        return None
    items = [item for item in get_args(above.model_fields[location[-2]].annotation) if item not in (str, Ellipsis)]
    kind = "table" if items else "text"
    return Setting("", "", None, "", None, None, "", kind=kind)
