"""`alliances sensitivity` as a person and a script meet it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from experiments.cli import app

pytest.importorskip("SALib")
TINY = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10", "--worlds", "2"]
SMALL = ["--samples", "4", "--vary", "exit.fixed_hazard=0.01:0.2", "--vary", "trust.initial=0.2:0.8"]


def sensitivity(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["sensitivity", *(str(word) for word in words)], prog_name="alliances")


def test_it_answers_before_any_table_and_tells_the_cost_before_that() -> None:
    result = sensitivity("baseline", *TINY, *SMALL, "--outcome", "alliances_alive")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith("12 points x 2 worlds = 24 runs: about ")
    first = result.stdout.splitlines()[0]
    assert first.startswith("Baseline, 2 settings, 2 worlds: “living alliances, mean over time” depends most on ")
    assert "lowers it" in result.stdout
    assert "A wider range makes a setting matter more" in result.stdout


def test_json_is_one_object_and_the_same_twice() -> None:
    found = []
    for _ in range(2):
        result = sensitivity("baseline", *TINY, *SMALL, "--json")
        assert result.exit_code == 0, result.stderr
        found.append(json.loads(result.stdout))
        assert found[-1].pop("seconds") >= 0
    assert found[0] == found[1]
    assert {row["setting"] for row in found[0]["settings"]} == {"exit.fixed_hazard", "trust.initial"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["baseline", "--vary", "trust.initial"], "is not of the form key=low:high"),
        (["baseline", "--vary", "trust.initial=0.2:2", "--vary", "fit.rat=0:1"], 'did you mean "fit.rate"?'),
        (["baseline", "--vary", "trust.initial=low:high", "--vary", "fit.rate=0:1"], "is not a range"),
        (["baseline", "--method", "sobel"], 'did you mean "sobol"?'),
        (["baseline", "--outcome", "survival"], "no outcome"),
        (["baselin"], "did you mean"),
    ],
)
def test_wrong_input_is_named(words: list[str], message: str) -> None:
    result = sensitivity(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
