"""Made-up results in the shapes that `simulate`, `compare` and `sweep` give: reports are tested without runs."""

import itertools
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest

from experiments.analysis.comparison import estimate, paired_difference
from experiments.outcomes import OUTCOMES, LifeTable
from experiments.provenance import BASE
from simulation.events import CAUSES
from simulation.scenario import Scenario

WORLDS, AGES = 12, 60


def life(seed, hazard=0.05, worlds=WORLDS):
    generator = np.random.default_rng(seed)
    risk, deaths = np.zeros((worlds, AGES), dtype=np.int64), np.zeros((worlds, len(CAUSES), AGES), dtype=np.int64)
    left = np.full(worlds, 50)
    for age in range(AGES):
        died = generator.binomial(left, hazard)
        risk[:, age], deaths[:, :, age] = left, generator.multinomial(died, np.full(len(CAUSES), 1 / len(CAUSES)))
        left = left - died
    return LifeTable(risk, deaths)


def graph():
    made = nx.gnm_random_graph(12, 14, seed=1)
    for node in made:
        made.nodes[node].update(name=f"firm <{node}>", strategy="sharer", alliance_function=node == 3)
    nx.set_edge_attributes(made, 0.6, "trust")
    return made


@pytest.fixture
def scenario():
    return Scenario(name="small_world").with_(
        {"firms.count": 12, "time.quarters": AGES, "time.warm_up_quarters": 10, "trust.initial": 0.5}
    )


@pytest.fixture
def run(scenario):
    living = np.linspace(20, 14, AGES)
    return SimpleNamespace(
        scenario=scenario,
        seed=7,
        world=3,
        quarters=AGES,
        series=lambda name: living,
        graph_at=lambda quarter=None: graph(),
    )


@pytest.fixture
def summary():
    return {
        "scenario": "small_world",
        "seed": 7,
        "world": 3,
        "quarters": AGES,
        "firms": 12,
        "alliances_formed": 1234,
        "alliances_ended": 40,
        "alliances_alive": 14,
        "survival": {"12": 0.55, "20": 0.36, "28": None},
        "median_life_quarters": 14.2,
        "endings": {cause: 1 / len(CAUSES) for cause in CAUSES},
        "regimes": {"no_deal": 0.1, "dilemma": 0.5, "harmony": 0.4},
        "mean_trust": 0.5,
        "reciprocity": 0.8,
        "mean_fit": None,
        "failed_firms": 2,
        "shocks": 30,
        "breaches": 1,
    }


@pytest.fixture
def one_life():
    whole = life(1)
    return LifeTable(whole.at_risk[0], whole.deaths[0])


def comparison_of(scenario, arms):
    scenarios = {BASE: scenario} | {name: scenario.with_(changes) for name, changes in arms.items()}
    generator = np.random.default_rng(3)
    luck = {name: generator.uniform(0.2, 0.6, WORLDS) for name in OUTCOMES}
    table = {
        arm: {name: values + 0.05 * rank + 0.01 * generator.normal(size=WORLDS) for name, values in luck.items()}
        for rank, arm in enumerate(scenarios)
    }
    table[BASE]["median_life_quarters"][:] = np.nan
    differences = [
        paired_difference(table[BASE][name], table[arm][name], arm, name)
        for arm in list(scenarios)[1:]
        for name in OUTCOMES
    ]
    return SimpleNamespace(
        scenarios=scenarios,
        seed=5,
        worlds=WORLDS,
        table=table,
        differences=differences,
        failures=[],
        arms={arm: {name: estimate(values) for name, values in row.items()} for arm, row in table.items()},
        life={arm: life(rank, 0.05 - 0.005 * rank) for rank, arm in enumerate(scenarios)},
        series={arm: 20 + generator.normal(size=(WORLDS, AGES)) for arm in scenarios},
        examples={arm: SimpleNamespace(graph_at=graph) for arm in scenarios},
        sentence=lambda: "41 of 100 alliances live five years. With managed, 52 (+11, 95 % +9 to +13).",
    )


@pytest.fixture
def comparison(scenario):
    return comparison_of(
        scenario, {"managed <&> more": {"firms.alliance_function_share": 0.5}, "flexible": {"firms.flexibility": 1.0}}
    )


def sweep_of(scenario, vary):
    cells = list(itertools.product(*vary.values()))
    columns = {key: np.array([cell[k] for cell in cells], dtype=object) for k, key in enumerate(vary)}
    for rank, name in enumerate(OUTCOMES):
        mean = np.linspace(0.2, 0.7, len(cells)) + 0.001 * rank
        columns |= {name: mean, f"{name}_low": mean - 0.02, f"{name}_high": mean + 0.02}
    return SimpleNamespace(
        design=SimpleNamespace(base=scenario, vary=vary, kind="factorial"),
        seed=2,
        worlds=20,
        columns=lambda: columns,
        failures=[{}] * 3,
    )


@pytest.fixture
def sweep(scenario):
    return sweep_of(scenario, {"environment.shock_rate": (0.0, 0.1, 0.2), "trust.initial": (0.3, 0.5, 0.7, 0.9)})


@pytest.fixture
def make_sweep(scenario):
    return lambda vary: sweep_of(scenario, vary)
