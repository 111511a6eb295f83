"""The alliances of quarter 0 from a file: a CSV of ties, a CSV of memberships, or GraphML (in `graphml.py`)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

from scenarios.dates import first_day, last_day, quarters_between
from scenarios.files import read_text, shown
from scenarios.tables import Layout, Row, Table, at_most, read_table
from simulation.problems import InputError, Problem, did_you_mean, nearest
from simulation.scenario import Tie

TIES = Layout("ties", ("a", "b"), ("since", "governance"))
MEMBERSHIPS = Layout("memberships", ("firm", "group", "from", "to"), ())
SUFFIXES = (".csv", ".tsv", ".txt", ".graphml", ".xml")
GOVERNANCE = {"": None, "contract": False, "equity": True}
OLDEST = 4000  # quarters, the bound of Tie.age


class FileNetwork(NamedTuple):
    """What a file says: names of the firms in order of appearance, the ties that live at the date, and all dates."""

    firms: tuple[str, ...]
    ties: tuple[Tie, ...]
    span: tuple[date, date] | None = None  # first and last date in the file


def read_network(path: Path, at: date | None = None, firms: tuple[str, ...] = ()) -> FileNetwork:
    """The network in a file, as it was on a date.

    path : CSV of ties (a, b, optional since, governance) or of memberships (firm, group, from, to), or GraphML
    at : date of quarter 0; without it, all ties hold whose spell has no end, and quarter 0 is the last date in the file
    firms : if given, the only firms that the file may name, and their order
    Raises InputError with every problem of the file.
    """
    text, file = read_text(path), shown(path)
    if path.suffix.lower() in (".graphml", ".xml") or text.lstrip().startswith(("<?xml", "<graphml")):
        from scenarios.graphml import read_graphml  # networkx is slow to import

        return read_graphml(text, file, at, firms)
    return network_of(read_table(text, file, (TIES, MEMBERSHIPS)), at, firms)


def network_of(
    table: Table, at: date | None = None, firms: tuple[str, ...] = (), shared: int = 1, most: int | None = None
) -> FileNetwork:
    """The network in a table of ties or of memberships, as `read_network` gives it.

    shared : members of at least so many same groups are tied     most : more ties than that are an error
    """
    if table.layout is TIES:
        return _ties(table, at, firms)
    return _memberships(table, at, firms, shared, most)


class Seats:
    """Positions of firms by name: those given, or those met, in order of appearance."""

    def __init__(self, given: tuple[str, ...]) -> None:
        self.of = {name: seat for seat, name in enumerate(given)}
        self.closed = bool(given)

    def wrong(self, name: str) -> str:
        """Why a cell does not name a firm, "" if it does. A new name gets the next seat."""
        if not name:
            return "the name of the firm is blank"
        if self.closed and name not in self.of:
            close = nearest(name, self.of)
            advice = f'; did you mean "{close}"?' if close else f"; {did_you_mean(name, self.of)}".rstrip("; ")
            return f'unknown firm "{name}": network.firms of the scenario does not list it{advice}'
        self.of.setdefault(name, len(self.of))
        return ""


def _ties(table: Table, at: date | None, firms: tuple[str, ...]) -> FileNetwork:
    seats, problems = Seats(firms), list(table.problems)
    found: dict[tuple[int, int], tuple[date | None, Row]] = {}
    for row in table.rows:
        wrong = [row.problem(column, why) for column in ("a", "b") if (why := seats.wrong(row[column]))]
        (since,), bad_dates = _dates(row, ("since",))
        wrong += bad_dates
        if row["governance"].lower() not in GOVERNANCE:
            wrong.append(row.problem("governance", _unknown_governance(row["governance"])))
        if row["a"] and row["a"] == row["b"]:
            wrong.append(row.problem("b", f'"{row["a"]}" is tied to itself; an alliance has two firms'))
        elif row["a"] in seats.of and row["b"] in seats.of:
            pair = ordered(seats.of[row["a"]], seats.of[row["b"]])
            if pair in found:
                first = found[pair][1].line
                wrong.append(row.problem("a", f"{row['a']} - {row['b']} is given twice, first on line {first}"))
            found.setdefault(pair, (since, row))
        problems += wrong
    days = [day for day, _ in found.values() if day]
    zero = at or max(days, default=None)
    ties = []
    for pair, (day, row) in found.items():
        age = quarters_between(day, zero) if day and zero else 0
        problems += too_old(age, row, "since")
        if not (day and zero and day > zero):
            ties.append((*pair, min(age, OLDEST), GOVERNANCE.get(row["governance"].lower())))
    if problems:
        raise InputError(at_most(problems))
    return FileNetwork(tuple(seats.of), made(ties), (min(days), max(days)) if days else None)


def _memberships(table: Table, at: date | None, firms: tuple[str, ...], shared: int, most: int | None) -> FileNetwork:
    seats, problems = Seats(firms), list(table.problems)
    spells: dict[tuple[str, str], list[tuple[date | None, date | None, Row]]] = defaultdict(list)
    for row in table.rows:
        wrong = [row.problem("firm", why)] if (why := seats.wrong(row["firm"])) else []
        if not row["group"]:
            wrong.append(row.problem("group", "the name of the group is blank"))
        (start, end), bad_dates = _dates(row, ("from", "to"))
        wrong += bad_dates
        if start and end and end < start:
            wrong.append(row.problem("to", f"the spell ends ({row['to']}) before it starts ({row['from']})"))
        if not wrong:
            spells[row["firm"], row["group"]].append((start, end, row))
        problems += wrong
    problems += [problem for several in spells.values() for problem in _overlaps(several)]
    days = [day for several in spells.values() for start, end, _ in several for day in (start, end) if day]
    zero = at or max(days, default=None)
    groups: dict[str, list[tuple[int, date | None]]] = defaultdict(list)
    for (firm, group), several in spells.items():
        for start, end, row in several:
            if (start is None or zero is None or start <= zero) and (end is None or (at is not None and at <= end)):
                groups[group].append((seats.of[firm], start))
                if start and zero:
                    problems += too_old(quarters_between(start, zero), row, "from")
    if problems:
        raise InputError(at_most(problems))
    span = (min(days), max(days)) if days else None
    together = Counter(
        ordered(one, other) for members in groups.values() for (one, _), (other, _) in combinations(members, 2)
    )
    kept = {pair for pair, many in together.items() if many >= shared}
    if most is not None and len(kept) > most:
        raise InputError([Problem(_too_many(together, shared, most), file=table.file)])
    ages: dict[tuple[int, int], int] = {}
    for members in groups.values() if kept else ():
        for (one, joined), (other, followed) in combinations(members, 2):
            pair = ordered(one, other)
            if pair in kept:
                both = max((day for day in (joined, followed) if day), default=None)
                age = quarters_between(both, zero) if both and zero else 0
                ages[pair] = max(ages.get(pair, 0), age)
    ties = [(first, second, age, None) for (first, second), age in sorted(ages.items())]
    return FileNetwork(tuple(seats.of), made(ties), span)


def _too_many(together: Mapping[tuple[int, int], int], shared: int, most: int) -> str:
    """That memberships make too many ties, and from how many shared groups on they make few enough."""

    def ties(least: int) -> int:
        return sum(many >= least for many in together.values())

    enough = next(least for least in range(shared + 1, max(together.values()) + 2) if ties(least) <= most)
    firms = len({firm for pair, many in together.items() if many >= shared for firm in pair})
    text = f"{firms:,} firms make {ties(shared):,} alliances if each two are allied that share "
    text += f"{'a group' if shared == 1 else f'{shared} groups'}; at most {most:,} are allowed. "
    if not ties(enough):
        return text + "No number of shared groups makes fewer: keep only some of the rows"
    return text + f"With {enough} shared groups it is {ties(enough):,}"


def _overlaps(spells: list[tuple[date | None, date | None, Row]]) -> Iterator[Problem]:
    """A firm cannot be twice in a group at once; it may come back after it left."""
    in_order = sorted(spells, key=lambda spell: spell[0] or date.min)
    for (_, end, earlier), (start, _, later) in pairwise(in_order):
        if end is None or start is None or start <= end:
            first, second = sorted((earlier, later), key=lambda row: row.line)
            message = f"{second['firm']} is already in {second['group']} then, by line {first.line}"
            yield second.problem("firm", message)


def _dates(row: Row, columns: tuple[str, ...]) -> tuple[list[date | None], list[Problem]]:
    """The day of each column, None where the cell is empty; a spell covers the whole period that `to` names."""
    days: list[date | None] = []
    problems = []
    for column in columns:
        try:
            days.append((last_day if column == "to" else first_day)(row[column]) if row[column] else None)
        except ValueError as error:
            days.append(None)
            problems.append(row.problem(column, str(error)))
    return days, problems


def _unknown_governance(word: str) -> str:
    close = nearest(word.lower(), ["contract", "equity"])
    advice = f'did you mean "{close}"?' if close else "leave it empty if unknown"
    return f'"{word}" is not contract or equity; {advice}'


def too_old(age: int, row: Row, column: str) -> list[Problem]:
    """A problem if a tie is older than the engine can count."""
    if age <= OLDEST:
        return []
    return [row.problem(column, f"is {age // 4:,} years before quarter 0; at most {OLDEST // 4:,} are allowed")]


def ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def made(ties: Sequence[tuple[int, int, int, bool | None]]) -> tuple[Tie, ...]:
    """Ties from first seat, second seat, age in quarters, equity."""
    return tuple(Tie(first=first, second=second, age=age, equity=equity) for first, second, age, equity in ties)
