"""Worlds fitted to real spells: memberships of technology consortia, renewed year by year (pattern P27).

Two sets of settings, in `membership.toml`: what fits those who joined from mid 2019 to 2021, and what must change in the
environment, and nowhere else, to fit those who joined from 2022 on. They are fitted on top of a scenario and looked up by
its name; one that has no fit of its own takes that of the defaults. `alliances calibrate --membership` searches again.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from typing import Any

import numpy as np
from scipy.optimize import minimize

from experiments.validation.evidence import Arm, Floats, gather
from experiments.validation.lives import QUARTERS_PER_YEAR, Lives, survival
from experiments.validation.observations import Spells, membership_spells
from simulation.scenario import Scenario

DEFAULTS = "baseline"  # the scenario whose fit serves where there is no other
EARLY, EARLY_AGES = "CNCF joined 2019H2-2021", (1, 2, 3, 4, 5, 6)
LATE, LATE_AGES = "CNCF joined 2022+", (1, 2, 3, 4, 4.5)  # nobody has been observed for five years yet
OUTSIDE = 3.0  # an age outside its band, or within it but near its edge, weighs so many times more
NEAR = 0.8  # of a half-width: nearer to the edge than that, the luck of other worlds may carry an age outside
WORST = 0.1  # and the worst of all ages so much less


@cache
def settings(part: str) -> dict[str, Any]:
    """A part of `membership.toml`: "members" or "changed_world" (fits by scenario), "start", or "search..." (bounds)."""
    text = files("experiments.validation").joinpath("membership.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)[part])


def fitted(part: str, scenario: Scenario) -> dict[str, Any]:
    """The fit on top of a scenario, by its name, else that of the defaults. part : "members" or "changed_world"."""
    fits = settings(part)
    return dict(fits.get(scenario.name, fits[DEFAULTS]))


def arms() -> tuple[Arm, Arm]:
    """The worlds of those who joined early, and of those who joined late, as fitted on top of the scenario under test."""
    members, later = _changes("members"), _changes("changed_world")
    return Arm("members", members, (Lives,)), Arm("members, later", members | later, (Lives,))


def _changes(part: str) -> dict[str, Callable[[Scenario], float]]:
    """The settings of a fit, each a function of the scenario under test. All fits move the same ones."""
    return {name: partial(_value, part, name) for name in settings(part)[DEFAULTS]}


def _value(part: str, name: str, scenario: Scenario) -> float:
    value: float = fitted(part, scenario)[name]
    return value


def observed() -> tuple[Spells, Spells]:
    """The spells of those who joined early and late. Raises FileNotFoundError where the observations are missing."""
    return membership_spells(EARLY, EARLY_AGES), membership_spells(LATE, LATE_AGES)


def at_ages(curve: Floats, ages: Sequence[float]) -> Floats:
    """Values of a curve by quarters at ages in years, whole or half."""
    return np.array([curve[round(age * QUARTERS_PER_YEAR)] for age in ages], dtype=np.float64)


def inside(curve: Floats, spells: Spells) -> int:
    """At how many ages a curve lies inside the observed band."""
    simulated = at_ages(curve, spells.ages)
    return int(((simulated >= spells.low) & (simulated <= spells.high)).sum())


def distance(curve: Floats, spells: Spells) -> float:
    """Squared distance to the observed shares in units of the bands' half-width, more outside the bands and near their edges.

    The pattern lets one age lie outside, so the worst age counts a tenth.
    """
    half = (np.array(spells.high) - np.array(spells.low)) / 2
    off = np.abs(at_ages(curve, spells.ages) - spells.survival) / half
    terms = off**2 * np.where(off > NEAR, OUTSIDE, 1.0)
    return float(terms.sum() - (1.0 - WORST) * terms.max())


def fit_membership(
    scenario: Scenario, worlds: int = 24, seed: int = 101, evaluations: int = 150, jobs: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> tuple[dict[str, float], dict[str, float]]:  # fmt: skip
    """Search both sets of settings, the second by moving the environment only. Returns them as `membership.toml` has them.

    scenario : on top of which; every search begins where `membership.toml` says, so that it can be run again
    worlds, seed : of the search, the same luck at every point
    evaluations : points tried for each set     Raises FileNotFoundError where the observations are missing.
    """
    early, late = observed()
    start, change = settings("start")["members"], settings("start")["changed_world"]
    members = _fit(scenario, start, settings("search"), early, worlds, seed, evaluations, jobs, tell)
    later = _fit(scenario.with_(members), change, settings("search_later"), late, worlds, seed, evaluations, jobs, tell)
    return members, later


def _fit(
    scenario: Scenario, start: Mapping[str, Any], bounds: Mapping[str, Any], spells: Spells, worlds: int, seed: int,
    evaluations: int, jobs: int | None, tell: Callable[[str], None] | None,
) -> dict[str, float]:  # fmt: skip
    names = list(bounds)
    low, high = (np.array([float(bounds[name][side]) for name in names]) for side in (0, 1))
    base = scenario.with_({key: value for key, value in start.items() if key not in bounds})

    def misfit(x: Floats) -> float:
        values = dict(zip(names, (low + np.clip(x, 0, 1) * (high - low)).tolist(), strict=True))
        evidence = gather(base.with_(values), [Arm("members", {}, (Lives,))], worlds, seed, jobs)["members"]
        curve = survival({key: found.sum(axis=0) for key, found in evidence.items()})
        found = distance(curve, spells) + 10.0 * float(((x < 0) * x**2 + (x > 1) * (x - 1) ** 2).sum())
        if tell:
            tell(
                f"{spells.group}: misfit {found:.2f}, inside at {inside(curve, spells)} of {len(spells.survival)} ages"
            )
        return found

    begin = np.array(
        [(float(start.get(name, (a + b) / 2)) - a) / (b - a) for name, a, b in zip(names, low, high, strict=True)]
    )
    simplex = np.vstack([begin, *(begin + 0.2 * np.where(begin > 0.5, -1, 1) * row for row in np.eye(len(names)))])
    solved = minimize(misfit, begin, method="Nelder-Mead",
                      options={"maxfev": evaluations, "initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-3})  # fmt: skip
    best = low + np.clip(solved.x, 0, 1) * (high - low)
    found = {name: float(f"{value:.4g}") for name, value in zip(names, best.tolist(), strict=True)}
    return {**start, **found}
