"""Real-time playback of a recording, like a camera: frames not read in time are dropped."""

from __future__ import annotations

import threading
import time
from functools import partial

from ..pose import Frame
from ..stages import EndOfSource, Source
from .clip import Clip, Reader
from .grabber import Shot
from .reconnecting import LiveSource

# If playback lags by more than this (slow disk, large video, suspended process), it is rescheduled.
LATE_NS = 100_000_000
FIRST_STEP_NS = 1_000_000_000 // 30  # between repetitions of a single-frame recording
OPEN_TIMEOUT_S = 20.0  # a large video on a slow disk


class PacedClip:
    """A grabber that returns each frame at its due time, with that timestamp.

    Setting `stop` wakes it.  With `loop` the recording restarts at its end, one frame
    interval after its last frame.  Raises SourceError if it cannot be read.
    """

    recorded = True

    def __init__(self, reader: Reader, stop: threading.Event, *, loop: bool) -> None:
        self._reader = reader
        self._stop = stop
        self._loop = loop
        self._clip = Clip(reader)
        self._shift_ns: int | None = None  # from the recording's clock to the monotonic clock
        self._step_ns = FIRST_STEP_NS
        self._due_ns = time.monotonic_ns() - FIRST_STEP_NS  # of the previous frame

    def grab(self) -> Shot:
        """The next frame at its time.  Raises EndOfSource at the end and on `stop`."""
        frame = self._next()
        if self._shift_ns is None:
            self._shift_ns = self._due_ns + self._step_ns - frame.t_capture_ns
        due_ns = frame.t_capture_ns + self._shift_ns
        self._step_ns = due_ns - self._due_ns
        if self._stop.wait(max(0, due_ns - time.monotonic_ns()) / 1e9):
            raise EndOfSource
        late_ns = time.monotonic_ns() - due_ns
        if late_ns > LATE_NS:
            self._shift_ns += late_ns
            due_ns += late_ns
        self._due_ns = due_ns
        return Shot(frame.image, due_ns, time.time_ns() - time.monotonic_ns() + due_ns)

    def close(self) -> None:
        """Close the file."""
        self._clip.close()

    def _next(self) -> Frame:
        try:
            return self._clip.read(0)
        except EndOfSource:
            if not self._loop:
                raise
        self._clip = Clip(self._reader)
        self._shift_ns = None
        return self._clip.read(0)


def play(reader: Reader, *, realtime: bool, loop: bool) -> Source:
    """The recording as a source: paced in real time, or every frame as fast as it is read."""
    if not realtime:
        return Clip(reader)
    open_grabber = partial(PacedClip, reader, loop=loop)
    return LiveSource(open_grabber, reader.name, open_timeout_s=OPEN_TIMEOUT_S)
