"""Strategies in Python: equal to the row they mimic to the last bit, shown the truth, held to what they return."""

import hashlib
from typing import Any

import numpy as np
import pytest

from simulation import Run, Scenario, simulate
from simulation.draws import Purpose
from simulation.engine import run_world
from simulation.lots import pair_lots
from simulation.policies import Observations, Policies
from simulation.problems import InputError
from simulation.world import build_world

BUSY = Scenario().with_(
    {"firms.count": 40, "time.quarters": 60, "time.warm_up_quarters": 0, "environment.shock_rate": 0.15, "mix.opportunist": 0.2,
     "firms.initial_capital": 3.0, "firms.safe_capital": 4.0, "sharing.burden": 0.3, "sharing.rival_caution": 0.1,
     "formation.rate": 0.15}
)  # fmt: skip


def digest(run: Run) -> str:
    parts = [*run.events, run.records, *run.firms, *run.alliances]
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def mimic(row: Any) -> Any:
    """A function that does what a row of the table does, in the same order of operations (rows without an early part)."""

    def share(seen: Observations) -> Any:
        wanted = row.base + row.by_trust * seen.trust + row.by_observed * seen.observed
        return wanted * (row.floor + row.slope * seen.trust)

    return share


def test_a_world_whose_function_failed_goes_on_where_it_was() -> None:
    """The quarter is asked again, its interventions are not made twice."""
    late = {"interventions": [{"quarter": 20, "to": {"flexibility": 0.9}}]}
    scenario, failures = BUSY.with_(late), [True]

    def fragile(seen: Observations) -> Any:
        if failures and seen.age.max() >= 20:
            failures.pop()
            raise ZeroDivisionError
        return 0.5 * seen.trust

    def steady(seen: Observations) -> Any:
        return 0.5 * seen.trust

    world = build_world(scenario, seed=2)
    world.policies = Policies({"reciprocator": fragile}, scenario.strategies)
    with pytest.raises(ZeroDivisionError):
        run_world(world)
    assert 0 < world.counters.quarter[0] < 60
    assert digest(Run.of(run_world(world))) == digest(simulate(scenario, seed=2, policies={"reciprocator": steady}))


@pytest.mark.parametrize("name", [name for name, row in Scenario().strategies.items() if row.early == 0.0])
def test_a_function_is_bit_for_bit_the_row_that_it_mimics(name: str) -> None:
    by_row = simulate(BUSY, seed=2)
    by_function = simulate(BUSY, seed=2, policies={name: mimic(BUSY.strategies[name])})
    assert digest(by_function) == digest(by_row)
    assert len(by_row.events.kind) > 1024, "more events than room is made for at first"


def test_several_functions_at_once_are_their_rows() -> None:
    functions = {name: mimic(row) for name, row in BUSY.strategies.items() if row.early == 0.0}
    assert digest(simulate(BUSY, policies=functions)) == digest(simulate(BUSY))


def test_another_function_makes_another_world() -> None:
    generous = simulate(BUSY, policies={"hoarder": lambda seen: 1.0})
    assert generous.series("mean_sharing")[5:].mean() > simulate(BUSY).series("mean_sharing")[5:].mean()


FIXED = BUSY.with_(
    {"formation.rate": 0.0, "exit.base_hazard": 0.0, "exit.completion": 0.0, "exit.racer_chance": 0.0, "time.quarters": 12,
     "firms.least_capital": -1e12}
)  # fmt: skip


def watched(scenario: Scenario, returned: Any, seed: int = 1) -> tuple[list[Observations], Any]:
    """What a function saw in each quarter, and the world at the end; all firms follow it."""
    seen: list[Observations] = []

    def share(now: Observations) -> Any:
        seen.append(now)
        return returned(now) if callable(returned) else returned

    rows = {"strategies": {"only": {"share": 1.0, "base": 0.5}}}
    world = build_world(scenario.with_(rows), seed=seed)
    world.policies = Policies({"only": share}, world.scenario.strategies)
    return seen, run_world(world)


