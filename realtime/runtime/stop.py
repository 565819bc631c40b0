"""Ctrl-C, SIGTERM and SIGHUP as a flag that a loop polls, so that the program can close everything and exit."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


def stop_signals() -> list[signal.Signals]:
    """The signals that ask a program to stop: Ctrl-C, SIGTERM, and SIGHUP of a terminal that is
    closed, which Windows does not have and nohup ignores."""
    hangups: list[signal.Signals] = [getattr(signal, name) for name in ("SIGHUP",) if hasattr(signal, name)]
    heeded = [hangup for hangup in hangups if signal.getsignal(hangup) is not signal.SIG_IGN]
    return [signal.SIGINT, signal.SIGTERM, *heeded]


def after_stop(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> None:
    """From now on `handler` takes the second Ctrl-C or SIGTERM.  SIGHUP is ignored: a terminal that
    is closed sends it twice within a millisecond, once itself and once through its shell."""
    for number in stop_signals():
        signal.signal(number, handler if number in (signal.SIGINT, signal.SIGTERM) else signal.SIG_IGN)


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

    def catch(self, _signum: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        self.set()
        after_stop(signal.SIG_DFL)  # a second signal ends the process at once


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Within the block, Ctrl-C, SIGTERM and SIGHUP set the flag.  Main thread only."""
    stop = Stop()
    former = {signum: signal.signal(signum, stop.catch) for signum in stop_signals()}
    try:
        yield stop
    finally:
        for signum, handler in former.items():
            signal.signal(signum, handler)
