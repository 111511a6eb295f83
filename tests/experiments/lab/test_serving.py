import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from experiments.commands import lab as command
from experiments.lab import serving
from experiments.lab.serving import bound
from simulation.problems import InputError

ROOT = Path(__file__).resolve().parents[3]


# --- addresses ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_without_a_port_the_next_free_one_is_taken(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setattr(serving, "USUAL_PORT", taken)
    with bound(None) as found:
        assert taken < found.getsockname()[1] < taken + serving.TRIED


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(taken: int) -> None:
    with pytest.raises(InputError, match=f"--port: {taken} is taken by another program"):
        bound(taken)


def test_only_with_lan_can_other_machines_come() -> None:
    for lan, host in ((False, "127.0.0.1"), (True, "0.0.0.0")):
        with bound(0, lan) as found:
            assert found.getsockname()[0] == host


def test_the_machines_own_addresses_are_no_loopback() -> None:
    assert not any(one.startswith("127.") for one in serving.own_addresses())
    assert serving.own_names()


# --- connections --------------------------------------------------------------------------------------------------------


def exchange(port: int, *pieces: bytes, wait: float = 10.0) -> bytes:
    """What comes back until the other side closes, or nothing comes for a while."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as line:
        found = b""
        try:
            for piece in pieces:
                line.sendall(piece)
            while got := line.recv(65536):
                found += got
        except (ConnectionError, TimeoutError):
            pass
        return found


def read_slowly(line: socket.socket, piece: int) -> int:
    """Bytes that come when a piece is read each fifth of a second."""
    found = 0
    try:
        while got := line.recv(piece):
            found += len(got)
            time.sleep(len(got) / piece / 5)
    except (ConnectionError, TimeoutError):
        pass
    return found


def test_a_head_without_end_is_cut_off(lab: Any) -> None:
    for piece in (b"x" * 8192, b"a: " + b"b" * 8190 + b"\r\n"):
        start = b"GET / HTTP/1.1\r\nHost: a\r\n" if b":" in piece else b"GET /"
        found = exchange(lab.port, start, *[piece] * 20)
        assert found == b"" or (b"431" in found.split(b"\r\n")[0] and b"The address is too long" in found)


def test_the_longest_ask_fits_into_a_head(lab: Any) -> None:
    head = b"GET /api/history?ask=" + b"%22" * 20_000 + f" HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\n".encode()
    assert b"400 Bad" in exchange(lab.port, head + b"Connection: close\r\n\r\n").split(b"\r\n")[0]


def test_who_says_nothing_is_not_waited_for(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "SECONDS_FOR_HEAD", 0.2)
    start = time.monotonic()
    assert exchange(lab.port) == b""
    assert exchange(lab.port, b"GET / HTTP/1.1\r\nHost") == b""
    assert time.monotonic() - start < 5


def test_a_body_that_does_not_come_is_not_waited_for(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.lab.transport.SECONDS", 0.2)
    head = f"POST /api/bets HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\nContent-Length: 50\r\n\r\n".encode()
    assert exchange(lab.port, head + b'{"less').startswith(b"HTTP/1.1 408")


def test_a_body_in_pieces_has_the_same_limit(lab: Any) -> None:
    head = f"POST /api/bets HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    small = b'1d\r\n{"lesson": 3, "name": "Ada", \r\n9\r\n"bet": 1}\r\n0\r\n\r\n'
    assert exchange(lab.port, head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + small).startswith(
        b"HTTP/1.1 200"
    )
    pieces = [b"1000\r\n" + b"x" * 4096 + b"\r\n"] * 400
    assert exchange(lab.port, head, *pieces, b"0\r\n\r\n").startswith(b"HTTP/1.1 413")
    endless = exchange(lab.port, head, *pieces * 3)  # cut off, and perhaps told why
    assert endless == b"" or endless.startswith(b"HTTP/1.1 413")


def test_too_many_connections_are_dropped(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 5)
    lines = [socket.create_connection(("127.0.0.1", lab.port), timeout=5) for _ in range(12)]
    time.sleep(0.3)
    for line in lines:
        line.close()
    time.sleep(0.3)
    assert lab.get("/api/start").status == 200


def test_one_address_does_not_take_all_connections(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_OF_OURSELVES", 5)
    lines = [socket.create_connection(("127.0.0.1", lab.port), timeout=5) for _ in range(12)]
    other = socket.create_connection(("127.0.0.1", lab.port), timeout=5, source_address=("127.0.0.2", 0))
    other.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\n\r\n".encode())
    assert other.recv(15) == b"HTTP/1.1 200 OK"
    monkeypatch.setattr(serving, "LOCAL", ("nowhere",))
    monkeypatch.setattr(serving, "MOST_OF_ONE", 2)
    more = [
        socket.create_connection(("127.0.0.1", lab.port), timeout=5, source_address=("127.0.0.3", 0)) for _ in range(3)
    ]
    assert more[2].recv(1) == b""
    for line in (*lines, other, *more):
        line.close()
    time.sleep(0.3)


LARGE = b'{"scenario":"baseline","changes":{"firms.count":300,"time.quarters":400,"formation.rate":1.0}}'


@pytest.mark.parametrize("bytes_a_look", [0, 1 << 19])
def test_who_never_reads_is_dropped_and_who_reads_slowly_is_not(
    lab: Any, monkeypatch: pytest.MonkeyPatch, bytes_a_look: int
) -> None:
    monkeypatch.setattr(serving, "SECONDS_TO_READ", 0.4)
    monkeypatch.setattr(serving, "LEAST_READ", 1 << 14)
    whole = len(lab.send("GET", "/api/history?ask=" + quote(LARGE)).body)
    head = f" HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\nConnection: close\r\n\r\n".encode()
    asked = b"GET /api/history?ask=" + quote(LARGE).encode() + head
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", lab.port))
        line.settimeout(5)
        line.sendall(asked)
        time.sleep(0 if bytes_a_look else 1.2)
        found = read_slowly(line, bytes_a_look or 1 << 20)
    assert (found > whole) == bool(bytes_a_look)


# --- the command --------------------------------------------------------------------------------------------------------


def start(*words: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", "lab", *words],
        cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("signals", [1, 2])
def test_the_command_says_where_it_is_and_ends_at_once(signals: int) -> None:
    running = start("constant_change", "--port", "0", "--no-browser")
    assert running.stdout is not None
    line = running.stdout.readline()
    assert line.startswith("The lab is at http://127.0.0.1:")
    port = int(line.split("/")[2].split(":")[1])
    with socket.create_connection(("127.0.0.1", port)) as idle:
        idle.sendall(f"GET /api/start HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert idle.recv(15) == b"HTTP/1.1 200 OK"
        begin = time.monotonic()
        for _ in range(signals):
            running.send_signal(signal.SIGINT)
            time.sleep(0.01)
        out, err = running.communicate(timeout=10)
    assert time.monotonic() - begin < 3
    assert (running.returncode, out, err) == (130, "", "Stopped.\n")


@pytest.mark.slow
def test_the_end_is_plain_for_those_who_wait_and_those_who_speak() -> None:
    running = start("--port", "0", "--no-browser")
    assert running.stdout is not None
    port = int(running.stdout.readline().split("/")[2].split(":")[1])
    head = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n".encode()
    ask = b"%7b%22scenario%22:%22wave%22,%22changes%22:%7b%22firms.count%22:300,%22time.quarters%22:400%7d%7d"
    with (
        socket.create_connection(("127.0.0.1", port)) as waiting,
        socket.create_connection(("127.0.0.1", port)) as speaking,
    ):
        waiting.sendall(b"GET /api/ensemble?count=16&ask=" + ask + head + b"\r\n")
        speaking.sendall(b"POST /api/bets" + head + b"Content-Length: 50\r\n\r\n{")
        time.sleep(0.8)
        running.send_signal(signal.SIGINT)
        assert waiting.recv(12) == b"HTTP/1.1 503"
        out, err = running.communicate(timeout=10)
    assert (running.returncode, out, err) == (130, "", "Stopped.\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "no such scenario"),
        (["constant_chang"], 'did you mean "constant_change"?'),
        (["--port", "70000"], "65535"),
        (["--port", "x"], "integer"),
    ],
)
def test_wrong_words_end_with_status_2(words: list[str], said: str) -> None:
    running = start(*words, "--no-browser", NO_COLOR="1", TERM="dumb")
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (2, "")
    assert said in " ".join(err.split())
    assert "Traceback" not in err


def test_with_lan_the_address_holds_a_token_and_a_warning_is_said(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(serving.Server, "run", lambda self: self._socket.close())
    command.lab("", port=0, lan=True, no_browser=True)
    out, err = capsys.readouterr()
    assert "?token=" in out
    assert out.count("\n") == err.count("\n") == 1
    assert "not" in err


def test_the_browser_is_opened_without_being_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def slow(address: str) -> None:
        time.sleep(0.2)
        opened.append(address)

    monkeypatch.setattr(serving.Server, "run", lambda self: self._socket.close())
    monkeypatch.setattr("webbrowser.open", slow)
    for screen, times in ((True, 1), (False, 0)):
        opened.clear()
        monkeypatch.setattr(command, "has_screen", lambda screen=screen: screen)
        begin = time.monotonic()
        command.lab("", port=0, lan=False, no_browser=False)
        assert not opened
        time.sleep(max(0.0, 0.4 - (time.monotonic() - begin)))
        assert len(opened) == times
