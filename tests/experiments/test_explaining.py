"""`explain`: from a scenario to an autopsy in a folder, and what the command line says of wrong input."""

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.explaining import Explained, explain
from scenarios import load
from simulation.problems import InputError
from simulation.scenario import Scenario

SMALL = ["--set", "firms.count=24", "--set", "time.quarters=80", "--set", "time.warm_up_quarters=20"]


def small() -> Scenario:
    return load("constant_change").with_(firms__count=24, time__quarters=80, time__warm_up_quarters=20)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["explain", *arguments], env={"COLUMNS": "200"})
    return result.exit_code, result.stdout, result.stderr


def test_without_an_alliance_the_one_that_tells_most_is_explained() -> None:
    code, out, _ = run("constant_change", *SMALL, "--json")
    assert code == 0
    told = json.loads(out)
    assert told["alliance"]["index"] == told["telling"]["alliances"][0]["index"]
    assert told["alliance"]["ended"] is not None
    assert told["alliance"]["cause"]
    assert told["but_for"]
    for fate in told["but_for"]:
        assert {"change", "ended", "quarter", "cause"} <= fate.keys()


def test_the_command_that_is_offered_shows_the_fate_that_was_promised() -> None:
    _, out, _ = run("constant_change", *SMALL, "--json")
    told = json.loads(out)
    pair = f"{told['alliance']['first']['seat']},{told['alliance']['second']['seat']}"
    best = told["but_for"][0]
    code, again, _ = run(
        "constant_change",
        *SMALL,
        "--alliance",
        pair,
        "--quarter",
        str(told["alliance"]["formed"]),
        "--set",
        best["set"],
        "--json",
    )
    assert code == 0
    found = json.loads(again)["alliance"]
    assert (found["ended"], found["cause"]) == (best["quarter"], best["cause"])
    plain = run("constant_change", *SMALL)[1]
    offered = shlex.split(plain.strip().splitlines()[-1])
    assert offered[:3] == ["alliances", "explain", "constant_change"]
    assert offered[offered.index("--alliance") + 1] == pair
    assert offered[-1] == best["set"]


def test_names_that_are_numbers_are_offered_as_names(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text("a,b\n5,4\n4,3\n3,2\n2,1\n1,5\n", encoding="utf-8")
    lines = 'extends = "constant_change"\n[network]\nkind = "file"\nfile = "ties.csv"\n'
    (tmp_path / "own.toml").write_text(lines, encoding="utf-8")
    code, out, err = run(str(tmp_path / "own.toml"))
    assert code == 0, err
    offered = shlex.split(out.strip().splitlines()[-1])
    again = run(*offered[2:], "--json")
    assert again[0] == 0, again[2]
    told, said = json.loads(again[1])["alliance"], out.split("\n\n")[1]
    assert said.startswith(f"{told['first']['name']} and {told['second']['name']}")


def test_the_terminal_gives_the_answer_the_life_and_the_changes() -> None:
    code, out, _ = run("constant_change", *SMALL)
    assert code == 0
    assert "these tell most" in out
    assert "were allied for" in out
    assert "what became of the pair" in out


def test_a_folder_keeps_it(tmp_path: Path) -> None:
    found = explain(small(), out=tmp_path / "why")
    files = {file.name for file in (tmp_path / "why").iterdir() if not file.name.startswith(".")}
    assert files == {"explain.json", "life.png", "life.svg", "manifest.json"}
    kept = json.loads((tmp_path / "why" / "explain.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(found.to_json()))
    assert json.loads((tmp_path / "why" / "manifest.json").read_text(encoding="utf-8"))["kind"] == "explain"
    with pytest.raises(InputError, match="holds another explain"):
        explain(small(), seed=2, out=tmp_path / "why")


def test_firms_go_by_name_or_position() -> None:
    looked = Explained(load("florentine").with_(time__quarters=40))
    assert looked.seat("Medici") == looked.seat(looked.seat("Medici")) == looked.seat(str(looked.seat("Medici")))
    told = looked.firm("Medici").to_json()
    assert told["firm"]["name"].startswith("Medici")


def test_the_story_of_a_firm() -> None:
    code, out, _ = run("constant_change", *SMALL, "--firm", "7", "--quarter", "60", "--json")
    assert code == 0
    assert json.loads(out)["firm"]["seat"] == 7
    assert run("constant_change", *SMALL, "--firm", "firm 7")[1].startswith("Firm 7")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--alliance", "3"], "does not name two firms"),
        (["--alliance", "3,3"], "no alliance with itself"),
        (["--alliance", "frim 3,4"], 'did you mean "firm 3"?'),
        (["--alliance", "3,24"], "24 is not a firm of this world, 0 to 23"),
        (["--firm", "3", "--alliance", "1,2"], "not both"),
        (["--firm", "3", "--quarter", "80"], "80 is not a quarter of this run, 0 to 79"),
        (["--firm", "3", "--out", "somewhere"], "leave it out with --firm"),
        (["--quarter", "40"], "give --alliance or --firm, too"),
        (["--world", "-1"], "-1 is not a whole number"),
    ],
)
def test_wrong_input_is_said(arguments: list[str], message: str) -> None:
    code, out, err = run("constant_change", *SMALL, *arguments)
    assert code == 2
    assert out == ""
    assert message in err
