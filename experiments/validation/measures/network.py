"""The network of alliances: who has how many, who knows whom, and who comes next: P21 to P25."""

from typing import Any, ClassVar

import numpy as np

from experiments.validation.evidence import Arm, Evidence, Floats, Observer, quarter_of
from experiments.validation.measure import Curve, Interval, Measure, limit, within
from experiments.validation.measures.panel import ratio
from experiments.validation.networks import (
    adjacency,
    assortativity,
    clustering,
    living_ties,
    path_length,
    random_ties,
)
from simulation.run import Run
from simulation.world import World

EVERY = 20  # quarters between two looks at the network
DEGREES = 41  # 0 to 39 alliances of a firm, and more
WAVE = {"environment.wave_height": 1.0, "environment.wave_quarter": 90, "environment.wave_length": 60}
SMOOTHED = 9  # quarters, so that a peak is not one lucky quarter
SHAPE = ("looks", "variation", "skewness", "clustering", "clustering_by_chance", "paths", "paths_by_chance", "mixing")


class Shape(Observer):
    """Sums over looks at the network, every EVERY quarters: shape_sums [SHAPE], shape_degrees [DEGREES] counts of firms,
    shape_partners [2, DEGREES] ends of ties by the alliances of a firm, and the alliances of its partners there.

    A look counts if it holds a tie, firms with different numbers of partners, and paths.
    """

    def __init__(self) -> None:
        self._sums = np.zeros(len(SHAPE))
        self._degrees = np.zeros(DEGREES)
        self._partners = np.zeros((2, DEGREES))

    def see(self, world: World) -> None:
        quarter = quarter_of(world)
        if (quarter - world.scenario.time.warm_up_quarters) % EVERY:
            return
        first, second = living_ties(world)
        count = len(world.firms.seat)
        degree = np.bincount(np.concatenate([first, second]), minlength=count).astype(np.float64)
        self._degrees += np.bincount(np.minimum(degree, DEGREES - 1).astype(np.int64), minlength=DEGREES)
        own, theirs = (degree[np.concatenate(pair)] for pair in ((first, second), (second, first)))
        place = np.minimum(own, DEGREES - 1).astype(np.int64)
        self._partners += [np.bincount(place, weights, DEGREES) for weights in (np.ones(len(own)), theirs)]
        chance = np.random.default_rng([world.seed, world.world, quarter])
        network, other = adjacency(first, second, count), adjacency(*random_ties(len(first), count, chance), count)
        away = degree - degree.mean()
        spread = float(degree.std())
        look = np.array(
            [
                1.0,
                spread / degree.mean() if spread else np.nan,
                float(np.mean(away**3)) / spread**3 if spread else np.nan,
                clustering(network),
                clustering(other),
                path_length(network),
                path_length(other),
                assortativity(first, second, degree),
            ]
        )
        if np.isfinite(look).all():
            self._sums += look

    def sums(self, run: Run) -> dict[str, Floats]:
        return {"shape_sums": self._sums, "shape_degrees": self._degrees, "shape_partners": self._partners}


class Embedding(Observer):
    """Of new ties and of all pairs open to form: how many repeat a tie or close a triangle, every 8th quarter.

    embedding_ties and embedding_pairs : [3] all, repeated, triangle only
    """

    def __init__(self) -> None:
        self._before: tuple[float, Any, Any] | None = None  # pairs open to form, and which repeat and which close
        self._ties, self._pairs = np.zeros(3), np.zeros(3)

    def see(self, world: World) -> None:
        quarter = quarter_of(world)
        if self._before is not None:
            pairs, repeats, closes = self._before
            self._pairs += pairs, repeats.sum() / 2, closes.sum() / 2
            new = np.flatnonzero(world.alliances.born[: int(world.counters.rows[0])] == quarter)
            ends = world.alliances.first[new].astype(np.int64), world.alliances.second[new].astype(np.int64)
            counts = [matrix[ends].sum() if len(new) else 0.0 for matrix in (repeats, closes)]
            self._ties += len(new), counts[0], counts[1]
        self._before = open_pairs(world) if quarter % 8 == 7 else None

    def sums(self, run: Run) -> dict[str, Floats]:
        return {"embedding_ties": self._ties, "embedding_pairs": self._pairs}


def open_pairs(world: World) -> tuple[float, Any, Any]:
    """How many pairs may still form, and matrices of those that would repeat a tie and that would close a triangle."""
    count = len(world.firms.seat)
    first, second = living_ties(world)
    ties = adjacency(first, second, count)
    past = remembered(world)
    repeats = past - past.multiply(ties)
    common = ties @ ties
    common.setdiag(0.0)
    common.data = (common.data > 0).astype(np.float64)
    closes = common - common.multiply(ties)
    return count * (count - 1) / 2 - len(first), repeats, closes - closes.multiply(repeats)


