"""Ctrl-C, SIGTERM and SIGHUP as a flag that a loop polls, so that the program can close everything and exit."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from .signal_watch import install, taken


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
        install(number, handler if number in (signal.SIGINT, signal.SIGTERM) else signal.SIG_IGN)


class Stop:
    """A stop request.

    A plain flag: a threading.Event could deadlock, because the signal handler runs in the
    thread that waits on it; a KeyboardInterrupt inside a window toolkit's callback would be
    printed by the toolkit and lost.
    """

    def __init__(self, ends_within_s: float | None = None, *, patient: bool = False) -> None:
        self.patient = patient
        self._requested = False
        self._ends_within_s = ends_within_s

    def is_set(self) -> bool:
        """Whether a stop was requested."""
        return self._requested

    def set(self) -> None:
        """Request a stop; from any thread."""
        self._requested = True

    def catch(self, _signum: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        taken(self._ends_within_s)
        self.set()
        after_stop(signal.SIG_DFL)  # a second signal ends the process at once


@contextmanager
def stop_on_signals(ends_within_s: float | None = None, *, patient: bool = False) -> Iterator[Stop]:
    """Within the block, Ctrl-C, SIGTERM and SIGHUP set the flag; `ends_within_s`: from then on the process has so
    long to close everything, then it is ended with exit code 130; `patient`: the main thread computes for seconds in
    native code, and only a second signal ends it there.  Main thread only."""
    stop = Stop(ends_within_s, patient=patient)
    former = {signum: signal.getsignal(signum) for signum in stop_signals()}
    for signum in former:
        install(signum, stop.catch)
    try:
        yield stop
    finally:
        for signum, handler in former.items():
            if handler is not None:  # set by code that is not Python's
                install(signum, handler)
