"""A better offer ends even good alliances (P30)."""

from typing import ClassVar

import numpy as np

from experiments.validation.evidence import Arm, Evidence
from experiments.validation.measure import Interval, Measure, limit
from experiments.validation.measures.panel import Floats, Panel, Table, bin_of, binned, partners, rate_ratio, thirds
from simulation.events import COMPLETED, PARTNER_FAILED
from simulation.run import Run
from simulation.scenario import Scenario
from simulation.state import AllianceArrays
from simulation.world import World

PERFORMANCE_BINS, LOWEST, HIGHEST = 120, -1.0, 5.0  # mean smoothed payoff of both sides [money/quarter]
OPTION_BINS, BEST_OPTION = 40, 1.0  # score above the threshold


class Options(Panel):
    """options.exits : [PERFORMANCE_BINS, OPTION_BINS, 3] exits that a partner chose, all endings, alliance-quarters at risk.

    By the mean performance of both sides and by the better of their outside options, both as they stood when the partners
    decided to stay or to leave. Completion and failure of a partner are endings that nobody chose.
    """

    columns: ClassVar[tuple[str, ...]] = ("performance",)

    def extra(self, world: World, alliances: AllianceArrays) -> Table:
        """The better of both outside options."""
        return {"option": partners(alliances, world.firms.outside_option).max(axis=1)}

    def sums(self, run: Run) -> dict[str, Floats]:
        """Exits and exposure by performance and option."""
        table = self.table()
        performance = bin_of(table["performance"].mean(axis=1), PERFORMANCE_BINS, LOWEST, HIGHEST)
        cell = performance * OPTION_BINS + bin_of(table["option"], OPTION_BINS, 0.0, BEST_OPTION)
        size = PERFORMANCE_BINS * OPTION_BINS
        left = table["ended"] * ~np.isin(table["cause"], (COMPLETED, PARTNER_FAILED))
        exits = binned(cell, size, left, table["ended"], np.ones(len(cell)))
        return {"options.exits": exits.reshape(PERFORMANCE_BINS, OPTION_BINS, 3)}


def twice_the_weight(scenario: Scenario) -> float:
    """Weight of the outside option, doubled."""
    return 2.0 * scenario.exit.outside_weight


def best_third(exits: Floats, usual: Floats) -> Floats:
    """Exits and exposure by outside option where performance is in the best third of the usual world.

    exits, usual : as `options.exits`, of the arm and of the usual world     Returns [OPTION_BINS, 3].
    A bin of performance that the border cuts counts in part.
    """
    weight = usual[:, :, 2].sum(axis=1)
    beyond = np.cumsum(weight[::-1])[::-1]  # exposure in this bin and in all better ones
    wanted = weight.sum() / 3.0
    part = np.divide(wanted - (beyond - weight), weight, out=(beyond <= wanted) * 1.0, where=weight > 0)
    result: Floats = np.tensordot(np.clip(part, 0.0, 1.0), exits, axes=1)
    return result


def _exits_of_the_good(evidence: Evidence) -> dict[str, float]:
    usual, pulled = evidence["base"]["options.exits"], evidence["twice the outside options"]["options.exits"]
    here, there = best_third(usual, usual), best_third(pulled, usual)
    before, after = here.sum(axis=0), there.sum(axis=0)
    low, _, high = thirds(here[:, 2], here)
    worst, _, best = thirds(usual[:, :, 2].sum(axis=0), usual.sum(axis=0))
    return {
        "options twice as heavy (paired)": rate_ratio(after[[1, 2]], before[[1, 2]]),
        "best over worst third of options": rate_ratio(high[[1, 2]], low[[1, 2]]),
        "paired, exits of choice": rate_ratio(after[[0, 2]], before[[0, 2]]),
        "thirds, exits of choice": rate_ratio(high[[0, 2]], low[[0, 2]]),
        "thirds, all alliances": rate_ratio(best[[1, 2]], worst[[1, 2]]),
    }


def _both_pull(parts: dict[str, Interval]) -> bool:
    paired, inside = tuple(parts.values())[:2]
    low, high = limit("P30", "within")
    return bool(paired.low > limit("P30", "paired") and low <= inside.value <= high)


MEASURES = (
    Measure(
        "P30",
        (
            Arm("base", {}, (Options,)),
            Arm("twice the outside options", {"exit.outside_weight": twice_the_weight}, (Options,)),
        ),
        _exits_of_the_good,
        _both_pull,
    ),
)
