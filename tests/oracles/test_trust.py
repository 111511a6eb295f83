"""L9, L12: trust as a random walk to a barrier, and what one deception does to it for ever."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation.engine import run_world
from simulation.events import BREACH
from simulation.world import build_world

NOISE, GAIN = 0.2, 1e-4
STEP = 0.5 * GAIN * NOISE  # standard deviation of a quarter's change near T = 1/2
BARRIER = 0.5
OVERSHOOT = 0.5826  # a walk in steps passes a barrier as a continuous one passes it this many steps further on


def first_passages(make: Any, graph: Any, start: float, drift: float, quarters: int) -> np.ndarray:
    """[sides] quarter in which trust first is at the barrier or below; beyond the last if never.

    start : initial trust above the barrier; drift : fall per quarter, both in steps. Gains and losses weigh alike and move
    trust by GAIN times surprise times about one half, so that the changes of a quarter simply add up.
    """
    settings = {
        "strategies": {"steady": {"share": 1.0, "base": 0.5}},
        "time.quarters": quarters, "sharing.observation_noise": NOISE, "sharing.noise_less_fit": 0.0, "sharing.openness": 0.0,
        "trust.initial": BARRIER + start * STEP, "trust.initial_spread": 0.0, "trust.gain": GAIN, "trust.loss": GAIN,
        "trust.expectation_base": 0.5 + drift * NOISE, "trust.expectation_trust": 0.0, "trust.goodwill": 0.0,
        "trust.feeling_out_quarters": 0,
    }  # fmt: skip
    world = build_world(make(settings, graph), seed=1)
    many = len(graph) // 2
    passed = np.full((many, 2), quarters + 1)
    for quarter in range(1, quarters + 1):
        run_world(world, quarter)
        passed[(world.alliances.trust[:many] <= BARRIER) & (passed > quarters)] = quarter
    return passed.ravel()


def inverse_gaussian(start: float, drift: float) -> Any:
    """First passage of a continuous walk: mean start/drift, shape start squared (variance 1 a quarter)."""
    mean, shape = start / drift, start**2
    return stats.invgauss(mean / shape, scale=shape)


def distance(passed: np.ndarray, law: Any, quarters: int) -> float:
    """Kolmogorov-Smirnov: the largest distance between the two distribution functions, at whole quarters."""
    at = np.arange(1, quarters + 1)
    return float(np.abs(np.searchsorted(np.sort(passed), at, side="right") / len(passed) - law.cdf(at)).max())


def critical(many: int, chance: float) -> float:
    """What the distance exceeds with a given chance if the law holds (asymptotic)."""
    return float(stats.kstwobign.isf(chance) / np.sqrt(many))


@pytest.mark.parametrize(("start", "drift"), [(15.0, 0.2), (10.0, 0.1)])
def test_l9_first_passage_is_inverse_gaussian(start: float, drift: float, at_rest: Any, pairs: Any) -> None:
    quarters = 900
    passed = first_passages(at_rest, pairs(1000), start, drift, quarters)
    assert distance(passed, inverse_gaussian(start + OVERSHOOT, drift), quarters) < critical(len(passed), 1e-3)


@pytest.mark.slow
def test_l9_without_the_correction_of_the_barrier_the_law_would_be_told_apart(at_rest: Any, pairs: Any) -> None:
    """Enough passages to see even half a step: what passes with the correction of Siegmund 1979 fails without it."""
    start, drift, quarters = 10.0, 0.1, 900
    passed = first_passages(at_rest, pairs(4000), start, drift, quarters)
    assert distance(passed, inverse_gaussian(start + OVERSHOOT, drift), quarters) < critical(len(passed), 1e-3)
    assert distance(passed, inverse_gaussian(start, drift), quarters) > critical(len(passed), 1e-3)


def peak(law: Any) -> float:
    """Quarter of the largest hazard."""
    at = np.arange(0.5, 400, 0.5)
    return float(at[np.argmax(law.pdf(at) / law.sf(at))])


def hazard(passed: np.ndarray, around: float) -> tuple[float, float]:
    """Chance per quarter to pass, within a quarter of the time around a quarter; and its standard error."""
    first, last = round(0.75 * around), round(1.25 * around)
    ended = int(((passed > first) & (passed <= last)).sum())
    exposed = float(np.clip(passed - first, 0, last - first).sum())
    return ended / exposed, np.sqrt(max(1, ended)) / exposed


def test_l9_more_initial_trust_means_a_later_peak_of_the_hazard(at_rest: Any, pairs: Any) -> None:
    """The liability of adolescence: goodwill carries partners over a time (Fichman & Levinthal 1991)."""
    drift, starts = 0.05, (4.0, 8.0, 14.0)
    peaks = [peak(inverse_gaussian(start + OVERSHOOT, drift)) for start in starts]
    assert peaks == sorted(peaks)
    quarters = round(1.3 * peaks[-1])
    passed = [first_passages(at_rest, pairs(1500), start, drift, quarters) for start in starts]
    for less, more in ((0, 1), (1, 2)):
        for who, here, there in ((less, less, more), (more, more, less)):
            at_own, error = hazard(passed[who], peaks[here])
            elsewhere, other_error = hazard(passed[who], peaks[there])
            assert at_own - elsewhere > 3 * np.hypot(error, other_error), (starts[who], peaks)


# --- L12 ---

LOSS, EARLY, FADING, KEEPS = 0.4, 1.5, 6.0, 0.6


def deceived(make: Any, pairs: Any, age: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Trust and ceiling of both sides by quarter [quarters, 2], and the breaches: the firm on seat 1 cheats once."""
    quarters = age + 40
    settings = {
        "strategies": {"honest": {"share": 1.0, "base": 1.0}, "cheat": {"share": 0.0, "base": 1.0, "side_deals": True}},
        "interventions": [
            {"quarter": age, "firms": [1], "to": {"strategy": "cheat"}},
            {"quarter": age + 1, "firms": [1], "to": {"strategy": "honest"}},
        ],
        "time.quarters": quarters, "opportunism.side_deal_rate": 1.0, "opportunism.rival_factor": 1.0,
        "opportunism.detection": 1.0, "trust.initial": 0.5, "trust.gain": 1.5, "trust.expectation_base": 0.1,
        "trust.expectation_trust": 0.1, "trust.breach_ceiling": LOSS, "trust.breach_early": EARLY,
        "trust.breach_age": FADING, "trust.breach_keeps": KEEPS,
    }  # fmt: skip
    world = build_world(make(settings, pairs(1)), seed=1)
    trust, ceiling = np.zeros((quarters, 2)), np.zeros((quarters, 2))
    for quarter in range(quarters):
        run_world(world, quarter + 1)
        trust[quarter], ceiling[quarter] = world.alliances.trust[0], world.alliances.ceiling[0]
    logged = world.log.kind[: world.counters.logged[0]] == BREACH
    breaches = np.stack([world.log.quarter[: len(logged)], world.log.first[: len(logged)]], axis=1)[logged]
    return trust, ceiling, breaches


