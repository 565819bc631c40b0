"""Cameras and network addresses through OpenCV's VideoCapture."""

from __future__ import annotations

import logging
import platform
import threading
import time
from collections.abc import Iterator
from typing import Any

from ...errors import SourceError
from ...pose import Image
from ...runtime import optional
from ...stages import EndOfSource
from ..grabber import Shot
from .faults import camera_fault

log = logging.getLogger("realtime.sources")

PAUSE_S = 1.0  # after a longer one (the process was stopped) the driver's buffers hold old pictures
BUFFERED_FRAMES = 4  # in OpenCV's V4L2 queue


class OpenCvGrabber:
    """A camera by number, or anything else that OpenCV opens by name.

    `size_wh` and `fps` are asked of the device, which may give others: that is logged.
    `parameters` go to VideoCapture.  Raises CameraNotFound or SourceError.
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
        backend: int | None = None,
        parameters: tuple[int, ...] = (),
    ) -> None:
        self._cv2: Any = optional.opencv("the camera")
        self._stop = stop
        self.name = name or f"camera {device}"
        if backend is None:
            # Asking for V4L2 by name keeps OpenCV from trying a dozen other ways first.
            by_number = isinstance(device, int) and platform.system() == "Linux"
            backend = self._cv2.CAP_V4L2 if by_number else self._cv2.CAP_ANY
        self._capture = self._cv2.VideoCapture(device, backend, parameters)
        if not self._capture.isOpened():
            if isinstance(device, int):
                raise camera_fault(device)
            raise SourceError(f"{self.name} does not open")
        self._ask(size_wh, fps)
        self._grabbed_s = time.monotonic()

    @property
    def size_wh(self) -> tuple[int, int]:
        """What the device says it gives, px."""
        cv2, get = self._cv2, self._capture.get
        return int(get(cv2.CAP_PROP_FRAME_WIDTH)), int(get(cv2.CAP_PROP_FRAME_HEIGHT))

    @property
    def fps(self) -> float:
        """What the device says it gives, 0 if it does not say."""
        return float(self._capture.get(self._cv2.CAP_PROP_FPS))

    @property
    def duration_s(self) -> float:
        """How long the recording is that was opened; 0 for a camera, whose end nobody knows."""
        frames = self._capture.get(self._cv2.CAP_PROP_FRAME_COUNT)
        return frames / self.fps if frames > 0 and self.fps > 0 else 0.0

    def film(self) -> Iterator[tuple[Image | None, float]]:
        """A recording to its end: each image (None where it does not decode), and when it is shown (s)."""
        while self._capture.grab():
            shown_s = self._capture.get(self._cv2.CAP_PROP_POS_MSEC) / 1e3
            decoded, image = self._capture.retrieve()
            yield (image if decoded else None), shown_s

    def grab(self) -> Shot:
        """The next image, stamped before it is decoded.

        One that does not decode is passed over.  Raises SourceError when the device gives none.
        """
        while not self._stop.is_set():
            self._skip_buffered()
            if not self._capture.grab():
                raise SourceError(f"{self.name} has stopped giving pictures")
            t_capture_ns, t_unix_ns = time.monotonic_ns(), time.time_ns()
            self._grabbed_s = t_capture_ns / 1e9
            decoded, image = self._capture.retrieve()
            if decoded:
                return Shot(image, t_capture_ns, t_unix_ns)
        raise EndOfSource

    def close(self) -> None:
        """Free the device."""
        self._capture.release()

    def _skip_buffered(self) -> None:
        if time.monotonic() - self._grabbed_s > PAUSE_S:
            for _ in range(BUFFERED_FRAMES):
                self._capture.grab()

    def _ask(self, size_wh: tuple[int, int] | None, fps: float | None) -> None:
        cv2, capture = self._cv2, self._capture
        if size_wh is not None:
            # Uncompressed, USB 2 carries about 10 frames a second of 1280x720.
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, size_wh[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size_wh[1])
            if self.size_wh != size_wh:
                log.warning("%s gives %dx%d, not %dx%d", self.name, *self.size_wh, *size_wh)
        if fps is not None:
            capture.set(cv2.CAP_PROP_FPS, fps)
            if self.fps and round(self.fps) != round(fps):
                log.warning("%s gives %g frames a second, not %g", self.name, self.fps, fps)
