"""Cameras by number: acapture by default, OpenCV where size or rate matter."""

from __future__ import annotations

import logging
import threading
from importlib.util import find_spec

import numpy as np

from ...errors import CameraNotFound, SourceError, UsageError
from ...pose import Image
from ...stages import EndOfSource, Source
from ..grabber import Grabber, Shot
from ..live import LiveSource
from ..request import Request, camera_number
from . import acapture as acapture_camera
from .acapture import AcaptureGrabber
from .faults import LIST_HINT
from .opencv import OpenCvGrabber

log = logging.getLogger("realtime.sources")

MAX_NUMBER = 2**31 - 1  # OpenCV takes a C int


class Novelty:
    """Tells whether an image differs from the one before, of whichever opening of the device.

    An unplugged camera may repeat its last frame for ever (opencv/opencv#5221).  One that
    looks at the world never does: its noise is in every pixel, so every eighth in both
    directions tells.  A device that truly gives one unchanging picture (a closed privacy
    shutter, the still picture of a virtual camera) cannot be told from an unplugged one: it
    counts as stopped, and is opened again and again until its picture changes.
    """

    def __init__(self) -> None:
        self._last: Image | None = None

    def __call__(self, image: Image) -> bool:
        """Whether it is new; it is remembered."""
        sample = image[::8, ::8].copy()
        if self._last is not None and np.array_equal(sample, self._last):
            return False
        self._last = sample
        return True


class NewPictures:
    """A camera's grabber that passes on only what is new."""

    recorded = False

    def __init__(self, grabber: Grabber, stop: threading.Event, is_new: Novelty) -> None:
        self._grabber = grabber
        self._stop = stop
        self._is_new = is_new

    def grab(self) -> Shot:
        """The next image that differs.  Raises what the grabber below raises."""
        while not self._stop.is_set():
            shot = self._grabber.grab()
            if self._is_new(shot.image):
                return shot
        raise EndOfSource

    def close(self) -> None:
        """Free the device."""
        self._grabber.close()


def open_source(request: Request) -> Source:
    """The camera of this number.

    Raises CameraNotFound, SourceError, MissingLibrary, UsageError.
    """
    number = camera_number(request.where)
    if number is None or not 0 <= number <= MAX_NUMBER:
        raise CameraNotFound(f"there is no camera {request.where}: they are counted from 0; {LIST_HINT}")
    return open_camera(number, request)


def open_camera(device: int | str, request: Request) -> LiveSource:
    """A `LiveSource` over the device, by the library the request leads to."""
    by_acapture = _is_for_acapture(request)
    if by_acapture:
        acapture_camera.load()  # here, in the caller's thread
    is_new = Novelty()

    def open_grabber(stop: threading.Event) -> Grabber:
        return NewPictures(_open_grabber(device, request, by_acapture, stop), stop, is_new)

    hint = f"it may be locked by another program; {LIST_HINT}"
    return LiveSource(open_grabber, f"camera {device}", hint=hint)


def _is_for_acapture(request: Request) -> bool:
    asks = request.size_wh is not None or request.fps is not None
    if request.capture == "acapture" and asks:
        raise UsageError("acapture cannot set --size or --fps; leave them out or give --capture opencv")
    if request.capture == "auto":
        return not asks and find_spec("acapture") is not None
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