@pytest.mark.parametrize("age", [0, 20])
def test_l12_one_deception_lowers_the_ceiling_by_exactly_e10(age: int, at_rest: Any, pairs: Any) -> None:
    trust, ceiling, breaches = deceived(at_rest, pairs, age)
    assert breaches.tolist() == [[age, 1]]
    expected = (1 - LOSS) ** (1 + EARLY * np.exp(-age / FADING))
    assert (ceiling[:age] == 1.0).all()
    np.testing.assert_allclose(ceiling[age:, 0], expected, rtol=1e-14)
    assert (ceiling[:, 1] == 1.0).all(), "the deceiver was not deceived"
    assert (trust <= ceiling).all()
    np.testing.assert_allclose(trust[-1], ceiling[-1], atol=1e-6, err_msg="time heals up to the ceiling, not beyond")
    if age:
        assert trust[age, 0] == pytest.approx(min(KEEPS, expected), rel=1e-6), (
            "full trust before, so KEEPS of it is left"
        )


def test_l12_an_early_deception_is_the_worse(at_rest: Any, pairs: Any) -> None:
    early, late = deceived(at_rest, pairs, 0)[1][-1, 0], deceived(at_rest, pairs, 20)[1][-1, 0]
    assert early / late == pytest.approx((1 - LOSS) ** (EARLY * (1 - np.exp(-20 / FADING))), rel=1e-13)
    assert early < late
