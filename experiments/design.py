"""Which worlds to run: levels of settings crossed to cells, each with an id that names its content."""

import hashlib
import itertools
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any, NamedTuple

from experiments.provenance import plain
from simulation.draws import VERSION as RANDOM_NUMBERS
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario
from simulation.validation import settings

Level = float | int | str | bool
MOST_RUNS = 100_000_000
MOST_CELLS = 200_000
MOST_KEPT = 4096  # scenarios of a design that stay in memory
LARGEST_SEED = 2**63 - 1
LARGEST_WORLD = 2**31 - 1
NEXT_KEY = re.compile(r"\s*[A-Za-z_][\w.]*\s*=")
TEXTS = ("name", "title")  # of a scenario: they say what it is and change nothing


@dataclass(frozen=True, eq=False)
class Cell:
    """One combination of levels. cell : content hash, equal for equal worlds; index : place in the design."""

    cell: str
    index: int
    levels: dict[str, Level]
    base: Scenario = field(repr=False)
    kept: dict[int, Scenario] = field(repr=False)  # scenarios of this design, by index

    @property
    def scenario(self) -> Scenario:
        """The base with these levels. Of a large design only the first ones are kept: building one takes a millisecond."""
        found = self.kept.get(self.index)
        if found is None:
            found = self.base.with_(dict(self.levels))
            if len(self.kept) < MOST_KEPT:
                self.kept[self.index] = found
        return found


@dataclass(frozen=True)
class Design:
    """The cells of a sweep. vary : setting -> its levels, put in order if all are numbers

    kind : "factorial" has every combination, the last key varying fastest; all other kinds are one cell per row, and
    then `vary` holds each setting's level in each cell, in the order of the cells
    """

    base: Scenario
    vary: dict[str, tuple[Level, ...]]
    cells: tuple[Cell, ...]
    kind: str = "factorial"

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.vary)

    def forget(self) -> None:
        """Let go of the scenarios that were built: of two thousand cells they hold 90 MB."""
        self.cells[0].kept.clear()

    @property
    def is_numeric(self) -> bool:
        """Whether all levels are numbers, so that they can be drawn on an axis."""
        return all(is_number(level) for levels in self.vary.values() for level in levels)

    def mean_of(self, key: str) -> float:
        """Mean over the cells of a setting that is a number."""
        if key in self.vary:
            levels = [float(level) for level in self.vary[key]]
            return sum(levels) / len(levels)
        group, name = key.split(".")
        return float(getattr(getattr(self.base, group), name))


def cell_id(scenario: Scenario) -> str:
    """Hash of the resolved scenario and of the random numbers' version: 16 hex digits."""
    text = json.dumps([scenario.digest, RANDOM_NUMBERS])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def factorial(base: Scenario, vary: Mapping[str, Any]) -> Design:
    """Every combination of the levels of each key.

    vary : dotted path -> list, range or array of levels, or (low, high, n) for n evenly spaced ones. Numbers are put
    in order. Raises InputError with everything that is wrong: unknown keys, levels out of bounds, a level given twice.
    """
    check_types(base, vary)
    problems: list[Problem] = []
    whole = whole_numbers(base)
    levels: dict[str, tuple[Level, ...]] = {}
    for key, wanted in vary.items():
        try:
            levels[key] = _levels(key, wanted, key in whole)
        except InputError as error:
            problems += error.problems
    if math.prod(len(values) for values in levels.values()) > MOST_CELLS:
        problems.append(
            Problem(
                f"{' x '.join(str(len(values)) for values in levels.values())} levels: more than {MOST_CELLS:,} cells"
            )
        )
        raise InputError(problems)
    for key, values in levels.items():
        try:
            for level in values:
                try_alone(base, key, level)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    chosen = [dict(zip(levels, combination, strict=True)) for combination in itertools.product(*levels.values())]
    return Design(base, levels, cells_of(base, chosen))


def cells_of(base: Scenario, rows: Sequence[dict[str, Level]]) -> tuple[Cell, ...]:
    """A cell for each row of levels. Raises InputError for levels that do not go together, or two cells that are one."""
    kept: dict[int, Scenario] = {}
    cells = []
    for index, row in enumerate(rows):
        scenario = base.with_(dict(row))
        if len(kept) < MOST_KEPT:
            kept[index] = scenario
        cells.append(Cell(cell_id(scenario), index, row, base, kept))
    if len({cell.cell for cell in cells}) < len(cells):
        raise InputError([Problem(f"two cells of {', '.join(rows[0])} are the same world: the settings overlap")])
    return tuple(cells)


