"""What causes endings, in plain words: the answer, its table, and what must be said beside it."""

import math
from collections.abc import Sequence

from experiments.analysis.attribution import Attributed, Part
from experiments.comparisons.suspects import Suspect
from experiments.outcomes import QUARTERS_PER_YEAR
from experiments.sentences import CAUSES_IN_WORDS, NUMBERS, amount

ALL_ENDINGS = "all endings"
SAFER = 0.95  # of the risk without the suspect: below this the lower risk itself is worth a word


def verdict(suspect: Suspect, found: Attributed) -> str:
    """The share of endings that is caused, then the share that hasty reading would blame."""
    part, end = found.total, f"endings within {age_in_words(found.quarters)}"
    share = part.caused.mean
    if math.isnan(share):
        return f"too few {end} were seen to say what causes them."
    digits = _digits(part)
    spread = "" if math.isnan(part.caused.low) else f" (95 % {_range(part, digits)})"
    if part.caused.low < 0 < part.caused.high:
        text = f"about as many alliances end within {age_in_words(found.quarters)} {suspect.off}: the share caused is "
        text += f"{_number(share, digits)} of 100 endings{spread}, not to be told from none."
    elif share < 0:
        text = f"for every 100 {end} there would be {_number(-share, digits)} more {suspect.off}"
        text += f"{_mirrored(part, digits)}{_saves(suspect)}."
    else:
        text = f"{_number(share, digits)} of 100 {end} would not have happened {suspect.off}{spread}."
    if math.isnan(part.soon.mean):
        return text
    soon = _number(part.soon.mean, digits)
    return f"{text} {soon} of 100 came within a year of {suspect.event_words}: {_judged(part)}."


def _judged(part: Part) -> str:
    """What the paired worlds make of the endings that came soon after an event."""
    blamed, caused = part.soon.mean, max(part.caused.mean, 0.0)
    if caused > blamed:
        return "paired worlds find that even more were caused"
    anyway = 1 - caused / blamed if blamed else 0.0
    how_many = "most" if anyway > 0.5 else "many" if anyway > 0.25 else "some"
    return f"{how_many} of those would have ended anyway" if anyway > 0.05 else "paired worlds agree"


def _saves(suspect: Suspect) -> str:
    if not suspect.subject:
        return ""
    verbs = ("save", "they end") if suspect.is_plural else ("saves", "it ends")
    return f": {suspect.subject} {verbs[0]} more alliances than {verbs[1]}"


def _mirrored(part: Part, digits: int) -> str:
    low, high = -part.caused.high, -part.caused.low
    return "" if math.isnan(low) else f" (95 % {_number(low, digits)} to {_number(high, digits)})"


def notes(suspect: Suspect, found: Attributed, others: Sequence[Attributed] = ()) -> list[str]:
    """What must be said beside the answer: lives saved and lost, why the hasty reading misleads, shares below zero.

    others : the same at other ages
    """
    said = []
    if not math.isnan(found.saved.mean):
        change, off = found.saved, suspect.off
        spread = (
            "" if math.isnan(change.low) else f", 95 % {amount(change.low, 'share')} to {amount(change.high, 'share')}"
        )
        said.append(
            f"Of 100 alliances, {amount(found.survival.mean, 'share')} live {age_in_words(found.quarters)} as it is and "
            f"{amount(found.survival_off.mean, 'share')} {off} ({amount(change.mean, 'share', '+')}{spread}). Which "
            "ones cannot be told: without the same past, other pairs meet."
        )
    known = [one for one in others if not math.isnan(one.total.caused.mean)]
    if known:
        told = [f"{amount(one.total.caused.mean, 'share')} within {age_in_words(one.quarters)}" for one in known]
        said.append(f"At other ages the share caused, of 100 endings, is {' and '.join(told)}.")
    if not math.isnan(found.exposure) and found.total.soon.mean > 0:
        said.append(
            f"Why “within a year” misleads: alliances spend {amount(found.exposure, 'share')} of 100 quarters within a "
            f"year of {suspect.event_words}, whether they end or not. About as many endings fall there by chance."
        )
    said += _below_zero(suspect, found)
    return said


def _below_zero(suspect: Suspect, found: Attributed) -> list[str]:
    """Why fewer end in some ways: others came first, or the risk itself is lower while alliances live."""
    fewer = [part for part in found.parts[1:] if part.caused.high < 0]
    if found.total.caused.mean <= 0:
        return []
    safer = [part for part in fewer if part.risk < SAFER]
    names = [[CAUSES_IN_WORDS.get(part.cause, part.cause) for part in group] for group in
             ([part for part in fewer if part not in safer], safer)]  # fmt: skip
    said = []
    if names[0]:
        said.append(f"Below zero, {', '.join(names[0])}: fewer end in this way because other endings come first.")
    if names[1]:
        text = (
            f"Below zero, {', '.join(names[1])}: not only do other endings come first; as it is, alliances that still"
        )
        said.append(f"{text} live run less of this risk than {suspect.off}.")
    return said


def table(suspect: Suspect, found: Attributed) -> tuple[list[str], list[list[str]]]:
    """Names of the columns and the rows, all endings first, then by how much is caused."""
    names = ["kind of ending", "endings [of 100]", "caused [of 100] (95 %)"]
    if suspect.event is not None:
        names.append(f"within a year of {suspect.event_words} [of 100]")
    rows = []
    for part in ranked(found):
        label = CAUSES_IN_WORDS.get(part.cause, ALL_ENDINGS)
        spread = "" if math.isnan(part.caused.low) else f" ({_range(part, 1)})"
        row = [label, amount(part.endings, "share"), amount(part.caused.mean, "share") + spread]
        rows.append([*row, amount(part.soon.mean, "share")] if suspect.event is not None else row)
    return names, rows


def ranked(found: Attributed) -> list[Part]:
    """ALL first, then the kinds of endings that there are, from the most caused to the least."""
    kinds = [part for part in found.parts[1:] if part.endings > 0 or part.caused.mean < 0]
    return [found.total, *sorted(kinds, key=lambda part: -part.caused.mean)]


def age_in_words(quarters: int) -> str:
    """An age in years.

    >>> age_in_words(20), age_in_words(6)
    ('five years', '1.5 years')
    """
    years = quarters / QUARTERS_PER_YEAR
    return f"{NUMBERS.get(years, f'{years:g}')} year{'' if years == 1 else 's'}"  # type: ignore[call-overload]


def _digits(part: Part) -> int:
    """Decimals: none, unless the share would vanish or its interval shrink to a point."""
    low, high = part.caused.low, part.caused.high
    is_narrow = low < high and round(100 * low) == round(100 * high)
    return 1 if is_narrow or 0 < abs(part.caused.mean) < 0.015 else 0


def _range(part: Part, digits: int) -> str:
    return f"{_number(part.caused.low, digits)} to {_number(part.caused.high, digits)}"


def _number(share: float, digits: int) -> str:
    text = f"{100 * share:.{digits}f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "−")
