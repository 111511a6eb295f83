"""A network that a visitor loads: a CSV of ties or of memberships, read as text, never as a path."""

import hashlib
from typing import Any

from experiments.lab.worlds import FIRMS, Worlds
from scenarios.dates import first_day
from scenarios.network_files import MEMBERSHIPS, TIES, network_of
from scenarios.tables import Table, read_table
from simulation.problems import InputError, Problem

LARGEST = 256_000  # bytes
MOST_ROWS = 5_000
MOST_TIES = 5_000
LONGEST_NAME = 80  # letters
FILE = "the file"  # what problems call it


def keep_network(content: bytes, at: str, worlds: Worlds) -> dict[str, Any]:
    """Read a network and keep it for later asks: its digest, and how many firms and ties it has.

    content : CSV, UTF-8     at : date of quarter 0, "" for the last one in the file
    Raises InputError with every problem, each with its line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "is not UTF-8 text; save the file with the encoding UTF-8"
        raise InputError([Problem(message, file=FILE, line=line)]) from None
    try:
        day = first_day(at) if at else None
    except ValueError as error:
        raise InputError([Problem(str(error), "at")]) from None
    table = read_table(text.replace("\r\n", "\n").replace("\r", "\n"), FILE, (TIES, MEMBERSHIPS))
    _check_size(table)
    network = network_of(table, day, most=MOST_TIES)
    if not network.ties:
        span = f"; its dates run from {network.span[0]} to {network.span[1]}" if network.span else ""
        raise InputError([Problem(f"holds no tie that lives {'on ' + at if at else 'at the end'}{span}", file=FILE)])
    digest = hashlib.sha256(content + b"\0" + at.encode()).hexdigest()[:16]
    worlds.keep(digest, network)
    return {"digest": digest, "firms": len(network.firms), "ties": len(network.ties), "names": list(network.firms)}


def _check_size(table: Table) -> None:
    """Refuse what would take long, before it is counted. Raises InputError."""
    if len(table.rows) > MOST_ROWS:
        raise InputError([Problem(f"has {len(table.rows):,} rows; at most {MOST_ROWS:,} are allowed", file=FILE)])
    columns = ("a", "b") if table.layout is TIES else ("firm",)
    names = {row[column] for row in table.rows for column in columns}
    if len(names) > FIRMS[1]:
        raise InputError([Problem(f"names {len(names):,} firms; the lab shows at most {FIRMS[1]}", file=FILE)])
    for row in table.rows:
        for column in columns:
            if len(row[column]) > LONGEST_NAME:
                message = f"the name has {len(row[column]):,} letters; at most {LONGEST_NAME} are shown"
                raise InputError([row.problem(column, message)])
