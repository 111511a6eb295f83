"""Arrays and a header in one piece of bytes: what the server sends and `static/packing.js` reads.

Little-endian: "ADH1", the length of the header, the header as JSON padded so that it ends at a multiple of 8, then the
arrays, each from a multiple of 8 on.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.problems import InputError, Problem

MAGIC = b"ADH1"
TYPES = ("u1", "u2", "i2", "u4", "i4", "f4")  # what typed arrays of a browser hold, 8-byte ones left out
STEP = 8  # bytes: any typed array may begin at a multiple of it
_HEAD = struct.Struct("<4sI")
_LITTLE = {kind: np.dtype("<" + kind) for kind in TYPES}
_ZEROS = bytes(STEP)


def pack(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Header and arrays as one piece.

    header : anything JSON can hold, without NaN     arrays : of the types u1, u2, i2, u4, i4 or f4
    Raises TypeError for another type of array, ValueError for NaN in the header.
    """
    places: dict[str, dict[str, Any]] = {}
    pieces: list[Any] = []
    at = 0
    for name, array in arrays.items():
        kind = array.dtype.str[1:]
        if kind not in TYPES:
            raise TypeError(f"array {name} is of type {array.dtype}; allowed: {', '.join(TYPES)}")
        places[name] = {"type": kind, "shape": array.shape, "at": at}
        gap = -array.nbytes % STEP
        pieces += (np.ascontiguousarray(array, _LITTLE[kind]), _ZEROS[:gap])  # joined without another copy
        at += array.nbytes + gap
    text = json.dumps({**header, "arrays": places}, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-(_HEAD.size + len(text)) % STEP)
    return b"".join([_HEAD.pack(MAGIC, len(text)), text, *pieces])


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header, without the places of the arrays, and the arrays. Raises InputError if the bytes are something else."""
    try:
        magic, length = _HEAD.unpack_from(packed)
        header = json.loads(packed[_HEAD.size : _HEAD.size + length])
        start = _HEAD.size + length
        arrays = {
            name: np.frombuffer(
                packed, np.dtype("<" + place["type"]), int(np.prod(place["shape"])), start + place["at"]
            ).reshape(place["shape"])
            for name, place in header.pop("arrays").items()
        }
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError([Problem(f"is not a packed history or ensemble: {error}", "bytes")]) from None
    if magic != MAGIC:
        raise InputError([Problem(f"begins with {magic!r}, not {MAGIC!r}", "bytes")])
    return header, arrays
