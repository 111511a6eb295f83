"""Threads: results in order, failures as rows, bounded, and an orderly stop."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from experiments.runner import AHEAD, run_all


def test_results_come_in_the_order_of_the_tasks() -> None:
    def work(task: int) -> int:
        time.sleep(0.002 * (5 - task % 5))
        return task * task

    assert [done.result for done in run_all(range(30), work, jobs=4)] == [task * task for task in range(30)]


def test_a_failure_is_a_row_and_the_others_go_on() -> None:
    def work(task: int) -> float:
        return 1 / (task - 2)

    done = list(run_all(range(5), work, jobs=2))
    assert [item.result for item in done] == [-0.5, -1.0, None, 1.0, 0.5]
    failure = done[2].failure
    assert failure is not None
    assert failure.error == "ZeroDivisionError: division by zero"
    assert failure.where.startswith("test_runner.py:")


def test_tasks_are_taken_only_as_they_are_needed() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for task in range(10_000):
            taken.append(task)
            yield task

    done = run_all(tasks(), lambda task: task, jobs=2)
    next(done)
    assert len(taken) <= 2 * AHEAD
    done.close()


def test_a_stop_drops_what_has_not_begun_and_keeps_what_is_finished() -> None:
    began: list[int] = []
    first_may_end = threading.Event()

    def work(task: int) -> int:
        began.append(task)
        if task == 0:
            first_may_end.wait(5)
            raise_in_main.set()
        return task

    raise_in_main = threading.Event()

    def tasks() -> Iterator[int]:
        yield from range(20)
        first_may_end.set()
        raise_in_main.wait(5)
        time.sleep(0.05)
        raise KeyboardInterrupt

    done, stopped = [], False
    try:
        for item in run_all(tasks(), work, jobs=2):
            done.append(item.result)
    except KeyboardInterrupt:
        stopped = True
    assert stopped
    assert done == list(range(20))


def test_one_thread_is_enough() -> None:
    assert [done.result for done in run_all([1, 2, 3], lambda task: task, jobs=1)] == [1, 2, 3]


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_no_tasks_no_results(jobs: int) -> None:
    assert list(run_all([], lambda task: task, jobs)) == []


def test_a_wish_to_stop_that_python_dropped_is_honoured_at_the_next_task() -> None:
    seen = []
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - the loop is what is interrupted
        for done in run_all(range(1000), lambda task: task, jobs=2):
            seen.append(done.task)
            if done.task == 5:
                with contextlib.suppress(KeyboardInterrupt):  # as if raised in a destructor
                    os.kill(os.getpid(), signal.SIGINT)
    assert 6 <= len(seen) < 100
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
