"""`alliances tipping` and `alliances boundary` as a person and a script meet them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from experiments.cli import app

TINY = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10"]
LEVER = ["--lever", "environment.shock_rate", "--outcome", "survival_5y", "--level", "0.35"]
MAP = ["--x", "environment.shock_rate=0:0.3", "--y", "trust.initial=0.1:0.9", "--level", "0.35", "--points", "12"]


def alliances(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="alliances")


def test_tipping_answers_before_any_table() -> None:
    result = alliances("tipping", "constant_change", *LEVER, *TINY, "--worlds", "10")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Constant change: with a shock rate of 0.")
    assert "35 of 100 alliances live five years" in result.stdout.splitlines()[0]
    assert "worlds 5 to 95 %" in result.stdout


def test_tipping_json_is_one_object_and_the_same_twice() -> None:
    found = []
    for jobs in ("1", "2"):
        arm = ["--arm", "sharing: mix.sharer=0.4, trust.initial=0.5"]
        result = alliances(
            "tipping", "constant_change", *LEVER, *TINY, *arm, "--worlds", "10", "--jobs", jobs, "--json"
        )
        assert result.exit_code == 0, result.stderr
        found.append(json.loads(result.stdout))
        assert found[-1].pop("seconds") >= 0
    assert found[0] == found[1]
    assert {"value", "low", "high", "world_p05", "world_p50", "world_p95", "evaluations"} <= set(found[0])
    assert set(found[0]["arms"]) == {"as it is", "sharing"}


def test_a_range_without_a_crossing_is_no_error() -> None:
    result = alliances("tipping", "calm", *LEVER, *TINY, "--low", "0.8", "--high", "1", "--worlds", "4", "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["value"] is None
    assert "no tipping point between" in found["sentence"]


@pytest.mark.slow
def test_tipping_leaves_a_folder(tmp_path: Path) -> None:
    out = tmp_path / "tip"
    result = alliances("tipping", "constant_change", *LEVER, *TINY, "--worlds", "10", "--out", out)
    assert result.exit_code == 0, result.stderr
    assert f"Report: {out}/report.html" in result.stdout.splitlines()[0]
    assert {"tipping.json", "curve.parquet", "tipping.svg"} <= {item.name for item in out.iterdir()}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--lever", "environment.shock_rat", "--level", "0.35"], 'did you mean "environment.shock_rate"?'),
        ([*LEVER[:2], "--outcome", "survival_5", "--level", "0.35"], 'did you mean "survival_5y"?'),
        ([*LEVER[:2], "--level", "35"], "write 0.35 for 35 of 100"),
        ([*LEVER, "--low", "-1"], "-1 is not a number from 0 to 1"),
        ([*LEVER, "--low", "0.4", "--high", "0.2"], "low 0.4 must be below high 0.2"),
        ([*LEVER, "--arm", "odd"], "is not of the form"),
        ([*LEVER, "--arm", "odd: environment.shock_rate=0.1"], "which is what moves"),
    ],
)
def test_tipping_names_wrong_input(words: list[str], message: str) -> None:
    result = alliances("tipping", "baseline", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_boundary_answers_before_any_table() -> None:
    pytest.importorskip("adaptive")
    result = alliances("boundary", "constant_change", *MAP, *TINY, "--worlds", "4")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Constant change: at least 35 of 100 alliances live five years ")


def test_boundary_json_is_one_object() -> None:
    pytest.importorskip("adaptive")
    result = alliances("boundary", "constant_change", *MAP, *TINY, "--worlds", "4", "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert len(found["points"]) == 12
    assert found["x"]["high"] == 0.3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--x", "environment.shock_rate=0-0.3", "--y", "trust.initial"], "is not of the form key=low:high"),
        (["--x", "environment.shock_rate=0:1:5", "--y", "trust.initial"], "is not of the form key=low:high"),
        (["--x", "trust.initial", "--y", "trust.initial=0:1"], "is given for both"),
        (["--x", "environment.shock_rat=0:0.3", "--y", "trust.initial"], 'did you mean "environment.shock_rate"?'),
        ([*MAP, "--points", "3"], "3 is not a whole number from 9"),
    ],
)
def test_boundary_names_wrong_input(words: list[str], message: str) -> None:
    result = alliances("boundary", "baseline", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
