"""Firms and alliances as Mesa users know them: views that own nothing, and read the arrays of the world when asked."""

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar, overload

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation.mesa_present import alliance_value, firm_value

if TYPE_CHECKING:
    from simulation.mesa_model import AllianceModel

T = TypeVar("T")


class reading(Generic[T]):  # noqa: N801 - a decorator, like `property`
    """A property that says, when someone tries to set it, how a world is changed."""

    def __init__(self, function: Callable[[Any], T]) -> None:
        self.function = function
        self.name = function.__name__
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> T | Self:
        return self if instance is None else self.function(instance)

    def __set__(self, instance: object, value: object) -> NoReturn:
        raise AttributeError(
            f"{type(instance).__name__}.{self.name} is read from the engine and cannot be set; to change firms, give "
            "the scenario interventions: model.fork(interventions=[...]), see docs/mesa.md"
        )


class Firm(mesa.Agent):
    """The firm on one seat. When it fails, the view shows the firm that enters on that seat: `identity` tells them apart.

    Numbers are those of this moment; vectors are copies. `remove()` takes away the view, never the firm.
    """

    model: "AllianceModel"

    def __init__(self, model: "AllianceModel", seat: int) -> None:
        super().__init__(model)
        self.seat = seat
        self.unique_id = seat  # the same number as in `model.graph`

    def step(self) -> None:
        """Raises RuntimeError: all firms live a quarter together."""
        raise RuntimeError(
            "a firm takes no step of its own: the engine runs a quarter for all at once; call model.step()"
        )

    advance = step

    def _now(self, name: str) -> Any:
        return firm_value(self.model.state, name, self.seat)

    @reading
    def name(self) -> str:
        """Label of the seat."""
        return str(self.model.state.names[self.seat])

    @reading
    def identity(self) -> int:
        """Number of the firm in the event log: seat + generation · number of seats."""
        return int(self._now("identity"))

    @reading
    def generation(self) -> int:
        """0 for a founder, 1 for the first entrant on its seat, and so on."""
        return int(self._now("identity")) // len(self.model.state.names)

    @reading
    def strategy(self) -> str:
        """Name of its row in the strategy table."""
        return str(list(self.model.settings.strategies)[self._now("strategy")])

    @reading
    def sector(self) -> int:
        """0 to S-1; firms of one sector are rivals."""
        return int(self._now("sector"))

    @reading
    def alliance_function(self) -> bool:
        """Whether it has dedicated alliance managers."""
        return bool(self._now("alliance_function"))

    @reading
    def capital(self) -> float:
        """Capital [money]."""
        return float(self._now("capital"))

    @reading
    def income(self) -> float:
        """Earned in the last quarter, alliances included [money]."""
        return float(self._now("income"))

    @reading
    def reputation(self) -> float:
        """Reputation [share]."""
        return float(self._now("reputation"))

    @reading
    def knowledge(self) -> NDArray[np.float64]:
        """Knowledge by domain [8]: a copy."""
        return np.asarray(self._now("knowledge"))

    @reading
    def profile(self) -> NDArray[np.float64]:
        """Direction of own research [8], sums to 1: a copy [share]."""
        return np.asarray(self._now("profile"))

    @reading
    def absorptive_capacity(self) -> float:
        """Part of what is offered that it can take in [share]."""
        return float(self._now("absorptive_capacity"))

    @reading
    def flexibility(self) -> float:
        """Part of a shock on fit that it can parry [share]."""
        return float(self._now("flexibility"))

    @reading
    def openness(self) -> float:
        """Open communication [share]."""
        return float(self._now("openness"))

    @reading
    def activity(self) -> float:
        """Propensity to seek partners, mean 1."""
        return float(self._now("activity"))

    @reading
    def goal(self) -> float:
        """Goal, 0 to 1."""
        return float(self._now("goal"))

    @reading
    def munificence(self) -> float:
        """Demand that it meets [factor]."""
        return float(self._now("munificence"))

    @reading
    def degree(self) -> int:
        """Living alliances."""
        return len(self.model.present.of_seat.get(self.seat, ()))

    @reading
    def partners(self) -> list["Firm"]:
        """Firms that it has an alliance with, by seat."""
        return [alliance.partner_of(self) for alliance in self.alliances]

    @reading
    def alliances(self) -> list["Alliance"]:
        """Its living alliances, by the partner's seat."""
        return [Alliance(self.model, about) for about in self.model.present.of_seat.get(self.seat, ())]

    def __deepcopy__(self, memo: dict[int, Any]) -> "Firm":
        twin = memo[id(self)] = Firm.__new__(type(self))
        for name, value in self.__dict__.items():  # what a user has hung on a firm comes along
            twin.__dict__[name] = value if type(value) is int else copy.deepcopy(value, memo)
        return twin

    def __repr__(self) -> str:
        return f"Firm({self.seat}, {self.name!r}, {self.strategy}, sector {self.sector}, capital {self.capital:.2f})"


