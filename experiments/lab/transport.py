"""Bodies in, with a cap on their size and time; bodies out, compressed for those who are far."""

import asyncio
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

SECONDS = 10  # a message that is not there by then never comes
LOCAL = ("127.", "::1", "::ffff:127.")
HEARD_OUT = 4_000_000  # bytes beyond what is kept


class BodyTooLargeError(Exception):
    """A message longer than is taken; says how long it may be."""


class BodyTooSlowError(Exception):
    """A message that does not end."""


async def body_of(request: "Request", most: int) -> bytes:
    """The body of a request, read as it comes; no more than `most` bytes are kept. Raises BodyTooLargeError or BodyTooSlowError.

    What is a little too long is read to its end: who is cut off in the middle of speaking does not hear the answer.
    """
    told = request.headers.get("content-length", "")
    seen = int(told) if told.isdecimal() and len(told) < 16 else 0
    if seen > most + HEARD_OUT:
        raise BodyTooLargeError(f"At most {most:,} bytes are taken.")
    found, seen = bytearray(), 0
    try:
        async with asyncio.timeout(SECONDS):
            async for piece in request.stream():
                seen += len(piece)
                if seen <= most:
                    found += piece
                if seen > most + HEARD_OUT:
                    break
    except TimeoutError:
        raise BodyTooSlowError from None
    if seen > most:
        raise BodyTooLargeError(f"At most {most:,} bytes are taken.")
    return bytes(found)


def wants_shrunk(request: "Request") -> bool:
    """Whether the visitor is on another machine and takes gzip."""
    if request.client is None or request.client.host.startswith(LOCAL):
        return False
    offered = request.headers.get("accept-encoding", "").lower().split(",")
    return any(
        one.split(";")[0].strip() == "gzip" and "q=0" not in one.replace(" ", "").split(";")[1:] for one in offered
    )


def shrunk(content: bytes) -> bytes:
    """As gzip, quickly."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()
