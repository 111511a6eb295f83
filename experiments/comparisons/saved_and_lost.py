"""Which named alliances each arm of a comparison saved and which it lost.

Worlds are paired by luck: the same number is the same luck in every arm. An alliance is the same in both worlds if the
same two firms formed it in the same quarter; a firm that takes the seat of one that failed is another firm. Of the
alliances that both worlds have, *saved* are those that ended within five years (20 quarters) of their birth as it is but
lived five years in the arm; *lost* are the reverse. The rest were formed in one of the two worlds only: after the first
decisions that differ, partners meet whom they would not have met, and of those nobody can say "saved". They are counted
beside.

Only alliances born after the warm-up count, as in the life tables, and early enough that five years are observed. Without
a warm-up the initial alliances count too; their five years run from quarter 0, since what came before was not simulated.
The cause is the proximate one of the event log: "saved from distrust" means that distrust ended it as it is.
"""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.comparison import Estimate
from experiments.analysis.saved import COUNTS, LOST, SAVED, Fates, Integers, share_over_worlds
from experiments.outcomes import plain
from simulation.events import CAUSES

if TYPE_CHECKING:
    import pandas as pd

FIVE_YEARS = 20  # quarters
NOT_RUN = -1  # in the counts of a world that failed, as it is or in the arm
FATES = ("saved", "lost")


@dataclass(frozen=True)
class Case:
    """One alliance that an arm saved or lost. first, second : names     ended, ended_in_arm : quarter, None if it lives on
    cause, cause_in_arm : of CAUSES, "" if it lives on     lived, lived_in_arm : quarters, as far as they were seen
    """

    world: int
    first: str
    second: str
    born: int
    fate: str
    ended: int | None
    cause: str
    ended_in_arm: int | None
    cause_in_arm: str
    lived: int
    lived_in_arm: int


@dataclass(frozen=True)
class Pair:
    """Two firms with names of their own, and in how many of the worlds an alliance of theirs was saved and lost."""

    first: str
    second: str
    saved_in: int
    lost_in: int
    worlds: int


