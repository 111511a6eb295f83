"""What the words in a table of spells mean: names of columns, dates of three precisions, yes and no."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scenarios.dates import first_day, last_day
from scenarios.tables import DELIMITERS, Layout, read_table
from simulation.problems import InputError, Problem, did_you_mean, nearest

FEW_PROBLEMS = 6
DATES = ("start", "end", "observed_from")
DURATIONS = ("duration", "quarters", "months", "days")
# Meaning -> names that a column may have, without capitals, the first that is there counts.
MEANINGS: dict[str, tuple[str, ...]] = {
    "duration": ("duration", "years"),
    "quarters": ("quarters",),
    "months": ("months",),
    "days": ("days",),
    "ended": ("ended", "exited", "event"),
    "entry": ("entry",),
    "start": ("start", "from", "since", "from_date", "start_date"),
    "end": ("end", "to", "until", "to_date", "end_date"),
    "observed_from": ("observed_from",),
    "label": ("label", "name", "alliance"),
    "cause": ("cause", "reason"),
    "a": ("a",),
    "b": ("b",),
}
FORMS = "either duration (or quarters, months, days) and ended, or start and end"
YES, NO = ("1", "true", "yes", "y", "t"), ("0", "false", "no", "n", "f")


@dataclass(frozen=True)
class Header:
    """What the columns of a file mean. names : all of them     at : meaning -> name in the file
    unit : which of DURATIONS the durations are in, "" for a file of dates."""

    names: tuple[str, ...]
    at: dict[str, str]
    unit: str


@dataclass(frozen=True)
class Moment:
    """A day, month or year as typed. first, middle, last : its bounds and middle [days of the calendar]"""

    text: str
    first: float
    last: float

    @classmethod
    def of(cls, text: str) -> "Moment":
        """From YYYY-MM-DD, YYYY-MM or YYYY. Raises ValueError with a sentence."""
        return cls(text, first_day(text).toordinal(), last_day(text).toordinal())

    @property
    def middle(self) -> float:
        return (self.first + self.last) / 2

    def before(self, end: "Moment") -> tuple[float, float]:
        """When something began and ended that began in this moment and ended in that one, never the wrong way round.

        >>> start, end = Moment.of("2004-09-01"), Moment.of("2004")
        >>> began, ended = start.before(end)
        >>> ended - began
        60.5
        """
        if self.middle <= end.middle and not (self.first < self.last and self.last > end.first):
            return self.middle, end.middle
        # They overlap: the start lies before the latest end, the end between the start and its own last day.
        began = (self.first + min(self.last, end.last)) / 2
        return began, (max(began, end.first) + end.last) / 2


def flag(text: str) -> bool:
    """Yes or no as people type it. Raises ValueError with a sentence.

    >>> flag("Yes"), flag("0")
    (True, False)
    """
    word = text.strip().lower()
    if word not in YES + NO:
        raise ValueError(
            f'"{text}" is neither yes nor no; write 1 or 0, yes or no' if text else "is empty; write 1 or 0"
        )
    return word in YES


def number(text: str) -> float:
    """A duration. Raises ValueError with a sentence.

    >>> number("2.5")
    2.5
    """
    try:
        value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        raise ValueError(f'"{text}" is not a number' if text else "is empty; write a number") from None
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"{text} is not a duration; it must be a number from 0 up")
    return value


def problems_in_short(problems: Sequence[Problem]) -> list[Problem]:
    """The first few problems of a file in the order of lines, and how many there are in all."""
    ordered = sorted(problems, key=lambda problem: problem.line)
    if len(ordered) <= FEW_PROBLEMS:
        return ordered
    rows = len({problem.line for problem in ordered}) or len(ordered)
    more = Problem(f"... {len(ordered):,} problems in all, on {rows:,} lines", file=ordered[0].file)
    return [*ordered[:FEW_PROBLEMS], more]


def read_header(text: str, file: str, columns: Mapping[str, str], only: Mapping[str, str]) -> Header:
    """What the columns of a text mean. Raises InputError where it cannot be told, or columns are named that are not there."""
    names = _names(text, file)
    problems, at = [], {}
    for meaning, name in columns.items():
        key = {"exited": "ended", "from": "start", "since": "start", "to": "end"}.get(meaning.lower(), meaning.lower())
        if key not in MEANINGS:
            problems.append(Problem(f'no such thing as "{meaning}"; {_allowed(meaning)}', key="columns"))
        elif str(name).strip().lower() not in names:
            problems.append(_no_column(str(name), names, "columns", file))
        else:
            at[key] = str(name).strip().lower()
    problems += [_no_column(name, names, "only", file) for name in only if name.strip().lower() not in names]
    if problems:
        raise InputError(problems)
    dated = {"start", "end"} & set(at)
    for meaning, aliases in MEANINGS.items():
        free = [alias for alias in aliases if alias in names and alias not in at.values()]
        if free and meaning not in at and not (dated and meaning in DURATIONS):
            at[meaning] = free[0]
    unit = next((unit for unit in DURATIONS if unit in at and unit in columns), "")
    unit = unit or next((unit for unit in DURATIONS if unit in at and "ended" in at), "")
    if unit and "ended" in at:
        return Header(names, at, unit)
    if "start" in at and "end" in at:
        return Header(names, at, "")
    raise InputError([Problem(_not_spells(names, at), file=file, line=_first(text)[0])])


def _names(text: str, file: str) -> tuple[str, ...]:
    """The header as `read_table` reads it."""
    _, line = _first(text)
    if not line:
        raise InputError([Problem(f"is empty; the first line names the columns: {FORMS}", file=file)])
    delimiter = max(DELIMITERS, key=line.count)
    names = [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        read_table(text, file, (Layout("spells", tuple(twice), ()),))  # says so
    return tuple(names)


def _first(text: str) -> tuple[int, str]:
    """Number and text of the first line that is neither empty nor a remark."""
    for at, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return at, line
    return 0, ""


def _not_spells(names: Sequence[str], at: Mapping[str, str]) -> str:
    missing = "ended" if any(unit in at for unit in DURATIONS) else ""
    missing = missing or ("end" if "start" in at else "start" if "end" in at else "")
    what = f'no column tells "{missing}"' if missing else "the columns tell no spells"
    known = [alias for aliases in MEANINGS.values() for alias in aliases if alias not in at.values()]
    guesses = [(name, nearest(name, known)) for name in names if name not in at.values()]
    close = next((f'; is "{name}" the {guess}? Say it with --columns' for name, guess in guesses if guess), "")
    return (
        f"{what}: needed is {FORMS}; the header has {', '.join(names)}{close or '. Say which is which with --columns'}"
    )


def _allowed(meaning: str) -> str:
    return did_you_mean(meaning, MEANINGS) or f"allowed: {', '.join(MEANINGS)}"


def _no_column(name: str, names: Sequence[str], key: str, file: str) -> Problem:
    hint = did_you_mean(name.lower(), names) or f"the header has {', '.join(names)}"
    return Problem(f'the file has no column "{name}"; {hint}', key=key, file=file)
