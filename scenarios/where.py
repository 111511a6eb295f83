"""Which file of a chain of scenarios, and which line of it, a problem belongs to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.broken_toml import parse
from scenarios.files import problem_at, read_text, shown
from scenarios.toml_lines import Place, Places
from simulation.problems import Problem

_WORD = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_VALUE = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([-+\w.]+)")
_SPOKEN = (
    "quarter",
    "sector",
    "firm",
    "strategy",
)  # messages on entries of lists say: sector 9, no such firm Lufthanza


@dataclass(frozen=True)
class Source:
    """One scenario file as written. table : its settings before anything is merged."""

    path: Path
    file: str
    lines: tuple[str, ...]
    places: Places
    table: dict[str, Any]

    def problem(self, key: str, message: str, place: Place | None = None, at_key: bool = False) -> Problem:
        """A problem of this file, with the line of its key (or the place given)."""
        place = place or self.places.of(key)
        if place is None:
            return Problem(message, key, self.file)
        line, column = (place.line, place.column) if at_key else (place.value_line, place.value_column)
        return problem_at(message, key, self.file, line, self.lines[line - 1], column)


def read_source(path: Path) -> Source:
    """A scenario file, parsed. Raises InputError if it is not UTF-8 or not TOML."""
    text = read_text(path)
    table = parse(text, shown(path))
    return Source(path, shown(path), tuple(text.split("\n")), Places(text), table)


def level_of(key: str, chain: Sequence[Source]) -> int | None:
    """Position in the chain of the first file that has a key: its word counts. None if none has it."""
    return next((level for level, source in enumerate(chain) if key in source.places.found), None)


def located(problems: Iterable[Problem], chain: Sequence[Source]) -> list[Problem]:
    """Each problem with file, line and caret, in order of appearance; one that has a file stays."""
    placed = [problem if problem.file else _located(problem, chain) for problem in problems]
    files = [source.file for source in chain]
    unique = list(dict.fromkeys(placed))
    return sorted(unique, key=lambda problem: (_rank(problem.file, files), problem.line))


def _rank(file: str, files: list[str]) -> int:
    return files.index(file) if file in files else len(files)


def _located(problem: Problem, chain: Sequence[Source]) -> Problem:
    """By its key (in a table: by the setting in it that the message speaks of); else by another setting that the
    message speaks of; else by the table that should hold the key.
    """
    at_key = problem.message.startswith("unknown")
    if at_key and problem.key.rpartition(".")[2] in ("extends", "mix", "name", "title"):
        advice = "it belongs at the top of the file, before the first [table]"
        problem = replace(problem, message=f"unknown setting here; {advice}")
    words = _WORD.findall(problem.message)
    for source in chain:
        if place := source.places.found.get(problem.key):
            inside = [key for word in words if (key := f"{problem.key}.{word}") in source.places.found]
            closer = source.places.found[inside[0]] if inside and place.is_table else place
            return source.problem(problem.key, problem.message, _spoken(problem, source) or closer, at_key)
    group = problem.key.rpartition(".")[0]
    spoken = [key for word in words for key in (word, f"{problem.key}.{word}", f"{group}.{word}")]
    for key in spoken:
        for source in chain:
            if "." in key and key in source.places.found:
                return source.problem(problem.key, problem.message, source.places.found[key])
    key = problem.key
    while key:
        for source in chain:
            if near := source.places.of(key):
                return source.problem(problem.key, problem.message, near, at_key=True)
        key = key.rpartition(".")[0]
    return replace(problem, file=chain[0].file)


def _spoken(problem: Problem, source: Source) -> Place | None:
    """In an entry of a list, the value that the message speaks of, as in "firm 500 does not exist"; None elsewhere."""
    if not problem.key.rpartition(".")[2].isdigit():
        return None
    for key, place in source.places.found.items():
        if not key.startswith(f"{problem.key}."):
            continue
        value = _VALUE.match(source.lines[place.value_line - 1], place.value_column - 1)
        text = next((part for part in value.groups() if part), "") if value else ""
        for word in _SPOKEN:
            named = any(part.startswith(word) for part in key.removeprefix(problem.key).split("."))
            if text and named and re.search(rf"\b{word} {re.escape(text)}(?![\w-]|\.\d)", problem.message):
                return place
    return None
