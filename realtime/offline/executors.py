"""Who lifts the inputs: this process, processes of this machine, or the workers of a Dask scheduler.

An executor is a callable: tasks → their outcomes, as they come.  What is wrong with an input is
told in its outcome and stops no other.  Closing the iterator lets go of what has not begun.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess

from ..runtime.console import start_logging
from ..runtime.stop import stop_signals
from .dask_workers import on_workers
from .lift import ProgressCallback, lift_one, no_progress
from .results import discard_staging
from .task import Outcome, Task


@dataclass(frozen=True)
class ExecutorOptions:
    """Who is to do it.  `name`: a key of EXECUTORS, with an address where it takes one
    (dask://host:8786); `jobs`: processes at most; `progress`: the listener to the frames of an
    input that is lifted in this process."""

    name: str = "processes"
    jobs: int = 1
    progress: Callable[[Task], ProgressCallback] = lambda _task: no_progress


Outcomes = Generator[Outcome, None, None]
Executor = Callable[[Sequence[Task], ExecutorOptions], Outcomes]


def execute(tasks: Sequence[Task], crew: ExecutorOptions) -> Outcomes:
    """The outcome of every task, once each.  With it come MissingLibrary and UsageError where
    the crew cannot be had."""
    return EXECUTORS[crew.name.partition("://")[0]](tasks, crew)


def inline(tasks: Sequence[Task], crew: ExecutorOptions) -> Outcomes:
    """One after the other, in this process."""
    for task in tasks:
        yield lift_one(task, crew.progress(task))


def processes(tasks: Sequence[Task], crew: ExecutorOptions) -> Outcomes:
    """`crew.jobs` at a time, a process each; one at a time needs no other process.

    When a process dies (memory, a crash in a library), the inputs that were being lifted are
    lifted once more, each alone: only the one that it dies of fails.
    """
    if crew.jobs == 1 or len(tasks) == 1:
        yield from inline(tasks, crew)
        return
    left = list(tasks)
    while left:
        left = yield from _in_pool(left, crew.jobs)
        suspects, left = left[: crew.jobs], left[crew.jobs :]  # they are lifted in order
        for task in suspects:
            if (yield from _in_pool([task], 1)):
                yield Outcome(task.name, fault="its process died (out of memory, or a crash in a library)")


def _in_pool(tasks: Sequence[Task], jobs: int) -> Generator[Outcome, None, list[Task]]:
    """Outcomes from `jobs` processes; returns the tasks without one, because a process died."""
    workers: list[BaseProcess] = []
    left = list(tasks)
    with _ignored():  # by workers too, who inherit it: only this process answers, and ends them
        # Not forked: the libraries of the detectors have threads that do not survive it.
        pool = ProcessPoolExecutor(min(jobs, len(tasks)), get_context("spawn"), _start_worker)
        futures = {pool.submit(lift_one, task): task for task in tasks}
    try:
        workers = list((pool._processes or {}).values())  # noqa: SLF001 - there is no public way to end them
        for future in as_completed(futures):
            with suppress(BrokenProcessPool):
                outcome = future.result()
                left.remove(futures[future])
                yield outcome
        pool.shutdown()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()
        for task in left:
            discard_staging(task.stem)
    return left


@contextmanager
def _ignored() -> Iterator[None]:
    """Within the block, what a terminal sends to all processes is ignored: Ctrl-C, and SIGHUP."""
    sent = set(stop_signals()) - {signal.SIGTERM}
    former = {number: signal.signal(number, signal.SIG_IGN) for number in sent}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _start_worker() -> None:
    """In a worker: its log goes where its parent's goes, and a parent that was killed takes it along."""
    start_logging()
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


EXECUTORS: dict[str, Executor] = {
    "processes": processes,
    "inline": inline,
    "dask": lambda tasks, crew: on_workers(tasks, crew.name),
    "tls": lambda tasks, crew: on_workers(tasks, crew.name),
}
ON_THIS_MACHINE = ("processes", "inline")
