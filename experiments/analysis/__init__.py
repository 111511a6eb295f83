"""From the tables of many worlds to curves and intervals: tables in, tables out; runs nothing itself."""

from experiments.analysis.comparison import Difference, Estimate, estimate, paired_difference
from experiments.analysis.survival import (
    SurvivalCurve,
    cumulative_incidence,
    kaplan_meier,
    median_life,
    median_life_difference,
    median_life_estimate,
    survival_at,
    survival_curve,
)

__all__ = [
    "Difference",
    "Estimate",
    "SurvivalCurve",
    "cumulative_incidence",
    "estimate",
    "kaplan_meier",
    "median_life",
    "median_life_difference",
    "median_life_estimate",
    "paired_difference",
    "survival_at",
    "survival_curve",
]
