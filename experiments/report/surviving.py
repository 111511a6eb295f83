"""The report of survival: how long alliances live, how they end, what goes with a long life; pictures and tables."""

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from experiments.analysis.survival import cumulative_incidence
from experiments.figures.endings import endings_figure
from experiments.figures.hazards import hazards_figure, hazards_message
from experiments.figures.spells import spells_figure, spells_message
from experiments.figures.style import years
from experiments.figures.survival import survival_figure
from experiments.histories.lifetime_words import age_table, endings_table, mean_table, ratio_table, spells_name
from experiments.provenance import BASE
from experiments.report.assumptions import assumption_tables
from experiments.report.build import LIMITS, Chart, Page, Table, build_report
from experiments.report.charts import endings_chart, survival_chart
from experiments.report.numbers import intervals_from
from experiments.report.sources import reproduce_rows
from experiments.sentences import counted, plain_name
from simulation.events import CAUSES

if TYPE_CHECKING:
    from experiments.histories.surviving import Survival

YOURS = "the spells"
NOT_SIMULATED = "Nothing was simulated: the numbers are those of the file."
OBSERVED_LIMITS = (
    "What was seen says how long these lasted, not why, and not how long others would.",
    "Who is still going is taken to be like those who ended at higher ages; where people stop looking because the end is "
    "near, that is wrong.",
    "Intervals take each spell as independent of the others. Partners that share their luck make them too narrow.",
    "A long life is not success: loyal partners may live long and earn little.",
)


def survival_figures(result: "Survival") -> dict[str, Figure]:
    """Figures by file name: survival, and of a scenario endings and hazards."""
    found: dict[str, Figure] = {}
    if result.spell_curve is not None:
        found["survival"] = spells_figure(result.spell_curve, YOURS, result.curve, _scenario(result))
    elif result.curve is not None:
        found["survival"] = survival_figure({_scenario(result): result.curve})
    if result.life is not None:
        incidence = cumulative_incidence(result.life.at_risk.sum(axis=0), result.life.deaths.sum(axis=0))
        found["endings"] = endings_figure({_scenario(result): incidence}, CAUSES)
    if result.ratios is not None and result.ratios.rows:
        found["hazards"] = hazards_figure(result.ratios.rows)
    return found


def survival_report(result: "Survival", command: str = "") -> str:
    """The report as one HTML text. command : that made the result"""
    scenario = result.scenario
    whose = [plain_name(scenario)] if scenario else []
    whose += [spells_name(result)] if result.spells else []
    page = Page(
        kind="survival",
        question=f"{' and '.join(whose)}: how long do alliances live?",
        answer=result.sentence(),
        context=_context(result),
        charts=_charts(result),
        tables=_tables(result),
        assumptions=assumption_tables({BASE: scenario}) if scenario else [],
        changed="Sources name the study or the assumption behind a default." if scenario else NOT_SIMULATED,
        command=command or "alliances survival …  (this result was made from Python)",
        reproduce=reproduce_rows({BASE: scenario}, result.seed, f"0 to {result.worlds - 1}") if scenario else [],
        limits=LIMITS if scenario else OBSERVED_LIMITS,
    )
    return build_report(page)


def _scenario(result: "Survival") -> str:
    return plain_name(result.scenario) if result.scenario else ""


def _context(result: "Survival") -> str:
    parts = []
    if (scenario := result.scenario) is not None:
        parts.append(
            f"{scenario.title.rstrip('.') or plain_name(scenario)}. {counted(result.worlds, 'world')} of "
            f"{counted(scenario.firms.count, 'firm')} over {years(scenario.time.quarters)}. {intervals_from(result.worlds)}"
        )
    if result.failures:
        parts.append(f"{len(result.failures)} of {result.worlds:,} runs failed and are left out.")
    if result.spells is not None:
        ended = int(result.spells.ended.sum())
        parts.append(
            f"{counted(len(result.spells), 'spell')} from {result.spells.source or 'Python'}, {ended:,} of them ended; the "
            "others count for as long as they were seen. Their intervals take each spell as independent of the others: "
            "where partners share their luck they are too narrow."
        )
    return " ".join([*parts, *result.notes()])


def _charts(result: "Survival") -> list[Chart]:
    charts = []
    curve, name = result.spell_curve, _scenario(result)
    if curve is not None:
        figure = spells_figure(curve, YOURS, result.curve, name, title="")
        shares = ", ".join(f"{100 * float(curve.at(age)[0]):.0f} % after {age} years" for age in (1, 3, 5, 7, 10))
        reading = (
            "Share still going at each age (Kaplan-Meier: what was not seen to end counts for as long as it was seen, "
            "what was first seen late counts from then on). Below: how many stand behind the curve."
        )
        alt = f"Survival of the spells: {shares.replace('nan %', 'unknown')}."
        charts.append(Chart(spells_message(curve, YOURS, result.curve, name), figure, reading, alt))
    elif result.life is not None:
        charts.append(survival_chart({name: result.life}))
    if result.life is not None:
        charts.append(endings_chart({name: result.life}, CAUSES))
    if result.ratios is not None and result.ratios.rows:
        rows = result.ratios.rows
        reading = (
            "To the right of 1 alliances end sooner, to the left they live longer, compared with alliances alike in all "
            "other rows. Lines are 95 % intervals that know that alliances of one world share its luck. A ratio of 2 "
            "means twice the chance to end in any quarter, not half the life."
        )
        told = "; ".join(f"{row.name}: {row.mean:.2f}" for row in rows)
        charts.append(Chart(hazards_message(rows), hazards_figure(rows, title=""), reading, f"Hazard ratios. {told}."))
    return charts


def _tables(result: "Survival") -> list[Table]:
    tables = [
        _table("How many are alive after each year, and how many end in it", age_table(result),
               "Of 100, in brackets the 95 % interval. –: nobody was seen so long."),
        _table("Mean life within the first years", mean_table(result),
               "The area below the survival curve: a mean that does not wait for the last one to end."),
    ]  # fmt: skip
    pairs = (("the scenario", result.simulated), (YOURS, result.observed))
    for whose, told in pairs:
        if told is not None and told.incidence:
            note = "All causes compete: with those still alive, a column adds up to 100."
            tables.append(_table(f"How the alliances of {whose} have ended by each age", endings_table(told), note))
    if result.ratios is not None and result.ratios.rows:
        note = (
            f"Cox regression of {result.ratios.endings:,} endings among {result.ratios.spells:,} alliances in "
            f"{counted(result.ratios.worlds, 'world')}, ties after Efron, errors by world. All causes of ending together."
        )
        names, rows = ratio_table(result)
        tables.append(Table("What goes with a short or a long life", names, rows, note, numbers=False))
    return tables


def _table(caption: str, content: tuple[list[str], list[list[Any]]], note: str) -> Table:
    names, rows = content
    return Table(caption, names, rows, note)
