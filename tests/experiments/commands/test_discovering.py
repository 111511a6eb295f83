"""`alliances discover` as a person and a script meet it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from experiments.cli import app

TINY = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10"]
SMALL = ["--samples", "60", "--fresh", "40", "--worlds", "1", "--outcome", "alliances_alive", "--below", "10"]
VARY = ["--vary", "exit.fixed_hazard=0.01:0.2", "--vary", "trust.initial=0.2:0.8"]


def discover(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["discover", *(str(word) for word in words)], prog_name="alliances")


def test_it_answers_before_any_table_and_tells_the_cost_before_that() -> None:
    result = discover("baseline", *TINY, *SMALL, *VARY)
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith("60 settings x 1 world = 60 runs: about ")
    first = result.stdout.splitlines()[0]
    assert "“living alliances, mean over time” is below 10 alliances when exit.fixed_hazard is above " in first
    assert "Tested at 40 fresh settings in fresh worlds: " in first
    assert "quasi-p" in result.stdout


def test_json_is_one_object_and_the_same_twice() -> None:
    found = []
    for _ in range(2):
        result = discover("baseline", *TINY, *SMALL, *VARY, "--json")
        assert result.exit_code == 0, result.stderr
        found.append(json.loads(result.stdout))
        assert found[-1].pop("seconds") >= 0
    assert found[0] == found[1]
    assert "exit.fixed_hazard" in found[0]["rules"][0]["where"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["baseline", "--below", "25"], "did you mean 0.25?"),
        (["baseline", "--vary", "trust.initail=0:1"], 'did you mean "trust.initial"?'),
        (["baseline", "--outcome", "alliances_formed"], "say what failing is"),
        (["baselin"], "did you mean"),
        ([".", "--set", "firms.count=20"], "a sweep has its own settings"),
        (["tests"], "is not a result folder"),
    ],
)
def test_wrong_input_is_named(words: list[str], message: str) -> None:
    result = discover(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
