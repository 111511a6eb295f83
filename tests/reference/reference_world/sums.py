"""How eight numbers are added: the order is part of the model's arithmetic, because firms that know the same must tie."""

from collections.abc import Iterable


def by_halves(numbers: Iterable[float]) -> float:
    """The sum over the domains: first those that are four apart, then two, then the last pair."""
    left = list(numbers)
    while len(left) > 1:
        half = len(left) // 2
        left = [low + high for low, high in zip(left[:half], left[half:], strict=True)]
    return left[0]
