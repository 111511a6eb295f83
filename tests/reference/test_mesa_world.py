"""The Mesa model lives the engine's worlds event by event, and with Python's own luck the same kind of worlds."""

import math
import sys
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest

import scenarios
from simulation import Run, Scenario, simulate
from simulation.records import COLUMNS

pytest.importorskip("mesa", reason="Mesa is not installed")

# There is no __init__.py below tests/ and pytest leaves sys.path alone, so the folder of this file is put on it by hand.
# Likewise the folder of the benchmarks, for `against_mesa`.
sys.path.extend([str(Path(__file__).parent), str(Path(__file__).parents[1] / "benchmarks")])

import mesa_world.firm
from against_mesa import Plan, speedup_over_mesa
from mesa_world.model import MesaWorld
from reference_world.endings import exit_chance, utility_of_staying
from reference_world.small_worlds import small_world

QUICK, WORLDS = 20, 240  # small worlds that `make check` compares, and all
DRAWS = 4000  # of one kind, against the distribution that they should have
TOLERANCE = 1e-12  # of the larger of the number and 1: rounding, added up over some 30 quarters
SETTINGS = {"time.warm_up_quarters": 0, "network.kind": "erdos_renyi", "network.degree": 2}
FIRM = ("seat", "identity", "sector", "capabilities", "absorptive_capacity", "goal", "reputation", "capital",
        "munificence", "outside_option", "felt", "noticed", "income", "knowledge", "profile")  # fmt: skip
SIDE = ("trust", "ceiling", "observed", "sharing", "payoff", "cost", "performance", "learned")


def run(model: MesaWorld) -> MesaWorld:
    """All quarters of its scenario."""
    for _ in range(model.scenario.time.quarters):
        model.step()
    return model


def close(where: str, of_engine: object, of_mesa: object) -> None:
    """Equal but for rounding."""
    np.testing.assert_allclose(of_mesa, of_engine, rtol=TOLERANCE, atol=TOLERANCE, err_msg=where)


def agree(scenario: Scenario, seed: int, world: int) -> None:
    """Fail at the first event, record or state in which engine and Mesa model differ."""
    engine, model = simulate(scenario, seed=seed, world=world), run(MesaWorld(scenario, seed, world, addressed=True))
    where = f"{scenario.name}, seed {seed}, world {world}"
    lines = zip(*(column.tolist() for column in engine.events), strict=True)
    for number, (ours, theirs) in enumerate(zip_longest(lines, model.events)):
        line = f"{where}, event {number}: engine {ours}, Mesa {theirs}"
        assert ours is not None, line
        assert theirs is not None, line
        assert (*ours[:5], ours[6]) == (*theirs[:5], theirs[6]), line
        close(line, ours[5], theirs[5])
    collected = model.datacollector.get_model_vars_dataframe()
    assert tuple(collected.columns) == COLUMNS
    close(f"{where}, records", engine.records, collected.to_numpy(dtype=float))
    same_state(where, engine, model)


def same_state(where: str, engine: Run, model: MesaWorld) -> None:
    """Firms and alliances at the end, and the network that the Mesa model holds."""
    for row, firm in zip(engine.firms.row, model.firms, strict=True):
        for name in FIRM:
            close(f"{where}, seat {firm.seat}, {name}", getattr(engine.firms, name)[row], getattr(firm, name))
    assert set(model.agents) == set(model.firms), where
    seats = engine.firms.seat[np.stack([engine.alliances.first, engine.alliances.second])].T
    assert seats.tolist() == [list(alliance.seats) for alliance in model.alliances], where
    held = {tuple(sorted(pair)): alliance for *pair, alliance in model.graph.edges(data="alliance")}
    assert held == {alliance.seats: alliance for alliance in model.alliances}, where
    for row, alliance in enumerate(model.alliances):
        for name in ("fit", "potential", "lost_fit", "accord", "prior_ties", "equity"):
            close(f"{where}, {alliance.seats}, {name}", getattr(engine.alliances, name)[row], getattr(alliance, name))
        for k, side in enumerate((alliance.low, alliance.high)):
            for name in SIDE:
                value = getattr(engine.alliances, name)[row, k]
                close(f"{where}, {alliance.seats}, side {k}, {name}", value, getattr(side, name))


@pytest.mark.parametrize("number", range(QUICK))
def test_engine_and_mesa_model_agree(number: int) -> None:
    agree(small_world(number), seed=number, world=number)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(QUICK, WORLDS))
def test_engine_and_mesa_model_agree_on_many_more_worlds(number: int) -> None:
    agree(small_world(number), seed=number, world=number)


def test_engine_and_mesa_model_agree_where_they_are_timed() -> None:
    agree(Scenario().with_(SETTINGS | {"firms.count": 40, "time.quarters": 30}), seed=1, world=0)


@pytest.mark.slow
def test_engine_and_mesa_model_agree_on_the_baseline() -> None:
    agree(scenarios.load("baseline").with_({"time.quarters": 100}), seed=2, world=1)


