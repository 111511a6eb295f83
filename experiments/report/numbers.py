"""Numbers as a table for people shows them."""

import math
from collections.abc import Mapping
from typing import Protocol

from experiments.analysis.bootstrap import FEW

MINUS = "−"
UNKNOWN = "–"


class Interval(Protocol):
    """A mean with its interval."""

    @property
    def mean(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def is_share(unit: str) -> bool:
    """Whether a unit is a share, which people read in percent."""
    return unit.startswith("share")


def shown(value: float, unit: str, signed: bool = False, digits: int = 3) -> str:
    """One value with as many digits as a person reads; percent for shares, percentage points for their differences.

    >>> shown(0.4149, "share"), shown(-0.0123, "share", signed=True), shown(1234.5, "money"), shown(math.nan, "money")
    ('41.5 %', '−1.2', '1,234', '–')
    """
    if not math.isfinite(value):
        return UNKNOWN
    if is_share(unit):
        text = _rounded(100 * value, 1, signed) + ("" if signed else " %")
    elif abs(value) >= 100:
        text = f"{value:+,.0f}" if signed else f"{value:,.0f}"
    else:
        text = f"{value:+.{digits}g}" if signed else f"{value:.{digits}g}"
    return text.replace("-", MINUS)


def with_interval(item: Interval, unit: str, signed: bool = False) -> str:
    """Mean and, in brackets, its interval if it has one, with the digits that it deserves.

    >>> from experiments.analysis import Estimate
    >>> with_interval(Estimate(0.41, 0.38, 0.44), "share")
    '41.0 % (38.0 to 44.0)'
    """
    if not (math.isfinite(item.mean) and math.isfinite(item.low) and math.isfinite(item.high)):
        return shown(item.mean, unit, signed)
    factor = 100.0 if is_share(unit) else 1.0
    half = factor * (item.high - item.low) / 2
    places = 1 if is_share(unit) else _places(half)
    mean, low, high = (_rounded(factor * side, places, signed) for side in (item.mean, item.low, item.high))
    return f"{mean}{' %' if is_share(unit) and not signed else ''} ({low} to {high})"


def _places(half: float) -> int:
    """Decimals that show an interval of a half width: its first digit, and one more if that is 1 or 2."""
    if half <= 0:
        return 2
    size = math.floor(math.log10(half))
    return min(6, max(0, -size + (half < 3 * 10.0**size)))


def _rounded(value: float, places: int, signed: bool) -> str:
    text = f"{value:+,.{places}f}" if signed else f"{value:,.{places}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text.replace("-", MINUS)


def intervals_from(worlds: int) -> str:
    """How the intervals of means over so many worlds were made, as a sentence."""
    if worlds < 2:
        return "One world gives no interval."
    how = "Student’s t, for so few worlds cannot be resampled" if worlds < FEW else "resampling worlds"
    return f"Intervals hold 95 % and come from {how}."


def unit_of_difference(unit: str) -> str:
    """The unit of a difference of values of a unit."""
    return "percentage points" if is_share(unit) else unit


def value_text(value: object) -> str:
    """A setting's value as people write it.

    >>> value_text(0.1), value_text(True), value_text(()), value_text([{"a": 1}, {"a": 2}]), value_text(None)
    ('0.1', 'yes', 'none', '2 entries', 'not set')
    """
    if value is None or value == "":
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}".replace("-", MINUS)
    if isinstance(value, list | tuple | Mapping):
        return "none" if len(value) == 0 else f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
    return f"{value:,}" if isinstance(value, int) else str(value)
