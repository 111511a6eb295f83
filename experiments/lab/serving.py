"""The lab on a socket: which address, what a connection may cost, and an end at once."""

import asyncio
import contextlib
import errno
import logging
import secrets
import socket
import sys
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from experiments.lab.app import application
from experiments.lab.guard import Guard
from experiments.lab.transport import LOCAL
from experiments.lab.workers import Workers
from experiments.lab.worlds import Worlds
from simulation.problems import InputError, Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp

USUAL_PORT, TRIED = 8421, 50
LARGEST_HEAD = 64_000  # bytes of a request before its body: the longest ask, percent-encoded, fits
SECONDS_FOR_HEAD = 30
MOST_CONNECTIONS = 400
MOST_OF_ONE, MOST_OF_OURSELVES = 40, 200  # connections from one address: another machine, this one
SECONDS_TO_READ, LEAST_READ = 30, 1 << 18  # who takes fewer bytes in that time, with more ready, has stopped reading
SENT_AT_ONCE = 1 << 20  # bytes that the system takes from us for each connection: a history goes out in one piece
HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"
_TOO_LONG_BODY = b'{"problems": ["The address is too long for the lab: fewer interventions or changes."]}'
_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b" % (len(_TOO_LONG_BODY), _TOO_LONG_BODY)
)


