"""Luck from Python's own random numbers, behind the same questions as the addressed luck of the reference."""

import random


class PythonLuck:
    """Draws in a row from `random.Random`: the address is not looked at. Only for what happens seldom, for it costs a call.

    What happens to every firm or alliance every quarter asks `random.Random` directly, as a user would.
    """

    def __init__(self, source: random.Random) -> None:
        self.source = source

    def uniform(self, purpose: int, quarter: int, who: int, whom: int = 0) -> float:
        """A number in [0, 1)."""
        return self.source.random()

    def uniform_below(self, purpose: int, quarter: int, who: int, whom: int, place: int) -> float:
        """A number in [0, 1)."""
        return self.source.random()

    def normal(self, purpose: int, quarter: int, who: int, whom: int = 0) -> float:
        """A standard normal number."""
        return self.source.gauss(0.0, 1.0)
