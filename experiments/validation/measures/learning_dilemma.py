"""The learning dilemma (P31): hoarding pays a lone firm, sharing pays a population, and no strategy runs away with it."""

import math
from typing import ClassVar

import numpy as np

from experiments.validation.evidence import Arm, Evidence, Observer
from experiments.validation.measure import Interval, Measure, limit
from experiments.validation.measures.dilemma import in_dilemma
from experiments.validation.measures.panel import Floats, Panel, Table, partners, ratio, rows_of_one_alliance
from simulation.run import Run
from simulation.state import AllianceArrays
from simulation.world import World

FIRST = 8  # quarters of a tie that are looked at
YEARS_OF_INCOME = 20  # after the warm-up
LONE = 0.01  # share of hoarders that makes one among 100 firms
MOST_STRATEGIES = 100  # rows of the evidence; the schema allows no more


class LoneHoarder(Panel):
    """lone_hoarder.income : [2, 2] net income of a hoarder, and of a sharer, in ties with sharers; number of such sides.

    Net income is the payoff of a side summed over the first FIRST quarters of the tie, nothing after its end. Counted are
    ties that are in the dilemma in their first quarter, born from the warm-up on and FIRST quarters before the run ends.
    """

    columns: ClassVar[tuple[str, ...]] = ("payoff",)

    def extra(self, world: World, alliances: AllianceArrays) -> Table:
        """The strategies of both sides, and whether the tie is in the dilemma."""
        strategy = partners(alliances, world.firms.strategy).astype(np.int64)
        return {"strategy": strategy, "dilemma": in_dilemma(alliances, world.parameters.value)}

    def sums(self, run: Run) -> dict[str, Floats]:
        """Income of hoarders and of sharers, tie by tie."""
        table = self.table()
        number, start = rows_of_one_alliance(table["about"])
        counted = (
            table["dilemma"][start] & (table["age"][start] == 0) & (table["quarter"][start] <= run.quarters - FIRST)
        )
        young = table["age"] < FIRST
        sharer = run.strategies.index("sharer")
        income = np.zeros((2, 2))
        for side in (0, 1):
            earned = np.bincount(number[young], weights=table["payoff"][young, side], minlength=len(start))
            own, other = table["strategy"][start, side], table["strategy"][start, 1 - side]
            for row, name in enumerate(("hoarder", "sharer")):
                chosen = counted & (own == run.strategies.index(name)) & (other == sharer)
                income[row] += earned[chosen].sum(), chosen.sum()
        return {"lone_hoarder.income": income}


class FirmIncome(Observer):
    """firm_income.total : [2] net income of all firms in the first 80 quarters after the warm-up, and firm-quarters.

    Net income holds own income and the payoffs of alliances less what an alliance function costs; payout comes after it.
    """

    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        """From the records."""
        start = run.scenario.time.warm_up_quarters
        income = run.series("income")[start : start + 4 * YEARS_OF_INCOME]
        return {"firm_income.total": np.array([income.sum(), len(income) * len(run.names)])}


class StrategyIncome(Observer):
    """strategy_income.total : [MOST_STRATEGIES, 2] net income and firm-quarters by row of the strategy table.

    The quarter in which a firm fails is left out: its seat holds the entrant by then.
    """

    quarterly: ClassVar[bool] = True

    def __init__(self) -> None:
        self._total = np.zeros((MOST_STRATEGIES, 2))
        self._identity: np.ndarray | None = None

    def see(self, world: World) -> None:
        """Add the quarter's income by strategy."""
        firms = world.firms
        stayed = np.ones(len(firms.seat)) if self._identity is None else (firms.identity == self._identity) * 1.0
        self._total[:, 0] += np.bincount(firms.strategy, weights=firms.income * stayed, minlength=MOST_STRATEGIES)
        self._total[:, 1] += np.bincount(firms.strategy, weights=stayed, minlength=MOST_STRATEGIES)
        self._identity = firms.identity.copy()

    def sums(self, run: Run) -> dict[str, Floats]:
        """What was added up."""
        return {"strategy_income.total": self._total}


def times(above: float, below: float) -> float:
    """How many times more; infinite if the smaller income is no income at all, NaN if there is none to compare."""
    if below > 0.0:
        return above / below
    return math.inf if above > below else math.nan


def _incomes(evidence: Evidence) -> dict[str, float]:
    hoarder, sharer = (ratio(*row) for row in evidence["lone hoarder"]["lone_hoarder.income"])
    shared, hoarded = (ratio(*evidence[arm]["firm_income.total"]) for arm in ("all sharers", "all hoarders"))
    total = evidence["base"]["strategy_income.total"]
    means = [ratio(*row) for row in total[total[:, 1] > 0]]
    return {
        "lone hoarder over sharer": times(hoarder, sharer),
        "sharers over hoarders": times(shared, hoarded),
        "richest over poorest strategy": times(max(means), min(means)),
    }


def _is_dilemma(parts: dict[str, Interval]) -> bool:
    lone, populations, richest = (part.value for part in parts.values())
    least, most = limit("P31", "least"), limit("P31", "most")
    return bool(lone > least and populations > least and richest <= most)


MEASURES = (
    Measure(
        "P31",
        (
            Arm("lone hoarder", {"mix.sharer": 1.0 - LONE, "mix.hoarder": LONE}, (LoneHoarder,)),
            Arm("all sharers", {"mix.sharer": 1.0}, (FirmIncome,)),
            Arm("all hoarders", {"mix.hoarder": 1.0}, (FirmIncome,)),
            Arm("base", {}, (StrategyIncome,)),
        ),
        _incomes,
        _is_dilemma,
    ),
)
