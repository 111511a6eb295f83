"""From the parts of a report to one self-contained page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from experiments.figures.style import to_svg
from experiments.report.slim import shared_styles, slim
from experiments.sentences import listed

if TYPE_CHECKING:
    from experiments.report.viewer import Play

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
LIMITS = (
    "A tool for thinking, not a forecast. Firms, knowledge and trust are numbers here that follow "
    "written rules; what the rules leave "
    "out, the results leave out.",
    "The starting values are set so that simulated alliances live and end about as published studies "
    "say real ones do. They are not "
    "your firms.",
    "Trust differences between courses of action more than levels: most of what is wrong with a "
    "model is wrong in every arm.",
    "Intervals say how much is luck within the model. They do not say whether the model is right.",
    "The cause of an ending is the last straw, not what would have saved the alliance. Shocks come "
    "before most endings and cause fewer.",
    "A long life is not success: loyal partners may live long and earn little.",
)


@dataclass(frozen=True)
class Chart:
    """One figure of a report. message : its point in one sentence; reading : how to read it; alt : what it shows, in
    words."""

    message: str
    figure: Figure
    reading: str
    alt: str


@dataclass(frozen=True)
class Table:
    """One table of a report, cells as text. The first column names the row. note : below the table, may be empty."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    numbers: bool = True  # columns after the first are set as numbers


@dataclass(frozen=True)
class Page:
    """Everything a report says, in the order in which it says it.

    kind : "comparison", ...     question : the heading     answer : one sentence, with its uncertainty
    context : what was run, in one sentence     changed : what differs from what, before the tables of assumptions
    reproduce : names and values, after the command     play : a world to be played, or why none can; None where nobody
    would look for one
    """

    kind: str
    question: str
    answer: str
    context: str
    charts: Sequence[Chart]
    tables: Sequence[Table]
    assumptions: Sequence[Table]
    changed: str
    command: str
    reproduce: Sequence[tuple[str, str]]
    limits: Sequence[str] = LIMITS
    play: "Play | None" = None


def build_report(page: Page) -> str:
    """The page as HTML: inline style, inline SVG, a policy that forbids everything else but, by its hash, the viewer's
    script. The same page gives the same text."""
    drawn = [slim(to_svg(chart.figure, f"chart{number}", chart.alt)) for number, chart in enumerate(page.charts, 1)]
    drawn, styles = shared_styles(drawn)
    charts = [
        {"message": chart.message, "reading": chart.reading, "svg": Markup(svg)}
        for chart, svg in zip(page.charts, drawn, strict=True)
    ]
    player = page.play.player if page.play else None
    policy = POLICY.replace("style-src", f"script-src {player.source}; style-src", 1) if player else POLICY
    return _template().render(page=page, charts=charts, policy=policy, styles=Markup(styles), player=player)


@cache
def _template() -> Template:
    text = files("experiments.report").joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(
        loader=DictLoader({"page.html": text}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = breakable
    return environment.get_template("page.html")


def breakable(key: str) -> Markup:
    """A dotted name that may be broken after its dots and underscores."""
    return Markup("").join(
        escape(part) + Markup("<wbr>") if part in "._" else escape(part) for part in re.split(r"([._])", key) if part
    )


def quoted(names: Sequence[str]) -> str:
    """Names in quotation marks, as a sentence lists them."""
    return listed([f"“{name}”" for name in names])
