"""L4, L5, L6: how knowledge spreads over fixed networks by barter, as a gift, and as growth on growth.

L4 and L5 follow Cowan & Jonard 2004 in the set-up of Mueller, Bogner, Buchmann & Kudic: 100 agents, 200 ties, knowledge
even in [0, 10], as many experts at 30 in one category as there are categories, a tenth of a lead passed on per meeting,
100 steps. The engine differs in two ways: it has 8 domains, not 10 categories (so there are 8 experts here, not 10), and all
ties meet at once, not one after the other. Mean knowledge, 30 networks each:

              Watts-Strogatz   Erdos-Renyi    ring   Barabasi-Albert     gift: WS     ER    ring     BA
  published            14.96         13.61   12.21             10.91         21.9   21.6    18.5   22.2
  engine               13.94         13.14   11.66             10.62         22.8   22.5    18.6   23.1

A plain model below is the bridge: all at once and with the engine's luck it gives the engine's knowledge to the last digits,
one after the other and with 10 categories the published means.
"""

from typing import Any

import networkx as nx
import numpy as np
import pytest

from simulation.draws import Purpose, run_key, stream, uniform, word
from simulation.engine import run_world
from simulation.scenario import DOMAINS
from simulation.world import build_world

AGENTS, STEPS, PASSED = 100, 100, 0.1
PUBLISHED = {  # mean and standard error over 30 seeds
    "watts_strogatz": (14.96, 0.19),
    "erdos_renyi": (13.61, 0.12),
    "ring": (12.21, 0.11),
    "barabasi_albert": (10.91, 0.08),
}


def network(kind: str, seed: int) -> "nx.Graph[Any]":
    """About 200 ties between 100 agents."""
    if kind == "ring":
        return nx.watts_strogatz_graph(AGENTS, 4, 0.0)
    if kind == "watts_strogatz":
        return nx.watts_strogatz_graph(AGENTS, 4, 0.15, seed=seed)
    if kind == "erdos_renyi":
        return nx.gnm_random_graph(AGENTS, 200, seed=seed)
    return nx.barabasi_albert_graph(AGENTS, 2, seed=seed)


def endowment(categories: int, seed: int) -> np.ndarray:
    """[agents, categories] knowledge at the start."""
    dice = np.random.default_rng(seed)
    knowledge = dice.uniform(0, 10, (AGENTS, categories))
    knowledge[dice.choice(AGENTS, categories, replace=False), dice.integers(0, categories, categories)] = 30.0
    return knowledge


def in_the_engine(make: Any, kind: str, law: str, seed: int, steps: int = STEPS) -> np.ndarray:
    """[agents, 8] knowledge after some quarters."""
    settings = {"knowledge.transfer": law, "knowledge.absorption": PASSED, "time.quarters": steps}
    world = build_world(make(settings, network(kind, seed)), seed=seed)
    world.firms.knowledge[world.firms.row] = endowment(DOMAINS, seed)
    run_world(world)
    return world.firms.knowledge[world.firms.row]


def addressed(seed: int, quarter: int, giver: int, taker: int) -> np.ndarray:
    """[8] the numbers by which the engine picks the domains that one firm gives another."""
    with np.errstate(over="ignore"):
        of = np.uint64(stream(np.uint64(run_key(seed, 0)), quarter, int(Purpose.BARTER)))
        pair = np.uint64(word(of, giver, taker))
        return np.array([uniform(pair, domain, 0) for domain in range(DOMAINS)])


def swapped(lead: np.ndarray, known: np.ndarray, lots: np.ndarray, many: int) -> np.ndarray:
    """Which categories are passed on: those with the smallest lots of all in which the giver leads."""
    possible = np.flatnonzero(lead > 0.01 * known)
    return possible[np.argsort(lots[possible])][:many]


def plain(
    graph: "nx.Graph[Any]", knowledge: np.ndarray, steps: int, dice: np.random.Generator | None, seed: int = 0
) -> np.ndarray:
    """Barter by hand. With dice: ties meet in random order; without: all at once, with the engine's luck."""
    ties = np.array(graph.edges)
    for step in range(steps):
        seen = knowledge if dice is not None else knowledge.copy()
        for i, j in ties if dice is None else dice.permutation(ties):
            lead = seen[j] - seen[i]
            to_i, to_j = (lead > 0.01 * seen[j]).sum(), (-lead > 0.01 * seen[i]).sum()
            many = min(to_i, to_j)
            if dice is not None:
                from_j, from_i = dice.random(len(lead)), dice.random(len(lead))
            else:
                from_j, from_i = addressed(seed, step, int(j), int(i)), addressed(seed, step, int(i), int(j))
            mine, theirs = swapped(lead, seen[j], from_j, many), swapped(-lead, seen[i], from_i, many)
            knowledge[i, mine] += PASSED * lead[mine]
            knowledge[j, theirs] -= PASSED * lead[theirs]
    return knowledge


@pytest.mark.parametrize("kind", ["ring", "barabasi_albert"])
def test_l4_barter_in_the_engine_is_barter_by_hand(kind: str, at_rest: Any) -> None:
    steps = 12
    by_hand = plain(network(kind, 4), endowment(DOMAINS, 4), steps, None, seed=4)
    # the engine's slowest decay, 1e-6 a quarter, is all that is between them
    np.testing.assert_allclose(in_the_engine(at_rest, kind, "barter", 4, steps), by_hand, rtol=2e-6 * steps)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PUBLISHED)
