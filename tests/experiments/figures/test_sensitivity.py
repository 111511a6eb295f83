import numpy as np
import pytest

from experiments.figures.sensitivity import MOST_BARS, sensitivity_figure, sensitivity_message

WHAT = "how many of 100 alliances live five years"


@pytest.fixture
def morris():
    def make(count=8, floor=0.01):
        star = np.sort(np.random.default_rng(1).random(count))[::-1] * 0.3
        columns = {"setting": [f"environment.shock_{k}" for k in range(count)], "mu_star": star, "sigma": 0.7 * star}
        columns |= {"mu_star_low": star * 0.8, "mu_star_high": star * 1.3, "mu_star_of_luck": np.full(count, floor)}
        return columns

    return make


@pytest.fixture
def sobol():
    total = np.array([0.6, 0.35, 0.1])
    columns = {"setting": ["trust.initial", "fit.rate", "exit.memory"], "total": total, "first": total - 0.12}
    columns |= {"total_low": total - 0.1, "total_high": total + 0.1}
    return columns | {"first_low": total - 0.3, "first_high": total}


def test_every_setting_has_a_bar_and_every_mark_a_meaning(morris, legible):
    texts = legible(sensitivity_figure(morris(), WHAT, "share", 0.12))
    assert set(morris()["setting"]) <= set(texts)
    assert {"mean size of the change (mu*)", "what luck alone would make it"} <= set(texts)
    assert "change of the outcome over the whole range [of 100]" in texts


def test_without_luck_to_tell(morris, legible):
    texts = legible(sensitivity_figure(morris(floor=np.nan), WHAT, "quarters"))
    assert "what luck alone would make it" not in texts
    assert "change of the outcome over the whole range [quarters]" in texts


def test_shares_of_variance_may_lie_below_zero(sobol, legible):
    texts = legible(sensitivity_figure(sobol, WHAT, "share", 0.1))
    assert "with the setting alone (S1)" in texts
    assert "share of the variance of the mean over worlds [%]" in texts


def test_weaker_settings_are_counted_where_there_is_no_room(morris, legible):
    texts = legible(sensitivity_figure(morris(40), WHAT, "share", 0.12))
    assert f"{40 - MOST_BARS} weaker settings are not shown" in texts


def test_nothing_matters_or_nothing_is_known(morris, legible):
    columns = morris(3)
    for value in (0.0, np.nan):
        for name in ("mu_star", "mu_star_low", "mu_star_high", "sigma", "mu_star_of_luck"):
            columns[name] = np.full(3, value)
        assert sensitivity_message(columns, WHAT, np.nan) == f"Nothing that was varied is seen to change {WHAT}"
        legible(sensitivity_figure(columns, WHAT, "share"))


def test_the_message_names_who_comes_near_the_first(sobol):
    assert sensitivity_message(sobol, WHAT, 0.12) == (
        "How many of 100 alliances live five years depends most on initial trust and the speed at which fit grows; "
        "12 % of the spread is luck"
    )
    sobol["total"] = np.array([0.6, 0.2, 0.1])
    assert sensitivity_message(sobol, WHAT, np.nan).endswith("depends most on initial trust")
