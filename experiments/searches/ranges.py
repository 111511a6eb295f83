"""Settings that are varied over a range: which, from where to where, the scenarios at points within, what runs cost."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.provenance import cores, plain
from experiments.runner import compile_first
from experiments.searches.spoken import IMPORTANT
from scenarios import parse_sets
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario
from simulation.validation import Setting, settings, shown

Floats = NDArray[np.float64]
Range = tuple[float, float]
Tell = Callable[[str], None]

AROUND = 0.5  # what is varied if nothing is said goes from half its value to one and a half times
DIGITS = 6  # of a drawn value: what is printed can be typed, and gives the same run
PILOTS = 3  # runs that are timed before the cost is told


def ranges_of(base: Scenario, vary: Mapping[str, Any] | None = None, least: int = 1) -> dict[str, Range]:
    """Setting -> (low, high), checked against the schema.

    vary : the same as a person gives it; None or empty: the settings of IMPORTANT, each from half its value in the
    scenario to one and a half times, cut at its bounds; what is 0 there is left out     least : how many there must be
    Raises InputError with everything that is wrong.
    """
    if not isinstance(base, Scenario):
        raise InputError([Problem(f"{base!r} is not a Scenario; scenarios.load gives one", key="scenario")])
    if vary is not None and not isinstance(vary, Mapping):
        example = '{"environment.shock_rate": (0, 0.3)}'
        raise InputError([Problem(f"{vary!r} is not a table of settings and ranges, such as {example}", key="vary")])
    known = {setting.key: setting for setting in settings(Scenario, defaults=base)}
    known |= {f"mix.{name}": _share(name) for name in base.strategies}
    if not vary:
        return _around(known)
    problems, found = [], {}
    for key, wanted in vary.items():
        wrong = _wrong_range(known, key, wanted)
        if wrong:
            problems.append(Problem(wrong, key=f"vary {key}"))
        else:
            found[key] = (float(wanted[0]), float(wanted[1]))
    if len(vary) < least:
        problems.append(Problem(f"{len(vary)} setting; at least {least}, or nothing is left to compare", key="vary"))
    if problems:
        raise InputError(problems)
    return found


def _share(name: str) -> Setting:
    return Setting(f"mix.{name}", f"share of {name.replace('_', ' ')}s", 0.0, "share", 0.0, 1.0, "")


def _around(known: Mapping[str, Setting]) -> dict[str, Range]:
    found = {}
    for key in IMPORTANT:
        setting = known[key]
        low, high = (setting.default * (1 + side * AROUND) for side in (-1, 1))
        low = low if setting.low is None else max(low, setting.low)
        high = high if setting.high is None else min(high, setting.high)
        if low < high:
            found[key] = (float(f"{low:.{DIGITS}g}"), float(f"{high:.{DIGITS}g}"))
    return found


def _wrong_range(known: Mapping[str, Setting], key: Any, wanted: Any) -> str:
    """What is wrong with one range, "" if nothing."""
    setting = known.get(key) if isinstance(key, str) else None
    if setting is None:
        hint = did_you_mean(key, known) if isinstance(key, str) else ""
        return f"no such setting; {hint or 'see `alliances parameters` for all of them'}"
    if setting.kind != "number" or setting.choices:
        return f"is not a number but {setting.allowed}; only numbers have a range"
    if not isinstance(wanted, tuple | list) or len(wanted) != 2 or not all(_is_number(plain(end)) for end in wanted):
        return f"{_text(wanted)} is not a range; give (low, high), two numbers"
    low, high = (plain(end) for end in wanted)
    outside = [end for end in (low, high) if not _inside(setting, end)]
    if outside:
        return f"{shown(outside[0])} is not {setting.allowed}"
    if not low < high:
        return f"low {shown(low)} must be below high {shown(high)}"
    return ""


def _inside(setting: Setting, value: float) -> bool:
    whole = not setting.whole or float(value).is_integer()
    above = setting.low is None or value >= setting.low
    return whole and above and (setting.high is None or value <= setting.high)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def read_ranges(texts: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """Texts `key=low:high` to what `ranges_of` takes. Raises InputError with everything that is wrong."""
    problems, found = [], {}
    for text in texts:
        key, equals, value = (part.strip() for part in text.partition("="))
        ends = [part.strip() for part in value.split(":")]
        if not equals or not key or len(ends) != 2 or not all(ends):
            problems.append(
                Problem(f'"{text}" is not of the form key=low:high, such as trust.initial=0.2:0.8', "--vary")
            )
        elif key in found:
            problems.append(Problem("is varied twice", key=f"--vary {key}"))
        else:
            low, high = (parse_sets([f"{key}={end}"], "--vary")[key] for end in ends)
            found[key] = (low, high)
    if problems:
        raise InputError(problems)
    return found


def levels_at(base: Scenario, ranges: Mapping[str, Range], unit: Floats) -> Floats:
    """The values of the settings at points of the unit cube: six digits, whole where a setting is whole.

    unit : [points, settings] 0..1     Returns [points, settings]
    """
    whole = {setting.key for setting in settings(Scenario, defaults=base) if setting.whole}
    low, high = (np.array([ends[side] for ends in ranges.values()]) for side in (0, 1))
    values = low + unit * (high - low)
    found = np.array([[float(f"{value:.{DIGITS}g}") for value in row] for row in values]).reshape(unit.shape)
    for position, key in enumerate(ranges):
        if key in whole:
            found[:, position] = np.rint(values[:, position])
    return np.asarray(np.clip(found, low, high), dtype=np.float64)


def scenarios_at(base: Scenario, keys: Sequence[str], levels: Floats) -> list[Scenario]:
    """The scenario at each point. levels : [points, settings]. Raises InputError if settings do not go together."""
    found = []
    for row in levels:
        chosen = {key: int(value) if value.is_integer() else float(value) for key, value in zip(keys, row, strict=True)}
        try:
            found.append(base.with_(chosen))
        except InputError as error:
            place = ", ".join(f"{key}={value:g}" for key, value in chosen.items())
            raise InputError(
                Problem(f"{problem.message} (at {place if len(place) < 200 else 'one of the points'})", problem.key)
                for problem in error.problems
            ) from None
    return found


def cost(scenarios: Sequence[Scenario], worlds: int, seed: int, jobs: int | None, what: str = "settings") -> str:
    """What running all of these scenarios will take, in words; some runs are timed for it."""
    from simulation import simulate

    compile_first()
    pilots = [scenarios[place * (len(scenarios) - 1) // PILOTS] for place in range(PILOTS + 1)]
    start, runs = time.perf_counter(), len(scenarios) * worlds
    for number, scenario in enumerate(pilots):
        if number == 1:
            start = time.perf_counter()  # the first run of a process also loads the compiled engine
        try:
            simulate(scenario, seed=seed, world=0)
        except Exception:  # it will be noted as a failed run
            continue
    seconds = runs * (time.perf_counter() - start) / PILOTS / min(cores(), jobs or cores())
    duration = f"{seconds:.0f} seconds" if 1.5 <= seconds < 90 else f"{max(1, round(seconds / 60))} min"
    duration = "a second" if seconds < 1.5 else duration
    return (
        f"{len(scenarios):,} {what} x {worlds:,} world{'' if worlds == 1 else 's'} = {runs:,} runs: about {duration}."
    )


def point_columns(keys: Sequence[str], levels: Floats, first: int = 0) -> dict[str, NDArray[Any]]:
    """The design as a table: one row per point. first : number of the first one"""
    columns: dict[str, NDArray[Any]] = {"point": first + np.arange(len(levels))}
    return columns | {key: levels[:, place] for place, key in enumerate(keys)}


def run_columns(table: Mapping[str, Floats], seed: int, first: int = 0) -> dict[str, NDArray[Any]]:
    """One row per run that gave a result, worlds first: point (numbered from `first` on), world, seed, all outcomes."""
    ran = np.isfinite(table["alliances_formed"]).T
    worlds, points = np.nonzero(ran)
    columns: dict[str, NDArray[Any]] = {"point": first + points, "world": worlds, "seed": np.full(len(points), seed)}
    return columns | {name: values.T[ran] for name, values in table.items()}
