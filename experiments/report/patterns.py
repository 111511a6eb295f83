"""The page of `alliances patterns`: the answer, the table, then every pattern with its curve."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from experiments.figures.patterns import pattern_figure, scoreboard_figure
from experiments.figures.style import to_svg
from experiments.provenance import versions
from experiments.report.build import POLICY
from experiments.sentences import short
from experiments.validation.patterns import fitted_or_followed
from experiments.validation.scoreboard import interval_text

if TYPE_CHECKING:
    from experiments.validation.scoreboard import Row, Scoreboard

KNOWN = {
    "text": "read in the source",
    "abstract": "read in the abstract",
    "secondary": "quoted by others",
    "design": "asked of ourselves",
}


def patterns_report(board: "Scoreboard", command: str = "") -> str:
    """The page as HTML: inline style, inline SVG, nothing fetched. The same scoreboard gives the same text."""
    alt = "Each measured pattern as a dot on the band that studies allow. " + board.sentence()
    return _template().render(
        board=board,
        policy=POLICY,
        style=Markup(_house_style()),
        overview=Markup(to_svg(scoreboard_figure(board.rows), "overview", alt)),
        rows=[_shown(row, number) for number, row in enumerate(board.rows, 1)],
        command=command or f"alliances patterns {board.scenario.name} --worlds {board.worlds} --seed {board.seed}",
        versions=versions(),
    )


def _shown(row: "Row", number: int) -> dict[str, Any]:
    pattern = row.pattern
    told = interval_text(row.headline) if row.parts else "–"
    svg = ""
    if row.curve is not None:
        band = None if isinstance(pattern.band, str) else pattern.band
        alt = f"{pattern.name}: {row.verdict}, measured {told}."
        svg = to_svg(pattern_figure(row.curve, band), f"pattern{number}", alt)
    return {
        "row": row,
        "pattern": pattern,
        "measured": told,
        "parts": [(name.replace("_", " "), *(short(side) for side in item)) for name, item in row.parts.items()],
        "svg": Markup(svg),
        "fitted": fitted_or_followed(pattern.id),
        "known": KNOWN[pattern.evidence],
    }


def _house_style() -> str:
    """The style of all reports, so that this page looks like them."""
    text = files("experiments.report").joinpath("page.html").read_text(encoding="utf-8")
    return text.partition("<style>")[2].partition("</style>")[0]


@cache
def _template() -> Template:
    text = files("experiments.report").joinpath("patterns.html").read_text(encoding="utf-8")
    environment = Environment(
        loader=DictLoader({"patterns.html": text}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("patterns.html")
