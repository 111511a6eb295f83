"""Is everything in place? Versions, where our packages come from, what shadows them, the compiled engine."""

import importlib.util
import sys
from dataclasses import dataclass, field
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

OURS = ("simulation", "scenarios", "experiments")
DISTRIBUTION = "alliance-dynamics"
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Findings:
    """in_front : what is imported instead of ours     notes : what could be, from elsewhere, and does no harm now"""

    versions: dict[str, str]
    packages: dict[str, str]
    in_front: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cores: int = 1
    cache: str = ""
    compiled: bool | None = None
    seconds: float | None = None
    engine: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "versions": self.versions,
            "packages": self.packages,
            "shadowed_by": self.in_front,
            "notes": self.notes,
            "cores": self.cores,
            "cache": self.cache,
            "engine": self.engine,
            "compiled": self.compiled,
            "compile_seconds": None if self.seconds is None else round(self.seconds, 1),
        }

    def rows(self) -> list[list[str]]:
        """What was found, as name and value."""
        state = {
            True: "yes",
            False: "not yet: the first run will take about half a minute, or `alliances doctor --compile`",
            None: "unknown",
        }
        compiled = state[self.compiled] + (f", in {self.seconds:.1f} s" if self.seconds is not None else "")
        return [
            *([name, value] for name, value in self.versions.items()),
            *([f"package {name}", where] for name, where in self.packages.items()),
            ["processor cores", str(self.cores)],
            ["compiled engines are kept in", self.cache or "unknown"],
            ["engine compiled", compiled],
        ]


def examine(compile_now: bool = False) -> Findings:
    """Look around; with `compile_now`, compile the engine. Works even where one of our packages is shadowed."""
    from experiments.provenance import cores, versions

    found = Findings(versions(), {name: _origin(name) for name in OURS}, cores=cores())
    found.in_front = in_front()
    found.notes = behind()
    if not found.in_front:
        _look_at_engine(found, compile_now)
    return found


def _look_at_engine(found: Findings, compile_now: bool) -> None:
    from simulation import compiled, engine

    found.seconds = engine.compile_now() if compile_now else None
    found.cache, found.engine = str(compiled.CACHE), compiled.source_hash()
    found.compiled = compiled.is_warm()


def _origin(name: str) -> str:
    """File or folder that an import of this name would take."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        return "not found"
    if spec.origin is None:
        return str(next(iter(spec.submodule_search_locations or ["unknown"])))
    origin = Path(spec.origin)
    return str(origin.parent if origin.name == "__init__.py" else origin)


def in_front() -> list[str]:
    """In plain words, what is imported under one of our names instead of our package."""
    sentences = []
    for name in OURS:
        where = _origin(name)
        if where == "not found" or Path(where).resolve() != ROOT / name:
            remedy = (
                "rename it, or start from another folder"
                if where.endswith(".py")
                else "remove that package, or use an environment of our own (`make setup`)"
            )
            sentences.append(
                f"`import {name}` finds {where}, which stands in front of ours, {ROOT / name}. To mend it, {remedy}."
                if where != "not found"
                else f"`import {name}` finds nothing; install {DISTRIBUTION} again."
            )
    return sentences


def behind(search: list[str] | None = None) -> list[str]:
    """In plain words, other things of our names that are on the path, and other distributions that install them."""
    sentences = []
    for folder in dict.fromkeys(Path(entry or ".").resolve() for entry in (sys.path if search is None else search)):
        for name in OURS:
            for other in (folder / f"{name}.py", folder / name):
                is_module = other.is_file() if other.suffix else (other / "__init__.py").is_file()
                if is_module and other.resolve() != ROOT / name and str(other) != _origin(name):
                    sentences.append(f"{other} has the name of our package {name}; ours comes first, for now.")
    owners = packages_distributions()
    for name in OURS:
        others = sorted({owner for owner in owners.get(name, []) if owner.lower().replace("_", "-") != DISTRIBUTION})
        sentences += [
            f"the distribution {other} also installs a package called {name}; one overwrites the other."
            for other in others
        ]
    return sentences
