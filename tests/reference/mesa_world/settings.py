"""The scenario as plain objects: reading a number from a pydantic model takes four times as long as from these."""

from simulation.scenario import Scenario
from simulation.settings import Group


class Settings:
    """A table of settings as attributes, as a user would keep them."""

    def __init__(self, values: dict[str, object]) -> None:
        for name, value in values.items():
            setattr(self, name, value)


def plain(scenario: Scenario) -> Settings:
    """The same names: tables and strategies are plain, everything else is as it was."""
    tables = {name: Settings(dict(value)) if isinstance(value, Group) else value for name, value in scenario}
    tables["strategies"] = {name: Settings(dict(row)) for name, row in scenario.strategies.items()}
    return Settings(tables)
