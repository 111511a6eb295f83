"""How long real alliances lasted: tables of spells as people keep them, read with the line of every mistake."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.histories.spell_columns import DATES, Header, Moment, flag, number, problems_in_short, read_header
from experiments.sentences import counted
from scenarios.files import obstacle, read_text, shown
from scenarios.tables import Layout, Row, read_table
from simulation.problems import InputError, Problem, did_you_mean

Floats = NDArray[np.float64]
DAYS_PER_YEAR = 365.25
# Why a row of a file is left out.
NO_START, TOO_LATE, UNSEEN = "without a start", "starting after the last day looked at", "observed for no time"


@dataclass(frozen=True, eq=False)
class Spells:
    """How long each of L alliances (memberships, contracts) lasted, as far as anybody saw.

    duration : [L] from its start to its end, or to when it was last seen [years, >= 0]
    ended : [L] whether it ended then; otherwise it was still going
    entry : [L] how old it was when it came under observation [years, < duration]; 0 if it was seen from the start
    label : [L] what it is called     cause : [L] why it ended, "" if unknown
    source : the file, "" if none     left_out : which rows of the file could not be used, in a sentence; "" if none
    """

    duration: Floats
    ended: NDArray[np.bool_]
    entry: Floats
    label: NDArray[np.object_]
    cause: NDArray[np.object_]
    source: str = ""
    left_out: str = ""

    @classmethod
    def of(
        cls,
        duration: Iterable[float],
        ended: Iterable[bool | int],
        entry: Iterable[float] | None = None,
        label: Iterable[str] | None = None,
        cause: Iterable[str] | None = None,
        source: str = "",
    ) -> "Spells":
        """Spells from Python. Raises InputError for unequal lengths or impossible durations."""
        lasted = np.array(list(duration), dtype=np.float64)
        count = len(lasted)
        went = np.array([bool(item) for item in ended], dtype=np.bool_)
        since = np.zeros(count) if entry is None else np.array(list(entry), dtype=np.float64)
        names = [f"spell {place}" for place in range(1, count + 1)] if label is None else list(label)
        why = [""] * count if cause is None else list(cause)
        if {len(went), len(since), len(names), len(why)} != {count}:
            raise InputError([Problem("the columns of the spells differ in length", key="spells")])
        if not count:
            raise InputError([Problem("there is no spell", key="spells")])
        wrong = []
        for place, (length, first) in enumerate(zip(lasted, since, strict=True), 1):
            message = _impossible(float(length), float(first))
            if message:
                wrong.append(Problem(f"spell {place} {message}", key="spells"))
        if wrong:
            raise InputError(problems_in_short(wrong))
        return _observed(cls(lasted, went, since, np.array(names, dtype=object), np.array(why, dtype=object), source))

    def __len__(self) -> int:
        return len(self.duration)

    def where(self, chosen: NDArray[np.bool_]) -> "Spells":
        """The chosen ones only. chosen : [L]"""
        columns = {name: getattr(self, name)[chosen] for name in ("duration", "ended", "entry", "label", "cause")}
        return dataclasses.replace(self, **columns)

    def __repr__(self) -> str:
        late = int((self.entry > 0).sum())
        text = f"Spells({counted(len(self), 'spell')}, {int(self.ended.sum()):,} ended"
        return f"{text}{f', {late:,} seen only from a later age' if late else ''})"


def read_spells(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    only: Mapping[str, str] | None = None,
    until: str | None = None,
) -> Spells:
    """The spells in a file: CSV with a header, its columns separated by , ; tab ^ or |.

    Either `duration` (years; or `quarters`, `months`, `days`) and `ended` (0/1, yes/no), with `entry` in the same unit
    where observation began later; or dates, YYYY-MM-DD or YYYY-MM or YYYY: `start` (also from, since, from_date), `end`
    (to, to_date; empty if still going), with `observed_from` and `ended` (exited) if there are such columns. Of a month
    or year its middle is taken. Those still going were last seen on the latest date in the file, or on `until`.
    columns : name here -> name in the file, {"start": "from_date", "label": "airline"}
    only : column of the file -> value, the rows to keep     until : what happened after that date is not looked at
    Rows without a start are left out and counted in `.left_out`. Raises InputError that names the wrong rows.
    """
    if not isinstance(path, str | Path) or not str(path):
        raise InputError([Problem(f"{path!r} is not the path of a file", key="spells")])
    place = Path(path)
    if why := obstacle(place):
        raise InputError([Problem(why, file=shown(place))])
    text, file = read_text(place), shown(place)
    header = read_header(text, file, columns or {}, only or {})
    last = None if until is None else _until(until)
    if last is not None and header.unit:
        raise InputError([Problem("is of no use for a file of durations; it cuts a file of dates", key="until")])
    table = read_table(text, file, (Layout("spells", header.names, ()),))
    problems = list(table.problems)
    rows = _chosen(table.rows, only or {}, file)
    reader = _Durations(header) if header.unit else _Dates(header, table.rows, last)
    found: list[tuple[float, bool, float, str, str]] = []
    for row in rows:
        wrong = len(problems)
        spell = reader.read(row, problems)
        if spell is not None and len(problems) == wrong:
            found.append((*spell, _label(row, header), row[header.at.get("cause", "")] if spell[1] else ""))
    if problems:
        raise InputError(problems_in_short(problems))
    if not found:
        raise InputError([Problem(f"holds no spell that can be used. {_told(reader.left_out)}".strip(), file=file)])
    duration, ended, entry, label, cause = zip(*found, strict=True)
    spells = Spells(
        np.array(duration), np.array(ended, dtype=np.bool_), np.array(entry),
        np.array(label, dtype=object), np.array(cause, dtype=object), file,
    )  # fmt: skip
    return _observed(spells, reader.left_out)


def _observed(spells: Spells, left_out: Mapping[str, int] | None = None) -> Spells:
    """Without those that nobody saw for any time: they say nothing about how long alliances last."""
    seen = (spells.duration > spells.entry) | (spells.ended & (spells.entry == 0))
    reasons = dict(left_out or {})
    if not seen.all():
        reasons[UNSEEN] = int((~seen).sum())
    if not seen.any():
        raise InputError([Problem("no spell was observed for any time", file=spells.source)])
    return dataclasses.replace(spells.where(seen), left_out=_told(reasons))


def _told(left_out: Mapping[str, int]) -> str:
    """How many rows were left out and why, as a sentence; "" for none."""
    parts = [f"{counted(many, 'row')} {why}" for why, many in left_out.items() if many]
    return f"Left out: {', '.join(parts)}." if parts else ""


def _impossible(duration: float, entry: float) -> str:
    """What is wrong with a duration and an entry, "" if nothing."""
    if not np.isfinite(duration) or duration < 0:
        return f"lasts {duration:g} years; a duration is a number from 0 up"
    if not np.isfinite(entry) or entry < 0:
        return f"comes under observation at an age of {entry:g} years; an age is a number from 0 up"
    return (
        f"comes under observation ({entry:g} years) after it was last seen ({duration:g})" if entry > duration else ""
    )


def _until(text: str) -> float:
    try:
        return Moment.of(str(text)).last
    except ValueError as error:
        raise InputError([Problem(str(error), key="until")]) from None


def _chosen(rows: Sequence[Row], only: Mapping[str, str], file: str) -> list[Row]:
    """The rows that have all the values asked for, whatever the case of their letters. Raises InputError for none."""
    kept = list(rows)
    for column, value in only.items():
        name, wanted = column.strip().lower(), str(value).strip()
        values = list(dict.fromkeys(row[name] for row in kept))
        kept = [row for row in kept if row[name].lower() == wanted.lower()]
        if not kept:
            known = did_you_mean(wanted, values) or f"it has {', '.join(values[:6])}, ..."
            raise InputError([Problem(f'no row has "{wanted}" in column "{column}"; {known}', key="only", file=file)])
    return kept


def _label(row: Row, header: Header) -> str:
    name = row[header.at.get("label", "")]
    if not name and "a" in header.at and "b" in header.at:
        name = f"{row[header.at['a']]} – {row[header.at['b']]}"
    return name or f"line {row.line}"


class _Durations:
    """Reads rows of the first kind: a duration, whether it ended, from which age it was seen."""

    def __init__(self, header: Header) -> None:
        self.at, self.unit = header.at, header.unit
        self.per_year = {"duration": 1.0, "quarters": 4.0, "months": 12.0, "days": DAYS_PER_YEAR}[header.unit]
        self.left_out: dict[str, int] = {}

    def read(self, row: Row, problems: list[Problem]) -> tuple[float, bool, float] | None:
        lasted = _cell(row, self.at[self.unit], number, problems)
        ended = _cell(row, self.at["ended"], flag, problems)
        has_entry = "entry" in self.at and bool(row[self.at["entry"]])
        entry = _cell(row, self.at["entry"], number, problems) if has_entry else 0.0
        if lasted is None or ended is None or entry is None:
            return None
        if entry > lasted:
            shown_unit = "years" if self.unit == "duration" else self.unit
            message = (
                f"came under observation after it was last seen: entry {entry:g}, duration {lasted:g} {shown_unit}"
            )
            problems.append(row.problem(self.at["entry"], message))
        return lasted / self.per_year, ended, entry / self.per_year


class _Dates:
    """Reads rows of the second kind: dates of start and end, whether it ended, when observation began.

    last : the cut [days of the calendar]; None for the latest date in the file, which nobody was seen to outlive
    """

    def __init__(self, header: Header, rows: Sequence[Row], last: float | None) -> None:
        self.at, self.cut, self.left_out = header.at, last, {NO_START: 0, TOO_LATE: 0}
        known = [moment.middle for row in rows for name in DATES if name in self.at
                 if (moment := _silent(row[self.at[name]])) is not None]  # fmt: skip
        self.today = Moment.of(date.today().isoformat()).last
        self.last = last if last is not None else max(known, default=self.today)

    def read(self, row: Row, problems: list[Problem]) -> tuple[float, bool, float] | None:
        wrong = len(problems)
        start, end, seen = (self._moment(row, name, problems) for name in DATES)
        has_flag = "ended" in self.at and bool(row[self.at["ended"]])
        ended = _cell(row, self.at["ended"], flag, problems) if has_flag else end is not None
        if ended and end is None and len(problems) == wrong:
            problems.append(row.problem(self.at["ended"], "has ended, but its end is empty"))
        if start and end and end.last < start.first:
            problems.append(row.problem(self.at["end"], f"ends ({end.text}) before it starts ({start.text})"))
        if seen and end and seen.first > end.last:
            why = f"came under observation ({seen.text}) after it was last seen ({end.text})"
            problems.append(row.problem(self.at["observed_from"], why))
        if len(problems) > wrong:
            return None
        if start is None:
            self.left_out[NO_START] += 1
            return None
        return self._spell(start, end, seen, bool(ended))

    def _moment(self, row: Row, name: str, problems: list[Problem]) -> Moment | None:
        if name not in self.at or not row[self.at[name]]:
            return None
        moment: Moment | None = _cell(row, self.at[name], Moment.of, problems)
        if moment is not None and moment.first > self.today and self.cut is None:
            advice = "leave the end empty if it still goes on" if name == "end" else f"should it be another {name}?"
            problems.append(row.problem(self.at[name], f"{moment.text} lies in the future; {advice}"))
        return moment

    def _spell(
        self, start: Moment, end: Moment | None, seen: Moment | None, ended: bool
    ) -> tuple[float, bool, float] | None:
        """Years from start to end or cut, whether it ended, years from start to first sight."""
        born, died = start.middle, self.last
        if end is not None:
            born, died = start.before(end)
        if self.cut is not None and died > self.cut:
            died, ended = self.cut, False
        if born > died:
            self.left_out[TOO_LATE] += 1
            return None
        late = 0.0 if seen is None or seen.first <= start.last else max(0.0, seen.middle - born)
        days = died - born  # equal numbers of days must make equal numbers of years, so divide last
        return days / DAYS_PER_YEAR, ended, min(late, days) / DAYS_PER_YEAR


def _cell(row: Row, column: str, parse: Callable[[str], Any], problems: list[Problem]) -> Any:
    """A cell as a value, None with a problem noted if it is none."""
    try:
        return parse(row[column])
    except ValueError as error:
        problems.append(row.problem(column, str(error)))
        return None


def _silent(text: str) -> Moment | None:
    try:
        return Moment.of(text) if text else None
    except ValueError:
        return None
