"""Firms and alliances as Mesa's agents: they show the arrays, own nothing, and refuse what an engine of arrays cannot do."""

from typing import Any

import mesa
import networkx as nx
import numpy as np
import pytest

from scenarios import load
from simulation.mesa_model import AllianceModel
from simulation.mesa_views import Alliance, Firm

SMALL: dict[str, Any] = {"firms__count": 30, "time__quarters": 60, "time__warm_up_quarters": 0}


def stepped(quarters: int, **others: Any) -> AllianceModel:
    model = AllianceModel(**{"rng": 6} | SMALL | others)
    for _ in range(quarters):
        model.step()
    return model


def test_agents_are_mesas_and_one_per_seat() -> None:
    model = stepped(3)
    assert isinstance(model, mesa.Model)
    assert all(isinstance(firm, mesa.Agent) for firm in model.agents)
    assert [firm.unique_id for firm in model.agents] == [firm.seat for firm in model.firms] == list(range(30))
    assert model.agent_types == [Firm]
    assert list(model.agents_by_type[Firm]) == list(model.agents) == list(model.firms)


def test_firms_show_the_arrays_as_they_are_now() -> None:
    model = stepped(5)
    for _ in range(2):
        state = model.state
        for firm in model.firms:
            row = state.firms.row[firm.seat]
            for name in ("capital", "income", "reputation", "absorptive_capacity", "flexibility", "openness", "activity",
                         "goal", "munificence", "identity", "sector", "degree", "alliance_function"):  # fmt: skip
                assert getattr(firm, name) == getattr(state.firms, name)[row]
                assert type(getattr(firm, name)) in (int, float, bool)
            np.testing.assert_array_equal(firm.knowledge, state.firms.knowledge[row])
            np.testing.assert_array_equal(firm.profile, state.firms.profile[row])
            assert firm.strategy == list(model.settings.strategies)[state.firms.strategy[row]]
            assert firm.name == f"firm {firm.seat}"
        model.step()


def test_agent_sets_select_and_count() -> None:
    model = stepped(5)
    rich = model.agents.select(lambda firm: firm.capital > 8.0)
    assert {firm.seat for firm in rich} == {firm.seat for firm in model.firms if firm.capital > 8.0}
    assert model.agents.get("capital") == [firm.capital for firm in model.firms]
    assert model.agents.agg("capital", np.mean) == pytest.approx(model.mean_capital, rel=1e-12)  # type: ignore[attr-defined]
    groups = model.agents.groupby("strategy").count()
    assert sum(groups.values()) == 30
    assert set(groups) <= set(model.settings.strategies)
    assert sum(model.agents.map(lambda firm: firm.degree)) == 2 * len(model.alliances)


@pytest.mark.parametrize("method", ["step", "advance"])
@pytest.mark.parametrize("how", ["do", "shuffle_do"])
def test_firms_take_no_step_of_their_own(how: str, method: str) -> None:
    with pytest.raises(RuntimeError, match=r"call model\.step\(\)"):
        getattr(stepped(1).agents, how)(method)


def test_what_is_read_cannot_be_set_and_copies_change_nothing() -> None:
    model = stepped(2)
    firm, alliance = model.firms[0], model.alliances[0]
    for view, name in ((firm, "capital"), (firm, "strategy"), (alliance, "fit"), (alliance, "trust")):
        with pytest.raises(
            AttributeError, match=f"{type(view).__name__}.{name} is read from the engine.*interventions"
        ):
            setattr(view, name, 1.0)
    with pytest.raises(AttributeError, match="cannot be set"):
        model.agents.set("capital", 1.0)
    before = firm.knowledge
    firm.knowledge[:] = 0.0
    np.testing.assert_array_equal(firm.knowledge, before)
    firm.colour = "red"  # what is the user's own stays with the view
    assert list(model.agents.select(lambda one: getattr(one, "colour", "") == "red")) == [firm]


def test_a_removed_view_leaves_the_firm() -> None:
    model, other = stepped(2), stepped(2)
    model.firms[4].remove()
    assert len(model.agents) == 29
    model.remove_all_agents()
    assert len(model.agents) == 0
    model.run_model()
    other.run_model()
    np.testing.assert_array_equal(model.result().records, other.result().records)


