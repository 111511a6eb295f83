"""The likelihood of spells by quarter of age: closed forms, counts by hand, what its region of good fits holds."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import chi2

from experiments.analysis.likelihood import (
    allowed_loss,
    by_quarter,
    good_fits,
    log_likelihood,
    recorded_hazard,
    survival_of,
)
from experiments.analysis.spells import spell_curve


def test_counts_by_hand() -> None:
    found = by_quarter([1.1, 0.6, 1.0, 0.2], [True, False, True, True], [0.0, 0.3, 0.5, 0.0], 6)
    assert found.ended.tolist() == [1, 0, 0, 0, 2, 0]  # an end at exactly one year falls into the fifth quarter
    assert found.lived.tolist() == pytest.approx([1.0, 1.0 + 0.8, 1.0 + 0.4 + 1.0, 2.0, 0.0, 0.0])


def test_an_end_some_days_before_a_quarter_begins_falls_into_it() -> None:
    assert by_quarter([365 / 365.25], [True], [0.0], 6).ended.argmax() == 4
    assert by_quarter([355 / 365.25], [True], [0.0], 6).ended.argmax() == 3


def test_what_lies_beyond_the_last_quarter_is_left_out() -> None:
    found = by_quarter([9.0, 0.5], [True, True], [0.0, 0.0], 4)
    assert (found.ended.sum(), found.lived.tolist()) == (1.0, [2.0, 2.0, 1.0, 1.0])


def test_exponential_lives_are_likeliest_at_their_own_hazard() -> None:
    """Censored and seen late: the maximum is ended / (ended + lived), and within 4 standard errors of the truth."""
    luck, true = np.random.default_rng(11), 0.06
    life = luck.geometric(true, 4000) - 1  # quarters lived through before the one in which it ended
    seen, stop = luck.integers(0, 12, 4000), luck.integers(8, 60, 4000)
    kept = life >= seen
    stop = np.maximum(stop, seen)
    ended = life < stop
    found = by_quarter(
        (np.minimum(life, stop) / 4 + 0.125 * ended)[kept], ended[kept], (seen / 4)[kept], 80
    )  # ends in the middle of a quarter
    exact = found.ended.sum() / (found.ended.sum() + found.lived.sum())
    best = minimize_scalar(lambda h: -log_likelihood(np.full(80, h), found), bounds=(0.001, 0.5), method="bounded")
    assert best.x == pytest.approx(exact, rel=1e-4)
    assert abs(exact - true) < 4 * np.sqrt(true * (1 - true) / (found.ended.sum() + found.lived.sum()))


def test_the_likeliest_curve_is_that_of_kaplan_and_meier() -> None:
    """With a hazard of its own for each quarter: ended / (ended + lived), which is the product limit of whole quarters."""
    luck = np.random.default_rng(2)
    life, stop = luck.integers(0, 20, 300), luck.integers(1, 20, 300)
    duration, ended = np.minimum(life, stop) / 4, life < stop
    found = by_quarter(duration + 0.05, ended, np.zeros(300), 20)
    at_risk = np.array([(np.minimum(life, stop) >= a).sum() - ((stop == a) & ~ended).sum() for a in range(20)])
    hazard = np.divide(found.ended, at_risk, out=np.zeros(20), where=at_risk > 0)
    curve = spell_curve(duration + np.where(ended, 0.05, 0.0), ended)
    assert survival_of(hazard)[1:19] == pytest.approx(curve.at(np.arange(18) / 4 + 0.1)[0])


def test_a_constant_hazard_is_recorded_as_it_is() -> None:
    risk = np.round(1e6 * 0.9 ** np.arange(30))
    found = recorded_hazard(risk, np.round(0.1 * risk))
    assert found[2:-2] == pytest.approx(np.full(26, 0.1), rel=0.02)


def test_what_is_recorded_late_or_early_adds_up_and_nothing_is_impossible() -> None:
    risk = np.array([100, 100, 60, 60, 0, 0])
    deaths = np.array([0, 40, 0, 60, 0, 0])
    plain = recorded_hazard(risk, deaths, blur=0.0, anytime=0.0)
    assert plain[:4] == pytest.approx([1e-12, 0.4, 1e-12, 1.0])
    assert plain[4:] == pytest.approx(np.full(2, 100 / 320))  # nobody is at risk: the mean
    blurred = recorded_hazard(risk, deaths, anytime=0.0)
    assert survival_of(blurred)[-1] == pytest.approx(survival_of(plain)[4], abs=1e-9)
    assert (np.isfinite(np.log(recorded_hazard(risk, deaths)))).all()
    assert recorded_hazard(risk, deaths)[0] > 0.02


def test_the_region_of_good_fits_is_that_of_wilks() -> None:
    assert allowed_loss(3) == pytest.approx(chi2.ppf(0.95, 3) / 2)


def test_good_fits_hold_the_truth_and_not_what_is_far() -> None:
    """Worlds of known hazards: the true one is among the good, one of twice the hazard is not, equals tie exactly."""
    luck, hazards = np.random.default_rng(4), np.array([0.05, 0.10, 0.05, 0.052])
    risk = np.tile(np.full(40, 400), (4, 10, 1))
    died = np.stack([luck.binomial(400, h, (10, 40)) for h in hazards])
    died[2] = died[0]
    life = luck.geometric(0.05, 300) - 1
    seen = by_quarter(life / 4 + 0.1, life < 40, np.zeros(300), 40)
    value, error, good = good_fits(risk, died, seen, 1)
    assert good.tolist() == [True, False, True, True]
    assert value[0] == value[2]
    assert error[int(value.argmax())] == 0.0
    assert value[0] - value[1] > 20