class Alliance:
    """One alliance, from its formation to its end. Pairs of numbers are (firm on the lower seat, the other).

    number : of the event that formed it; two views of one alliance are equal
    Once it has ended, `living` is False and its numbers raise RuntimeError: `model.result().spells()` tells its life.
    """

    def __init__(self, model: "AllianceModel", number: int) -> None:
        self.model = model
        self.number = number

    def _now(self, name: str) -> Any:
        row = self.model.present.row_of.get(self.number)
        if row is None:
            raise RuntimeError(f"alliance {self.number} has ended; model.result().spells() tells when and why")
        return alliance_value(self.model.state, name, row)

    def _firm(self, side: str) -> Firm:
        return self.model.firms[int(self.model.state.firms.seat[self._now(side)])]

    def partner_of(self, firm: Firm) -> Firm:
        """The other firm."""
        return self.second if self.first.seat == firm.seat else self.first

    @reading
    def living(self) -> bool:
        """Whether it has not ended."""
        return self.number in self.model.present.row_of

    @reading
    def first(self) -> Firm:
        """The partner on the lower seat."""
        return self._firm("first")

    @reading
    def second(self) -> Firm:
        """The other partner."""
        return self._firm("second")

    @reading
    def age(self) -> int:
        """Quarters since its birth."""
        return max(self.model.quarter - 1, 0) - int(self._now("born"))

    @reading
    def trust(self) -> tuple[float, float]:
        """Trust of each in the other [share]."""
        return self._pair("trust")

    @reading
    def fit(self) -> float:
        """How well the partners fit [share]."""
        return float(self._now("fit"))

    @reading
    def sharing(self) -> tuple[float, float]:
        """What each shared in the last quarter [share]; 0 before the first."""
        return self._pair("sharing")

    @reading
    def payoff(self) -> tuple[float, float]:
        """Payoff of each in the last quarter [money]; 0 before the first."""
        return self._pair("payoff")

    @reading
    def performance(self) -> tuple[float, float]:
        """Smoothed payoff of each [money/quarter]."""
        return self._pair("performance")

    @reading
    def learned(self) -> tuple[float, float]:
        """Knowledge that each took in so far [knowledge]."""
        return self._pair("learned")

    @reading
    def equity(self) -> bool:
        """Governed by equity, not by contract."""
        return bool(self._now("equity"))

    @reading
    def is_rival(self) -> bool:
        """Whether both are of one sector."""
        return bool(self._now("is_rival"))

    @reading
    def prior_ties(self) -> int:
        """Alliances that the two had before."""
        return int(self._now("prior_ties"))

    def _pair(self, name: str) -> tuple[float, float]:
        first, second = self._now(name)
        return float(first), float(second)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alliance) and self.model is other.model and self.number == other.number

    def __hash__(self) -> int:
        return hash((id(self.model), self.number))

    def __repr__(self) -> str:
        if not self.living:
            return f"Alliance({self.number}, ended)"
        return f"Alliance({self.first.name!r}, {self.second.name!r}, age {self.age}, fit {self.fit:.2f})"
