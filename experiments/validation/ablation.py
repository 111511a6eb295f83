"""What each mechanism is needed for: the table of `alliances ablation`, and its forms."""

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.outcomes import plain
from experiments.sentences import amount, counted, html_table, plain_name
from experiments.validation.measure import Interval
from experiments.validation.patterns import patterns
from experiments.validation.scoreboard import Scoreboard, interval_text
from simulation.mechanisms import STATEMENTS, Mechanisms, asked_by

if TYPE_CHECKING:
    import pandas as pd

PATTERN, STATEMENT, NOTHING = "pattern", "statement", "nothing"
HEAD = ("mechanism", "patterns lost without it", "gained", "five-year survival without it", "asked for by")
LUCK = "?"  # behind a pattern whose numbers hardly moved: its verdict may have changed by luck
_IDS = re.compile(r"P\d\d")


@dataclass(frozen=True)
class Flip:
    """A pattern whose verdict is another one without the mechanism.

    before, after : its headline with and without     reason : why it does not hold, where it does not
    is_clear : whether a number of it moved further than luck would, or is undefined now
    """

    pattern: str
    name: str
    before: Interval
    after: Interval
    reason: str
    is_clear: bool

    def __str__(self) -> str:
        return self.pattern + ("" if self.is_clear else LUCK)


@dataclass(frozen=True)
class AblationRow:
    """One mechanism switched off.

    asked : statement of the design, or patterns, that ask for it     lost, gained : patterns, by their verdicts
    held : how many patterns hold without it     survival : share of alliances that live five years without it
    change : of that share, in the same worlds     is_at_rest : it does nothing in this scenario and its arms
    """

    mechanism: str
    meaning: str
    asked: str
    lost: tuple[Flip, ...]
    gained: tuple[Flip, ...]
    held: int
    survival: Interval
    change: Interval
    is_at_rest: bool

    @property
    def needed_by(self) -> str:
        """A pattern that is clearly lost without it, else a statement that asks for it, else nothing."""
        if any(flip.is_clear for flip in self.lost):
            return PATTERN
        return STATEMENT if any(name in STATEMENTS for name in asked_by(self.mechanism)) else NOTHING


