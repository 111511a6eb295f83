"""`alliances regret` as a person and a script meet it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from experiments.cli import app

TINY = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10", "--worlds", "3"]
ARM = ["--arm", "lasting: exit.base_hazard=0.01"]
FUTURES = ["--future", "calm: environment.shock_rate=0", "--future", "constant_change"]


def regret(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["regret", *(str(word) for word in words)], prog_name="alliances")


def test_it_answers_before_any_table() -> None:
    result = regret("baseline", *TINY, *ARM, *FUTURES)
    assert result.exit_code == 0, result.stderr
    first = result.stdout.splitlines()[0]
    assert first.startswith("Baseline, 2 arms in 2 futures, 3 worlds, alliances that live five years: ")
    assert "is regretted least: " in first
    assert "at worst" in result.stdout
    assert "constant_change" in result.stdout


def test_json_is_one_object_and_the_same_twice() -> None:
    found = []
    for _ in range(2):
        result = regret("baseline", *TINY, *ARM, *FUTURES, "--outcome", "alliances_alive", "--json")
        assert result.exit_code == 0, result.stderr
        found.append(json.loads(result.stdout))
        assert found[-1].pop("seconds") >= 0
    assert found[0] == found[1]
    assert found[0]["least_regret"] == "lasting"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([*FUTURES], "nothing to compare with"),
        ([*ARM], "nothing to compare in; give at least two, such as"),
        ([*ARM, "--future", "calm: environment.shock_rate=0"], "one future only"),
        ([*ARM, *FUTURES, "--arm", "lasting: fit.rate=0.1"], 'two arms are called "lasting"'),
        ([*ARM, *FUTURES, "--future", "calm: fit.rate=0.1"], 'two futures are called "calm"'),
        ([*ARM, *FUTURES, "--future", "environment.shock_rate=0"], "is not of the form"),
        ([*ARM, *FUTURES, "--future", "constant_chang"], 'did you mean "constant_change"?'),
        (
            [*ARM, *FUTURES, "--future", "x: fit.rat=0"],
            'future "x": fit.rat: no such setting; did you mean "fit.rate"?',
        ),
        ([*ARM, *FUTURES, "--outcome", "alliances_formed"], "have no better side"),
    ],
)
def test_wrong_input_is_named(words: list[str], message: str) -> None:
    result = regret("baseline", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
