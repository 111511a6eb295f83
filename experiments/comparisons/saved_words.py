"""What is said of the alliances that an arm saved and lost."""

from typing import TYPE_CHECKING

import numpy as np

from experiments.sentences import CAUSES_IN_WORDS, counted

if TYPE_CHECKING:
    from experiments.comparisons.saved_and_lost import Case, Pair, SavedAndLost

MOST_PAIRS = 3  # that a sentence names


def saved_sentence(found: "SavedAndLost") -> str:
    """How many an arm saved and lost of how many, from what and to what, and one of them by name."""
    total, arm = found.total, found.arm
    if not found.worlds:
        return f"{arm}: no world ran both ways, so nobody can be said to be saved or lost."
    if not total["shared"]:
        return f"{arm}: no alliance that could be watched for five years exists both ways, so none was saved or lost."
    shared = counted(total["shared"], "alliance")
    exist = "exists" if total["shared"] == 1 else "exist"
    if not total["saved"] + total["lost"]:
        return f"{arm} saved and lost none of the {shared} that {exist} either way."
    per_100 = f"{100 * found.saved_share.mean:.1f} and {100 * found.lost_share.mean:.1f} of 100"
    text = (
        f"{arm} saved {_many(total['saved'])} and lost {_many(total['lost'])} of the {shared} that {exist} either way "
        f"({per_100})"
    )
    causes = [
        f"{word} {CAUSES_IN_WORDS[next(iter(tally))]} ({next(iter(tally.values())):,})"
        for word, tally in (("saved most often from", found.saved_from), ("lost most often to", found.lost_to))
        if tally
    ]
    apart = (
        f" Formed only as it is: {total['formed_only_as_it_is']:,}, only with {arm}: {total['formed_only_in_arm']:,}."
    )
    return f"{text}; {', '.join(causes)}.{apart}{_example(found)}{_pairs(found)}"


def _many(number: int) -> str:
    return f"{number:,}" if number else "none"


def _example(found: "SavedAndLost") -> str:
    world = 0 if (found.world == 0).any() else int(found.world[0])
    fate = "saved" if found.total["saved"] >= found.total["lost"] else "lost"
    first = next(iter(found.cases(world, fate, 1) or found.cases(world, most=1)))
    others = np.count_nonzero(found.world == world) > 1
    return f" In world {world}{', among others,' if others else ''} {case_in_words(first, found.arm)}."


def case_in_words(case: "Case", arm: str) -> str:
    """One alliance: who, since when, and how long it lived both ways."""
    since = f"formed in quarter {case.born}" if case.born >= 0 else "there from the start"
    before = lived_in_words(case.lived, case.cause, case.ended is None)
    after = lived_in_words(case.lived_in_arm, case.cause_in_arm, case.ended_in_arm is None)
    return f"{case.fate} {case.first} – {case.second}, {since}: as it is it {before}, with {arm} it {after}"


def lived_in_words(lived: int, cause: str, lives_on: bool) -> str:
    """How long an alliance lived and what ended it.

    >>> lived_in_words(6, "distrust", False), lived_in_words(40, "", True)
    ('ended after 6 quarters (distrust)', 'still lived at the end, after 40 quarters')
    """
    if lives_on:
        return f"still lived at the end, after {counted(lived, 'quarter')}"
    return f"ended after {counted(lived, 'quarter')} ({CAUSES_IN_WORDS[cause]})"


def _pairs(found: "SavedAndLost") -> str:
    pairs = found.pairs()[:MOST_PAIRS]
    return f" Most often: {'; '.join(map(pair_in_words, pairs))}." if pairs and found.worlds > 1 else ""


def pair_in_words(pair: "Pair") -> str:
    """In how many worlds a pair was saved and lost.

    >>> from experiments.comparisons.saved_and_lost import Pair
    >>> pair_in_words(Pair("Alibaba", "AWS", 31, 0, 100))
    'Alibaba – AWS saved in 31 of 100 worlds'
    """
    parts = [f"{word} in {many:,}" for word, many in (("saved", pair.saved_in), ("lost", pair.lost_in)) if many]
    return f"{pair.first} – {pair.second} {' and '.join(parts)} of {counted(pair.worlds, 'world')}"
