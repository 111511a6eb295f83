"""What people hand to the engine from Python: right things work, wrong ones are named."""

from typing import Any

import networkx as nx
import numpy as np
import pytest

from simulation import Scenario, simulate
from simulation.problems import InputError

SMALL = Scenario().with_(firms__count=12, time__quarters=20, time__warm_up_quarters=5)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: simulate("baseline"), "is not a Scenario"),  # type: ignore[arg-type]
        (lambda: simulate(SMALL, graph=[(1, 2)]), "list is not a networkx graph"),  # type: ignore[arg-type]
        (lambda: simulate(SMALL, graph=nx.Graph([(0, 0)])), "tied to itself"),
        (lambda: simulate(SMALL, graph=nx.Graph([(0, 1, {"governance": ["equity"]})])), "neither"),
        (lambda: simulate(SMALL, graph=nx.Graph([(0, 1, {"governance": "trust"})])), "neither"),
        (lambda: simulate(SMALL, graph=nx.Graph([(0, 1, {"age": 1.5})])), "whole number of quarters"),
        (lambda: simulate(SMALL, graph=nx.empty_graph(1)), "at least 2"),
        (lambda: simulate(SMALL).graph_at("3"), "'3' is not a quarter"),  # type: ignore[arg-type]
        (lambda: simulate(SMALL).graph_at(3.5), "3.5 is not a quarter"),  # type: ignore[arg-type]
        (lambda: SMALL.with_("firms.count=3"), "is not a dict"),  # type: ignore[arg-type]
        (lambda: SMALL.with_(network__degree=5), "must be even for watts_strogatz"),
        (
            lambda: SMALL.with_({"network.kind": "barabasi_albert", "network.degree": 3}),
            "must be even for barabasi_albert",
        ),
    ],
)
def test_wrong_things_are_named(call: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        call()


@pytest.mark.parametrize("extra", [{"scope": "global", "sector": 1}, {"scope": "sector", "sector": 1, "firm": 3}])
def test_an_event_names_nobody_whom_its_scope_does_not_read(extra: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="is read for scope"):
        Scenario.of({"environment": {"events": [{"quarter": 3, **extra}]}})


def test_ties_that_stand_there_twice_are_refused() -> None:
    with pytest.raises(InputError, match="0-1 is there twice"):
        Scenario.of({"network": {"kind": "file", "ties": [{"first": 0, "second": 1}, {"first": 1, "second": 0}]}})


def test_numbers_of_numpy_are_numbers() -> None:
    changed = SMALL.with_({"firms.count": np.int64(30), "trust.initial": np.float32(0.5)})
    assert (changed.firms.count, changed.trust.initial) == (30, 0.5)


def test_a_copy_with_other_settings_is_another_world() -> None:
    before = simulate(SMALL)
    assert SMALL.digest
    copy = SMALL.model_copy(update={"trust": SMALL.trust.model_copy(update={"initial": 0.9})})
    assert copy.digest != SMALL.digest
    assert simulate(copy).series("mean_trust")[-1] != before.series("mean_trust")[-1]


def test_a_graph_goes_out_and_in_with_its_governance_and_is_measured_from_the_first_quarter() -> None:
    graph = simulate(SMALL).graph_at()
    run = simulate(SMALL.with_(time__quarters=6), graph=graph)
    spells = run.spells()
    first = spells.entered == 0
    known = {tuple(sorted(edge)): data["equity"] for *edge, data in graph.edges(data=True)}
    started = {
        (int(a % 12), int(b % 12)): bool(equity)
        for a, b, equity, old in zip(spells.first, spells.second, spells.equity, first, strict=True)
        if old and (int(a % 12), int(b % 12)) in known
    }
    assert started == known
    assert run.scenario.time.warm_up_quarters == 0
