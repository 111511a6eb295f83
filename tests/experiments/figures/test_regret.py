import numpy as np
import pytest

from experiments.analysis.regret import regrets
from experiments.figures.regret import regret_figure, regret_message


@pytest.fixture
def found():
    def make(arms=3, futures=3, worlds=30, scale=0.1):
        return regrets(scale * np.random.default_rng(2).random((arms, futures, worlds)))

    return make


def test_every_square_has_its_number(found, legible):
    one = found()
    texts = legible(regret_figure(one, ["as it is", "managed", "flexible"], ["calm", "storm", "slump"], "survival_5y"))
    assert texts.count("best") >= 3
    assert {"as it is", "managed", "flexible", "calm", "storm", "slump", "at worst"} <= set(texts)
    assert any("alliances that live five years [of 100]" in text for text in texts)


def test_other_units_and_few_worlds(found, legible):
    texts = legible(regret_figure(found(worlds=3, scale=40), ["as it is", "b", "c"], ["x", "y", "z"], "mean_capital"))
    assert not any(" to " in text for text in texts)
    legible(regret_figure(found(scale=0.01), ["as it is", "b", "c"], ["x", "y", "z"], "mean_trust"))


def test_long_names_and_many_futures(found, legible):
    arms = ["as it is", "alliance managers in half of all the firms there are", "twice the flexibility"]
    futures = [f"a future that is called number {number}" for number in range(6)]
    legible(regret_figure(found(futures=6), arms, futures, "survival_5y"))


def test_nothing_is_known_or_nothing_differs(legible):
    nothing = regrets(np.full((2, 2, 5), np.nan))
    assert regret_message(nothing, ["a", "b"], "survival_5y").startswith("No world defines ")
    legible(regret_figure(nothing, ["a", "b"], ["x", "y"], "survival_5y"))
    same = regrets(np.ones((2, 2, 12)))
    assert regret_message(same, ["a", "b"], "survival_5y") == "“a” is never behind the best"
    legible(regret_figure(same, ["a", "b"], ["x", "y"], "survival_5y"))
