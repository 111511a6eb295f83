"""How long real alliances live: the steps of single spells with their band, beside a scenario's curve if there is one."""

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.spells import SpellCurve
from experiments.analysis.survival import SurvivalCurve
from experiments.figures.style import (
    BLACK,
    BLUE,
    INK,
    MUTED,
    QUARTERS_PER_YEAR,
    SMALL,
    TEXT,
    balanced,
    dress,
    new_figure,
    of_100,
    percent_axis,
    set_title,
    side_labels,
    year_ticks,
)

FIVE = 5.0  # years
LONGEST = 25.0  # years


def spells_message(observed: SpellCurve, name: str, curve: SurvivalCurve | None = None, scenario: str = "") -> str:
    """One sentence: how many live five years (or as long as anybody was seen), there and in the scenario."""
    age = next(age for age in (FIVE, 3.0, 1.0, 0.0) if np.isfinite(observed.at(age)[0]))
    share = float(observed.at(age)[0])
    text = f"{of_100(share)} of {name} last {age:g} year{'' if age == 1 else 's'}"
    if curve is None or round(age * QUARTERS_PER_YEAR) >= len(curve.estimate):
        return text
    return f"{text}, {of_100(float(curve.estimate[round(age * QUARTERS_PER_YEAR)]))} in “{scenario}”"


def spells_figure(
    observed: SpellCurve, name: str, curve: SurvivalCurve | None = None, scenario: str = "", title: str | None = None
) -> Figure:
    """Kaplan-Meier steps with a log-log band (Greenwood) and numbers at risk.

    observed, name : the curve of single spells and what they are called     curve, scenario : of simulated worlds
    title : None writes the message, "" nothing
    """
    figure = new_figure(9.0, 5.6 if curve is None else 5.9)
    set_title(figure, spells_message(observed, name, curve, scenario) if title is None else title)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[4.4, 0.65 if curve is None else 0.95])
    end = min(LONGEST, max(1.0, observed.last))
    ages = np.concatenate([[0.0], observed.age[observed.age <= end], [end]])
    share, low, high = observed.at(ages)
    upper.fill_between(ages, low, high, step="post", color=BLUE, alpha=0.2, linewidth=0)
    upper.step(ages, share, where="post", color=BLUE, linewidth=2.2)
    ends, names, colours = [_last(share)], [balanced(name, 22)], [BLUE]
    if curve is not None:
        time = np.arange(min(len(curve.estimate), round(end * QUARTERS_PER_YEAR) + 1)) / QUARTERS_PER_YEAR
        estimate, below, above = (side[: len(time)] for side in (curve.estimate, curve.low, curve.high))
        upper.fill_between(time, below, above, step="post", color=INK, alpha=0.18, linewidth=0)
        upper.step(time, estimate, where="post", color=INK, linewidth=2.0, linestyle=(0, (5, 2)))
        ends, names, colours = [*ends, _last(estimate)], [*names, balanced(scenario, 22)], [*colours, INK]
    percent_axis(upper)
    dress(upper, y="still going [%]")
    upper.set_xlim(0, end)
    year_ticks(upper, end)
    side_labels(upper, ends, names, colours, gap=0.14 if any("\n" in text for text in names) else 0.075)
    _at_risk(lower, observed, curve, name, scenario)
    upper.tick_params(labelbottom=True)
    upper.set_xlabel("age [years]", fontsize=TEXT, labelpad=4)
    note = "Band of the spells: 95 % (Greenwood, log-log), each spell on its own."
    if curve is not None and curve.worlds > 1:
        note += f"\nBand of the scenario: 95 % over {curve.worlds} worlds."
    lower.set_xlabel(note, fontsize=SMALL, color=MUTED, loc="left", labelpad=2)
    return figure


def _last(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else 1.0


def _at_risk(axes: Axes, observed: SpellCurve, curve: SurvivalCurve | None, name: str, scenario: str) -> None:
    """How many are under observation at the ages of the ticks."""
    ticks = [float(tick) for tick in axes.get_xticks()]
    rows: list[tuple[str, list[int]]] = [(name, [int(count) for count in observed.observed_at(ticks)])]
    if curve is not None:
        ages = [round(tick * QUARTERS_PER_YEAR) for tick in ticks]
        rows.append((scenario, [int(curve.at_risk[age]) if age < len(curve.at_risk) else 0 for age in ages]))
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.set_yticks(
        range(len(rows)),
        [textwrap.shorten(text, 22, placeholder=" …") if len(rows) > 1 else "" for text, _ in rows],
        fontsize=SMALL,
    )
    axes.tick_params(length=0, labelbottom=False)
    axes.tick_params(axis="y", pad=30)
    for place, (_, counts) in enumerate(rows):
        for tick, count in zip(ticks, counts, strict=True):
            if tick <= axes.get_xlim()[1]:
                axes.text(tick, place, f"{count:,}", ha="center", va="center", fontsize=SMALL, color=BLACK)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title("under observation", loc="left", fontsize=SMALL, color=BLACK, pad=4)
