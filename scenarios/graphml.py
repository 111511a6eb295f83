"""The alliances of quarter 0 from GraphML, as networkx, Gephi, yEd and igraph write it."""

import re
import warnings
from datetime import date
from typing import Any
from xml.etree.ElementTree import ParseError

import networkx as nx

from scenarios.dates import first_day, quarters_between
from scenarios.files import problem_at
from scenarios.network_files import GOVERNANCE, OLDEST, FileNetwork, Seats, made, ordered
from scenarios.tables import at_most
from simulation.problems import InputError, Problem

_TAG = re.compile(r"<(?:\w+:)?(?:node|edge)\b[^>]*>")


def read_graphml(text: str, file: str, at: date | None, firms: tuple[str, ...]) -> FileNetwork:
    """The network in a GraphML text.

    A node's name is its attribute `name`, else `label`, else its id. An edge may carry `since` (a date) or `age`
    (quarters), and `governance` (contract, equity) or `equity` (true, false). Directions are ignored.
    """
    graph = _parsed(text, file)
    where = _Lines(text, file)
    seats, problems = Seats(firms), []
    names: dict[Any, str] = {}
    taken: set[str] = set()
    for node, data in graph.nodes(data=True):
        name = str(data.get("name") or data.get("label") or node).strip()
        if name in taken:
            problems.append(where.node(node, f'two nodes are named "{name}"'))
        elif why := seats.wrong(name):
            problems.append(where.node(node, why))
        names[node] = name
        taken.add(name)
    if not graph.number_of_nodes():
        problems.append(Problem("holds no node", file=file))
    found: dict[tuple[int, int], tuple[date | None, int, bool | None]] = {}
    for one, other, data in graph.edges(data=True):
        if one == other:
            problems.append(where.edge(one, other, f'"{names[one]}" is tied to itself; an alliance has two firms'))
        elif names[one] in seats.of and names[other] in seats.of:
            pair = ordered(seats.of[names[one]], seats.of[names[other]])
            if pair in found and not graph.is_directed():
                problems.append(where.edge(one, other, f"{names[one]} - {names[other]} is given twice"))
            try:
                found.setdefault(pair, (_since(data), _age(data), _equity(data)))
            except ValueError as error:
                problems.append(where.edge(one, other, str(error)))
    if problems:
        raise InputError(at_most(problems))
    days = [since for since, _, _ in found.values() if since]
    zero = at or max(days, default=None)
    ties = []
    for (first, second), (since, age, equity) in found.items():
        if since and zero and since > zero:
            continue
        quarters = quarters_between(since, zero) if since and zero else age
        ties.append((first, second, min(quarters, OLDEST), equity))
    return FileNetwork(tuple(seats.of), made(ties), (min(days), max(days)) if days else None)


def _parsed(text: str, file: str) -> "nx.Graph[Any]":
    if not text.strip():
        raise InputError([Problem("is empty; GraphML was expected", file=file)])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of attributes that we do not read
            graph: nx.Graph[Any] = nx.parse_graphml(text)
    except ParseError as error:
        line, column = error.position
        excerpt = "".join(text.split("\n")[line - 1 : line])
        message = f"is not well-formed XML: {str(error).split(':')[0]}"
        raise InputError([problem_at(message, "", file, line, excerpt, column + 1)]) from None
    except (nx.NetworkXError, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        reason = str(error).strip("'\"") or type(error).__name__
        raise InputError([Problem(f"is not GraphML that networkx can read: {reason}", file=file)]) from None
    return graph


def _since(data: dict[str, Any]) -> date | None:
    text = str(data.get("since", "")).strip()
    try:
        return first_day(text) if text else None
    except ValueError as error:
        raise ValueError(f"since: {error}") from None


def _age(data: dict[str, Any]) -> int:
    value = data.get("age", 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or not 0 <= value <= OLDEST:
        raise ValueError(f"age: {value!r} is not a number of quarters from 0 to {OLDEST:,}")
    return int(value)


def _equity(data: dict[str, Any]) -> bool | None:
    word = str(data.get("governance", "")).strip().lower()
    if word not in GOVERNANCE:
        raise ValueError(f'governance: "{word}" is not contract or equity')
    if word:
        return GOVERNANCE[word]
    given = {"true": True, "1": True, "false": False, "0": False, "": None, "none": None, "-1": None}
    text = str(data.get("equity", "")).strip().lower()
    if text not in given:
        raise ValueError(f'equity: "{text}" is not true or false')
    return given[text]


class _Lines:
    """Where nodes and edges stand in the text: the last place of each."""

    def __init__(self, text: str, file: str) -> None:
        self.lines, self.file = text.split("\n"), file
        self.found: dict[tuple[str, ...], int] = {}
        for number, line in enumerate(self.lines, 1):
            for tag in _TAG.findall(line):
                wanted = ("source", "target") if _attribute(tag, "source") else ("id",)
                self.found[tuple(_attribute(tag, name) for name in wanted)] = number

    def node(self, identity: Any, message: str) -> Problem:
        return self._at(self.found.get((str(identity),), 0), "node", message)

    def edge(self, one: Any, other: Any, message: str) -> Problem:
        ways = ((str(one), str(other)), (str(other), str(one)))
        return self._at(max(self.found.get(way, 0) for way in ways), "edge", message)

    def _at(self, line: int, key: str, message: str) -> Problem:
        text = self.lines[line - 1] if line else ""
        return problem_at(message, key, self.file, line, text, len(text) - len(text.lstrip()) + 1)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return (found[1] or found[2] or "") if found else ""
