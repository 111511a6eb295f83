"""What each kind of shock does, and whom each scope hits, in small worlds where nothing else happens."""

from typing import Any, get_args

import networkx as nx
import numpy as np
import pytest

from simulation import Run, Scenario, simulate
from simulation.draws import Purpose
from simulation.engine import run_world
from simulation.events import ENTERED, FAILED, FORMED, SHOCK
from simulation.lots import pair_lots
from simulation.scripted import ShockKind, ShockScope
from simulation.world import World, build_world, with_graph

KINDS, SCOPES = get_args(ShockKind), get_args(ShockScope)
SHAKING = ("competence_destroying", "demand_slump", "strategy_shift")
DECAY = 1e-6  # the least that a scenario may say
WHEN, SIZE = 3, 0.6
SCRIPTED = 1 << 20  # number of the first scripted shock

STILL: dict[str, Any] = {
    "firms.count": 12, "firms.sectors": 2, "time.quarters": 12, "time.warm_up_quarters": 0, "firms.initial_capital": 1e4,
    "firms.least_capital": -1e12, "firms.alliance_function_share": 0.0, "firms.flexibility": 0.4,
    "firms.flexibility_spread": 0.0, "formation.rate": 0.0, "exit.base_hazard": 0.0, "exit.completion": 0.0,
    "exit.racer_chance": 0.0, "fit.rate": 0.0, "fit.goal_pull": 0.0, "fit.blindness": 0.3, "renegotiation.attempt": 0.0,
    "knowledge.absorption": 0.0, "knowledge.decay": DECAY, "knowledge.research": 1e-6, "knowledge.strengthening": 0.0,
    "knowledge.erosion": 0.0, "environment.shock_rate": 0.0, "environment.complexity": 1.0, "environment.wave_height": 0.0,
    "environment.munificence": 1.0, "environment.munificence_reversion": 0.25, "environment.slump_depth": 0.5,
    "environment.obsolescence": 0.2, "environment.enhancement": 0.3, "environment.switching": 1.0,
    "environment.displacement": 1.0, "environment.regulation_reversion": 0.1, "environment.demand_spread": 0.7,
    "fit.goal_shock": 0.2, "strategies": {"giver": {"share": 1.0, "base": 0.5}},
}  # fmt: skip


def still(**changes: Any) -> Scenario:
    return Scenario().with_(STILL | {name.replace("__", "."): value for name, value in changes.items()})


def shocked(kind: str, scope: str = "global", base: Scenario | None = None, **event: Any) -> Scenario:
    """The still world with one scripted shock."""
    one = {"quarter": WHEN, "kind": kind, "scope": scope, "magnitude": SIZE, **event}
    return (base or still()).with_({"environment.events": [one]})


def around(scenario: Scenario, seed: int = 2) -> tuple[World, World]:
    """The same world just before the shock, and after its quarter."""
    return (
        run_world(build_world(scenario, seed=seed), WHEN),
        run_world(build_world(scenario, seed=seed), WHEN + 1),
    )


def told(run: Run) -> dict[int, list[int]]:
    """Quarter -> seats of the firms whose shock was logged."""
    log, count = run.events, len(run.names)
    hit = log.kind == SHOCK
    return {int(q): sorted((log.first[hit & (log.quarter == q)] % count).tolist()) for q in np.unique(log.quarter[hit])}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_noticed_but_only_shaking_ones_move_goals_and_fit(kind: str) -> None:
    before, after = around(shocked(kind, base=still(environment__displacement=0.0)))
    firms = after.firms
    assert (firms.noticed == SIZE).all()
    assert (firms.noticed_kind == KINDS.index(kind)).all()
    assert (firms.last_shock == WHEN).all()
    rows, shaking = after.counters.rows[0], kind in SHAKING
    assert ((firms.felt == SIZE) if shaking else (firms.felt == 0.0)).all()
    assert (firms.goal != before.firms.goal).any() == shaking
    mean_trust = before.alliances.trust[:rows].mean(axis=1)
    lost = SIZE * (1 - 0.4 * (1 - 0.3 * mean_trust**2)) if shaking else 0.0
    np.testing.assert_allclose(after.alliances.fit[:rows], before.alliances.fit[:rows] * (1 - lost), rtol=1e-12)
    np.testing.assert_allclose(after.alliances.lost_fit[:rows], before.alliances.fit[:rows] * lost, atol=1e-12)
    log = after.log
    logged = np.flatnonzero(log.kind[: after.counters.logged[0]] == SHOCK)
    assert log.first[logged].tolist() == firms.identity[firms.row].tolist()
    assert set(log.detail[logged]) == {KINDS.index(kind)}
    assert set(log.value[logged]) == {SIZE}


