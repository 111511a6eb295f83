"""Phase 4: each partner decides how much to share."""

from simulation.compiled import phase
from simulation.compiled.prefetch import AHEAD, fetch_early
from simulation.parameters import SharingNumbers, StrategyTable
from simulation.rules.sharing import burdened, cautious_sharing, distress, intended_sharing
from simulation.state import AllianceArrays, Counters, FirmArrays, Floats


@phase
def sharing(
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, need: Floats, table: StrategyTable,
    numbers: SharingNumbers, safe_capital: float,
) -> None:  # fmt: skip
    """The row of the strategy table, less what is held back from a rival and what distress does not allow.

    need : filled with the distress of each firm [N], for the phase `trust`, too
    """
    quarter = counters.quarter[0]
    for row in range(len(firms.seat)):
        need[row] = distress(firms.capital[row], safe_capital)
    rows = counters.rows[0]
    for a in range(rows):
        coming = alliances.second[min(a + AHEAD, rows - 1)]
        fetch_early(firms.strategy, coming)
        fetch_early(need, coming)
        age = float(quarter - alliances.born[a])
        rival = float(alliances.is_rival[a])
        for side in range(2):
            me = alliances.first[a] if side == 0 else alliances.second[a]
            row = firms.strategy[me]
            wanted = intended_sharing(
                table.base[row], table.by_trust[row], table.by_observed[row], table.early[row], table.floor[row],
                table.slope[row], alliances.trust[a, side], alliances.observed[a, side], age,
            )  # fmt: skip
            willing = cautious_sharing(wanted, rival, numbers.rival_caution)
            alliances.sharing[a, side] = burdened(willing, numbers.burden, need[me])
