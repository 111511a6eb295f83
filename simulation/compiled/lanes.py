"""Eight domains at once: a vector that the machine adds, multiplies and compares in one step.

Bodies of knowledge, profiles and markets all have eight numbers, a cache line. The compiler will not join them by itself:
it would have to change the order of sums, and results with it. Here the order is fixed, the same with the compiler on or
off, where a vector is a numpy array [8]. Rules of plain arithmetic take vectors as they take numbers.
"""

import operator
from collections.abc import Callable
from typing import Any

import numba
import numba.core.cgutils
import numba.extending
import numpy as np

from simulation.scenario import DOMAINS

_extending: Any = numba.extending
_types: Any = numba.types
_cgutils: Any = numba.core.cgutils
_ir: Any = _cgutils.ir  # llvmlite, which numba writes machine code with
_VECTOR = _ir.VectorType(_ir.DoubleType(), DOMAINS)
_PLACE = _ir.IntType(32)


class _Lanes(_types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name="Lanes")


_lanes = _Lanes()


@_extending.register_model(_Lanes)
class _LanesModel(_extending.models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, of: Any) -> None:
        super().__init__(manager, of, _VECTOR)


# --- what kernels call; the bodies are what runs with the compiler off --------------------------------------------------


def line(array: np.ndarray, row: "int | np.integer[Any]") -> Any:
    """The eight numbers in a row of an array [rows, 8]. row : 0 or more; compiled, nothing is checked."""
    return array[row].copy()


def set_line(array: np.ndarray, row: "int | np.integer[Any]", numbers: Any) -> None:
    """Write eight numbers into a row of an array [rows, 8]. row : 0 or more; compiled, nothing is checked."""
    array[row] = numbers


def lanes(a: float, b: float, c: float, d: float, e: float, f: float, g: float, h: float) -> Any:
    """A vector of eight numbers."""
    return np.array([a, b, c, d, e, f, g, h])


def larger(a: Any, b: Any) -> Any:
    """The larger of two in each domain; either may be one number for all. As `max`: a where b is not above it."""
    return np.where(np.greater(b, a), b, a)


def sum_of(numbers: Any) -> float:
    """Their sum, by halves: first the domains that are four apart."""
    four = numbers[:4] + numbers[4:]
    two = four[:2] + four[2:]
    return float(two[0] + two[1])


def at_least(numbers: Any, level: float) -> int:
    """A bit per domain whose number is not below a level."""
    return sum(int(number >= level) << domain for domain, number in enumerate(numbers))


# --- what the compiler makes of them -----------------------------------------------------------------------------------


def _is_vector(*kinds: Any) -> bool:
    """Whether these are vectors and numbers, and not all of them numbers."""
    return _lanes in kinds and all(kind in (_lanes, _types.float64) for kind in kinds)


def _is_table(array: Any, row: Any) -> bool:
    """Whether it is an array [rows, 8] of floats, row after row; that there are eight of them only the caller knows."""
    is_table = isinstance(array, _types.Array) and (array.ndim, array.dtype, array.layout) == (2, _types.float64, "C")
    return is_table and isinstance(row, _types.Integer)


def _spread(builder: Any, value: Any) -> Any:
    """A number in all places of a vector; a vector as it is."""
    if value.type == _VECTOR:
        return value
    nothing = _ir.Constant(_VECTOR, _ir.Undefined)
    first = builder.insert_element(nothing, value, _PLACE(0))
    return builder.shuffle_vector(first, nothing, _ir.Constant(_ir.VectorType(_PLACE, DOMAINS), None))


def _instruction(name: str) -> Callable[..., Any]:
    def lower(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return getattr(builder, name)(*(_spread(builder, value) for value in arguments))

    return lower


_PAIRS = ((_Lanes, _Lanes), (_Lanes, _types.Float), (_types.Float, _Lanes))
for _operator, _name in (
    (operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"), (operator.truediv, "fdiv"),
):  # fmt: skip
    _extending.type_callable(_operator)(lambda _: lambda a, b: _lanes if _is_vector(a, b) else None)
    for _kinds in _PAIRS:
        _extending.lower_builtin(_operator, *_kinds)(_instruction(_name))

_extending.type_callable(larger)(lambda _: lambda a, b: _lanes if _is_vector(a, b) else None)
_extending.type_callable(line)(lambda _: lambda array, row: _lanes if _is_table(array, row) else None)
_extending.type_callable(set_line)(
    lambda _: lambda array, row, numbers: _types.none if _is_table(array, row) and numbers == _lanes else None
)
_extending.type_callable(lanes)(lambda _: lambda a, b, c, d, e, f, g, h: _lanes)
_extending.type_callable(sum_of)(lambda _: lambda numbers: _types.float64 if numbers == _lanes else None)
_extending.type_callable(at_least)(lambda _: lambda numbers, level: _types.int64 if numbers == _lanes else None)


def _lower_larger(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    a, b = (_spread(builder, value) for value in arguments)
    return builder.select(builder.fcmp_ordered(">", b, a), b, a)


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Where a row begins, as the place of a vector."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    row = context.cast(builder, arguments[1], signature.args[1], _types.intp)
    bytes_per_row = _cgutils.unpack_tuple(builder, array.strides)[0]
    return _cgutils.pointer_add(builder, array.data, builder.mul(row, bytes_per_row), _VECTOR.as_pointer())


def _lower_line(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.load(_place(context, builder, signature, arguments), align=8)  # a copied world may lie anywhere


def _lower_set_line(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    builder.store(arguments[2], _place(context, builder, signature, arguments), align=8)
    return context.get_dummy_value()


def _lower_lanes(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    vector = _ir.Constant(_VECTOR, _ir.Undefined)
    for place, value in enumerate(arguments):
        vector = builder.insert_element(vector, value, _PLACE(place))
    return vector


def _lower_sum(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    vector, width = arguments[0], DOMAINS
    while width > 1:
        width //= 2
        low, high = (
            builder.shuffle_vector(vector, vector, _ir.Constant(_ir.VectorType(_PLACE, width), places))
            for places in (list(range(width)), list(range(width, 2 * width)))
        )
        vector = builder.fadd(low, high)
    return builder.extract_element(vector, _PLACE(0))


def _lower_at_least(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    reached = builder.fcmp_ordered(">=", *(_spread(builder, value) for value in arguments))
    return builder.zext(builder.bitcast(reached, _ir.IntType(DOMAINS)), _ir.IntType(64))


for _kinds in _PAIRS:
    _extending.lower_builtin(larger, *_kinds)(_lower_larger)
_extending.lower_builtin(line, _types.Array, _types.Integer)(_lower_line)
_extending.lower_builtin(set_line, _types.Array, _types.Integer, _Lanes)(_lower_set_line)
_extending.lower_builtin(lanes, *[_types.Float] * DOMAINS)(_lower_lanes)
_extending.lower_builtin(sum_of, _Lanes)(_lower_sum)
_extending.lower_builtin(at_least, _Lanes, _types.Float)(_lower_at_least)
