"""Result folders, the only file that reads or writes them.

    manifest.json          what was run: plan, scenarios, versions (experiments/provenance.py)
    design.parquet         one row per cell or arm
    parts/part-*.parquet   one row per run; whatever is in a part is done
    failures.jsonl         one line per run that failed
    summary.parquet, .csv  one row per cell or arm, with intervals
    series.csv, .parquet   of a single run: one row per quarter; the first grows while the world runs

Every file is written to a temporary name in its folder, flushed, renamed, and the folder flushed: a file is there in
full or not at all, whenever the power fails.
"""

import contextlib
import csv
import glob
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from experiments.files import (
    Columns,
    appears,
    connected,
    filled,
    flush,
    identifier,
    quoted,
    sql_ready,
    without_nan,
    wrong,
)
from experiments.plans import damage, differences
from experiments.provenance import plain
from simulation.problems import InputError, Problem

OWN_LEFTOVERS = re.compile(r"\.lock|\..+\.tmp")
MOST_DIFFERENCES = 6


class ResultFolder:
    """One result folder, claimed by this process until `close`.

    `claim` is the way in: it refuses, before touching anything, what is not a result of the same plan.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None
        self._made: list[Path] = []  # folders that were not there, the outermost first

    @classmethod
    def claim(cls, out: str | Path, manifest: Mapping[str, Any], grows: bool = False) -> "ResultFolder":
        """The folder `out`, created if need be, for results that `manifest` describes.

        grows : results of the same plan with fewer worlds or levels may stay; then the engine must be the same as well.
        Raises InputError if `out` is a file, cannot be written, holds anything else, or is in use by another process.
        """
        folder = cls(folder_path(out))
        folder.check(manifest, grows)
        try:
            folder._take_lock()
            folder.check(manifest, grows)  # again: another process may have come and gone before the lock was ours
            folder._drop_leftovers()
        except OSError as error:
            folder.close()
            raise wrong(folder.path, f"cannot be written: {error.strerror or error}") from None
        except BaseException:
            folder.close()
            raise
        return folder

    def __enter__(self) -> "ResultFolder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let other processes in. Folders that were made for results that never came go away again."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                os.unlink(self._lock.name)  # while it is held: who waits for this file sees that its name is gone
            self._lock.close()
            self._lock = None
        with contextlib.suppress(OSError):
            while self._made:
                self._made.pop().rmdir()  # only if nothing was written

    # --- who may write here ---------------------------------------------------------------------------------

    def check(self, manifest: Mapping[str, Any], grows: bool = False) -> None:
        """Raises InputError unless results of this manifest may go here. Touches nothing."""
        path = self.path
        if path.exists() and not path.is_dir():
            raise wrong(path, "is a file; give a folder")
        if not path.exists():
            parent = next(folder for folder in path.absolute().parents if folder.exists())
            if not parent.is_dir() or not os.access(parent, os.W_OK):
                raise wrong(path, f"cannot be created: {parent} is not a folder that can be written")
            return
        if not os.access(path, os.W_OK):
            raise wrong(path, "cannot be written")
        others = sorted(item.name for item in path.iterdir() if not OWN_LEFTOVERS.fullmatch(item.name))
        if others and "manifest.json" not in others:
            raise wrong(path, f"holds other files ({_some(others, 3)}); give an empty or a new folder")
        if others:
            there = self.manifest()
            if there.get("kind") != manifest["kind"]:
                raise wrong(
                    path, f"holds the result of a {there.get('kind')}, not of a {manifest['kind']}; give another folder"
                )
            found = differences(there, manifest, grows)
            if found:
                listed = "; ".join(found[:MOST_DIFFERENCES])
                more = f"; and {len(found) - MOST_DIFFERENCES} more" if len(found) > MOST_DIFFERENCES else ""
                raise wrong(path, f"holds another {manifest['kind']}: {listed}{more}. Give another folder")

    def _take_lock(self) -> None:
        """Make the folder and hold its lock file, the one that its name stands for when the lock is ours."""
        while True:
            self._make()
            try:
                import fcntl
            except ImportError:  # Windows: no advisory locks, one sweep at a time is up to the user
                return
            try:
                handle = open(self.path / ".lock", "w", encoding="utf-8")  # noqa: SIM115  held until close
            except FileNotFoundError:
                continue  # the folder went away with a process that wrote nothing
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                handle.close()
                raise wrong(
                    self.path, "is being written by another process; wait for it or give another folder"
                ) from None
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle.fileno()), os.stat(handle.name)):
                    self._lock = handle
                    return
            handle.close()  # its owner has just removed it: a lock on a file without a name keeps nobody out

    def _make(self) -> None:
        missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        for folder in reversed(missing):
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
                self._made.append(folder)

    def _drop_leftovers(self) -> None:
        """Remove what a killed process left under temporary names."""
        for item in self.path.rglob(".*.tmp"):
            item.unlink(missing_ok=True)

    # --- files ----------------------------------------------------------------------------------------------

    def manifest(self) -> dict[str, Any]:
        """What manifest.json says. Raises InputError if this is no result folder, damaged or not of a known format."""
        file = self.path / "manifest.json"
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise wrong(self.path, "is not a result folder: it holds no manifest.json") from None
        except (OSError, ValueError) as error:
            raise wrong(file, f"cannot be read: {error}") from None
        broken = damage(content)
        if broken:
            raise wrong(file, broken)
        found: dict[str, Any] = content
        return found

    def finished_manifest(self) -> dict[str, Any]:
        """The manifest of a run or comparison that came to its end. Raises InputError if it did not."""
        record = self.manifest()
        if not any("finished" in session for session in record.get("times", [])) or not self.part_names():
            raise wrong(self.path, f"holds a {record['kind']} that did not finish; run the command again")
        return record

    def sessions(self) -> list[dict[str, Any]]:
        """When and how long commands worked on this folder; empty for a new one."""
        return list(self.manifest().get("times", [])) if (self.path / "manifest.json").exists() else []

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        self.write_text("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False, default=plain) + "\n")

    def write_text(self, name: str, text: str) -> None:
        self.write_bytes(name, text.encode())

    def write_bytes(self, name: str, content: bytes) -> None:
        with appears(self.path / name) as temporary:
            temporary.write_bytes(content)

    @contextlib.contextmanager
    def growing(self, name: str, columns: Sequence[str]) -> Iterator[Callable[[Sequence[Any]], None]]:
        """NAME.csv, line by line while work goes on: a function that adds one, which others can read at once.

        Until the work is done it has a temporary name, like every file: .NAME.csv.*.tmp.
        """
        with (
            appears(self.path / f"{name}.csv") as temporary,
            temporary.open("w", encoding="utf-8", newline="") as file,
        ):
            lines = csv.writer(file, lineterminator="\n")

            def add(values: Sequence[Any]) -> None:
                lines.writerow(values)
                file.flush()

            add(columns)
            yield add

    def write_table(self, name: str, columns: Columns, also_csv: bool = False) -> None:
        """Columns of equal length as NAME.parquet, and as NAME.csv if asked; NaN becomes an empty value."""
        formats = {".parquet": "FORMAT parquet"} | ({".csv": "FORMAT csv, HEADER"} if also_csv else {})
        for suffix, how in formats.items():
            with appears(self.path / (name + suffix)) as temporary, connected() as query:
                query.register("columns", {key: sql_ready(values) for key, values in columns.items()})
                query.execute(
                    f"COPY (SELECT {without_nan(columns)} FROM columns) TO {quoted(temporary)} ({how}, USE_TMP_FILE false)"
                )

    def read_table(
        self, pattern: str, columns: Sequence[str] | None = None, order: str = ""
    ) -> dict[str, NDArray[Any]]:
        """The rows of Parquet files of this folder; missing numbers become NaN. Raises InputError if unreadable."""
        chosen = ", ".join(identifier(name) for name in columns) if columns else "*"
        order = f" ORDER BY {order}" if order else ""
        try:
            with connected() as query:
                found = query.execute(
                    f"SELECT {chosen} FROM {quoted(Path(glob.escape(str(self.path))) / pattern)}{order}"
                ).fetchnumpy()
        except duckdb.Error as error:
            raise wrong(self.path / pattern, f"cannot be read: {str(error).splitlines()[0]}") from None
        return {name: filled(values) for name, values in found.items()}

    # --- runs -----------------------------------------------------------------------------------------------

    @property
    def parts(self) -> Path:
        return self.path / "parts"

    @property
    def earlier(self) -> Path:
        """Parts of a plan that this folder has grown out of; gone when the sweep is finished."""
        return self.path / "earlier"

    def part_path(self, number: int) -> Path:
        return self.parts / f"part-{number:06d}.parquet"

    def part_names(self) -> list[str]:
        return sorted(item.name for item in self.parts.glob("part-*.parquet"))

    def write_part(self, number: int, columns: Columns) -> None:
        """Rows of finished runs as a part. Written again under its number, a part replaces itself: no row comes twice."""
        self.write_table(f"parts/part-{number:06d}", columns)

    def copy_part(self, file: Path) -> None:
        """A part of another folder of the same plan, byte for byte."""
        self.write_bytes(f"parts/{file.name}", file.read_bytes())

    def count_parts(self) -> tuple[dict[int, int], list[str]]:
        """Number of each part -> rows in it, and the names of parts that cannot be read."""
        counts, damaged = {}, []
        with connected() as query:
            for name in self.part_names():
                try:
                    found = query.execute(
                        f"SELECT num_rows FROM parquet_file_metadata({quoted(self.parts / name)})"
                    ).fetchone()
                except duckdb.Error:
                    damaged.append(f"parts/{name}")
                else:
                    counts[int(name.split("-")[1].split(".")[0])] = int(found[0]) if found else 0
        return counts, damaged

    def outgrow(self) -> None:
        """Set the parts aside as what is known from an earlier plan. Interrupted, it may be done again."""
        if not self.parts.is_dir():
            return
        self.earlier.mkdir(exist_ok=True)
        taken = len(list(self.earlier.iterdir()))
        for number, name in enumerate(self.part_names(), taken):
            while (self.earlier / f"part-{number:06d}.parquet").exists():
                number += 1
            os.replace(self.parts / name, self.earlier / f"part-{number:06d}.parquet")
        flush(self.earlier)
        flush(self.parts)

    def forget_earlier(self) -> None:
        """Remove what was set aside: all of it now stands in parts of its own."""
        self.drop(self.earlier.name)

    def drop(self, name: str) -> None:
        """Remove a folder in this one and the files in it, if it is there."""
        inner = self.path / name
        if inner.is_dir():
            for item in inner.iterdir():
                item.unlink(missing_ok=True)
            inner.rmdir()

    @staticmethod
    def find_rows(
        files: Sequence[Path], seed: int, worlds: tuple[int, int], columns: Sequence[str]
    ) -> dict[str, NDArray[Any]]:
        """Rows of some worlds, first to last, from parts wherever they lie; a part that cannot be read is passed over."""
        chosen = ", ".join(identifier(name) for name in columns)
        found: dict[str, list[NDArray[Any]]] = {name: [] for name in columns}
        with connected() as query:
            for file in files:
                with contextlib.suppress(duckdb.Error):
                    rows = query.execute(
                        f"SELECT {chosen} FROM {quoted(file)} WHERE seed = {seed} "
                        f"AND world BETWEEN {worlds[0]} AND {worlds[1]}"
                    ).fetchnumpy()
                    for name in columns:
                        found[name].append(filled(rows[name]))
        empty = np.empty(0)
        return {name: np.concatenate(pieces) if pieces else empty for name, pieces in found.items()}

    def cell_rows(self, cells: Sequence[str], worlds: int, columns: Sequence[str]) -> dict[str, NDArray[Any]]:
        """The runs of some cells in so many worlds: place in the list, world, columns. Raises InputError if unreadable."""
        wanted = {"cell": np.array(cells, dtype=object), "place": np.arange(len(cells))}
        chosen = ", ".join(f"runs.{identifier(name)}" for name in columns)
        pattern = Path(glob.escape(str(self.parts))) / "part-*.parquet"
        try:
            with connected() as query:
                query.register("wanted", wanted)
                found = query.execute(
                    f"SELECT wanted.place AS place, runs.world AS world, {chosen} "
                    f"FROM {quoted(pattern)} AS runs JOIN wanted ON runs.cell = wanted.cell "
                    f"WHERE runs.world < {worlds}"
                ).fetchnumpy()
        except duckdb.Error as error:
            how = "delete the damaged part, and the same command makes its runs again"
            raise wrong(self.parts, f"cannot be read: {str(error).splitlines()[0]}; {how}") from None
        return {name: filled(values) for name, values in found.items()}

    def rows(self, columns: Sequence[str] | None = None, order: str = "world, cell") -> dict[str, NDArray[Any]]:
        """All runs that are done; empty without parts."""
        return self.read_table("parts/part-*.parquet", columns, order) if self.part_names() else {}

    def failures(self) -> list[dict[str, Any]]:
        """The rows of failures.jsonl. Raises InputError with the first line that is damaged."""
        file = self.path / "failures.jsonl"
        found: list[dict[str, Any]] = []
        try:
            lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        except (OSError, ValueError) as error:
            raise wrong(file, f"cannot be read: {error}") from None
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                is_whole = (
                    isinstance(row["world"], int) and {"error", "where"} <= row.keys() and {"cell", "arm"} & row.keys()
                )
            except (ValueError, TypeError, KeyError, AttributeError):
                is_whole = False
            if not is_whole:
                raise wrong(file, f"line {number} is damaged; delete the file, and the same command tries again")
            found.append(row)
        return found

    def write_failures(self, failures: Sequence[Mapping[str, Any]]) -> None:
        """One line per failed run; no file if none failed."""
        if failures:
            self.write_text(
                "failures.jsonl", "".join(json.dumps(row, ensure_ascii=False, default=plain) + "\n" for row in failures)
            )
        else:
            (self.path / "failures.jsonl").unlink(missing_ok=True)


def folder_path(out: Any) -> Path:
    """The path of a result folder. Raises InputError if it is neither text nor a path."""
    if not isinstance(out, str | os.PathLike) or isinstance(os.fspath(out), bytes):
        raise InputError([Problem(f'{out!r} is not a folder, such as "results/map"', key="out")])
    return Path(out)


def _some(names: Sequence[str], number: int) -> str:
    return ", ".join(names[:number]) + (f" and {len(names) - number} more" if len(names) > number else "")
