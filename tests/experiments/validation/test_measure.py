"""Numbers with intervals, from made-up evidence whose answer is known."""

import math

import numpy as np
import pytest

from experiments.validation.evidence import Arm, Evidence
from experiments.validation.measure import Curve, Interval, Measure, Sample, within

RATIO = Measure(
    "P09",
    (Arm("base", {}, ()), Arm("other", {}, ())),
    lambda found: {
        "ratio": float(found["other"]["count"] / found["base"]["count"]),
        "base": float(found["base"]["count"]),
    },
    within("P09"),
    lambda found: Curve(np.arange(2.0), found["base"]["line"], "x", "y"),
)


def made_up(worlds: int, spread: float) -> Evidence:
    count = 100.0 + spread * np.random.default_rng(1).normal(size=worlds)
    return {"base": {"count": count, "line": np.stack([count, 2 * count], axis=1)}, "other": {"count": 1.5 * count}}


def test_what_both_arms_share_cancels_out() -> None:
    parts = Sample(made_up(50, 10.0), 50).parts(RATIO)
    assert list(parts) == ["ratio", "base"]
    assert parts["ratio"] == pytest.approx((1.5, 1.5, 1.5))
    assert parts["base"].low < parts["base"].value < parts["base"].high


def test_the_interval_is_that_of_resampled_worlds() -> None:
    sample = made_up(100, 10.0)
    parts = Sample(sample, 100, draws=4000).parts(RATIO)
    half = 1.96 * float(sample["base"]["count"].std()) * math.sqrt(100)
    assert parts["base"].high - parts["base"].low == pytest.approx(2 * half, rel=0.05)


def test_few_worlds_take_the_wider_interval_of_student() -> None:
    sample = made_up(4, 10.0)
    parts = Sample(sample, 4, draws=4000).parts(RATIO)
    half = 3.18 * float(sample["base"]["count"].std(ddof=1)) * math.sqrt(4)
    assert parts["base"].high - parts["base"].value == pytest.approx(half, rel=0.05)


def test_one_world_has_no_interval_but_a_curve() -> None:
    sample = Sample(made_up(1, 10.0), 1)
    parts, curve = sample.parts(RATIO), sample.curve(RATIO)
    assert parts["ratio"].value == pytest.approx(1.5)
    assert math.isnan(parts["ratio"].low)
    assert curve is not None
    assert curve.low is None


def test_a_curve_gets_its_band_from_the_draws() -> None:
    curve = Sample(made_up(50, 10.0), 50).curve(RATIO)
    assert curve is not None
    assert curve.low is not None
    assert curve.high is not None
    assert (curve.low < curve.y).all()
    assert (curve.high > curve.y).all()


def test_a_number_that_few_draws_define_has_no_interval() -> None:
    worlds = 50
    only = {"base": {"count": np.where(np.arange(worlds) == 0, 1.0, 0.0), "line": np.zeros((worlds, 2))}}
    measure = Measure("P09", RATIO.arms[:1], lambda found: {"x": float(1.0 / found["base"]["count"])}, within("P09"))
    parts = Sample(only, worlds).parts(measure)
    assert parts["x"].value == 1.0
    assert math.isfinite(parts["x"].low)  # one in e draws misses the only world that counts
    never = Measure("P09", RATIO.arms[:1], lambda found: {"x": float(np.nan * found["base"]["count"])}, within("P09"))
    assert all(math.isnan(side) for side in Sample(only, worlds).parts(never)["x"])


@pytest.mark.parametrize(
    ("value", "verdict"), [(1.19, False), (1.2, True), (2.2, True), (2.21, False), (math.nan, False)]
)
def test_the_ends_of_a_band_belong_to_it(value: float, verdict: bool) -> None:
    assert within("P09")({"ratio": Interval(value, 0.0, 3.0), "other": Interval(9.0, 9.0, 9.0)}) is verdict
