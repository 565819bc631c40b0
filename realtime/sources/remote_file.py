"""A video file behind an address, read through the connection that is already open."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import closing

from .cameras.opencv import OpenCvGrabber
from .clip import Picture

log = logging.getLogger("realtime.sources")

SHORT_S = 1.0  # lengths are told roughly; what ends sooner than this has been cut off


class RemoteFile:
    """What OpenCV has opened, as a `clip.Reader` that reads it once and closes it."""

    def __init__(self, opened: OpenCvGrabber) -> None:
        self.name = opened.name
        self.broken = 0
        self._opened = opened

    def pictures(self) -> Generator[Picture, None, None]:
        """Images and when each is shown; where no stamp is told, one step after the other."""
        step_s, duration_s = 1 / self._opened.fps, self._opened.duration_s
        time_s = -step_s
        with closing(self._opened):
            for image, told_s in self._opened.film():
                time_s = told_s if told_s > time_s else time_s + step_s
                if image is None:
                    self.broken += 1
                else:
                    yield image, round(time_s * 1e9)
        if time_s + step_s < duration_s - SHORT_S:
            log.warning("%s broke off after %.1f of %.1f s", self.name, time_s + step_s, duration_s)
