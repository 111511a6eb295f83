"""What leaves the house: the wheel, the pinned requirements, and the rules every tracked file keeps."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("simulation", "scenarios", "experiments")

# Put together from pieces, so that this file does not hold what it forbids.
REGISTRY_HOSTS = (
    *(f"py{end}" for end in ("pi.org", "pi.python.org", "thonhosted.org")),
    *(f"{name}.{top}" for name, top in (("anaconda", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"))),
    *(
        f"{name}.{top}"
        for name, top in (("yarnpkg", "com"), ("rubygems", "org"), ("unpkg", "com"), ("jsdelivr", "net"))
    ),
)
# Home folders of any machine, and the folders of the machine this was first written on.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:(?:home|Users|root)/\w|work/(?:main|shared)\b|opt/(?:wheels|pypi)\b)")


def repository_files() -> list[Path]:
    """Files that git tracks or would track; what .gitignore names is nobody's business here."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for path in repository_files() if path.suffix == ".py"]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    """Text of a file, "" for a binary one."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Standard output of a command that must succeed, run without what the caller's shell adds to Python."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{shown(path)}:{number}: {line.strip()[:120]}"
        for path in repository_files()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]


# --- the wheel --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    missing = [name for name in (*PACKAGES, "README.md") if not (ROOT / name).exists()]
    if missing:
        pytest.skip(f"not written yet: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.slow
def test_wheel_holds_all_of_the_three_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {shown(path) for path in repository_files() if path.relative_to(ROOT).parts[0] in PACKAGES}
    assert sorted(inside) == sorted(expected)


@pytest.mark.slow
def test_wheel_holds_the_data_a_user_needs(wheel: Path) -> None:
    # Looked up on the disk, not in git: a pattern in .gitignore that hides a data file would hide it from both.
    patterns = (
        "scenarios/*.toml",
        "scenarios/networks/*.csv",
        "scenarios/scenario.schema.json",
        "experiments/report/*.html",
    )
    data = {shown(path) for pattern in patterns for path in ROOT.glob(pattern)}
    with zipfile.ZipFile(wheel) as archive:
        assert data <= set(archive.namelist())
        (scripts,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "alliances = experiments.cli:main" in archive.read(scripts).decode()


@pytest.mark.slow
def test_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    if not (ROOT / "experiments/cli.py").exists():
        pytest.skip("not written yet: experiments/cli.py")
    target, empty = tmp_path / "target", tmp_path / "empty"
    empty.mkdir()
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--no-deps", "--no-index", "--target", target, wheel, cwd=empty)

    where = "import simulation, scenarios, experiments as e; print(simulation.__file__, scenarios.__file__, e.__file__)"
    found = run(sys.executable, "-c", where, cwd=empty, PYTHONPATH=str(target)).split()
    assert [Path(file).is_relative_to(target) for file in found] == [True] * 3, found

    # Wide and plain, so that no name is wrapped or coloured.
    plain = {"PYTHONPATH": str(target), "COLUMNS": "200", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    listed = run(sys.executable, "-m", "experiments", "scenarios", cwd=empty, **plain)
    names = {path.stem for path in (ROOT / "scenarios").glob("*.toml")}
    assert names, "the checkout holds no scenario"
    assert {name for name in names if name not in listed} == set()


# --- what is pinned ---------------------------------------------------------------------------------------------------


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_requirements_pin_everything_the_project_names_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # A pin with its hashes is one logical line.
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    pins = [line for line in pins if line.strip() and not line.lstrip().startswith("#")]
    assert [line for line in pins if "--hash=sha256:" not in line or "==" not in line] == []

    pinned = {canonical(line.split("==")[0]) for line in pins}
    extras = project["project"]["optional-dependencies"]["dev"]
    wanted = [*project["project"]["dependencies"], *extras, *project["build-system"]["requires"]]
    named = {canonical(re.split(r"[^\w.-]", requirement)[0]) for requirement in wanted}
    assert named - pinned == set(), "run `make lock`"


def test_citation_and_package_agree_on_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"\nversion: {project['version']}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


# --- what every file keeps --------------------------------------------------------------------------------------------


def test_no_file_names_a_package_registry() -> None:
    assert lines_matching(re.compile("|".join(map(re.escape, REGISTRY_HOSTS)), re.IGNORECASE)) == []


def test_no_file_names_a_path_of_a_machine() -> None:
    assert lines_matching(MACHINE_PATH) == []


@pytest.mark.parametrize(
    "bad", ["/home/" + "ada/x", "'/Users/" + "ada'", "file:///opt/" + "pypi/simple", "/work/" + "main"]
)
def test_a_path_of_a_machine_is_recognised(bad: str) -> None:
    assert MACHINE_PATH.search(bad)


def test_no_init_file_below_tests() -> None:
    # With one, importlib mode would import test files under names that clash with the packages.
    assert [shown(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_no_python_file_is_longer_than_400_lines() -> None:
    lengths = {shown(path): len(text_of(path).splitlines()) for path in python_files()}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def imported_names(path: Path) -> set[str]:
    """Top-level names of everything a file imports, at whatever depth of the file."""
    tree = ast.parse(path.read_bytes(), filename=str(path))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_only_compiled_imports_numba() -> None:
    inside = [path for path in python_files() if path.relative_to(ROOT).parts[0] in PACKAGES]
    importers = {shown(path) for path in inside if "numba" in imported_names(path)}
    assert all(path.startswith("simulation/compiled/") for path in importers), importers