def test_l4_barter_by_hand_and_by_chance_gives_the_published_means(kind: str) -> None:
    published, published_error = PUBLISHED[kind]
    means = []
    for seed in range(10):
        dice = np.random.default_rng(1000 + seed)
        means.append(plain(network(kind, seed), endowment(10, seed), STEPS, dice).mean())
    error = np.hypot(np.std(means, ddof=1) / np.sqrt(len(means)), published_error)
    assert np.mean(means) == pytest.approx(published, abs=4 * error)


NETWORKS = 16


@pytest.fixture(scope="module")
def after() -> dict[tuple[str, str], np.ndarray]:
    return {}


def means(kept: dict[tuple[str, str], np.ndarray], make: Any, kind: str, law: str) -> np.ndarray:
    """[networks] mean knowledge in the engine; each kind and law is run once."""
    if (kind, law) not in kept:
        kept[kind, law] = np.array([in_the_engine(make, kind, law, seed).mean() for seed in range(NETWORKS)])
    return kept[kind, law]


def clearly_above(more: np.ndarray, less: np.ndarray, factor: float = 1.0) -> bool:
    """Whether the mean of `more` exceeds `factor` times that of `less` by three standard errors; runs are paired."""
    gap = more - factor * less
    return bool(gap.mean() > 3 * gap.std(ddof=1) / np.sqrt(len(gap)))


def test_l4_small_worlds_spread_by_barter_most_hubs_least(after: Any, at_rest: Any) -> None:
    ws, er, ba = (
        means(after, at_rest, kind, "barter") for kind in ("watts_strogatz", "erdos_renyi", "barabasi_albert")
    )
    assert clearly_above(ws, er)
    assert clearly_above(er, ba)


def test_l4_a_few_shortcuts_beat_the_ring(after: Any, at_rest: Any) -> None:
    ws, ring = means(after, at_rest, "watts_strogatz", "barter"), means(after, at_rest, "ring", "barter")
    assert ws.mean() >= 1.15 * ring.mean()
    assert clearly_above(ws, ring, factor=1.1)


def test_l5_gifts_spread_more_and_hubs_are_no_longer_worst(after: Any, at_rest: Any) -> None:
    kinds = ("watts_strogatz", "erdos_renyi", "ring", "barabasi_albert")
    barter = {kind: means(after, at_rest, kind, "barter") for kind in kinds}
    gift = {kind: means(after, at_rest, kind, "absorption") for kind in kinds}
    for kind in kinds:
        assert clearly_above(gift[kind], barter[kind], factor=1.15), kind
    assert min(barter, key=lambda kind: barter[kind].mean()) == "barabasi_albert"
    assert clearly_above(gift["barabasi_albert"], gift["ring"])
    assert clearly_above(gift["barabasi_albert"], barter["barabasi_albert"], factor=1.4)


def test_l5_gifts_spread_1_4_times_as_much_in_small_worlds(after: Any, at_rest: Any) -> None:
    gift, barter = (means(after, at_rest, "watts_strogatz", law) for law in ("absorption", "barter"))
    assert gift.mean() >= 1.4 * barter.mean()


# --- L6: growth on growth ---

SHAPES = {
    "complete": (nx.complete_graph(6), 5.0),
    "star": (nx.star_graph(9), 3.0),
    "cycle": (nx.cycle_graph(6), 2.0),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_l6_knowledge_grows_at_the_largest_eigenvalue(shape: str, at_rest: Any) -> None:
    """Koenig et al. 2012: complete n-1, star sqrt(n-1), cycle 2, times the pace. Here pace = absorption."""
    graph, known_answer = SHAPES[shape]
    assert known_answer == pytest.approx(np.linalg.eigvalsh(nx.to_numpy_array(graph)).max())
    pace, quarters = 0.05, 600
    settings = {"knowledge.transfer": "growth", "knowledge.absorption": pace, "time.quarters": quarters}
    scenario = at_rest(settings, graph)
    world = build_world(scenario, seed=3)
    world.firms.knowledge[:] = np.random.default_rng(3).uniform(0.1, 1, world.firms.knowledge.shape)
    run_world(world, quarters - 1)
    before = world.firms.knowledge.copy()
    run_world(world)
    kept = 1 - scenario.knowledge.decay  # the least that a scenario may say
    eigenvalue = (world.firms.knowledge / before / kept - 1) / pace
    np.testing.assert_allclose(eigenvalue, known_answer, rtol=1e-7)


def test_l6_a_firm_without_ties_does_not_grow(at_rest: Any) -> None:
    graph = nx.cycle_graph(4)
    graph.add_node(4)
    settings = {"knowledge.transfer": "growth", "knowledge.absorption": 0.05, "time.quarters": 50}
    world = build_world(at_rest(settings, graph), seed=3)
    world.firms.knowledge[:] = 1.0
    run_world(world)
    total = world.firms.knowledge[world.firms.row].sum(axis=1)
    assert total[4] <= DOMAINS
    assert (total[:4] > 100 * DOMAINS).all()
