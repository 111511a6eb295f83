import json
from typing import Any

import pytest

from experiments.lab.bets import MOST_BETS, Bets, BetsFullError
from simulation.problems import InputError


def text(**bet: Any) -> str:
    return json.dumps(bet)


def test_bets_are_kept_by_lesson_and_name() -> None:
    bets = Bets()
    assert bets.place(text(lesson=4, name=" Ada ", bet=41)) == {"lesson": 4, "name": "Ada", "bets": 1}
    bets.place(text(lesson=4, name="Grace", bet=12.5))
    bets.place(text(lesson=4, name="Ada", bet=40))
    bets.place(text(lesson=5, name="Ada", bet=1))
    kept = [{"name": "Ada", "bet": 40.0}, {"name": "Grace", "bet": 12.5}]
    assert bets.of("4") == {"lesson": 4, "bets": kept}
    assert bets.of("7") == {"lesson": 7, "bets": []}


def test_who_gives_no_name_is_a_guest() -> None:
    bets = Bets()
    assert [bets.place(text(lesson=1, bet=3))["name"] for _ in range(2)] == ["guest 1", "guest 2"]


def test_names_are_short_and_printable() -> None:
    name = Bets().place(text(lesson=1, name="a\x00b\u202e" + "x" * 900, bet=3))["name"]
    assert len(name) <= 40
    assert name.isprintable()


def test_no_more_bets_are_kept_than_a_class_has() -> None:
    bets = Bets()
    for number in range(MOST_BETS):
        bets.place(text(lesson=1, name=f"student {number}", bet=1))
    with pytest.raises(BetsFullError):
        bets.place(text(lesson=1, name="one more", bet=1))
    assert bets.place(text(lesson=1, name="student 3", bet=2))["bets"] == MOST_BETS


@pytest.mark.parametrize(
    "wrong",
    ["", "[]", "{", text(bet=1), text(lesson="1", bet=1), text(lesson=0, bet=1), text(lesson=51, bet=1), text(lesson=True, bet=1),
     text(lesson=1), text(lesson=1, bet="1"), text(lesson=1, bet=True), '{"lesson": 1, "bet": NaN}',
     '{"lesson": 1, "bet": 1e999}', text(lesson=1, bet=10**400), text(lesson=1, bet=1, name=3),
     text(lesson=1, bet=1, name="\ud800")],
)  # fmt: skip
def test_what_is_no_bet_is_refused(wrong: str) -> None:
    with pytest.raises(InputError):
        Bets().place(wrong)


@pytest.mark.parametrize("lesson", ["", "x", "-1", "0", "51", "1e3", "9" * 5000, "٣٣٣"])
def test_what_is_no_lesson_is_refused(lesson: str) -> None:
    with pytest.raises(InputError, match="lesson"):
        Bets().of(lesson)
