"""The modules of the viewer as one script, for pages that open from disk: a browser loads no module from a file.

Nothing is parsed but lines. The modules keep a strict style for that: an import stands on one line and names what it
takes, an export stands before a declaration at the start of a line. Whatever else begins with these words is refused.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from simulation.problems import InputError, Problem

STATIC = Path(__file__).parent / "static"
CHARTS = "vendor/uPlot/uPlot.iife.min.js"
STYLES = ("vendor/uPlot/uPlot.min.css", "viewer.css")

NAME = r"[A-Za-z_$][\w$]*"
IMPORT = re.compile(
    rf'import \{{ ?({NAME}(?: as {NAME})?(?:, {NAME}(?: as {NAME})?)*),? ?\}} from "\./([\w./-]+\.js)";'
)
EXPORT = re.compile(rf"export ((?:async )?function|class|const) ({NAME})\b")
WORDS = re.compile(r"(import|export)\b")
INSIDE = re.compile(r"\bimport\s*(\(|\.\s*meta\b)|^\s*await\b.*\bimport\b")
FORMS = (
    'import { name } from "./file.js"; on one line, and export before function, async function, class or const '
    "at the start of a line"
)


@dataclass
class Module:
    """One file. body : its lines without imports and exports     exports : in the order of the file"""

    name: str
    imports: list[tuple[int, str, str]] = field(default_factory=list)  # line, names, file
    exports: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


def script(entry: str, folder: Path = STATIC, charts: str = CHARTS) -> str:
    """The entry module, all it imports and uPlot in front, as one script; the same files give the same text.

    entry : path of a module below `folder`     charts : of a plain script there that goes first, "" for none
    Each module becomes a function that gives its exports, so that names don't clash. The entry's are in `exported`.
    Raises InputError, naming file and line, for a module that doesn't keep the style above.
    """
    modules = _in_order(entry, folder)
    number = {module.name: place for place, module in enumerate(modules)}
    parts = [_read(folder, charts).strip()] if charts else []
    for module in modules:
        lines = [f"const module{number[module.name]} = (() => {{", f"// {module.name}", '"use strict";']
        for _, names, file in module.imports:
            lines.append(f"const {{ {names.replace(' as ', ': ')} }} = module{number[file]};")
        lines += [*module.body, f"return {{ {', '.join(module.exports)} }};", "})();"]
        parts.append("\n".join(lines))
    return "\n".join([*parts, f"const exported = module{number[entry]};", ""])


def classic(entry: str, folder: Path = STATIC, charts: str = CHARTS) -> str:
    """The same for a <script> element: leaves no name behind, and holds nothing that would end the element early."""
    text = f"(() => {{\n{script(entry, folder, charts)}}})();\n"
    # In a string, a template and a regular expression a backslash before / or ! means nothing.
    return re.sub(r"<(?=/script|!--)", r"<\\", text, flags=re.IGNORECASE)


def module(entry: str, folder: Path = STATIC, charts: str = CHARTS) -> str:
    """The same as an ES module whose default export holds the exports of the entry, as anywidget wants it."""
    return script(entry, folder, charts) + "export default exported;\n"


def style(names: tuple[str, ...] = STYLES, folder: Path = STATIC) -> str:
    """Style sheets as one text. Raises InputError for one that would fetch something or end the element early."""
    parts = []
    for name in names:
        text = _read(folder, name).strip()
        found = re.search(r"@import|url\((?!['\"]?data:)|</style", text, re.IGNORECASE)
        if found:
            line = text.count("\n", 0, found.start()) + 1
            told = f'"{found[0]}" has no place in a page that fetches nothing'
            raise InputError([Problem(told, file=name, line=line)])
        parts.append(text)
    return "\n".join(parts) + "\n"


def _in_order(entry: str, folder: Path) -> list[Module]:
    """All modules, each after those that it imports."""
    done: dict[str, Module] = {}
    open_: list[str] = []

    def visit(name: str, asked: str, line: int) -> None:
        if name in open_:
            circle = " → ".join([*open_[open_.index(name) :], name])
            raise InputError([Problem(f"modules import each other in a circle: {circle}", file=asked, line=line)])
        if name in done:
            return
        open_.append(name)
        found = _parse(name, _read(folder, name, asked, line))
        for at, names, file in found.imports:
            visit(file, name, at)
            wanted = [one.split(" as ")[0] for one in names.split(", ")]
            missing = [one for one in wanted if one not in done[file].exports]
            if missing:
                raise InputError([Problem(f"{file} exports no {', '.join(missing)}", file=name, line=at)])
        open_.pop()
        done[name] = found

    visit(entry, "", 0)
    return list(done.values())


def _read(folder: Path, name: str, asked: str = "", line: int = 0) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        told = f"{name} cannot be read: {error.strerror}"
        raise InputError([Problem(told, file=asked, line=line)]) from error


def _parse(name: str, text: str) -> Module:
    """Its imports, exports and all other lines, without indents, but those that hold nothing but a comment."""
    found, in_text, in_comment = Module(name), False, False
    base = Path(name).parent
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not in_text and (in_comment or bare.startswith("/*")):
            in_comment = "*/" not in bare
            if not in_comment and bare.split("*/", 1)[1].strip():
                raise _refused(name, number, "code after a comment of several lines or at the start of a line")
            continue
        if not in_text and (not bare or bare.startswith("//")):
            continue
        if in_text or not WORDS.match(bare):
            if not in_text and INSIDE.search(line):
                raise _refused(name, number, f'"{bare[:60]}"')
            found.body.append(line if in_text else line.lstrip())
        elif taken := IMPORT.fullmatch(line):
            found.imports.append((number, taken[1], (base / taken[2]).as_posix()))
            continue
        elif given := EXPORT.match(line):
            found.exports.append(given[2])
            found.body.append(line.removeprefix("export "))
        else:
            raise _refused(name, number, f'"{bare[:60]}"')
        in_text ^= len(re.findall(r"(?<!\\)`", line)) % 2 == 1  # a template of several lines begins or ends
    return found


def _refused(name: str, number: int, what: str) -> InputError:
    return InputError([Problem(f"{what} cannot be bundled; allowed: {FORMS}", file=name, line=number)])
