"""Where each key of a TOML text stands. `tomllib` reads the values; this finds their lines, for messages."""

import re
import tomllib
from bisect import bisect_right
from typing import NamedTuple

_PART = re.compile(r'[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_REST_OF_LINE = re.compile(r"[^\n]*\n?")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")
_STRINGS = [
    re.compile(r'"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)', re.DOTALL),
    re.compile(r"'''.*?(?:'{3,5}|\Z)", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"?'),
    re.compile(r"'[^'\n]*'?"),
]


class Place(NamedTuple):
    """1-based lines and columns of a key and of its value (of the header, for a table)."""

    line: int
    column: int
    value_line: int
    value_column: int

    @property
    def is_table(self) -> bool:
        return self[:2] == self[2:]


class Twice(NamedTuple):
    """A key or table that is given again: dotted name, is it a table, first line, second line."""

    key: str
    is_table: bool
    first: int
    second: int


class Places:
    """Places of the keys of one text by dotted key; items of lists count from 1: environment.events.2.quarter.

    Never raises: what it does not understand it skips, so it also serves on broken text, to find keys given twice.
    """

    def __init__(self, text: str) -> None:
        self.found: dict[str, Place] = {}
        self.implied: dict[str, Place] = {}  # parents of what is written: [a.b] implies a
        self.twice: list[Twice] = []
        self._text, self._at = text, 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._lists: dict[str, int] = {}
        self._scan()

    def of(self, key: str) -> Place | None:
        """The place of a key that is written, or that is the parent of one."""
        return self.found.get(key) or self.implied.get(key)

    def _position(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1

    def _scan(self) -> None:
        table: list[str] = []
        while self._skip(_BLANK) < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_REST_OF_LINE)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at

    def _key(self) -> list[str]:
        parts: list[str] = []
        while match := _PART.match(self._text, self._at):
            parts.append(_plain(match.group()))
            self._at = match.end()
            if not (dot := _DOT.match(self._text, self._at)):
                break
            self._at = dot.end()
        return parts

    def _header(self) -> list[str]:
        start, is_list = self._at, self._text.startswith("[[", self._at)
        self._at += 2 if is_list else 1
        self._skip(_BLANK)
        parts = self._key()
        path: list[str] = []
        for position, part in enumerate(parts, 1):
            path.append(part)
            name = ".".join(path)
            if is_list and position == len(parts):
                self._lists[name] = self._lists.get(name, 0) + 1
            if name in self._lists:
                path.append(str(self._lists[name]))
        if parts:
            self._note(path, start, start, is_table=True)
        return path

    def _pair(self, table: list[str]) -> None:
        start = self._at
        parts = self._key()
        self._skip(_DOT if not parts else re.compile(r"[ \t]*"))
        if not parts or not self._text.startswith("=", self._at):
            return
        self._at += 1
        self._skip(re.compile(r"[ \t]*"))
        path = table + parts
        self._note(path, start, self._at)
        self._value(path)

    def _value(self, path: list[str]) -> None:
        opening = self._text[self._at : self._at + 1]
        if opening in ("[", "{"):
            self._items(path, "]" if opening == "[" else "}")
        elif opening in ('"', "'"):
            next(filter(None, (self._took(pattern) for pattern in _STRINGS)), None)
        else:
            self._skip(_BARE_VALUE)

    def _took(self, pattern: re.Pattern[str]) -> bool:
        before = self._at
        return self._skip(pattern) > before

    def _items(self, path: list[str], closing: str) -> None:
        self._at += 1
        count = 0
        while self._skip(_BLANK) < len(self._text) and self._text[self._at] != closing:
            before = self._at
            if self._text[self._at] == ",":
                self._at += 1
            elif closing == "}":
                self._pair(path)
            else:
                count += 1
                self._note([*path, str(count)], self._at, self._at)
                self._value([*path, str(count)])
            if self._at == before:
                return
        self._at += 1

    def _note(self, path: list[str], key_at: int, value_at: int, is_table: bool = False) -> None:
        name = ".".join(path)
        place = Place(*self._position(key_at), *self._position(value_at))
        if name in self.found:
            self.twice.append(Twice(name, is_table, self.found[name].line, place.line))
        self.found.setdefault(name, place)
        for length in range(1, len(path)):
            self.implied.setdefault(".".join(path[:length]), place)


def _plain(part: str) -> str:
    """A key without its quotes."""
    if part[0] not in "\"'":
        return part
    try:
        return str(tomllib.loads(f"key = {part}")["key"])
    except tomllib.TOMLDecodeError:
        return part[1:-1]
