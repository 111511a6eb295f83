"""Interventions reach whom they name, set what they say, are logged, and book what they cost; entrants are none of them."""

import hashlib
from typing import Any

import networkx as nx
import numpy as np
import pytest

from simulation import Run, Scenario, simulate
from simulation.draws import Purpose
from simulation.engine import run_world
from simulation.events import INTERVENED
from simulation.interventions import chosen_firms, intervene
from simulation.lots import pair_lots
from simulation.problems import InputError
from simulation.records import FLOW_INCOME
from simulation.world import World, build_world, with_graph

COUNT = 24
SMALL = Scenario().with_(
    {
        "firms.count": COUNT,
        "firms.sectors": 3,
        "time.quarters": 20,
        "time.warm_up_quarters": 0,
        "environment.shock_rate": 0.1,
    }
)
WHEN = 7


def doing(*orders: dict[str, Any], base: Scenario = SMALL) -> Scenario:
    """The small world with interventions, at quarter WHEN if they name none."""
    return base.with_({"interventions": [{"quarter": WHEN, **order} for order in orders]})


def at(scenario: Scenario, quarter: int = WHEN, seed: int = 3) -> World:
    """A world that has run up to a quarter, interventions before it included."""
    return run_world(build_world(scenario, seed=seed), quarter)


def digest(run: Run, quarters: int) -> str:
    before = run.events.quarter < quarters
    parts = [column[before] for column in run.events] + [run.records[:quarters]]
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


TRAITS = {
    "flexibility": 0.91,
    "absorptive_capacity": 0.17,
    "alliance_function": True,
    "activity": 3.5,
    "goal": 0.02,
    "reputation": 0.83,
    "capital": 17.0,
    "openness": 0.6,
}


@pytest.mark.parametrize("trait", TRAITS)
def test_each_trait_is_set_at_its_quarter_for_those_named_and_nobody_else(trait: str) -> None:
    world = at(doing({"firms": [2, 5], "to": {trait: TRAITS[trait]}}))
    before = getattr(world.firms, trait).copy()
    intervene(world)
    now = getattr(world.firms, trait)
    chosen = world.firms.row[[2, 5]]
    assert (now[chosen] == TRAITS[trait]).all()
    others = np.setdiff1d(np.arange(COUNT), chosen)
    np.testing.assert_array_equal(now[others], before[others])
    for name, ours, theirs in zip(world.firms._fields, world.firms, at(SMALL).firms, strict=True):
        if name not in (trait, "founding_capacity" if trait == "absorptive_capacity" else ""):
            np.testing.assert_array_equal(ours, theirs, err_msg=f"{name} is not what was set")


def test_capacity_is_also_the_level_that_it_reverts_to() -> None:
    world = at(doing({"to": {"absorptive_capacity": 0.4}}))
    intervene(world)
    assert (world.firms.founding_capacity == 0.4).all()


def test_a_strategy_is_a_row_and_leaves_capacity_alone() -> None:
    world = at(doing({"to": {"strategy": "learning_racer"}}))
    before = world.firms.absorptive_capacity.copy()
    intervene(world)
    assert (world.firms.strategy == list(SMALL.strategies).index("learning_racer")).all()
    np.testing.assert_array_equal(world.firms.absorptive_capacity, before)


def test_nothing_changes_before_the_quarter_and_something_does_from_then_on() -> None:
    with_it, without = simulate(doing({"to": {"strategy": "hoarder"}})), simulate(SMALL)
    assert digest(with_it, WHEN) == digest(without, WHEN)
    assert with_it.series("mean_sharing")[WHEN] < without.series("mean_sharing")[WHEN]


def seats_of(world: World, order: dict[str, Any]) -> list[int]:
    """Seats that an order would reach in this world."""
    intervention = doing(order, base=world.scenario).interventions[0]
    return world.firms.seat[chosen_firms(world, intervention, 0)].tolist()


