"""A video file at a URL, read through the connection that is already open."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import closing

from .cameras.opencv import OpenCvGrabber
from .clip import Picture

log = logging.getLogger("realtime.sources")

LENGTH_TOLERANCE_S = 1.0  # declared durations are approximate; a larger deficit means truncation


class RemoteFile:
    """A stream opened by OpenCV, as a `clip.Reader` that reads it once and closes it."""

    def __init__(self, opened: OpenCvGrabber) -> None:
        self.name = opened.name
        self.broken = 0
        self._opened = opened

    def pictures(self) -> Generator[Picture, None, None]:
        """Images and their timestamps; a frame without a valid one follows after one frame interval."""
        step_s, duration_s = 1 / self._opened.fps, self._opened.duration_s
        time_s = -step_s
        with closing(self._opened):
            for image, stamp_s in self._opened.frames():
                time_s = stamp_s if stamp_s > time_s else time_s + step_s
                if image is None:
                    self.broken += 1
                else:
                    yield image, round(time_s * 1e9)
        if time_s + step_s < duration_s - LENGTH_TOLERANCE_S:
            log.warning("%s: stream ended after %.1f s of %.1f s: truncated?", self.name, time_s + step_s, duration_s)
