"""Somebody's own alliances and firms: tables as people keep them, checked row by row, and the world that they make."""

import csv
import difflib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from experiments.portfolios.firm_table import read_firms
from experiments.sentences import counted
from scenarios.dates import first_day
from scenarios.files import obstacle, read_text, shown
from scenarios.network_files import MEMBERSHIPS, TIES, FileNetwork, network_of, read_network
from scenarios.tables import DELIMITERS, Layout, Row, Table, read_table
from simulation.networks import network_from_graph
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Network, Scenario, Tie
from simulation.scripted import Event, Intervention, Traits

MOST_TIES = 2000  # alliances of a portfolio: more than that, and nobody reads the table
MOST_FIRMS = 100_000
HORIZON = 20  # quarters that the clock runs from now: five years
MEANINGS = (*TIES.columns, *MEMBERSHIPS.columns)


@dataclass(frozen=True)
class Portfolio:
    """Alliances that live now, and what is known of their firms.

    firms : names of all firms that have an alliance     ties : by places in `firms`, ordered, none twice
    traits : firm -> what is known of it     source : the file, "" if none     notes : what a reader must be told
    """

    firms: tuple[str, ...]
    ties: tuple[Tie, ...]
    traits: Mapping[str, Traits]
    source: str = ""
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What each alliance is called: its two firms."""
        return tuple(f"{self.firms[tie.first]} – {self.firms[tie.second]}" for tie in self.ties)

    def others_in(self, scenario: Scenario) -> int:
        """Unallied strangers that fill the world up to the scenario's number of firms."""
        return max(0, scenario.firms.count - len(self.firms))

    def world(self, scenario: Scenario, others: int | None = None, horizon: int = HORIZON) -> Scenario:
        """The scenario with these firms and alliances, its clock starting now and running for `horizon` quarters.

        others : firms beside these, without an alliance at the start; None for `others_in`. What the scenario scripts
        is counted from the end of its warm-up: interventions before that hold from the start, shocks are over.
        Raises InputError for a number of others out of bounds or a scenario that names other firms.
        """
        beside = self.others_in(scenario) if others is None else others
        most = MOST_FIRMS - len(self.firms)
        if isinstance(beside, bool) or not isinstance(beside, int) or not 0 <= beside <= most:
            raise InputError([Problem(f"{beside!r} is not a whole number from 0 to {most:,}", key="others")])
        settings = scenario.model_dump()
        settings["firms"]["count"] = len(self.firms) + beside
        settings["time"] |= {"quarters": horizon, "warm_up_quarters": 0}
        settings["network"] = Network(kind="file", firms=self.firms, ties=self.ties).model_dump()
        events = _from_now(scenario.environment.events, scenario.time.warm_up_quarters, horizon)
        settings["environment"]["events"] = [event.model_dump() for event in events]
        known = [Intervention(quarter=0, to=traits, firms=(firm,)) for firm, traits in self.traits.items()]
        done = [*_already(scenario.interventions, scenario.time.warm_up_quarters, horizon), *known]
        settings["interventions"] = [one.model_dump() for one in done]
        return Scenario.of(settings)


def _from_now(events: Iterable[Event], warm_up: int, horizon: int) -> list[Event]:
    """Scripted shocks by quarters from now on; those that come again do so in their rhythm."""
    found = []
    for event in events:
        quarter = event.quarter - warm_up
        if quarter < 0 and event.every:
            quarter %= event.every
        if 0 <= quarter < horizon:
            found.append(event.model_copy(update={"quarter": quarter}))
    return found


def _already(interventions: Iterable[Intervention], warm_up: int, horizon: int) -> list[Intervention]:
    """What is done, by quarters from now on; what was done before holds from the start."""
    shifted = [one.model_copy(update={"quarter": max(0, one.quarter - warm_up)}) for one in interventions]
    return [one for one in shifted if one.quarter < horizon]


