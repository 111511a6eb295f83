"""A tipping point in plain words."""

import math
from typing import TYPE_CHECKING

from experiments.analysis.bootstrap import FEW
from experiments.analysis.tipping import Tipping
from experiments.outcomes import OUTCOMES
from experiments.provenance import BASE
from experiments.searches.levers import Lever, decimals, number, per
from experiments.searches.outcome_words import outcome_in_words, value_in_words
from experiments.sentences import counted, plain_name

if TYPE_CHECKING:
    from experiments.searches.tipping import ArmTipping, TippingPoint


def verdict(result: "TippingPoint") -> str:
    """The answer in a few sentences; see `TippingPoint.sentence`."""
    name, moved, base = plain_name(result.scenario), result.lever, result.arms[BASE]
    if base.tipping is None:
        return " ".join([f"{name}: {_nowhere(result, base)}", *_other_arms(result)])
    found = base.tipping
    places = _places(result)
    told = outcome_in_words(result.outcome, result.level)
    interval = interval_in_words(found.low, found.high, places)
    parts = [f"{name}: with {moved.phrase(found.value, places)}{interval}, {told}{_spread(found, moved, places)}."]
    return " ".join([*parts, *_other_arms(result)])


def notes(result: "TippingPoint") -> list[str]:
    """What must be said beside the sentence; see `TippingPoint.notes`."""
    found = []
    for arm, one in result.arms.items():
        who = "" if arm == BASE else f"With {arm}: "
        found += [who + text for text in _notes(result, one)]
    return found


def table(result: "TippingPoint") -> tuple[list[str], list[list[str]]]:
    """Names of columns and one row per arm: where it tips, the interval, the spread over worlds, the shift."""
    unit = per(result.lever.unit).strip()
    names = ["arm", f"tips at{f' [{unit}]' if unit else ''}", "95 %", "worlds 5 to 95 %", "never cross"]
    if len(result.arms) > 1:
        names.append("further by (95 %)")
    rows = []
    for arm, one in result.arms.items():
        if one.tipping is None:
            rows.append([arm, "nowhere", "–", "–", "–", *(["–"] if len(result.arms) > 1 else [])])
            continue
        found, places = one.tipping, _places(result)
        spread = " to ".join(_end(found.world(share), places) for share in (0.05, 0.95))
        row = [
            arm,
            number(found.value, places),
            f"{_end(found.low, places)} to {_end(found.high, places)}",
            spread,
            f"{found.never} of {len(found.per_world)}",
        ]
        if len(result.arms) > 1:
            row.append("–" if one.shift is None else _shift(one, places))
        rows.append(row)
    return names, rows


def interval_in_words(low: float, high: float, places: int) -> str:
    """An interval in brackets; "" where there is none, "from ... up" where it is open."""
    if math.isnan(low) or math.isnan(high):
        return ""
    if math.isfinite(low) and math.isfinite(high):
        return f" (95 % {number(low, places)} to {number(high, places)})"
    if math.isfinite(low):
        return f" (95 % {number(low, places)} and more)"
    return f" (95 % {number(high, places)} and less)" if math.isfinite(high) else ""


def signed(value: float, places: int) -> str:
    """A difference with its sign.

    >>> signed(0.04, 2), signed(-0.04, 2), signed(0.001, 2)
    ('+0.04', '−0.04', '0.00')
    """
    text = number(abs(value), places)
    if not text.strip("0.,"):
        return text
    return ("+" if value > 0 else "−") + text


def _spread(found: Tipping, moved: Lever, places: int) -> str:
    """How far apart single worlds tip, the middle nine in ten of them."""
    low, high = found.world(0.05), found.world(0.95)
    if len(found.per_world) < 2:
        return ""
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"; {found.never} of {counted(len(found.per_world), 'world')} never cross it"
    coarse = max(0, min(places, decimals(low, high)))
    return f"; single worlds tip between {number(low, coarse)} and {number(high, coarse)}"


def _other_arms(result: "TippingPoint") -> list[str]:
    """One sentence per arm but the first."""
    told = []
    for arm, one in result.arms.items():
        if arm == BASE:
            continue
        if one.tipping is None:
            told.append(f"With {arm}: {_nowhere(result, one)}")
            continue
        places = _places(result)
        if one.shift is None:
            interval = interval_in_words(one.tipping.low, one.tipping.high, places)
            told.append(f"With {arm} it is {result.lever.amount(one.tipping.value, places)}{interval}.")
            continue
        verb = _verb(result, one)
        told.append(
            f"With {arm} it is {result.lever.amount(one.tipping.value, places)}: {arm} {verb} "
            f"{_shift(one, places, f' of {result.lever.name}')}."
        )
    return told


