"""Ctrl-C and SIGTERM as a flag that a loop looks at, so that it ends with everything closed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether the end was asked for.

    A plain flag: a threading.Event could deadlock, because the handler runs in the thread
    that waits on it; and a KeyboardInterrupt inside a window toolkit's callback would be
    printed by the toolkit and lost.
    """

    def __init__(self) -> None:
        self._asked = False

    def is_set(self) -> bool:
        """True once the end was asked for."""
        return self._asked

    def set(self) -> None:
        """Ask for the end; from any thread."""
        self._asked = True

    def catch(self, signum: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        self.set()
        signal.signal(signum, signal.SIG_DFL)  # a second one ends at once


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Ctrl-C and SIGTERM set the flag, inside the block.  Main thread only."""
    stop = Stop()
    former = {signum: signal.signal(signum, stop.catch) for signum in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for signum, handler in former.items():
            signal.signal(signum, handler)
