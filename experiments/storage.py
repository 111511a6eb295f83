"""Result folders, the only file that reads or writes them.

    manifest.json          what was run: plan, scenarios, versions (experiments/provenance.py)
    design.parquet         one row per cell or arm
    parts/part-*.parquet   one row per run; whatever is in a part is done
    failures.jsonl         one line per run that failed
    summary.parquet, .csv  one row per cell or arm, with intervals

Every file is written to a temporary name in its folder, flushed, renamed, and the folder flushed: a file is there in
full or not at all, whenever the power fails.
"""

import contextlib
import glob
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from experiments.provenance import BASE, FORMAT
from simulation.problems import InputError, Problem

Columns = Mapping[str, NDArray[Any]]
OWN_LEFTOVERS = re.compile(r"\.lock|\..+\.tmp")
MOST_DIFFERENCES = 6


class ResultFolder:
    """One result folder, claimed by this process until `close`.

    `claim` is the way in: it refuses, before touching anything, what is not a result of the same plan.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None
        self._is_new = False

    @classmethod
    def claim(cls, out: str | Path, manifest: Mapping[str, Any], grows: bool = False) -> "ResultFolder":
        """The folder `out`, created if need be, for results that `manifest` describes.

        grows : results of the same plan with fewer worlds or levels may stay; then the engine must be the same as well.
        Raises InputError if `out` is a file, cannot be written, holds anything else, or is in use by another process.
        """
        folder = cls(Path(out))
        folder.check(manifest, grows)
        try:
            folder._is_new = not folder.path.exists()
            folder.path.mkdir(parents=True, exist_ok=True)
            folder._take_lock()
        except OSError as error:
            raise _wrong(folder.path, f"cannot be written: {error.strerror or error}") from None
        folder._drop_leftovers()
        return folder

    def __enter__(self) -> "ResultFolder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let other processes in. A folder that was made for results that never came goes away again."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                os.unlink(self._lock.name)
            self._lock.close()
            self._lock = None
        if self._is_new:
            with contextlib.suppress(OSError):
                self.path.rmdir()  # only if nothing was written

    # --- who may write here ---------------------------------------------------------------------------------

    def check(self, manifest: Mapping[str, Any], grows: bool = False) -> None:
        """Raises InputError unless results of this manifest may go here. Touches nothing."""
        path = self.path
        if path.exists() and not path.is_dir():
            raise _wrong(path, "is a file; give a folder")
        if not path.exists():
            parent = next(folder for folder in path.absolute().parents if folder.exists())
            if not parent.is_dir() or not os.access(parent, os.W_OK):
                raise _wrong(path, f"cannot be created: {parent} is not a folder that can be written")
            return
        if not os.access(path, os.W_OK):
            raise _wrong(path, "cannot be written")
        others = sorted(item.name for item in path.iterdir() if not OWN_LEFTOVERS.fullmatch(item.name))
        if others and "manifest.json" not in others:
            raise _wrong(path, f"holds other files ({_some(others, 3)}); give an empty or a new folder")
        if others:
            there = self.manifest()
            if there.get("kind") != manifest["kind"]:
                raise _wrong(
                    path, f"holds the result of a {there.get('kind')}, not of a {manifest['kind']}; give another folder"
                )
            found = differences(there, manifest, grows)
            if found:
                listed = "; ".join(found[:MOST_DIFFERENCES])
                more = f"; and {len(found) - MOST_DIFFERENCES} more" if len(found) > MOST_DIFFERENCES else ""
                raise _wrong(path, f"holds another {manifest['kind']}: {listed}{more}. Give another folder")

    def _take_lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows: no advisory locks, one sweep at a time is up to the user
            return
        handle = open(self.path / ".lock", "w", encoding="utf-8")  # noqa: SIM115  held until close
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            raise _wrong(self.path, "is being written by another process; wait for it or give another folder") from None
        self._lock = handle

    def _drop_leftovers(self) -> None:
        """Remove what a killed process left under temporary names."""
        for folder in (self.path, self.path / "parts"):
            for item in folder.glob(".*.tmp") if folder.is_dir() else ():
                item.unlink(missing_ok=True)

    # --- files ----------------------------------------------------------------------------------------------

    def manifest(self) -> dict[str, Any]:
        """What manifest.json says. Raises InputError if this is no result folder or not of a known format."""
        file = self.path / "manifest.json"
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise _wrong(self.path, "is not a result folder: it holds no manifest.json") from None
        except (OSError, ValueError) as error:
            raise _wrong(file, f"cannot be read: {error}") from None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise _wrong(file, f"is not of format {FORMAT}, the one that this version reads")
        return content

    def sessions(self) -> list[dict[str, Any]]:
        """When and how long commands worked on this folder; empty for a new one."""
        return list(self.manifest().get("times", [])) if (self.path / "manifest.json").exists() else []

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        self.write_text("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")

    def write_text(self, name: str, text: str) -> None:
        self.write_bytes(name, text.encode())

    def write_bytes(self, name: str, content: bytes) -> None:
        with _appears(self.path / name) as temporary:
            temporary.write_bytes(content)

    def write_table(self, name: str, columns: Columns, also_csv: bool = False) -> None:
        """Columns of equal length as NAME.parquet, and as NAME.csv if asked; NaN becomes an empty value."""
        formats = {".parquet": "FORMAT parquet"} | ({".csv": "FORMAT csv, HEADER"} if also_csv else {})
        for suffix, how in formats.items():
            with _appears(self.path / (name + suffix)) as temporary, _query() as query:
                query.register("columns", {key: _sql_ready(values) for key, values in columns.items()})
                query.execute(f"COPY (SELECT {_without_nan(columns)} FROM columns) TO {_quoted(temporary)} ({how})")

    def read_table(
        self, pattern: str, columns: Sequence[str] | None = None, order: str = ""
    ) -> dict[str, NDArray[Any]]:
        """The rows of Parquet files of this folder; missing numbers become NaN. Raises InputError if unreadable."""
        chosen = ", ".join(_identifier(name) for name in columns) if columns else "*"
        order = f" ORDER BY {order}" if order else ""
        try:
            with _query() as query:
                found = query.execute(
                    f"SELECT {chosen} FROM {_quoted(Path(glob.escape(str(self.path))) / pattern)}{order}"
                ).fetchnumpy()
        except duckdb.Error as error:
            raise _wrong(self.path / pattern, f"cannot be read: {str(error).splitlines()[0]}") from None
        return {name: _filled(values) for name, values in found.items()}

    # --- runs -----------------------------------------------------------------------------------------------

    def part_names(self) -> list[str]:
        return sorted(item.name for item in (self.path / "parts").glob("part-*.parquet"))

    def add_part(self, columns: Columns) -> None:
        """Rows of finished runs as the next part."""
        names = self.part_names()
        number = int(names[-1].split("-")[1].split(".")[0]) + 1 if names else 0
        self.write_table(f"parts/part-{number:06d}", columns)

    def rows(self, columns: Sequence[str] | None = None, order: str = "world, cell") -> dict[str, NDArray[Any]]:
        """All runs that are done; empty without parts."""
        return self.read_table("parts/part-*.parquet", columns, order) if self.part_names() else {}

    def failures(self) -> list[dict[str, Any]]:
        file = self.path / "failures.jsonl"
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    def write_failures(self, failures: Sequence[Mapping[str, Any]]) -> None:
        """One line per failed run; no file if none failed."""
        if failures:
            self.write_text("failures.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in failures))
        else:
            (self.path / "failures.jsonl").unlink(missing_ok=True)


def differences(there: Mapping[str, Any], wanted: Mapping[str, Any], grows: bool = False) -> list[str]:
    """In what two manifests describe different plans, in words; empty if one may continue or replace the other.

    grows : more worlds and more levels of the same settings continue a plan; another engine does not.
    """
    parts = ("plan", "scenarios", "random_numbers", *(("engine",) if grows else ()))
    old = dict(_leaves({name: there.get(name) for name in parts}))
    new = dict(_leaves({name: wanted.get(name) for name in parts}))
    found = []
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key), new.get(key)
        if before == after or key.endswith(".title") or (grows and _continues(key, before, after)):
            continue
        if key == "engine":
            found.append("it comes from another version of the engine, and the two must not be mixed")
            continue
        name = key.removeprefix("plan.").removeprefix("scenarios.").removeprefix(f"{BASE}.")
        found.append(f"{name} is {_shown(before)} there, {_shown(after)} now")
    return found


def _continues(key: str, before: Any, after: Any) -> bool:
    if key == "plan.worlds":
        return isinstance(before, int) and isinstance(after, int) and after >= before
    if key.startswith("plan.vary."):
        return isinstance(before, list) and isinstance(after, list) and all(level in after for level in before)
    return False


def _leaves(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted paths of all that is not a table. Keys of `plan.vary` hold dots themselves, which does no harm here."""
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield from _leaves(item, f"{prefix}{key}.")
        else:
            yield prefix + key, item