def read_portfolio(
    alliances: Any,
    firms: Any = None,
    columns: Mapping[str, str] | None = None,
    only: Mapping[str, str] | None = None,
    at: str | None = None,
    shared: int | None = None,
) -> Portfolio:
    """A portfolio from tables of alliances and of firms.

    alliances : a CSV with the columns a, b and, if known, since (YYYY, YYYY-MM or YYYY-MM-DD) and governance (contract
    or equity), or of memberships with firm, group, from, to, whose members are allied; or GraphML; or in Python a
    networkx graph, a pandas table, or a list of pairs or of rows
    firms : a CSV (or a pandas table, or a list of rows) with name and some of the columns of `experiments.portfolios.firm_table`
    columns : name here -> name in the file, {"a": "org_a"}     only : column of the file -> value, the rows to keep
    at : the date that is "now", today if left out: alliances are as old as they are then
    shared : memberships only: firms that share at least so many groups are allied (default 1)
    Raises InputError with every wrong row by its line: a pair given twice, a firm tied to itself, unreadable dates.
    """
    when, problems = _date(at)
    if shared is not None and (isinstance(shared, bool) or not isinstance(shared, int) or shared < 1):
        problems.append(Problem(f"{shared!r} is not a whole number of groups from 1 up", key="shared"))
    if problems:
        raise InputError(problems)
    if hasattr(alliances, "nodes") and hasattr(alliances, "edges"):
        network = network_from_graph(alliances)
        found, source = FileNetwork(network.firms, network.ties), ""
    else:
        found, source = _read(alliances, columns or {}, only or {}, when, shared)
    if not found.ties:
        raise InputError([Problem(_nothing_lives(found, when), file=source)])
    if len(found.ties) > MOST_TIES:
        message = f"{len(found.ties):,} alliances; at most {MOST_TIES:,} are allowed. Keep only some of the rows (only)"
        raise InputError([Problem(message, file=source)])
    network = _without_loners(found)
    traits, notes = ({}, []) if firms is None else read_firms(_as_text(firms, "firms"), network.firms)
    if found.span is not None:
        notes.append(f"Alliances are as old as on {when}; those without a date count as new.")
    elif not any(tie.age for tie in network.ties):
        notes.append("The alliances come without dates: all count as new.")
    return Portfolio(network.firms, network.ties, traits, source, tuple(notes))


def _date(at: str | None) -> tuple[date, list[Problem]]:
    try:
        return (date.today() if at is None else first_day(str(at))), []
    except ValueError as error:
        return date.today(), [Problem(str(error), key="at")]


def _read(
    alliances: Any, columns: Mapping[str, str], only: Mapping[str, str], at: date, shared: int | None
) -> tuple[FileNetwork, str]:
    text, file = _as_text(alliances, "alliances")
    if text.lstrip().startswith(("<?xml", "<graphml")):
        given = [Problem("is of no use for GraphML", key=name) for name, value in
                 {"columns": columns, "only": only, "shared": shared}.items() if value]  # fmt: skip
        if given:
            raise InputError(given)
        return read_network(Path(alliances), at), file
    table = _rows_of(text, file, columns, only)
    if table.layout is TIES and shared is not None:
        raise InputError([Problem("belongs to a file of memberships: firm, group, from, to", key="shared")])
    return network_of(table, at, (), shared or 1, MOST_TIES), file


def _as_text(table: Any, what: str) -> tuple[str, str]:
    """The text of a table and the name of its file: from a path, a pandas table, or a list of pairs or rows."""
    if isinstance(table, str | Path):
        place = Path(table)
        if not str(table) or (wrong := obstacle(place)):
            raise InputError([Problem(wrong if str(table) else "needs the path of a file", file=shown(place))])
        return read_text(place), shown(place)
    if hasattr(table, "to_csv"):
        return str(table.to_csv(index=False)), what
    rows = list(table) if isinstance(table, Iterable) else []
    if not rows:
        raise InputError([Problem(f"{table!r} is neither the path of a file nor a table of {what}", key=what)])
    text = io.StringIO()
    if all(isinstance(row, Mapping) for row in rows):
        names = list(dict.fromkeys(str(name) for row in rows for name in row))
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([names, *([row.get(name, "") for name in names] for row in rows)])
        return text.getvalue(), what
    wrong_rows = [row for row in rows if isinstance(row, str) or not isinstance(row, Sequence) or len(row) != 2]
    if wrong_rows:
        raise InputError([Problem(f"{wrong_rows[0]!r} is not a pair of firms, such as (“A”, “B”)", key=what)])
    csv.writer(text, lineterminator="\n").writerows([("a", "b"), *rows])
    return text.getvalue(), what