class Connection(HttpToolsProtocol):
    """One visitor's connection, with limits: the length of a request's head, the time for it, the time to read an answer.

    Without them a stranger who never ends a header would fill the memory, and one who never reads would stay for ever.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Too many connections, of all or of one address: this one is dropped."""
        self._head = self._unread = 0
        self._patience: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        super().connection_made(transport)  # type: ignore[arg-type]
        if len(self.connections) > MOST_CONNECTIONS or self._is_one_too_many():
            self.transport.abort()
            return
        self.transport.set_write_buffer_limits(high=0)  # what is not taken at once is waited for, and watched
        self._wait_for_head()

    def _is_one_too_many(self) -> bool:
        address = self.client[0] if self.client else ""
        visitors = (other.client for other in self.connections if isinstance(other, Connection))
        ours = sum(1 for visitor in visitors if visitor and visitor[0] == address)
        return ours > (MOST_OF_OURSELVES if address.startswith(LOCAL) else MOST_OF_ONE)

    def pause_writing(self) -> None:
        """Some of an answer waits to be read."""
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        """All of it has been taken."""
        super().resume_writing()
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def data_received(self, data: bytes) -> None:
        """Count what comes until a head is complete."""
        if self.transport.is_closing():
            return
        if self._patience is not None:
            self._head += len(data)
        super().data_received(data)
        if self._patience is not None and self._head > LARGEST_HEAD and not self.transport.is_closing():
            self.transport.write(_TOO_LONG)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._head = 0
        if self._patience is None:
            self._wait_for_head()

    def on_headers_complete(self) -> None:
        """A head is complete."""
        self._forget()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The visitor has gone."""
        self._forget()
        super().connection_lost(exc)
        self.resume_writing()

    def _wait_for_head(self) -> None:
        self._patience = self.loop.call_later(SECONDS_FOR_HEAD, self._give_up)

    def _wait_for_reader(self) -> None:
        self._unread = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(SECONDS_TO_READ, self._look_at_reader)

    def _look_at_reader(self) -> None:
        if self.transport.get_write_buffer_size() > self._unread - LEAST_READ:
            self._reading = None
            self.transport.abort()
        else:
            self._wait_for_reader()

    def _forget(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if not self.transport.is_closing():
            self.transport.close()


def bound(port: int | None, lan: bool = False) -> socket.socket:
    """A socket on a port; None: the usual one, or the next that is free. Raises InputError if the port cannot be had."""
    host = EVERYWHERE if lan else HERE
    tried = range(USUAL_PORT, USUAL_PORT + TRIED) if port is None else (port,)
    wrong = ""
    for one in tried:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENT_AT_ONCE)
        if sys.platform != "win32":  # there it would let two programs share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, one))
            listening.listen(128)
        except OSError as error:
            listening.close()
            wrong = _why_not(error, one)
            continue
        return listening
    raise InputError([Problem(wrong, "--port")])


def _why_not(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{port} is taken by another program; without --port the lab takes the next free one"
    if error.errno == errno.EACCES:
        return f"{port} is for the system only; take one from 1024 up, or leave --port out"
    return f"{port} cannot be had: {(error.strerror or str(error)).lower()}"


def own_addresses() -> list[str]:
    """Addresses by which other machines may reach this one, the likeliest first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # an address of documentation: only the route is looked up, nothing is sent
        found.append(probe.getsockname()[0])
    with contextlib.suppress(OSError):
        found += [place[4][0] for place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [str(one) for one in dict.fromkeys(found) if not str(one).startswith("127.")]


def own_names() -> list[str]:
    """Names of this machine."""
    name = socket.gethostname()
    return [one for one in dict.fromkeys((name, f"{name}.local", socket.getfqdn())) if one]


class _Serving(uvicorn.Server):
    """Ends at once: who waits for a run is told that the lab has ended."""

    def __init__(self, config: uvicorn.Config, workers: Workers) -> None:
        super().__init__(config)
        self._workers = workers
        logging.getLogger("uvicorn.error").addFilter(is_worth_saying)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._workers.close()
        await super().shutdown(sockets)


def is_worth_saying(record: logging.LogRecord) -> bool:
    """Whether the terminal should show it: not that somebody was cut off when the lab was ended."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, asyncio.CancelledError) and "graceful shutdown" not in record.getMessage()


class Server:
    """The lab on one socket. `address` is what to open; `run` serves until it is interrupted."""

    def __init__(self, listening: socket.socket, worlds: Worlds, lan: bool = False) -> None:
        """listening : from `bound`     lan : whoever brings the token may come from other machines"""
        self._socket, self._worlds = listening, worlds
        self.port = int(listening.getsockname()[1])
        self.token = secrets.token_urlsafe(16) if lan else ""
        self._names = (*own_names(), *own_addresses()) if lan else ()
        host = (own_addresses() or [HERE])[0] if lan else HERE
        self._serving: uvicorn.Server | None = None
        self.address = f"http://{host}:{self.port}/" + (f"?token={self.token}" if lan else "")

    def run(self) -> None:
        """Serve. Raises KeyboardInterrupt when interrupted."""
        asyncio.run(self.serve())

    async def serve(self, workers: Workers | None = None) -> None:
        """The same within a loop that runs."""
        workers = workers or Workers()
        guarded: ASGIApp = Guard(application(self._worlds, workers), self.port, self.token, self._names)
        settings: dict[str, Any] = {"log_level": "error", "access_log": False, "server_header": False}
        config = uvicorn.Config(
            guarded, http=Connection, ws="none", lifespan="off", proxy_headers=False, date_header=False,
            timeout_keep_alive=75, timeout_graceful_shutdown=1, **settings,
        )  # fmt: skip
        loaded = asyncio.ensure_future(workers.run(lambda: load_engine(self._worlds)))
        self._serving = _Serving(config, workers)
        try:
            await self._serving.serve(sockets=[self._socket])
        finally:
            loaded.cancel()
            workers.close()

    def stop(self) -> None:
        """Ask a server that runs in another thread to end."""
        if self._serving is not None:
            self._serving.should_exit = True


def load_engine(worlds: Worlds) -> None:
    """Everything that the first ask would wait for."""
    from experiments.lab.asks import ask_of
    from experiments.lab.history import history
    from experiments.lab.starting import start

    start(worlds)
    changes = {"firms.count": 8, "time.quarters": 8}
    history(ask_of({"scenario": worlds.first, "changes": changes}, worlds))
