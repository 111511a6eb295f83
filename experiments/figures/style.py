"""How all pictures look: colours that everyone can tell apart, a shape beside every colour, text readable at arm's
length.

Every figure is a bare `matplotlib.figure.Figure`: no pyplot and no global state, so figures may be drawn in any thread.
"""

import io
import re
import textwrap
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Okabe & Ito 2008: distinct for every common kind of colour vision.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
INK, MUTED, FAINT, CASING = "#1A1A1A", "#5A5A5A", "#D9D9D9", "#2B2B2B"

WINE, INDIGO = "#882255", "#332288"  # Tol 2021, Colour Schemes, "muted": far from the others for every colour vision

ARM_COLOURS = (INK, BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, WINE, INDIGO)
ARM_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", "h")
ARM_DASHES = ((6.0, 1.5), (2.5, 1.2), (6.0, 1.5, 1.5, 1.5), (1.2, 1.0))  # of the arms after SOLID_ARMS
SOLID_ARMS = 5

TEXT, SMALL, TITLE = 13.0, 11.5, 15.0  # points, on a figure 9 inches wide
QUARTERS_PER_YEAR = 4
CAUSE_LABELS = {
    "learned_out": "nothing left to learn",
    "better_option": "better option",
    "partner_failed": "partner failed",
    "never_started": "never got started",
}


def arm_look(position: int) -> tuple[str, str]:
    """Colour and marker of the arm at a position; the base arm is 0."""
    return ARM_COLOURS[position % len(ARM_COLOURS)], ARM_MARKERS[position % len(ARM_MARKERS)]


def arm_line(position: int) -> Any:
    """Line style of the arm at a position: whole for the first ones, then dashes, so that nine curves are told apart."""
    position %= len(ARM_COLOURS)
    return "-" if position < SOLID_ARMS else (0, ARM_DASHES[position - SOLID_ARMS])


def in_arm(name: str) -> str:
    """How a sentence speaks of an arm.

    >>> in_arm("as it is"), in_arm("managed")
    ('as it is', 'with “managed”')
    """
    return name if name == "as it is" else f"with “{name}”"


def words(name: str) -> str:
    """A name of code as people read it.

    >>> words("learned_out"), words("mean_trust")
    ('nothing left to learn', 'mean trust')
    """
    return CAUSE_LABELS.get(name, name.replace("_", " "))


def of_100(share: float) -> str:
    """A share as people say it.

    >>> of_100(0.4149), of_100(float("nan"))
    ('41 of 100', 'an unknown number')
    """
    return f"{100 * share:.0f} of 100" if np.isfinite(share) else "an unknown number"


def years(quarters: float) -> str:
    """A number of quarters in years, with its word.

    >>> years(4), years(20), years(14)
    ('1 year', '5 years', '3.5 years')
    """
    count = quarters / QUARTERS_PER_YEAR
    return f"{count:g} year{'' if count == 1 else 's'}"