def test_an_agent_of_the_users_own_lives_beside_the_firms() -> None:
    class Regulator(mesa.Agent):  # type: ignore[misc, unused-ignore]
        pass

    model = stepped(1)
    regulator = Regulator(model)
    assert len(model.agents) == 31
    assert set(model.agent_types) == {Firm, Regulator}
    assert list(model.agents_by_type[Regulator]) == [regulator]
    model.step()


def test_an_entrant_takes_the_view_of_its_seat() -> None:
    model = stepped(0, firms__initial_capital=0.5)
    seen = {firm.seat: firm.identity for firm in model.firms}
    assert seen == {seat: seat for seat in range(30)}
    model.run_model()
    assert model.result().series("failed").sum() > 0
    for firm in model.firms:
        assert firm.identity == firm.seat + 30 * firm.generation
    assert sum(firm.generation for firm in model.firms) == model.result().series("failed").sum()


def test_alliances_show_the_table() -> None:
    model = stepped(8)
    run = model.result()
    assert len(model.alliances) == run.records[-1, 0] == len(run.alliances.fit)
    for place, alliance in enumerate(model.alliances):
        assert alliance.first.seat == run.firms.seat[run.alliances.first[place]]
        assert alliance.second.seat == run.firms.seat[run.alliances.second[place]]
        assert alliance.first.seat < alliance.second.seat
        assert alliance.age == 7 - run.alliances.born[place]
        for name in ("fit", "equity", "is_rival", "prior_ties"):
            assert getattr(alliance, name) == getattr(run.alliances, name)[place]
        for name in ("trust", "sharing", "payoff", "performance", "learned"):
            assert getattr(alliance, name) == tuple(getattr(run.alliances, name)[place])
        assert alliance in alliance.first.alliances
        assert alliance.second in alliance.first.partners
        assert alliance.first in alliance.second.partners
    for firm in model.firms:
        seats = [partner.seat for partner in firm.partners]
        assert seats == sorted(seats)
        assert len(seats) == firm.degree


def test_an_alliance_is_followed_until_it_ends() -> None:
    model = stepped(1, exit__base_hazard=0.3)
    followed = list(model.alliances)
    ages = {alliance: alliance.age for alliance in followed}
    model.step()
    assert {alliance.living for alliance in followed} == {True, False}
    for alliance in followed:
        if alliance.living:
            assert alliance.age == ages[alliance] + 1
        else:
            assert repr(alliance) == f"Alliance({alliance.number}, ended)"
            with pytest.raises(RuntimeError, match="has ended"):
                _ = alliance.fit


@pytest.mark.parametrize("name", ["baseline", "florentine", "turn_and_burn"])
def test_the_graph_is_that_of_the_run(name: str) -> None:
    model = AllianceModel(load(name), rng=3)
    for _ in range(3):
        for _ in range(7):
            model.step()
        graph, expected = model.graph, model.result().graph_at()
        assert graph is model.graph, "built once a quarter"
        assert nx.utils.graphs_equal(graph, expected)
        assert graph.graph == expected.graph


def test_the_graph_before_the_first_quarter_is_the_initial_network() -> None:
    model = AllianceModel("florentine", rng=3)
    families = sorted(nx.florentine_families_graph())
    expected = nx.relabel_nodes(nx.florentine_families_graph(), {name: seat for seat, name in enumerate(families)})
    assert {tuple(sorted(edge)) for edge in model.graph.edges} == {tuple(sorted(edge)) for edge in expected.edges}
    assert model.graph.nodes[0]["name"] == families[0]
    assert model.graph.graph["quarter"] == -1


def test_views_say_what_they_are() -> None:
    model = stepped(1)
    firm = model.firms[2]
    assert repr(firm) == f"Firm(2, 'firm 2', {firm.strategy}, sector {firm.sector}, capital {firm.capital:.2f})"
    alliance = model.alliances[0]
    assert repr(alliance) == (
        f"Alliance({alliance.first.name!r}, {alliance.second.name!r}, age {alliance.age}, fit {alliance.fit:.2f})"
    )
    assert alliance == Alliance(model, alliance.number) != model.alliances[1]
    assert alliance != Alliance(model.fork(), alliance.number)
