"""Designs that are not a full grid: pairs of levels, points that fill a space, rows of a table."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from experiments.design import (
    MOST_CELLS,
    Design,
    Level,
    Range,
    cells_of,
    check_types,
    factorial,
    is_number,
    read_level,
    try_alone,
    whole_numbers,
)
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario

SAMPLED = ("lhs", "sobol", "random")
KINDS = ("factorial", "zip", *SAMPLED, "table")
DIGITS = 12  # of a sampled level: what a file shows is what was run


def design_of(
    base: Scenario, vary: Mapping[str, Any], kind: str = "factorial", points: int | None = None, seed: int = 1
) -> Design:
    """The design of a sweep.

    kind : "factorial" every combination of levels · "zip" the first levels together, the second together, ...
        "lhs" Latin hypercube, "sobol" scrambled Sobol sequence (best with a power of two), "random" uniform: `points`
        of them between (low, high) of each setting, the same for the same seed
        "table" one row of levels per cell, {setting: [level, ...]}, as `read_table` gives it
    Raises InputError with everything that is wrong.
    """
    if kind not in KINDS:
        hint = did_you_mean(str(kind), KINDS) or f"allowed: {', '.join(KINDS)}"
        raise InputError([Problem(f'no design "{kind}"; {hint}', key="design")])
    if points is not None and kind not in SAMPLED:
        raise InputError([Problem(f"belongs to the designs {', '.join(SAMPLED)}", key="points")])
    if kind == "factorial":
        return factorial(base, vary)
    check_types(base, vary)
    if kind in SAMPLED:
        columns = _sampled(base, vary, kind, points, seed)
    else:
        columns = _zipped(vary)
    return _design(base, columns, kind)


def _design(base: Scenario, columns: Mapping[str, Sequence[Level]], kind: str) -> Design:
    problems: list[Problem] = []
    for key, levels in columns.items():
        for level in dict.fromkeys(levels):
            try:
                try_alone(base, key, level)
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    if kind in SAMPLED:  # whole numbers repeat
        rows = list({tuple(row.values()): row for row in rows}.values())
    return Design(base, {key: tuple(row[key] for row in rows) for key in columns}, cells_of(base, rows), kind)


def _sampled(
    base: Scenario, vary: Mapping[str, Any], kind: str, points: int | None, seed: int
) -> dict[str, list[Level]]:
    if points is None or isinstance(points, bool) or not 2 <= points <= MOST_CELLS:
        raise InputError([Problem(f"{points!r} points: say how many, from 2 to {MOST_CELLS:,}", key="points")])
    problems, ranges = [], {}
    for key, wanted in vary.items():
        is_pair = isinstance(wanted, tuple | list) and len(wanted) == 2 and all(is_number(end) for end in wanted)
        if not is_pair:
            problems.append(Problem(f"the design {kind} needs a range, such as {key}=0:0.3", key=f"--vary {key}"))
        elif not wanted[0] < wanted[1]:
            problems.append(Problem(f"low {wanted[0]:g} must be below high {wanted[1]:g}", key=f"--vary {key}"))
        else:
            ranges[key] = Range(float(wanted[0]), float(wanted[1]))
    if problems:
        raise InputError(problems)
    unit = _unit_points(kind, len(ranges), int(points), seed)
    whole = whole_numbers(base)
    found: dict[str, list[Level]] = {}
    for column, (key, (low, high)) in zip(unit.T, ranges.items(), strict=True):
        if key in whole:
            steps = np.floor(column * (np.floor(high) - np.ceil(low) + 1))
            found[key] = [int(value) for value in np.minimum(np.ceil(low) + steps, np.floor(high))]
        else:
            found[key] = [float(f"{value:.{DIGITS}g}") for value in low + (high - low) * column]
    return found


def _unit_points(kind: str, dimensions: int, points: int, seed: int) -> NDArray[np.float64]:
    """[points, dimensions] in the unit cube."""
    generator = np.random.default_rng(seed)
    if kind == "random":
        return generator.random((points, dimensions))
    if kind == "lhs":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=generator).random(points))
    power = int(np.ceil(np.log2(points)))  # a sequence is balanced in powers of two: the first of so many
    return np.asarray(qmc.Sobol(dimensions, scramble=True, rng=generator).random_base2(power)[:points])


def _zipped(vary: Mapping[str, Any]) -> dict[str, list[Level]]:
    columns: dict[str, list[Level]] = {}
    for key, wanted in vary.items():
        if isinstance(wanted, tuple) and len(wanted) == 3 and not isinstance(wanted, Range) and is_number(wanted[2]):
            columns[key] = [float(level) for level in np.linspace(wanted[0], wanted[1], int(wanted[2])).round(DIGITS)]
        elif isinstance(wanted, list | tuple | range | np.ndarray) and not isinstance(wanted, Range) and len(wanted):
            columns[key] = [value.item() if isinstance(value, np.generic) else value for value in wanted]
        else:
            raise InputError([Problem(f"{wanted!r} is not a list of levels", key=f"--vary {key}")])
    lengths = {key: len(levels) for key, levels in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{key} {length}" for key, length in lengths.items())
        raise InputError(
            [Problem(f"each setting needs as many levels as the others, but there are {told}", key="vary")]
        )
    return columns


def read_table(path: str | Path) -> dict[str, list[Level]]:
    """The columns of a CSV file whose header names settings and whose rows are cells.

    Raises InputError for a file that cannot be read, an empty one, and rows of another length, each with its line.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = [
                (number, row) for number, row in enumerate(csv.reader(file), 1) if any(cell.strip() for cell in row)
            ]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(f"cannot be read: {error}", key=str(path))]) from None
    if len(rows) < 2:
        raise InputError([Problem("needs a header of settings and at least one row of levels", key=str(path))])
    header = [name.strip() for name in rows[0][1]]
    problems = [
        Problem(f"has {len(row)} values, the header {len(header)}", file=str(path), line=number)
        for number, row in rows[1:]
        if len(row) != len(header)
    ]
    if len(set(header)) < len(header):
        problems.append(Problem("names a setting twice", file=str(path), line=rows[0][0]))
    problems += [
        Problem(f"has no level of {name}", file=str(path), line=number)
        for number, row in rows[1:]
        if len(row) == len(header)
        for name, cell in zip(header, row, strict=True)
        if not cell.strip()
    ]
    if problems:
        raise InputError(problems)
    return {name: [read_level(row[place]) for _, row in rows[1:]] for place, name in enumerate(header)}