@pytest.mark.parametrize(("kind", "setting"), [("competence_destroying", 0.2), ("competence_enhancing", 0.3)])
def test_moving_markets_cost_or_bring_knowledge_in_domains_that_fell_or_rose(kind: str, setting: float) -> None:
    before, after = around(shocked(kind))
    old, new = before.environment.demand, after.environment.demand
    np.testing.assert_allclose(new.sum(axis=1), 1.0, rtol=1e-12)
    drawn = (new - (1 - SIZE) * old) / SIZE
    assert (drawn > 0).all(), "part of the way to another market"
    if kind == "competence_destroying":
        factor = 1 - setting * np.maximum(0.0, 1 - new / old)
    else:
        factor = 1 + setting * np.maximum(0.0, 1 - old / new)
    sector = before.firms.sector
    research = 4e-6 * before.firms.profile.max()  # what a quarter adds at most
    expected = before.firms.knowledge * factor[sector] * (1 - DECAY)
    np.testing.assert_allclose(after.firms.knowledge, expected, atol=2 * research, rtol=1e-12)
    assert (factor != 1.0).any()


def test_a_slump_lowers_demand_which_then_recovers_by_its_speed() -> None:
    level = simulate(shocked("demand_slump")).series("munificence")
    expected = [1.0] * WHEN + [1 - 0.5 * SIZE]
    while len(expected) < 12:
        expected.append(expected[-1] + 0.25 * (1 - expected[-1]))
    np.testing.assert_allclose(level, expected, rtol=1e-12)


@pytest.mark.parametrize("kind", ["dearer_coordination", "rival_ban", "leakage_protection"])
def test_regulation_grips_at_once_and_loses_its_grip(kind: str) -> None:
    world = run_world(build_world(shocked(kind), seed=2))
    place = ("dearer_coordination", "rival_ban", "leakage_protection").index(kind)
    np.testing.assert_allclose(world.firms.regulation[:, place], SIZE * 0.9 ** (11 - WHEN), rtol=1e-12)
    assert (np.delete(world.firms.regulation, place, axis=1) == 0.0).all()


def test_dearer_coordination_and_protection_change_what_alliances_cost() -> None:
    costs = still(environment__regulation_cost=0.8, environment__regulation_protection=0.5, formation__equity_share=0.0,
                  formation__equity_rival=0.0)  # fmt: skip
    (_, usual), (_, dearer), (_, safer) = (
        around(shocked(kind, base=costs, magnitude=size))
        for kind, size in (("rival_ban", SIZE), ("dearer_coordination", SIZE), ("leakage_protection", SIZE))
    )
    table, rows = usual.alliances, usual.counters.rows[0]
    gap = np.abs(usual.firms.goal[table.first[:rows]] - usual.firms.goal[table.second[:rows]])
    portfolio = 0.5 * (usual.firms.degree[table.first[:rows]] + usual.firms.degree[table.second[:rows]])
    value = costs.value
    coordination = value.coordination * (1 - table.fit[:rows] + gap) * (1 + value.coordination_portfolio * portfolio)
    more = dearer.alliances.cost[:rows] - table.cost[:rows]
    np.testing.assert_allclose(more, np.repeat(0.8 * SIZE * coordination[:, None], 2, axis=1), atol=1e-12)
    before, _ = around(shocked("rival_ban", base=costs))
    rate = value.leakage * (1 + value.leakage_rival * table.is_rival[:rows, None])
    leaked = rate * table.sharing[:rows] * (1 - before.alliances.trust[:rows])
    less = table.cost[:rows] - safer.alliances.cost[:rows]
    np.testing.assert_allclose(less, 0.5 * SIZE * leaked, atol=1e-12)


def test_under_a_full_ban_no_rivals_ally() -> None:
    lively = still(
        formation__rate=0.5, firms__count=40, environment__regulation_ban=10.0, environment__regulation_reversion=0.0
    )
    log = simulate(shocked("rival_ban", base=lively, magnitude=1.0)).events
    formed = (log.kind == FORMED) & (log.quarter > 0)
    rival = (log.detail & 1) == 1
    assert (formed & rival & (log.quarter < WHEN)).any()
    assert (formed & (log.quarter >= WHEN)).any()
    assert not (formed & rival & (log.quarter >= WHEN)).any()


