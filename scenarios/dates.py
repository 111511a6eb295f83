"""Dates as people type them in tables: a year, a month or a day."""

import re
from calendar import monthrange
from datetime import date

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
FORMS = "YYYY, YYYY-MM or YYYY-MM-DD"


def first_day(text: str) -> date:
    """The first day that a date covers. Raises ValueError with a sentence.

    >>> first_day("2005-04")
    datetime.date(2005, 4, 1)
    """
    year, month, day = _parts(text)
    return _day(text, year, month or 1, day or 1)


def last_day(text: str) -> date:
    """The last day that a date covers. Raises ValueError with a sentence.

    >>> last_day("2005-04")
    datetime.date(2005, 4, 30)
    """
    year, month, day = _parts(text)
    start = _day(text, year, month or 12, day or 1)
    return start if day else start.replace(day=monthrange(start.year, start.month)[1])


def quarters_between(start: date, end: date) -> int:
    """Whole quarters from one day to another, 0 if the second is the earlier.

    >>> quarters_between(date(2000, 1, 31), date(2000, 7, 1))
    1
    """
    months = 12 * (end.year - start.year) + end.month - start.month - (end.day < start.day)
    return max(0, months // 3)


def _parts(text: str) -> tuple[int, int, int]:
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(f'"{text}" is not a date; write {FORMS}, such as 2005-04')
    year, month, day = (int(part) if part else -1 for part in found.groups())
    if 0 in (year, month, day) or month > 12:
        raise ValueError(f'"{text}" is not a date: {_why_not(year, month, day)}')
    return year, max(month, 0), max(day, 0)


def _why_not(year: int, month: int, day: int) -> str:
    if year == 0:
        return "there is no year 0"
    return "days count from 1" if day == 0 else "months run from 01 to 12"


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f'"{text}" is not a date: that month has {monthrange(year, month)[1]} days') from None
