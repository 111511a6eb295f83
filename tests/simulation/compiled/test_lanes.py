"""Vectors of eight: the same numbers, to the last bit, with the compiler and without."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.compiled import entry
from simulation.compiled.lanes import at_least, lanes, larger, line, set_line, sum_of
from simulation.scenario import DOMAINS

numbers = st.lists(st.floats(-1e6, 1e6), min_size=DOMAINS, max_size=DOMAINS)
TABLE = np.arange(3.0 * DOMAINS).reshape(3, DOMAINS)


def everything(table: np.ndarray, a: int, b: int, level: float, found: np.ndarray) -> int:
    """All that is done with vectors, written into `found` [8, 8]."""
    x, y = line(table, a), line(table, b)
    set_line(found, 0, x + y)
    set_line(found, 1, x - level * y)
    set_line(found, 2, x * y / (1.0 + y * y))
    set_line(found, 3, larger(x, y))
    set_line(found, 4, larger(level, x))
    set_line(found, 5, larger(x, level))
    set_line(found, 6, lanes(table[a, 7], level, 2.0, 3.0, 4.0, 5.0, 6.0, table[b, 0]))
    found[7, 0] = sum_of(x)
    return at_least(x, level)


compiled = entry(everything)


@settings(deadline=None)  # the first call compiles
@given(numbers, numbers, st.floats(-1e6, 1e6))
def test_compiled_and_plain_vectors_agree_to_the_last_bit(x: list[float], y: list[float], level: float) -> None:
    table = np.array([x, y])
    here, there = np.zeros((8, DOMAINS)), np.zeros((8, DOMAINS))
    assert everything(table, 0, 1, level, here) == compiled(table, 0, 1, level, there)
    assert here.tobytes() == there.tobytes()


@given(numbers, st.floats(-1e6, 1e6))
def test_each_means_what_it_says(x: list[float], level: float) -> None:
    vector = line(np.array([x]), 0)
    assert larger(vector, level).tolist() == [max(number, level) for number in x]
    assert at_least(vector, level) == sum(1 << k for k, number in enumerate(x) if number >= level)
    size = sum(abs(number) for number in x)
    assert abs(sum_of(vector) - math.fsum(x)) <= 7 * np.finfo(float).eps * size  # seven additions


def test_the_order_of_the_sum_is_fixed() -> None:
    big = 2.0**54  # beside it a one is lost: the order shows
    assert sum_of(np.array([big, 1.0, 0.0, 0.0, -big, 0.0, 0.0, 0.0])) == 1.0
    assert sum_of(np.array([big, 1.0, 0.0, 0.0, 0.0, -big, 0.0, 0.0])) == 0.0


def test_a_line_read_is_a_copy() -> None:
    table = TABLE.copy()
    first = line(table, 0)
    set_line(table, 0, line(table, 1))
    assert first.tolist() == TABLE[0].tolist()
    assert table.tolist() == [TABLE[1].tolist(), *TABLE[1:].tolist()]


@pytest.mark.parametrize("skip", range(3))
def test_a_table_may_begin_anywhere_in_memory(skip: int) -> None:
    """Copied and unpickled worlds do not begin at a cache line."""
    memory = np.arange(float(2 * DOMAINS + skip))
    table, found = memory[skip:].reshape(2, DOMAINS), np.zeros((8, DOMAINS))
    compiled(table, 0, 1, 0.5, found)
    assert found[0].tolist() == (table[0] + table[1]).tolist()
