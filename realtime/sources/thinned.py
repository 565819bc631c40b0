"""At most so many frames a second of a recording."""

from __future__ import annotations

from ..pose import Frame
from ..stages import Source, SourceStatus

_EARLY_S = 1e-3  # stamps are rarely exact


class Thinning:
    """Which frames are taken so that there are at most `fps` a second, None for all, from `start_s` on: in
    step, but no burst after a hole."""

    def __init__(self, fps: float | None, start_s: float = 0.0) -> None:
        self._step_s = 1 / fps if fps else 0.0
        self._due_s = start_s

    def takes(self, t_s: float) -> bool:
        """Whether the frame of this time is taken.  Times come in order, from the recording's start."""
        if t_s < self._due_s - _EARLY_S:
            return False
        if self._step_s:
            self._due_s = max(self._due_s + self._step_s, t_s)
        return True


class Thinned:
    """Another source, of which at most `fps` frames a second are taken."""

    def __init__(self, source: Source, fps: float) -> None:
        self.name, self.live = source.name, source.live
        self._source = source
        self._thinning = Thinning(fps)
        self._first_ns: int | None = None

    def read(self, timeout_s: float) -> Frame | None:
        """The next frame that is taken, or None if none came within `timeout_s`, which each of those before
        it may take too."""
        while (frame := self._source.read(timeout_s)) is not None:
            self._first_ns = frame.t_capture_ns if self._first_ns is None else self._first_ns
            if self._thinning.takes((frame.t_capture_ns - self._first_ns) / 1e9):
                break
        return frame

    def status(self) -> SourceStatus:
        """The source's status."""
        return self._source.status()

    def close(self) -> None:
        """Close the source; may be called twice."""
        self._source.close()
