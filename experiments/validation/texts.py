"""The scoreboard as text for people: the table of `docs/patterns.md`."""

from typing import TYPE_CHECKING

from experiments.provenance import versions
from experiments.sentences import counted
from experiments.validation.patterns import anywhere, fitted_or_followed
from experiments.validation.scoreboard import interval_text

if TYPE_CHECKING:
    from experiments.validation.scoreboard import Row, Scoreboard

HEAD = ("", "pattern", "measured", "band", "verdict", "source", "fitted or followed")


def markdown(board: "Scoreboard") -> str:
    """Title, the answer, how to read it, the table, and what misses."""
    lines = [
        "# Patterns of real alliances",
        "",
        board.sentence(),
        "",
        "Each row is a finding about real alliances, measured in simulated ones with one set of defaults. The band is what "
        "studies allow; they disagree, so it is wide. Intervals are 95 % over worlds. All patterns but P27 were in view "
        "when the defaults were chosen (`alliances calibrate --patterns`). To tell what was fitted from what followed, they "
        f"were also measured at {anywhere()['draws']} random settings within the bounds of that search: a pattern that "
        "holds at three in four of them *followed* from the mechanisms, another had to be *fitted*. There were only "
        f"{anywhere()['worlds']} worlds at each, so patterns whose whole interval must lie inside (P28, P30, P33) had it harder.",
        "",
        f"Written by `alliances patterns {board.scenario.name} --worlds {board.worlds} --seed {board.seed} --write "
        f"docs/patterns.md` (version {versions()['alliance-dynamics']}, {counted(board.worlds, 'world')} per arm).",
        "",
        _line(HEAD),
        "|" + "---|" * len(HEAD),
        *(_line(cells(row)) for row in board.rows),
    ]
    missed = [row for row in board.rows if row.holds is not True]
    if missed:
        lines += ["", "## What does not hold or could not be told", ""]
        lines += [f"- **{row.pattern.id}** {row.pattern.name}: {row.reason}." for row in missed]
    lines += ["", "## How each is measured", ""]
    lines += [f"- **{row.pattern.id}** {row.pattern.measure}." for row in board.rows]
    return "\n".join(lines) + "\n"


def cells(row: "Row") -> tuple[str, ...]:
    """A row of the table as texts, in the order of HEAD."""
    measured = interval_text(row.headline) if row.parts else "–"
    pattern = row.pattern
    return (
        pattern.id,
        pattern.name,
        measured,
        pattern.wanted,
        row.verdict,
        pattern.source,
        fitted_or_followed(pattern.id),
    )


def _line(items: tuple[str, ...]) -> str:
    return "| " + " | ".join(item.replace("|", "\\|") for item in items) + " |"