def whole_numbers(base: Scenario) -> set[str]:
    """The settings that are whole numbers."""
    return {setting.key for setting in settings(Scenario, defaults=base) if setting.whole}


def check_types(base: Any, vary: Any) -> None:
    """Raises InputError for what a person may pass from Python instead of a scenario and a table of levels."""
    if not isinstance(base, Scenario):
        how = f': scenarios.load("{base}")' if isinstance(base, str) else ", such as scenarios.load gives"
        raise InputError([Problem(f"{base!r} is not a Scenario; load it first{how}", key="scenario")])
    if not isinstance(vary, Mapping):
        example = '{"environment.shock_rate": [0, 0.1, 0.2]}'
        raise InputError([Problem(f"{vary!r} is not a table of settings and levels, such as {example}", key="vary")])
    if not vary:
        raise InputError(
            [Problem("nothing to vary; give at least one setting, such as environment.shock_rate=0:0.3:7")]
        )
    wrong = [Problem(f"{key!r} is not the name of a setting", key="vary") for key in vary if not isinstance(key, str)]
    wrong += [Problem("does not change the world", key=f"--vary {key}") for key in vary if key in TEXTS]
    if wrong:
        raise InputError(wrong)


def try_alone(base: Scenario, key: str, level: Level) -> None:
    """A level on its own must fit the base, so that a message names the level and not a cell."""
    try:
        base.with_({key: level})
    except InputError as error:
        # A level may be allowed only together with another key's (warm_up with quarters): the cells will tell.
        if all(problem.key == key or key.startswith("mix.") for problem in error.problems):
            raise InputError(Problem(problem.message, key=f"--vary {key}") for problem in error.problems) from None


class Range(NamedTuple):
    """From where to where a setting is sampled: `key=low:high`."""

    low: float
    high: float


def _levels(key: str, wanted: Any, whole: bool) -> tuple[Level, ...]:
    if isinstance(wanted, Range):
        text = f"{wanted.low:g}:{wanted.high:g}"
        how = (
            f"{text} is a range to sample, for the designs lhs, sobol and random; for evenly spaced levels say how many"
        )
        raise InputError([Problem(f"{how}: {text}:7", key=f"--vary {key}")])
    if isinstance(wanted, range) or (hasattr(wanted, "tolist") and getattr(wanted, "ndim", 0) == 1):
        wanted = list(wanted)
    if isinstance(wanted, list | tuple):
        wanted = type(wanted)(plain(part) for part in wanted)
    if isinstance(wanted, tuple) and len(wanted) == 3 and all(is_number(part) for part in wanted):
        values: Sequence[Level] = _spaced(key, *wanted)
    elif isinstance(wanted, list | tuple):
        values = list(wanted)
    else:
        raise InputError([Problem(f"{wanted!r} is neither a list of levels nor (low, high, n)", key=key)])
    if not values or not all(isinstance(value, Level) for value in values):
        wrong = "no levels" if not values else "levels are numbers, words, true or false"
        raise InputError([Problem(wrong, key=f"--vary {key}")])
    if whole:
        values = [int(value) if isinstance(value, float) and value.is_integer() else value for value in values]
    seen: set[Level] = set()
    for value in values:
        if value in seen:
            raise InputError([Problem(f"level {value!r} is given twice", key=f"--vary {key}")])
        seen.add(value)
    return tuple(sorted(values)) if all(is_number(value) for value in values) else tuple(values)


