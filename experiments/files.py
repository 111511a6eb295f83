"""Files that appear in one piece or not at all, and DuckDB, which reads and writes their tables."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from simulation.problems import InputError, Problem

Columns = Mapping[str, NDArray[Any]]


def wrong(path: Path, message: str) -> InputError:
    """An error about a file or folder."""
    return InputError([Problem(message, key=str(path))])


# --- writing in one piece -----------------------------------------------------------------------------------


@contextlib.contextmanager
def appears(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`; what was written there becomes `path` in one step, or nothing does.

    Raises InputError where the disk takes no more.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        os.close(number)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o666 & ~_UMASK)
        flush(temporary)
        os.replace(temporary, path)
        flush(path.parent)
    except BaseException as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError | duckdb.IOException):
            raise wrong(path, f"cannot be written: {_why(error)}") from error
        raise


def _why(error: Exception) -> str:
    """Why a file could not be written, and what to do about it."""
    text = (error.strerror if isinstance(error, OSError) else "") or str(error).splitlines()[0]
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        if os.strerror(number) in text:
            return (
                f"{os.strerror(number)}. What was written before is whole: make room, and give the same command again"
            )
    return text


def _read_umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


_UMASK = _read_umask()


def flush(path: Path) -> None:
    """Bring a file or the names in a folder to the disk. Windows cannot flush folders and needs not."""
    if path.is_dir() and os.name == "nt":
        return
    number = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


# --- DuckDB -------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own: one thread, so that equal rows give equal bytes."""
    connection = duckdb.connect(config={"threads": 1})
    try:
        yield connection
    finally:
        connection.close()


def quoted(path: Path) -> str:
    text = str(path).replace("'", "''")
    return f"'{text}'"


def identifier(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def without_nan(columns: Columns) -> str:
    chosen = []
    for name, values in columns.items():
        quoted = identifier(name)
        is_float = np.asarray(values).dtype.kind == "f"
        chosen.append(f"CASE WHEN isnan({quoted}) THEN NULL ELSE {quoted} END AS {quoted}" if is_float else quoted)
    return ", ".join(chosen)


def sql_ready(values: NDArray[Any]) -> NDArray[Any]:
    array = np.asarray(values)
    return array.astype(object) if array.dtype.kind == "U" else np.ascontiguousarray(array)


def filled(values: Any) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        return values.filled(np.nan) if values.dtype.kind == "f" else values.filled()
    return np.asarray(values)
