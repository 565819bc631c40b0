"""Cameras through acapture 1.2.6, with workarounds for its defects.

Its capture thread keeps one frame and reports no errors: neither that a device failed to open
nor that it was lost (the thread then spins, and `read()` repeats the last frame for ever); and
`read()` busy-waits for the first frame.  Therefore the device is opened with OpenCV first;
`read()` is called only when a frame is in its queue, so every frame is new; a queue that stays
empty means a lost device; and a thread that does not stop on request is ended by an exception.
Frames are read as soon as they arrive, so the stored frame is never stale.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import threading
import time
import warnings
from typing import Any

from ...errors import SourceError
from ...runtime import optional
from ...stages import EndOfSource
from ..grabber import Shot
from .opencv import OpenCvGrabber

log = logging.getLogger("realtime.sources")

LOST_S = 1.1  # with an empty queue for this long, the device counts as lost
WAKE_S = 0.1  # how often a wait checks `stop`
STOP_S = 0.2  # for the thread to check its stop flag, which it does after a good frame
MAX_AGE_S = 0.1  # no frame waits in the queue longer; limits the effect of clock changes


class _StopError(Exception):
    """Raised inside acapture's thread to end it."""


def load() -> Any:
    """Import acapture, without its warnings about unused players on stdout.

    Call it in the main thread: it redirects sys.stdout temporarily.  Raises MissingLibrary.
    """
    optional.opencv("acapture")  # acapture prints a page of text before it re-raises a missing OpenCV
    with contextlib.redirect_stdout(io.StringIO()):
        module = optional.load("acapture.acapture", "--capture acapture", "pip install acapture==1.2.6")
    module.print = lambda *words: log.debug("acapture: %s", " ".join(map(str, words)))  # type: ignore[attr-defined]
    return module


class AcaptureGrabber:
    """A camera by number; the constructor waits for its first frame.

    Raises CameraNotFound, SourceError or MissingLibrary.
    """

    recorded = False

    def __init__(self, device: int | str, stop: threading.Event, *, name: str = "") -> None:
        self._cv2: Any = optional.opencv("acapture")
        self._name = name or f"camera {device}"
        self._stop = stop
        OpenCvGrabber(device, stop, name=self._name).close()
        # Its __init__ calls Thread.setName and setDaemon.  A filter for that module instead of
        # catch_warnings, which would undo changes that other threads make to the filters.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"acapture\.")
        self._camera = load().AsyncCamera(fd=device)
        try:
            self._wait_for_frame()
        except (SourceError, EndOfSource):
            self.close()
            raise

    def grab(self) -> Shot:
        """The next frame.  Its timestamp is acapture's, taken after decoding; there is no earlier one."""
        self._wait_for_frame()
        stamp_unix_s, image = self._camera.read()
        age_s = min(max(time.time() - stamp_unix_s, 0.0), MAX_AGE_S)
        t_capture_ns, t_unix_ns = (now - round(age_s * 1e9) for now in (time.monotonic_ns(), time.time_ns()))
        return Shot(self._cv2.cvtColor(image, self._cv2.COLOR_RGB2BGR), t_capture_ns, t_unix_ns)

    def close(self) -> None:
        """End acapture's thread, which frees the device.

        A thread blocked in a driver ends when the driver call returns.
        """
        self._camera.destroy()
        thread = self._camera.t
        thread.join(STOP_S)
        if thread.is_alive():
            identity, fault = ctypes.c_ulong(thread.ident), ctypes.py_object(_StopError)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, fault)
            thread.join(STOP_S)

    def _wait_for_frame(self) -> None:
        frames = self._camera.q
        deadline_s = time.monotonic() + LOST_S
        with frames.not_empty:
            while not frames.queue:
                if self._stop.is_set():
                    raise EndOfSource
                if time.monotonic() > deadline_s:
                    raise SourceError(f"{self._name}: acapture has delivered no new frame for {LOST_S:g} s")
                frames.not_empty.wait(WAKE_S)
