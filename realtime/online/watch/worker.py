"""The threads of a run, and how they end."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...errors import PoseError
from ...runtime.stop import Stop


class Ending:
    """Whether the run is to end, seen by all of its threads: `stop` is set, one of them has failed (`fault`), or
    nobody waits for those that hang any more (`abandoned`)."""

    def __init__(self, stop: Stop) -> None:
        self.fault: BaseException | None = None
        self.abandoned = False
        self.news: queue.SimpleQueue[None] = queue.SimpleQueue()  # something for each thread that has ended
        self._stop = stop

    @property
    def is_due(self) -> bool:
        """Whether to end before the source does."""
        return self._stop.is_set() or self.fault is not None or self.abandoned

    @contextmanager
    def by_fault(self) -> Iterator[None]:
        """Within the block a PoseError ends the run instead of going further: its threads have to end first."""
        try:
            yield
        except PoseError as fault:
            self.fault = self.fault or fault


class Worker:
    """A thread of a run.  What is raised in it ends the run."""

    def __init__(self, name: str, main: Callable[[], None], ending: Ending) -> None:
        self.name, self.has_ended = name, False
        self._main, self._ending = main, ending
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start it."""
        self._thread.start()

    def join(self) -> None:
        """Wait for it where it has ended, which it has but for its last step."""
        if self.has_ended:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._main()
        except BaseException as fault:  # noqa: BLE001  # raised again by Pipeline.run
            self._ending.fault = self._ending.fault or fault
        self.has_ended = True
        self._ending.news.put(None)
