"""How long alliances live, in plain words: the answer, its tables, and what must be said beside it."""

import math
from pathlib import PurePath
from typing import TYPE_CHECKING

from experiments.analysis.comparison import Estimate
from experiments.histories.covariates import Ratio
from experiments.histories.lifetimes import AGES, ENDED_BY, WITHIN, Lifetimes
from experiments.sentences import CAUSES_IN_WORDS, counted, plain_name

if TYPE_CHECKING:
    from experiments.histories.surviving import Survival

Rows = tuple[list[str], list[list[str]]]
FIVE = AGES.index(5)
MOST_RATIOS = 3  # that the notes name of each kind


def sentence(result: "Survival") -> str:
    """Median life, five-year survival and mean life of what was asked for, the simulated alliances first."""
    parts = []
    if result.scenario and result.simulated:
        ran = counted(result.worlds - len(result.failures), "world")
        parts.append(f"{plain_name(result.scenario)}, {ran}: {_lives(result.simulated)}{_endings(result.simulated)}")
    if result.observed:
        told = result.observed
        whose = spells_name(result)
        parts.append(f"{whose}, {counted(told.alliances, 'spell')} of which {told.ended:,} ended: {_lives(told)}")
    return " ".join(parts)


def spells_name(result: "Survival") -> str:
    """The file of the spells without its folder."""
    return PurePath(result.spells.source).name if result.spells and result.spells.source else "Your spells"


def _lives(told: Lifetimes) -> str:
    median, five, mean = told.median, told.survival[FIVE], told.mean_within[0]
    if math.isnan(median.mean):
        known = [(age, item) for age, item in zip(AGES, told.survival, strict=True) if not math.isnan(item.mean)]
        if not known:
            return "too few were seen long enough to say how many live a year."
        age, item = known[-1]
        text = f"more than half outlive what was seen; {of_100(item)} live {_years(age)}"
    else:
        text = f"half of the alliances are gone after {median.mean:.1f} years{_range(median, 1)}"
        if not math.isnan(five.mean):
            text += f"; {of_100(five)} live five years"
    if not math.isnan(mean.mean):
        text += f"; of their first five years they live {mean.mean:.2f} on average{_range(mean, 2)}"
    return f"{text}."


def _endings(told: Lifetimes) -> str:
    place = ENDED_BY.index(5)
    shares = {cause: items[place].mean for cause, items in told.incidence.items() if not math.isnan(items[place].mean)}
    if not shares or not max(shares.values()):
        return ""
    most = max(shares, key=lambda cause: shares[cause])
    return f" By then {CAUSES_IN_WORDS.get(most, most)} has ended most: {100 * shares[most]:.0f} of 100."


def of_100(item: Estimate) -> str:
    """A share with its interval: "47 of 100 (45 to 49)"."""
    text = f"{100 * item.mean:.0f} of 100"
    return text + (f" ({100 * item.low:.0f} to {100 * item.high:.0f})" if math.isfinite(item.low + item.high) else "")


def _years(age: int) -> str:
    return "one year" if age == 1 else f"{age} years"


def _range(item: Estimate, digits: int) -> str:
    """The interval in brackets; one end may be open, where a band never comes down to one half."""
    if math.isnan(item.low):
        return ""
    high = "more than was seen" if math.isnan(item.high) else f"{item.high:.{digits}f}"
    return f" (95 % {item.low:.{digits}f} to {high})"


def notes(result: "Survival") -> list[str]:
    """Who lives longer, how the two agree, what was left out."""
    found = []
    if result.simulated and result.observed:
        found.append(_agreement(result.simulated, result.observed))
    if result.ratios:
        told = sorted((row for row in result.ratios.rows if row.is_told), key=lambda row: -abs(math.log(row.mean)))
        for verb, side in (
            ("End sooner", [r for r in told if r.mean > 1]),
            ("Live longer", [r for r in told if r.mean < 1]),
        ):
            if side:
                found.append(f"{verb}: {', '.join(map(_ratio, side[:MOST_RATIOS]))}.")
        if result.ratios.rows:
            found.append(
                "A ratio of hazards says what goes with a long or short life among alliances alike in all other rows, on "
                "average over all ages; what a change would do, `alliances compare` tells."
            )
        for why in dict.fromkeys(result.ratios.left_out.values()):
            names = [name for name, reason in result.ratios.left_out.items() if reason == why]
            found.append(f"Without a ratio ({why}): {', '.join(names)}.")
    if result.spells is not None:
        found += _of_spells(result)
    return found


def _ratio(row: Ratio) -> str:
    spread = "" if math.isnan(row.low) else f", 95 % {row.low:.2f} to {row.high:.2f}"
    return f"{row.name} ({row.mean:.2f} times the hazard{spread})"


