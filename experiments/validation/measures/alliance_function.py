"""What dedicated alliance managers do for alliances and for the firms that pay them: P11 and P12."""

import numpy as np
from numpy.typing import NDArray

from experiments.validation.evidence import Arm, Evidence, Floats, Observer, quarter_of
from experiments.validation.lives import QUARTERS_PER_YEAR, life_tables, unintended
from experiments.validation.measure import Curve, Measure, within
from simulation.events import FAILED, FORMED
from simulation.run import Run
from simulation.world import World

BY_AGE = 20  # quarters
SHOWN = 60


class FunctionLives(Observer):
    """Life tables of alliances without and with an alliance function on at least one side, as they stood at birth."""

    def __init__(self) -> None:
        self._about: list[NDArray[np.int64]] = []
        self._managed: list[NDArray[np.int8]] = []

    def see(self, world: World) -> None:
        alliances, firms = world.alliances, world.firms
        born = np.flatnonzero(alliances.born[: int(world.counters.rows[0])] == quarter_of(world))
        managed = firms.alliance_function[alliances.first[born]] | firms.alliance_function[alliances.second[born]]
        self._about.append(alliances.about[born])
        self._managed.append(managed)

    def sums(self, run: Run) -> dict[str, Floats]:
        group = np.full(len(run.events.kind), -1, dtype=np.int64)
        group[np.concatenate(self._about)] = np.concatenate(self._managed)
        births = np.flatnonzero(run.events.kind == FORMED)
        risk, deaths = life_tables(run.spells(), run.quarters, run.scenario.time.warm_up_quarters, group[births], 2)
        return {"function_at_risk": risk, "function_deaths": deaths}


class FunctionIncome(Observer):
    """Net income and firm-quarters of firms without and with an alliance function: function_income [2, 2].

    A firm that fails leaves its seat to another within the quarter; its last income is what its capital fell by.
    """

    def __init__(self) -> None:
        self._table = np.zeros((2, 2))
        self._logged = 0
        self._identity: NDArray[np.int64] = np.zeros(0, np.int64)
        self._function: NDArray[np.int8] = np.zeros(0, np.int8)
        self._capital = np.zeros(0)

    def see(self, world: World) -> None:
        firms, logged = world.firms, int(world.counters.logged[0])
        income, function = firms.income.copy(), firms.alliance_function.copy()
        fresh = np.flatnonzero(firms.identity != self._identity) if len(self._identity) else np.zeros(0, np.int64)
        if len(fresh):
            events = slice(self._logged, logged)
            gone = world.log.kind[events] == FAILED
            left = dict(zip(world.log.first[events][gone], world.log.value[events][gone], strict=True))
            for row in fresh:
                income[row] = left[self._identity[row]] - self._capital[row]
                function[row] = self._function[row]
        for kind in range(2):
            of = function == kind
            self._table[kind] += income[of].sum(), of.sum()
        self._identity, self._function = firms.identity.copy(), firms.alliance_function.copy()
        self._capital, self._logged = firms.capital.copy(), logged

    def sums(self, run: Run) -> dict[str, Floats]:
        return {"function_income": self._table}


BASE = Arm("base", {}, (FunctionLives, FunctionIncome))


def _kept(evidence: Evidence) -> Floats:
    """Share not yet ended unintendedly [2, ages+1], without and with the function."""
    found = evidence["base"]
    pairs = zip(found["function_at_risk"], found["function_deaths"], strict=True)
    return np.array([1.0 - unintended(risk, deaths) for risk, deaths in pairs])


def _success(evidence: Evidence) -> dict[str, float]:
    without, managed = 100.0 * _kept(evidence)[:, BY_AGE]
    return {"points": float(managed - without), "with": float(managed), "without": float(without)}


def _success_curve(evidence: Evidence) -> Curve:
    without, managed = _kept(evidence)[:, : SHOWN + 1]
    age = np.arange(SHOWN + 1) / QUARTERS_PER_YEAR
    label, other = "with alliance function", "without"
    return Curve(age, managed, "age [years]", "no unintended end [share]", others={other: without}, label=label)


def _income(evidence: Evidence) -> dict[str, float]:
    table = evidence["base"]["function_income"]
    without, managed = (float(value) for value in table[:, 0] / table[:, 1])
    return {"ratio": managed / without, "with": managed, "without": without}


def _income_curve(evidence: Evidence) -> Curve:
    parts = _income(evidence)
    return Curve(("with", "without"), np.array([parts["with"], parts["without"]]), "alliance function", "money/quarter")


MEASURES = (
    Measure("P11", (BASE,), _success, within("P11"), _success_curve),
    Measure("P12", (BASE,), _income, within("P12"), _income_curve),
)
