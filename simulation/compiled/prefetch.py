"""A hint to memory: a row that a loop comes to soon."""

from collections.abc import Callable
from typing import Any

import numba
import numba.core.cgutils
import numba.extending

_extending: Any = numba.extending
_cgutils: Any = numba.core.cgutils
_types: Any = numba.types
_ir: Any = _cgutils.ir  # llvmlite, which numba writes machine code with


AHEAD = 8  # alliances: memory answers in the time that so many take


def fetch_early(array: Any, row: int) -> None:
    """Have memory bring the first cache line of a row that a loop comes to soon: a hint that changes nothing but time.

    Worth it only where rows come in no order and a large world exceeds the caches: such a loop waits for memory.
    """


@_extending.type_callable(fetch_early)  # type: ignore[untyped-decorator]
def _type_fetch_early(_: Any) -> Callable[..., Any]:
    return lambda array, row: _types.none


@_extending.lower_builtin(fetch_early, _types.Array, _types.Integer)  # type: ignore[untyped-decorator]
def _lower_fetch_early(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """The machine's own instruction: numba has no name for it."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    row = context.cast(builder, arguments[1], signature.args[1], _types.intp)
    bytes_per_row = _cgutils.unpack_tuple(builder, array.strides)[0]
    pointer, number = _cgutils.voidptr_t, _cgutils.int32_t
    place = _cgutils.pointer_add(builder, array.data, builder.mul(row, bytes_per_row), pointer)
    takes = _ir.FunctionType(_ir.VoidType(), (pointer, number, number, number))
    prefetch = builder.module.declare_intrinsic("llvm.prefetch", (pointer,), takes)
    to_read, keep, data = number(0), number(3), number(1)
    builder.call(prefetch, (place, to_read, keep, data))
    return context.get_dummy_value()