class PlainFigure(Figure):
    """A figure whose texts mean what they say: `$` is a dollar, never the start of a formula."""

    def draw(self, renderer: RendererBase) -> None:
        for text in self.findobj(Text):
            text.set_parse_math(False)
        super().draw(renderer)

    def _repr_png_(self) -> bytes:
        """How a notebook shows it, whatever backend was chosen."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()


def new_figure(width: float = 9.0, height: float = 5.6) -> Figure:
    """An empty white figure [inches] that makes room for everything drawn on it."""
    figure = PlainFigure(figsize=(width, height), dpi=110, layout="constrained", facecolor="white")
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(w_pad=0.12, h_pad=0.10)  # type: ignore[call-arg]
    return figure


def set_title(figure: Figure, title: str) -> None:
    """The message of the figure, above everything at the left, wrapped to its width. Nothing for an empty title."""
    if not title:
        return
    lines = balanced(title, int(figure.get_size_inches()[0] * 7.6))
    figure.suptitle(lines, x=0.015, ha="left", fontsize=TITLE, fontweight="bold", color=INK, linespacing=1.25)


def balanced(text: str, width: int) -> str:
    """Text in as few lines of at most `width` letters as possible, all about equally long.

    >>> balanced("one two three four", 14).split(chr(10))
    ['one two', 'three four']
    """
    lines = textwrap.wrap(text, width)
    narrow = next(size for size in range(1, width + 1) if len(textwrap.wrap(text, size)) <= len(lines) or size == width)
    return textwrap.fill(text, max(narrow, max(map(len, text.split()), default=1)))


def panel_title(axes: Axes, text: str, colour: str = INK) -> None:
    """The name of one panel, at its top left."""
    axes.set_title(text, loc="left", fontsize=TEXT, color=colour, fontweight="bold", pad=8)


def dress(axes: Axes, x: str = "", y: str = "", grid: str = "y") -> None:
    """Axis labels with units, quiet grid behind the data, no frame above and to the right."""
    axes.set_xlabel(x, fontsize=TEXT, color=INK, labelpad=6)
    axes.set_ylabel(y, fontsize=TEXT, color=INK, labelpad=8)
    axes.tick_params(labelsize=SMALL, colors=MUTED, labelcolor=INK, length=4)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(MUTED)
    if grid:
        axes.grid(axis=grid, color=FAINT, linewidth=0.8)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def year_ticks(axes: Axes, last: float) -> None:
    """Whole years on the x axis, about eight of them. last : end of the axis [years]."""
    step = next((step for step in (1, 2, 3, 5, 10, 20, 25, 50, 100) if last / step <= 8.5), 200)
    axes.set_xticks(np.arange(0, last + 1e-9, step)) if last >= 1 else axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0])


def percent_axis(axes: Axes, low: float = 0.0, high: float = 1.0) -> None:
    """Shares on the y axis, written as percent."""
    axes.set_ylim(low, high)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")


def spread(positions: Sequence[float] | Floats, gap: float, low: float, high: float) -> Floats:
    """Positions at least `gap` apart between low and high, in the same order and moved as little as possible.

    Shrinks the gap if there is no room for all.

    >>> spread([0.5, 0.5, 0.9], 0.1, 0.0, 1.0).round(2).tolist()
    [0.45, 0.55, 0.9]
    """
    wanted = np.asarray(positions, dtype=np.float64)
    count = len(wanted)
    if count == 0:
        return wanted
    gap = min(gap, (high - low) / max(count - 1, 1))
    order = np.argsort(wanted, kind="stable")
    # With k·gap taken off the k-th, "at least a gap apart" becomes "in order": pool whatever is out of order into
    # means.
    blocks: list[tuple[float, int]] = []
    for rank, value in enumerate(wanted[order]):
        blocks.append((float(value) - rank * gap, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (above, many), (below, few) = blocks.pop(), blocks.pop()
            blocks.append(((above * many + below * few) / (many + few), many + few))
    pooled = np.concatenate([np.full(size, mean) for mean, size in blocks])
    placed = np.clip(pooled, low, high - (count - 1) * gap) + gap * np.arange(count)
    result = np.empty(count)
    result[order] = placed
    return result


def side_labels(
    axes: Axes,
    values: Sequence[float] | Floats,
    texts: Sequence[str],
    colours: Sequence[str],
    gap: float = 0.06,
    start: float = 1.0,
) -> None:
    """Labels to the right of the axes, each joined to its value on the y axis and none upon another.

    gap : least distance [share of the height of the axes]     start : where the joining lines begin [share of the
    width]
    """
    low, high = axes.get_ylim()
    places = spread((np.asarray(values) - low) / (high - low), gap, 0.0, 1.0)
    for value, place, text, colour in zip(values, places, texts, colours, strict=True):
        at = (float(value) - low) / (high - low)
        axes.plot(
            [start, start + 0.012, start + 0.028],
            [at, at, place],
            transform=axes.transAxes,
            color=MUTED,
            linewidth=0.9,
            clip_on=False,
        )
        axes.text(
            start + 0.035, place, text, transform=axes.transAxes, va="center", ha="left", fontsize=TEXT, color=colour
        )


def on_white(colour: str) -> str:
    """A colour dark enough for text on white: the pale ones of the palette are darkened."""
    return {YELLOW: "#7A6F00", ORANGE: "#8F6200", SKY: "#1F6E9C", PURPLE: "#9C4A78", GREEN: "#00734F"}.get(
        colour, colour
    )


def to_svg(figure: Figure, prefix: str = "figure", alt: str = "") -> str:
    """The figure as an <svg> element to be put into a page: no date, no script, nothing fetched, the same text every
    time.

    prefix : begins every id, so that figures in one page don't clash     alt : what the picture shows, for those who
    can't see it
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    # matplotlib salts its ids at random; numbering them by first appearance makes them the same in every process.
    found = dict.fromkeys(re.findall(r'\bid="([^"]+)"', text))
    new = {old: f"{prefix}-{number}" for number, old in enumerate(found)}
    text = re.sub(r'\bid="([^"]+)"', lambda match: f'id="{new[match[1]]}"', text)
    text = re.sub(r"url\(#([^)]+)\)", lambda match: f"url(#{new.get(match[1], match[1])})", text)
    text = re.sub(r'href="#([^"]+)"', lambda match: f'href="#{new.get(match[1], match[1])}"', text)
    text = re.sub(r"\s*\n\s*", " ", text)
    label = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    return text.replace("> <", ">\n<").replace("<svg ", f"<svg {label} ", 1).strip()
