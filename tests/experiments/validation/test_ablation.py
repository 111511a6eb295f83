"""The table of mechanisms, in all its forms, from made-up rows."""

import json
import math

import pytest

from experiments.validation.ablation import Ablation, AblationRow, Flip
from experiments.validation.measure import Interval
from experiments.validation.patterns import patterns
from experiments.validation.scoreboard import Row, Scoreboard
from simulation import Scenario
from simulation.mechanisms import STATEMENTS, Mechanisms, asked_by, needed_for

ONE, TWO = Interval(1.4, 1.2, 1.6), Interval(0.9, 0.7, 1.1)
NONE = Interval(math.nan, math.nan, math.nan)


def flip(pattern: str, is_clear: bool = True) -> Flip:
    return Flip(pattern, patterns()[pattern].name, ONE, TWO, "0.9 is below 1.2", is_clear)


def row(mechanism: str, lost: tuple[Flip, ...] = (), gained: tuple[Flip, ...] = (), rest: bool = False) -> AblationRow:
    meaning = Mechanisms.model_fields[mechanism].description or ""
    change = Interval(-0.034, -0.041, -0.027)
    return AblationRow(
        mechanism, meaning, needed_for(mechanism), lost, gained, 2, Interval(0.4, 0.3, 0.5), change, rest
    )


def board(**verdicts: bool | None) -> Scoreboard:
    rows = tuple(
        Row(patterns()[name], {"value": ONE}, holds, "" if holds else "why") for name, holds in verdicts.items()
    )
    return Scoreboard(Scenario(), 60, 1, rows)


@pytest.fixture
def table() -> Ablation:
    rows = (
        row("renegotiation", lost=(flip("P32"), flip("P09", is_clear=False))),
        row("fit_growth"),
        row("rivalry", lost=(flip("P09", is_clear=False),)),
        row("learned_out", gained=(flip("P13"),)),
        row("equity", rest=True),
    )
    return Ablation(board(P09=True, P13=False, P20=None, P32=True), rows, 1.5)


def test_the_sentence_counts_what_is_clear_and_names_the_rest(table: Ablation) -> None:
    assert table.sentence() == (
        "Baseline, 60 worlds, 5 mechanisms: 1 of the 2 patterns that hold needs at least one of them; needed by no "
        "pattern but by a statement: fit_growth; by nothing: rivalry (P09 is lost, perhaps by luck); learned_out (P20 "
        "could not be told); equity (P05 was not measured)."
    )
    assert table.notes()[0].startswith("? its numbers hardly moved")
    assert table.notes()[1] == "At rest in this scenario already, so that nothing changes: equity."


def test_a_single_mechanism_and_pattern_in_words() -> None:
    alone = Ablation(board(P32=True), (row("renegotiation", lost=(flip("P32"),)),))
    assert alone.sentence() == (
        "Baseline, 60 worlds, 1 mechanism: 1 of the 1 pattern that holds needs it; needed by no pattern but by a "
        "statement: none; by nothing: none."
    )
    assert alone.notes() == []


def test_every_mechanism_is_asked_for_by_something() -> None:
    for name in Mechanisms.model_fields:
        ids = asked_by(name)
        assert ids
        assert all(item in STATEMENTS or item in patterns() for item in ids), ids
        by_statement = any(item in STATEMENTS for item in ids)
        assert row(name).needed_by == ("statement" if by_statement else "nothing")


def test_json_and_frame(table: Ablation) -> None:
    found = json.loads(json.dumps(table.to_json(), allow_nan=False))
    assert found["patterns_that_need_a_mechanism"] == ["P32"]
    assert found["holding"] == ["P09", "P32"]
    first = found["mechanisms"][0]
    assert [item["id"] for item in first["lost"]] == ["P32", "P09"]
    assert first["lost"][1]["clear"] is False
    assert first["survival_5y_change"] == {"value": -0.034, "low": -0.041, "high": -0.027}
    frame = table.frame()
    assert list(frame["lost"]) == ["P32 P09?", "", "P09?", "", ""]
    assert list(frame["needed_by"]) == ["pattern", "statement", "nothing", "nothing", "nothing"]


def test_markdown_tells_the_answer_the_table_and_every_loss(table: Ablation) -> None:
    text = table.markdown()
    assert text.index(table.sentence()) < text.index("| mechanism |")
    assert "| `renegotiation` | P32, P09? | – | −3.4 (−4.1 to −2.7) | trust allows" in text
    assert "| `equity` | – | – | at rest here | P05 |" in text
    assert (
        "- **P09?** rivals part sooner, without `rivalry`: 1.4 (1.2 to 1.6) with it, 0.9 (0.7 to 1.1) without" in text
    )
    assert (
        "--seed 1 --only renegotiation,fit_growth,rivalry,learned_out,equity --patterns P09,P13,P20,P32 --write" in text
    )


def test_other_forms(table: Ablation) -> None:
    assert repr(table) == f"Ablation({table.sentence()})"
    assert "<table>" in table._repr_html_()
    assert "<script" not in table._repr_html_()
