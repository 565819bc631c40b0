"""Sinks under watch."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ...errors import PoseError
from ...pose import Estimate
from ...stages import Sink
from ...wire.message import StatusMessage
from .stage import Stage

_OFFER_S = 0.05


class Output:
    """A sink under watch.  Several threads may call it: the sink is used by one at a time."""

    def __init__(self, stage: Stage, sink: Sink) -> None:
        self.stage, self.sink = stage, sink
        self._lock = threading.Lock()

    def __call__(self, estimate: Estimate) -> None:
        """Give it an estimate."""
        with self._lock:
            self.stage(self.sink, estimate)

    def offer(self, work: Callable[..., None], *args: object) -> None:
        """Do something with the sink, unless it is busy for long: never waits for one that hangs."""
        if self._lock.acquire(timeout=_OFFER_S):
            try:
                self.stage.beside(work, *args)
            finally:
                self._lock.release()

    def tell(self, report: Callable[[StatusMessage], None], status: StatusMessage) -> None:
        """Give the sink a status, as `offer` does.  What it raises ends the run: it is what a thread of its own has
        failed with."""
        if self._lock.acquire(timeout=_OFFER_S):
            try:
                report(status)
            except PoseError:
                raise
            except Exception as error:  # noqa: BLE001 - a bug, of whatever kind
                self.stage.end(error)
            finally:
                self._lock.release()
