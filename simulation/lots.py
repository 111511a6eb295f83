"""Random numbers by the array, for whoever decides outside the kernels: founders, interventions, strategies in Python."""

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import short_entry
from simulation.draws import stream, uniform


def even_lots(key: np.uint64, purposes: tuple[int, ...], count: int) -> NDArray[np.float64]:
    """A number in (0, 1) per purpose and seat [purposes, N], evenly spread over seats and in random order.

    So shares are met to a firm, and arms stay coupled.
    """
    lots = np.empty((len(purposes), count))
    fill_seats(key, np.array(purposes), lots)
    order = np.argsort(lots, axis=1, kind="stable")
    np.put_along_axis(lots, order, (np.arange(count) + 0.5)[None] / count, axis=1)
    return lots


def pair_lots(
    key: np.uint64, quarter: int, purpose: int, who: NDArray[np.int64], whom: NDArray[np.int64]
) -> NDArray[np.float64]:
    """One uniform number per address [n], the same that a kernel would draw there."""
    drawn = np.empty(len(who))
    fill_pairs(key, quarter, purpose, who, whom, drawn)
    return drawn


@short_entry
def fill_pairs(
    key: np.uint64, quarter: int, purpose: int, who: NDArray[np.int64], whom: NDArray[np.int64],
    drawn: NDArray[np.float64],
) -> None:  # fmt: skip
    """Into `drawn` [n], one uniform number per pair of identities."""
    of = stream(key, quarter, purpose)
    for k in range(len(drawn)):
        drawn[k] = uniform(of, who[k], whom[k])


@short_entry
def fill_seats(key: np.uint64, purposes: NDArray[np.int64], lots: NDArray[np.float64]) -> None:
    """Into `lots` [purposes, N], one uniform number per purpose and seat, drawn before the first quarter."""
    for k in range(len(purposes)):
        of = stream(key, 0, purposes[k])
        for seat in range(lots.shape[1]):
            lots[k, seat] = uniform(of, seat, 0)
