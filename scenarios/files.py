"""Files that people hand in: why one cannot be read, its text, and where in it a problem stands."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from simulation.problems import InputError, Problem, nearest

WIDEST_EXCERPT = 110


def shown(path: Path) -> str:
    """A file as people write it: relative to where they are, if it lies below."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


def obstacle(path: Path, also: Iterable[str] = ()) -> str:
    """Why a file cannot be read, in words; "" if it can. `also` : other names to offer when there is no such file."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return _no_such_file(path, also)
    except PermissionError:
        return "you have no permission to look into its folder"
    except OSError as error:
        return f"cannot be opened: {(error.strerror or str(error)).lower()}"
    except ValueError:  # a NUL in the name
        return "is not a name that a file can have"
    if stat.S_ISDIR(mode):
        return "is a folder, not a file"
    if not stat.S_ISREG(mode):
        return "is not a plain file"
    return "" if os.access(path, os.R_OK) else "you have no permission to read it"


def _no_such_file(path: Path, also: Iterable[str]) -> str:
    try:
        beside = sorted(item.name for item in path.parent.iterdir() if item.is_file())
    except OSError:
        return f'no such file: there is no folder "{shown(path.parent)}"'
    close = nearest(path.name, beside) or nearest(path.stem, also)
    return "no such file" + (f'; did you mean "{close}"?' if close else "")


def read_text(path: Path) -> str:
    """Text of a file with plain line ends and no byte order mark. Raises InputError if it is not UTF-8."""
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Problem(f"cannot be read: {reason}", file=shown(path))]) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        kind = "it looks like UTF-16" if wide else f"byte {content[error.start]:#04x}"
        message = f"is not UTF-8 text ({kind}); save the file with the encoding UTF-8"
        raise InputError([Problem(message, file=shown(path), line=line)]) from None
    return text.replace("\r\n", "\n")


def problem_at(message: str, key: str, file: str, line: int, text: str, column: int = 0) -> Problem:
    """A problem with its line as excerpt, cut to a readable width around the caret."""
    excerpt = "".join(letter if letter.isprintable() else " " for letter in text).rstrip()
    if len(excerpt) > WIDEST_EXCERPT:
        start = max(0, min(column - WIDEST_EXCERPT // 2, len(excerpt) - WIDEST_EXCERPT))
        excerpt, column = excerpt[start : start + WIDEST_EXCERPT], max(column - start, 0)
    return Problem(message, key, file, line, excerpt, column if column <= len(excerpt) + 1 else 0)
