"""Cox's hazard ratios: published numbers, statsmodels as the oracle, and scores differentiated by hand."""

import time
import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.duration.hazard_regression import PHReg

from experiments.analysis.hazards import Ties, cox

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not

Floats = NDArray[np.float64]

# Freireich et al. 1963, weeks of remission: 6-mercaptopurine and placebo.
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def random_spells(seed: int) -> dict[str, Any]:
    """Ties, censoring, clusters, and entries that fall between endings (where conventions differ, see below)."""
    generator = np.random.default_rng(seed)
    count, kinds = int(generator.integers(60, 250)), int(generator.integers(1, 5))
    x = generator.normal(size=(count, kinds)) * generator.choice([0.1, 1.0, 10.0], kinds)
    x[:, 0] = generator.random(count) < 0.4
    worlds = generator.integers(0, 9, count)
    rate = np.exp(0.5 * x[:, 0] - 0.3 * x[:, -1] / x[:, -1].std() + 0.3 * generator.normal(size=9)[worlds])
    duration = np.ceil(8 * generator.exponential(1 / rate))
    ended = generator.random(count) < 0.7
    late = generator.random(count) < 0.5
    entry = np.where(late, np.maximum(np.floor(duration * generator.random(count)) - 0.5, 0.0), 0.0)
    return {"duration": duration, "ended": ended, "x": x, "entry": entry, "worlds": worlds}


def never_at_risk(spells: dict[str, Any]) -> NDArray[np.bool_]:
    """Those seen at no age at which anything ended."""
    ages = np.unique(spells["duration"][spells["ended"]])
    return np.searchsorted(ages, spells["entry"], "right") >= np.searchsorted(ages, spells["duration"], "right")


def without(spells: dict[str, Any], left_out: NDArray[np.bool_]) -> dict[str, Any]:
    return {name: column[~left_out] for name, column in spells.items()}


