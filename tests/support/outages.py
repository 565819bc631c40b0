"""A camera that is switched off for a while, as somebody who reads it sees that."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from realtime.stages import STREAMING

_PATIENCE_S = 40.0
_STEP_S = 0.02


@dataclass(frozen=True)
class Outage:
    """From switching off to the report of it, and from switching on to the next frame, s; `late_s`: by how much
    this machine was late with a nap in that time, at worst."""

    told_s: float
    resumed_s: float
    late_s: float

    @property
    def told_in_time(self) -> bool:
        """Within 2 s, for which the machine's own delays are not counted."""
        return self.told_s <= 2 + self.late_s

    @property
    def resumed_in_time(self) -> bool:
        """Within 3 s, as above."""
        return self.resumed_s <= 3 + self.late_s


def outage(source, switch_off, switch_on, off_s):
    """Switch the camera of a source that streams off for `off_s`, and on again, and read it all the while."""
    naps = _Naps()
    off_at_s = time.monotonic()
    switch_off()
    told_s = _seconds_until(source, off_at_s, lambda _: source.status().state != STREAMING)
    while time.monotonic() < off_at_s + off_s:
        source.read(_STEP_S)
    on_at_s = time.monotonic()
    switch_on()
    resumed_s = _seconds_until(source, on_at_s, lambda frame: frame and source.status().state == STREAMING)
    return Outage(told_s, resumed_s, naps.stop())


def _seconds_until(source, start_s, condition):
    while not condition(source.read(_STEP_S)):
        assert time.monotonic() - start_s < _PATIENCE_S, f"{source.name}: {source.status()}"
    return time.monotonic() - start_s


class _Naps:
    """Measures how late this machine is: a thread that does nothing but nap."""

    def __init__(self):
        self._over = threading.Event()
        self._late_s = 0.0
        self._thread = threading.Thread(target=self._nap)
        self._thread.start()

    def stop(self):
        """By how much the worst nap was too long, s."""
        self._over.set()
        self._thread.join()
        return self._late_s

    def _nap(self):
        start_s = time.monotonic()
        while not self._over.wait(_STEP_S):
            now_s = time.monotonic()
            self._late_s = max(self._late_s, now_s - start_s - _STEP_S)
            start_s = now_s


def native_threads():
    """How many threads this process has, those of libraries among them; Linux."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())
