"""What a scenario file means: defaults, `extends`, `[mix]`, `--set`, and where its keys stand."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as some

from scenarios import apply_set, load, parse_sets
from scenarios.toml_lines import Places
from simulation import Scenario
from simulation.problems import InputError
from simulation.validation import Setting, settings


def read(folder: Path, text: str, name: str = "world.toml") -> Scenario:
    (folder / name).write_text(text, encoding="utf-8")
    return load(folder / name)


def test_an_empty_file_is_the_default_world_under_its_own_name(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Scenario(name="world")
    assert read(tmp_path, 'name = "mine"\ntitle = "A title."') == Scenario(name="mine", title="A title.")


def test_extends_is_laid_under_deeply_and_names_are_not_inherited(tmp_path: Path) -> None:
    read(tmp_path, 'title = "T"\n[trust]\ninitial = 0.6\ngain = 0.2\n[firms]\ncount = 30\n', "parent.toml")
    child = read(tmp_path, 'extends = "parent.toml"\n[trust]\ngain = 0.3\n', "child.toml")
    assert (child.trust.initial, child.trust.gain, child.firms.count) == (0.6, 0.3, 30)
    assert (child.name, child.title) == ("child", "")


def test_a_shipped_parent_goes_by_its_name(tmp_path: Path) -> None:
    child = read(tmp_path, 'extends = "constant_change"\ntrust.initial = 0.6\n')
    assert (child.environment.shock_rate, child.trust.initial) == (0.20, 0.6)


def test_a_file_may_be_named_like_the_shipped_one_that_it_extends(tmp_path: Path) -> None:
    assert read(tmp_path, 'extends = "calm"\n[trust]\ninitial = 0.6', "calm.toml").environment.shock_rate == 0


def test_a_chain_of_folders(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    read(tmp_path, 'extends = "hoarders"\n[firms]\ncount = 30\n', "one.toml")
    read(tmp_path / "sub", 'extends = "../one.toml"\n', "two.toml")
    world = read(tmp_path, 'extends = "sub/two.toml"\n', "three.toml")
    assert (world.firms.count, world.strategies["hoarder"].share) == (30, 0.5)


def test_rows_of_strategies_are_joined_by_name(tmp_path: Path) -> None:
    text = "[strategies.hoarder]\nbase = 0.05\nshare = 0\n[strategies.miser]\nshare = 0.1\nbase = 0.01\n"
    world = read(tmp_path, text)
    assert list(world.strategies) == [*Scenario().strategies, "miser"]
    assert (world.strategies["hoarder"].base, world.strategies["miser"].base) == (0.05, 0.01)
    assert world.strategies["sharer"] == Scenario().strategies["sharer"]


def test_events_replace_those_of_the_parent(tmp_path: Path) -> None:
    read(tmp_path, "[[environment.events]]\nquarter = 1\n[[environment.events]]\nquarter = 2\n", "parent.toml")
    child = read(tmp_path, 'extends = "parent.toml"\n[[environment.events]]\nquarter = 9\n', "child.toml")
    assert [event.quarter for event in child.environment.events] == [9]
    assert len(read(tmp_path, 'extends = "parent.toml"\n', "same.toml").environment.events) == 2


def test_mix_keeps_the_proportions_of_the_others(tmp_path: Path) -> None:
    world = read(tmp_path, "[mix]\nhoarder = 0.5\n")
    assert world.strategies == Scenario().with_({"mix.hoarder": 0.5}).strategies
    assert sum(row.share for row in world.strategies.values()) == pytest.approx(1)
    # A mix holds for the file that says it: the child scales what it finds.
    child = read(tmp_path, 'extends = "world.toml"\n[mix]\nsharer = 0.5\n', "child.toml")
    assert child.strategies["hoarder"].share == pytest.approx(0.5 * 0.5 / (1 - 0.5 * 0.15 / 0.9))


def test_line_ends_marks_and_quotes_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "world.toml").write_bytes(b'\xef\xbb\xbftrust.initial = 0.6\r\n"firms"."count" = 30\r\n')
    world = load(tmp_path / "world.toml")
    assert (world.trust.initial, world.firms.count) == (0.6, 30)


def test_a_path_may_be_text_or_path_and_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    expected = read(tmp_path, "trust.initial = 0.6")
    assert load("world.toml") == load(Path("world.toml")) == load(str(tmp_path / "world.toml")) == expected


# --- any scenario comes back from its file ----------------------------------------------------------------------------


def toml(value: Any) -> str:
    """A value as TOML, tables in one line; what is None is left out."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items() if item is not None)
            + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def value_of(setting: Setting) -> some.SearchStrategy[Any]:
    if setting.choices:
        return some.sampled_from(setting.choices)
    if setting.kind == "switch":
        return some.booleans()
    if setting.kind == "text":
        return some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=9)
    low, high = setting.low, setting.high
    if setting.whole:
        return some.integers(int(low or 0), int(high or 0))
    return some.floats(low, high)


