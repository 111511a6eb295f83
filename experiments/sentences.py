"""Answers in plain words: what a person reads before any table."""

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from experiments.outcomes import OUTCOMES, QUARTERS_PER_YEAR, YEARS
from experiments.provenance import BASE
from simulation.scenario import Scenario
from simulation.story_words import CAUSES

if TYPE_CHECKING:
    from experiments.comparisons.comparing import Comparison

CAUSES_IN_WORDS = CAUSES  # as stories say them
NUMBERS = {3: "three", 5: "five", 7: "seven"}
MOST_TOLD = 4  # arms that a sentence tells one by one; of more it tells the ends


def plain_name(scenario: Scenario) -> str:
    """`constant_change` as people write it: "Constant change"."""
    name = scenario.name.replace("_", " ")
    return name[:1].upper() + name[1:]


def run_sentence(found: dict[str, Any], scenario: Scenario) -> str:
    """How long alliances lived in one world and what ended them most. found : what `summary` gives."""
    survival = {years: found["survival"][str(years * QUARTERS_PER_YEAR)] for years in YEARS}
    known = [f"{100 * share:.0f} live {NUMBERS[years]} years" for years, share in survival.items() if share is not None]
    place = f"{plain_name(scenario)}, one world of {counted(found['firms'], 'firm')} over {counted(found['quarters'], 'quarter')}"
    if known:
        first = f"{place}: of 100 alliances " + listed(
            [known[0], *(text.replace("live ", "").replace(" years", "") for text in known[1:])]
        )
    else:
        first = f"{place}: too few alliances were seen long enough to say how many live three years"
    endings = sorted(((share, cause) for cause, share in found["endings"].items() if share), reverse=True)
    if not endings:
        return first + ". No alliance ended."
    most, *others = endings
    text = f"{first}. What ends them most is {CAUSES_IN_WORDS[most[1]]} ({100 * most[0]:.0f} of 100 endings)"
    return text + (f", then {CAUSES_IN_WORDS[others[0][1]]} ({100 * others[0][0]:.0f})." if others else ".")


def comparison_sentence(result: "Comparison", outcome: str = "survival_5y") -> str:
    """The arms' five-year survival, what each changes with its interval, and in how many worlds it is better.

    Of more than MOST_TOLD arms only those with the most and the least.
    """
    base = result.arms[BASE][outcome].mean
    worlds = counted(result.worlds, "world")
    if math.isnan(base):
        return (
            f"{plain_name(result.scenario)}, {worlds}: too few were seen long enough to say how many {_verb(outcome)}."
        )
    digits = _digits(result, outcome)
    parts = [f"{plain_name(result.scenario)}, {worlds}: {100 * base:.{digits}f} of 100 {_verb(outcome)}."]
    for lead, arm in _told(result, outcome):
        change = result.difference(arm, outcome)
        if not change.worlds:
            parts.append(f"With {arm}, no world tells.")
            continue
        interval = (
            "" if math.isnan(change.low) else f", 95 % {_signed(change.low, digits)} to {_signed(change.high, digits)}"
        )
        parts.append(
            f"{lead} {arm}, {100 * result.arms[arm][outcome].mean:.{digits}f} ({_signed(change.mean, digits)}{interval}; "
            f"better in {change.better_in} of {counted(change.worlds, 'world')})."
        )
    return " ".join(parts)


def _told(result: "Comparison", outcome: str) -> list[tuple[str, str]]:
    """The arms that a sentence tells, each with the word before it."""
    others = list(result.arms)[1:]
    known = [arm for arm in others if result.difference(arm, outcome).worlds]
    if len(others) <= MOST_TOLD or len(known) < 2:
        return [("With", arm) for arm in others[:MOST_TOLD]]
    ordered = sorted(known, key=lambda arm: result.difference(arm, outcome).mean)
    return [(f"Of {len(others)} arms, most with", ordered[-1]), ("Fewest with", ordered[0])]


def counted(number: int, word: str) -> str:
    """A number of things.

    >>> counted(1, "world"), counted(1200, "quarter")
    ('1 world', '1,200 quarters')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names as a sentence lists them.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""


def _verb(outcome: str) -> str:
    """ "alliances that live five years" to "alliances live five years"."""
    return OUTCOMES[outcome].label.replace(" that ", " ")


def _digits(result: "Comparison", outcome: str) -> int:
    """No decimals, unless 41 and +11 would not make 52, an effect would vanish, or both ends of an interval look alike."""
    base = result.arms[BASE][outcome].mean
    for arm in list(result.arms)[1:]:
        difference = result.difference(arm, outcome)
        change, mean = difference.mean, result.arms[arm][outcome].mean
        if math.isnan(change):
            continue
        if difference.low < difference.high and round(100 * difference.low) == round(100 * difference.high):
            return 1
        if round(100 * base) + round(100 * change) != round(100 * mean) or (change and not round(100 * change)):
            return 1
    return 0


def _signed(share: float, digits: int) -> str:
    text = f"{100 * share:+.{digits}f}".replace("-", "−")
    return text.lstrip("+−") if float(text.replace("−", "-")) == 0 else text


def html_table(title: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A small table without scripts, for notebooks."""
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(short(item))}</td>" for item in row) + "</tr>" for row in rows)
    return f"<div><p>{escape(title)}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def table_unit(unit: str) -> str:
    """The unit of a column: shares are written as so many of 100."""
    return "of 100" if unit.startswith("share") else unit


def amount(value: float, unit: str, sign: str = "", beside: float | None = None) -> str:
    """A value of an outcome in its column: shares of 100 with one digit, others with three figures.

    beside : a value that this one is compared with, whose digits it takes

    >>> amount(0.3333, "share"), amount(-0.02, "share", "+"), amount(12.345, "quarters", "+")
    ('33.3', '−2.0', '+12.3')
    """
    if math.isnan(value):
        return "–"
    size = value if beside is None or math.isnan(beside) else beside
    if unit.startswith("share"):
        text = f"{100 * value:{sign}.1f}"
    else:
        text = f"{value:{sign},.{max(0, 2 - math.floor(math.log10(abs(size) or 1)))}f}"
    is_zero = not text.strip("+-0.,")
    return text.lstrip("+-") if is_zero else text.replace("-", "−")


def short(value: Any) -> str:
    """A value as a table shows it: three digits, – for what is undefined.

    >>> short(0.41567), short(None), short(1234.0), short("text")
    ('0.416', '–', '1,234', 'text')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool | str):
        return str(value)
    number = float(value)
    return f"{number:,.0f}" if abs(number) >= 1000 or number == int(number) else f"{number:.3g}"
