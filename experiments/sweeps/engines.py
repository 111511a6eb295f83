"""Where runs are made: threads, processes, a Dask cluster, or any executor of `concurrent.futures`. All give the same.

An engine takes whole parts. Threads are the default: the compiled kernel lets go of the interpreter's lock, so there is
nothing to start and nothing to pickle. Processes and clusters survive the loss of a worker.
"""

import contextlib
import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from typing import Any

from experiments.design import Cell
from experiments.provenance import cores
from experiments.runner import Failure, noting_interrupts
from experiments.sweeps.parts import Part, Rows, run_part
from simulation.problems import InputError, Problem, did_you_mean

NAMES = ("threads", "processes", "dask")
AHEAD = 2  # pieces of parts per worker that are under way or waiting
DEATHS = 3  # a run that killed so many workers, alone in the engine, has failed
Engine = str | Executor


def check_engine(engine: Any) -> Engine:
    """The engine, if there is one of this name. Raises InputError with the nearest name."""
    if isinstance(engine, Executor) or engine in NAMES:
        return engine  # type: ignore[no-any-return]
    if isinstance(engine, str) and engine.startswith(("tcp://", "tls://", "ucx://")):
        return engine
    hint = did_you_mean(str(engine), NAMES) or f"allowed: {', '.join(NAMES)}, tcp://HOST:PORT of a Dask scheduler"
    raise InputError([Problem(f"no engine {engine!r}; {hint}", key="engine")])


def run_parts(
    pieces: Iterable[Part], engine: Engine = "threads", jobs: int | None = None, cells: Sequence[Cell] | None = None
) -> Iterator[tuple[Part, Rows]]:
    """Each piece of a part with its rows, as they are finished. A bounded number is under way, however many there are.

    jobs : threads or processes, default one per core; a cluster has its own number
    cells : of the design, if there is one: threads take their scenarios from there
    Ctrl-C drops the pieces under way. Raises InputError for an engine that cannot be had.
    """
    with noting_interrupts() as interrupted, opened(engine, cores() if jobs is None else jobs, cells) as pool:
        yield from Hands(pool, interrupted).work_off(pieces)


class Pool:
    """An executor, how many parts it works on at a time, and how to begin it anew when a worker has died."""

    def __init__(
        self, begin: Callable[[], Executor], width: int, work: Callable[[Part], Rows] = run_part, owned: bool = True
    ) -> None:
        self.width, self._begin, self._work, self._owned = width, begin, work, owned
        self._executor = begin()

    def submit(self, part: Part) -> "Future[Rows]":
        return self._executor.submit(self._work, part)

    def renew(self) -> bool:
        """Start again after a worker has died; False if that is not ours to do."""
        if self._owned:
            self.close(wait=False)
            self._executor = self._begin()
        return self._owned

    def close(self, wait: bool) -> None:
        if self._owned:
            cancel = {} if hasattr(self._executor, "_client") else {"cancel_futures": True}  # Dask's cancels by itself
            self._executor.shutdown(wait=wait, **cancel)


