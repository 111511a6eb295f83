"""Network patterns: embedding against a slow count, and the verdicts on made-up evidence."""

import math

import networkx as nx
import numpy as np
import pytest

from experiments.validation.evidence import Floats, Observer, observe, quarter_of
from experiments.validation.measure import Interval
from experiments.validation.measures import measures
from experiments.validation.measures.network import DEGREES, SHAPE, Embedding, Shape
from experiments.validation.networks import living_ties
from simulation import Scenario
from simulation.run import Run
from simulation.world import World


class SlowEmbedding(Observer):
    """Embedding again, pair by pair."""

    def __init__(self) -> None:
        self.before: tuple[nx.Graph, set[frozenset[int]]] | None = None
        self.counts = np.zeros((2, 3))

    def see(self, world: World) -> None:
        count, rows = len(world.firms.seat), int(world.counters.rows[0])
        if self.before is not None:
            graph, past = self.before
            new = world.alliances.born[:rows] == quarter_of(world)
            formed = {
                frozenset((int(i), int(j)))
                for i, j in zip(world.alliances.first[:rows][new], world.alliances.second[:rows][new], strict=True)
            }
            for i in range(count):
                for j in range(i):
                    pair = frozenset((i, j))
                    if graph.has_edge(i, j):
                        continue
                    repeats = pair in past
                    closes = not repeats and any(True for _ in nx.common_neighbors(graph, i, j))
                    for row in (0, 1) if pair in formed else (1,):
                        self.counts[row] += 1, repeats, closes
        self.before = None
        if quarter_of(world) % 8 == 7:
            graph = nx.Graph(list(zip(*(side.tolist() for side in living_ties(world)), strict=True)))
            graph.add_nodes_from(range(count))
            self.before = graph, self.past(world)

    def past(self, world: World) -> set[frozenset[int]]:
        rows = {int(identity): row for row, identity in enumerate(world.firms.identity)}
        partners = enumerate(world.firms.past_partner.tolist())
        return {frozenset((row, rows[who])) for row, known in partners for who in known if who in rows and who >= 0}

    def sums(self, run: Run) -> dict[str, Floats]:
        return {"slow": self.counts}


def test_embedding_is_as_counted_pair_by_pair(tiny: Scenario) -> None:
    scenario = tiny.with_(formation__rate=0.2, firms__count=25)
    found = observe(scenario, (Embedding, SlowEmbedding), seed=1, world=0)
    np.testing.assert_array_equal(found["embedding_ties"], found["slow"][0])
    np.testing.assert_array_equal(found["embedding_pairs"], found["slow"][1])
    assert found["embedding_ties"].min() > 0


def test_the_shape_is_looked_at_every_twenty_quarters(tiny: Scenario) -> None:
    found = observe(tiny, (Shape,), seed=1, world=0)
    assert found["shape_sums"][0] == 3  # quarters 10, 30 and 50
    assert found["shape_degrees"].shape == (DEGREES,)
    assert found["shape_degrees"].sum() == 3 * 20
    ends, partners = found["shape_partners"]
    assert ends.sum() == (found["shape_degrees"] * np.arange(DEGREES)).sum()
    assert partners.sum() == (ends * np.arange(DEGREES)).sum()  # both ends of a tie see each other


def test_shape_numbers_are_means_over_looks() -> None:
    sums = np.array([2.0, 2.4, 4.0, 0.4, 0.1, 6.0, 5.0, -0.4])
    evidence = {"base": {"shape_sums": sums}}
    assert len(SHAPE) == len(sums)
    assert measures()["P21"].value(evidence) == pytest.approx({"variation": 1.2, "skewness": 2.0})
    small = measures()["P22"].value(evidence)
    assert (small["clustering_ratio"], small["path_ratio"]) == pytest.approx((4.0, 1.2))
    assert measures()["P23"].value(evidence) == pytest.approx({"correlation": -0.2})


def test_embedding_is_relative_to_chance() -> None:
    evidence = {"base": {"embedding_ties": np.array([100.0, 30, 20]), "embedding_pairs": np.array([1000.0, 50, 50])}}
    found = measures()["P24"].value(evidence)
    assert found == pytest.approx({"ratio": 5.0, "repeats_ratio": 6.0, "triangles_ratio": 4.0, "share": 0.5})


@pytest.mark.parametrize(("delay", "left", "verdict"), [(10, 0.0, True), (-10, 0.0, False), (10, 0.9, False)])
def test_a_wave_must_be_followed_and_must_pass(delay: int, left: float, verdict: bool) -> None:
    time = np.arange(240.0)

    def hump(centre: float) -> Floats:
        return np.exp(-(((time - centre) / 20.0) ** 2))

    stays = np.where(time > 120 + delay, left, 0.0)
    base = {"living_alliances": np.full(240, 100.0), "living_demand": np.ones(240)}
    wave = {"living_alliances": 100.0 + 50 * np.maximum(hump(120 + delay), stays), "living_demand": 1.0 + hump(120)}
    measure = measures()["P25"]
    found = measure.value({"base": base, "wave": wave})
    assert found["lag"] == delay
    assert measure.holds({name: Interval(item, math.nan, math.nan) for name, item in found.items()}) is verdict