@dataclass(frozen=True)
class SavedAndLost:
    """Which alliances one arm saved and lost; what that means is defined at the top of this file.

    counts : [worlds, COUNTS], NOT_RUN in worlds that failed     world : [cases]     fates : the cases, by firms' identities
    names : label of each seat     named : how many of them are names of the network, not "firm 17"
    """

    arm: str
    counts: Integers
    world: Integers
    fates: Fates
    names: tuple[str, ...]
    named: int = 0

    @property
    def worlds(self) -> int:
        """Worlds that ran both as it is and in the arm."""
        return int(self._ran.sum())

    @property
    def _ran(self) -> NDArray[np.bool_]:
        return np.asarray(self.counts[:, 0] != NOT_RUN)

    @cached_property
    def total(self) -> dict[str, int]:
        """COUNTS, summed over the worlds."""
        return dict(zip(COUNTS, self.counts[self._ran].sum(axis=0).tolist(), strict=True))

    @cached_property
    def saved_share(self) -> Estimate:
        """Saved alliances as a share of the shared ones."""
        return self._share(self._column("saved"))

    @cached_property
    def lost_share(self) -> Estimate:
        return self._share(self._column("lost"))

    @cached_property
    def net_share(self) -> Estimate:
        """Saved minus lost, as a share of the shared ones."""
        return self._share(self._column("saved") - self._column("lost"))

    def _column(self, name: str) -> Integers:
        return np.asarray(self.counts[self._ran, COUNTS.index(name)])

    def _share(self, part: Integers) -> Estimate:
        return share_over_worlds(part, self._column("shared"))

    @property
    def saved_from(self) -> dict[str, int]:
        """What ended the saved ones as it is: cause -> how many, the most frequent first."""
        return _tally(self.fates.cause[self.fates.fate == SAVED])

    @property
    def lost_to(self) -> dict[str, int]:
        """What ended the lost ones in the arm: cause -> how many, the most frequent first."""
        return _tally(self.fates.cause_in_arm[self.fates.fate == LOST])

    def label(self, identity: int) -> str:
        """The name of a firm; later firms on the seat of one that failed are numbered."""
        generation, seat = divmod(identity, len(self.names))
        return self.names[seat] + (f" ({_ordinal(generation + 1)} on its seat)" if generation else "")

    def case(self, row: int) -> Case:
        first, second, born, fate, ended, cause, after, cause_after = (int(column[row]) for column in self.fates)
        start = max(born, 0)
        return Case(
            int(self.world[row]), self.label(first), self.label(second), born, FATES[fate],
            ended if cause >= 0 else None, CAUSES[cause] if cause >= 0 else "",
            after if cause_after >= 0 else None, CAUSES[cause_after] if cause_after >= 0 else "",
            ended - start, after - start,
        )  # fmt: skip

    def cases(self, world: int, fate: str | None = None, most: int | None = None) -> list[Case]:
        """The alliances saved and lost in a world, those whose lives differ most first, the saved before the lost."""
        rows = np.flatnonzero(self.world == world)
        kinds, gained = self.fates.fate[rows], np.abs(self.fates.ended_in_arm - self.fates.ended)[rows]
        rows = rows[np.lexsort((rows, -gained, kinds))]
        if fate is not None:
            rows = rows[self.fates.fate[rows] == FATES.index(fate)]
        return [self.case(int(row)) for row in rows[:most]]

    def pairs(self) -> list[Pair]:
        """The pairs of firms that have names of their own, most often saved or lost first; empty without such names.

        Only the firms that the world starts with bear them; a world counts once however often a pair met in it.
        """
        ours = np.flatnonzero((self.fates.first < self.named) & (self.fates.second < self.named))
        worlds: dict[tuple[int, int], tuple[set[int], set[int]]] = {}
        for row in ours:
            pair = (int(self.fates.first[row]), int(self.fates.second[row]))
            worlds.setdefault(pair, (set(), set()))[int(self.fates.fate[row])].add(int(self.world[row]))
        found = [
            Pair(self.names[a], self.names[b], len(saved), len(lost), self.worlds)
            for (a, b), (saved, lost) in sorted(worlds.items())
        ]
        return sorted(found, key=lambda pair: (-(pair.saved_in + pair.lost_in), -pair.saved_in))

    def sentence(self) -> str:
        """How many were saved and lost, from what and to what, and one of them by name."""
        from experiments.comparisons.saved_words import saved_sentence

        return saved_sentence(self)

    def columns(self) -> dict[str, NDArray[Any]]:
        """One row per alliance saved or lost, of all worlds; `ended` is NaN and a cause "" where it lives on."""
        fates, labels = self.fates, {int(one): self.label(int(one)) for one in np.unique(self.fates[:2])}
        causes = np.array([*CAUSES, ""], dtype=object)
        return {
            "arm": np.full(len(self.world), self.arm, dtype=object),
            "world": self.world,
            "first": np.array([labels[int(one)] for one in fates.first], dtype=object),
            "second": np.array([labels[int(one)] for one in fates.second], dtype=object),
            "born": fates.born,
            "fate": np.array(FATES, dtype=object)[fates.fate],
            "ended_as_it_is": np.where(fates.cause >= 0, fates.ended, np.nan),
            "cause_as_it_is": causes[fates.cause],
            "ended_in_arm": np.where(fates.cause_in_arm >= 0, fates.ended_in_arm, np.nan),
            "cause_in_arm": causes[fates.cause_in_arm],
            "first_identity": fates.first,
            "second_identity": fates.second,
        }

    def frame(self) -> "pd.DataFrame":
        """`columns` as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def to_json(self) -> dict[str, Any]:
        """Counts and shares over all worlds, the cases of world 0; all cases are in `columns`."""
        found = {
            "worlds": self.worlds,
            **self.total,
            "saved_share": asdict(self.saved_share),
            "lost_share": asdict(self.lost_share),
            "net_share": asdict(self.net_share),
            "saved_from": self.saved_from,
            "lost_to": self.lost_to,
            "pairs": [asdict(pair) for pair in self.pairs()],
            "world_0": [asdict(case) for case in self.cases(0)],
            "sentence": self.sentence(),
        }
        return plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        total = self.total
        return (
            f"SavedAndLost({self.arm}, {self.worlds} worlds; saved {total['saved']:,} and lost {total['lost']:,} "
            f"of {total['shared']:,} alliances)"
        )


def _tally(causes: Integers) -> dict[str, int]:
    many = np.bincount(causes, minlength=len(CAUSES))
    return {CAUSES[k]: int(many[k]) for k in np.argsort(-many, kind="stable") if many[k]}


def _ordinal(number: int) -> str:
    last = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"
