import numpy as np
import pytest

from experiments.figures.living import living_figure, living_message

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not


def living(worlds=20, level=120.0, quarters=160, seed=1):
    return np.round(level + 10 * np.random.default_rng(seed).normal(size=(worlds, quarters)))


@pytest.mark.parametrize("arms", [1, 2, 4, 5, 9])
def test_fan_of_each_arm_with_its_legend(legible, arms):
    texts = legible(living_figure({f"arm {k}": living(seed=k) for k in range(arms)}, 40))
    assert {
        "median",
        "50 % of worlds",
        "90 % of worlds",
        "run 1",
        "run 3",
        "time [years]",
        "living alliances",
    } <= set(texts)
    assert any(text.startswith("warm-up") for text in texts)


def test_one_world_is_one_line(legible):
    texts = legible(living_figure({"this world": living(worlds=1)}, 0))
    assert "median" not in texts
    assert not any("warm-up" in text for text in texts if text != texts[0])


def test_message_gives_the_middle_and_the_spread():
    table = np.tile(np.arange(0.0, 101.0)[:, None], (1, 10))
    assert (
        living_message({"as it is": table}) == "About 50 alliances live at a time; nine of ten times between 5 and 95"
    )
    assert living_message({"as it is": table, "b": table}).startswith("As it is, about 50")


def test_the_warm_up_does_not_count():
    table = np.concatenate([np.full((5, 40), 900.0), np.full((5, 40), 10.0)], axis=1)
    assert living_message({"a": table}, 40) == "About 10 alliances live at a time; nine of ten times between 10 and 10"


def test_failed_worlds_are_left_out(legible):
    table = living()
    table[3] = np.nan
    whole = np.delete(table, 3, axis=0)
    assert living_message({"a": table}) == living_message({"a": whole})
    legible(living_figure({"a": table}, 40))
    assert living_message({"a": table * np.nan}) == "No world ran to its end"
    legible(living_figure({"a": table * np.nan}, 40))


@pytest.mark.parametrize("quarters", [1, 3, 9])
def test_short_runs(legible, quarters):
    legible(living_figure({"a": living(quarters=quarters)}, quarters // 2))


def test_no_alliance_at_all(legible):
    legible(living_figure({"a": np.zeros((3, 20))}, 4))
