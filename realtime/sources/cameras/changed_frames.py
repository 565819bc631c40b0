"""Skips the frames that an unplugged camera repeats."""

from __future__ import annotations

import threading

import numpy as np

from ...pose import Image
from ...stages import EndOfSource
from ..grabber import Grabber, Shot


class ChangeDetector:
    """Whether an image differs from the previous one, across reconnects of the device.

    An unplugged camera may repeat its last frame for ever (opencv/opencv#5221).  A working one
    never does, because of sensor noise in every pixel, so comparing every eighth pixel in both
    directions is enough.  A device with a truly static image (a closed privacy shutter, the
    still image of a virtual camera) cannot be distinguished from an unplugged one: it counts
    as stalled and is reopened until its image changes.
    """

    def __init__(self) -> None:
        self._last: Image | None = None

    def __call__(self, image: Image) -> bool:
        """Whether the image has changed; stores it for the next call."""
        sample = image[::8, ::8].copy()
        if self._last is not None and np.array_equal(sample, self._last):
            return False
        self._last = sample
        return True


class ChangedFrames:
    """A grabber that skips repeated frames."""

    recorded = False

    def __init__(self, grabber: Grabber, stop: threading.Event, has_changed: ChangeDetector) -> None:
        self._grabber = grabber
        self._stop = stop
        self._has_changed = has_changed

    def grab(self) -> Shot:
        """The next image that differs.  Raises the errors of the wrapped grabber."""
        while not self._stop.is_set():
            shot = self._grabber.grab()
            if self._has_changed(shot.image):
                return shot
        raise EndOfSource

    def close(self) -> None:
        """Free the device."""
        self._grabber.close()
