"""Who does the work: equal asks once, no more at a time than threads, patient ones later, and a queue with an end."""

import asyncio
import threading
import time
from typing import Any

import pytest

from experiments.lab.workers import ENTRY, AbandonedError, EndedError, OneAtATimeError, TooBusyError, Workers
from simulation.problems import InputError

# --- who does the work --------------------------------------------------------------------------------------------------


def test_equal_asks_are_answered_once() -> None:
    done = []

    def work() -> bytes:
        time.sleep(0.05)
        done.append(1)
        return b"found"

    async def ask() -> list[bytes]:
        workers = Workers(threads=2)
        found = [
            *await asyncio.gather(*(workers.answer("key", work) for _ in range(10))),
            await workers.answer("key", work),
        ]
        workers.close()
        return found

    assert asyncio.run(ask()) == [b"found"] * 11
    assert done == [1]


def test_what_fails_is_not_kept() -> None:
    def work() -> bytes:
        raise InputError([])

    async def ask() -> list[Any]:
        workers = Workers(threads=1)
        found = await asyncio.gather(*(workers.answer("key", work) for _ in range(3)), return_exceptions=True)
        workers.close()
        return list(found)

    assert [type(one) for one in asyncio.run(ask())] == [InputError] * 3


def test_kept_answers_take_no_more_than_their_share_of_memory() -> None:
    async def ask() -> int:
        workers = Workers(threads=1, kept=10 * (100 + ENTRY + 2))
        for key in range(10, 60):
            await workers.answer(key, lambda: bytes(100))
        kept = len(workers._answers)
        workers.close()
        return kept

    assert asyncio.run(ask()) == 10


def test_long_keys_count_as_memory_too() -> None:
    async def ask() -> int:
        workers = Workers(threads=1, kept=100_000)
        for number in range(50):
            await workers.answer(("firm", "x" * 10_000, number), lambda: b"{}")
        kept = len(workers._answers)
        workers.close()
        return kept

    assert asyncio.run(ask()) == 9


def test_what_runs_aside_is_alone_and_stops_when_nobody_waits() -> None:
    stopped: list[bool] = []

    def work(stop: threading.Event) -> str:
        stopped.append(stop.wait(0.8))
        return "made"

    async def gone() -> bool:
        return True

    async def there() -> bool:
        return False

    async def ask() -> None:
        workers = Workers(threads=1)
        first = asyncio.ensure_future(workers.run_aside(work, there))
        await asyncio.sleep(0.05)
        with pytest.raises(OneAtATimeError):
            await workers.run_aside(work, there)
        assert await workers.run(lambda: "at once") == "at once"
        assert await first == "made"
        with pytest.raises(AbandonedError):
            await workers.run_aside(work, gone)
        await asyncio.sleep(0.1)
        last = asyncio.ensure_future(workers.run_aside(work, there))
        await asyncio.sleep(0.05)
        workers.close()
        with pytest.raises(EndedError):
            await last
        with pytest.raises(EndedError):
            await workers.run_aside(work, there)

    asyncio.run(ask())
    assert stopped == [False, True, True]


def test_no_more_run_at_once_than_threads_and_no_more_wait_than_are_taken() -> None:
    running, most = [0], [0]

    def work() -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.02)
        running[0] -= 1

    async def ask() -> list[Any]:
        workers = Workers(threads=2, most_waiting=10)
        found = await asyncio.gather(*(workers.run(work) for _ in range(20)), return_exceptions=True)
        workers.close()
        return list(found)

    assert [type(one) for one in asyncio.run(ask())].count(TooBusyError) == 8
    assert most[0] == 2


def test_patient_work_leaves_a_thread_and_has_its_turn() -> None:
    order: list[str] = []

    async def ask() -> None:
        workers = Workers(threads=2, most_waiting=100)
        jobs = [workers.run(lambda: (time.sleep(0.03), order.append("patient")), is_patient=True) for _ in range(4)]
        jobs += [workers.run(lambda: (time.sleep(0.005), order.append("urgent"))) for _ in range(40)]
        await asyncio.gather(*jobs)
        workers.close()

    asyncio.run(ask())
    assert order[0] == "urgent"
    assert "patient" in order[:40]
    assert order.count("patient") == 4


def test_whoever_comes_when_too_many_wait_is_asked_to_come_again(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise TooBusyError

    monkeypatch.setattr(Workers, "run", refuse)
    answer = lab.get("/api/history", ask={"scenario": "wave", "seed": 77})
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert "busy" in answer.problems
