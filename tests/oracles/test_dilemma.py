"""L1, L2: the repeated prisoner's dilemma with mistakes, played by the engine and solved as a chain of four states."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulation.engine import run_world
from simulation.policies import Observations, Policies, Policy
from simulation.world import World, build_world

Rule = tuple[float, float, float, float]  # chance to share after (own, partner's) CC, CD, DC, DD

R, S, T, P = 3.0, 0.0, 5.0, 1.0
PRIZES = np.array([R, S, T, P])
ALWAYS, NEVER = (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 0.0)
TIT_FOR_TAT, GRIM, WIN_STAY = (1.0, 0.0, 1.0, 0.0), (1.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 1.0)
ALTERNATE = (0.0, 0.0, 1.0, 1.0)  # defects, then makes up for it


def generous(forgiven: float) -> Rule:
    """Tit-for-tat that forgives a part of what the partner did not share."""
    return (1.0, forgiven, 1.0, forgiven)


SELF_COOPERATION = [  # published: rule, error, share of cooperation
    ("always", ALWAYS, 0.01, 0.9900),
    ("tit for tat", TIT_FOR_TAT, 0.01, 0.5000),
    ("generous", generous(1 / 3), 0.01, 0.9712),
    ("win-stay", WIN_STAY, 0.01, 0.9706),
    ("grim", GRIM, 0.01, 0.0149),
    ("never", NEVER, 0.01, 0.0100),
    ("tit for tat", TIT_FOR_TAT, 0.05, 0.5000),
    ("generous", generous(1 / 3), 0.05, 0.8750),
    ("win-stay", WIN_STAY, 0.05, 0.8645),
]
PAYOFFS = [  # published, at error .01: rule, partner's rule, payoff
    ("tit for tat", TIT_FOR_TAT, TIT_FOR_TAT, 2.2500),
    ("generous", generous(1 / 3), generous(1 / 3), 2.9703),
    ("win-stay", WIN_STAY, WIN_STAY, 2.9511),
    ("never-always", NEVER, ALWAYS, 4.9401),
    ("never-generous", NEVER, generous(1 / 3), 2.3594),
]
FOUR_DIGITS = 5e-5  # what is published is rounded


def transitions(one: Rule, other: Rule, error: float) -> np.ndarray:
    """[4, 4] chances to go from CC, CD, DC, DD (as the first player sees them) to each of these."""
    p = np.array(one) * (1 - error) + (1 - np.array(one)) * error
    q = (np.array(other) * (1 - error) + (1 - np.array(other)) * error)[[0, 2, 1, 3]]
    return np.stack([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)], axis=1)


def stationary(one: Rule, other: Rule, error: float) -> np.ndarray:
    """[4] share of time in each state."""
    equations = np.vstack([transitions(one, other, error).T - np.eye(4), np.ones(4)])
    return np.linalg.lstsq(equations, np.array([0, 0, 0, 0, 1.0]), rcond=None)[0]


@pytest.mark.parametrize(("name", "rule", "error", "published"), SELF_COOPERATION)
def test_l1_the_chain_cooperates_as_published(name: str, rule: Rule, error: float, published: float) -> None:
    shares = stationary(rule, rule, error)
    assert shares[0] + shares[1] == pytest.approx(published, abs=FOUR_DIGITS)
    after_long = np.linalg.matrix_power(transitions(rule, rule, error), 2**14)
    np.testing.assert_allclose(after_long, np.tile(shares, (4, 1)), atol=1e-6)


@pytest.mark.parametrize(("name", "rule", "partner", "published"), PAYOFFS)
def test_l1_the_chain_pays_as_published(name: str, rule: Rule, partner: Rule, published: float) -> None:
    assert stationary(rule, partner, 0.01) @ PRIZES == pytest.approx(published, abs=FOUR_DIGITS)


@pytest.mark.parametrize("error", [0.01, 0.05])
def test_l1_where_the_chain_has_a_closed_form_it_meets_it(error: float) -> None:
    assert stationary(TIT_FOR_TAT, TIT_FOR_TAT, error) @ PRIZES == pytest.approx(2.25, abs=1e-6)
    always = stationary(ALWAYS, ALWAYS, error)
    assert always[0] + always[1] == pytest.approx(1 - error, abs=1e-6)
    # of two who forgive one third, each shares with chance 1 - e after sharing and 1/3 (1 + e) after the opposite
    forgiving = stationary(generous(1 / 3), generous(1 / 3), error)
    after_less = (1 + error) / 3
    assert forgiving[0] + forgiving[1] == pytest.approx(after_less / (after_less + error), abs=1e-6)


# --- played by the engine ---


def played(rule: Rule, error: float) -> Policy:
    """A strategy in Python that follows a rule, starts by sharing, and errs."""
    after = np.array(rule)

    def share(seen: Observations) -> Any:
        state = 2 * (seen.own_last < 0.5) + (seen.observed < 0.5)
        wanted = np.where(np.isnan(seen.own_last), 1.0, after[state])
        return (seen.luck < wanted * (1 - error) + (1 - wanted) * error).astype(float)

    return share


TABLE = {"one": {"share": 0.5, "base": 1.0}, "other": {"share": 0.5, "base": 1.0}}


def table_of_pairs(scenario: Any, rule: Rule, partner: Rule, error: float, seed: int) -> World:
    """A world of pairs in which lower seats follow one rule and higher seats another."""
    world = build_world(scenario, seed=seed)
    world.policies = Policies({"one": played(rule, error), "other": played(partner, error)}, scenario.strategies)
    world.firms.strategy[world.firms.row] = np.arange(len(world.firms.row)) % 2
    return world


def states(world: World) -> np.ndarray:
    """[alliances of this quarter] 0 to 3 for CC, CD, DC, DD, as the lower seat sees them."""
    sharing = world.alliances.sharing[: world.counters.rows[0]]
    assert np.isin(sharing, (0.0, 1.0)).all()
    return (2 * (sharing[:, 0] == 0.0) + (sharing[:, 1] == 0.0)).astype(int)


def play(
    make: Any, graph: Any, rule: Rule, partner: Rule, error: float, settle: int, measured: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cooperation of the lower seats and their payoff [pairs], each the mean over the quarters measured."""
    scenario = make({"strategies": TABLE, "time.quarters": settle + measured}, graph)
    world = table_of_pairs(scenario, rule, partner, error, seed=1)
    run_world(world, settle)
    cooperation, payoff = np.zeros(len(graph) // 2), np.zeros(len(graph) // 2)
    for quarter in range(settle, settle + measured):
        now = states(run_world(world, quarter + 1))
        cooperation += now < 2
        payoff += PRIZES[now]
    return cooperation / measured, payoff / measured


def check(values: np.ndarray, exact: float, published: float, tolerance: float) -> None:
    """The mean over pairs is the exact one within 4.5 standard errors, and the published one within a tolerance."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert values.mean() == pytest.approx(exact, abs=4.5 * error)
    assert values.mean() == pytest.approx(published, abs=tolerance)
    assert tolerance > 3 * error, "enough pairs to tell"


def test_l1_forgiving_pairs_cooperate_in_the_engine_and_strict_ones_half_as_much(at_rest: Any, pairs: Any) -> None:
    strict, _ = play(at_rest, pairs(400), TIT_FOR_TAT, TIT_FOR_TAT, 0.05, 60, 60)
    forgiving, _ = play(at_rest, pairs(400), generous(1 / 3), generous(1 / 3), 0.05, 60, 60)
    check(strict, 0.5, 0.5, tolerance=0.05)
    check(forgiving, stationary(generous(1 / 3), generous(1 / 3), 0.05)[:2].sum(), 0.875, tolerance=0.02)


MANY, SETTLE, MEASURED = 5000, 300, 300


@pytest.mark.slow
@pytest.mark.parametrize(("name", "rule", "error", "published"), SELF_COOPERATION)
def test_l1_the_engine_cooperates_as_published(
    name: str, rule: Rule, error: float, published: float, at_rest: Any, pairs: Any
) -> None:
    cooperation, payoff = play(at_rest, pairs(MANY), rule, rule, error, SETTLE, MEASURED)
    shares = stationary(rule, rule, error)
    check(cooperation, shares[0] + shares[1], published, tolerance=0.01)
    of_the_pair = [payoff_of for name_of, first, _, payoff_of in PAYOFFS if first == rule and name_of == name]
    for wanted in of_the_pair if error == 0.01 else []:
        spread = payoff.std(ddof=1) / np.sqrt(MANY)
        assert payoff.mean() == pytest.approx(wanted, abs=max(0.01, 4.5 * spread))


@pytest.mark.slow
@pytest.mark.parametrize("partner", [ALWAYS, generous(1 / 3)], ids=["always", "generous"])
def test_l1_who_never_shares_is_paid_as_published(partner: Rule, at_rest: Any, pairs: Any) -> None:
    published = next(pay for _, first, other, pay in PAYOFFS if first == NEVER and other == partner)
    _, payoff = play(at_rest, pairs(MANY), NEVER, partner, 0.01, SETTLE, MEASURED)
    check(payoff, stationary(NEVER, partner, 0.01) @ PRIZES, published, tolerance=0.01)


# --- L2: how much generosity, and how long a future ---

HARDLY = 1e-7  # a chance of error so small that only the order of events is left
DEVIANTS = [tuple(map(float, rule)) for rule in itertools.product((0, 1), repeat=4)]


def resists(forgiven: float, rule: Rule) -> bool:
    """Whether one who follows a rule among the generous earns no more than they do."""
    among_them = stationary(generous(forgiven), generous(forgiven), HARDLY) @ PRIZES
    return bool(stationary(rule, generous(forgiven), HARDLY) @ PRIZES <= among_them + 1e-5)


def most_generous(against: Callable[[float], bool]) -> float:
    """The largest generosity that still resists, by bisection."""
    low, high = 0.01, 0.99
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if against(middle) else (low, middle)
    return low


def test_l2_the_best_generosity_that_no_deviant_exploits_is_one_third() -> None:
    """One third is the smaller of two bounds (Nowak & Sigmund 1992).

    Against one who never shares alone up to (R-P)/(T-P) = 1/2 could be forgiven; against one who cheats and then makes up
    for it only 1-(T-R)/(R-S) = 1/3, and no rule with a memory of one quarter does better than that one.
    """
    assert most_generous(lambda g: resists(g, NEVER)) == pytest.approx((R - P) / (T - P), abs=1e-4)
    assert most_generous(lambda g: resists(g, ALTERNATE)) == pytest.approx(1 - (T - R) / (R - S), abs=1e-4)
    everyone = most_generous(lambda g: all(resists(g, rule) for rule in DEVIANTS))
    assert everyone == pytest.approx(1 / 3, abs=1e-4)
    assert resists(1 / 3 - 1e-3, NEVER)


@pytest.mark.slow
def test_l2_in_the_engine_generosity_beyond_one_third_is_exploited(at_rest: Any, pairs: Any) -> None:
    """On a grid of generosity, with rare mistakes: who earns more, the generous among themselves or the deviant."""
    error, many, settle, measured = 0.002, 1500, 100, 100
    for forgiven in (0.1, 0.25, 0.42, 0.6, 0.8):
        pay, spread = {}, {}
        for name, rule in (("own kind", generous(forgiven)), ("never", NEVER), ("alternate", ALTERNATE)):
            _, payoff = play(at_rest, pairs(many), rule, generous(forgiven), error, settle, measured)
            pay[name], spread[name] = payoff.mean(), payoff.std(ddof=1) / np.sqrt(many)
            exact = stationary(rule, generous(forgiven), error) @ PRIZES
            assert pay[name] == pytest.approx(exact, abs=4.5 * spread[name] + 1e-3), (forgiven, name)
        for name, bound in (("never", 1 / 2), ("alternate", 1 / 3)):
            sure = 4.5 * np.hypot(spread[name], spread["own kind"])
            exploited = pay[name] - pay["own kind"]
            assert exploited > sure if forgiven > bound else exploited < -sure, (forgiven, name)


def discounted(rule: Rule, going_on: float) -> float:
    """Expected total payoff of a rule that meets tit-for-tat without mistakes, both beginning by their rule after CC."""
    now, total, weight = (int(rule[0] < 0.5) * 2, 0.0, 1.0)
    moves = transitions(rule, TIT_FOR_TAT, 0.0)
    for _ in range(2000):
        total += weight * PRIZES[now]
        weight *= going_on
        now = int(np.argmax(moves[now]))
    return total


def test_l2_tit_for_tat_is_stable_where_the_future_is_long_enough() -> None:
    """max((T-R)/(R-S), (T-R)/(T-P)) = 2/3 (Axelrod 1984): again who cheats and makes up for it is the one to fear."""
    for going_on, stable in ((0.5, False), (0.66, False), (2 / 3 + 1e-9, True), (0.7, True), (0.95, True)):
        loyal = discounted(TIT_FOR_TAT, going_on)
        assert all(discounted(rule, going_on) <= loyal + 1e-9 for rule in DEVIANTS) == stable, going_on
    assert discounted(NEVER, 0.51) < discounted(TIT_FOR_TAT, 0.51)
    assert discounted(NEVER, 0.49) > discounted(TIT_FOR_TAT, 0.49)


def totals(make: Any, graph: Any, rule: Rule, going_on: float, quarters: int) -> np.ndarray:
    """[pairs] payoff of the lower seats over the whole life of their alliance, tit-for-tat on the other side."""
    settings = {"strategies": TABLE, "exit.fixed_hazard": 1 - going_on, "trust.feeling_out_quarters": 0}
    world = table_of_pairs(make(settings | {"time.quarters": quarters}, graph), rule, TIT_FOR_TAT, 0.0, seed=2)
    start = played(rule, 0.0)

    def opening(seen: Observations) -> Any:
        return np.where(np.isnan(seen.own_last), rule[0], start(seen))

    world.policies = Policies({"one": opening, "other": played(TIT_FOR_TAT, 0.0)}, world.scenario.strategies)
    total = np.zeros(len(graph) // 2)
    for quarter in range(quarters):
        now = states(run_world(world, quarter + 1))
        pair = world.firms.seat[world.alliances.first[: len(now)]] // 2
        total[pair] += PRIZES[now]
    assert world.counters.living[0] == 0, "all have ended, so nothing is left out"
    return total


@pytest.mark.slow
@pytest.mark.parametrize("going_on", [0.4, 0.55, 0.6, 0.75, 0.85])
def test_l2_in_the_engine_too_two_thirds_divide(going_on: float, at_rest: Any, pairs: Any) -> None:
    """Alliances go on with a constant chance: the same lives for both arms, since luck is paired."""
    many = 6000
    quarters = int(np.log(1e-9) / np.log(going_on))
    graph = pairs(many)
    loyal = totals(at_rest, graph, TIT_FOR_TAT, going_on, quarters)
    cheating = totals(at_rest, graph, ALTERNATE, going_on, quarters)
    for values, rule in ((loyal, TIT_FOR_TAT), (cheating, ALTERNATE)):
        exact = discounted(rule, going_on)
        assert values.mean() == pytest.approx(exact, abs=4.5 * values.std(ddof=1) / np.sqrt(many))
    gain = cheating - loyal
    error = gain.std(ddof=1) / np.sqrt(many)
    assert np.sign(gain.mean()) == np.sign(2 / 3 - going_on)
    assert abs(gain.mean()) > 4 * error, "enough pairs to tell"
