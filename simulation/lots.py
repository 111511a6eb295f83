"""Random numbers by the array, for whoever decides outside the kernels: founders, interventions, strategies in Python."""

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import entry
from simulation.draws import stream, uniform


def even_lots(key: np.uint64, purpose: int, count: int) -> NDArray[np.float64]:
    """A number in (0, 1) per seat [N], evenly spread and in random order: shares are met to a firm, arms stay coupled."""
    lots = pair_lots(key, 0, purpose, np.arange(count), np.zeros(count, np.int64))
    order = np.argsort(lots, kind="stable")
    lots[order] = (np.arange(count) + 0.5) / count
    return lots


def pair_lots(
    key: np.uint64, quarter: int, purpose: int, who: NDArray[np.int64], whom: NDArray[np.int64]
) -> NDArray[np.float64]:
    """One uniform number per address [n], the same that a kernel would draw there."""
    drawn = np.empty(len(who))
    fill_pairs(key, quarter, purpose, who, whom, drawn)
    return drawn


@entry
def fill_pairs(
    key: np.uint64, quarter: int, purpose: int, who: NDArray[np.int64], whom: NDArray[np.int64],
    drawn: NDArray[np.float64],
) -> None:  # fmt: skip
    """Into `drawn` [n], one uniform number per pair of identities."""
    of = stream(key, quarter, purpose)
    for k in range(len(drawn)):
        drawn[k] = uniform(of, who[k], whom[k])