def test_filters_narrow_each_other_and_seats_come_in_order() -> None:
    world = at(SMALL)
    sector = world.firms.sector[world.firms.row]
    sharer = world.firms.strategy[world.firms.row] == list(SMALL.strategies).index("reciprocator")
    any_trait = {"to": {"goal": 0.5}}
    assert seats_of(world, any_trait) == list(range(COUNT))
    assert seats_of(world, any_trait | {"firms": [9, 1, 4, 1]}) == [1, 4, 9]
    assert seats_of(world, any_trait | {"sector": 1}) == np.flatnonzero(sector == 1).tolist()
    assert seats_of(world, any_trait | {"strategy": "reciprocator"}) == np.flatnonzero(sharer).tolist()
    both = np.flatnonzero(sharer & (sector == 1))
    assert 0 < len(both) < sharer.sum()
    assert seats_of(world, any_trait | {"strategy": "reciprocator", "sector": 1}) == both.tolist()
    few = both[both < 12]
    assert (
        seats_of(world, any_trait | {"strategy": "reciprocator", "sector": 1, "firms": list(range(12))}) == few.tolist()
    )


def test_firms_go_by_the_names_of_the_network_too() -> None:
    graph = nx.Graph([("Acme", "Brill"), ("Brill", "Cogs")])
    world = build_world(doing({"firms": ["Cogs", 0], "to": {"goal": 1.0}}, base=with_graph(SMALL, graph)))
    assert world.firms.seat[chosen_firms(world, world.scenario.interventions[0], 0)].tolist() == [0, 2]


def test_a_share_is_drawn_by_addressed_lots_and_rounded_to_the_nearest_firm() -> None:
    world = at(SMALL)
    identity = world.firms.identity[world.firms.row]
    for position, sector in ((0, None), (1, None), (0, 2)):
        candidates = (
            np.arange(COUNT) if sector is None else np.flatnonzero(world.firms.sector[world.firms.row] == sector)
        )
        address = (world.key, WHEN, int(Purpose.INTERVENTION), identity[candidates], np.full(len(candidates), position))
        ranked = candidates[np.argsort(pair_lots(*address))]
        for share in (0.0, 0.02, 0.0209, 0.25, 0.5, 1.0):
            order = {"share": share, "sector": sector, "to": {"goal": 1.0}}
            chosen = chosen_firms(world, doing(order).interventions[0], position)
            many = int(np.floor(share * len(candidates) + 0.5))
            assert world.firms.seat[chosen].tolist() == sorted(ranked[:many].tolist()), (
                "more share, the same and others"
            )


def test_entrants_are_not_affected() -> None:
    base = SMALL.with_(
        {"firms.flexibility": 0.5, "firms.flexibility_spread": 0.0, "firms.initial_capital": 0.5, "time.quarters": 60}
    )
    run = simulate(doing({"to": {"flexibility": 0.9}}, base=base))
    new, old = run.firms.identity >= COUNT, run.firms.identity < COUNT
    assert old.any()
    entered = run.events.first[(run.events.kind == 5) & (run.events.quarter >= WHEN)]
    later = new & np.isin(run.firms.identity, entered)
    assert later.any()
    assert (run.firms.flexibility[later] == 0.5).all()
    assert (run.firms.flexibility[~later] == 0.9).all()


def test_each_firm_chosen_is_logged_first_thing_in_its_quarter() -> None:
    orders = (
        {"firms": [3, 1], "to": {"goal": 0.2}},
        {"quarter": 9, "to": {"goal": 0.3}},
        {"share": 0.0, "to": {"goal": 0.4}},
    )
    run = simulate(doing(*orders))
    log = run.events
    told = np.flatnonzero(log.kind == INTERVENED)
    identity = at(SMALL).firms.identity[at(SMALL).firms.row]
    assert log.first[told][:2].tolist() == identity[[1, 3]].tolist()
    assert log.quarter[told].tolist() == [WHEN] * 2 + [9] * COUNT
    assert log.detail[told].tolist() == [0] * 2 + [1] * COUNT
    assert (log.second[told] == -1).all()
    assert (log.about[told] == -1).all()
    assert (log.value[told] == 0.0).all()
    for quarter in (WHEN, 9):
        kinds = log.kind[log.quarter == quarter]
        assert (np.diff((kinds == INTERVENED).astype(int)) <= 0).all(), "before all else of the quarter"


