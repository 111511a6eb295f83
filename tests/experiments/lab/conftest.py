"""A lab on a port of its own, and a way to ask it."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from experiments.lab.serving import Server, bound
from experiments.lab.worlds import Worlds


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problems(self) -> str:
        return "\n".join(self.json["problems"])


@dataclass(frozen=True)
class Client:
    """Asks one request a connection."""

    port: int
    token: str = ""

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: Any) -> Answer:
        texts = {key: json.dumps(value) if key == "ask" else str(value) for key, value in parameters.items()}
        return self.send("GET", path + (f"?{urlencode(texts, quote_via=quote)}" if texts else ""), headers=headers)

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, content, headers)

    def send(
        self, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(method, target, body, headers or {})
            found = line.getresponse()
            names = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, names, found.read())
        finally:
            line.close()


def served(lan: bool = False) -> Iterator[Client]:
    server = Server(bound(0, lan), Worlds(), lan)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Client(server.port, server.token)
    deadline = time.monotonic() + 10
    while thread.is_alive() and time.monotonic() < deadline:
        server.stop()
        thread.join(0.1)
    assert not thread.is_alive()


@pytest.fixture(scope="session")
def lab() -> Iterator[Client]:
    yield from served()


@pytest.fixture(scope="session")
def open_lab() -> Iterator[Client]:
    """With --lan."""
    yield from served(lan=True)
