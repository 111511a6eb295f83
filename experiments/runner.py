"""Many runs at once: threads over the compiled engine, which lets go of the interpreter's lock.

Results come back in the order of the tasks whatever the threads do, a run that fails is a row like any other, and only
a bounded number of results is held at a time.
"""

import contextlib
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from experiments.provenance import cores

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]  # (runs done, runs in all)

AHEAD = 16  # tasks per thread that may be under way or waiting to be taken: a slow one does not stop the others


class RunsFailedError(Exception):
    """All runs failed, or the one that was asked for: nothing to show. Exit status 3."""


@dataclass(frozen=True)
class Failure:
    """Why one run gave no result.

    error : the exception in one line     where : file and line of its innermost frame     traceback : all of it, as text
    """

    error: str
    where: str
    traceback: str = ""

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
        text = " ".join(str(error).split())
        told = "".join(traceback.format_exception(error))
        return cls(f"{type(error).__name__}: {text}" if text else type(error).__name__, place, told)


@dataclass(frozen=True)
class Done(Generic[Task, Result]):
    """One task with its result, or with its failure; exactly one of the two is there."""

    task: Task
    result: Result | None
    failure: Failure | None


def run_all(
    tasks: Iterable[Task], work: Callable[[Task], Result], jobs: int | None = None
) -> Generator[Done[Task, Result], None, None]:
    """Do the work of each task on `jobs` threads (default: one per core) and yield results in the order of the tasks.

    An exception in `work` becomes a Failure. Ctrl-C drops what has not begun, yields what is finished, then goes on up.
    """
    with noting_interrupts() as interrupted:
        yield from _run_all(tasks, work, cores() if jobs is None else jobs, interrupted)


@contextlib.contextmanager
def noting_interrupts() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets besides raising KeyboardInterrupt.

    Python drops an exception raised while an object is being cleaned up: the wish to stop would be lost with it.
    """
    interrupted = threading.Event()

    def note(number: int, frame: Any) -> None:
        interrupted.set()
        signal.default_int_handler(number, frame)

    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield interrupted
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _run_all(
    tasks: Iterable[Task], work: Callable[[Task], Result], threads: int, interrupted: threading.Event
) -> Generator[Done[Task, Result], None, None]:
    pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="run")
    waiting: deque[tuple[Task, Future[Result]]] = deque()
    finished = False
    try:
        for task in tasks:
            if interrupted.is_set():
                raise KeyboardInterrupt
            waiting.append((task, pool.submit(work, task)))
            if len(waiting) >= threads * AHEAD:
                yield _taken(*waiting.popleft())
        while waiting:
            yield _taken(*waiting.popleft())
        finished = True
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        yield from [_taken(task, future) for task, future in waiting if future.done() and not future.cancelled()]
        raise
    finally:
        pool.shutdown(wait=finished, cancel_futures=True)


def _taken(task: Task, future: "Future[Result]") -> Done[Task, Result]:
    try:
        return Done(task, future.result(), None)
    except Exception as error:
        return Done(task, None, Failure.of(error))


def compile_first() -> None:
    """Compile the engine before threads ask for it all at once. It says on stderr that it does."""
    from simulation.compiled import is_warm
    from simulation.engine import compile_now

    if not is_warm():
        compile_now()
