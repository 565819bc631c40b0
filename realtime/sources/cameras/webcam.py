"""Cameras by number: acapture by default, OpenCV if a size or frame rate is requested."""

from __future__ import annotations

import logging
import threading
from importlib.util import find_spec

import numpy as np

from ...errors import CameraNotFound, SourceError, UsageError
from ...pose import Image
from ...stages import EndOfSource, Source
from ..grabber import Grabber, Shot
from ..reconnecting import LiveSource
from ..request import Request, camera_number
from . import acapture as acapture_camera
from .acapture import AcaptureGrabber
from .faults import LIST_HINT
from .opencv import OpenCvGrabber

log = logging.getLogger("realtime.sources")

MAX_NUMBER = 2**31 - 1  # OpenCV takes a C int


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


def open_source(request: Request) -> Source:
    """Open a camera by number.

    Raises CameraNotFound, SourceError, MissingLibrary, UsageError.
    """
    number = camera_number(request.where)
    if number is None or not 0 <= number <= MAX_NUMBER:
        raise CameraNotFound(f"there is no camera {request.where}: numbers start at 0; {LIST_HINT}")
    return open_camera(number, request)


def open_camera(device: int | str, request: Request) -> LiveSource:
    """A `LiveSource` for the device, with the library that suits the request."""
    by_acapture = _is_for_acapture(request)
    if by_acapture:
        acapture_camera.load()  # in the caller's thread
    has_changed = ChangeDetector()

    def open_grabber(stop: threading.Event) -> Grabber:
        return ChangedFrames(_open_grabber(device, request, by_acapture, stop), stop, has_changed)

    hint = f"another program may be using it; {LIST_HINT}"
    return LiveSource(open_grabber, f"camera {device}", hint=hint)


def _is_for_acapture(request: Request) -> bool:
    sets_mode = request.size_wh is not None or request.fps is not None
    if request.capture == "acapture" and sets_mode:
        raise UsageError("acapture cannot set --size or --fps; omit them or use --capture opencv")
    if request.capture == "auto":
        return not sets_mode and find_spec("acapture") is not None
    return request.capture == "acapture"


def _open_grabber(device: int | str, request: Request, by_acapture: bool, stop: threading.Event) -> Grabber:
    if by_acapture:
        try:
            return AcaptureGrabber(device, stop)
        except CameraNotFound:
            raise
        except SourceError as fault:
            if request.capture == "acapture":
                raise
            log.info("%s; trying OpenCV", fault)
    return OpenCvGrabber(device, stop, size_wh=request.size_wh, fps=request.fps)