def test_several_in_a_quarter_follow_the_order_of_the_scenario() -> None:
    orders = ({"strategy": "sharer", "to": {"strategy": "hoarder"}}, {"strategy": "hoarder", "to": {"goal": 1.0}})
    world = at(doing(*orders))
    names = list(SMALL.strategies)
    met = np.isin(world.firms.strategy, [names.index("sharer"), names.index("hoarder")])
    intervene(world)
    assert (world.firms.strategy[met] == names.index("hoarder")).all()
    assert (world.firms.goal[met] == 1.0).all(), "those who had just been turned are hoarders by then"


def test_capital_given_is_booked_as_income() -> None:
    given, without = at(doing({"sector": 1, "to": {"capital": 50.0}})), at(SMALL)
    chosen = given.firms.sector == 1
    before = given.firms.capital.copy()
    intervene(given)
    assert given.flows[FLOW_INCOME] == pytest.approx((50.0 - before[chosen]).sum(), rel=1e-12)
    run_world(given, WHEN + 1)
    run_world(without, WHEN + 1)
    line, other = Run.of(given).frame().loc[WHEN], Run.of(without).frame().loc[WHEN]
    balance = before.sum() + line["income"] - line["payout"] + line["entry_capital"] - line["failed_capital"]
    assert given.firms.capital.sum() == pytest.approx(balance, rel=1e-12)
    assert line["income"] > other["income"] + 40.0


def test_the_log_grows_when_much_is_done_at_once() -> None:
    orders = [{"quarter": 0, "to": {"goal": 0.01 * k}} for k in range(60)]
    run = simulate(doing(*orders))
    assert (run.events.kind == INTERVENED).sum() == 60 * COUNT


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"quarter": 20, "to": {"goal": 1.0}}, "quarter 20 is after the last, 19"),
        ({"sector": 3, "to": {"goal": 1.0}}, "sector 3 does not exist"),
        ({"strategy": "sharers", "to": {"goal": 1.0}}, 'did you mean "sharer"'),
        ({"to": {"strategy": "horder"}}, 'did you mean "hoarder"'),
        ({"firms": ["Acme"], "to": {"goal": 1.0}}, "no such firm Acme"),
        ({"firms": [24], "to": {"goal": 1.0}}, "firm 24 does not exist"),
        ({"to": {}}, "nothing is set"),
        ({"to": {"goal": 1.5}}, "goal"),
        ({"share": 1.5, "to": {"goal": 1.0}}, "share"),
    ],
)
def test_orders_that_make_no_sense_are_named(order: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        doing(order)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({}, "nothing is set"),
        ({"calm": True, "to": {"goal": 0.1}}, "different things to do"),
        ({"agree": "equity"}, "go together"),
        ({"between": [1, 2]}, "go together"),
        ({"between": [1, 1], "agree": "equity"}, "names two firms"),
        ({"between": [1, 2, 3], "agree": "equity"}, "names two firms"),
        ({"between": [1, 99], "agree": "equity"}, "firm 99 does not exist"),
        ({"between": [1, "Medici"], "agree": "equity"}, "no such firm Medici"),
        ({"between": [1, 2], "agree": "trust"}, "equity"),
        ({"calm": True, "share": 0.5}, "is read with to"),
        ({"calm": True, "sector": 7}, "sector 7 does not exist"),
        ({"between": [1, 2], "agree": "settlement", "sector": 0}, "is read with to"),
    ],
)
def test_what_cannot_be_done_is_said(order: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        doing(order)


def test_partners_who_are_not_allied_agree_on_nothing() -> None:
    base = SMALL.with_({"network.kind": "empty", "formation.rate": 0.0})
    run = simulate(doing({"between": [1, 2], "agree": "good_faith"}, base=base), seed=3)
    assert not (run.events.kind == INTERVENED).any()
