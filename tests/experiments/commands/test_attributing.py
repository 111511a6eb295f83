"""`alliances attribute` as a person and a script meet it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from experiments.cli import app

TINY = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10", "--worlds", "3"]


def attribute(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["attribute", *(str(word) for word in words)], prog_name="alliances")


def test_it_answers_before_any_table() -> None:
    result = attribute("constant_change", *TINY)
    assert result.exit_code == 0, result.stderr
    first = result.stdout.splitlines()[0]
    assert first.startswith("Constant change, 3 worlds: ")
    assert "of 100 came within a year of a shock: " in first
    assert "all endings" in result.stdout
    assert "Why “within a year” misleads" in result.stdout


def test_json_is_one_object_and_the_same_twice() -> None:
    found = []
    for _ in range(2):
        result = attribute("constant_change", *TINY, "--of", "hoarder", "--json")
        assert result.exit_code == 0, result.stderr
        found.append(json.loads(result.stdout))
        assert found[-1].pop("seconds") >= 0
    assert found[0] == found[1]
    assert found[0]["of"] == "hoarder"
    assert found[0]["ages"]["20"]["total"]["within_four_quarters"]["mean"] is None


def test_settings_may_be_the_suspect() -> None:
    result = attribute("baseline", *TINY, "--without", "trust.initial=0.7, sharing.openness=1", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["changes"] == {"trust.initial": 0.7, "sharing.openness": 1.0}


@pytest.mark.slow
def test_a_folder_with_the_picture(tmp_path: Path) -> None:
    out = tmp_path / "why"
    result = attribute("constant_change", *TINY, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert f"Picture: {out}/attribution.svg" in result.stdout.splitlines()[0]
    assert json.loads((out / "attribute.json").read_text())["of"] == "shocks"
    assert (out / "attribution.svg").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["calm"], "there are no shocks here"),
        (["baseline", "--of", "opportunst"], 'did you mean "opportunist"?'),
        (["baseline", "--without", "foo"], "is not of the form"),
        (["baseline", "--without", ", trust.initial=0.3"], "is not of the form"),
        (["baseline", "--without", "trust.initail=0.3"], 'did you mean "trust.initial"?'),
        (["baseline", "--of", "shocks", "--without", "trust.initial=0.3"], "not both"),
        (["baseline", "--worlds", "0"], "worlds"),
    ],
)
def test_wrong_input_is_named(words: list[str], message: str) -> None:
    result = attribute(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
