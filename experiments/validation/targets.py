"""What each pattern asks of its numbers, as distances: how far inside or outside is a number, in standard errors."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from experiments.validation.measure import Interval, limit
from experiments.validation.patterns import patterns

NORMAL_95 = 1.959964  # half-width of a 95 % interval, in standard errors


@dataclass(frozen=True)
class Target:
    """One number of a pattern and where it should lie.

    part : name of the number, "" for the headline     low, high : edges, infinite where there is none
    surely : the whole 95 % interval must lie inside, not only the estimate
    """

    pattern: str
    part: str
    low: float = -math.inf
    high: float = math.inf
    surely: bool = False

    @property
    def name(self) -> str:
        return f"{self.pattern} {self.part}".strip()

    def number(self, parts: dict[str, Interval]) -> Interval:
        """The number that the target is about."""
        return parts[self.part] if self.part else next(iter(parts.values()))

    def depth(self, value: float, error: float) -> float:
        """Distance to the nearest edge in standard errors, positive inside; less what a sure verdict needs."""
        return min(value - self.low, self.high - value) / error - (NORMAL_95 if self.surely else 0.0)


def standard_error(number: Interval, worlds: int, wanted: int) -> float:
    """Standard error of a number, from its interval over some worlds, as it would be over `wanted` worlds."""
    return max((number.high - number.low) / (2 * NORMAL_95), 1e-9) * math.sqrt(worlds / wanted)


def targets() -> list[Target]:
    """All targets of patterns that are measured in the worlds of one scenario, in their order."""
    with_numbers = [
        Target(pattern.id, "", *pattern.band) for pattern in patterns().values() if not isinstance(pattern.band, str)
    ]
    return sorted([*with_numbers, *_further()], key=lambda target: target.pattern)


def _further() -> Iterable[Target]:
    """The numbers of patterns whose verdict is more than one band."""
    yield Target("P06", "first_year", high=limit("P06", "first_year"))
    yield Target("P06", "ninth_year", high=limit("P06", "ninth_year"))
    yield Target("P07", "", high=limit("P07", "ratio"))
    for part in ("trust to sharing", "sharing to trust"):
        yield Target("P18", part, low=limit("P18", "least"))
    yield Target("P21", "skewness", low=limit("P21", "skewness"))
    yield Target("P22", "clustering_ratio", low=limit("P22", "clustering"))
    yield Target("P22", "path_ratio", high=limit("P22", "paths"))
    yield Target("P25", "left", high=limit("P25", "left"))
    yield Target("P26", "old minus young without shocks", high=0.0)
    yield Target("P26", "old minus young at shock rate 0.20", low=0.0)
    for part in ("endings", "beginnings"):
        yield Target("P28", part, low=limit("P28", "least"))
        yield Target("P28", part, low=1.0, surely=True)
    yield Target("P30", "", low=limit("P30", "paired"), surely=True)
    yield Target("P30", "best over worst third of options", *limit("P30", "within"))
    for part in ("lone hoarder over sharer", "sharers over hoarders"):
        yield Target("P31", part, low=limit("P31", "least"))
    yield Target("P31", "richest over poorest strategy", high=limit("P31", "most"))
    for part in ("usual shocks", "shock rate 0.20"):
        yield Target("P32", part, low=0.0)
    for part in ("open communication", "flexibility", "initial trust", "loyalty", "alliance functions"):
        yield Target("P33", f"{part} up", low=0.0, surely=True)
    yield Target("P33", "goal convergence on", low=0.0, surely=True)
    for part in ("opportunists", "noise", "tacitness"):
        yield Target("P33", f"{part} up", high=0.0, surely=True)