def _spaced(key: str, low: float, high: float, number: float) -> list[Level]:
    """Evenly spaced levels whose ends are exact; each is rounded to 12 digits so that 0.1·3 is 0.3 in every grid."""
    if number != int(number) or number < 2:
        text = f"{number:g} levels from {low:g} to {high:g}: at least 2, a whole number"
        hint = f"for three levels write a list: [{low!r}, {high!r}, {number!r}]"
        raise InputError([Problem(f"{text}; {hint}", key=f"--vary {key}")])
    if number > MOST_CELLS or not (math.isfinite(low) and math.isfinite(high)):
        raise InputError([Problem(f"{low:g} to {high:g} in {number:g} levels is too much", key=f"--vary {key}")])
    if not low < high:
        raise InputError([Problem(f"low {low:g} must be below high {high:g}", key=f"--vary {key}")])
    step = int(number) - 1
    return [float(f"{low + (high - low) * place / step:.12g}") for place in range(step + 1)]


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def read_vary(texts: Sequence[str]) -> dict[str, Any]:
    """Texts `key=low:high:n` or `key=v1,v2,v3` to what `factorial` takes. Raises InputError with all that is wrong."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for text in texts:
        key, separator, value = (part.strip() for part in text.partition("="))
        if not separator or not key or not value:
            problems.append(Problem(f'"{text}" is not of the form key=low:high:n or key=value,value,...', key="--vary"))
        elif key in found:
            problems.append(Problem("is varied twice; put all levels into one --vary", key=f"--vary {key}"))
        else:
            try:
                found[key] = read_levels(key, value)
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def read_levels(key: str, text: str) -> Any:
    if ":" in text:
        ends = [read_level(part) for part in text.split(":")]
        if len(ends) == 2 and is_number(ends[0]) and is_number(ends[1]):
            return Range(float(ends[0]), float(ends[1]))
        if len(ends) != 3 or not all(is_number(end) for end in ends):
            raise InputError(
                [Problem(f'"{text}" is not low:high:n, three numbers such as 0:0.3:7', key=f"--vary {key}")]
            )
        number = float(ends[2])
        if number < 2 or not number.is_integer():
            given = ",".join(part.strip() for part in text.split(":"))
            raise InputError(
                [
                    Problem(
                        f'"{text}" is low:high:n with n = {number:g}: at least 2, a whole number; '
                        f"for three levels write a list: {given}",
                        key=f"--vary {key}",
                    )
                ]
            )
        return tuple(ends)
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise InputError([Problem(f'"{text}" has an empty level', key=f"--vary {key}")])
    return [read_level(part) for part in parts]


def read_level(text: str) -> Level:
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip("\"'")


def read_arms(texts: Sequence[str]) -> dict[str, list[str]]:
    """`name: key=value, key=value` to name -> ["key=value", ...]. Raises InputError with all that is wrong."""
    arms: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for text in texts:
        name, separator, changes = (part.strip() for part in text.partition(":"))
        parts = _changes(changes)
        if not separator or not name or "=" in name or not all("=" in part for part in parts):
            problems.append(Problem(f'"{text}" is not of the form "name: key=value, key=value"', key="--arm"))
        elif name in arms:
            problems.append(Problem(f'two arms are called "{name}"', key="--arm"))
        else:
            arms[name] = [part.strip() for part in parts]
    if problems:
        raise InputError(problems)
    return arms


def _changes(text: str) -> list[str]:
    """Split `key=value, key=value` at the commas before a key, but not inside brackets and quotes."""
    parts, depth, quote = [""], 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            # An apostrophe inside a word is no quote: only what begins a value is.
            quote = sign if text[:place].rstrip()[-1:] in ("=", "[", ",", "{") else ""
        elif sign in "[{(":
            depth += 1
        elif sign in "]})":
            depth -= 1
        elif sign == "," and depth <= 0 and NEXT_KEY.match(text, place + 1):
            parts.append("")
            continue
        parts[-1] += sign
    return parts


def check_amounts(*, worlds: int = 1, seed: int = 1, world: int = 0, jobs: int | None = None) -> None:
    """Raises InputError unless worlds and jobs are at least 1, seed and world neither negative nor too large.

    Whole numbers of numpy pass as well.
    """
    bounds = {
        "worlds": (worlds, 1, MOST_RUNS),
        "seed": (seed, 0, LARGEST_SEED),
        "world": (world, 0, LARGEST_WORLD),
        "jobs": (1 if jobs is None else jobs, 1, 4096),
    }
    problems = [
        Problem(f"{value!r} is not a whole number from {low} to {high}", key=name)
        for name, (value, low, high) in bounds.items()
        if isinstance(value, bool) or not isinstance(value, Integral) or not low <= value <= high
    ]
    if problems:
        raise InputError(problems)


def check_names(
    asked: Sequence[str] | None, every: Sequence[str], thing: str, otherwise: str, example: str
) -> list[str]:
    """Those of `every` that are asked for, in its order; all for None.

    thing : what they are     otherwise : advice where no name is near     example : a list as one would type it
    Raises InputError with the nearest name.
    """
    if asked is None:
        return list(every)
    problems = [
        Problem(f'no {thing} "{name}"; {did_you_mean(name, every) or otherwise}', key="only")
        for name in dict.fromkeys(asked)
        if name not in every
    ]
    if not asked:
        problems.append(Problem(f"names no {thing}; give one or more, such as {example}", key="only"))
    if problems:
        raise InputError(problems)
    return [name for name in every if name in asked]
