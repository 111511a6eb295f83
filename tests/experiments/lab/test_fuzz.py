"""Thousands of malformed requests at a real server: none may break it, hang it, fill it or make it say anything on stderr."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from experiments.lab.packing import unpack


def words(text: str) -> list[str]:
    return text.split()


ROOT = Path(__file__).resolve().parents[3]
SEED, REQUESTS = 20261122, 4000
MOST_GROWTH = 200e6  # bytes; the lab keeps up to 64 MiB of answers on purpose
EXPECTED = {200, 400, 403, 404, 405, 408, 413, 429, 431, 503}
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
GOOD = {"scenario": "calm", "changes": {"firms.count": 12, "time.quarters": 16}, "seed": 3}
ASKED = ("/api/history", "/api/ensemble", "/api/autopsy", "/api/firm", "/api/telling")
TOLD = ("/api/network", "/api/bets", "/api/save")
PATHS = (*ASKED, *TOLD, "/api/start", "/", "/static/lab.js")
PLACES = ("scenario", "changes", "interventions", "seed", "world", "network", "extra")
SETTINGS = words(
    "firms.count time.quarters trust.initial network.kind mechanisms.loyalty mix.hoarder mix.sharer firms.sectors "
    "strategies.sharer.base environment.shock_kind network.degree no.such firms __class__"
)
WORDS = (
    *words("baseline null florentine airlines calm NaN %s%n <script> ../../etc/passwd"),
    *("", "\x00", "\ud800", "🜏" * 50, "'; DROP TABLE firms;--", "A" * 5000, "\u202e\n\r"),
)
NUMBERS = (
    *words("0 -1 1e999 -1e999 NaN Infinity -Infinity 0.1 -0 1e-400 2147483648 3"),
    *("9" * 400, "1" + "0" * 5000),
)
TRAITS = ("flexibility", "alliance_function", "strategy", "capital", "x")
DOINGS = words("quarter to share sector strategy calm between agree firms other")
ODD = (-1, 0, 3, 15, 16, 4000, 10**30, 1.5, "3", None, True, [], {}, "firm 3", "\ud800")
QUERIES = (
    *words("ask ask= ask=% ask=%zz ask=%ff%fe ask=%00 &&& ask=1&ask={} =x ask[]=1 ask=+ ; ask=%F0%9F"),
    *("a=b&a=b", "a=b&" * 2000, "token=" + "%" * 50),
)
STEPS = (
    *words(".. %2e%2e ..%2f %5c static app.py etc passwd %00 . api history lab.js ~ % %c0%af C: vendor uPlot con *"),
    *("", "a" * 3000, "%F0%9F%98%80"),
)
METHODS = (*words("PUT DELETE OPTIONS PATCH TRACE HEAD CONNECT POST GET get BREW PROPFIND"), "", "G\x00T")
HOSTS = (
    *(host.encode() for host in words("evil.example 127.0.0.1 [::1 localhost:99999 127.0.0.1:0x1")),
    b"",
    b"\xff\xfe",
    b"a" * 3000,
)
TABLES = (
    *("a,b\nA,B\nB,C\n", "a,b\nA\n", "a,b,since,governance\nA,B,9999999,owner\n", "a;b\n1;2\n", "a,b\n\x00,\x01\n"),
    *("firm,group,from,to\nA,G,2000,1990\n", "\n" * 3000, ",,,,\n" * 500, 'a,b\n"A,B\n', "x" * 9000),
    "a,b\n" + "A,B\n" * 50,
)
CHUNKS = (
    *(b"5\r\n12345\r\n0\r\n\r\n", b"zz\r\n12345\r\n", b"-5\r\nabc", b"ffffffffffffffffff\r\n", b"0\r\n\r\n"),
    *(b"5\r\n1234567\r\n0\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n0\r\n\r\n"),
    b"3;a=" + b"b" * 3000 + b"\r\nabc\r\n0\r\n\r\n",
)
NOISE = (
    *(b"\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n"),
    *(b"GET  /  HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\nHost: a\n\n", b": x\r\n\r\n"),
    *(b"GET / HTTP/1.1\r\n Host: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n"),
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60),
)


class Sent(NamedTuple):
    """A request. is_whole : whether the server owes an answer"""

    content: bytes
    is_whole: bool = True


class Generator:
    """Malformed requests without end, the same for the same seed."""

    def __init__(self, seed: int, port: int) -> None:
        self.luck, self.port = random.Random(seed), port
        self.kinds: tuple[Callable[[], Sent], ...] = (
            self.bad_ask, self.bad_ask, self.bad_ask, self.broken_json, self.odd_query, self.odd_path,
            self.odd_method, self.odd_host,
            self.odd_body, self.odd_body, self.large_body, self.large_head, self.chunks, self.cut_off, self.pipeline,
            self.noise,
        )  # fmt: skip

    def __iter__(self) -> Iterator[tuple[str, Sent]]:
        while True:
            kind = self.luck.choice(self.kinds)
            yield kind.__name__, kind()

    # --- pieces -----------------------------------------------------------------------------------------------------------

    def value(self, depth: int = 0) -> str:
        """JSON, or nearly, of any kind."""
        luck = self.luck
        kind = luck.randrange(8 if depth < 4 else 5)
        if kind < 2:
            return luck.choice(NUMBERS)
        if kind < 4:
            return json.dumps(luck.choice(WORDS))
        if kind == 4:
            return luck.choice(("true", "false", "null"))
        if kind == 5:
            return "[" + ",".join(self.value(depth + 1) for _ in range(luck.randrange(4))) + "]"
        if kind == 6:
            deep = luck.choice((3, 50, 900, 1100, 9000))
            return "[" * deep + "]" * deep
        keys = [luck.choice((*SETTINGS, *WORDS, *DOINGS)) for _ in range(luck.randrange(4))]
        return table({key: self.value(depth + 1) for key in keys})

    def ask(self) -> str:
        """A good ask with something wrong in it."""
        luck, parts = self.luck, {key: json.dumps(value) for key, value in GOOD.items()}
        for _ in range(luck.randrange(1, 3)):
            place = luck.choice(PLACES)
            parts[place] = self.value()
            if place == "changes" and luck.random() < 0.7:
                moved = {luck.choice(SETTINGS): self.value(3) for _ in range(luck.randrange(1, 4))}
                parts[place] = table({"firms.count": "9", "time.quarters": "10"} | moved)
            if place == "interventions" and luck.random() < 0.7:
                parts[place] = json.dumps([self.intervention() for _ in range(luck.choice((1, 1, 2, 25)))])
        if "firms.count" not in parts["changes"] and luck.random() < 0.9:
            parts["changes"] = json.dumps(GOOD["changes"])  # or each would be a large world: slow, and no better test
        return table(parts)

    def intervention(self) -> dict[str, Any]:
        luck = self.luck
        found: dict[str, Any] = {key: luck.choice(ODD) for key in DOINGS if luck.random() < 0.25}
        found["quarter"] = luck.choice((3, 5, *ODD))
        if luck.random() < 0.5:
            found["to"] = {luck.choice(TRAITS): luck.choice(ODD)}
        if luck.random() < 0.3:
            found["between"], found["agree"] = luck.choices(ODD, k=2), luck.choice(("equity", "settlement", "x", 3))
        return found

    def head(self, method: str, target: bytes, *lines: bytes, host: bytes | None = None) -> bytes:
        own = f"127.0.0.1:{self.port}".encode() if host is None else host
        first = method.encode() + b" " + target + b" HTTP/1.1"
        return b"\r\n".join([first, b"Host: " + own, b"Connection: close", *lines, b"", b""])

    def get(self, path: str, *query: str) -> Sent:
        target = path + ("?" + "&".join(query) if query else "")
        return Sent(self.head("GET", target.encode("utf-8", "surrogatepass")))

    def post(self, path: str, body: bytes, *lines: bytes) -> Sent:
        return Sent(self.head("POST", path.encode(), b"Content-Length: %d" % len(body), *lines) + body)

    # --- kinds ------------------------------------------------------------------------------------------------------------

    def bad_ask(self) -> Sent:
        luck = self.luck
        name = luck.choice(("first", "count", "alliance", "seat", "quarter", "lesson"))
        number = luck.choice((*NUMBERS, "1", "2", "", "x", "%00", "%ff"))
        return self.get(luck.choice(ASKED), "ask=" + quote(self.ask().encode("utf-8", "replace")), f"{name}={number}")

    def broken_json(self) -> Sent:
        text = list(json.dumps(GOOD))
        for _ in range(self.luck.randrange(1, 6)):
            text[self.luck.randrange(len(text))] = self.luck.choice('"{},:\\\x00é1')
        return self.get(self.luck.choice(ASKED), "ask=" + quote("".join(text)))

    def odd_query(self) -> Sent:
        return self.get(self.luck.choice(PATHS), *self.luck.choices(QUERIES, k=self.luck.randrange(1, 4)))

    def odd_path(self) -> Sent:
        start = self.luck.choice(("/static/", "/", "/api/", "//", "", "http://evil.example/", "/static/vendor/"))
        return self.get(start + "/".join(self.luck.choices(STEPS, k=self.luck.randrange(1, 7))))

    def odd_method(self) -> Sent:
        websocket = (b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Version: 13")
        lines = self.luck.choice(((), websocket, (b"Upgrade: h2c",), (b"Expect: 100-continue",)))
        return Sent(self.head(self.luck.choice(METHODS), self.luck.choice(PATHS).encode(), *lines))

    def odd_host(self) -> Sent:
        luck, own = self.luck, f"127.0.0.1:{self.port}".encode()
        more = ((), (b"Host: " + own,), (b"Origin: null",), (b"Cookie: " + b"a=b; " * 500,), (b"Cookie: \xff=\x01",))
        host = luck.choice((*HOSTS, own + b"@x", b":" + own, own))
        return Sent(self.head(luck.choice(("GET", "POST")), luck.choice(PATHS).encode(), *luck.choice(more), host=host))

    def odd_body(self) -> Sent:
        luck = self.luck
        bet = {"lesson": luck.choice((1, 4, 0, "x", None)), "name": luck.choice(WORDS), "bet": luck.choice(ODD)}
        arm = table({"name": self.value(3), "ask": self.ask()})
        state = table({"arms": f"[{arm}]", "quarter": luck.choice(NUMBERS), "title": self.value(3)})
        form = json.dumps(luck.choice(("html", "csv", "svg", "gif", "exe", "")))
        saves = table({"form": form, "state": luck.choice((self.value(), state))})
        text = luck.choice((self.value(), self.ask(), json.dumps(bet), saves, *luck.choices(TABLES, k=3)))
        body = text.encode("utf-8", "surrogatepass") if luck.random() < 0.8 else luck.randbytes(luck.randrange(400))
        lines = luck.choice(((), (b"Content-Type: text/csv",), (b"Content-Type: \xff",), (b"Content-Encoding: gzip",)))
        return self.post(luck.choice(TOLD) + luck.choice(("", "?at=2000", "?at=%00", "?at=" + "9" * 900)), body, *lines)

    def large_body(self) -> Sent:
        return self.post(self.luck.choice(TOLD), b"x" * self.luck.choice((1_001, 70_000, 300_000, 2_000_000)))

    def large_head(self) -> Sent:
        heads = ([b"X-%d: y" % k for k in range(6000)], [b"X: " + b"y" * 200_000], [b"X" * 100_000 + b": y"])
        target = self.luck.choice((b"/", b"/api/history?ask=" + b"%22" * 50_000))
        return Sent(self.head("GET", target, *self.luck.choice(heads)))

    def chunks(self) -> Sent:
        lines = self.luck.choice(([], [b"Content-Length: 5"], [b"Transfer-Encoding: identity"]))
        head = self.head("POST", self.luck.choice(TOLD).encode(), b"Transfer-Encoding: chunked", *lines)
        return Sent(head + self.luck.choice(CHUNKS), is_whole=False)

    def cut_off(self) -> Sent:
        whole = self.luck.choice((self.bad_ask, self.odd_body, self.chunks))().content
        return Sent(whole[: self.luck.randrange(1, len(whole))], is_whole=False)

    def pipeline(self) -> Sent:
        kinds = self.luck.choices((self.bad_ask, self.odd_method, self.noise, self.odd_path), k=5)
        parts = [kind().content.replace(b"Connection: close\r\n", b"") for kind in kinds]
        return Sent(b"".join(parts), is_whole=False)

    def noise(self) -> Sent:
        return Sent(self.luck.choice((*NOISE, self.luck.randbytes(300))), is_whole=False)


def table(parts: dict[str, str]) -> str:
    """A JSON table whose values are JSON already, or nearly."""
    return "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in parts.items()) + "}"


def exchanged(port: int, sent: Sent) -> bytes:
    """What the server says. TimeoutError if it owes an answer and gives none."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        try:
            line.sendall(sent.content)
            if not sent.is_whole:
                line.settimeout(0.005)  # it may wait for more, and we hang up
            while got := line.recv(1 << 20):
                found += got
        except TimeoutError:
            if sent.is_whole:
                raise
        except ConnectionError:
            pass  # refused in the middle of what we sent
    return found