@dataclass(frozen=True)
class Ablation:
    """What `ablation` found. board : the patterns with all mechanisms as the scenario has them"""

    board: Scoreboard
    rows: tuple[AblationRow, ...]
    seconds: float = 0.0

    def needing(self) -> list[str]:
        """Patterns that at least one mechanism is needed for."""
        found = {flip.pattern for row in self.rows for flip in row.lost if flip.is_clear}
        return [row.pattern.id for row in self.board.rows if row.pattern.id in found]

    def sentence(self) -> str:
        """The answer in words: how many patterns need a mechanism, and which mechanisms no pattern needs."""
        by = {kind: [row for row in self.rows if row.needed_by == kind] for kind in (PATTERN, STATEMENT, NOTHING)}
        needing, held = len(self.needing()), self.board.held
        several = len(self.rows) != 1
        size = f"{counted(self.board.worlds, 'world')}, {counted(len(self.rows), 'mechanism')}"
        holding = "1 pattern that holds" if held == 1 else f"{held} patterns that hold"
        need = f"need{'s' if needing == 1 else ''} {'at least one of them' if several else 'it'}"
        stated = ", ".join(row.mechanism for row in by[STATEMENT]) or "none"
        nothing = "; ".join(f"{row.mechanism} ({self.excuse(row)})" for row in by[NOTHING]) or "none"
        answer = f"{plain_name(self.board.scenario)}, {size}: {needing} of the {holding} {need}"
        return f"{answer}; needed by no pattern but by a statement: {stated}; by nothing: {nothing}."

    def excuse(self, row: AblationRow) -> str:
        """For a mechanism that only patterns ask for and none is lost without: what became of those patterns."""
        found = {item.pattern.id: item.holds for item in self.board.rows}
        words = {True: "holds without it too", False: "misses with it too", None: "could not be told"}
        unclear = {flip.pattern for flip in row.lost}
        told = []
        for name in _IDS.findall(row.asked):
            state = words[found[name]] if name in found else "was not measured"
            told.append(f"{name} {'is lost, perhaps by luck' if name in unclear else state}")
        return ", ".join(told)

    def notes(self) -> list[str]:
        """What must be said beside the sentence."""
        unclear = sum(not flip.is_clear for row in self.rows for flip in (*row.lost, *row.gained))
        idle = [row.mechanism for row in self.rows if row.is_at_rest]
        found = []
        if unclear:
            found.append(
                f"{LUCK} its numbers hardly moved: the verdict changed at the edge of its band, perhaps by luck."
            )
        if idle:
            found.append(f"At rest in this scenario already, so that nothing changes: {', '.join(idle)}.")
        return found

    def cells(self) -> list[tuple[str, ...]]:
        """The rows of the table as texts, in the order of HEAD."""
        return [
            (
                row.mechanism,
                ", ".join(map(str, row.lost)) or "–",
                ", ".join(map(str, row.gained)) or "–",
                "at rest here" if row.is_at_rest else change_text(row.change),
                row.asked,
            )
            for row in self.rows
        ]

    def columns(self) -> dict[str, list[Any]]:
        """One entry per mechanism in every column; `change` is that of five-year survival when it is switched off."""
        return {
            "mechanism": [row.mechanism for row in self.rows],
            "lost": [" ".join(map(str, row.lost)) for row in self.rows],
            "gained": [" ".join(map(str, row.gained)) for row in self.rows],
            "held": [row.held for row in self.rows],
            "survival": [row.survival.value for row in self.rows],
            "change": [row.change.value for row in self.rows],
            "change_low": [row.change.low for row in self.rows],
            "change_high": [row.change.high for row in self.rows],
            "needed_by": [row.needed_by for row in self.rows],
            "asked_for_by": [row.asked for row in self.rows],
            "at_rest": [row.is_at_rest for row in self.rows],
        }

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def to_json(self) -> dict[str, Any]:
        """As `alliances ablation --json` prints it; None stands for what could not be told."""
        found = {
            "scenario": self.board.scenario.name,
            "worlds": self.board.worlds,
            "seed": self.board.seed,
            "seconds": round(self.seconds, 3),
            "sentence": self.sentence(),
            "notes": self.notes(),
            "held": self.board.held,
            "of": self.board.of,
            "holding": [row.pattern.id for row in self.board.rows if row.holds],
            "patterns_that_need_a_mechanism": self.needing(),
            "mechanisms": [_as_json(row) for row in self.rows],
        }
        return plain(found)  # type: ignore[no-any-return]

    def markdown(self) -> str:
        """Title, the answer, how to read it, the table, and every loss and gain with its numbers."""
        board = self.board
        lines = [
            "# What each mechanism is needed for",
            "",
            self.sentence(),
            "",
            "Each mechanism was switched off by itself, in the same worlds with the same luck, and the patterns of real "
            "alliances were measured again. A pattern is lost when it holds with the mechanism and not without. The change "
            "of five-year survival is of 100 alliances, with its 95 % interval over worlds.",
            "",
            f"Written by `{self.command()} --write docs/ablation.md`. With all mechanisms {board.held} of {board.of} patterns "
            "hold.",
            "",
            _line(HEAD),
            "|" + "---|" * len(HEAD),
            *(_line((f"`{name}`", *others)) for name, *others in self.cells()),
            *(f"\n{note}" for note in self.notes()),
        ]
        for title, kind in (("Lost", "lost"), ("Gained", "gained")):
            told = [_told(row, flip) for row in self.rows for flip in getattr(row, kind)]
            lines += ["", f"## {title}", "", *told] if told else []
        lines += ["", "## What each does", "", *(f"- `{row.mechanism}` {row.meaning}." for row in self.rows)]
        return "\n".join(lines) + "\n"

    def command(self) -> str:
        """What gives these numbers again, for a scenario that is shipped."""
        board = self.board
        text = f"alliances ablation {board.scenario.name} --worlds {board.worlds} --seed {board.seed}"
        if len(self.rows) < len(Mechanisms.model_fields):
            text += f" --only {','.join(row.mechanism for row in self.rows)}"
        if board.of < len(patterns()):
            text += f" --patterns {','.join(row.pattern.id for row in board.rows)}"
        return text

    def __repr__(self) -> str:
        return f"Ablation({self.sentence()})"

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), HEAD, self.cells())


def change_text(change: Interval) -> str:
    """A change of a share, of 100, with its interval.

    >>> change_text(Interval(-0.034, -0.041, -0.027)), change_text(Interval(0.01, math.nan, math.nan))
    ('−3.4 (−4.1 to −2.7)', '+1.0')
    """
    value, low, high = (amount(side, "share", "+") for side in change)
    return value if math.isnan(change.low) else f"{value} ({low} to {high})"


def _told(row: AblationRow, flip: Flip) -> str:
    reason = f"; {flip.reason}" if flip.reason else ""
    numbers = f"{interval_text(flip.before)} with it, {interval_text(flip.after)} without"
    return f"- **{flip}** {flip.name}, without `{row.mechanism}`: {numbers}{reason}."


def _line(items: tuple[str, ...]) -> str:
    return "| " + " | ".join(item.replace("|", "\\|") for item in items) + " |"


def _as_json(row: AblationRow) -> dict[str, Any]:
    return {
        "mechanism": row.mechanism,
        "meaning": row.meaning,
        "asked_for_by": row.asked,
        "needed_by": row.needed_by,
        "at_rest": row.is_at_rest,
        "lost": [_flip_json(flip) for flip in row.lost],
        "gained": [_flip_json(flip) for flip in row.gained],
        "held": row.held,
        "survival_5y": row.survival._asdict(),
        "survival_5y_change": row.change._asdict(),
    }


def _flip_json(flip: Flip) -> dict[str, Any]:
    return {
        "id": flip.pattern,
        "name": flip.name,
        "with": flip.before._asdict(),
        "without": flip.after._asdict(),
        "reason": flip.reason,
        "clear": flip.is_clear,
    }