def test_a_strategy_shift_draws_new_rows_for_its_part_of_the_firms() -> None:
    rows = {"old": {"share": 0.0, "base": 0.9, "absorptive_capacity": 0.3}, "new": {"share": 1.0, "base": 0.1}}
    many, size, switching = 2000, 0.5, 0.4
    base = still(firms__count=many, environment__switching=switching, strategies=rows, network__kind="empty")
    world = build_world(shocked("strategy_shift", base=base, magnitude=size), seed=2)
    world.firms.strategy[:] = 0
    world.firms.absorptive_capacity[:] = world.firms.founding_capacity[:] = 0.3
    run_world(world, WHEN)
    assert (world.firms.strategy == 0).all()
    run_world(world, WHEN + 1)
    lots = pair_lots(
        world.key, WHEN, int(Purpose.SWITCH), world.firms.identity, np.full(many, SCRIPTED, dtype=np.int64)
    )
    np.testing.assert_array_equal(world.firms.strategy == 1, lots < switching * size)
    chance = switching * size
    assert world.firms.strategy.mean() == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / many))
    assert (world.firms.absorptive_capacity == 0.3).all(), "a firm that changes its ways is not another firm"


def test_a_wave_of_entrants_drives_out_its_part_of_the_firms() -> None:
    many, size, displacement = 2000, 0.5, 0.4
    base = still(firms__count=many, environment__displacement=displacement, network__kind="empty")
    run = simulate(shocked("entrant_wave", base=base, magnitude=size), seed=2)
    log = run.events
    failed, entered = log.first[log.kind == FAILED], log.first[log.kind == ENTERED]
    chance = displacement * size
    assert len(failed) == pytest.approx(chance * many, abs=4 * np.sqrt(many * chance * (1 - chance)))
    assert (entered == failed + many).all(), "each seat has a new firm"
    assert set(log.quarter[log.kind == FAILED]) == {WHEN}
    everyone = simulate(shocked("entrant_wave", base=still(), magnitude=1.0)).series("failed")
    assert everyone.tolist() == [0.0] * WHEN + [12.0] + [0.0] * (11 - WHEN)


# --- scopes ---


def test_half_is_each_firm_with_chance_one_half_by_an_addressed_lot() -> None:
    many = 2000
    base = still(firms__count=many, network__kind="empty")
    run = simulate(shocked("demand_slump", "half", base=base), seed=2)
    world = build_world(base, seed=2)
    lots = pair_lots(world.key, WHEN, int(Purpose.HALF), np.arange(many), np.full(many, SCRIPTED, dtype=np.int64))
    assert told(run) == {WHEN: np.flatnonzero(lots < 0.5).tolist()}
    assert len(told(run)[WHEN]) == pytest.approx(many / 2, abs=4 * np.sqrt(many / 4))


@pytest.mark.parametrize("scope", ["local", "correlated", "half"])
def test_shocks_of_limited_reach_leave_the_markets_of_sectors_alone(scope: str) -> None:
    event = {} if scope == "half" else {"firm": 4}
    before, after = around(shocked("competence_destroying", scope, **event))
    np.testing.assert_array_equal(before.environment.demand, after.environment.demand)
    hit = after.firms.noticed > 0
    assert hit.any()
    lost = (after.firms.knowledge < 0.999 * before.firms.knowledge).any(axis=1)
    np.testing.assert_array_equal(lost, hit)


def tree() -> "nx.Graph[Any]":
    """Two parts: a chain 0-1-2-3-4 with a branch 2-5, and a pair 6-7; 8 stands alone."""
    graph = nx.path_graph(5)
    graph.add_edges_from([(2, 5), (6, 7)])
    graph.add_node(8)
    return graph


@pytest.mark.parametrize(("spread", "hit"), [(1.0, [0, 1, 2, 3, 4, 5]), (0.0, [4])])
def test_a_correlated_shock_takes_all_that_hangs_together_or_stays_where_it_began(
    spread: float, hit: list[int]
) -> None:
    base = with_graph(still(environment__spread=spread), tree())
    assert told(simulate(shocked("demand_slump", "correlated", base=base, firm=4))) == {WHEN: hit}


def test_a_correlated_shock_passes_ties_that_their_lots_open() -> None:
    graph, some = nx.gnm_random_graph(40, 60, seed=3), 0
    for spread in (0.3, 0.5, 0.7):
        base = with_graph(still(environment__spread=spread), graph)
        hit = told(simulate(shocked("demand_slump", "correlated", base=base, firm=0), seed=5))[WHEN]
        ties = np.array(sorted((min(tie), max(tie)) for tie in graph.edges))
        lots = pair_lots(build_world(base, seed=5).key, WHEN, int(Purpose.SPREAD), ties[:, 0], ties[:, 1])
        opened = nx.Graph(ties[lots < spread].tolist())
        opened.add_nodes_from(range(40))
        assert hit == sorted(nx.node_connected_component(opened, 0))
        some += 1 < len(hit) < 40
    assert some, "one at least was stopped on its way"


