"""The scenario schema as sliders: range, step, meaning, unit and source of every setting that a person may move."""

import math
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from experiments.lab.worlds import Base
from simulation.validation import Setting

STEPS = 200  # a slider has about so many places: a hand cannot set more
WIDE = 10.0  # bounds farther from the default than this are for the number box: the slider shows less


@cache
def featured() -> dict[str, dict[str, Any]]:
    """What stands first, by path and in order: group, label and, where the bounds are too wide, low and high."""
    text = files("experiments.lab").joinpath("sliders.toml").read_text(encoding="utf-8")
    return {entry["path"]: entry for entry in tomllib.loads(text)["featured"]}


def sliders(base: Base) -> list[dict[str, Any]]:
    """A slider for every setting of a scenario that may be changed, the featured ones first."""
    first = [path for path in featured() if path in base.settings]
    return [
        slider(base.settings[path]) for path in [*first, *(path for path in base.settings if path not in featured())]
    ]


def slider(setting: Setting) -> dict[str, Any]:
    """One setting as the browser shows it. least, most : what its number box allows"""
    shown = featured().get(setting.key, {})
    group, _, name = setting.key.partition(".")
    found: dict[str, Any] = {
        "path": setting.key,
        "group": shown.get("group", "The mix of firms" if group == "mix" else group.capitalize()),
        "label": shown.get("label", name.replace("_", " ").replace(".", ": ").capitalize()),
        "meaning": setting.meaning,
        "unit": setting.unit,
        "source": setting.source,
        "kind": "switch" if setting.kind == "switch" else "choice" if setting.choices else "number",
        "featured": bool(shown),
    }
    if found["kind"] == "choice":
        return found | {"choices": list(setting.choices)}
    if found["kind"] == "switch":
        return found
    low, high = _span(setting, shown)
    whole = {"kind": "integer"} if setting.whole else {}
    bounds = {"low": low, "high": high, "least": setting.low, "most": setting.high}
    return found | whole | bounds | {"step": 1 if setting.whole else step(high - low)}


def _span(setting: Setting, shown: dict[str, Any]) -> tuple[float, float]:
    """What the slider shows: the bounds, or where they are far from the default, something around it."""
    least = -math.inf if setting.low is None else setting.low
    most = math.inf if setting.high is None else setting.high
    usual = float(setting.default)
    reach = max(1.0, WIDE * abs(usual)) if not setting.whole else max(10, WIDE * abs(usual))
    low = least if usual - least <= reach else usual - reach
    high = most if most - usual <= reach else _round(usual + reach / 2 if usual else reach)
    low, high = shown.get("low", low), shown.get("high", high)
    return (round(low), round(high)) if setting.whole else (low, high)


def _round(number: float) -> float:
    """The next larger 1, 2 or 5 times a power of ten."""
    unit = 10.0 ** math.floor(math.log10(number))
    return float(next(times * unit for times in (1, 2, 5, 10) if times * unit >= number * (1 - 1e-9)))


def step(span: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that gives a span about STEPS places.

    >>> step(1.0), step(0.4)
    (0.005, 0.002)
    """
    return float(f"{_round(span / STEPS):.12g}")
