"""Which settings a result rests on: what each arm changes, and what the world is like."""

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.report.build import Table
from experiments.report.numbers import value_text
from simulation.scenario import Scenario
from simulation.validation import Setting, settings

COLUMNS = ("meaning", "value", "default", "unit", "source")
# What the answer leans on most, shown whether or not it was changed.
MATTERS = (
    "firms.count",
    "time.quarters",
    "time.warm_up_quarters",
    "firms.alliance_function_share",
    "firms.flexibility",
    "trust.initial",
    "environment.shock_rate",
    "environment.shock_magnitude",
    "environment.shock_scope",
    "opportunism.side_deal_rate",
    "exit.base_hazard",
)


def assumption_tables(scenarios: Mapping[str, Scenario], varied: Sequence[str] = ()) -> list[Table]:
    """Three kinds of tables: what each arm changes, how the base differs from the defaults, what matters in any case.

    scenarios : arm -> scenario, the base first     varied : settings that a sweep varies, left out of the other tables
    """
    (base_name, base), *arms = scenarios.items()
    known = {setting.key: setting for setting in settings(Scenario, defaults=base)}
    defaults = flat(Scenario().model_dump())
    tables = []
    for name, scenario in arms:
        rows = [
            _row(known, key, value, defaults, flat(base.model_dump())) for key, value in changes(base, scenario).items()
        ]
        names = ("setting", "meaning", f"in “{name}”", base_name, "default", "unit", "source")
        tables.append(Table(f"What “{name}” changes", names, rows or [("nothing", *[""] * 6)], numbers=False))
    own = {key: value for key, value in changes(Scenario(), base).items() if key not in varied}
    whose = f"How the scenario “{base.name}” differs from the default world"
    rows = [_row(known, key, value, defaults) for key, value in own.items()]
    if rows:
        tables.append(Table(whose, ("setting", *COLUMNS), rows, numbers=False))
    values = flat(base.model_dump())
    rest = [key for key in MATTERS if key not in own and key not in varied]
    tables.append(
        Table(
            "Other settings that matter much, at their defaults",
            ("setting", *COLUMNS),
            [_row(known, key, values[key], defaults) for key in rest],
            "All settings: alliances parameters. What a setting does: the equations in simulation/rules.",
            numbers=False,
        )
    )
    return tables


def _row(
    known: Mapping[str, Setting],
    key: str,
    value: Any,
    defaults: Mapping[str, Any],
    base: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    setting = known.get(key)
    meaning, unit, source = (setting.meaning, setting.unit, setting.source) if setting else ("", "", "")
    default = value_text(defaults[key]) if key in defaults else "not in the default world"
    before = [] if base is None else [value_text(base.get(key))]
    return (key, meaning, value_text(value), *before, default, unit, source)


def changes(base: Scenario, other: Scenario) -> dict[str, Any]:
    """Dotted settings in which another scenario differs from a base, with the other's values; titles don't count."""
    before, after = flat(base.model_dump()), flat(other.model_dump())
    return {key: value for key, value in after.items() if before.get(key) != value and key not in ("name", "title")}


def flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted paths.

    >>> flat({"a": {"b": 1}, "c": 2})
    {'a.b': 1, 'c': 2}
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {prefix + key: value}
    return found


def label(scenario: Scenario, key: str) -> str:
    """A setting as the label of an axis: its meaning and unit."""
    setting = next((item for item in settings(Scenario, defaults=scenario) if item.key == key), None)
    if setting is None:
        return f"share of {key.removeprefix('mix.').replace('_', ' ')}s [share]" if key.startswith("mix.") else key
    return f"{setting.meaning} [{setting.unit}]" if setting.unit else setting.meaning