def _shown(value: Any) -> str:
    text = "missing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _some(names: Sequence[str], number: int) -> str:
    return ", ".join(names[:number]) + (f" and {len(names) - number} more" if len(names) > number else "")


def _wrong(path: Path, message: str) -> InputError:
    return InputError([Problem(message, key=str(path))])


# --- writing in one piece -----------------------------------------------------------------------------------


@contextlib.contextmanager
def _appears(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`; what was written there becomes `path` in one step, or nothing does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(number)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_UMASK)
        _flush(temporary)
        os.replace(temporary, path)
        _flush(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read_umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


_UMASK = _read_umask()


def _flush(path: Path) -> None:
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
def _query() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own: one thread, so that equal rows give equal bytes."""
    connection = duckdb.connect(config={"threads": 1})
    try:
        yield connection
    finally:
        connection.close()


def _quoted(path: Path) -> str:
    text = str(path).replace("'", "''")
    return f"'{text}'"


def _identifier(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _without_nan(columns: Columns) -> str:
    chosen = []
    for name, values in columns.items():
        quoted = _identifier(name)
        is_float = np.asarray(values).dtype.kind == "f"
        chosen.append(f"CASE WHEN isnan({quoted}) THEN NULL ELSE {quoted} END AS {quoted}" if is_float else quoted)
    return ", ".join(chosen)


def _sql_ready(values: NDArray[Any]) -> NDArray[Any]:
    array = np.asarray(values)
    return array.astype(object) if array.dtype.kind == "U" else np.ascontiguousarray(array)


def _filled(values: Any) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        return values.filled(np.nan) if values.dtype.kind == "f" else values.filled()
    return np.asarray(values)