def header_of(text: str) -> list[str]:
    """Names of the columns of a table, without capitals; empty for an empty text."""
    line = next((line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    delimiter = max(DELIMITERS, key=line.count)
    found = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    return [name.strip().lower() for name in found]


def _rows_of(text: str, file: str, columns: Mapping[str, str], only: Mapping[str, str]) -> Table:
    """The rows to keep, by the names that columns have here. Raises InputError where the columns cannot be told."""
    header = header_of(text)
    if not any(header):
        raise InputError([Problem("is empty; the first line names the columns: a,b or firm,group,from,to", file=file)])
    problems = [Problem(f'no such thing as "{name}"; {did_you_mean(name, MEANINGS)}', key="columns")
                for name in columns if name.lower() not in MEANINGS]  # fmt: skip
    for key, names in (("columns", columns.values()), ("only", only)):
        for name in names:
            if str(name).strip().lower() not in header:
                hint = did_you_mean(str(name).lower(), header) or f"the header has {', '.join(header)}"
                problems.append(Problem(f'the file has no column "{name}"; {hint}', key=key, file=file))
    if problems:
        raise InputError(problems)
    given = {str(name).strip().lower(): meaning.lower() for meaning, name in columns.items()}
    meaning = {name: given.get(name, "" if name in given.values() else name) for name in header}
    known = set(meaning.values())
    layout = next((kind for kind in (TIES, MEMBERSHIPS) if set(kind.needed[:2]) <= known), None)
    if layout is None:
        if not given and known & {"a", "b", "firm", "group"}:
            read_table(text, file, (TIES, MEMBERSHIPS))  # says which of its columns is misspelled
        raise InputError([Problem(_which(header), key="columns", file=file)])
    absent = [name for name in layout.optional if name not in known]
    close = {name: difflib.get_close_matches(name, absent, n=1, cutoff=0.75) for name in header}
    misspelled = [Problem(f'unknown column; did you mean "{near[0]}"?', key=name, file=file)
                  for name, near in close.items() if near]  # fmt: skip
    if misspelled:
        raise InputError(misspelled)
    table = read_table(text, file, (Layout(layout.name, tuple(header), ()),))
    kept = _kept(table.rows, only, file)
    return Table(file, layout, tuple(_renamed(row, meaning) for row in kept), table.problems)


def _renamed(row: Row, meaning: Mapping[str, str]) -> Row:
    cells = {meaning[name]: cell for name, cell in row.cells.items() if meaning[name]}
    return replace(row, cells=cells, columns={meaning[name]: at for name, at in row.columns.items() if meaning[name]})


def _which(header: Sequence[str]) -> str:
    first, second = (*header, "…")[:2]
    return (
        f"which columns hold the two firms? Say it with columns: a={first},b={second}, or firm=…,group=… for "
        f"memberships. The header has {', '.join(header)}"
    )


def _kept(rows: Sequence[Row], only: Mapping[str, str], file: str) -> list[Row]:
    """The rows that have all the values asked for, whatever the case of their letters. Raises InputError for none."""
    kept = list(rows)
    for column, value in only.items():
        name, wanted = column.strip().lower(), str(value).strip()
        values = list(dict.fromkeys(row[name] for row in kept))
        kept = [row for row in kept if row[name].lower() == wanted.lower()]
        if not kept:
            hint = did_you_mean(wanted, values) or f"it has {', '.join(values[:6])}, ..."
            raise InputError([Problem(f'no row has "{wanted}" in column "{column}"; {hint}', key="only", file=file)])
    return kept


def _nothing_lives(found: FileNetwork, at: date) -> str:
    if found.span is None:
        return "holds no alliance: no two firms share enough groups"
    return f"no alliance lives on {at}; the dates of the file run from {found.span[0]} to {found.span[1]}. Say when with at"


def _without_loners(found: FileNetwork) -> Network:
    """Only firms that have an alliance: the others of the file would be strangers in this world."""
    places = sorted({place for tie in found.ties for place in (tie.first, tie.second)})
    seat = {old: new for new, old in enumerate(places)}
    ties = [tie.model_copy(update={"first": seat[tie.first], "second": seat[tie.second]}) for tie in found.ties]
    ordered = sorted(
        (
            tie.model_copy(update={"first": min(tie.first, tie.second), "second": max(tie.first, tie.second)})
            for tie in ties
        ),
        key=lambda tie: (tie.first, tie.second),
    )
    return Network(kind="file", firms=tuple(found.firms[place] for place in places), ties=tuple(ordered))


def in_words(portfolio: Portfolio, others: int) -> str:
    """Who is in this world, as a sentence."""
    own = f"{counted(len(portfolio.firms), 'firm')} of yours"
    if not others:
        return f"In this world there are {own} and no others: nobody else can lure a partner away."
    beside = f"{counted(others, 'other firm')} without {'alliances' if others > 1 else 'an alliance'} at the start"
    return f"In this world there are {own} and {beside}, as new partners."
