"""Pairs the alliances of each arm with those of the world as it is, run by run: see `experiments.comparisons.saved_and_lost`."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.saved import COUNTS, NO_FATES, Fates, Integers, Lives, saved_and_lost
from experiments.comparisons.saved_and_lost import FIVE_YEARS, NOT_RUN, SavedAndLost
from experiments.provenance import BASE
from simulation.networks import firm_names
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from simulation import Run

ANY_BIRTH = -(10**9)  # a quarter earlier than any birth


def lives_of(run: "Run") -> Lives:
    """The alliances of a run that may count: born after its warm-up and seen for five years."""
    spells, warm_up = run.spells(), run.scenario.time.warm_up_quarters
    lives = Lives(spells.first, spells.second, spells.born, spells.ended, spells.cause)
    return lives.kept(_within(lives, warm_up or ANY_BIRTH, run.quarters))


def _within(lives: Lives, first: int, quarters: int) -> NDArray[np.bool_]:
    """Which were born from a quarter on, and five years before the end."""
    result: NDArray[np.bool_] = (lives.born >= first) & (np.maximum(lives.born, 0) + FIVE_YEARS <= quarters)
    return result


class Pairing:
    """Matches each arm with the world as it is, run by run; keeps nothing but what differs.

    Runs must come world by world, the one as it is first; a run that failed comes as None. Where an arm has more quarters or
    another warm-up, only the alliances that count in both worlds do; where it has other firms, they are told by their names.
    """

    def __init__(self, scenarios: Mapping[str, Scenario], worlds: int) -> None:
        self._scenarios = dict(scenarios)
        base = self._scenarios[BASE]
        self._names = firm_names(base.network, base.firms.count)
        self._seats = {arm: _seats(self._names, one) for arm, one in scenarios.items() if arm != BASE}
        self._counts = {arm: np.full((worlds, len(COUNTS)), NOT_RUN, dtype=np.int64) for arm in self._seats}
        self._found: dict[str, list[tuple[int, Fates]]] = {arm: [] for arm in self._seats}
        self._base: tuple[int, Lives | None] = (-1, None)

    def add(self, world: int, arm: str, lives: Lives | None) -> None:
        """One run of one world."""
        if arm == BASE:
            self._base = (world, lives)
            return
        before = self._base[1] if self._base[0] == world else None
        if before is None or lives is None:
            return
        base, other = self._scenarios[BASE], self._scenarios[arm]
        quarters = min(base.time.quarters, other.time.quarters)
        first = max(base.time.warm_up_quarters, other.time.warm_up_quarters) or ANY_BIRTH
        lives = _as_in_base(lives, self._seats[arm], len(self._names))
        before, lives = (one.kept(_within(one, first, quarters)) for one in (before, lives))
        self._counts[arm][world], fates = saved_and_lost(before, lives, FIVE_YEARS)
        self._found[arm].append((world, fates))

    def result(self) -> dict[str, SavedAndLost]:
        """What was found, arm by arm."""
        named = named_seats(self._scenarios[BASE])
        return {
            arm: SavedAndLost(arm, counts, *_together(self._found[arm]), self._names, named)
            for arm, counts in self._counts.items()
        }


def named_seats(scenario: Scenario) -> int:
    """How many seats have a name of their own, the first ones."""
    return len(firm_names(scenario.network, 0))


def _seats(names: tuple[str, ...], scenario: Scenario) -> Integers | None:
    """The seat as it is of each seat of an arm, by name, -1 if there is none; None if all are the same."""
    others = firm_names(scenario.network, scenario.firms.count)
    if others == names:
        return None
    place = {name: seat for seat, name in enumerate(names)}
    return np.array([place.get(name, -1) for name in others], dtype=np.int64)


def _as_in_base(lives: Lives, seats: Integers | None, count: int) -> Lives:
    """Firms by their identities as it is; -1 for those on seats that are not there."""
    if seats is None:
        return lives
    sides = []
    for side in lives[:2]:
        generation, seat = np.divmod(side, len(seats))
        sides.append(np.where(seats[seat] < 0, -1, generation * count + seats[seat]))
    return Lives(sides[0], sides[1], *lives[2:])


def _together(found: Iterable[tuple[int, Fates]]) -> tuple[Integers, Fates]:
    """The worlds and fates of all cases, in the order of the worlds."""
    found = list(found)
    fates = [one for _, one in found] or [NO_FATES]
    world = np.repeat([world for world, _ in found] or [0], [len(one.first) for one in fates])
    return world.astype(np.int64), Fates(*(np.concatenate(columns) for columns in zip(*fates, strict=True)))
