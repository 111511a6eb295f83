"""docs/odd.md is what the generator gives now, and it leaves nothing of the model out."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.odd import markdown, odd_text, places, reading, words
from experiments.odd.submodels import rule_place, rules_of
from simulation import events, records, state
from simulation.draws import Purpose
from simulation.events import CAUSES, KINDS
from simulation.mechanisms import Mechanisms
from simulation.phases import striking
from simulation.scenario import Scenario
from simulation.schedule import STEP
from simulation.scripted import ShockKind, ShockScope
from simulation.validation import settings

ROOT = Path(__file__).resolve().parents[3]
EQUATIONS = tuple(f"E{number}" for number in range(1, 26))


@cache
def text() -> str:
    return odd_text()


@cache
def sections() -> dict[str, str]:
    """Submodels by their number: what stands between their heading and the next."""
    found = re.findall(r"^### ([EN]\d+) .*?$(.*?)(?=^##)", text(), re.M | re.S)
    assert len(found) == len(dict(found)), "a submodel stands there twice"
    return dict(found)


def names_in_first_column(place: str) -> list[str]:
    return re.findall(r"^\| `([\w.]+)` \|", place, re.M)


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_is_what_the_generator_gives_now() -> None:
    assert (ROOT / "docs" / "odd.md").read_text(encoding="utf-8") == text(), "run `make docs`"


def test_the_command_prints_or_writes_it(tmp_path: Path) -> None:
    printed = CliRunner().invoke(app, ["odd"])
    assert printed.exit_code == 0
    assert printed.stdout == text()
    written = CliRunner().invoke(app, ["odd", "--write", str(tmp_path / "odd.md")])
    assert written.stdout == f"Written: {tmp_path / 'odd.md'}\n"
    assert (tmp_path / "odd.md").read_text(encoding="utf-8") == text()
    nowhere = CliRunner().invoke(app, ["odd", "--write", str(tmp_path / "no" / "odd.md")])
    assert nowhere.exit_code == 2
    assert "cannot be written" in nowhere.stderr


def test_the_seven_elements_and_eleven_concepts_are_there_in_order() -> None:
    elements = re.findall(r"^## (\d) (.*)$", text(), re.M)
    assert [number for number, _ in elements] == list("1234567")
    assert elements[2][1] == "Process overview and scheduling"
    concepts = ("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing",
                "Interaction", "Stochasticity", "Collectives", "Observation")  # fmt: skip
    chapter = text().partition("## 4 ")[2].partition("## 5 ")[0]
    assert tuple(name for name in re.findall(r"^\*\*([\w ]+)\.\*\*", chapter, re.M)) == concepts


def test_links_within_lead_to_headings() -> None:
    headings = re.findall(r"^#+ (.*)$", text(), re.M)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text())) <= anchors
    files = set(re.findall(r"\]\(([^)#]+)\)", text()))
    assert files
    assert {name for name in files if not (ROOT / "docs" / name).is_file()} == set()


def test_every_row_of_every_table_has_as_many_cells_as_its_head() -> None:
    width = 0
    for line in text().splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (cells and width) or cells == width, line
        width = cells


# --- every part of the model ------------------------------------------------------------------------------------------


def test_every_equation_is_a_submodel_with_a_phase_and_an_equation() -> None:
    assert tuple(sections()) == tuple(places.TITLES)
    assert set(EQUATIONS) <= set(sections())
    for number in EQUATIONS:
        assert "*At work in: " in sections()[number], number
        assert "```text" in sections()[number], number
        assert "Checked by " in sections()[number], number
    scheduled = {number for numbers in reading.step_equations().values() for number in numbers}
    assert scheduled == set(EQUATIONS)


@pytest.mark.parametrize("rule", reading.rules(), ids=lambda rule: rule.id)
def test_each_rule_is_described_once_in_its_submodel(rule: reading.Rule) -> None:
    assert rule.equation
    assert rule.arguments
    assert rule.source
    assert text().count(f"**`{rule.id}`**") == 1
    section = sections()[rule_place(rule)]
    assert f"**`{rule.id}`** {rule.summary}\n\n```text\n" + "\n".join(rule.equation) + "\n```" in section
    assert rule in rules_of(rule_place(rule))


def test_every_rule_module_and_every_rule_is_there() -> None:
    modules = {path.stem for path in (ROOT / "simulation" / "rules").glob("*.py")} - {"__init__"}
    assert {rule.module for rule in reading.rules()} == modules
    assert set(places.RULES) <= {rule.id for rule in reading.rules()}
    called = {name for name in reading.called_in() if "." in name}
    assert called <= {rule.id for rule in reading.rules()} | {"value.DILEMMA", "value.NO_DEAL"}


def test_each_setting_stands_in_one_table_and_in_that_of_its_submodel() -> None:
    keys = set(markdown.leaves())
    assert len(keys) > 150
    for key in keys:
        place = places.home(key)
        where = [number for number, section in sections().items() if key in names_in_first_column(section)]
        assert where == ([] if place == places.INPUT else [place]), key
        assert text().count(f"\n| `{key}` | ") == 1, key
    everywhere = {places.generic(item.key) for item in settings(Scenario)}
    assert everywhere - keys == {f"mechanisms.{name}" for name in Mechanisms.model_fields}


def test_the_table_of_places_names_nothing_that_is_not_there() -> None:
    keys = set(markdown.leaves())
    for name in places.HOMES:
        assert any(key == name or (name.endswith("*") and key.startswith(name[:-1])) for key in keys), name
    assert {key.partition(".")[0] for key in keys} == set(places.GROUPS)
    assert {*places.HOMES.values(), *places.GROUPS.values()} <= {*places.TITLES, places.INPUT}
    for place, also in places.ALSO.items():
        for key in also:
            assert key in keys, key
            assert places.home(key) != place, f"{key} is at home in {place}"
    assert {*places.ALSO, *places.CHECKS} <= set(places.TITLES)


def test_each_mechanism_is_a_switch_of_the_submodels_that_it_names() -> None:
    for name in Mechanisms.model_fields:
        at = markdown.mechanism_places(name)
        assert at, name
        assert at == tuple(number for number, section in sections().items() if f"`mechanisms.{name}` (off" in section)
        assert text().count(f"\n| `mechanisms.{name}` | ") == 1


def test_every_state_variable_is_there_with_who_writes_it() -> None:
    chapter = text().partition("## 2 ")[2].partition("## 3 ")[0]
    for kind, entity in markdown.ENTITIES.items():
        shown = {one.name for one in reading.variables(entity, inspect.getsource(state))}
        assert shown == set(entity._fields) - {"market", "after"}, "all but scratch memory"
        for name in shown:
            row = re.search(rf"^\| `{name}` \| \[.*\| (.+) \|$", chapter, re.M)
            assert row, f"{kind}.{name}"


def test_every_name_with_a_meaning_is_there() -> None:
    assert tuple(words.KINDS) == get_args(ShockKind) == striking.KINDS
    assert tuple(words.SCOPES) == get_args(ShockScope)
    assert tuple(words.CAUSES) == CAUSES
    assert set(words.SHAKING) <= set(words.KINDS)
    for name in (*words.KINDS, *words.SCOPES, *CAUSES, *KINDS, *records.COLUMNS, *(phase.name for phase in STEP)):
        assert f"`{name}`" in text(), name
    assert set(reading.comment_parts(inspect.getsource(events), KINDS)) == set(KINDS)
    assert tuple(name for name, _ in reading.columns_with_units()) == records.COLUMNS


def test_every_purpose_is_drawn_somewhere_and_every_event_written() -> None:
    assert set(reading.drawn_in()) == {purpose.name for purpose in Purpose}
    assert set(reading.logged_in()) == {kind.upper() for kind in KINDS}


def test_the_shaking_kinds_are_those_that_the_engine_shakes() -> None:
    body = inspect.getsource(striking)
    names = re.search(r"if kind in \(([A-Z, ]+)\):\n +shake\(", body)
    assert names
    assert tuple(striking.KINDS[getattr(striking, name)] for name in names[1].split(", ")) == words.SHAKING


# --- the tests that it names ------------------------------------------------------------------------------------------


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def is_there(path: str, name: str) -> bool:
    """name : of a test, or the beginning of names with a * behind it."""
    if not (ROOT / path).is_file():
        return False
    if name.endswith("*"):
        return any(function.startswith(name[:-1]) for function in functions_of(path))
    return name in functions_of(path)


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)::([\w*]+)`", text()))
    assert len(named) > 20
    assert {(path, name) for path, name in named if not is_there(path, name)} == set()
    assert len(re.findall(r"tests/[\w/]+\.py", text())) == len(re.findall(r"`tests/[\w/]+\.py::[\w*]+`", text()))


def test_every_oracle_that_is_named_has_its_tests_and_every_one_that_has_tests_is_named() -> None:
    assert set(re.findall(r"\bL\d+\b", text())) == set(places.ORACLES) == set(places.ASKED)
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "oracles").glob("test_*.py")]
    tested = {f"L{number}" for file in files for number in re.findall(r"test_l(\d+)_", " ".join(functions_of(file)))}
    assert tested <= set(places.ORACLES)
