"""What is wrong with an input, where, and what would be right: the one form of every error that a person may cause."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input.

    message : what is wrong and what is allowed, in plain words
    key : dotted path of the setting or name of the column, "" if none
    file, line : where it stands, "" and 0 if it came from Python or the command line
    excerpt : the offending line of the file, "" if none; column : 1-based place of the caret in it, 0 if none
    """

    message: str
    key: str = ""
    file: str = ""
    line: int = 0
    excerpt: str = ""
    column: int = 0

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line) if self.line else "") if part)
        text = ": ".join(part for part in (place, self.key, self.message) if part)
        if not self.excerpt:
            return text
        caret = " " * (self.column + 3) + "^" if self.column else ""
        return "\n".join(part for part in (text, "    " + self.excerpt, caret) if part)


class InputError(ValueError):
    """Everything that is wrong with one input, all problems at once. `problems` holds them in order of appearance."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The allowed name closest to `word`, or "" if none is close."""
    found = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return found[0] if found else ""


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """A sentence that offers the nearest allowed name, or lists what is allowed when the list is short."""
    names = list(allowed)
    if not names:
        return ""
    close = nearest(word, names)
    if close:
        return f'did you mean "{close}"?'
    return "allowed: " + ", ".join(names) if len(names) <= 12 else ""
