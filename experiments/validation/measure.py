"""What a measure of a pattern is: which arms it needs, its numbers, its verdict, its picture.

Bands and limits are read from `patterns.toml`, never typed in code: `within("P09")` is the verdict "the headline number
lies in the band of P09", and `limit("P30", "within")` a further number of that pattern.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from experiments.analysis.bootstrap import FEW, LEVEL, SEED, Floats, percentile_interval, resample, student
from experiments.validation.evidence import Arm, Evidence
from experiments.validation.patterns import patterns

DRAWS = 400  # of whole worlds, for each interval


class Interval(NamedTuple):
    """A number with its 95 % interval over worlds; low and high are NaN for a single world."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """The picture behind a row: a line, or dots where x holds names.

    x : [points] numbers or names     y : [points]     low, high : [points] or None: then they are drawn by the bootstrap
    others : further lines over the same x, by name     label : name of the first line, where there are others
    mark : x at which the headline is read off; the band is drawn there
    """

    x: Floats | Sequence[str]
    y: Floats
    x_label: str
    y_label: str
    low: Floats | None = None
    high: Floats | None = None
    others: Mapping[str, Floats] = field(default_factory=dict)
    label: str = ""
    mark: float | None = None


@dataclass(frozen=True)
class Measure:
    """How a pattern is measured.

    value : named numbers from evidence summed over worlds (no axis of worlds), the headline first; it runs once for the
        estimate and once per draw, so it must be cheap, and it must read keys by `evidence[arm][key]`
    holds : verdict from the named numbers with their intervals     curve : the picture behind the row
    obstacle : why it cannot be measured on this machine, "" if it can
    """

    id: str
    arms: tuple[Arm, ...]
    value: Callable[[Evidence], dict[str, float]]
    holds: Callable[[dict[str, Interval]], bool]
    curve: Callable[[Evidence], Curve] | None = None
    obstacle: Callable[[], str] | None = None


def within(pattern: str) -> Callable[[dict[str, Interval]], bool]:
    """Verdict: the estimate of the first number lies in the pattern's band, ends included."""

    def verdict(parts: dict[str, Interval]) -> bool:
        band = patterns()[pattern].band
        if isinstance(band, str):
            raise ValueError(f'{pattern} has no band of numbers: "{band}"')
        return bool(band[0] <= next(iter(parts.values())).value <= band[1])

    return verdict


def limit(pattern: str, name: str) -> Any:
    """A further number of a pattern, or a pair of them, as `limits` in `patterns.toml` names it."""
    return patterns()[pattern].limits[name]


class Drawn(dict[str, Floats]):
    """The evidence of one arm in one draw of worlds; a key is summed when it is first asked for, in all draws at once."""

    def __init__(self, stacked: Mapping[str, Floats], cache: dict[str, Floats], draw: int, draws: int) -> None:
        super().__init__()
        self._stacked, self._cache, self._draw, self._draws = stacked, cache, draw, draws

    def __missing__(self, key: str) -> Floats:
        if key not in self._cache:
            self._cache[key] = resample(self._stacked[key], self._draws, SEED)
        found: Floats = self._cache[key][self._draw]
        return found


class Sample:
    """Evidence of worlds with draws of whole worlds, the same worlds in all arms."""

    def __init__(self, stacked: Evidence, worlds: int, draws: int = DRAWS) -> None:
        self.worlds, self.draws, self._stacked = worlds, draws if worlds > 1 else 0, stacked
        self._cache: dict[str, dict[str, Floats]] = {arm: {} for arm in stacked}
        self.total: Evidence = {
            arm: {key: value.sum(axis=0) for key, value in found.items()} for arm, found in stacked.items()
        }

    def drawn(self, draw: int) -> Evidence:
        """The evidence of one draw of worlds, summed."""
        return {arm: Drawn(found, self._cache[arm], draw, self.draws) for arm, found in self._stacked.items()}

    def parts(self, measure: Measure) -> dict[str, Interval]:
        """The numbers of a measure with their intervals."""
        with np.errstate(all="ignore"):
            point = measure.value(self.total)
            samples = [measure.value(self.drawn(draw)) for draw in range(self.draws)]
        names = list(point)
        table = np.array([[sample[name] for name in names] for sample in samples], dtype=np.float64)
        centre = np.array([point[name] for name in names], dtype=np.float64)
        low, high = self.interval(centre, table.reshape(self.draws, len(names)))
        return {name: Interval(float(centre[k]), float(low[k]), float(high[k])) for k, name in enumerate(names)}

    def curve(self, measure: Measure, draws: int = 200) -> Curve | None:
        """The picture of a measure, with a band from the draws where it brings none."""
        if measure.curve is None:
            return None
        with np.errstate(all="ignore"):
            curve = measure.curve(self.total)
            if curve.low is not None or not self.draws:
                return curve
            drawn = [measure.curve(self.drawn(draw)).y for draw in range(min(draws, self.draws))]
        if any(np.shape(y) != np.shape(curve.y) for y in drawn):
            return curve
        low, high = self.interval(np.asarray(curve.y, dtype=np.float64), np.array(drawn))
        return replace(curve, low=low, high=high)

    def interval(self, centre: Floats, samples: Floats) -> tuple[Floats, Floats]:
        """95 % interval of each column: percentiles, or Student's t where there are few worlds; NaN for one world."""
        if not len(samples):
            return np.full(centre.shape, np.nan), np.full(centre.shape, np.nan)
        if self.worlds >= FEW:
            return percentile_interval(np.where(np.isfinite(samples), samples, np.nan), LEVEL)
        found = np.where(np.isfinite(samples).mean(axis=0) >= 0.5, _spread(samples), np.nan)
        # Drawing from n worlds gives (n−1)/n of the variance.
        half = student(self.worlds, LEVEL) * found * np.sqrt(self.worlds / (self.worlds - 1))
        return centre - half, centre + half


def _spread(samples: Floats) -> Floats:
    """Standard deviation of each column over its finite values; 0 where there are none."""
    known = np.isfinite(samples)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, samples, 0.0).sum(axis=0) / count
    spread: Floats = np.sqrt((np.where(known, samples - mean, 0.0) ** 2).sum(axis=0) / count)
    return spread
