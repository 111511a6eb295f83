import numpy as np
import pytest

from experiments.analysis.comparison import estimate, paired_difference, worlds_if_unpaired


@pytest.fixture
def arms():
    generator = np.random.default_rng(7)
    luck = generator.normal(0.4, 0.05, size=200)
    return luck, luck + 0.05 + generator.normal(0, 0.01, size=200)


def test_pairing_finds_the_effect_that_was_put_in(arms):
    base, arm = arms
    found = paired_difference(base, arm, "managed", "survival_5y")
    assert (found.arm, found.outcome, found.worlds) == ("managed", "survival_5y", 200)
    assert found.low < 0.05 < found.high
    assert found.mean == pytest.approx(0.05, abs=4 * 0.01 / np.sqrt(200))
    assert found.better_in == 200


def test_worlds_if_unpaired_gives_intervals_of_the_same_width(arms):
    base, arm = arms
    needed = worlds_if_unpaired(base, arm)
    assert needed is not None
    paired = (arm - base).var(ddof=1) / 200
    unpaired = (base.var(ddof=1) + arm.var(ddof=1)) / needed
    assert unpaired <= paired < unpaired * needed / (needed - 1)
    # In theory 200·(.05² + .05² + .01²)/.01² = 10,200.
    assert needed == pytest.approx(10_200, rel=0.3)


def test_worlds_if_unpaired_at_the_edges():
    values = np.tile([0.1, 0.2, 0.4], 7)
    assert worlds_if_unpaired(values, values) is None  # identical arms: pairing is infinitely better
    assert worlds_if_unpaired(values, values + 0.1) is None
    assert worlds_if_unpaired(np.zeros(25), np.zeros(25)) == 25
    opposite = worlds_if_unpaired(values, -values)
    assert opposite == 11  # variances 1 + 1 against 4: pairing hurts, and the number says so


def test_worlds_if_unpaired_is_not_told_from_few_worlds(arms):
    base, arm = arms
    assert worlds_if_unpaired(base[:19], arm[:19]) is None
    assert worlds_if_unpaired(base[:20], arm[:20]) is not None
    assert worlds_if_unpaired(np.zeros(0), np.zeros(0)) is None


def test_better_counts_strictly_and_by_direction():
    base, arm = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 2.0, 5.0])
    assert paired_difference(base, arm).better_in == 1
    assert paired_difference(base, arm, less_is_better=True).better_in == 2


def test_worlds_without_the_outcome_are_left_out_of_both_arms():
    base, arm = np.array([1.0, np.nan, 3.0, 4.0]), np.array([2.0, 2.0, np.nan, 6.0])
    found = paired_difference(base, arm)
    assert found.worlds == 2
    assert found.mean == 1.5
    nothing = paired_difference(np.array([np.nan]), np.array([1.0]))
    assert nothing.worlds == 0
    assert np.isnan([nothing.mean, nothing.low, nothing.high]).all()


def test_the_same_values_give_the_same_interval(arms):
    assert paired_difference(*arms) == paired_difference(*arms)


def test_estimate_of_one_world_has_no_interval():
    alone = estimate(np.array([0.3]))
    assert alone.mean == 0.3
    assert np.isnan([alone.low, alone.high]).all()


def test_arms_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="one value per world"):
        paired_difference(np.zeros(3), np.zeros(4))


def test_coverage_of_the_paired_interval():
    generator, experiments, worlds = np.random.default_rng(8), 500, 50
    hits = 0
    for _ in range(experiments):
        luck = generator.normal(size=worlds)
        found = paired_difference(luck, luck + 0.3 + generator.normal(scale=0.2, size=worlds), draws=500)
        hits += found.low <= 0.3 <= found.high
    # Four standard errors of the count, and .015: a bootstrap of 50 worlds uses n for n−1 and z for t.
    assert abs(hits / experiments - 0.95) < 4 * np.sqrt(0.95 * 0.05 / experiments) + 0.015