FREE = [
    setting
    for setting in settings(Scenario)
    if not setting.key.endswith(
        (".share", ".count", ".quarters", ".warm_up_quarters", ".degree", ".kind", ".file", ".at")
    )
    and (setting.kind in ("text", "switch") or setting.choices or setting.low is not None)
]


@budget(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=some.lists(some.sampled_from(FREE), unique_by=lambda setting: setting.key, max_size=12).flatmap(
        lambda chosen: some.fixed_dictionaries({setting.key: value_of(setting) for setting in chosen})
    ),
    share=some.floats(0, 0.9),
    quarters=some.lists(some.integers(0, 239), max_size=3),
)
def test_any_scenario_comes_back_from_its_file(
    tmp_path: Path, changes: dict[str, Any], share: float, quarters: list[int]
) -> None:
    events = [{"quarter": quarter, "magnitude": share} for quarter in quarters]
    scenario = Scenario().with_(changes | {"mix.hoarder": share, "environment.events": events})
    text = "\n".join(f"{key} = {toml(value)}" for key, value in scenario.model_dump().items())
    assert read(tmp_path, text) == scenario


# --- where keys stand -------------------------------------------------------------------------------------------------


def test_places_of_keys_in_every_way_to_write_them() -> None:
    text = '''name = "x" # name = 3
trust.initial = 0.5
[firms]
  "sec tors" = """
count = 1
"""
count = 3
list = [
  1, # [
  { a = 1, "b.c" = [2, 3] },
]
[[environment.events]]
quarter = 1
[[environment.events]]
quarter = 2
'''
    found = Places(text).found
    assert {key: (place.line, place.column) for key, place in found.items()} == {
        "name": (1, 1),
        "trust.initial": (2, 1),
        "firms": (3, 1),
        "firms.sec tors": (4, 3),
        "firms.count": (7, 1),
        "firms.list": (8, 1),
        "firms.list.1": (9, 3),
        "firms.list.2": (10, 3),
        "firms.list.2.a": (10, 5),
        "firms.list.2.b.c": (10, 12),
        "firms.list.2.b.c.1": (10, 21),
        "firms.list.2.b.c.2": (10, 24),
        "environment.events.1": (12, 1),
        "environment.events.1.quarter": (13, 1),
        "environment.events.2": (14, 1),
        "environment.events.2.quarter": (15, 1),
    }
    assert found["trust.initial"].value_column == 17


@given(some.text(alphabet="[]{}=.,#\"'\\\n ab1", max_size=60))
def test_places_of_any_text_are_found_without_an_error(text: str) -> None:
    lines = text.count("\n") + 1
    assert all(1 <= place.line <= lines for place in Places(text).found.values())


# --- --set ------------------------------------------------------------------------------------------------------------


