"""Which alliances each arm saved and lost, as tables of a report."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from experiments.comparisons.saved_words import lived_in_words
from experiments.figures.style import words
from experiments.report.build import Table
from experiments.report.numbers import with_interval
from experiments.sentences import counted
from simulation.events import CAUSES

if TYPE_CHECKING:
    from experiments.comparisons.saved_and_lost import Case, SavedAndLost

DOZEN = 12
DEFINITION = (
    "An alliance is the same both ways if the same two firms formed it in the same quarter. Saved: it ended within five years "
    "of its birth as it is, but lived five years in the arm; lost: the reverse. Shares are of the alliances that exist either "
    "way, in brackets the 95 % interval. Of those formed one way only, nobody can say that they were saved or lost; they "
    "are many, because after the first decisions that differ firms meet other partners. For the same reason an arm that "
    "does nothing to survival saves and loses some: look at the net."
)


def saved_tables(fates: Mapping[str, "SavedAndLost"], warm_up: bool = True) -> list[Table]:
    """Counts of all arms, causes, and pairs with names of their own; empty without fates.

    warm_up : whether there is one, whose alliances were left out
    """
    if not fates:
        return []
    tables = [_counts(fates, warm_up)]
    if any(found.total["saved"] + found.total["lost"] for found in fates.values()):
        tables.append(_causes(fates))
    return tables + _pairs(fates)


def named_tables(fates: Mapping[str, "SavedAndLost"]) -> list[Table]:
    """A dozen alliances of world 0 by name, for each arm that saved or lost any there."""
    return [table for found in fates.values() if (table := _named(found)) is not None]


def _counts(fates: Mapping[str, "SavedAndLost"], warm_up: bool) -> Table:
    rows = []
    for arm, found in fates.items():
        total = found.total
        rows.append(
            (
                arm,
                f"{total['shared']:,}",
                f"{total['saved']:,}: {with_interval(found.saved_share, 'share')}",
                f"{total['lost']:,}: {with_interval(found.lost_share, 'share')}",
                with_interval(found.net_share, "share", signed=True),
                f"{total['formed_only_as_it_is']:,}",
                f"{total['formed_only_in_arm']:,}",
            )
        )
    columns = (
        "arm",
        "exist either way",
        "saved",
        "lost",
        "net [percentage points]",
        "formed only as it is",
        "formed only in the arm",
    )
    which = (
        "Counted are alliances born after the warm-up, and at least five years before the end."
        if warm_up
        else "Without a warm-up the initial alliances count too; their five years run from the first quarter."
    )
    return Table("Alliances that each arm saved and lost, all worlds together", columns, rows, f"{DEFINITION} {which}")


def _causes(fates: Mapping[str, "SavedAndLost"]) -> Table:
    rows = []
    for cause in CAUSES:
        cells = [f"{found.saved_from.get(cause, 0):,} / {found.lost_to.get(cause, 0):,}" for found in fates.values()]
        rows.append((words(cause), *cells))
    note = (
        "What ended the saved ones as it is, and what ended the lost ones in the arm: the last straw, not the reason."
    )
    return Table("Saved from / lost to", ("ending", *fates), rows, note)


def _pairs(fates: Mapping[str, "SavedAndLost"]) -> list[Table]:
    tallies = {arm: {(pair.first, pair.second): pair for pair in found.pairs()} for arm, found in fates.items()}
    many: dict[tuple[str, str], int] = {}
    for tally in tallies.values():
        for names, pair in tally.items():
            many[names] = many.get(names, 0) + pair.saved_in + pair.lost_in
    if not many:
        return []
    rows = []
    for names in sorted(many, key=lambda names: -many[names])[:DOZEN]:
        found = [tally.get(names) for tally in tallies.values()]
        rows.append((" – ".join(names), *(f"{one.saved_in} / {one.lost_in}" if one else "0 / 0" for one in found)))
    worlds = counted(max(found.worlds for found in fates.values()), "world")
    note = f"In how many of {worlds} an alliance of the two was saved / lost. All are in saved_and_lost.csv."
    return [Table("Pairs of firms, most often saved or lost first", ("pair", *fates), rows, note)]


def _named(found: "SavedAndLost") -> Table | None:
    """A dozen alliances of world 0, half of them lost if there are as many."""
    saved, lost = (found.cases(0, fate) for fate in ("saved", "lost"))
    if not saved and not lost:
        return None
    half = DOZEN // 2
    shown = saved[: max(half, DOZEN - len(lost))] + lost[: max(half, DOZEN - len(saved))]
    columns = ("alliance", "fate", "formed [quarter]", "as it is", f"with “{found.arm}”")
    more = len(saved) + len(lost) - len(shown)
    note = f"And {more} more; all, of all worlds, are in saved_and_lost.csv." if more else ""
    caption = f"World 0: what “{found.arm}” saved and lost, first where lives differ most"
    return Table(caption, columns, _rows(shown), note, numbers=False)


def _rows(cases: Sequence["Case"]) -> list[tuple[str, ...]]:
    return [
        (
            f"{case.first} – {case.second}",
            case.fate,
            str(case.born) if case.born >= 0 else "there from the start",
            lived_in_words(case.lived, case.cause, case.ended is None),
            lived_in_words(case.lived_in_arm, case.cause_in_arm, case.ended_in_arm is None),
        )
        for case in cases
    ]
