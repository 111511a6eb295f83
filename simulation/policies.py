"""Strategies in Python: a function of named observations decides what firms of one strategy share.

The price: the engine stops in each quarter for the function, about a tenth of a millisecond and the function's own time
(`make bench` measures it). A row of the strategy table costs nothing of the kind.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.draws import Purpose
from simulation.lots import pair_lots
from simulation.problems import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from simulation.world import World

Floats = NDArray[np.float64]


class Observations(NamedTuple):
    """What a firm knows about an alliance when it decides what to share: one entry per alliance side [n]."""

    trust: Floats  # in the partner [share]
    observed: Floats  # partner's sharing as seen so far, smoothed [share]
    own_last: Floats  # own sharing a quarter ago; NaN in the first quarter [share]
    age: Floats  # of the alliance [quarters]
    fit: Floats  # [share]
    performance: Floats  # smoothed payoff [money/quarter]
    learned: Floats  # knowledge taken in so far [knowledge]
    is_rival: NDArray[np.bool_]  # whether both are of one sector
    equity: NDArray[np.bool_]  # equity or contract
    prior_ties: Floats  # alliances that the two had before
    capital: Floats  # own [money]
    luck: Floats  # a uniform number, for strategies that throw dice; addressed, so that paired worlds stay paired


Policy = Callable[[Observations], Any]


class Policies:
    """The functions of a world, and what each side shared a quarter ago."""

    def __init__(self, functions: Mapping[str, Policy], strategies: Mapping[str, Any]) -> None:
        problems = [
            Problem(f"no such strategy; {did_you_mean(name, strategies)}".rstrip("; "), key=f"policies.{name}")
            for name in functions
            if name not in strategies
        ]
        problems += [
            Problem(f"{function!r} is not a function of observations", key=f"policies.{name}")
            for name, function in functions.items()
            if not callable(function)
        ]
        if problems:
            raise InputError(problems)
        rows = list(strategies)
        self.functions = {rows.index(name): (name, function) for name, function in functions.items()}
        self.last = np.full((1024, 2), np.nan)  # [events, 2] by the event that formed the alliance

    def decide(self, world: "World") -> None:
        """Overwrite the sharing that the strategy table gave, for firms whose strategy is a function."""
        table, firms, rows = world.alliances, world.firms, int(world.counters.rows[0])
        about = table.about[:rows]
        if rows and about.max() >= len(self.last):
            bigger = np.full((2 * int(about.max()) + 1, 2), np.nan)
            bigger[: len(self.last)] = self.last
            self.last = bigger
        partners = np.stack([table.first[:rows], table.second[:rows]], axis=1).astype(np.int64)
        strategy = firms.strategy[partners]
        for row, (name, function) in self.functions.items():
            alliance, side = np.nonzero(strategy == row)
            if alliance.size:
                seen = self._observe(world, alliance, side, partners)
                table.sharing[alliance, side] = _limited(world, _checked(name, function(seen), alliance.size), seen)
        self.last[about] = table.sharing[:rows]

    def _observe(
        self, world: "World", alliance: NDArray[np.intp], side: NDArray[np.intp], partners: NDArray[np.int64]
    ) -> Observations:
        table, firms, quarter = world.alliances, world.firms, int(world.counters.quarter[0])
        me, other = partners[alliance, side], partners[alliance, 1 - side]
        luck = pair_lots(world.key, quarter, int(Purpose.POLICY), firms.identity[me], firms.identity[other])
        return Observations(
            table.trust[alliance, side], table.observed[alliance, side], self.last[table.about[alliance], side],
            (quarter - table.born[alliance]).astype(np.float64), table.fit[alliance],
            table.performance[alliance, side], table.learned[alliance, side], table.is_rival[alliance] == 1,
            table.equity[alliance] == 1, table.prior_ties[alliance].astype(np.float64), firms.capital[me], luck,
        )  # fmt: skip


def _checked(name: str, answer: Any, many: int) -> Floats:
    """What a function returned, as one finite number per entry. Raises InputError that names the strategy."""
    try:
        wanted = np.broadcast_to(np.asarray(answer, dtype=np.float64), (many,))
    except (TypeError, ValueError):
        raise InputError(
            [Problem(f"returned {type(answer).__name__}, not one number per entry ({many})", key=f"policies.{name}")]
        ) from None
    if not np.isfinite(wanted).all():
        raise InputError([Problem("returned numbers that are not finite", key=f"policies.{name}")])
    return wanted


def _limited(world: "World", wanted: Floats, seen: Observations) -> Floats:
    """As for rows of the table: less is shared with a rival and in distress (E3, E25)."""
    numbers, safe = world.parameters.sharing, world.parameters.firms.safe_capital
    willing = np.clip(np.clip(wanted, 0.0, 1.0) * (1.0 - numbers.rival_caution * seen.is_rival), 0.0, 1.0)
    need = np.clip(1.0 - seen.capital / safe, 0.0, 1.0) if safe > 0.0 else 0.0
    return np.asarray(willing * (1.0 - numbers.burden * need))