@contextlib.contextmanager
def opened(engine: Engine, jobs: int, cells: Sequence[Cell] | None) -> Iterator[Pool]:
    """The engine, ready to work; closed again at the end."""
    stop, finished = threading.Event(), False
    with contextlib.ExitStack() as stack:
        if isinstance(engine, Executor):
            pool = Pool(lambda: engine, getattr(engine, "_max_workers", cores()), owned=False)
        elif engine == "threads":
            pool = Pool(
                lambda: ThreadPoolExecutor(jobs, thread_name_prefix="run"),
                jobs,
                lambda part: run_part(part, stop, cells),
            )
        elif engine == "processes":
            # `import mesa` sets the way to start processes for everybody: then the platform's own way is taken again.
            usual = multiprocessing.get_all_start_methods()[0] if "mesa" in sys.modules else None
            context = multiprocessing.get_context(usual)
            pool = Pool(lambda: ProcessPoolExecutor(jobs, mp_context=context, initializer=_ignore_interrupts), jobs)
        else:
            pool = stack.enter_context(_dask(str(engine), jobs))
        try:
            yield pool
            finished = True
        finally:
            stop.set()
            pool.close(wait=finished)


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal: the one that hands out the work says what is to be done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def _dask(engine: str, jobs: int) -> Iterator[Pool]:
    """A local Dask cluster of one-threaded workers for "dask", else the scheduler at an address.

    Its page takes any free port: two sweeps on one machine must not quarrel over the usual one.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        how = "pip install 'alliance-dynamics[distributed]'"
        raise InputError([Problem(f"needs the package distributed; install it with: {how}", key="engine")]) from None
    with contextlib.ExitStack() as stack:
        if engine == "dask":
            where: Any = stack.enter_context(
                LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=":0")  # type: ignore[no-untyped-call]
            )
        else:
            where = engine
        try:
            client = stack.enter_context(Client(where, timeout=20))  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError) as error:
            raise InputError([Problem(f"no Dask scheduler answers at {engine}: {error}", key="engine")]) from None
        width = sum(client.nthreads().values()) or jobs
        yield Pool(lambda: client.get_executor(pure=False, retries=DEATHS), max(1, width))


class Hands:
    """Gives parts to a pool and takes back what they gave; finds the run that kills workers, if one does."""

    def __init__(self, pool: Pool, interrupted: threading.Event) -> None:
        self.pool, self.interrupted = pool, interrupted
        self.waiting: dict[Future[Rows], Part] = {}
        self.suspects: deque[Part] = deque()  # were under way when a worker died: each is tried alone

    def work_off(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Rows]]:
        left = iter(parts)
        while True:
            while not self.suspects and len(self.waiting) < self.pool.width * AHEAD:
                part = next(left, None)
                if part is None:
                    break
                self._hand_out(part)
            if not self.waiting and self.suspects:
                part = self.suspects.popleft()
                yield part, self._alone(part)
                continue
            if not self.waiting:
                return
            yield from self._finished()

    def _hand_out(self, part: Part) -> None:
        """A worker may have died since the last look: then it is the executor that says so, before any result does."""
        try:
            self.waiting[self.pool.submit(part)] = part
        except BrokenExecutor as error:
            self._worker_died(part, error)

    def _finished(self) -> Iterator[tuple[Part, Rows]]:
        """What is finished by now; wakes up now and then, for Ctrl-C may have been dropped inside a destructor."""
        done, _ = wait(self.waiting, timeout=1.0, return_when=FIRST_COMPLETED)
        if self.interrupted.is_set():
            raise KeyboardInterrupt
        for future in done:
            if future not in self.waiting:
                continue
            part = self.waiting.pop(future)
            try:
                rows = future.result()
            except Exception as error:
                self._worker_died(part, error)
                continue
            yield part, rows

    def _worker_died(self, part: Part, error: Exception) -> None:
        """A part itself never raises: its worker is gone. All that was under way with it is suspect."""
        if isinstance(error, BrokenExecutor):
            if not self.pool.renew():
                raise error
            self.suspects.extend([part, *self.waiting.values()])
            self.waiting.clear()
        else:
            self.suspects.append(part)

    def _alone(self, part: Part) -> Rows:
        """A part with nothing else under way; run by run if it kills its worker."""
        try:
            return self.pool.submit(part).result()
        except Exception as error:
            if isinstance(error, BrokenExecutor):
                self.pool.renew()
        rows = Rows()
        for place in part.todo:
            if self.interrupted.is_set():
                raise KeyboardInterrupt
            rows.add(self._one(part.only([place])))
        return rows

    def _one(self, part: Part) -> Rows:
        for _ in range(DEATHS):
            try:
                return self.pool.submit(part).result()
            except Exception as error:
                last = error
                if isinstance(error, BrokenExecutor):
                    self.pool.renew()
        return Rows(failed={part.todo[0]: Failure(f"its worker died {DEATHS} times: {type(last).__name__}", "")})
