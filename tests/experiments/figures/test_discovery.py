import numpy as np
import pytest

from experiments.analysis.discovery import Box
from experiments.figures.discovery import axis_label, discovery_figure, discovery_message
from experiments.searches.rules import Bar

KEYS = ["trust.initial", "environment.shock_rate", "formation.rate"]
LABELS = ["initial trust: trust in an unknown partner [share]", "the shock rate: chance of a shock, per world, sector or "
          "firm as its scope says [1/quarter]", "formation.rate [1/quarter]"]  # fmt: skip
BAR = Bar("survival_5y", 0.25, True)


def box(**sides: tuple[float, float]) -> Box:
    low, high, chance = np.full(3, -np.inf), np.full(3, np.inf), np.full(3, np.nan)
    for order, (name, (below, above)) in enumerate(sides.items()):
        place = ["trust", "shocks", "formation"].index(name)
        low[place], high[place], chance[place] = below, above, 10.0 ** -(9 - order)
    return Box(low, high, chance)


@pytest.fixture
def draw():
    def make(boxes, bar=BAR, fails=None, title=None):
        levels = np.random.default_rng(1).random((120, 3))
        means = 0.1 + 0.4 * levels[:, 0]
        fails = bar.fails(means) if fails is None else fails
        whole = [False] * 3
        return discovery_figure(levels, means, fails, boxes, LABELS, bar, [(0, 1)] * 3, KEYS, whole, title)

    return make


def test_a_rule_over_two_settings(draw, legible):
    texts = legible(draw([box(trust=(-np.inf, 0.4), shocks=(0.6, np.inf))]))
    assert "fails: fewer than 25 of 100 alliances live five years" in texts
    assert "does not fail" in texts
    assert "the rule" in texts


def test_a_rule_over_one_setting_shows_the_outcome(draw, legible):
    texts = legible(draw([box(trust=(-np.inf, 0.4))]))
    assert "alliances that live five years" in texts
    other = Bar("mean_capital", 0.2, True)
    assert "capital of firms, mean over time" in legible(draw([box(trust=(-np.inf, 0.4))], other))


def test_more_conditions_and_more_rules_than_can_be_seen(draw, legible):
    first = box(trust=(-np.inf, 0.4), shocks=(0.3, 0.9), formation=(0.1, np.inf))
    texts = legible(draw([first, box(formation=(0.5, np.inf)), box(shocks=(0.2, 0.4))]))
    assert "the rule; 1 more of its conditions cannot be seen here" in texts
    assert "further rules, as far as they show" in texts


@pytest.mark.parametrize("everything", [True, False])
def test_no_rule_at_all(draw, legible, everything):
    legible(draw([], fails=np.full(120, everything)))


def test_no_setting_at_all(legible):
    empty = np.zeros((0, 1))
    legible(discovery_figure(empty, np.zeros(0), np.zeros(0, bool), [], LABELS[:1], BAR, [(0, 1)], KEYS[:1], [False]))


def test_the_message_hedges_where_half_of_them_do_not_fail():
    whole = [False] * 3
    one = [box(trust=(-np.inf, 0.4))]
    surely = "Fewer than 25 of 100 alliances live five years when initial trust is below 0.4"
    assert discovery_message(one, KEYS, whole, BAR, 30) == surely
    assert discovery_message(one, KEYS, whole, BAR, 30, 0.5) == surely.replace("when", "more often when")
    assert discovery_message([], KEYS, whole, BAR, 30).startswith("No rule: ")
    assert discovery_message([], KEYS, whole, BAR, 0).startswith("No setting fails: ")


def test_an_axis_is_called_as_the_sentence_calls_it():
    assert axis_label("formation.rate", "chance [1/quarter]") == "formation.rate: chance [1/quarter]"
    assert axis_label("trust.initial", "trust [share]") == "initial trust (trust.initial): trust [share]"
