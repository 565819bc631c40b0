"""Cameras through acapture 1.2.6, guarded against what it does.

Its camera thread keeps one frame and tells nothing: not that a device failed to open, not
that it died (it then spins, and `read()` repeats the last frame for ever), and `read()` spins
until there is a first frame.  So the device is opened with OpenCV first; `read()` is called
only when a frame lies in its queue, which makes every item new; a queue that stays empty is
a dead device; and a thread that does not stop when asked is stopped from outside.  Frames are
taken as soon as they are there, so the one kept is never an old one.
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

DEAD_S = 1.1  # an empty queue for so long: the device is dead
WAKE_S = 0.1  # how often a wait looks at `stop`
STOP_S = 0.2  # for the thread to see its own flag, which it looks at after a good frame
MAX_AGE_S = 0.1  # no frame lies in the queue longer; a clock that was set is not believed


class _StopError(Exception):
    """Raised inside acapture's thread to end it."""


def load() -> Any:
    """The module of acapture, with its complaints about players we do not use kept off stdout.

    Call it in the main thread: it swaps sys.stdout for a moment.  Raises MissingLibrary.
    """
    optional.opencv("acapture")  # which re-raises a missing OpenCV after printing a page
    with contextlib.redirect_stdout(io.StringIO()):
        module = optional.load("acapture.acapture", "--capture acapture", "pip install acapture==1.2.6")
    module.print = lambda *words: log.debug("acapture: %s", " ".join(map(str, words)))  # type: ignore[attr-defined]
    return module


class AcaptureGrabber:
    """A camera by number, with its first frame there.

    Raises CameraNotFound, SourceError or MissingLibrary.
    """

    recorded = False

    def __init__(self, device: int | str, stop: threading.Event, *, name: str = "") -> None:
        self._cv2: Any = optional.opencv("acapture")
        self._name = name or f"camera {device}"
        self._stop = stop
        OpenCvGrabber(device, stop, name=self._name).close()
        # Its __init__ calls Thread.setName and setDaemon.  A filter for that module, not
        # catch_warnings: that would undo what other threads do to the filters meanwhile.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"acapture\.")
        self._camera = load().AsyncCamera(fd=device)
        try:
            self._await_item()
        except (SourceError, EndOfSource):
            self.close()
            raise

    def grab(self) -> Shot:
        """The next frame.  Its stamp is acapture's, taken after decoding: there is no earlier one."""
        self._await_item()
        stamp_unix_s, image = self._camera.read()
        age_s = min(max(time.time() - stamp_unix_s, 0.0), MAX_AGE_S)
        t_capture_ns, t_unix_ns = (now - round(age_s * 1e9) for now in (time.monotonic_ns(), time.time_ns()))
        return Shot(self._cv2.cvtColor(image, self._cv2.COLOR_RGB2BGR), t_capture_ns, t_unix_ns)

    def close(self) -> None:
        """End acapture's thread, which frees the device.

        One that is stuck in a driver is told now, and ends when the driver lets go of it.
        """
        self._camera.destroy()
        thread = self._camera.t
        thread.join(STOP_S)
        if thread.is_alive():
            identity, fault = ctypes.c_ulong(thread.ident), ctypes.py_object(_StopError)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, fault)
            thread.join(STOP_S)

    def _await_item(self) -> None:
        arrivals = self._camera.q
        deadline_s = time.monotonic() + DEAD_S
        with arrivals.not_empty:
            while not arrivals.queue:
                if self._stop.is_set():
                    raise EndOfSource
                if time.monotonic() > deadline_s:
                    raise SourceError(f"{self._name}: acapture has given nothing new for {DEAD_S:g} s")
                arrivals.not_empty.wait(WAKE_S)
