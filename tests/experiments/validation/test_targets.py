"""Distances to the edges of bands, in standard errors."""

import pytest

from experiments.validation.measure import Interval
from experiments.validation.measures import measures
from experiments.validation.targets import NORMAL_95, Target, standard_error, targets


def test_depth_is_the_distance_to_the_nearer_edge() -> None:
    target = Target("P01", "", 0.4, 0.7)
    assert target.depth(0.5, 0.05) == pytest.approx(2.0)
    assert target.depth(0.75, 0.05) == pytest.approx(-1.0)


def test_a_sure_verdict_needs_the_whole_interval() -> None:
    sure = Target("P33", "loyalty up", low=0.0, surely=True)
    assert sure.depth(NORMAL_95 * 0.01, 0.01) == pytest.approx(0.0)
    assert sure.depth(-0.01, 0.01) < -2.9


def test_errors_shrink_with_the_root_of_the_worlds() -> None:
    number = Interval(0.5, 0.5 - NORMAL_95 * 0.1, 0.5 + NORMAL_95 * 0.1)
    assert standard_error(number, worlds=50, wanted=200) == pytest.approx(0.05)


def test_every_pattern_measured_in_one_scenario_has_a_target() -> None:
    assert {target.pattern for target in targets()} == set(measures()) - {"P27"}  # fitted apart, to real spells


def test_a_target_finds_its_number() -> None:
    parts = {"first": Interval(1.0, 0.9, 1.1), "second": Interval(2.0, 1.9, 2.1)}
    assert Target("P06", "").number(parts).value == 1.0
    assert Target("P06", "second").number(parts).value == 2.0
