"""Phase 8: partners learn each other's ways, and their goals converge."""

from simulation.compiled import phase
from simulation.compiled.prefetch import AHEAD, fetch_early
from simulation.parameters import FitNumbers
from simulation.rules.fit import fit_after_quarter, goal_pull
from simulation.state import AllianceArrays, Counters, FirmArrays, Workspace


@phase
def fit(
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, workspace: Workspace, numbers: FitNumbers
) -> None:
    """Fit grows with trust; a firm's goal moves by the mean of the pulls of its alliances."""
    move = workspace.move
    move[:] = 0.0
    rows = counters.rows[0]
    for a in range(rows):
        coming = alliances.second[min(a + AHEAD, rows - 1)]
        fetch_early(firms.goal, coming)
        fetch_early(move, coming)
        i, j = alliances.first[a], alliances.second[a]
        mean_trust = 0.5 * (alliances.trust[a, 0] + alliances.trust[a, 1])
        managed = float(max(firms.alliance_function[i], firms.alliance_function[j]))
        alliances.fit[a] = fit_after_quarter(
            alliances.fit[a], numbers.rate, mean_trust, managed, numbers.function_boost
        )
        pull = goal_pull(firms.goal[i], firms.goal[j], numbers.goal_pull, mean_trust, managed)
        move[i] += pull
        move[j] -= pull
    for row in range(len(firms.seat)):
        if firms.degree[row] > 0:
            firms.goal[row] = min(1.0, max(0.0, firms.goal[row] + move[row] / firms.degree[row]))
