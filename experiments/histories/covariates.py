"""What is known at birth as hazard ratios: which facts, against what, and which cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.hazards import CannotFitError, cox
from experiments.histories.births import Births, together
from experiments.outcomes import QUARTERS_PER_YEAR

Floats = NDArray[np.float64]
FEWEST = 10  # endings with a fact and without it: fewer tell no ratio
SAME, FEW = "the same for all", f"fewer than {FEWEST} endings with it or without it"  # why there is no ratio
STEP = 0.1  # of trust and flexibility, shares: a ratio per whole unit would compare worlds that nobody saw


class Fact(NamedTuple):
    """Something known at birth. name : what a row is called     against : rather than what; "" for a matter of degree"""

    name: str
    against: str
    values: NDArray[Any]


@dataclass(frozen=True)
class Ratio:
    """How many times the hazard of alliances without a fact those with it have, all other facts equal.

    mean, low, high : with errors by world     naive_low, naive_high : as if alliances of one world were independent
    with_it : share of alliances it holds for, NaN for a matter of degree
    """

    name: str
    against: str
    mean: float
    low: float
    high: float
    naive_low: float
    naive_high: float
    with_it: float

    @property
    def is_told(self) -> bool:
        """Whether the interval leaves out 1."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True)
class Ratios:
    """The hazard ratios of all facts that can be told. left_out : name -> why of the others"""

    rows: tuple[Ratio, ...]
    left_out: dict[str, str]
    spells: int
    endings: int
    worlds: int


def facts(births: Births, strategies: Sequence[str]) -> list[Fact]:
    """The facts of a table of alliances, strategies against the one that is most common."""
    plays = births.strategies
    common = int(np.argmax(plays.sum(axis=0)))
    found = [
        Fact("between rivals", "across sectors", births.rival > 0),
        Fact("equity", "a contract", births.equity > 0),
        Fact("allied before", "for the first time", births.prior > 0),
        Fact("alliance managers on one side", "on neither", births.managed == 1),
        Fact("alliance managers on both sides", "on neither", births.managed == 2),
        Fact("0.1 more initial trust", "", births.trust / STEP),
        Fact("0.1 more flexibility", "", births.flexibility / STEP),
        Fact("struck within a year of a shock", "in calm times", births.shocked > 0),
    ]
    for row, name in enumerate(strategies):
        if row != common:
            plain, usual = name.replace("_", " "), strategies[common].replace("_", " ")
            found.append(Fact(f"{plain} as a partner", f"a {usual}", plays[:, row]))
    return [Fact(name, against, np.asarray(values, dtype=np.float64)) for name, against, values in found]


def hazard_ratios(worlds: list[Births], strategies: Sequence[str]) -> Ratios:
    """Hazard ratios of what is known at birth (Cox, Efron's ties, errors by world), of facts that vary enough."""
    table, world = together(worlds)
    ended = table.cause >= 0
    kept, left_out = [], {}
    for fact in facts(table, strategies):
        why = _too_few(fact.values, ended)
        if why:
            left_out[fact.name] = why
        else:
            kept.append(fact)
    years, entry = table.duration / QUARTERS_PER_YEAR, table.entry / QUARTERS_PER_YEAR
    while kept:
        x = np.column_stack([fact.values for fact in kept])
        try:
            fit = cox(years, ended, x, [fact.name for fact in kept], entry, world)
        except CannotFitError as error:
            left_out[error.name] = error.why
            kept = [fact for fact in kept if fact.name != error.name]
            continue
        rows = tuple(
            Ratio(fact.name, fact.against, mean, low, high, naive[0], naive[1], _share(fact.values))
            for fact, (mean, low, high), naive in zip(kept, fit.ratios().tolist(), fit.naive().tolist(), strict=True)
        )
        return Ratios(rows, left_out, fit.spells, fit.endings, len(worlds))
    return Ratios((), left_out, len(years), int(ended.sum()), len(worlds))


def _too_few(values: Floats, ended: NDArray[np.bool_]) -> str:
    """Why a fact is not worth a ratio, "" if it is."""
    if not len(values) or np.ptp(values) == 0:
        return SAME
    has = values > values.min()
    sides = [ended] if len(np.unique(values)) > 3 else [ended & has, ended & ~has]
    return FEW if min(int(side.sum()) for side in sides) < FEWEST else ""


def _share(values: Floats) -> float:
    return float((values > 0).mean()) if len(np.unique(values)) <= 3 else float("nan")
