"""How long alliances live: one curve per arm, its interval, and how many alliances stand behind it."""

import textwrap
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.survival import SurvivalCurve, survival_at
from experiments.figures.style import (
    BLACK,
    MUTED,
    QUARTERS_PER_YEAR,
    SMALL,
    TEXT,
    arm_line,
    arm_look,
    balanced,
    dress,
    in_arm,
    new_figure,
    of_100,
    on_white,
    percent_axis,
    set_title,
    side_labels,
    year_ticks,
    years,
)

MOST_TOLD = 4  # arms beside the first that a message tells one by one
FEWEST = 10  # alliances at risk below which a curve is no longer drawn


def survival_message(curves: Mapping[str, SurvivalCurve], age: int = 20) -> str:
    """One sentence: how many of 100 alliances reach an age [quarters] in each arm, with the interval of the first."""
    shares = {name: float(survival_at(curve.estimate, age)) for name, curve in curves.items()}
    (first, share), *others = shares.items()
    if not np.isfinite(share):
        return f"No alliance was seen for {years(age)}{f' {in_arm(first)}' if others else ''}"
    text = f"{of_100(share)} alliances live {years(age)}"
    if not others:
        low, high = (100 * float(survival_at(side, age)) for side in (curves[first].low, curves[first].high))
        return f"{text} (95 % {low:.0f} to {high:.0f})" if np.isfinite([low, high]).all() else text
    known = sorted((value, name) for name, value in others if np.isfinite(value))
    if len(others) > MOST_TOLD and known:
        (least, worst), (most, best) = known[0], known[-1]
        return f"{text} {in_arm(first)}; from {_number(least)} {in_arm(worst)} to {_number(most)} {in_arm(best)}"
    return ", ".join([f"{text} {in_arm(first)}"] + [f"{_number(value)} {in_arm(name)}" for name, value in others])


def _number(share: float) -> str:
    return f"{100 * share:.0f}" if np.isfinite(share) else "unknown"


def survival_figure(
    curves: Mapping[str, SurvivalCurve], title: str | None = None, last: int = 60, age: int = 20
) -> Figure:
    """Kaplan-Meier curves with bands over worlds and a table of alliances at risk.

    curves : arm -> curve, "as it is" first     last : end of the axis [quarters]     age : at which to compare
    [quarters]
    title : None writes the message, "" nothing
    """
    figure = new_figure(9.0, 5.2 + 0.3 * len(curves))
    set_title(figure, survival_message(curves, age) if title is None else title)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[4.4, 0.35 + 0.3 * len(curves)])
    end = min(last, max(QUARTERS_PER_YEAR, *map(_known, curves.values())))
    for position, curve in enumerate(curves.values()):
        _draw_curve(upper, position, curve, end)
    percent_axis(upper)
    dress(upper, y="alliances still alive [%]")
    upper.set_xlim(0, end / QUARTERS_PER_YEAR)
    year_ticks(upper, end / QUARTERS_PER_YEAR)
    if age < end:
        upper.axvline(age / QUARTERS_PER_YEAR, color=MUTED, linewidth=1, linestyle=(0, (3, 3)), zorder=0)
    if len(curves) > 1:
        ends = [float(curve.estimate[min(end, _known(curve))]) for curve in curves.values()]
        colours = [on_white(arm_look(position)[0]) for position in range(len(curves))]
        names = [balanced(name, 22) for name in curves]
        side_labels(upper, ends, names, colours, gap=0.14 if any("\n" in name for name in names) else 0.075)
    _numbers_at_risk(lower, curves, end)
    upper.tick_params(labelbottom=True)
    worlds = next(iter(curves.values())).worlds
    note = f"Bands: 95 % over {worlds} worlds, pointwise. " if worlds > 1 else "One world: no interval can be given. "
    upper.set_xlabel("age of the alliance [years]", fontsize=TEXT, labelpad=4)
    lower.set_title(
        f"alliances at risk{f', {worlds} worlds together' if worlds > 1 else ''}",
        loc="left",
        fontsize=SMALL,
        color=BLACK,
        pad=4,
    )
    lower.set_xlabel(note, fontsize=SMALL, color=MUTED, loc="left", labelpad=2)
    return figure


def _draw_curve(axes: Axes, position: int, curve: SurvivalCurve, end: int) -> None:
    colour, marker = arm_look(position)
    shown = slice(min(end, _known(curve)) + 1)
    estimate = curve.estimate[shown]
    time = np.arange(len(estimate)) / QUARTERS_PER_YEAR
    axes.fill_between(time, curve.low[shown], curve.high[shown], step="post", color=colour, alpha=0.18, linewidth=0)
    axes.step(time, estimate, where="post", color=colour, linewidth=2.2, linestyle=arm_line(position))
    each = slice(2 * QUARTERS_PER_YEAR - position % 4, None, 2 * QUARTERS_PER_YEAR)
    axes.plot(time[each], estimate[each], marker, color=colour, markersize=7.5, markeredgecolor="white")


def _known(curve: SurvivalCurve) -> int:
    """Last age [quarters] up to which enough alliances were observed."""
    enough = np.flatnonzero(
        (curve.at_risk >= min(FEWEST, curve.at_risk[:1].max(initial=0))) & np.isfinite(curve.estimate[1:])
    )
    return int(enough[-1]) + 1 if enough.size else 0


def _numbers_at_risk(axes: Axes, curves: Mapping[str, SurvivalCurve], end: int) -> None:
    axes.set_ylim(len(curves) - 0.5, -0.6)
    axes.set_yticks(
        range(len(curves)),
        [textwrap.shorten(name, 26, placeholder=" …") if len(curves) > 1 else "" for name in curves],
        fontsize=SMALL,
    )
    axes.tick_params(length=0, labelbottom=False)
    axes.tick_params(axis="y", pad=30)
    for side in axes.spines.values():
        side.set_visible(False)
    for row, (label, curve) in enumerate(zip(axes.get_yticklabels(), curves.values(), strict=True)):
        colour = on_white(arm_look(row)[0])
        label.set_color(colour)
        for tick in axes.get_xticks():
            quarter = round(float(tick) * QUARTERS_PER_YEAR)
            if quarter > end or not tick <= axes.get_xlim()[1]:
                continue
            count = int(curve.at_risk[quarter]) if quarter < len(curve.at_risk) else 0
            axes.text(float(tick), row, _count(count), ha="center", va="center", fontsize=SMALL, color=colour)


def _count(count: int) -> str:
    """A count in at most six letters."""
    return f"{count:,}" if count < 100_000 else f"{count / 1e3:,.0f}k" if count < 10_000_000 else f"{count / 1e6:,.0f}M"
