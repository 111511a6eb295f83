"""The report of a fit to somebody's own history: the curve, the settings, how far apart good fits lie."""

from typing import TYPE_CHECKING, Any

from experiments.analysis.likelihood import ANYTIME, BLUR, survival_of
from experiments.figures.fitted import fitted_figure
from experiments.provenance import BASE
from experiments.report.assumptions import assumption_tables
from experiments.report.build import LIMITS, Chart, Page, Table, build_report
from experiments.report.sources import reproduce_rows
from experiments.sentences import counted, plain_name
from simulation.scenario import Scenario
from simulation.validation import settings

if TYPE_CHECKING:
    from experiments.histories.fitting import Fit

OWN_LIMITS = (
    "One curve of survival cannot tell several settings apart: where the ranges below are wide, your data do not say which "
    "value is right. Use all good fits, not only the best, before you rest a decision on one.",
    "What fits how long alliances live need not fit why they end.",
)


def fitted_report(result: "Fit", command: str = "") -> str:
    """The report as one HTML text. command : that made the result"""
    worlds = result.worlds
    context = (
        f"{counted(result.tried, 'combination')} of settings of the scenario “{result.base.name}” were tried in "
        f"{counted(worlds // 2, 'world')} each, {counted(len(result.good), 'good one')} again in as many fresh worlds. "
        f"{' '.join([*result.poor(), *result.notes])}"
    ).strip()
    page = Page(
        kind="a fit to your own history",
        question=f"{plain_name(result.base)}: which world makes alliances live as long as yours?",
        answer=result.sentence(),
        context=context,
        charts=[_chart(result)],
        tables=_tables(result),
        assumptions=assumption_tables({BASE: result.base, "fitted": result.scenario}),
        changed="Everything that was not fitted is as in the scenario.",
        command=command or "alliances calibrate --spells …  (this result was made from Python)",
        reproduce=reproduce_rows({BASE: result.base, "fitted": result.scenario}, result.seed, f"0 to {worlds - 1}"),
        limits=(*OWN_LIMITS, *LIMITS),
    )
    return build_report(page)


def fitted_picture(result: "Fit", title: str | None = None) -> Any:
    """The curve of the data with its band, the fits over it."""
    message = fitted_message(result) if title is None else title
    return fitted_figure(
        result.curve, result.survival, survival_of(result.hazard_before), result.ages(), result.inside(), message
    )


def fitted_message(result: "Fit") -> str:
    """At how many ages the fit agrees with the data."""
    ages, inside = result.ages(), sum(result.inside())
    return f"The best fit lies inside the band of the data at {inside} of {counted(len(ages), 'age')}"


def settings_rows(result: "Fit") -> tuple[list[str], list[list[str]]]:
    """Names of the columns and rows of the table of fitted settings."""
    known = {setting.key: setting for setting in settings(Scenario)}
    before = result.base.model_dump()
    rows = []
    for name, (low, high) in result.ranges().items():
        group, leaf = name.split(".", 1)
        spread = f"{low:.3g} to {high:.3g}" if low < high else f"always {low:.3g}"
        rows.append([name, known[name].meaning, f"{before[group][leaf]:.3g}", f"{result.settings[name]:.3g}", spread])
    return ["setting", "meaning", "as it was", "best fit", "good fits"], rows


def ages_rows(result: "Fit") -> tuple[list[str], list[list[str]]]:
    """Names of the columns and rows of the table of ages: data, fit, and whether it lies inside the band."""
    ages = result.ages()
    share, low, high = result.curve.at(ages)
    fits = result.at(ages)
    rows = [
        [
            f"{age:g}",
            f"{100 * share[k]:.0f} ({100 * low[k]:.0f} to {100 * high[k]:.0f})",
            f"{100 * fits[0, k]:.0f} ({100 * fits[:, k].min():.0f} to {100 * fits[:, k].max():.0f})",
            "inside" if inside else "outside",
        ]
        for k, (age, inside) in enumerate(zip(ages, result.inside(), strict=True))
    ]
    return ["age [years]", "your data (95 %)", "best fit (good fits)", "the best fit is"], rows


def _chart(result: "Fit") -> Chart:
    said = "; ".join(f"{row[0]} years: {row[1]} observed, {row[2]} fitted" for row in ages_rows(result)[1])
    return Chart(
        fitted_message(result),
        fitted_picture(result, ""),
        "Share of alliances that still go on at each age. Black: yours (Kaplan-Meier; those still going, and those seen only "
        "from a later age, count for as long as they were seen). Blue: the best fit; pale: fits that do as well.",
        f"Observed and fitted survival. {said}.",
    )


def _tables(result: "Fit") -> list[Table]:
    gain = float(result.value[0]) - result.before
    note = (
        f"The log-likelihood of your observations is {gain:.1f} higher than in the scenario as it was. Fits count as good within "
        "the likelihood-ratio region (χ², 95 %), widened by the error of simulation. "
        f"Endings are taken to be recorded a quarter early or late in {BLUR:.0%} of cases each, and {ANYTIME:.0%} of them to "
        "keep to no calendar."
    ).replace("%", " %")  # fmt: skip
    return [
        Table("What was fitted", *settings_rows(result), note.replace("95  %", "95 %"), numbers=False),
        Table("Of 100 alliances, how many live so long", *ages_rows(result)),
    ]
