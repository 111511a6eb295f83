"""What-if branches: same past, same luck; copies and pickles run on exactly alike."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from scenarios import load
from simulation import Run, Scenario, simulate
from simulation.mesa_model import AllianceModel
from simulation.problems import InputError

SMALL: dict[str, Any] = {"firms__count": 30, "time__quarters": 40, "time__warm_up_quarters": 0}
SCRIPTED: dict[str, Any] = {
    "environment__events": [{"quarter": 20, "kind": "demand_slump", "magnitude": 0.8}, {"quarter": 3, "every": 4}],
    "interventions": [{"quarter": 10, "to": {"goal": 0.5}}, {"quarter": 22, "share": 0.5, "to": {"capital": 30.0}}],
}
TWINS = {
    "fork": lambda model: model.fork(),
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
}


def same(one: Run, other: Run) -> bool:
    parts = [(*run.events, run.records, *run.firms, *run.alliances) for run in (one, other)]
    return all(a.tobytes() == b.tobytes() for a, b in zip(*parts, strict=True))


def stepped(quarters: int, **others: Any) -> AllianceModel:
    model = AllianceModel(**{"rng": 6} | SMALL | others)
    for _ in range(quarters):
        model.step()
    return model


def by_trust(seen: Any) -> Any:
    return np.where(np.isnan(seen.own_last), seen.trust, 0.5 * seen.own_last + 0.5 * seen.trust)


def trusts(firm: Any) -> float:
    return sum(sum(alliance.trust) for alliance in firm.alliances)


@pytest.mark.parametrize("twin", TWINS.values(), ids=TWINS)
@pytest.mark.parametrize(
    "others",
    [
        {},
        SCRIPTED,
        {"policies": {"reciprocator": by_trust}},
        {"agent_reporters": {"trust": trusts}},
    ],
    ids=["plain", "scripted", "policies", "reporters"],
)
@pytest.mark.parametrize("watched", [False, True])
def test_a_twin_runs_on_alike_and_apart(twin: Any, others: dict[str, Any], watched: bool) -> None:
    model = stepped(15, **others)
    if watched:
        model.agents.shuffle(inplace=True)
        model.firms[3].colour = "red"
        assert model.graph.number_of_nodes() == 30
    branch = twin(model)
    before = branch.result()
    model.run_model()
    assert same(branch.result(), before), "the original ran on, the branch stands still"
    branch.run_model()
    assert same(branch.result(), model.result())
    assert branch.steps == model.steps == model.settings.time.quarters
    assert branch.datacollector.model_vars == model.datacollector.model_vars
    assert branch.random.random() == model.random.random()
    assert branch.rng.random() == model.rng.random()
    if watched:
        assert [firm.seat for firm in branch.agents] == [firm.seat for firm in model.agents]
        assert branch.firms[3].colour == "red"
        assert branch.firms[3].model is branch
        assert all(firm is branch.firms[firm.seat] for firm in branch.agents)


def test_the_twin_is_the_world_of_simulate() -> None:
    branch = pickle.loads(pickle.dumps(stepped(15).fork()))
    branch.run_model()
    assert same(branch.result(), simulate(Scenario().with_(**SMALL), seed=6))


def test_a_change_acts_from_now_on() -> None:
    model = stepped(20)
    branch = model.fork(environment__shock_rate=0.5)
    assert branch.settings.environment.shock_rate == 0.5 != model.settings.environment.shock_rate
    model.run_model()
    branch.run_model()
    ran, would_have = model.result(), branch.result()
    np.testing.assert_array_equal(would_have.records[:20], ran.records[:20])
    assert would_have.series("shocks")[20:].sum() > ran.series("shocks")[20:].sum()


def test_a_fork_before_the_first_quarter_is_another_scenario_if_nothing_of_it_is_founded() -> None:
    branch = stepped(0).fork(**{"exit.base_hazard": 0.1, "environment.shock_rate": 0.2})
    branch.run_model()
    changed = Scenario().with_({"exit.base_hazard": 0.1, "environment.shock_rate": 0.2}, **SMALL)
    assert same(branch.result(), simulate(changed, seed=6))


def test_what_is_scripted_later_comes_as_if_it_had_always_been_there() -> None:
    event = {"quarter": 25, "kind": "demand_slump", "scope": "global", "magnitude": 0.9}
    rescue = {"quarter": 22, "share": 0.5, "to": {"capital": 30.0}}
    changes = {"environment.events": [event], "interventions": [rescue]}
    branch = stepped(20).fork(**changes)
    branch.run_model()
    assert same(branch.result(), simulate(Scenario().with_(changes, **SMALL), seed=6))


def test_a_branch_may_be_longer_or_shorter() -> None:
    model = stepped(40)
    assert not model.running
    longer = model.fork(time__quarters=60)
    assert longer.running
    longer.run_model()
    assert same(longer.result(), simulate(Scenario().with_(**SMALL | {"time__quarters": 60}), seed=6))
    assert len(longer.datacollector.get_model_vars_dataframe()) == 60
    shorter = stepped(10).fork(time__quarters=10)
    assert not shorter.running


def test_policies_can_begin_and_end_with_a_branch() -> None:
    model = stepped(20)
    selfish = model.fork(policies={name: lambda seen: 0.0 for name in model.settings.strategies})
    selfish.step()
    assert selfish.mean_sharing == 0.0  # type: ignore[attr-defined]
    cured, model = selfish.fork(policies={}), selfish
    cured.step()
    model.step()
    assert cured.mean_sharing > 0.0 == model.mean_sharing  # type: ignore[attr-defined]


def test_a_new_row_of_the_strategy_table_can_be_added() -> None:
    rows = {name: row.model_dump() for name, row in Scenario().strategies.items()} | {"fair": {"base": 0.5}}
    switch = {"quarter": 21, "strategy": "hoarder", "to": {"strategy": "fair"}}
    branch = stepped(20).fork(strategies=rows, interventions=[switch])
    before = {firm.strategy for firm in branch.firms}
    branch.step()
    branch.step()
    assert {firm.strategy for firm in branch.firms} - before == {"fair"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"firms__count": 31}, "firms.count: is settled when a world is built"),
        ({"firms__sectors": 3}, "firms.sectors: is settled"),
        ({"network__degree": 2}, "network: is settled"),
        ({"time__warm_up_quarters": 5}, "time.warm_up_quarters: is settled"),
        ({"time__quarters": 19}, "time.quarters: 19 quarters, but 20 have been run"),
        ({"interventions": [{"quarter": 19, "to": {"goal": 0.5}}]}, "interventions: .* before quarter 20"),
        ({"environment__events": [{"quarter": 3}]}, "environment.events: .* before quarter 20"),
        ({"environment__shokc_rate": 0.5}, "environment.shokc_rate: .*shock_rate"),
        ({"environment__shock_rate": 2.0}, "environment.shock_rate"),
    ],
)
def test_what_cannot_change_any_more_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        stepped(20).fork(**changes)


def test_rows_of_the_strategy_table_cannot_leave() -> None:
    model = stepped(20)
    rows = {name: row.model_dump() for name, row in reversed(model.settings.strategies.items())}
    with pytest.raises(InputError, match="strategies: rows cannot leave or change places"):
        model.fork(strategies=rows)


def test_what_is_as_it_was_may_be_named() -> None:
    model = stepped(3, scenario=load("rescue"), time__quarters=240)
    branch = model.fork(firms__count=30, network=model.settings.network.model_dump())
    assert branch.settings.digest == model.settings.digest


def test_recurring_shocks_may_begin_in_the_past_and_strike_from_now_on() -> None:
    event = {"quarter": 0, "every": 1, "kind": "demand_slump", "scope": "global", "magnitude": 0.9}
    branch = stepped(20).fork(environment__events=[event])
    branch.step()
    assert branch.shocks == 30.0  # type: ignore[attr-defined]
