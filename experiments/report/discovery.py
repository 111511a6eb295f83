"""The report of scenario discovery: the rule, how it did on fresh settings, and the settings that it was found in."""

from experiments.figures.discovery import axis_label, discovery_figure, discovery_message
from experiments.figures.style import years
from experiments.report.assumptions import assumption_tables, label
from experiments.report.build import Chart, Page, Table, build_report
from experiments.report.sources import reproduce_rows
from experiments.searches.discovering import Discovery
from experiments.sentences import counted, plain_name

READING = (
    "Each mark is one setting, averaged over its worlds. Rules with more than two conditions can only be seen in part: "
    "inside the box lie settings that the other conditions shut out."
)
QUALITY_NOTE = (
    "“Such settings fail” is the density of a rule, “of all failures” its coverage; settings that an earlier rule "
    "holds do not count for a later one. The columns “on fresh ones” are the test: settings and worlds that were not used to "
    "find the rule (95 %, Wilson). They are the numbers to believe."
)
QUASI_NOTE = (
    "quasi-p: how easily chance alone would make failures so dense, if that condition did nothing. It is too kind, for "
    "the condition was picked for looking well on the same settings."
)


def axis_labels(result: Discovery) -> list[str]:
    """What each axis would be called."""
    return [axis_label(key, label(result.scenario, key)) for key in result.keys]


def discovery_report(result: Discovery, command: str = "") -> str:
    """The report as one HTML text. command : that made the result"""
    base, bar = result.scenario, result.bar
    levels, means, fails = result.known()
    boxes = [rule.box for rule in result.rules]
    where = "a sweep’s cells" if result.source else "drawn evenly over the ranges below (Latin hypercube)"
    context = (
        f"{base.title.rstrip('.') or plain_name(base)}. {counted(len(levels), 'setting')}, {where}, "
        f"{counted(result.found.worlds, 'world')} of {counted(base.firms.count, 'firm')} over {years(base.time.quarters)} "
        f"at each; at {int(fails.sum()):,} of them it fails: {bar.words()}. {' '.join(result.notes())}"
    )
    if result.failed:
        context += f" {result.failed:,} of {counted(result.ran, 'run')} failed and are left out."
    message = discovery_message(boxes, result.keys, result.whole, bar, int(fails.sum()), result.density)
    ranges = list(result.ranges.values())
    figure = discovery_figure(levels, means, fails, boxes, axis_labels(result), bar, ranges, title="")
    tables = []
    if result.rules:
        tables = [
            Table("The rules, the best first", *result.rows(), QUALITY_NOTE, numbers=False),
            Table("The conditions of each rule, the surest first", *result.restrictions(), QUASI_NOTE, numbers=False),
        ]
    varied = [(key, label(base, key), f"{low:g}", f"{high:g}") for key, (low, high) in result.ranges.items()]
    tables.append(Table("What was varied", ("setting", "meaning", "low", "high"), varied, numbers=False))
    page = Page(
        kind="scenario discovery",
        question=f"{plain_name(base)}: when does it fail?",
        answer=result.sentence(),
        context=context,
        charts=[Chart(message, figure, READING, f"{message}. {int(fails.sum())} of {len(levels)} settings fail.")],
        tables=tables,
        assumptions=assumption_tables({"as it is": base}, varied=result.keys),
        changed="All settings of the table above are varied together; all else is the same everywhere.",
        command=command or "alliances discover …  (this result was made from Python)",
        reproduce=[
            *reproduce_rows({"as it is": base}, result.found.seed, f"0 to {result.found.worlds - 1} at every setting"),
            ("method", "PRIM (Friedman & Fisher 1999; Bryant & Lempert 2010)"),
            *([("tested with seed", str(result.fresh.seed))] if result.fresh else []),
        ],
    )
    return build_report(page)
