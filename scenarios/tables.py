"""Tables that people hand in as text: CSV with a header, read with the line and column of every cell."""

import csv
import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from scenarios.files import problem_at
from simulation.problems import InputError, Problem, nearest

DELIMITERS = ",;\t^|"
MOST_PROBLEMS = 20


@dataclass(frozen=True)
class Layout:
    """One kind of table: its name, the columns it must have and those it may have."""

    name: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.needed + self.optional


@dataclass(frozen=True)
class Row:
    """A row by column name, each cell stripped; columns that the table lacks read as "". line : 1-based."""

    file: str
    line: int
    text: str
    cells: dict[str, str]
    columns: dict[str, int]  # 1-based place of each cell in the text

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def problem(self, column: str, message: str) -> Problem:
        return problem_at(message, column, self.file, self.line, self.text, self.columns.get(column, 0))


@dataclass(frozen=True)
class Table:
    """A table whose layout was recognised by its header. problems : of rows that do not fit it, which are left out."""

    file: str
    layout: Layout
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_table(text: str, file: str, layouts: tuple[Layout, ...]) -> Table:
    """The table in a text. Lines that start with # and empty lines are skipped. Raises InputError."""
    lines = _Lines(text)
    first = next(iter(_Lines(text)), "")
    if not first:
        kinds = " or ".join(",".join(layout.needed) for layout in layouts)
        raise InputError([Problem(f"is empty; the first line names the columns: {kinds}", file=file)])
    delimiter = max(DELIMITERS, key=first.count)
    records = _records(lines, file, delimiter)
    header_line, header_text, header = next(records)
    names = [name.strip().lower() for name in header]
    places = dict(zip(names, _starts(header_text, header, delimiter), strict=True))
    at_header = Row(file, header_line, header_text, {}, places)
    layout = _recognised(names, layouts)
    if problems := _header_problems(at_header, names, layout, layouts):
        raise InputError(problems)
    rows = []
    for line, row_text, cells in records:
        columns = dict(zip(names, _starts(row_text, cells, delimiter), strict=False))
        row = Row(file, line, row_text, {name: cell.strip() for name, cell in zip(names, cells, strict=False)}, columns)
        if len(cells) != len(names):
            problems.append(row.problem("", f"has {_cells(cells)}, the header has {len(names)}: {', '.join(names)}"))
        else:
            rows.append(row)
    if not rows and not problems:
        problems.append(at_header.problem("", "has a header but no row"))
        raise InputError(problems)
    return Table(file, layout, tuple(rows), tuple(problems))


def at_most(problems: list[Problem]) -> list[Problem]:
    """The first problems of a file, in order of lines, and how many more there are."""
    ordered = sorted(problems, key=lambda problem: problem.line)
    more = len(ordered) - MOST_PROBLEMS
    if more <= 0:
        return ordered
    return [*ordered[:MOST_PROBLEMS], Problem(f"... and {more:,} more problems in this file", file=ordered[0].file)]


class _Lines:
    """Lines that hold data, one after the other; `number` is that of the line given last."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(self.lines, 1):
            if line.strip() and not line.lstrip().startswith("#"):
                self.number = number
                yield line + "\n"


def _records(lines: _Lines, file: str, delimiter: str) -> Iterator[tuple[int, str, list[str]]]:
    """Line number, text and cells of each record. A quoted cell may not span lines: that is a forgotten quote."""
    for line in lines:
        try:
            found = next(csv.reader([line.rstrip("\n")], delimiter=delimiter, strict=True, skipinitialspace=True))
        except csv.Error as error:
            open_quote = "unexpected end" in str(error)
            message = "a quote is opened and not closed" if open_quote else f"cannot be read: {error}"
            raise InputError([problem_at(message, "", file, lines.number, line)]) from None
        yield lines.number, line.rstrip("\n"), found


def _starts(text: str, cells: list[str], delimiter: str) -> list[int]:
    """1-based place of each cell in its line."""
    starts, at = [], 0
    for cell in cells:
        found = text.find(cell.strip(), at)
        found = found if found >= 0 else at  # a cell with doubled quotes
        starts.append(found + 1)
        behind = text.find(delimiter, found + len(cell.strip()))
        at = behind + 1 if behind >= 0 else len(text)
    return starts


def _cells(cells: list[str]) -> str:
    return "1 cell" if len(cells) == 1 else f"{len(cells)} cells"


def _recognised(names: list[str], layouts: tuple[Layout, ...]) -> Layout:
    """The layout that shares most columns with a header, exactly or nearly; the first if none does."""

    def likeness(layout: Layout) -> tuple[int, int]:
        return sum(name in layout.columns for name in names), sum(bool(nearest(name, layout.columns)) for name in names)

    return max(layouts, key=likeness)


def _header_problems(header: Row, names: list[str], layout: Layout, layouts: tuple[Layout, ...]) -> list[Problem]:
    kinds = "; ".join(f"{kind.name}: {', '.join(kind.columns)}" for kind in layouts)
    known = {column for kind in layouts for column in kind.columns}
    if not any(name in known or nearest(name, known) for name in names):
        return [header.problem("", f"the first line must name the columns ({kinds})")]
    problems = [header.problem(name, "is the name of two columns") for name in set(names) if names.count(name) > 1]
    spare = [name for name in names if name not in layout.columns]
    missing = [column for column in layout.needed if column not in names]
    for column in missing:
        close = nearest(column, spare)
        advice = f'; is it "{close}"? Rename it' if close else f"; the header has {', '.join(names)}"
        place = header.columns.get(close, 0)
        message = f'column "{column}" of {layout.name} is missing{advice}'
        problems.append(problem_at(message, column, header.file, header.line, header.text, place))
    if not missing:
        for name in spare:
            absent = [column for column in layout.optional if column not in names]
            for close in difflib.get_close_matches(name, absent, n=1, cutoff=0.75):  # a column of notes is no mistake
                problems.append(header.problem(name, f'unknown column; did you mean "{close}"?'))
    return problems
