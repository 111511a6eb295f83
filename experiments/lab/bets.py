"""The bets of a class, kept while the lab runs, for the reveal and the debrief."""

from typing import Any

from experiments.lab.asks import parsed, short
from simulation.problems import InputError, Problem
from simulation.validation import shown

LARGEST = 1_000  # bytes of one bet
MOST_LESSONS, MOST_BETS = 50, 500
LONGEST_NAME = 40  # letters


class BetsFullError(Exception):
    """A lesson has as many bets as are kept."""


class Bets:
    """By lesson and name: who bets again has thought again."""

    def __init__(self) -> None:
        self._bets: dict[int, dict[str, float]] = {}

    def of(self, lesson: str) -> dict[str, Any]:
        """All bets of a lesson, in the order in which their names came. Raises InputError."""
        number = _lesson(int(lesson) if lesson.isdecimal() and len(lesson) < 4 else lesson)
        return {"lesson": number, "bets": [{"name": name, "bet": bet} for name, bet in self._kept(number).items()]}

    def place(self, text: str) -> dict[str, Any]:
        """Keep the bet in a JSON text, {"lesson": 4, "name": "Ada", "bet": 41}. Raises InputError, BetsFullError."""
        given = parsed(text, "bet")
        if not isinstance(given, dict):
            raise InputError([Problem('is not a table such as {"lesson": 4, "name": "Ada", "bet": 41}', "bet")])
        lesson, name, bet = _lesson(given.get("lesson")), given.get("name", ""), given.get("bet")
        if not isinstance(name, str):
            raise InputError([Problem(f"{shown(name)} is not a name", "name")])
        name = short(name.strip())[:LONGEST_NAME].strip()
        if isinstance(bet, bool) or not isinstance(bet, int | float) or not abs(bet) <= 1e9:
            raise InputError([Problem(f"{shown(bet)} is not a number", "bet")])
        kept = self._bets.setdefault(lesson, {})
        if not name:
            number = len(kept) + 1
            while (name := f"guest {number}") in kept:
                number += 1
        if name not in kept and len(kept) >= MOST_BETS:
            raise BetsFullError
        kept[name] = float(bet)
        return {"lesson": lesson, "name": name, "bets": len(kept)}

    def _kept(self, lesson: int) -> dict[str, float]:
        return self._bets.get(lesson, {})


def _lesson(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MOST_LESSONS:
        raise InputError([Problem(f"{shown(number)} is not the number of a lesson, 1 to {MOST_LESSONS}", "lesson")])
    return number
