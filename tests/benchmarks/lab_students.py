"""A class in the lab: thirty students move a slider at once, over real sockets. A benchmark, not a test.

python tests/benchmarks/lab_students.py      about forty seconds
"""

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
STUDENTS, SECONDS, WARM_UP = 30, 12.0, 3.0
FIRMS, QUARTERS = 60, 240
DRAGS, LOOKS = 1.0, 2.0  # seconds: a hand moves the slider, then the eyes see what came of it
MOVES = {"nonstop": 10}  # a second; 20 while a hand drags
PAUSE = {"nonstop": 0.0}  # seconds, else LOOKS


def lab_students() -> dict[str, dict[str, float]]:
    """Milliseconds of answers from one server process to clients in another process on the same machine.

    lab_30_students_ms : each student has a world of its own, drags for a second, twenty moves in it, and looks for two;
    one request under way per student, the last wish remembered, as the page does. From the wish sent to the last byte, and
    from the move itself.     lab_class_ms : the same, but all see the same worlds     lab_one_student_ms : one alone
    lab_nonstop_ms : nobody ever looks, ten moves a second without an end     lab_saturated_ms : each asks again at once
    """
    with_server = subprocess.Popen(
        [sys.executable, "-m", "experiments", "lab", "--port", "0", "--no-browser"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert with_server.stdout is not None
    try:
        address = next(word for word in with_server.stdout.readline().split() if word.startswith("http"))
        port = int(address.rstrip("/").rpartition(":")[2])
        kinds = {"one": "lab_one_student_ms", "own": "lab_30_students_ms", "class": "lab_class_ms",
                 "nonstop": "lab_nonstop_ms", "saturated": "lab_saturated_ms"}  # fmt: skip
        return {name: _clients(kind, port, with_server.pid) for kind, name in kinds.items()}
    finally:
        with_server.send_signal(signal.SIGINT)
        with_server.wait(10)


def _clients(kind: str, port: int, server: int) -> dict[str, float]:
    """One class, in a process of its own."""
    before = _processor_seconds(server)
    done = subprocess.run(
        [sys.executable, __file__, kind, str(port)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    answers = found.pop("answers")
    return found | {"server_processor_ms_per_answer": 1e3 * (_processor_seconds(server) - before) / answers}


def _processor_seconds(process: int) -> float:
    """Time that all threads of a process have spent on processors; NaN where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


# --- the process of the clients ----------------------------------------------------------------------------------------


class Line(asyncio.Protocol):
    """A connection that counts the bytes of one answer after another: a browser has other machines to run on."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.left, self.head = transport, 0, b""
        self.answer: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        if not self.left:
            self.head += data
            head, end, body = self.head.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(head.decode())
            self.length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            self.left, self.head, data = self.length, b"", body
        self.left -= len(data)
        if not self.left:
            self.answer.set_result(time.perf_counter())

    async def ask(self, wish: bytes) -> float:
        """Send a wish; the time of the last byte of its answer."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(wish)  # type: ignore[attr-defined]
        return await self.answer


class Student:
    """One browser: a connection, a slider, and what it measured."""

    def __init__(self, number: int, kind: str, port: int) -> None:
        self.number, self.kind, self.port = number, kind, port
        self.moves = 0
        self.sent: list[float] = []  # seconds from the wish sent to the last byte
        self.moved: list[float] = []  # seconds from the move to the last byte
        self.bytes = 0

    def request(self) -> bytes:
        """The wish at the slider's place: another one with each move."""
        of = 0 if self.kind == "class" else self.number
        self.moves += 1
        rate = 0.02 + 0.0004 * self.moves + 0.00001 * of
        ask = {
            "scenario": "constant_change",
            "changes": {"environment.shock_rate": rate, "firms.count": FIRMS, "time.quarters": QUARTERS},
            "seed": 1 + of,
        }
        line = f"GET /api/history?ask={quote(json.dumps(ask))} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n"
        return line.encode()

    async def drag(self, start: float, end: float) -> None:
        """Move until the end; ask for the last wish whenever no answer is under way."""
        _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", self.port)
        step = 0.0 if self.kind == "saturated" else 1 / MOVES.get(self.kind, 20)
        pause = PAUSE.get(self.kind, LOOKS) if step else 0.0
        around = DRAGS + pause if pause else step
        first = start + around * self.number / STUDENTS  # nobody moves in step with another
        await asyncio.sleep(first - time.perf_counter())
        place = 0  # of the slider: how many moves ago it began
        while (now := time.perf_counter()) < end:
            if pause and (into := (now - first) % around) >= DRAGS:
                first, place = now - into + around, 0
                await asyncio.sleep(max(0.0, first - now))
                continue
            done = await line.ask(self.request())
            self.bytes += line.length
            if now > start + WARM_UP:
                self.sent.append(done - now)
                self.moved.append(done - (first + step * place if step else now))
            if step:
                place = max(place + 1, int((done - first) / step))  # the slider's last move so far, or its next one
                await asyncio.sleep(max(0.0, first + step * place - time.perf_counter()))
        line.transport.close()


async def measured(kind: str, port: int) -> dict[str, float]:
    """What a class of students found."""
    students = [Student(number, kind, port) for number in range(1 if kind == "one" else STUDENTS)]
    start = time.perf_counter() + 0.3
    await asyncio.gather(*(one.drag(start, start + WARM_UP + SECONDS) for one in students))
    sent = [1e3 * item for one in students for item in one.sent]
    moved = [1e3 * item for one in students for item in one.moved]
    return {
        "median": statistics.median(sent),
        "percentile_95": statistics.quantiles(sent, n=20)[-1],
        "most": max(sent),
        "median_from_move": statistics.median(moved),
        "percentile_95_from_move": statistics.quantiles(moved, n=20)[-1],
        "answers_per_second": len(sent) / SECONDS,
        "kB_per_answer": sum(one.bytes for one in students) / sum(one.moves for one in students) / 1e3,
        "client_processor_ms_per_answer": 1e3 * time.process_time() / sum(one.moves for one in students),
        "answers": sum(one.moves for one in students),
    }


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(asyncio.run(measured(sys.argv[1], int(sys.argv[2])))))
    else:
        os.chdir(ROOT)
        print(json.dumps(lab_students(), indent=2))
