"""The report of a sweep: an outcome over one or two settings, and the best and worst cells."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.figure import Figure

from experiments.figures.heatmap import heatmap_figure, line_figure, line_message, map_message
from experiments.figures.scatter import scatter_figure, scatter_message
from experiments.figures.style import years
from experiments.outcomes import OUTCOMES
from experiments.report.assumptions import assumption_tables, flat, label
from experiments.report.build import Chart, Page, Table, build_report, quoted
from experiments.report.numbers import is_share, shown, value_text
from experiments.report.sources import reproduce_rows
from experiments.sentences import counted, listed, plain_name
from simulation.scenario import Scenario

MOST_ROWS = 40
ENDS = 6  # cells shown at each end of a long table


class DesignLike(Protocol):
    """base : the scenario that was varied; vary : setting -> its levels; kind : "factorial" or another design."""

    @property
    def base(self) -> Scenario: ...
    @property
    def vary(self) -> Mapping[str, Sequence[Any]]: ...
    @property
    def kind(self) -> str: ...


class SweepLike(Protocol):
    """What a report needs of a sweep; `experiments.sweep` returns it.

    columns() : one entry per cell, the last setting varying fastest: a column per setting, and per outcome its mean
    under the outcome's name, its interval under name_low and name_high
    """

    @property
    def design(self) -> DesignLike: ...
    @property
    def seed(self) -> int: ...
    @property
    def worlds(self) -> int: ...
    def columns(self) -> Mapping[str, Any]: ...


def sweep_report(result: SweepLike, command: str = "", question: str = "", outcome: str = "survival_5y") -> str:
    """The report as one HTML text. command : that made the result     outcome : the one that is drawn"""
    base, vary = result.design.base, result.design.vary
    cells = len(result.columns()[outcome])
    failed = len(getattr(result, "failures", ()))
    what = OUTCOMES[outcome].label
    note = result.note() if hasattr(result, "note") else ""  # of a sweep that is not finished
    context = (
        f"{base.title.rstrip('.') or plain_name(base)}. {counted(cells, 'combination')} of "
        f"{listed(list(vary))}, {getattr(result, 'worlds_in_words', f'{result.worlds:,} worlds')} of "
        f"{counted(base.firms.count, 'firm')} over {years(base.time.quarters)} in each, the same worlds "
        f"in all. Intervals hold 95 % and come from "
        f"resampling worlds."
    )
    if failed:
        context += f" {failed:,} of {cells * result.worlds:,} runs failed and are left out."
    page = Page(
        kind="a sweep over settings",
        question=question
        or f"{plain_name(base)}: how {'does' if len(vary) == 1 else 'do'} "
        f"{quoted([_meaning(base, key) for key in vary])} move “{what}”?",
        answer=" ".join(filter(None, (note, _answer(result, outcome)))),
        context=context,
        charts=_charts(result, outcome),
        tables=_tables(result, outcome),
        assumptions=assumption_tables({"as it is": base}, varied=list(vary)),
        changed=(
            f"Varied: "
            f"{'; '.join(f'{key} ({label(base, key)}), {_range(levels)}' for key, levels in vary.items())}. "
            f"All else is the same in all cells."
        ),
        command=command or "alliances sweep …  (this result was made from Python)",
        reproduce=reproduce_rows({"as it is": base}, result.seed, f"0 to {result.worlds - 1} in every cell"),
    )
    return build_report(page)


def sweep_figure(result: SweepLike, outcome: str = "survival_5y", title: str | None = None) -> Figure:
    """The outcome as a figure: a line over one setting, a map over two, panels for a design without a grid.

    Raises ValueError for a grid of more than two.
    """
    base, vary = result.design.base, result.design.vary
    columns, keys, meaning = result.columns(), list(vary), OUTCOMES[outcome]
    share = is_share(meaning.unit)
    settings = flat(base.model_dump())
    settings |= {f"mix.{name}": row.share for name, row in base.strategies.items()}
    mean, low, high = (np.asarray(columns[f"{outcome}{side}"], dtype=np.float64) for side in ("", "_low", "_high"))
    if result.design.kind != "factorial":
        labels = {key: label(base, key) for key in keys}
        return scatter_figure(vary, labels, mean, low, high, meaning.label, share, meaning.unit, settings, title)
    if len(keys) == 1:
        return line_figure(
            vary[keys[0]],
            mean,
            low,
            high,
            label(base, keys[0]),
            meaning.label,
            settings.get(keys[0]),
            share,
            meaning.unit,
            title,
        )
    if len(keys) != 2:
        raise ValueError(f"a picture needs one or two settings, not {len(keys)}")
    across, up = keys
    values = mean.reshape(len(vary[across]), len(vary[up])).T
    spot = (settings[across], settings[up]) if across in settings and up in settings else None
    return heatmap_figure(
        vary[across],
        vary[up],
        values,
        label(base, across),
        label(base, up),
        meaning.label,
        spot,
        share,
        meaning.unit,
        title,
    )


def drawable(design: DesignLike) -> bool:
    """Whether there is a picture of it: no grid of more than two settings, and without a grid only numbers."""
    if design.kind == "factorial":
        return len(design.vary) <= 2
    return all(isinstance(level, int | float) for levels in design.vary.values() for level in levels)


def _meaning(base: Scenario, key: str) -> str:
    """What a setting means, without its unit and without asides."""
    return re.sub(r"\s*\(.*?\)", "", label(base, key).split(" [")[0])


def _charts(result: SweepLike, outcome: str) -> list[Chart]:
    base, vary = result.design.base, result.design.vary
    keys, meaning = list(vary), OUTCOMES[outcome]
    if not drawable(result.design):
        return []
    share, labels = is_share(meaning.unit), [label(base, key) for key in keys]
    values = np.asarray(result.columns()[outcome], dtype=np.float64)
    if result.design.kind != "factorial":
        message = scatter_message(vary, dict(zip(keys, labels, strict=True)), values, meaning.label)
        reading = (
            "Each dot is one cell of the design, its line the 95 % interval over worlds; dashed, the scenario as it is."
        )
        known = np.isfinite(values).any()
        ends = [shown(float(pick(values)), meaning.unit) for pick in (np.nanmin, np.nanmax)] if known else []
        told = f"From {ends[0]} to {ends[1]}" if ends else ""
    elif len(keys) == 1:
        message = line_message(vary[keys[0]], values, labels[0], meaning.label, share)
        reading = (
            "Dots are the settings that were run, the band is the 95 % interval over worlds, the dashed "
            "line the scenario as it is."
        )
        told = ", ".join(
            f"{value_text(level)}: {shown(value, meaning.unit)}"
            for level, value in zip(vary[keys[0]], values, strict=True)
        )
    else:
        grid = values.reshape(len(vary[keys[0]]), len(vary[keys[1]])).T
        message = map_message(vary[keys[0]], vary[keys[1]], grid, labels[0], labels[1], meaning.label, share)
        reading = (
            "Each square is one combination, averaged over worlds; lines join equal values; the dot is "
            "the scenario as it is."
        )
        told = (
            f"From {shown(float(np.nanmin(values)), meaning.unit)} to {shown(float(np.nanmax(values)), meaning.unit)}"
            if np.isfinite(values).any()
            else ""
        )
    return [Chart(message, sweep_figure(result, outcome, title=""), reading, f"{message}. {told}.")]


def _answer(result: SweepLike, outcome: str) -> str:
    columns, meaning = result.columns(), OUTCOMES[outcome]
    means = np.asarray(columns[outcome], dtype=np.float64)
    if not np.isfinite(means).any():
        return f"No world defines {meaning.label}."
    ends = [_cell(result, int(pick(means)), outcome) for pick in (np.nanargmin, np.nanargmax)]
    return f"{meaning.label[:1].upper()}{meaning.label[1:]}: from {ends[0]} to {ends[1]}."


def _cell(result: SweepLike, index: int, outcome: str) -> str:
    columns, unit = result.columns(), OUTCOMES[outcome].unit
    mean, low, high = (float(columns[f"{outcome}{side}"][index]) for side in ("", "_low", "_high"))
    interval = (
        f" (95 % {shown(low, unit).removesuffix(' %')} to {shown(high, unit).removesuffix(' %')})"
        if np.isfinite([low, high]).all()
        else ""
    )
    place = listed([f"{key} = {value_text(columns[key][index])}" for key in result.design.vary])
    return f"{shown(mean, unit)}{interval} at {place}"


def _tables(result: SweepLike, outcome: str) -> list[Table]:
    columns, keys, meaning = result.columns(), list(result.design.vary), OUTCOMES[outcome]
    means = np.asarray(columns[outcome], dtype=np.float64)
    order = np.arange(len(means)) if len(keys) == 1 else np.argsort(-np.nan_to_num(means, nan=-np.inf), kind="stable")
    known = order[np.isfinite(means[order])]
    cut = len(known) > MOST_ROWS
    picked = np.concatenate([known[:ENDS], known[-ENDS:]]) if cut and len(keys) > 1 else known[:MOST_ROWS]
    more = [name for name in ("survival_3y", "survival_7y", "alliances_alive", "mean_trust") if name != outcome]
    names = (*keys, meaning.label, "95 % interval", *(OUTCOMES[name].label for name in more))
    rows = []
    for index in (int(position) for position in picked):
        low, high = (
            shown(float(columns[f"{outcome}_{side}"][index]), meaning.unit).removesuffix(" %")
            for side in ("low", "high")
        )
        rest = [shown(float(columns[name][index]), OUTCOMES[name].unit) for name in more]
        levels = [value_text(columns[key][index]) for key in keys]
        rows.append(
            (*levels, shown(float(means[index]), meaning.unit), "–" if low == "–" else f"{low} to {high}", *rest)
        )
    caption = (
        f"The {ENDS} highest and the {ENDS} lowest of {len(means):,} combinations"
        if cut and len(keys) > 1
        else "Every combination"
    )
    note = "All of them: summary.csv and parts/*.parquet in the result folder." if cut else ""
    return [Table(caption, names, rows, note)]


def _range(levels: Sequence[Any]) -> str:
    if all(isinstance(level, int | float) and not isinstance(level, bool) for level in levels):
        return f"{len(levels)} levels from {value_text(min(levels))} to {value_text(max(levels))}"
    return listed([value_text(level) for level in levels], "or")
