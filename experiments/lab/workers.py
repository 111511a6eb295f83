"""Who does the work: at most as many runs at once as cores, moves of a slider before bands, equal asks only once."""

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from experiments.provenance import cores

MOST_WAITING = 64
KEPT_BYTES = 64 * 2**20
SECONDS_TO_WAIT = 1
ENTRY = 500  # bytes that a kept answer takes beside its content and its key
SECONDS_BETWEEN_LOOKS = 0.3  # whether somebody still waits for a file
URGENT_IN_A_ROW = 8  # then a patient one has its turn: a band must not wait until a class has stopped dragging


class TooBusyError(Exception):
    """More asks wait than the lab takes; the next second may be better."""


class EndedError(Exception):
    """The lab is being closed: nobody waits for runs that are under way."""


class OneAtATimeError(Exception):
    """Another is being served, and there is but one place."""


class AbandonedError(Exception):
    """Nobody waits for it any more."""


class _Job(NamedTuple):
    work: Callable[[], Any]
    done: "asyncio.Future[Any]"
    is_patient: bool


class Workers:
    """Threads for runs, and the answers given last. All methods belong to one event loop."""

    def __init__(self, threads: int | None = None, most_waiting: int = MOST_WAITING, kept: int = KEPT_BYTES) -> None:
        """threads : at most so many runs at once, the number of cores if left out     kept : bytes of answers"""
        self.threads = threads or cores()
        self._most_waiting, self._most_kept = most_waiting, kept
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="lab")
        self._urgent: deque[_Job] = deque()
        self._patient: deque[_Job] = deque()
        self._running = self._patient_running = self._in_a_row = 0
        self._answers: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0
        self._asked: dict[Hashable, asyncio.Future[Any]] = {}
        self._awaited: set[asyncio.Future[Any]] = set()
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="lab-aside")
        self._stop: threading.Event | None = None  # of what runs aside
        self._has_ended = False

    @property
    def waiting(self) -> int:
        """Jobs that no thread has begun."""
        return len(self._urgent) + len(self._patient)

    async def run(self, work: Callable[[], Any], is_patient: bool = False) -> Any:
        """What `work` returns, from a thread. Patient work lets most other go first, and leaves it a thread.

        Raises TooBusyError, EndedError, and whatever `work` raises.
        """
        if self._has_ended:
            raise EndedError
        if self.waiting >= self._most_waiting:
            raise TooBusyError
        job = _Job(work, asyncio.get_running_loop().create_future(), is_patient)
        (self._patient if is_patient else self._urgent).append(job)
        self._awaited.add(job.done)
        job.done.add_done_callback(self._awaited.discard)
        self._start_next()
        return await job.done

    async def answer(self, key: Hashable, work: Callable[[], bytes], is_patient: bool = False) -> bytes:
        """The kept answer to an ask, or what `work` makes of it: once, however many ask at the same time."""
        kept = self._answers.get(key)
        if kept is not None:
            self._answers.move_to_end(key)
            return kept
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = asyncio.ensure_future(self.run(work, is_patient))
            asked.add_done_callback(lambda done: self._keep(key, done))
        found: bytes = await asyncio.shield(asked)
        return found

    async def run_aside(self, work: Callable[[threading.Event], Any], is_gone: Callable[[], Awaitable[bool]]) -> Any:
        """What `work` returns, from a thread of its own: long work, for which no other waits. One at a time.

        work : is given an event, and stops soon when it is set     is_gone : whether nobody waits any more
        Raises OneAtATimeError, AbandonedError, EndedError, and whatever `work` raises.
        """
        if self._has_ended:
            raise EndedError
        if self._stop is not None:
            raise OneAtATimeError
        stop = self._stop = threading.Event()
        running = asyncio.get_running_loop().run_in_executor(self._aside, work, stop)
        running.add_done_callback(self._make_room)
        try:
            while True:
                await asyncio.wait((running,), timeout=SECONDS_BETWEEN_LOOKS)
                if self._has_ended:
                    raise EndedError
                if running.done():
                    return running.result()
                if await is_gone():
                    raise AbandonedError
        finally:
            stop.set()

    def _make_room(self, done: "asyncio.Future[Any]") -> None:
        self._stop = None
        if not done.cancelled():
            done.exception()  # heard, also where nobody waits for it

    def close(self) -> None:
        """Begin nothing more, and let nobody wait. Runs that are under way cannot be broken off."""
        self._has_ended = True
        if self._stop is not None:
            self._stop.set()
        self._aside.shutdown(wait=False)
        for one in list(self._awaited):
            if not one.done():
                one.set_exception(EndedError())
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _keep(self, key: Hashable, done: "asyncio.Future[bytes]") -> None:
        del self._asked[key]
        if done.cancelled() or done.exception() is not None:
            return
        self._answers[key] = done.result()
        self._bytes += _size(key, done.result())
        while self._bytes > self._most_kept:
            self._bytes -= _size(*self._answers.popitem(last=False))

    def _start_next(self) -> None:
        while self._running < self.threads and self.waiting and not self._has_ended:
            may_be_patient = self._patient and self._patient_running < max(1, self.threads - 1)
            if self._urgent and not (may_be_patient and self._in_a_row >= URGENT_IN_A_ROW):
                job = self._urgent.popleft()
            elif may_be_patient:
                job = self._patient.popleft()
            else:
                return
            if job.done.done():  # nobody waits for it any more
                continue
            self._in_a_row = 0 if job.is_patient else self._in_a_row + 1
            self._running += 1
            self._patient_running += job.is_patient
            self._pool.submit(self._work, job, job.done.get_loop())

    def _work(self, job: _Job, loop: asyncio.AbstractEventLoop) -> None:
        found, error = None, None
        try:
            found = job.work()
        except Exception as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(self._finish, job, found, error)
        except RuntimeError:  # the loop is closed: nobody waits for it any more
            return

    def _finish(self, job: _Job, found: Any, error: Exception | None) -> None:
        self._running -= 1
        self._patient_running -= job.is_patient
        if not job.done.done():
            if error is None:
                job.done.set_result(found)
            else:
                job.done.set_exception(error)
        self._start_next()


def _size(key: Hashable, content: bytes) -> int:
    """About how many bytes a kept answer takes: the key of a long ask may be larger than its answer."""
    return len(content) + len(repr(key)) + ENTRY
