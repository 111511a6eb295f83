"""Regret: how far each choice stays behind the best one, in each future, and at worst."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import DRAWS, FEW, LEVEL, SEED, resample

Floats = NDArray[np.float64]
TIE = 1e-9  # of the size of values: choices so close are equally good


@dataclass(frozen=True)
class Regrets:
    """Regrets in the unit of the outcome, never negative; low and high are NaN from fewer than ten worlds.

    means : mean outcome [arms, futures]     regret, low, high : [arms, futures]
    worst, worst_low, worst_high : largest regret over the futures [arms]     mean, mean_low, mean_high : over the
    futures, each weighing the same [arms]     sure : share of resamples in which the arm has the least worst regret
    [arms]; arms that tie share it     worlds : in which all arms define the outcome in all futures
    """

    means: Floats
    regret: Floats
    low: Floats
    high: Floats
    worst: Floats
    worst_low: Floats
    worst_high: Floats
    mean: Floats
    mean_low: Floats
    mean_high: Floats
    sure: Floats
    worlds: int

    @property
    def order(self) -> list[int]:
        """Positions of the arms, the one with the least worst regret first, then by mean regret."""
        return [int(place) for place in np.lexsort((self.mean, np.round(self.worst, 12)))]


def regrets(values: Floats, less_is_better: bool = False, draws: int = DRAWS, seed: int = SEED) -> Regrets:
    """Regret of each arm in each future, with intervals from resampling worlds, the same worlds in every cell.

    values : [arms, futures, worlds], NaN where undefined; a world that lacks one cell is left out of all
    Equation:  regret(arm, future) = max over arms of mean(·, future) − mean(arm, future), signs turned where less is
    better; worst(arm) = max over futures. Means are over worlds: regret is about choosing before luck is known. The
    largest of several noisy means is a little too large, so regrets near 0 are a little too large as well.
    Source: Savage 1951 (minimax regret); Lempert, Popper & Bankes 2003.

    >>> regrets(np.array([[[3.0], [1.0]], [[2.0], [5.0]]])).worst.tolist()
    [4.0, 1.0]
    """
    table = np.asarray(values, dtype=np.float64)
    arms, futures, _ = table.shape
    table = np.moveaxis(table[:, :, np.isfinite(table).all(axis=(0, 1))], 2, 0)
    worlds = len(table)
    if not worlds:
        cells, ends = np.full((arms, futures), np.nan), np.full(arms, np.nan)
        return Regrets(cells, cells, cells, cells, ends, ends, ends, ends, ends, ends, ends, 0)
    good = -table if less_is_better else table
    regret = _behind(good.mean(axis=0))
    cells, ends = np.full((2, arms, futures), np.nan), np.full((4, arms), np.nan)
    sure = np.full(arms, np.nan)
    if worlds >= FEW:
        drawn = _behind(resample(good, draws, seed) / worlds)
        tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
        cells = np.quantile(drawn, tails, axis=0)
        worst = drawn.max(axis=2)
        ends = np.concatenate([np.quantile(worst, tails, axis=0), np.quantile(drawn.mean(axis=2), tails, axis=0)])
        least = worst <= worst.min(axis=1, keepdims=True) + TIE * max(1e-300, float(np.abs(good).max()))
        sure = (least / least.sum(axis=1, keepdims=True)).mean(axis=0)
    return Regrets(
        table.mean(axis=0), regret, cells[0], cells[1], regret.max(axis=1), ends[0], ends[1],
        regret.mean(axis=1), ends[2], ends[3], sure, worlds,
    )  # fmt: skip


def _behind(means: Floats) -> Floats:
    """How far each arm is behind the best. means : [..., arms, futures]"""
    return np.asarray(means.max(axis=-2, keepdims=True) - means, dtype=np.float64)
