import numpy as np
import pytest

from experiments.figures.tipping import Curve, tipping_figure

LEVERS = np.linspace(0.0, 1.0, 9)


def curve(label="as it is", root=0.4, interval=(0.35, 0.45), worlds=60, seed=1):
    mean = 0.35 - 0.5 * (LEVERS - (root if np.isfinite(root) else 0.4))
    whole = np.abs(LEVERS - 0.4) < 0.3
    own = np.random.default_rng(seed).normal(root, 0.08, worlds)
    return Curve(label, LEVERS, mean, mean - 0.02, mean + 0.02, whole.astype(float), root, *interval, own)


def drawn(*curves, **more):
    return tipping_figure(curves, 0.35, "chance of a shock [1/quarter]", "alliances that live five years", **more)


def test_level_start_and_axes_are_named(legible):
    texts = legible(drawn(curve(), start=0.2, title="With a shock rate of 0.4, 35 of 100 live"))
    assert {"35 %", "as it is", "single worlds", "chance of a shock [1/quarter]"} <= set(texts)
    assert "alliances that live five years [%]" in texts


def test_every_arm_has_its_row_of_worlds(legible):
    texts = legible(
        drawn(
            curve(),
            curve("sharing", 0.55, (0.5, 0.6), seed=2),
            curve("a long name of an arm", 0.7, (0.6, 0.8)),
            start=0.2,
        )
    )
    assert texts.count("sharing") == 2  # legend and row
    assert "single worlds" not in texts


@pytest.mark.parametrize("interval", [(np.nan, np.nan), (0.3, np.inf), (-np.inf, 0.5)])
def test_open_and_missing_intervals(legible, interval):
    legible(drawn(curve(interval=interval)))


def test_no_root_at_all(legible):
    nowhere = Curve("as it is", LEVERS, 0.6 + 0 * LEVERS, 0.55 + 0 * LEVERS, 0.65 + 0 * LEVERS, np.ones(9), np.nan, np.nan,
                    np.nan, np.empty(0))  # fmt: skip
    texts = legible(drawn(nowhere, start=0.5))
    assert "single worlds" not in texts


def test_outcomes_that_are_no_shares_keep_their_unit(legible):
    texts = legible(drawn(curve(), share=False, unit="quarters"))
    assert "alliances that live five years [quarters]" in texts
    assert "0.35" in texts


def test_the_start_may_stand_at_an_end(legible):
    for start in (0.0, 1.0, -5.0):
        legible(drawn(curve(), start=start))
