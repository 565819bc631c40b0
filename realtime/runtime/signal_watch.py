"""Signals to end, heard by a thread where native code keeps the main thread from taking them.

Python runs signal handlers in the main thread, between two of its instructions: never while that is stuck in native
code.  But the number of each signal is written to a descriptor at once (`signal.set_wakeup_fd`), and a thread reads it.
The handlers say that they were called (`taken`); where one is not, the thread ends the process in its place.

Where native code holds Python's lock (GIL), no thread of Python runs.  There the second signal ends the process: the
system forgets the handler when it calls it the first time, see `install`.
"""

from __future__ import annotations

import ctypes
import math
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

INTERRUPTED = 130  # 128 + SIGINT, the convention of shells

Handler = Callable[[int, FrameType | None], object]

_FIRST_S, _AGAIN_S = 1.5, 0.2  # for the main thread to take a first signal, and another one
_STEP_S = 0.05
_OURS = "realtime.runtime."
_ACTION_BYTES = 512  # more than a struct sigaction has


class SignalWatch:
    """The thread.  Start it from the main thread."""

    def __init__(self) -> None:
        self._taken_s = 0.0
        self._end_s: float | None = None
        self._heard = 0
        self._bytes, writing = socket.socketpair()
        writing.setblocking(False)
        self._writing = writing
        signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=self._listen, name="signals", daemon=True).start()

    def taken(self, within_s: float | None = None) -> None:
        """A handler runs in the main thread; `within_s`: the process has so long to end, or is ended."""
        now_s = time.monotonic()
        if within_s is not None and self._end_s is None:
            self._end_s = now_s + within_s
        self._taken_s = now_s

    def _listen(self) -> None:
        while True:
            numbers = self._next()
            if any(map(_is_ours, numbers)):
                self._await(time.monotonic(), patient=any(map(_is_patient, numbers)))

    def _next(self) -> bytes:
        """The signals that have come; ends the process where its time is over."""
        while True:
            left_s = None if self._end_s is None else self._end_s - time.monotonic()
            if left_s is not None and left_s <= 0:
                os._exit(INTERRUPTED)
            if select.select([self._bytes], [], [], left_s)[0]:
                return self._bytes.recv(4096)

    @property
    def is_ending(self) -> bool:
        """Whether the process has only some time left."""
        return self._end_s is not None

    def _await(self, heard_s: float, *, patient: bool) -> None:
        """Wait for the main thread to take what was heard; end the process where it does not, or, `patient`, at the
        next signal."""
        self._heard += 1
        end_s = math.inf if patient else heard_s + (_FIRST_S if self._heard == 1 else _AGAIN_S)
        # Signals that come close together may be taken as one, before the second was read here.
        while self._taken_s < heard_s - _AGAIN_S:
            # A terminal that is closed says so twice.
            again = set(self._arrived()) & {signal.SIGINT, signal.SIGTERM}
            if again or time.monotonic() > end_s:
                os._exit(INTERRUPTED)

    def _arrived(self) -> bytes:
        ready = select.select([self._bytes], [], [], _STEP_S)[0]
        return self._bytes.recv(4096) if ready else b""


_watch: SignalWatch | None = None


def watch_signals() -> None:
    """Start the thread, once."""
    global _watch  # noqa: PLW0603 - a process has one set of signal handlers
    if _watch is None:
        _watch = SignalWatch()


def taken(within_s: float | None = None) -> None:
    """See `SignalWatch.taken`."""
    if _watch is not None:
        _watch.taken(within_s)


def is_ending() -> bool:
    """Whether a signal has come after which the process has only some time left."""
    return _watch is not None and _watch.is_ending


def _is_patient(number: int) -> bool:
    """Whether its handler is to be waited for, however long native code takes."""
    return bool(getattr(getattr(signal.getsignal(number), "__self__", None), "patient", False))


def _is_ours(number: int) -> bool:
    """Whether one of our handlers takes this signal."""
    return (getattr(signal.getsignal(number), "__module__", None) or "").startswith(_OURS)


def install(number: int, handler: Handler | signal.Handlers | int | None) -> None:
    """`signal.signal`.  The system forgets our handlers of SIGINT and SIGTERM when it calls them, where its C library
    can do that (glibc's `sysv_signal`), so that the next signal ends a process in which no Python runs."""
    signal.signal(number, handler)
    if sys.platform == "linux" and number in (signal.SIGINT, signal.SIGTERM) and _is_ours(number):
        libc = ctypes.CDLL(None)
        if hasattr(libc, "sysv_signal"):
            action = ctypes.create_string_buffer(_ACTION_BYTES)  # begins with the handler, which is Python's in C
            libc.sigaction(number, None, action)
            libc.sysv_signal(number, ctypes.c_void_p.from_buffer(action))
