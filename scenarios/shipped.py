"""The scenarios that come with the project, and how a name or a path leads to a file."""

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

from scenarios.files import obstacle, shown
from simulation.problems import InputError, Problem, nearest


def folder() -> Path:
    """Where the shipped scenarios lie."""
    return Path(str(files("scenarios")))


def names() -> tuple[str, ...]:
    """Names of the shipped scenarios, the baseline first."""
    found = sorted(item.stem for item in folder().glob("*.toml"))
    return tuple(sorted(found, key=lambda name: name != "baseline"))


def path(name: str) -> Path:
    """File of a shipped scenario. Raises InputError that offers the nearest name."""
    if name not in names():
        raise InputError([Problem(_unknown(name), file=name)])
    return folder() / f"{name}.toml"


def locate(name_or_path: str | os.PathLike[str]) -> Path:
    """The file that a name or a path means, fit to be read. Raises InputError."""
    text = os.fspath(name_or_path)
    if not text.strip():
        raise InputError([Problem(f"the name of the scenario is empty; {_offer()}")])
    if text in names():
        return path(text)
    file = Path(text).expanduser()
    if is_bare(text):
        raise InputError([Problem(_unknown(text, Path.cwd()), file=text)])
    if wrong := obstacle(file, names()) or _wrong_suffix(file):
        raise InputError([Problem(wrong, file=text)])
    return file.resolve()


def parent_path(extends: Any, child: Path) -> tuple[Path, str]:
    """The file that `extends` means, and what is wrong with it, "" if nothing."""
    if not isinstance(extends, str) or not extends.strip():
        return child, f"needs the name of one scenario, or the path of one file; {_offer()}"
    if extends in names():
        return path(extends).resolve(), ""
    if is_bare(extends):
        return child, _unknown(extends, child.parent)
    file = child.parent / extends
    wrong = obstacle(file, names()) or _wrong_suffix(file)
    return (child, f'"{extends}" {wrong}'.replace('" no such', '": no such')) if wrong else (file.resolve(), "")


def is_bare(text: str) -> bool:
    """A name, not a path: no folder and no suffix."""
    return Path(text).name == text and not Path(text).suffix


def _unknown(name: str, beside: Path | None = None) -> str:
    if beside and (beside / f"{name}.toml").is_file():
        return f'no scenario of that name is shipped; did you mean the file "{shown(beside / name)}.toml"?'
    if beside and (beside / name).is_dir():
        return f"is a folder, not a scenario; {_offer()}"
    close = nearest(name, names())
    return "no such scenario; " + (f'did you mean "{close}"?' if close else _offer())


def _offer() -> str:
    return f"shipped: {', '.join(names())}; or the path of a .toml file"


def _wrong_suffix(file: Path) -> str:
    return "" if file.suffix.lower() == ".toml" else "is not a scenario: scenario files end in .toml"
