"""The report of a portfolio under stress: chances, dangers, what would help."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.figures.stress import Chance, chances_figure, chances_message, course_figure
from experiments.provenance import BASE
from experiments.report.assumptions import assumption_tables
from experiments.report.build import LIMITS, Chart, Page, Table, build_report
from experiments.report.sources import reproduce_rows
from experiments.sentences import CAUSES_IN_WORDS, counted, plain_name
from simulation.events import CAUSES

if TYPE_CHECKING:
    from experiments.portfolios.fates import Effect
    from experiments.portfolios.stressing import Stress

OWN_LIMITS = (
    "Your firms are known here only by what the tables say of them; all else is drawn anew in every world, as the scenario "
    "says. Read the chances as those of an alliance like yours.",
    "How much your partners trust each other today is not in the table. Every alliance begins with the trust that the "
    "scenario gives to partners who do not know each other; its age counts for how well they fit.",
    "What a change costs beyond what the model charges for it is not counted, nor whether it can be had.",
)


def stress_report(result: "Stress", command: str = "") -> str:
    """The report as one HTML text. command : that made the result"""
    scenario = result.scenario
    context = (
        f"{scenario.title.rstrip('.') or plain_name(scenario)}. {counted(result.worlds, 'world')}, the clock starts now and "
        f"runs for five years. {' '.join(result.notes())}"
    )
    if result.failures:
        context += f" {len(result.failures)} of {result.runs:,} runs failed and are left out."
    page = Page(
        kind="a portfolio under stress",
        question=f"{plain_name(scenario)}: which of your {counted(len(result.portfolio.ties), 'alliance')} will live?",
        answer=result.sentence(),
        context=context,
        charts=_charts(result),
        tables=_tables(result),
        assumptions=assumption_tables({BASE: result.world}),
        changed="The world is the scenario with your firms and alliances as its network.",
        command=command or "alliances stress …  (this result was made from Python)",
        reproduce=reproduce_rows({BASE: result.world}, result.seed, f"0 to {2 * result.worlds - 1}, of which the second "
                                 "half measures the best change of each alliance"),
        limits=(*OWN_LIMITS, *LIMITS),
    )  # fmt: skip
    return build_report(page)


def stress_figures(result: "Stress") -> dict[str, Any]:
    """Pictures by name: chances of the alliances, how many still live."""
    return {"chances": chances_picture(result), "course": _course(result, course_message(result))}


def chances_picture(result: "Stress", title: str | None = None) -> Any:
    """The chances of the alliances, the most endangered first."""
    return chances_figure(_lines(result), title)


def _course(result: "Stress", title: str = "") -> Any:
    found = result.course
    return course_figure(found.mean, found.low, found.high, len(result.portfolio.ties), title)


def course_message(result: "Stress") -> str:
    """How many live five years, with what nine of ten worlds lie in."""
    low, high = result.nine_of_ten
    return (
        f"{result.expected.mean:.1f} of {counted(len(result.portfolio.ties), 'alliance')} live five years, "
        f"{low:.0f} to {high:.0f} in nine of ten worlds"
    )


def _lines(result: "Stress") -> list[Chance]:
    one, three, five = (result.chances[years] for years in (1, 3, 5))
    return [
        Chance(
            result.portfolio.names[k], float(one.mean[k]), float(three.mean[k]), float(five.mean[k]),
            float(five.low[k]), float(five.high[k]), danger_in_words(result, k),
        )
        for k in result.ranking
    ]  # fmt: skip


def danger_in_words(result: "Stress", place: int) -> str:
    """What ends an alliance most, and in how many of 100 worlds."""
    cause = int(result.danger.cause[place])
    if cause < 0:
        return "none seen"
    return f"{CAUSES_IN_WORDS[CAUSES[cause]]} ({100 * result.danger.worlds[place] / len(result.lived):.0f})"


def ranking_table(result: "Stress", most: int | None = None) -> tuple[list[str], list[list[str]]]:
    """Names of the columns and rows of the table, the most endangered alliances first; shares of 100 worlds."""
    five = result.chances[5]
    rows = [
        [
            result.portfolio.names[k],
            *(f"{100 * result.chances[years].mean[k]:.0f}" for years in (1, 3)),
            f"{100 * five.mean[k]:.0f} ({100 * five.low[k]:.0f} to {100 * five.high[k]:.0f})",
            danger_in_words(result, k),
            result.best[k].remedy.name if k in result.best else "not tried",
            gain_in_words(result.best[k].own) if k in result.best else "–",
        ]
        for k in result.ranking[:most]
    ]
    return ["alliance", "1 year", "3 years", "5 years (95 %)", "main danger", "what would help most", "by (95 %)"], rows


def changes_table(result: "Stress") -> tuple[list[str], list[list[str]]]:
    """Each change for all firms of the portfolio: what it does to the share that lives five years, the best first."""
    effects = sorted(result.everywhere, key=lambda effect: (not effect.remedy.in_hand, -effect.portfolio.mean))
    rows = [[_name(effect), effect.remedy.what, gain_in_words(effect.portfolio, 1)] for effect in effects]
    return ["change in all your firms", "what is set", "of 100 alliances more (95 %)"], rows


def _name(effect: "Effect") -> str:
    return effect.remedy.name + ("" if effect.remedy.in_hand else " (not in your hands)")


def gain_in_words(share: Any, digits: int = 0) -> str:
    """A change of a share in points of 100 with its interval."""

    return f"{points(share.mean, digits)} ({points(share.low, digits)} to {points(share.high, digits)})"


def points(value: Any, digits: int = 0) -> str:
    """A change of a share in points of 100."""
    written = f"{100 * float(value):+.{digits}f}"
    return (written.lstrip("+-") if float(written) == 0 else written).replace("-", "−")


def _charts(result: "Stress") -> Sequence[Chart]:
    lines = _lines(result)
    said = "; ".join(f"{row.name}: {100 * row.five:.0f} of 100" for row in lines[:12])
    return [
        Chart(
            chances_message(lines),
            chances_picture(result, ""),
            "One line for each alliance. The share of worlds in which it lives one, three and five years from now; the bar is "
            "the 95 % interval of the five years (Wilson). At the right what ends it most within five years, and in how many "
            "of 100 worlds.",
            f"Chances to live five years. {said}.",
        ),
        Chart(
            course_message(result),
            _course(result),
            "The share of today's alliances that still live. New ones that your firms form on the way are not counted.",
            f"Share of the portfolio alive over five years. {course_message(result)}.",
        ),
    ]


def _tables(result: "Stress") -> list[Table]:
    names, rows = ranking_table(result)
    tables = [
        Table(
            "Your alliances, the most endangered first",
            names,
            rows,
            "Shares are of 100 worlds. A danger is the last straw, intended completion left aside; a change is tried alone.",
        ),
        Table(
            "What would help the whole portfolio",
            *changes_table(result),
            "In the same worlds, with and without it.",
            False,
        ),
    ]
    own = _own_changes(result)
    return [*tables, own] if own.rows else tables


def _own_changes(result: "Stress") -> Table:
    """What each change does to each of the most endangered alliances, in its own two firms."""
    names = [remedy.name for remedy in result.tried]
    rows = []
    for place, effects in result.closely.items():
        by: Mapping[str, Any] = {effect.remedy.name: effect for effect in effects}
        rows.append([result.portfolio.names[place], *(points(by[name].own.mean) for name in names)])
    note = (
        "Change of the chance to live five years, in points of 100, in the worlds in which the best was chosen. The last two "
        "columns change the whole world." if result.closely else ""
    )  # fmt: skip
    return Table("Each change, in the alliance's own two firms", ["alliance", *names], rows, note)
