"""A run that can be looked back on: every alliance and every firm, quarter by quarter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import mark_warm, say_if_cold
from simulation.engine import run_world
from simulation.phases.tracing import FIRM, JOINT, SIDES, empty_trace
from simulation.run import Run
from simulation.scenario import Scenario
from simulation.state import TraceArrays
from simulation.world import World, build_world

Floats = NDArray[np.float64]
_SIDE, _JOINT, _FIRM = ({name: k for k, name in enumerate(names)} for names in (SIDES, JOINT, FIRM))


@dataclass(frozen=True, eq=False)
class Trace:
    """Columns of what was written down: R rows, one per alliance and quarter that it lived in, its last one included.

    Q quarters, N seats. Side 0 is the firm on the lower seat.
    """

    arrays: TraceArrays

    @property
    def start(self) -> NDArray[np.int64]:
        """First row of each quarter [Q + 1]; rows of quarter q are start[q] to start[q + 1] - 1."""
        return self.arrays.start

    @property
    def about(self) -> NDArray[np.int64]:
        """Number of the event that formed the alliance [R]."""
        return self.arrays.about

    @property
    def trust(self) -> Floats:
        """Trust of each side in the other, at the end of the quarter [R, 2] [share]."""
        return self._side("trust")

    @property
    def sharing(self) -> Floats:
        """What each side shared [R, 2] [share]."""
        return self._side("sharing")

    @property
    def performance(self) -> Floats:
        """Smoothed payoff, as each side decided by it [R, 2] [money/quarter]."""
        return self._side("performance")

    @property
    def payoff(self) -> Floats:
        """Payoff of the quarter [R, 2] [money]."""
        return self._side("payoff")

    @property
    def chance(self) -> Floats:
        """Chance that a side leaves this quarter, as the phase `endings` computed it (E14), 0 where no renewal is due
        [R, 2] [1/quarter]; with a fixed hazard, that partners part."""
        return self._side("chance")

    @property
    def fit(self) -> Floats:
        """Fit of the partners [R] [share]."""
        return self.arrays.joint[:, _JOINT["fit"]]

    @property
    def regime(self) -> Floats:
        """The game that they play [R]: 0 no deal, 1 dilemma, 2 harmony."""
        return self.arrays.joint[:, _JOINT["regime"]]

    @property
    def strategy(self) -> NDArray[np.uint8]:
        """Row of the strategy table, by seat, at the end of each quarter [Q, N]."""
        return self.arrays.firms[:, :, _FIRM["strategy"]].astype(np.uint8)

    @property
    def managers(self) -> NDArray[np.uint8]:
        """1 where a firm has an alliance function [Q, N]."""
        return self.arrays.firms[:, :, _FIRM["managers"]].astype(np.uint8)

    @property
    def capital(self) -> Floats:
        """Capital, by seat [Q, N] [money]."""
        return self.arrays.firms[:, :, _FIRM["capital"]]

    def rows_of(self, about: int) -> NDArray[np.intp]:
        """Rows of one alliance, by the number of the event that formed it, in the order of time."""
        return np.flatnonzero(self.arrays.about == about)

    def _side(self, name: str) -> Floats:
        return self.arrays.sides[:, :, _SIDE[name]]


@dataclass(frozen=True, eq=False)
class Traced:
    """A run and its trace."""

    run: Run
    trace: Trace

    @classmethod
    def of(cls, world: World) -> "Traced":
        """What a world that was followed has come to so far."""
        used = int(world.trace.start[int(world.counters.quarter[0])])
        kept = {name: getattr(world.trace, name)[:used] for name in ("about", "sides", "joint")}
        return cls(Run.of(world), Trace(world.trace._replace(**kept)))


def followed(world: World, whole: bool = True) -> World:
    """The world, at its first quarter, with room for a trace. whole : without it, of alliances only trust is written down"""
    quarters, firms = world.scenario.time.quarters, len(world.firms.seat)
    world.trace = empty_trace(quarters, firms, 2 * firms * quarters, whole)
    return world


def traced(scenario: Scenario, seed: int = 1, world: int = 0) -> Traced:
    """As `simulate`, and written down on the way: the same run, to the last bit. Memory: about 100 bytes a row.

    Raises InputError as `simulate` does.
    """
    say_if_cold()
    found = Traced.of(run_world(followed(build_world(scenario, seed, world))))
    mark_warm()
    return found
