"""The figures that reports share, each with its message, how to read it and what it shows in words."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import networkx as nx
import numpy as np

from experiments.analysis.survival import cumulative_incidence, survival_curve
from experiments.figures.endings import endings_figure, endings_message
from experiments.figures.living import living_figure, living_message
from experiments.figures.network import MOST_FIRMS, network_figure, network_message
from experiments.figures.style import Floats, words, years
from experiments.figures.survival import survival_figure, survival_message
from experiments.report.build import Chart, quoted


class Lives(Protocol):
    """A life table of one world or, with a first axis, of many: at_risk [(worlds,) ages], deaths [(worlds,) causes,
    ages]."""

    @property
    def at_risk(self) -> Any: ...
    @property
    def deaths(self) -> Any: ...


def survival_chart(life: Mapping[str, Lives]) -> Chart:
    """How long alliances live in each arm."""
    curves = {name: survival_curve(table.at_risk, table.deaths) for name, table in life.items()}
    points = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{100 * curve.estimate[age]:.0f} % after {age // 4} years"
            for age in (4, 12, 20, 28, 40)
            if age < len(curve.estimate)
        )
        for name, curve in curves.items()
    ).replace("nan %", "unknown")
    reading = (
        "Share of alliances still alive at each age (Kaplan-Meier: alliances that outlive the run "
        "count for as long as they were seen). "
        "Below: how many alliances of each age stand behind the curve."
    )
    return Chart(survival_message(curves), survival_figure(curves, title=""), reading, f"Survival curves. {points}.")


def endings_chart(life: Mapping[str, Lives], causes: Sequence[str]) -> Chart:
    """How alliances end in each arm."""
    incidence = {name: cumulative_incidence(*_together(table)) for name, table in life.items()}
    parts = []
    for name, table in incidence.items():
        age = min(20, table.shape[1] - 1)
        last = table[:, age]
        parts.append(
            f"{name}, within {years(age)}: "
            + ", ".join(f"{words(cause)} {100 * share:.0f} %" for cause, share in zip(causes, last, strict=True))
        )
    reading = (
        "The height of each layer is the share of all alliances that have ended through that cause by "
        "that age; white are those still alive."
    )
    alt = f"Layers of endings by cause. {'; '.join(parts)}.".replace("nan %", "unknown")
    return Chart(endings_message(incidence, causes), endings_figure(incidence, causes, title=""), reading, alt)


def _together(table: Lives) -> tuple[Any, Any]:
    at_risk, deaths = np.asarray(table.at_risk), np.asarray(table.deaths)
    return (at_risk.sum(axis=0), deaths.sum(axis=0)) if at_risk.ndim == 2 else (at_risk, deaths)


def living_chart(living: Mapping[str, Floats], warm_up: int) -> Chart:
    """How many alliances live at each time in each arm. Worlds that failed (NaN) are left out."""
    known = {name: table[np.isfinite(table).all(axis=1)] for name, table in living.items()}
    worlds = max(map(len, known.values()))
    reading = "Living alliances at the end of each quarter."
    if worlds > 1:
        reading += (
            " The dark band holds half of the worlds, the light band nine of ten; the thin lines are "
            "three real runs, none of them typical."
        )
    if warm_up:
        reading += " The grey part is the warm-up, in which the world forgets how it was started."
    middles = "; ".join(
        f"{name}: median {np.median(table[:, warm_up:]):,.0f} after the warm-up"
        for name, table in known.items()
        if len(table)
    )
    message = living_message(living, warm_up)
    return Chart(message, living_figure(living, warm_up, title=""), reading, f"Living alliances over time. {middles}.")


def network_chart(graph: "nx.Graph[Any]", where: str) -> Chart:
    """Who is allied with whom. where : which world and moment, in words."""
    reading = (
        "Each mark is a firm, its shape the firm's strategy, a ring means it employs alliance "
        "managers. Each line is a living alliance, "
        "from dark blue (no trust) to yellow (full trust). Nearness has no other meaning than being tied."
    )
    if len(graph) > MOST_FIRMS:
        reading += f" Only the {MOST_FIRMS} best connected firms are drawn."
    message = f"{where}: {network_message(graph)}"
    return Chart(message, network_figure(graph, title=""), reading, f"Network of alliances. {message}.")


def arms_in_words(names: Sequence[str]) -> str:
    """The arms after the first, as a sentence lists them."""
    return quoted(list(names)[1:])
