import json
import struct
from typing import Any

import numpy as np
import pytest

from experiments.lab.packing import MAGIC, TYPES, pack, unpack
from simulation.problems import InputError

ARRAYS: dict[str, Any] = {
    "one": np.arange(3, dtype=np.uint8),
    "none": np.zeros((0, 4), np.uint16),
    "table": np.arange(6, dtype=np.float32).reshape(2, 3),
    "turned": np.arange(6, dtype=np.int32).reshape(2, 3).T,
    "big": np.arange(5, dtype=">u4"),
}


def test_what_is_packed_comes_out_again() -> None:
    header, arrays = unpack(pack({"kind": "test", "name": "Ärger\ud800"}, ARRAYS))
    assert header == {"kind": "test", "name": "Ärger\ud800"}
    assert list(arrays) == list(ARRAYS)
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, ARRAYS[name])


def test_every_array_begins_at_a_multiple_of_eight_of_the_whole() -> None:
    packed = pack({"kind": "test"}, ARRAYS)
    magic, length = struct.unpack_from("<4sI", packed)
    assert (magic, (8 + length) % 8, len(packed) % 8) == (MAGIC, 0, 0)
    places = json.loads(packed[8 : 8 + length])["arrays"]
    assert all(place["at"] % 8 == 0 for place in places.values())
    assert {place["type"] for place in places.values()} <= set(TYPES)


def test_what_a_browser_cannot_read_is_refused() -> None:
    with pytest.raises(TypeError, match="float64"):
        pack({}, {"wide": np.zeros(2)})
    with pytest.raises(ValueError, match="JSON compliant"):
        pack({"number": float("nan")}, {})


@pytest.mark.parametrize(
    "broken", [b"", b"ADH1", b"PK\x03\x04" + bytes(20), pack({}, ARRAYS)[:-9], b"ADH1\xff\xff\xff\xff{}"]
)
def test_other_bytes_are_an_input_error(broken: bytes) -> None:
    with pytest.raises(InputError, match="bytes"):
        unpack(broken)