@pytest.mark.parametrize("scope", SCOPES)
def test_drawn_shocks_of_every_scope_come_at_their_rate(scope: str) -> None:
    """At rate 1 every quarter hits everyone (a half: half of them); at rate 0 nobody."""
    always = still(environment__shock_scope=scope, environment__shock_rate=1.0, environment__shock_kind="demand_slump",
                   firms__count=400, environment__shock_magnitude=0.4)  # fmt: skip
    hits = simulate(always).series("shocks")
    expected = 200 if scope == "half" else 400
    assert hits.tolist() == pytest.approx([expected] * 12, abs=4.5 * 10 if scope == "half" else 0)
    assert simulate(always.with_({"environment.shock_rate": 0.0})).series("shocks").sum() == 0


@pytest.mark.parametrize("scope", ["local", "correlated"])
def test_drawn_shocks_of_single_firms_strike_each_with_the_rate(scope: str) -> None:
    rate, many, quarters = 0.1, 500, 12
    base = still(environment__shock_scope=scope, environment__shock_rate=rate, firms__count=many, network__kind="empty",
                 environment__shock_kind="leakage_protection")  # fmt: skip
    hits = simulate(base).series("shocks").sum()
    assert hits == pytest.approx(rate * many * quarters, abs=4 * np.sqrt(rate * (1 - rate) * many * quarters))


# --- calendar, turbulence, waves, complexity ---


def test_an_event_may_come_back_and_the_largest_shock_is_the_one_noticed() -> None:
    events = [
        {"quarter": 2, "every": 4, "kind": "demand_slump", "magnitude": 0.3},
        {"quarter": 6, "scope": "local", "firm": 1, "kind": "rival_ban", "magnitude": 0.7},
        {"quarter": 6, "scope": "local", "firm": 2, "kind": "rival_ban", "magnitude": 0.3},
    ]
    run = simulate(still().with_({"environment.events": events}))
    assert told(run) == {2: list(range(12)), 6: list(range(12)), 10: list(range(12))}
    log = run.events
    at_six = (log.kind == SHOCK) & (log.quarter == 6)
    kinds = dict(zip(log.first[at_six].tolist(), log.detail[at_six].tolist(), strict=True))
    slump, ban = KINDS.index("demand_slump"), KINDS.index("rival_ban")
    assert kinds == {firm: ban if firm == 1 else slump for firm in range(12)}, "equal ones do not replace the first"


def test_turbulence_comes_and_goes_and_multiplies_the_rate() -> None:
    on = {"environment__turbulence_start": 1.0, "environment__turbulence_end": 1.0}
    assert simulate(still(**on)).series("turbulent").tolist() == [1.0, 0.0] * 6
    stays = still(environment__turbulence_start=1.0, environment__turbulence_end=0.0)
    assert (simulate(stays).series("turbulent") == 1.0).all()
    rare = still(**on, time__quarters=2000, environment__shock_rate=0.05, environment__shock_scope="global",
                 environment__shock_kind="leakage_protection", environment__turbulence_factor=5.0)  # fmt: skip
    run = simulate(rare)
    for turbulent, rate in ((1.0, 0.25), (0.0, 0.05)):
        struck = run.series("shocks")[run.series("turbulent") == turbulent] > 0
        assert struck.mean() == pytest.approx(rate, abs=4 * np.sqrt(rate * (1 - rate) / len(struck)))


@pytest.mark.parametrize("every", [0, 20])
def test_waves_lift_demand_as_a_squared_sine(every: int) -> None:
    wave = still(time__quarters=60, environment__munificence_reversion=1.0, environment__wave_height=0.8,
                 environment__wave_quarter=5, environment__wave_length=10, environment__wave_every=every)  # fmt: skip
    passed = np.arange(60.0) - 5
    if every:
        passed = np.where(passed >= 0, passed % every, passed)
    inside = (passed >= 0) & (passed < 10)
    expected = np.where(inside, 1 + 0.8 * np.sin(np.pi * passed / 10) ** 2, 1.0)
    np.testing.assert_allclose(simulate(wave).series("munificence"), expected, rtol=1e-12)


@pytest.mark.parametrize("complexity", [0.0, 0.4])
def test_only_some_domains_of_a_simple_market_move(complexity: float) -> None:
    before, after = around(shocked("competence_destroying", base=still(environment__complexity=complexity)))
    old, new = before.environment.demand, after.environment.demand
    for sector in range(2):
        addresses = np.full(8, SCRIPTED, dtype=np.int64), np.arange(8) + 8 * sector
        lots = pair_lots(before.key, WHEN, int(Purpose.SHOCK_DOMAIN), *addresses)
        moved = lots < complexity
        np.testing.assert_allclose(new[sector, ~moved], old[sector, ~moved], rtol=1e-15)
        np.testing.assert_allclose(new[sector, moved].sum(), old[sector, moved].sum(), rtol=1e-12)
        assert moved.sum() < 2 or (new[sector, moved] != old[sector, moved]).all()
