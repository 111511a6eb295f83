"""What is wrong with a text that is not TOML, in words that help to mend it."""

import re
import tomllib
from typing import Any

from scenarios.files import problem_at
from scenarios.toml_lines import Places
from simulation.problems import InputError, Problem

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_OWN_WORDS = {
    "Invalid value": "a value is text in quotes, a number, true, false or a [list]",
    "Expected '=' after a key in a key/value pair": "a key needs = and a value",
    "Expected newline or end of document after a statement": "nothing may follow the value on its line but a # comment",
    "Invalid statement": "a line is key = value, a [table] or a # comment",
    "Unclosed array": "the list is not closed: ] is missing",
    "Unclosed inline table": "the table is not closed: } is missing",
    "Unterminated string": "the text is not closed: a quote is missing",
    "Illegal character '\\n'": "the text is not closed: a quote is missing",
    "Expected ']' at the end of a table declaration": "the name of a table needs ] behind it",
    "Expected ']]' at the end of an array declaration": "a table that may come several times needs ]] behind its name",
    "Invalid initial character for a key part": "a key is made of letters, digits, _ and -",
}
# What people write who know other formats, by how the line looks.
_HABITS = [
    (re.compile(r"^\s*[\w.-]+\s*:\s*\S"), "write key = value, with = instead of :"),
    (re.compile(r"=\s*(True|False|TRUE|FALSE)\b"), "true and false are written in small letters"),
    (re.compile(r"=\s*(on|off|yes|no)\s*(#|$)", re.IGNORECASE), "a switch is written true or false"),
    (re.compile(r"=\s*-?\.\d"), "a number needs a digit before the point: 0.5"),
    (re.compile(r"=\s*-?\d+\.(?!\d)"), "a number needs a digit behind the point: 1.0"),
    (re.compile(r"=\s*\d{1,4}[-/.]\d{1,4}([-/.]\d|\s*(#|$))(?<!\.\d)"), 'a date is written in quotes: "2005-01"'),
    (re.compile(r"=\s*-?\d+,\d"), "a number is written with a point: 0.5"),
    (re.compile(r"=\s*-?[\d.]+\s*%"), "a share is written as a number from 0 to 1, without %"),
    (re.compile(r"=\s*[A-Za-z][\w .-]*\s*(#|$)"), "text needs quotes"),
    (re.compile(r"=\s*(#|$)"), "a value is missing behind ="),
    (re.compile(r"^\s*(//|;|--|/\*)"), "a comment begins with #"),
]


def parse(text: str, file: str) -> dict[str, Any]:
    """The table that a TOML text holds. Raises InputError with line, column and advice."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([_explained(str(error), text, file)]) from None
    except RecursionError:
        raise InputError([Problem("lists or tables lie too deep in each other", file=file)]) from None
    except ValueError:  # Python refuses whole numbers of thousands of digits
        raise InputError([Problem("a number has too many digits to be read", file=file)]) from None


def _explained(said: str, text: str, file: str) -> Problem:
    place = _PLACE.search(said)
    reason = said[: place.start()] if place else said
    lines = text.split("\n")
    line, column = (int(place[1]), int(place[2])) if place and place[1] else (len(text.rstrip().split("\n")), 0)
    excerpt = lines[line - 1] if line <= len(lines) else ""
    if reason.startswith(("Cannot overwrite", "Cannot declare", "Duplicate inline", "Cannot mutate")):
        for twice in Places(text).twice:
            message = f"is opened twice, first on line {twice.first}; put its settings together"
            if not twice.is_table:
                message = f"is given twice, first on line {twice.first}; keep one of them"
            again = lines[twice.second - 1]
            indent = len(again) - len(again.lstrip()) + 1
            return problem_at(message, re.sub(r"(\.\d+)+$", "", twice.key), file, twice.second, again, indent)
        return problem_at("is given twice, or both as a value and as a table", "", file, line, excerpt)
    if "'\\n'" in reason and line <= len(lines) and column <= 1:
        line, column = line - 1, 0
        excerpt = lines[line - 1]
    if reason == "Invalid value" and not (place and place[1]):
        reason = "Unclosed array"
    habit = next((advice for pattern, advice in _HABITS if pattern.search(excerpt)), "")
    known = _OWN_WORDS.get(reason, reason[:1].lower() + reason[1:])
    return problem_at(f"this is not TOML: {habit or known}", _key_of(excerpt), file, line, excerpt, column)


def _key_of(line: str) -> str:
    found = re.match(r"\s*([\w.-]+)\s*[=:]", line)
    return found[1] if found else ""
