"""Wrong input on the command line: status 2, one clear message, no traceback, and nothing half-written."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from experiments.cli import app

FILES = {
    "typo.toml": "[trust]\nintial = 0.5\ngain = 7\n",
    "broken.toml": "[trust]\ninitial = 0.5\ninitial = 0.6\n",
    "sums.toml": 'extends = "baseline"\n[strategies.hoarder]\nshare = 0.5\n',
    "circle.toml": 'extends = "circle.toml"\n',
    "network.toml": '[network]\nkind = "file"\nfile = "ties.csv"\n',
    "ties.csv": "a,b,since\nAlpha,Beta,2001-13\nAlpha,Alpha,\n",
    "column.toml": '[network]\nkind = "file"\nfile = "column.csv"\n',
    "column.csv": "a,bb\nAlpha,Beta\n",
    "done.toml": '[[interventions]]\nquarter = 40\nfirms = ["IBM"]\nto = { flexibilty = 0.9 }\n[mechanisms]\nloyal = false\n',
    "late.toml": 'extends = "rescue"\n[time]\nquarters = 120\n',
    "missing.toml": '[network]\nkind = "file"\nfile = "tie.csv"\n',
}
BAD = [
    # command line, what the message must hold
    (["run", "typo.toml"], ["typo.toml:2", "trust.intial", 'did you mean "initial"?', "typo.toml:3", "from 0 to 2"]),
    (["run", "broken.toml"], ["broken.toml:3", "trust.initial", "first on line 2"]),
    (["run", "sums.toml"], ["sums.toml:2", "shares sum to 1.4"]),
    (["run", "circle.toml"], ["circle.toml:1", "circle.toml -> circle.toml"]),
    (["run", "network.toml"], ["ties.csv:2", "since", "2001-13", "ties.csv:3", "tied to itself"]),
    (["run", "column.toml"], ["column.csv:1", 'is it "bb"?']),
    (["run", "missing.toml"], ["missing.toml:3", "network.file", 'did you mean "ties.csv"?']),
    (["run", "typpo.toml"], ["typpo.toml", "no such file", 'did you mean "typo.toml"?']),
    (["run", "baselin"], ["baselin", 'did you mean "baseline"?']),
    (["run", "ties.csv"], ["ties.csv", "scenario files end in .toml"]),
    (["run", "."], ["is a folder"]),
    (["run", ""], ["is empty"]),
    (["run", "baseline", "--set", "trust.intial=0.5"], ["--set trust.intial=0.5", 'did you mean "trust.initial"?']),
    (["run", "baseline", "--set", "trust.initial=2"], ["--set trust.initial=2", "from 0 to 1"]),
    (["run", "baseline", "--set", "trust.initial"], ["--set trust.initial", "write key=value"]),
    (["run", "baseline", "--set", "network.at=2005"], ["--set network.at=2005", "network.kind=file"]),
    (["run", "florentine", "--set", "firms.count=9"], ["--set firms.count=9", "15 families"]),
    (
        ["run", "airlines", "--set", "network.at=1990"],
        ["--set network.at=1990", "no alliance of the file lives on 1990"],
    ),
    (["run", "done.toml"], ["done.toml:4", '"flexibility"?', "done.toml:6", '"loyalty"?']),
    (["run", "late.toml"], ["rescue.toml:", "interventions.1: quarter 130 is after the last, 119"]),
    (["run", "baseline", "--set", "mechanisms.loyalty=off"], ["--set mechanisms.loyalty=off", "true or false"]),
    (["run", "baseline", "--set", "mechanisms=false"], ["name one: mechanisms.loyalty=false"]),
    (["run", "baseline", "--set", "interventions.1.share=0.5"], ["is set as a whole: interventions=[{quarter=40"]),
    (["run", "baseline", "--set", "environment.events.quarter=5"], ["is set as a whole: environment.events=[{"]),
    (["run", "baseline", "--set", "interventions={quarter=4}"], ["a table is not a list; write interventions=[{"]),
    (["run", "baseline", "--set", "interventions=[{quarter=4,goal=1}]"], ["interventions.1.goal", "goes into to"]),
    (["run", "baseline", "--set", "environment.events=[{quarter=4,every=0}]"], ["events.1.every", "from 1 to 4,000"]),
    (
        ["run", "rescue", "--set", "time.quarters=120"],
        ["--set time.quarters=120: interventions.1: quarter 130 is after the last, 119"],
    ),
    (["run", "baseline", "--set", "interventions=[{quarter=4"], ["a quote or bracket is not closed"]),
    (["compare", "typo.toml", "--arm", "a: trust.gain=1"], ["typo.toml:2", "trust.intial"]),
    (["compare", "baseline", "--arm", "a: trust.gan=1"], ["trust.gan=1", 'did you mean "trust.gain"?']),
    (["sweep", "baseline", "--vary", "trust.gan=0:1:3"], ["trust.gan", 'did you mean "trust.gain"?']),
    (["sweep", "baseline", "--vary", "name=a,b"], ["--vary name", "does not change the world"]),
    (["sweep", "baseline", "--vary", "trust.gain=0.2:0.5:0.8"], ["write a list: 0.2,0.5,0.8"]),
    (["sweep", "sums.toml", "--vary", "trust.gain=0:1:3"], ["sums.toml:2", "shares sum to 1.4"]),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files_in(folder: Path) -> list[str]:
    return sorted(item.relative_to(folder).as_posix() for item in folder.rglob("*"))


@pytest.mark.parametrize(("words", "says"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_wrong_input_ends_with_status_2_and_leaves_nothing_behind(
    words: list[str], says: list[str], folder: Path
) -> None:
    before = files_in(folder)
    result: Any = CliRunner().invoke(app, [*words, "--out", "results", "--json"])
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert [text for text in says if text not in result.stderr] == []
    assert "Traceback" not in result.output
    assert files_in(folder) == before


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ("{", "cannot be read"),
        ('{"format": 1, "kind": "sweep"}', "is damaged: it lacks the plan"),
        ('{"format": 1, "kind": "sweep", "plan": {"seed": 1, "worlds": 2}}', "it lacks the scenarios"),
        ('{"format": 1, "kind": "dance", "plan": {}, "scenarios": {}}', "is damaged: its kind is"),
        (
            '{"format": 1, "kind": "run", "plan": {"seed": 1, "world": 0}, "scenarios": {"as it is": {"x": 1}}}',
            "did not finish; run the command again",
        ),
        (
            '{"format": 1, "kind": "compare", "plan": {"seed": 1, "worlds": 2}, "scenarios": {"as it is": {"x": 1}}}',
            "did not finish; run the command again",
        ),
    ],
)
def test_a_damaged_folder_has_no_report(tmp_path: Path, manifest: str, says: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")
    result: Any = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert files_in(tmp_path) == ["manifest.json"]