def fitted(spells: dict[str, Any], ties: Ties, entry: Floats | None = None) -> Any:
    model = PHReg(
        spells["duration"], spells["x"], spells["ended"].astype(int), entry=spells["entry"] if entry is None else entry,
        ties=ties,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it cannot get nearer than rounding allows
        return model, model.fit(method="newton", tol=1e-14, maxiter=100)


def ours(spells: dict[str, Any], ties: Ties, entry: Floats | None = None) -> Any:
    return cox(
        spells["duration"], spells["ended"], spells["x"], entry=spells["entry"] if entry is None else entry,
        clusters=spells["worlds"], ties=ties,
    )  # fmt: skip


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("seed", range(15))
def test_ratios_and_errors_are_those_of_statsmodels(seed: int, ties: Ties) -> None:
    spells = random_spells(seed)
    found, (model, theirs) = ours(spells, ties), fitted(spells, ties)
    np.testing.assert_allclose(found.coefficient, theirs.params, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.covariance, np.linalg.inv(-model.hessian(theirs.params)), rtol=1e-9, atol=1e-9)
    assert np.abs(model.score(found.coefficient) @ np.sqrt(found.covariance.diagonal())) < 1e-9


@pytest.mark.parametrize("seed", range(15))
def test_errors_by_world_are_those_of_statsmodels(seed: int) -> None:
    """Of spells that were at risk at some ending: statsmodels counts the others as at risk for ever in its residuals."""
    spells = random_spells(seed)
    whole, spells = spells, without(spells, never_at_risk(spells))
    found = ours(spells, "breslow")
    np.testing.assert_allclose(found.clustered, clustered(spells, "breslow"), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.clustered, ours(whole, "breslow").clustered, rtol=1e-9, atol=1e-12)


def clustered(spells: dict[str, Any], ties: Ties) -> Floats:
    model, _ = fitted(spells, ties)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model.fit(groups=spells["worlds"], method="newton", tol=1e-14, maxiter=100)
    return np.asarray(found.cov_params())


@pytest.mark.parametrize("seed", range(15))
def test_without_ties_efron_errors_by_world_are_those_of_statsmodels(seed: int) -> None:
    spells = random_spells(seed)
    spells["duration"] = spells["duration"] + np.random.default_rng(seed).random(len(spells["duration"])) / 4
    spells = without(spells, never_at_risk(spells))
    np.testing.assert_allclose(ours(spells, "efron").clustered, clustered(spells, "efron"), rtol=1e-9, atol=1e-9)


def weighted_score(spells: dict[str, Any], beta: Floats, weights: Floats) -> Floats:
    """Efron's score of weighted spells, one age and one rank at a time (as in R's survival)."""
    x, score = spells["x"], np.zeros(spells["x"].shape[1])
    pull = weights * np.exp(x @ beta)
    for now in np.unique(spells["duration"][spells["ended"]]):
        risk = (spells["duration"] >= now) & ((spells["entry"] < now) | (spells["entry"] == 0))
        ends = spells["ended"] & (spells["duration"] == now)
        score += weights[ends] @ x[ends]
        many = int(ends.sum())
        for rank in range(many):
            left = pull * risk - rank / many * pull * ends
            score -= weights[ends].mean() * (left @ x) / left.sum()
    return score


@pytest.mark.parametrize("seed", range(2))
def test_with_ties_efron_errors_by_world_come_from_what_each_spell_does_to_the_score(seed: int) -> None:
    """statsmodels puts Breslow's residuals into Efron's sandwich, so the oracle here is the derivative itself."""
    spells = random_spells(seed)
    found = ours(spells, "efron")
    count, small = len(spells["duration"]), 1e-5
    scores = np.empty((count, spells["x"].shape[1]))
    for k in range(count):
        step = small * (np.arange(count) == k)
        sides = [weighted_score(spells, found.coefficient, np.ones(count) + sign * step) for sign in (1, -1)]
        scores[k] = (sides[0] - sides[1]) / (2 * small)
    sums = np.stack([scores[spells["worlds"] == world].sum(axis=0) for world in np.unique(spells["worlds"])])
    expected = found.covariance @ (sums.T @ sums) @ found.covariance
    np.testing.assert_allclose(found.clustered, expected, rtol=1e-5, atol=1e-8 * np.abs(expected).max())


@pytest.mark.parametrize("seed", range(10))
def test_who_enters_at_the_age_of_an_ending_was_not_at_risk_of_it(seed: int) -> None:
    """As in the curve. statsmodels counts them (entry <= t), so it is shown the same entries just after."""
    spells = random_spells(seed)
    entry = np.where(spells["entry"] > 0, spells["entry"] - 0.5, 0.0)  # at whole numbers now, where endings are
    found = ours(spells, "efron", entry)
    _, theirs = fitted(spells, "efron", np.where(entry > 0, entry + 0.25, 0.0))
    np.testing.assert_allclose(found.coefficient, theirs.params, rtol=1e-9, atol=1e-9)


def test_the_published_remissions() -> None:
    time, ended = np.array(TREATED + PLACEBO), np.array([1] * 9 + [0] * 12 + [1] * 21)
    placebo = np.array([0] * 21 + [1] * 21)[:, None]
    breslow, efron = (cox(time, ended, placebo, ["placebo"], ties=ties) for ties in ("breslow", "efron"))
    assert breslow.coefficient[0] == pytest.approx(1.509, abs=5e-4)
    assert breslow.covariance[0, 0] ** 0.5 == pytest.approx(0.4096, abs=5e-5)
    assert efron.coefficient[0] == pytest.approx(1.5721, abs=5e-5)
    assert efron.covariance[0, 0] ** 0.5 == pytest.approx(0.4124, abs=5e-5)
    ratio, low, high = efron.ratios()[0]
    assert ratio == pytest.approx(4.8169, abs=1e-3)
    assert low < ratio < high


def test_spells_that_share_a_world_s_luck_have_wider_intervals() -> None:
    """Copies of a spell in one cluster say nothing new: the error by cluster stays, the naive one falls by √copies."""
    spells = random_spells(3)
    count = len(spells["duration"])
    once = cox(spells["duration"], spells["ended"], spells["x"], clusters=np.arange(count), ties="breslow")
    copies = {name: np.repeat(spells[name], 9, axis=0) for name in ("duration", "ended", "x")}
    many = cox(
        copies["duration"], copies["ended"], copies["x"], clusters=np.repeat(np.arange(count), 9), ties="breslow"
    )
    np.testing.assert_allclose(many.clustered, once.clustered, rtol=1e-8)
    np.testing.assert_allclose(many.covariance * 9, once.covariance, rtol=1e-8)
    assert many.clusters == count
    assert np.isnan(
        cox(spells["duration"], spells["ended"], spells["x"], clusters=np.zeros(count)).ratios()[:, 1:]
    ).all()


def test_units_of_a_covariate_do_not_matter() -> None:
    spells = random_spells(4)
    found = ours(spells, "efron")
    spells["x"] = 1e6 * spells["x"] + 1e5
    np.testing.assert_allclose(1e6 * ours(spells, "efron").coefficient, found.coefficient, rtol=1e-7)


def test_what_cannot_be_fitted_is_named() -> None:
    spells = random_spells(1)
    duration, ended = spells["duration"], spells["ended"]
    x = np.random.default_rng(1).normal(size=(len(duration), 2))
    with pytest.raises(ValueError, match="equity does not vary"):
        cox(duration, ended, np.column_stack([x[:, 0], np.ones(len(x))]), ["trust", "equity"])
    with pytest.raises(ValueError, match="twice follows from the others"):
        cox(duration, ended, np.column_stack([x[:, 0], 2 * x[:, 0] + 1]), ["trust", "twice"])
    with pytest.raises(ValueError, match="never splits the endings perfectly"):
        cox(duration, ended, np.column_stack([x[:, 0], ~ended]), ["trust", "never"])
    with pytest.raises(ValueError, match="no spell ended"):
        cox(duration, np.zeros(len(duration)), x)
    with pytest.raises(ValueError, match="differ in length"):
        cox(duration, ended, x, ["one"])


def test_twenty_thousand_spells_take_less_than_two_seconds() -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(20_000, 12))
    duration = np.ceil(20 * generator.exponential(np.exp(x @ np.full(12, 0.1)))) / 4
    start = time.process_time()
    cox(duration, generator.random(20_000) < 0.8, x, clusters=np.repeat(np.arange(50), 400))
    assert time.process_time() - start < 2.0
