"""Ctrl-C as a flag: a KeyboardInterrupt inside a window toolkit's callback would be
printed by the toolkit and lost."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether a signal has asked for the end.  (A threading.Event could deadlock: the
    handler runs in the thread that waits on it.)"""

    signum = 0

    def is_set(self) -> bool:
        """True after the first signal."""
        return self.signum != 0

    @property
    def exit_code(self) -> int:
        """What the shell expects of a program that was told to end, 0 if it was not."""
        return 128 + self.signum if self.signum else 0

    def catch(self, signum: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        self.signum = signum
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