def memory(process: int) -> int:
    """Bytes that a process holds."""
    fields = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def server_process(errors: Path) -> Iterator[tuple[int, int]]:
    """A lab: its port and the number of its process. It must end in peace."""
    command = [sys.executable, "-m", "experiments", "lab", "--port", "0", "--no-browser"]
    with (
        errors.open("wb") as said,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=said) as server,
    ):
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline().split(b"/")[2].split(b":")[1]), server.pid
            assert server.poll() is None
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(10) == 130


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not tell how much memory is used")
def test_no_request_breaks_hangs_or_fills_the_server(tmp_path: Path) -> None:
    with server_process(tmp_path / "stderr") as (port, process):
        generator = Generator(SEED, port)
        good = generator.get("/api/history", "ask=" + quote(json.dumps(GOOD)))
        before = exchanged(port, good)
        assert unpack(before.partition(b"\r\n\r\n")[2])[0]["firms"] == 12
        at_first, statuses = 0, Counter[tuple[str, int]]()
        for number, (kind, sent) in zip(range(REQUESTS), generator, strict=False):
            answer = exchanged(port, sent)
            status = int(answer.removeprefix(GO_ON)[9:12]) if answer else 0
            statuses[kind, status] += 1
            # who sends too much may be cut off before the answer arrives; who sends half a request gets none
            may_be_silent = not sent.is_whole or kind in ("large_head", "large_body")
            assert status in EXPECTED or (may_be_silent and not answer), f"{answer[:200]!r} to {sent.content[:2000]!r}"
            if number == REQUESTS // 5:
                at_first = memory(process)
        assert exchanged(port, good) == before
        assert memory(process) - at_first < MOST_GROWTH, statuses
    assert {status for _, status in statuses} >= {200, 400, 403, 404, 405, 413, 431}, statuses
    assert (tmp_path / "stderr").read_text(encoding="utf-8") == "Stopped.\n"
