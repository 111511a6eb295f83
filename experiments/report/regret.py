"""The report of regrets: which arm is safest over several futures."""

from experiments.comparisons.regretting import Regret
from experiments.figures.regret import regret_figure, regret_message
from experiments.figures.style import years
from experiments.outcomes import OUTCOMES
from experiments.provenance import BASE
from experiments.report.assumptions import assumption_tables, changes
from experiments.report.build import Chart, Page, Table, build_report, quoted
from experiments.report.numbers import value_text
from experiments.report.sources import reproduce_rows
from experiments.sentences import counted, plain_name

READING = (
    "Each square is how far an arm stays behind the best arm of that future, averaged over worlds; the last column is the "
    "worst of its row. The arm above has the least worst regret: it is the safe choice for somebody who cannot tell which "
    "future will come."
)
NOTE = (
    "In brackets the 95 % interval from resampling worlds, the same worlds in all arms and futures. “Least in”: in how "
    "many of 100 resamples the arm has the least worst regret. The mean gives every future the same weight."
)


def regret_report(result: Regret, command: str = "") -> str:
    """The report as one HTML text. command : that made the result"""
    base, meaning = result.scenario, OUTCOMES[result.outcome]
    context = (
        f"{base.title.rstrip('.') or plain_name(base)}. {counted(len(result.arms), 'arm')} in "
        f"{counted(len(result.futures), 'future')}, {counted(result.worlds, 'world')} of "
        f"{counted(base.firms.count, 'firm')} over {years(base.time.quarters)} in each, the same worlds with the same luck "
        f"in all. {' '.join(result.notes())}"
    )
    if result.failed:
        context += f" {result.failed:,} of {counted(result.runs, 'run')} failed; their worlds are left out."
    message = regret_message(result.found, result.arms, result.outcome)
    names, rows = result.rows()
    told = "; ".join(f"{row[0]}: at worst {row[-3]}" for row in rows)
    coming = [(future, _difference(result, future)) for future in result.futures]
    arms = {BASE: base} | {arm: base.with_(_of_arm(result, arm)) for arm in result.arms if arm != BASE}
    page = Page(
        kind="regret over futures",
        question=f"{plain_name(base)}: which of {quoted(result.arms)} is the safe choice?",
        answer=result.sentence(),
        context=context,
        charts=[
            Chart(
                message,
                regret_figure(result.found, result.arms, result.futures, result.outcome, title=""),
                READING,
                f"Map of regrets. {told}.",
            )
        ],
        tables=[
            Table(f"Regret in “{meaning.label}”", names, rows, NOTE, numbers=False),
            Table("The outcomes behind it", *result.outcome_rows()),
            Table("The futures", ("future", "what is different there"), coming, numbers=False),
        ],
        assumptions=assumption_tables(arms),
        changed="Each arm is run in each future of the table above.",
        command=command or "alliances regret …  (this result was made from Python)",
        reproduce=reproduce_rows({BASE: base}, result.seed, f"0 to {result.worlds - 1} in every arm and future"),
    )
    return build_report(page)


def _difference(result: Regret, future: str) -> str:
    """What a future changes about the scenario, in words."""
    found = changes(result.scenario, result.scenarios[BASE][future])
    shown = [f"{key} = {value_text(value)}" for key, value in list(found.items())[:8]]
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    return (", ".join(shown) or "nothing") + more


def _of_arm(result: Regret, arm: str) -> dict[str, object]:
    """What an arm changes, as settings."""
    future = result.futures[0]
    return changes(result.scenarios[BASE][future], result.scenarios[arm][future])