def remembered(world: World) -> Any:
    """Matrix of pairs [N, N] of which at least one remembers an alliance with the other, by rows of firms."""
    firms, count = world.firms, len(world.firms.seat)
    here, place = np.nonzero(firms.past_partner >= 0)
    identity = firms.past_partner[here, place]
    there = firms.row[identity % count]
    known = firms.identity[there] == identity  # the seat may belong to another firm by now
    pairs = np.unique(np.minimum(here, there)[known] * count + np.maximum(here, there)[known])
    return adjacency(pairs // count, pairs % count, count)


class Living(Observer):
    """Living alliances and demand by quarter: living_alliances [quarters], living_demand [quarters]."""

    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        return {"living_alliances": run.series("living"), "living_demand": run.series("munificence")}


BASE = Arm("base", {}, (Shape, Embedding, Living))
WAVES = Arm("wave", WAVE, (Living,))


def _looks(evidence: Evidence) -> dict[str, float]:
    sums = evidence["base"]["shape_sums"]
    return dict(zip(SHAPE, (sums / sums[0]).tolist(), strict=True))


def _degrees(evidence: Evidence) -> dict[str, float]:
    looks = _looks(evidence)
    return {"variation": looks["variation"], "skewness": looks["skewness"]}


def _is_skewed(parts: dict[str, Interval]) -> bool:
    return within("P21")(parts) and parts["skewness"].value > float(limit("P21", "skewness"))


def _degree_curve(evidence: Evidence) -> Curve:
    firms = evidence["base"]["shape_degrees"]
    share = firms[::-1].cumsum()[::-1] / firms.sum()
    return Curve(np.arange(DEGREES, dtype=np.float64), share, "alliances", "firms with so many or more [share]")


def _small_world(evidence: Evidence) -> dict[str, float]:
    looks = _looks(evidence)
    clustered, paths = looks["clustering"] / looks["clustering_by_chance"], looks["paths"] / looks["paths_by_chance"]
    return {"clustering_ratio": clustered, "path_ratio": paths} | {
        name: looks[name] for name in ("clustering", "paths")
    }


def _small_world_curve(evidence: Evidence) -> Curve:
    parts = _small_world(evidence)
    ratios = np.array([parts["clustering_ratio"], parts["path_ratio"], 1.0])
    return Curve(("clustering", "path length", "by chance"), ratios, "", "times that of random networks")


def _is_small_world(parts: dict[str, Interval]) -> bool:
    clustered = parts["clustering_ratio"].value > float(limit("P22", "clustering"))
    return clustered and parts["path_ratio"].value < float(limit("P22", "paths"))


def _mixing(evidence: Evidence) -> dict[str, float]:
    return {"correlation": _looks(evidence)["mixing"]}


def _mixing_curve(evidence: Evidence) -> Curve:
    ends, theirs = evidence["base"]["shape_partners"]
    mean = np.divide(theirs, ends, out=np.full(DEGREES, np.nan), where=ends > 0)
    return Curve(np.arange(DEGREES, dtype=np.float64), mean, "alliances of a firm", "alliances of its partners, mean")


def _embedding(evidence: Evidence) -> dict[str, float]:
    ties, pairs = (evidence["base"][f"embedding_{what}"] for what in ("ties", "pairs"))
    share, chance = ties[1:] / ties[0], pairs[1:] / pairs[0]
    parts = {"repeats_ratio": share[0] / chance[0], "triangles_ratio": share[1] / chance[1], "share": share.sum()}
    return {name: float(value) for name, value in ({"ratio": share.sum() / chance.sum()} | parts).items()}


def _embedding_curve(evidence: Evidence) -> Curve:
    parts = _embedding(evidence)
    ratios = np.array([parts["repeats_ratio"], parts["triangles_ratio"], 1.0])
    return Curve(("repeats a tie", "closes a triangle", "by chance"), ratios, "new tie", "times as often as by chance")


def _smooth(series: Floats) -> Floats:
    """Running mean; the ends, where it would reach beyond the run, are left out."""
    return np.convolve(series, np.full(SMOOTHED, 1.0 / SMOOTHED), mode="valid")


def _extra(evidence: Evidence) -> tuple[Floats, Floats]:
    """What the wave adds to living alliances and to demand, as shares of what was without it, smoothed."""
    wave, base = evidence["wave"], evidence["base"]
    alliances, demand = (_smooth(wave[key] - base[key]) for key in ("living_alliances", "living_demand"))
    return alliances / np.mean(base["living_alliances"]), demand / np.mean(base["living_demand"])


def _rise_and_fall(evidence: Evidence) -> dict[str, float]:
    alliances, demand = _extra(evidence)
    peak = float(alliances.max())
    lag = float(np.argmax(alliances) - np.argmax(demand))
    return {"lag": lag, "rise": peak, "left": ratio(float(alliances[-1]), peak)}


def _rises_and_falls(parts: dict[str, Interval]) -> bool:
    rises = parts["rise"].value > 0 and not parts["rise"].low <= 0
    late = parts["lag"].value > float(limit("P25", "lag"))
    return rises and late and parts["left"].value <= float(limit("P25", "left"))


def _wave_curve(evidence: Evidence) -> Curve:
    alliances, demand = _extra(evidence)
    time = np.arange(len(alliances), dtype=np.float64) + SMOOTHED // 2
    return Curve(time, alliances, "quarter", "added [share]", others={"demand": demand}, label="living alliances")


MEASURES = (
    Measure("P21", (BASE,), _degrees, _is_skewed, _degree_curve),
    Measure("P22", (BASE,), _small_world, _is_small_world, _small_world_curve),
    Measure("P23", (BASE,), _mixing, within("P23"), _mixing_curve),
    Measure("P24", (BASE,), _embedding, within("P24"), _embedding_curve),
    Measure("P25", (BASE, WAVES), _rise_and_fall, _rises_and_falls, _wave_curve),
)
