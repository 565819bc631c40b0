"""Cameras through OpenCV's VideoCapture."""

from __future__ import annotations

import platform
import threading
import time
from typing import Any

from ...errors import SourceError
from ...runtime import optional
from ...stages import EndOfSource
from ..grabber import Shot
from .faults import device_fault

PAUSE_S = 1.0  # after a longer pause (a suspended process) the driver's buffers contain stale frames
BUFFERED_FRAMES = 4  # in OpenCV's V4L2 queue
RETRY_S = 0.05  # between failed reads of a camera that warms up


class OpenCvGrabber:
    """A camera by number, or anything else that OpenCV opens by name.

    `size_wh` (px) and `fps` are requested from the device, which may deliver others.  With
    `warm_up_s` the constructor waits for the first frame, which is discarded, and reads may fail
    for that long before it.  Raises CameraNotFound, SourceError, or EndOfSource if stopped while it waits.
    """

    recorded = False

    def __init__(
        self,
        device: int | str,
        stop: threading.Event,
        *,
        name: str = "",
        size_wh: tuple[int, int] | None = None,
        fps: float | None = None,
        warm_up_s: float = 0.0,
    ) -> None:
        self._cv2: Any = optional.opencv("the camera")
        self._stop = stop
        self.name = name or f"camera {device}"
        # Selecting V4L2 keeps OpenCV from trying a dozen other backends first.
        by_number = isinstance(device, int) and platform.system() == "Linux"
        self._capture = self._cv2.VideoCapture(device, self._cv2.CAP_V4L2 if by_number else self._cv2.CAP_ANY)
        try:
            self._prepare(device, size_wh, fps, warm_up_s)
        except BaseException:
            self.close()  # now, not when its memory is freed: the next opening finds the device in use
            raise
        self._grabbed_s = time.monotonic()

    @property
    def size_wh(self) -> tuple[int, int]:
        """The frame size the device reports, px."""
        cv2, get = self._cv2, self._capture.get
        return int(get(cv2.CAP_PROP_FRAME_WIDTH)), int(get(cv2.CAP_PROP_FRAME_HEIGHT))

    @property
    def fps(self) -> float:
        """The frame rate the device reports, 0 if unknown."""
        return float(self._capture.get(self._cv2.CAP_PROP_FPS))

    def grab(self) -> Shot:
        """The next image, timestamped before it is decoded.

        Frames that cannot be decoded are skipped.  Raises SourceError if the device delivers none.
        """
        while not self._stop.is_set():
            self._skip_buffered()
            if not self._capture.grab():
                raise SourceError(f"{self.name} has stopped delivering frames")
            t_capture_ns, t_unix_ns = time.monotonic_ns(), time.time_ns()
            self._grabbed_s = t_capture_ns / 1e9
            decoded, image = self._capture.retrieve()
            if decoded:
                return Shot(image, t_capture_ns, t_unix_ns)
        raise EndOfSource

    def close(self) -> None:
        """Free the device."""
        self._capture.release()

    def _prepare(self, device: int | str, size_wh: tuple[int, int] | None, fps: float | None, warm_up_s: float) -> None:
        if not self._capture.isOpened():
            raise device_fault(device, self.name)
        self._request(size_wh, fps)
        if warm_up_s:
            self._warm_up(warm_up_s)

    def _skip_buffered(self) -> None:
        if time.monotonic() - self._grabbed_s > PAUSE_S:
            for _ in range(BUFFERED_FRAMES):
                self._capture.grab()

    def _warm_up(self, warm_up_s: float) -> None:
        deadline_s = time.monotonic() + warm_up_s
        while not self._capture.grab():
            if time.monotonic() > deadline_s:
                raise SourceError(f"{self.name} is open but delivers no frames")
            if self._stop.wait(RETRY_S):
                raise EndOfSource

    def _request(self, size_wh: tuple[int, int] | None, fps: float | None) -> None:
        cv2, capture = self._cv2, self._capture
        if size_wh is not None:
            # Uncompressed 1280x720 is limited to about 10 fps by USB 2.
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, size_wh[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size_wh[1])
        if fps is not None:
            capture.set(cv2.CAP_PROP_FPS, fps)