def test_luck_is_addressed_and_so_the_same_in_paired_worlds() -> None:
    one, world = watched(FIXED, 0.5)
    other, _ = watched(FIXED.with_({"trust.gain": 0.5, "environment.shock_rate": 0.0}), lambda seen: seen.luck)
    assert len(one) == len(other) == 12
    rows = world.counters.rows[0]
    me = world.firms.identity[np.stack([world.alliances.first[:rows], world.alliances.second[:rows]], axis=1)]
    for quarter, (here, there) in enumerate(zip(one, other, strict=True)):
        np.testing.assert_array_equal(here.luck, there.luck)
        expected = pair_lots(world.key, quarter, int(Purpose.POLICY), me.ravel(), me[:, ::-1].ravel())
        np.testing.assert_array_equal(here.luck, expected)
    assert not np.array_equal(one[0].luck, one[1].luck)


def test_a_function_sees_what_was_and_what_it_did() -> None:
    seen, world = watched(FIXED, lambda now: 0.25 + 0.5 * now.luck)
    numbers = world.parameters.sharing
    assert np.isnan(seen[0].own_last).all()
    for quarter in range(1, 12):
        before, now = seen[quarter - 1], seen[quarter]
        np.testing.assert_array_equal(now.age, before.age + 1)
        np.testing.assert_array_equal(now.is_rival, before.is_rival)
        need = np.clip(1.0 - before.capital / 4.0, 0.0, 1.0)
        willing = (0.25 + 0.5 * before.luck) * (1.0 - numbers.rival_caution * before.is_rival)
        np.testing.assert_allclose(now.own_last, willing * (1.0 - numbers.burden * need), rtol=1e-14)
        assert (now.learned >= before.learned).all()
    table = world.alliances
    for shown, held in (("trust", table.trust), ("observed", table.observed), ("performance", table.performance)):
        assert getattr(seen[-1], shown).shape == held[: world.counters.rows[0]].ravel().shape
    assert seen[-1].is_rival.dtype == bool
    assert seen[-1].equity.dtype == bool
    np.testing.assert_array_equal(seen[0].prior_ties, 0.0)
    assert ((seen[3].fit >= 0) & (seen[3].fit <= 1)).all()


def test_what_is_returned_is_clipped_and_limited_like_a_row() -> None:
    rich = FIXED.with_({"firms.safe_capital": 0.0, "time.quarters": 3})
    seen, world = watched(rich, 7.0)
    rows = world.counters.rows[0]
    caution = np.repeat(world.alliances.is_rival[:rows] == 1, 2) * rich.sharing.rival_caution
    np.testing.assert_allclose(world.alliances.sharing[:rows].ravel(), 1.0 - caution, rtol=1e-15)
    _, world = watched(rich, -3.0)
    assert (world.alliances.sharing[:rows] == 0.0).all()
    assert len(seen) == 3


def test_where_there_are_no_alliances_no_function_is_asked() -> None:
    def never(seen: Observations) -> Any:
        raise AssertionError("nobody to share with")

    empty = FIXED.with_({"network.kind": "empty"})
    run = simulate(empty, policies=dict.fromkeys(empty.strategies, never))
    assert run.quarters == 12


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (lambda seen: np.zeros(3), "not one number per entry"),
        (lambda seen: "all", "not one number per entry"),
        (lambda seen: None, "not one number per entry|not finite"),
        (lambda seen: np.full(len(seen.trust), np.nan), "not finite"),
        (lambda seen: np.inf, "not finite"),
    ],
)
def test_answers_that_are_no_sharing_name_the_strategy(returned: Any, said: str) -> None:
    with pytest.raises(InputError, match=said) as raised:
        simulate(FIXED, policies={"reciprocator": returned})
    assert "policies.reciprocator" in str(raised.value)


@pytest.mark.parametrize(
    ("policies", "said"),
    [({"reciprocater": lambda seen: 0.5}, 'did you mean "reciprocator"'), ({"sharer": 0.5}, "is not a function")],
)
def test_policies_for_nobody_or_of_nothing_are_named(policies: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        simulate(FIXED, policies=policies)
