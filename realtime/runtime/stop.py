"""Ctrl-C and SIGTERM as a flag that a loop polls, so that the program can close everything and exit."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """A stop request.

    A plain flag: a threading.Event could deadlock, because the signal handler runs in the
    thread that waits on it; a KeyboardInterrupt inside a window toolkit's callback would be
    printed by the toolkit and lost.
    """

    def __init__(self) -> None:
        self._requested = False

    def is_set(self) -> bool:
        """Whether a stop was requested."""
        return self._requested

    def set(self) -> None:
        """Request a stop; from any thread."""
        self._requested = True

    def catch(self, signum: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        self.set()
        signal.signal(signum, signal.SIG_DFL)  # a second signal ends the process at once


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Within the block, Ctrl-C and SIGTERM set the flag.  Main thread only."""
    stop = Stop()
    former = {signum: signal.signal(signum, stop.catch) for signum in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for signum, handler in former.items():
            signal.signal(signum, handler)