@pytest.mark.slow
def test_with_pythons_own_luck_the_worlds_are_of_the_same_kind() -> None:
    """Means over independent worlds differ by at most four standard errors, in every column that is not constant."""
    scenario = Scenario().with_(SETTINGS | {"firms.count": 30, "time.quarters": 40})
    columns = [name for name in COLUMNS if name != "turbulent"]
    in_engine = np.array([simulate(scenario, seed=1, world=k).records.mean(axis=0) for k in range(400)])
    collected = [run(MesaWorld(scenario, seed=1, world=k)).datacollector for k in range(60)]
    in_mesa = np.array([table.get_model_vars_dataframe().to_numpy(dtype=float).mean(axis=0) for table in collected])
    for name in columns:
        ours, theirs = (worlds[:, COLUMNS.index(name)] for worlds in (in_engine, in_mesa))
        error = math.hypot(ours.std(ddof=1) / math.sqrt(len(ours)), theirs.std(ddof=1) / math.sqrt(len(theirs)))
        assert abs(ours.mean() - theirs.mean()) <= 4.0 * error, f"{name}: {ours.mean()} and {theirs.mean()} ± {error}"


def some_world() -> MesaWorld:
    """A small world with Python's own luck, its feeling-out stage over."""
    model = MesaWorld(Scenario().with_(SETTINGS | {"firms.count": 12, "time.quarters": 40}))
    for _ in range(8):
        model.step()
    return model


def within_four_errors(drawn: list[float], mean: float, deviation: float) -> None:
    """Mean of many draws, and their standard deviation with the error that it has for normal numbers."""
    count = len(drawn)
    assert abs(np.mean(drawn) - mean) <= 4.0 * deviation / math.sqrt(count)
    assert abs(np.std(drawn) - deviation) <= 4.0 * deviation / math.sqrt(2.0 * count)


def test_own_luck_in_research_is_log_normal() -> None:
    """E2: the logarithm of what one domain gets over another is normal, with deviation √2·noise."""
    model, ratios = some_world(), []
    firm, noise = model.firms[0], model.scenario.knowledge.research_noise
    for _ in range(DRAWS):
        firm.knowledge = [0.0] * len(firm.knowledge)
        firm.research()
        first, second = (math.log(got / share) for got, share in zip(firm.knowledge[:2], firm.profile[:2], strict=True))
        ratios.append(first - second)
    within_four_errors(ratios, 0.0, math.sqrt(2.0) * noise)


def test_own_luck_in_income_is_normal() -> None:
    """E22, with what partners bring and cost taken off."""
    model, deviations = some_world(), []
    numbers, firm = model.scenario.firms, model.firms[0]
    for _ in range(DRAWS):
        firm.settle()
        partners = sum(own.payoff for own, _, _ in firm.alliances.values()) - firm.function_cost(
            len(firm.alliances), numbers
        )
        deviations.append(firm.income - partners - firm.own_income(model.demand[firm.sector], 0.0, numbers))
    within_four_errors(deviations, 0.0, numbers.income_noise)


def test_own_luck_in_search_has_the_rate_of_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    model, searches = some_world(), []
    monkeypatch.setattr(mesa_world.firm, "choose", lambda firm: searches.append(firm) or (None, 0.0, 0))
    firm = max(model.firms, key=lambda firm: firm.activity)
    chance = firm.search_chance(model.quarter, model.scenario.formation)
    for _ in range(DRAWS):
        firm.seek_partner()
    assert abs(len(searches) / DRAWS - chance) <= 4.0 * math.sqrt(chance * (1.0 - chance) / DRAWS)


def test_own_luck_in_endings_has_the_rate_of_the_reference() -> None:
    """E14, E21: an alliance stays if it is not completed and neither side leaves (no racer among them)."""
    model = some_world()
    alliance = next(a for a in model.alliances if not any(side.firm.strategy.race for side, _ in a.sides()))
    staying = 1.0 - model.scenario.exit.completion
    for side, partner in alliance.sides():
        utility = utility_of_staying(model, alliance, side, partner)
        staying *= 1.0 - exit_chance(model, utility, alliance.strained)
    ended = sum(alliance.ending(model) is not None for _ in range(DRAWS))
    assert model.quarter - alliance.born >= model.scenario.trust.feeling_out_quarters
    assert abs(ended / DRAWS - (1.0 - staying)) <= 4.0 * math.sqrt(staying * (1.0 - staying) / DRAWS)


def test_pythons_own_luck_is_that_of_the_seed_and_the_world() -> None:
    scenario = Scenario().with_(SETTINGS | {"firms.count": 10, "time.quarters": 8})
    first = run(MesaWorld(scenario, seed=1, world=0)).events
    assert run(MesaWorld(scenario, seed=1, world=0)).events == first
    assert run(MesaWorld(scenario, seed=1, world=1)).events != first
    assert run(MesaWorld(scenario, seed=2, world=0)).events != first


def test_the_benchmark_compares_the_same_worlds() -> None:
    found = speedup_over_mesa({20: Plan(worlds=1, first=3, blocks=2, block=3)})
    assert set(found) == {"20"}
    assert all(number > 0.0 for number in found["20"].values())