def _shift(one: "ArmTipping", places: int, what: str = "") -> str:
    """How much further with its interval. what : " of shock rate", between the two"""
    change = one.shift
    if change is None:
        return "–"
    if math.isfinite(change.low) and math.isfinite(change.high):
        places = max(places, decimals(change.low, change.high))
        return (
            f"{signed(change.value, places)}{what} (95 % {signed(change.low, places)} to {signed(change.high, places)})"
        )
    return signed(change.value, places) + what


def _verb(result: "TippingPoint", one: "ArmTipping") -> str:
    """Whether the shift is a gain: the outcome stays on its good side for longer."""
    direction, base = OUTCOMES[result.outcome].direction, result.arms[BASE].tipping
    if direction == "neutral" or base is None or one.shift is None or one.shift.value == 0:
        return "moves it by"
    worse_upwards = (base.slope < 0) == (direction == "more is better")
    return "buys" if (one.shift.value > 0) == worse_upwards else "costs"


def _nowhere(result: "TippingPoint", one: "ArmTipping") -> str:
    """That there is no tipping point, and what the outcome is at both ends."""
    moved, (levers, means, _) = result.lever, one.search.known()
    known = [(lever, mean) for lever, mean in zip(levers, means, strict=True) if math.isfinite(mean)]
    between = f"no tipping point between {moved.phrase(moved.low)} and {moved.amount(moved.high)}"
    if not known:
        return f"{between}: no world defines {OUTCOMES[result.outcome].label}."
    (first, at_first), (last, at_last) = known[0], known[-1]
    side = "more" if at_first > result.level else "less"
    lowest, highest = min(mean for _, mean in known), max(mean for _, mean in known)
    told = (
        f"{outcome_in_words(result.outcome, at_first)} at {number(first)} and "
        f"{value_in_words(result.outcome, at_last)} at {number(last)}, always {side} than "
        f"{value_in_words(result.outcome, result.level)}"
    )
    nearest = highest if side == "less" else lowest
    if nearest not in (at_first, at_last):
        where = next(lever for lever, mean in known if mean == nearest)
        told += f" (nearest: {value_in_words(result.outcome, nearest)} at {number(where)})"
    return f"{between}: {told}."


def _notes(result: "TippingPoint", one: "ArmTipping") -> list[str]:
    moved, found = result.lever, one.tipping
    if found is None:
        return []
    told, worlds = [], len(found.per_world)
    level = value_in_words(result.outcome, result.level)
    if one.search.others:
        also = " and ".join(number(place) for place in one.search.others)
        kind = "as it is" if moved.start is not None else "from the low end"
        told.append(
            f"The curve crosses {level} more than once: also near {also}. This is the first crossing, counted {kind}."
        )
    if found.never and (one is not result.arms[BASE] or math.isfinite(found.world(0.05) + found.world(0.95))):
        told.append(
            f"{found.never} of {counted(worlds, 'world')} never cross {level} between {number(moved.low)} and "
            f"{moved.amount(moved.high)}."
        )
    if math.isinf(found.low) or math.isinf(found.high):
        told.append("The interval is open: it reaches beyond the range that was searched.")
    if worlds < result.worlds:
        told.append(f"{result.worlds - worlds} of {result.worlds} worlds do not define the outcome and are left out.")
    if moved.whole and abs(found.value - round(found.value)) > 1e-6:
        below = math.floor(found.value)
        name = moved.name[:1].upper() + moved.name[1:]
        told.append(f"{name} is a whole number: the level lies between {below} and {below + 1}.")
    if 1 < worlds < FEW:
        told.append(f"{worlds} worlds are too few to resample: the interval is Student’s t along the slope.")
    return told


def _places(result: "TippingPoint") -> int:
    """Decimals that the narrowest interval of all arms deserves."""
    tipped = [one.tipping for one in result.arms.values() if one.tipping is not None]
    wide = [decimals(one.low, one.high) for one in tipped if math.isfinite(one.low + one.high) and one.high > one.low]
    return max(wide, default=decimals(result.lever.low, result.lever.high) + 2)


def _end(value: float, places: int) -> str:
    return number(value, places) if math.isfinite(value) else "–" if math.isnan(value) else "beyond"
