"""The default world looks like a world, and answers its main levers in the right direction."""

import itertools

import numpy as np
import pytest

from experiments.outcomes import outcomes, summary, survival_by_strategy
from scenarios import load
from simulation import simulate
from simulation.events import CAUSES

WORLDS = 40


@pytest.fixture(scope="module")
def baseline() -> list[dict[str, object]]:
    return [summary(simulate(load("baseline"), seed=1, world=world)) for world in range(WORLDS)]


def mean_of(summaries: list[dict[str, object]], *path: str) -> float:
    values = []
    for one in summaries:
        value: object = one
        for key in path:
            value = value[key]  # type: ignore[index]
        values.append(value)
    return float(np.nanmean(np.array(values, dtype=float)))


def test_five_year_survival_is_that_of_real_alliances(baseline: list[dict[str, object]]) -> None:
    assert 0.3 <= mean_of(baseline, "survival", "20") <= 0.6


def test_every_cause_and_every_regime_occurs(baseline: list[dict[str, object]]) -> None:
    assert all(mean_of(baseline, "endings", cause) > 0 for cause in CAUSES)
    assert all(mean_of(baseline, "regimes", regime) > 0 for regime in ("no_deal", "dilemma", "harmony"))
    assert max(mean_of(baseline, "endings", cause) for cause in CAUSES) < 0.5


def test_no_strategy_is_absurdly_rich(baseline: list[dict[str, object]]) -> None:
    wealth = [mean_of(baseline, "mean_capital_by_strategy", name) for name in load("baseline").strategies]
    assert max(wealth) < 3 * min(wealth)


@pytest.mark.slow
def test_strategies_differ_visibly_in_how_long_their_alliances_live() -> None:
    """Each from the next by two standard errors of the paired difference."""
    found = [survival_by_strategy(simulate(load("baseline"), seed=1, world=world)) for world in range(5 * WORLDS)]
    table = {name: np.array([one[name] for one in found]) for name in load("baseline").strategies}
    names = sorted(table, key=lambda name: float(np.nanmean(table[name])))
    for worse, better in itertools.pairwise(names):
        gaps = table[better] - table[worse]
        gaps = gaps[np.isfinite(gaps)]
        assert gaps.mean() > 2 * gaps.std(ddof=1) / np.sqrt(len(gaps)), (worse, better, gaps.mean())


def test_alliance_functions_stay_in_business(baseline: list[dict[str, object]]) -> None:
    runs = [simulate(load("baseline"), seed=1, world=world) for world in range(WORLDS)]
    share = np.mean([run.firms.alliance_function.mean() for run in runs])
    assert share > 0.05, "of the tenth of firms that begin with one, most must still have it"


# two levels far apart, so that the direction holds whatever the defaults are
LEVERS = [
    ("environment.shock_rate", 0.01, 0.3, -1),
    ("trust.initial", 0.2, 0.8, +1),
    ("firms.flexibility", 0.1, 0.9, +1),
    ("mix.opportunist", 0.0, 0.6, -1),
    ("sharing.observation_noise", 0.0, 0.8, -1),
    ("knowledge.tacitness", 0.1, 0.9, -1),
    ("exit.trust_weight", 0.1, 0.9, +1),
]


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "low", "high", "sign"), LEVERS, ids=[lever[0] for lever in LEVERS])
def test_l15_survival_answers_in_the_right_direction(setting: str, low: float, high: float, sign: int) -> None:
    """Survival to five years, in paired worlds: shocks and deceit shorten lives, trust and flexibility lengthen them."""
    base = load("baseline").with_({"environment.shock_rate": 0.1} if setting == "firms.flexibility" else {})
    less, more = base.with_({setting: low}), base.with_({setting: high})
    differences = np.array(
        [
            outcomes(simulate(more, seed=9, world=world))["survival_5y"]
            - outcomes(simulate(less, seed=9, world=world))["survival_5y"]
            for world in range(WORLDS)
        ]
    )
    error = differences.std(ddof=1) / np.sqrt(WORLDS)
    assert sign * differences.mean() > 3 * error, (differences.mean(), error)
