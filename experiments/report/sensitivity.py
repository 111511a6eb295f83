"""The report of a sensitivity analysis: which settings matter, in which ranges, and how much is luck."""

from experiments.figures.sensitivity import sensitivity_figure, sensitivity_message
from experiments.figures.style import years
from experiments.outcomes import OUTCOMES
from experiments.report.assumptions import assumption_tables
from experiments.report.build import Chart, Page, Table, build_report
from experiments.report.sources import reproduce_rows
from experiments.searches.sensing import Sensitivity, in_words
from experiments.sentences import counted, plain_name

READING = {
    "morris": (
        "Each bar is how much the outcome changes, on average, when that setting alone goes through its whole range, "
        "starting from many places (Morris’ elementary effects). The diamond is how much that change differs from place "
        "to place: where it is as long as the bar, the setting works through others."
    ),
    "sobol": (
        "Each bar is the share of the outcome’s variance that would vanish if that setting were known (Sobol’ total "
        "index); the diamond the share that goes with it alone (first-order index). What lies between are interactions."
    ),
}


def sensitivity_report(result: Sensitivity, command: str = "") -> str:
    """The report as one HTML text. command : that made the result"""
    base, meaning = result.scenario, OUTCOMES[result.outcome]
    names, rows = result.rows()
    context = (
        f"{base.title.rstrip('.') or plain_name(base)}. {counted(len(result.ranges), 'setting')} at "
        f"{result.points:,} points, {counted(result.worlds, 'world')} of {counted(base.firms.count, 'firm')} over "
        f"{years(base.time.quarters)} at each, the same worlds at all points. {' '.join(result.notes())}"
    )
    if result.failed:
        context += f" {result.failed:,} of {counted(result.runs, 'run')} failed and are left out."
    what, columns = in_words(result.outcome), result.columns()
    figure = sensitivity_figure(columns, what, meaning.unit, result.luck.share, title="")
    message = sensitivity_message(columns, what, result.luck.share)
    told = "; ".join(f"{row[0]}: {row[3]} ({row[4]})" for row in rows[:10])
    ranges = [(key, result.meaning(key), f"{low:g}", f"{high:g}") for key, (low, high) in result.ranges.items()]
    page = Page(
        kind="a sensitivity analysis",
        question=f"{plain_name(base)}: which assumptions move “{meaning.label}”?",
        answer=result.sentence(),
        context=context,
        charts=[Chart(message, figure, READING[result.method], f"Ranked bars. {told}.")],
        tables=[
            Table(f"What moves “{meaning.label}”, strongest first", names, rows, numbers=False),
            Table(
                "From where to where each setting was varied",
                ("setting", "meaning", "low", "high"),
                ranges,
                numbers=False,
            ),
        ],
        assumptions=assumption_tables({"as it is": base}, varied=list(result.ranges)),
        changed="All settings of the table above are varied together; all else is the same at all points.",
        command=command or "alliances sensitivity …  (this result was made from Python)",
        reproduce=[
            *reproduce_rows({"as it is": base}, result.seed, f"0 to {result.worlds - 1} at every point"),
            ("method", f"{result.method}, {result.samples} samples, through SALib"),
        ],
    )
    return build_report(page)
