"""The end of a thread that writes what is queued for it."""

from __future__ import annotations

import queue
import threading
from typing import Any

from ..runtime.signal_watch import is_ending

_PATIENCE_S = 10.0  # a disk that wakes up, an encoder that is slow
_END_S = 0.5  # Ctrl-C ends a program within two seconds, whatever hangs

_STEP_S = 0.1


def join_while_writing(thread: threading.Thread, things: queue.SimpleQueue[Any]) -> int:
    """Wait for the end of a thread whose queue has its end, None, while it takes something every ten seconds, after
    Ctrl-C every half a second.

    On a lost network share a write may never return.  Returns how many things it had left then, with that
    which it was at; 0 if it has ended.
    """
    left, silent_s = -1, 0.0
    while thread.is_alive() and silent_s < (_END_S if is_ending() else _PATIENCE_S):
        silent_s = silent_s + _STEP_S if things.qsize() == left else 0.0
        left = things.qsize()
        thread.join(_STEP_S)
    return max(1, left) if thread.is_alive() else 0
