"""The one door to the compiler: `@rule` for theory, `@phase` for loops, `@entry` for Python, and no stale cache.

numba caches a compiled function by the time stamp of its own file, so an edited rule would leave the phases that call
it as they were (numba issue 1833). Here the cache lives in a folder named after a hash of every source file of the
engine: edit anything and the folder is another one.

The files beside this one teach numba what it has no name for: vectors of eight (`lanes`), and a hint to memory (`prefetch`).
"""

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])
_njit: Any = numba.njit  # its stubs lack two options, and would hide the signatures of rules
_config: Any = numba.config
SOURCES = Path(__file__).parent.parent
GENERATORS = ("moremur", "philox")
GENERATOR = os.environ.get("ALLIANCES_GENERATOR") or GENERATORS[0]  # of random numbers; see draws.py
if GENERATOR not in GENERATORS:
    raise ImportError(f'ALLIANCES_GENERATOR is "{GENERATOR}", must be one of {", ".join(GENERATORS)}')
KEPT_CACHES = 6  # engines compiled earlier that stay on disk: switching branches does not compile again


def source_hash(folder: Path = SOURCES) -> str:
    """Hash of all Python sources below `folder`, of numba's version, Python's and the generator: 16 hex digits.

    The Mesa face and the stories stand outside: no kernel can reach them.
    """
    digest = hashlib.sha256(f"{numba.__version__} {sys.version_info[:2]} {GENERATOR}".encode())
    for file in sorted(folder.rglob("*.py")):
        if file.name.startswith(("mesa_", "story")):
            continue
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def cache_root() -> Path:
    """Where compiled engines are kept: $ALLIANCES_CACHE, else the user's cache folder, else a temporary one."""
    chosen = os.environ.get("ALLIANCES_CACHE")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    root = Path(chosen) if chosen else home / "alliance-dynamics"
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            return root
    except OSError:
        owner = os.getuid() if hasattr(os, "getuid") else 0
        return Path(tempfile.gettempdir()) / f"alliance-dynamics-{owner}"


def _drop_old_caches(root: Path, current: Path) -> None:
    others = [folder for folder in root.glob("engine-*") if folder.is_dir() and folder != current]
    for folder in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT_CACHES - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


CACHE = cache_root() / f"engine-{source_hash()}"
_marked = False  # in this process
FINISHED = CACHE / "finished"  # written when a whole run has been compiled


def is_warm() -> bool:
    """Whether a run starts at once: the engine is compiled and cached, or compiling is switched off."""
    return bool(_config.DISABLE_JIT) or FINISHED.exists()


def say_if_cold() -> None:
    """Say on stderr that the first run compiles, so that nobody takes the wait for the run's own."""
    if not is_warm():
        print("alliance-dynamics: compiling the engine, once (about half a minute) ...", file=sys.stderr, flush=True)


def mark_warm() -> None:
    """Say that the cache now holds a whole run, and drop engines that were compiled long ago."""
    global _marked
    if _marked or _config.DISABLE_JIT:
        return
    _marked, is_new = True, not FINISHED.exists()
    with contextlib.suppress(OSError):  # a cache that cannot be written still serves
        CACHE.mkdir(parents=True, exist_ok=True)
        FINISHED.touch()
        os.utime(CACHE)  # in daily use: the last to be dropped
        if is_new:
            _drop_old_caches(CACHE.parent, CACHE)


# forceinline: a call that passes dozens of arrays costs microseconds. _nrt=False: no kernel allocates, and counting
# references to arrays, atomically, in every loop took a quarter of a run. no_cfunc_wrapper: nobody calls us from C.
_OPTIONS: dict[str, Any] = {
    "nogil": True, "error_model": "numpy", "forceinline": True, "no_cfunc_wrapper": True, "_nrt": False,
}  # fmt: skip


def rule(function: F) -> F:
    """A pure scalar function of the theory, inlined wherever it is called. Keeps the signature visible to type checkers."""
    compiled: F = _njit(function, **_OPTIONS)
    return compiled


def uncompiled(function: F) -> F:
    """The Python function behind a rule: for a thousand calls at import, where compiling would take longer."""
    return getattr(function, "py_func", function)


def helper(function: F) -> F:
    """A compiled function that only compiled functions call: never call it from Python, which would crash.

    Without a wrapper for callers from Python it compiles in half the time.
    """
    compiled: F = _njit(function, no_cpython_wrapper=True, **_OPTIONS)
    return compiled


phase = helper  # a loop over firms or alliances, one of the schedule: only `advance` calls it


def entry(function: F) -> F:
    """What Python calls: compiled with all that it calls, cached, free of the interpreter's lock."""
    return _cached(function, _OPTIONS)


def short_entry(function: F) -> F:
    """What Python calls for microseconds: it keeps the interpreter's lock, because waiting to get it back takes longer.

    The price: building a world of a million firms keeps other threads waiting for some tenths of a second.
    """
    return _cached(function, _OPTIONS | {"nogil": False})


def _cached(function: F, options: dict[str, Any]) -> F:
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(CACHE)  # read once, when the decorator runs; other numba users keep their own folder
    try:
        compiled: F = _njit(function, cache=True, **options)
        return compiled
    finally:
        _config.CACHE_DIR = before
