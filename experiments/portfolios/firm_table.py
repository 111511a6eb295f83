"""A table of firms: what is known of each, as people write it, as traits that an intervention sets at the start."""

from collections.abc import Callable, Sequence
from typing import Any

from scenarios.tables import Layout, at_most, read_table
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scripted import Traits

YES, NO = ("1", "true", "yes", "y"), ("0", "false", "no", "n")
# Column -> bounds; those of simulation.scripted.Traits, which is what the engine lets be set for a firm.
SHARES = ("flexibility", "absorptive_capacity", "goal", "reputation", "openness")
OPTIONAL = ("strategy", "alliance_function", *SHARES, "activity", "capital", "sector")
FIRMS = Layout("firms", ("name",), OPTIONAL)
MOST = {"activity": 1000.0, "capital": 1e9}
NO_SECTOR = (
    "The column sector is not used: the engine draws sectors by lot, so two of your firms are rivals in some worlds and "
    "not in others."
)


def read_firms(table: tuple[str, str], known: Sequence[str]) -> tuple[dict[str, Traits], list[str]]:
    """Traits by firm, and notes for the reader. Empty cells stay as the scenario draws them.

    table : text and name of the file     known : firms that have an alliance
    Columns: name, and any of strategy (a row of the strategy table), alliance_function (yes or no), flexibility,
    absorptive_capacity, goal, reputation, openness (0 to 1), activity (mean 1), capital (money).
    Raises InputError with every wrong row by its line.
    """
    rows = read_table(*table, (FIRMS,))
    problems, found, lines = list(rows.problems), {}, dict[str, int]()
    for row in rows.rows:
        name = row["name"]
        if not name:
            problems.append(row.problem("name", "the name of the firm is blank"))
        elif name in lines:
            problems.append(row.problem("name", f'"{name}" is given twice, first on line {lines[name]}'))
        elif name not in known:
            hint = did_you_mean(name, known) or "names must be spelled alike in both files"
            problems.append(row.problem("name", f'"{name}" has no alliance in the other file; {hint}'))
        lines.setdefault(name, row.line)
        traits: dict[str, Any] = {}
        for column in OPTIONAL[:-1]:
            if row[column]:
                try:
                    traits[column] = _reader(column)(row[column])
                except ValueError as error:
                    problems.append(row.problem(column, str(error)))
        if traits:
            found[name] = traits
    if problems:
        raise InputError(at_most(problems))
    notes = [NO_SECTOR] if any(row["sector"] for row in rows.rows) else []
    return {name: Traits(**traits) for name, traits in found.items()}, notes


def check_strategies(traits: dict[str, Traits], strategies: Sequence[str]) -> None:
    """Raises InputError for strategies that a scenario does not have."""
    wrong = {t.strategy for t in traits.values() if t.strategy is not None and t.strategy not in strategies}
    if wrong:
        raise InputError(
            Problem(f'no such strategy "{one}"; {did_you_mean(one, strategies)}', key="firms") for one in sorted(wrong)
        )


def _reader(column: str) -> Callable[[str], Any]:
    if column == "strategy":
        return lambda text: text.strip().lower().replace(" ", "_")
    if column == "alliance_function":
        return _flag
    return lambda text: _number(text, MOST.get(column, 1.0))


def _flag(text: str) -> bool:
    if text.lower() not in YES + NO:
        raise ValueError(f'"{text}" is neither yes nor no')
    return text.lower() in YES


def _number(text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a number') from None
    if not 0 <= value <= most:
        raise ValueError(f"{text} is not a number from 0 to {most:,g}")
    return value