def _agreement(simulated: Lifetimes, observed: Lifetimes) -> str:
    pairs = [(age, one.mean, other) for age, one, other in zip(AGES, simulated.survival, observed.survival, strict=True)
             if not math.isnan(one.mean) and math.isfinite(other.low + other.high)]  # fmt: skip
    if not pairs:
        return "There is no age at which both curves are known."
    inside = sum(other.low <= share <= other.high for _, share, other in pairs)
    age, share, other = max(pairs, key=lambda pair: abs(pair[1] - pair[2].mean))
    which = f"{len(pairs)} yearly ages" if len(pairs) > 1 else "the one age that can be compared"
    return (
        f"The scenario's curve lies within the band of the spells at {inside} of {which}. They differ most at "
        f"{_years(age)}: {100 * share:.0f} of 100 live there, {100 * other.mean:.0f} of 100 of the spells."
    )


def _of_spells(result: "Survival") -> list[str]:
    spells, curve = result.spells, result.spell_curve
    if spells is None or curve is None:
        return []
    found = [spells.left_out] if spells.left_out else []
    late = spells.entry[spells.entry > 0.25]
    if len(late) > 0.1 * len(spells):
        found.append(
            f"{len(late):,} of {len(spells):,} spells were first seen when they had lasted for a while (up to "
            f"{late.max():.1f} years). They count from then on; where those that last are of another kind, hazards seem to "
            "fall with age."
        )
    zero = [float(age) for age, share in zip(curve.age, curve.survival, strict=True) if share == 0]
    if zero and curve.last > zero[0]:
        found.append(
            f"At {zero[0]:.1f} years all who were seen then had ended, though others were seen later: the curve is 0 "
            "from there on. Too few were seen early."
        )
    return found


def _cell(item: Estimate) -> str:
    """A share of 100 with its interval, as a table shows it."""
    if math.isnan(item.mean):
        return "–"
    text = f"{100 * item.mean:.1f}"
    return (
        text
        if math.isnan(item.low) or math.isnan(item.high)
        else f"{text} ({100 * item.low:.1f} to {100 * item.high:.1f})"
    )


def _both(result: "Survival") -> list[tuple[str, Lifetimes]]:
    name = plain_name(result.scenario) if result.scenario else ""
    pairs = [(name, result.simulated), ("spells", result.observed)]
    return [(of, told) for of, told in pairs if told]


def age_table(result: "Survival") -> Rows:
    """Of 100 alliances, how many are alive after each year, and of 100 that reach a year, how many end in it."""
    both = _both(result)
    headings = ["alive after it [of 100]", "end in it [of 100 that reach it]"]
    if len(both) > 1:
        headings = [f"{of}: {what}" for what in ("alive", "end in it") for of, _ in both]
    names = ["year of life", *headings]
    lines = [
        [str(age), *(_cell(told.survival[k]) for _, told in both), *(_cell(told.chance[k]) for _, told in both)]
        for k, age in enumerate(AGES)
    ]
    return names, [line for line in lines if any(cell != "–" for cell in line[1:])]


def mean_table(result: "Survival") -> Rows:
    """Mean life within the first years."""
    both = _both(result)
    lines = []
    for k, age in enumerate(WITHIN):
        cells = [told.mean_within[k] for _, told in both]
        lines.append(
            [f"{age} years", *("–" if math.isnan(item.mean) else f"{item.mean:.2f}{_range(item, 2)}" for item in cells)]
        )
    return ["of the first", *(f"{of}: lived on average [years]" for of, _ in both)], lines


def endings_table(told: Lifetimes) -> Rows:
    """Of 100 alliances, how many have ended through each cause by each age; the most common first."""
    last = {
        cause: [item.mean for item in items if not math.isnan(item.mean)] for cause, items in told.incidence.items()
    }
    order = sorted(told.incidence, key=lambda cause: -(last[cause][-1] if last[cause] else 0.0))
    names = ["ended by [of 100]", *(f"{age} year{'s' if age > 1 else ''}" for age in ENDED_BY)]
    return names, [[CAUSES_IN_WORDS.get(cause, cause), *map(_cell, told.incidence[cause])] for cause in order]


def ratio_table(result: "Survival") -> Rows:
    """Hazard ratios, the worst first."""
    rows = sorted(result.ratios.rows if result.ratios else (), key=lambda row: -row.mean)
    names = ["known at birth", "rather than", "times the hazard", "95 %", "holds for [of 100]"]
    return names, [
        [
            row.name,
            row.against,
            f"{row.mean:.2f}",
            "–" if math.isnan(row.low) else f"{row.low:.2f} to {row.high:.2f}",
            "–" if math.isnan(row.with_it) else f"{100 * row.with_it:.0f}",
        ]
        for row in rows
    ]