def test_set_changes_values_of_every_kind() -> None:
    given_ = ["trust.initial=0.6", "firms.count = 50", "network.kind=empty", 'name="a b"', "title=2005",
              "strategies.sharer.side_deals=true", "environment.events=[{quarter = 3}]", "value.joint=.5"]  # fmt: skip
    world = apply_set(Scenario(), given_)
    assert (world.trust.initial, world.firms.count, world.network.kind, world.value.joint) == (0.6, 50, "empty", 0.5)
    assert (world.name, world.title, world.strategies["sharer"].side_deals) == ("a b", "2005", True)
    assert world.environment.events[0].quarter == 3
    assert apply_set(Scenario(), []) == Scenario()
    assert apply_set(Scenario(), ["mix.hoarder=0.5"]) == Scenario().with_({"mix.hoarder": 0.5})
    assert parse_sets(["a.b=1", "c=x y"]) == {"a.b": 1, "c": "x y"}


BAD_SETS = [
    (["trust.intial=0.5"], "--set trust.intial=0.5", 'did you mean "trust.initial"?'),
    (["shock_rate=0.5"], "--set shock_rate=0.5", 'did you mean "environment.shock_rate"?'),
    (["trust.initial=1.5"], "--set trust.initial=1.5", "1.5 is not a number from 0 to 1"),
    (["trust.initial=high"], "--set trust.initial=high", '"high" is not a number from 0 to 1'),
    (["trust.initial='0.5'"], "--set trust.initial='0.5'", "without quotes"),
    (["trust.initial=0,5"], "--set trust.initial=0,5", "is not a number"),
    (["trust.initial=nan"], "--set trust.initial=nan", "is not a number"),
    (["firms.count=10.5"], "--set firms.count=10.5", "a whole number from 2 to 1,000,000"),
    (["firms.count=3"], "--set firms.count=3", "must be below firms.count 3"),
    (["time.quarters=80"], "--set time.quarters=80", "must be shorter than quarters (80)"),
    (["network.kind=ring"], "--set network.kind=ring", "one of empty, watts_strogatz"),
    (["network.kind=florentine", "firms.count=9"], "--set firms.count=9", "below the 15 families"),
    (["network.kind=file"], "--set network.kind=file", "needs network.file=FILE"),
    (["network.file=x.csv"], "--set network.file=x.csv", "only with network.kind=file"),
    (["network.kind=file", "network.file=x.csv"], "--set network.file=x.csv", "no such file"),
    (["strategies.hoarder.share=0.5"], "--set strategies.hoarder.share=0.5", "shares sum to 1.4"),
    (["strategies.miser.share=0.5"], "--set strategies.miser.share=0.5", "no such setting"),
    (["mix.hoader=0.5"], "--set mix.hoader=0.5", 'did you mean "hoarder"?'),
    (["mix.hoarder=2"], "--set mix.hoarder=2", "from 0 to 1"),
    (["mix.hoarder=0.6", "mix.sharer=0.6"], "--set mix.hoarder=0.6", "must not exceed 1"),
    (["environment.events=[{quarter = 999}]"], "--set environment.events=[{quarter = 999}]", "after the last, 239"),
    (["trust=0.5"], "--set trust=0.5", "a table of settings"),
    (["trust.initial"], "--set trust.initial", "write key=value"),
    (["=0.5"], "--set =0.5", "write key=value"),
    ([""], "--set", "write key=value"),
    (["trust.initial="], "--set trust.initial=", "a value is missing"),
    (["trust.initial=[0.5"], "--set trust.initial=[0.5", "not closed"),
    (["trust.initial=0.5", "trust.initial=0.6"], "--set trust.initial=0.6", "set twice"),
    (["time.warm_up_quarters=0\nquarters=3"], "--set time.warm_up_quarters=0\nquarters=3", "is not a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("given_", "file", "says"), BAD_SETS, ids=[" ".join(row[0]) for row in BAD_SETS])
def test_an_impossible_set_names_the_argument(given_: list[str], file: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        apply_set(Scenario(), given_)
    (problem,) = caught.value.problems
    assert problem.file == file
    assert says in problem.message


def test_all_problems_of_several_sets_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        apply_set(Scenario(), ["trust.initial=2", "firms.count=1"], option="--arm managed:")
    assert [problem.file for problem in caught.value.problems] == [
        "--arm managed: firms.count=1",
        "--arm managed: trust.initial=2",
    ]
