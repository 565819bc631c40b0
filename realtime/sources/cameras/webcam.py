"""Cameras by number or device file: acapture by default, OpenCV if a size or frame rate is requested."""

from __future__ import annotations

import logging
import math
import platform
import threading
import time
from importlib.util import find_spec
from pathlib import Path

from ...errors import CameraNotFound, MissingLibrary, UsageError
from ...runtime import optional
from ...stages import Source
from ..grabber import Grabber
from ..reconnecting import LiveSource
from ..request import Request, camera_number, is_link
from . import acapture as acapture_camera
from .acapture import AcaptureGrabber
from .changed_frames import ChangeDetector, ChangedFrames
from .faults import LIST_HINT, UnexplainedFault, silence_reason
from .nodes import node_of
from .opencv import OpenCvGrabber

log = logging.getLogger("realtime.sources")

MAX_NUMBER = 2**31 - 1  # OpenCV takes a C int


def open_source(request: Request) -> Source:
    """Open a camera by number, device file, or link to one.

    Raises CameraNotFound, SourceError, MissingLibrary, UsageError.
    """
    number = camera_number(request.where)
    if number is None:
        return open_camera(request.where, request)
    if not 0 <= number <= MAX_NUMBER:
        raise CameraNotFound(f"there is no camera {request.where}: numbers start at 0; {LIST_HINT}")
    return open_camera(request.where if is_link(request.where) else number, request)


def open_camera(device: int | str, request: Request) -> LiveSource:
    """A `LiveSource` for the device, with the library that suits the request."""
    by_acapture = _is_for_acapture(request) and _can_load_acapture(request)
    opener = _CameraOpener(device, request, by_acapture)
    return LiveSource(opener, opener.name, hint=opener.hint)


def resolve(device: int | str) -> int | str:
    """The number of a camera at this moment: a link may lead to another one after a reconnect.

    Files are returned as they are, because both libraries open them too.  Raises CameraNotFound.
    """
    if isinstance(device, int):
        return device
    if (number := camera_number(device)) is not None:
        return number
    path = Path(device).expanduser()
    if path.is_file():
        return device
    if path.exists():
        raise CameraNotFound(f"{device} ({path.resolve()}) is not a camera; {LIST_HINT}")
    raise CameraNotFound(f"camera {device} is not connected: there is no such device file; {LIST_HINT}")


def _is_for_acapture(request: Request) -> bool:
    sets_mode = _sets_mode(request)
    if request.capture == "acapture" and sets_mode:
        raise UsageError("acapture cannot set --size or --fps; omit them or use --capture opencv")
    if request.capture == "auto":
        return not sets_mode and find_spec("acapture") is not None
    return request.capture == "acapture"


def _can_load_acapture(request: Request) -> bool:
    """Load it, in the caller's thread.  Where it is broken, OpenCV does as well, unless it was asked for."""
    try:
        acapture_camera.load()
    except MissingLibrary as fault:
        if request.capture == "acapture":
            raise
        optional.opencv("a camera")  # where that is what cannot be loaded, it is told once
        log.warning("%s; using OpenCV", fault)
        return False
    return True


def _sets_mode(request: Request) -> bool:
    return request.size_wh is not None or request.fps is not None


class _CameraOpener:
    """Opens one camera, and again after each loss, with what the openings before have shown."""

    def __init__(self, device: int | str, request: Request, by_acapture: bool) -> None:
        self.name = f"camera {device}"
        self._device = device
        self._request = request
        self._by_acapture = by_acapture
        self._has_changed = ChangeDetector()
        self._warm_up_s = math.inf  # at first as long as LiveSource waits
        self._said: set[str] = set()

    def __call__(self, stop: threading.Event) -> Grabber:
        """Open the device, once.  Errors as for the grabbers."""
        start_s = time.monotonic()
        device = resolve(self._device)
        grabber = self._open(device, stop)
        if isinstance(self._device, str) and isinstance(device, int):
            self._say(logging.INFO, f"{self._device} is camera {device} ({node_of(device)})")
        # A device whose reads fail for longer than it needed before is better opened again.
        needed_s = time.monotonic() - start_s + acapture_camera.LOST_S
        self._warm_up_s = needed_s if math.isinf(self._warm_up_s) else max(self._warm_up_s, needed_s)
        return ChangedFrames(grabber, stop, self._has_changed)

    def hint(self) -> str:
        """Why no frame may have come until now."""
        device = resolve(self._device)
        if isinstance(device, int) and platform.system() == "Linux":
            node = node_of(device)
            return f"{silence_reason(node)} ({node}; {LIST_HINT})"
        return f"another program may be using it; {LIST_HINT}"

    def _open(self, device: int | str, stop: threading.Event) -> Grabber:
        if self._by_acapture:
            try:
                return AcaptureGrabber(device, stop, name=self.name, warm_up_s=self._warm_up_s)
            except UnexplainedFault as fault:  # the device is free again, and acapture may be what failed
                if self._request.capture == "acapture":
                    raise
                self._say(logging.INFO, f"{fault}; trying OpenCV")
        size_wh, fps = self._request.size_wh, self._request.fps
        grabber = OpenCvGrabber(device, stop, name=self.name, size_wh=size_wh, fps=fps, warm_up_s=self._warm_up_s)
        if _sets_mode(self._request):
            self._say(*_mode_line(grabber, size_wh, fps))
        return grabber

    def _say(self, level: int, text: str) -> None:
        """Log a line that no earlier opening has logged."""
        if text not in self._said:
            self._said.add(text)
            log.log(level, "%s", text)


def _mode_line(camera: OpenCvGrabber, size_wh: tuple[int, int] | None, fps: float | None) -> tuple[int, str]:
    """Log level and text about the mode that a camera is in, and the one that was requested if it differs."""
    is_size = size_wh in (None, camera.size_wh)
    is_rate = fps is None or not camera.fps or round(camera.fps) == round(fps)
    got = _mode(camera.size_wh, camera.fps)
    if is_size and is_rate:
        return logging.INFO, f"{camera.name} delivers {got}"
    return logging.WARNING, f"{camera.name} delivers {got} instead of {_mode(size_wh, fps)}"


def _mode(size_wh: tuple[int, int] | None, fps: float | None) -> str:
    size = [f"{size_wh[0]}x{size_wh[1]} px"] if size_wh else []
    rate = [f"{fps:g} fps" if fps else "at an unknown rate"] if fps is not None else []
    return ", ".join(size + rate)
