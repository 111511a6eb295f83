"""Which inputs move an output, and how much of its spread is luck. Inputs lie in the unit cube.

Samples and indices come from SALib (Herman & Usher 2017; Iwanaga et al. 2022), an optional package.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.bootstrap import LEVEL, SEED, student

Floats = NDArray[np.float64]
GRID = 4  # levels of Morris' grid: a step goes through two thirds of a range
CANDIDATES = 4  # trajectories drawn for each one that is kept
MOST_CHOSEN = 30  # trajectories; choosing takes minutes beyond, and so many spread out by themselves
RESAMPLES = 500
METHODS = ("morris", "sobol")


@dataclass(frozen=True)
class Effects:
    """Elementary effects of each input, in units of the output per whole range [inputs].

    mu_star : mean size of the effects     mu : mean with sign     sigma : their standard deviation: how much the effect
    depends on the other inputs     low, high : 95 % interval of mu_star     floor : what mu_star would be on average
    for an input that does nothing but reshuffle luck     used : trajectories that every point defines
    """

    mu_star: Floats
    low: Floats
    high: Floats
    mu: Floats
    sigma: Floats
    floor: Floats
    used: int

    @property
    def strength(self) -> Floats:
        return self.mu_star


@dataclass(frozen=True)
class Indices:
    """Shares of the output's variance [inputs].

    first : that go with one input alone     total : that vanish if it is fixed, interactions included
    each with its 95 % interval; estimates may lie below 0     used : base samples that every point defines
    """

    first: Floats
    first_low: Floats
    first_high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    used: int

    @property
    def strength(self) -> Floats:
        return self.total


@dataclass(frozen=True)
class Luck:
    """The share of the variance over points and worlds that is luck, with its 95 % interval.

    common : of it, worlds that are better or worse at all points alike     own : the rest, luck that falls differently
    at each point     points, worlds : that it is computed from
    """

    share: float
    low: float
    high: float
    common: float
    own: float
    points: int
    worlds: int


def _problem(inputs: int) -> dict[str, Any]:
    return {"num_vars": inputs, "names": [str(k) for k in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}


def design(method: str, inputs: int, samples: int, seed: int = SEED) -> Floats:
    """Points of the unit cube to evaluate [points, inputs].

    method : "morris", samples trajectories of inputs + 1 points, up to MOST_CHOSEN of them those farthest apart of four
    times as many (Campolongo et al. 2007, Ruano et al. 2012), beyond as drawn; or "sobol", samples x (inputs + 2) points
    (Saltelli et al. 2010)
    """
    if method == "morris":
        from SALib.sample import morris

        chosen = samples <= MOST_CHOSEN
        pool, kept = (CANDIDATES * samples, samples) if chosen else (samples, None)
        found = morris.sample(_problem(inputs), pool, GRID, optimal_trajectories=kept, seed=seed)
    else:
        from SALib.sample import sobol

        found = sobol.sample(_problem(inputs), samples, calc_second_order=False, seed=seed)
    return np.asarray(found, dtype=np.float64)


def morris_effects(points: Floats, values: Floats, seed: int = SEED) -> Effects:
    """Elementary effects from trajectories that move one input at a time.

    points : [trajectories·(inputs+1), inputs] from `design`     values : [points, worlds], NaN where undefined
    Equation:  EE = (y(x + Δe_k) − y(x)) / Δ,  y the mean over worlds;  mu* = mean |EE|,  sigma = sd of EE
    The interval joins two kinds of spread: half width² = SALib's² (resampled trajectories) + (t·s)², s the jackknife
    error over worlds. The floor is √(2/π) times the mean standard error of an elementary effect over worlds.
    Source: Morris 1991; Campolongo et al. 2007.
    """
    from SALib.analyze import morris

    inputs = points.shape[1]
    kept = _whole_blocks(values, inputs + 1)
    points, values, used = points[kept], values[kept], int(kept.sum()) // (inputs + 1)
    if used < 2:
        none = np.full(inputs, np.nan)
        return Effects(none, none, none, none, none, none, used)
    found = morris.analyze(
        _problem(inputs), points, _means(values), num_resamples=RESAMPLES, conf_level=LEVEL, num_levels=GRID, seed=seed
    )
    without = np.array([_mu_star(points, means) for means in _left_out(values)]).reshape(-1, inputs)
    half = np.hypot(np.asarray(found["mu_star_conf"], dtype=np.float64), _jackknife(without))
    star = np.asarray(found["mu_star"], dtype=np.float64)
    effects = _effects(points, values)
    known = np.isfinite(effects).sum(axis=2)
    errors = np.where(known > 1, _spread(effects) / np.sqrt(np.maximum(known, 1)), 0.0)
    told = (known > 1).sum(axis=0)
    floor = np.where(told > 0, np.sqrt(2 / np.pi) * errors.sum(axis=0) / np.maximum(told, 1), np.nan)
    mu, sigma = (np.asarray(found[name], dtype=np.float64) for name in ("mu", "sigma"))
    return Effects(star, np.maximum(0.0, star - half), star + half, mu, sigma, floor, used)


def sobol_indices(inputs: int, values: Floats, seed: int = SEED) -> Indices:
    """First-order and total indices from a design of `design("sobol", ...)`.

    values : [samples·(inputs+2), worlds], NaN where undefined; indices are those of the mean over worlds, so luck that
    the mean has not evened out counts as an interaction of all inputs     Intervals join SALib's bootstrap over base
    samples and a jackknife over worlds as in `morris_effects`. NaN if the output does not vary.
    Source: Sobol' 2001; Saltelli et al. 2010.
    """
    from SALib.analyze import sobol

    kept = _whole_blocks(values, inputs + 2)
    values, used = values[kept], int(kept.sum()) // (inputs + 2)
    means = _means(values) if used else np.zeros(0)
    if used < 2 or np.ptp(means) <= 1e-12 * np.abs(means).max():
        none = np.full(inputs, np.nan)
        return Indices(none, none, none, none, none, none, used)
    found = sobol.analyze(
        _problem(inputs), means, calc_second_order=False, num_resamples=RESAMPLES, conf_level=LEVEL, seed=seed
    )
    without = np.array([_indices(inputs, one) for one in _left_out(values)]).reshape(-1, 2, inputs)
    sides: list[Floats] = []
    for place, name in enumerate(("S1", "ST")):
        index, conf = (np.asarray(found[key], dtype=np.float64) for key in (name, f"{name}_conf"))
        half = np.hypot(conf, _jackknife(without[:, place]))
        sides += [index, index - half, index + half]
    return Indices(sides[0], sides[1], sides[2], sides[3], sides[4], sides[5], used)


def luck_share(values: Floats) -> Luck:
    """How much of the variance of an output is luck, by the law of total variance.

    values : [points, worlds], the same worlds at all points; points that a world leaves undefined are left out
    Equation:  Var(Y) = Var(E[Y | point]) + E[Var(Y | point)];  luck = E[Var(Y | point)] / Var(Y)
    The components come from the two-way table Y = m + a(point) + b(world) + e: σ²_e = MS_e, σ²_a = (MS_a − MS_e)/worlds,
    σ²_b = (MS_b − MS_e)/points, each at least 0, so that the noise in a mean over few worlds is not taken for an effect of
    the settings. luck = (σ²_b + σ²_e) / (σ²_a + σ²_b + σ²_e), common = σ²_b and own = σ²_e over the same sum.
    The variance is over the points that were run; the interval is from a jackknife over worlds, cut to 0..1.
    Source: Searle, Casella & McCulloch 1992 (components of variance).

    >>> luck_share(np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])).share  # σ²_a = 4, σ²_b = 0.5
    0.1111111111111111
    """
    table = np.asarray(values, dtype=np.float64)
    table = table[np.isfinite(table).all(axis=1)]
    points, worlds = table.shape
    if points < 2 or worlds < 2:
        return Luck(np.nan, np.nan, np.nan, np.nan, np.nan, points, worlds)
    common, own = _components(table)
    share, half = common + own, np.nan
    if worlds > 2:
        without = np.array([sum(_components(np.delete(table, world, axis=1))) for world in range(worlds)])
        half = float(_jackknife(without[:, None])[0])
    return Luck(share, max(0.0, share - half), min(1.0, share + half), common, own, points, worlds)


def _components(table: Floats) -> tuple[float, float]:
    """Shares of the variance that are common luck and own luck; NaN if nothing varies."""
    points, worlds = table.shape
    rows, columns, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    rest = table - rows[:, None] - columns[None, :] + mean
    own = float((rest**2).sum() / ((points - 1) * (worlds - 1)))
    between = max(0.0, float(rows.var(ddof=1)) - own / worlds)
    common = max(0.0, float(columns.var(ddof=1)) - own / points)
    total = between + common + own
    if total <= (1e-12 * max(1e-300, float(np.abs(table).max()))) ** 2:
        return float("nan"), float("nan")
    return common / total, own / total


def _whole_blocks(values: Floats, size: int) -> NDArray[np.bool_]:
    """Which points belong to a block (a trajectory, a base sample) in which every point is defined in some world."""
    defined = np.isfinite(values).any(axis=1).reshape(-1, size).all(axis=1)
    return np.repeat(defined, size)


def _means(values: Floats) -> Floats:
    return np.asarray(np.nanmean(values, axis=1), dtype=np.float64)


def _left_out(values: Floats) -> list[Floats]:
    """Means of the points without each world in turn; none for fewer than three worlds."""
    known = np.isfinite(values)
    total, count = np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1)
    worlds = values.shape[1] if values.shape[1] > 2 else 0
    found = []
    for world in range(worlds):
        rest = count - known[:, world]
        means = (total - np.where(known[:, world], values[:, world], 0.0)) / np.maximum(rest, 1)
        found.append(np.where(rest > 0, means, total / np.maximum(count, 1)))
    return found


def _jackknife(without: Floats) -> Floats:
    """Half width of the 95 % interval from estimates that leave out each world in turn [worlds, ...]; 0 for no worlds."""
    worlds = len(without)
    if worlds < 2:
        return np.zeros(without.shape[1:])
    spread = ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    return np.asarray(student(worlds) * np.sqrt((worlds - 1) / worlds * spread), dtype=np.float64)


def _effects(points: Floats, values: Floats) -> Floats:
    """Elementary effects [trajectories, inputs, worlds]."""
    inputs = points.shape[1]
    steps = np.diff(points.reshape(-1, inputs + 1, inputs), axis=1)
    moved = np.abs(steps).argmax(axis=2)
    size = np.take_along_axis(steps, moved[:, :, None], axis=2)
    found = np.diff(values.reshape(len(steps), inputs + 1, -1), axis=1) / size
    return np.asarray(np.take_along_axis(found, np.argsort(moved, axis=1)[:, :, None], axis=1), dtype=np.float64)


def _mu_star(points: Floats, means: Floats) -> Floats:
    return np.asarray(np.abs(_effects(points, means[:, None])).mean(axis=(0, 2)), dtype=np.float64)


def _spread(effects: Floats) -> Floats:
    """Standard deviation over worlds, NaN left out [trajectories, inputs]."""
    known = np.isfinite(effects)
    count = known.sum(axis=2, keepdims=True)
    mean = np.where(known, effects, 0.0).sum(axis=2, keepdims=True) / np.maximum(count, 1)
    squares = np.where(known, (effects - mean) ** 2, 0.0).sum(axis=2)
    return np.asarray(np.sqrt(squares / np.maximum(count[:, :, 0] - 1, 1)), dtype=np.float64)


def _indices(inputs: int, means: Floats) -> Floats:
    """First-order and total indices [2, inputs], by SALib's estimators."""
    from SALib.analyze import sobol

    blocks = ((means - means.mean()) / (means.std() or 1.0)).reshape(-1, inputs + 2)
    first, last = blocks[:, 0], blocks[:, -1]
    found = [
        [rule(first, blocks[:, k + 1], last) for k in range(inputs)] for rule in (sobol.first_order, sobol.total_order)
    ]
    return np.array(found, dtype=np.float64)
