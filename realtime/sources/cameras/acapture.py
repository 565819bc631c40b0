"""Cameras through acapture 1.2.6, with workarounds for its defects.

Its capture thread opens the device, keeps one frame and reports no errors: neither that the
device failed to open (the thread ends) nor that it was lost (the thread spins, and `read()`
repeats the last frame for ever); and `read()` busy-waits for the first frame.  Therefore the
thread is watched while it opens the device; `read()` is called only when a frame is in its
queue, so every frame is new; a queue that stays empty means a lost device; and a thread that
does not stop on request is ended by an exception.  Frames are read as soon as they arrive, so
the stored frame is never stale.

It stamps frames after decoding and on the wall clock, which somebody may set.  The `cv2` and the
`time` that its thread imports are therefore ours: they stamp between grabbing and decoding, on the
monotonic clock, and tell whether reads fail.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import io
import logging
import math
import threading
import time
import warnings
from types import FunctionType, SimpleNamespace
from typing import Any

from ...errors import SourceError
from ...runtime import optional
from ...runtime.hints import pip
from ...stages import EndOfSource
from ..grabber import Shot
from .faults import device_fault

log = logging.getLogger("realtime.sources")

LOST_S = 1.1  # with an empty queue for this long, the device counts as lost
WAKE_S = 0.1  # how often a wait checks `stop`
STOP_S = 0.2  # for the thread to check its stop flag, which it does after a good frame

_STARTING = threading.Lock()


class _StopError(Exception):
    """Raised inside acapture's thread to end it."""


def load() -> Any:
    """Import acapture, without its warnings about unused players on stdout.

    Call it in the main thread: it redirects sys.stdout temporarily.  Raises MissingLibrary.
    """
    optional.opencv("acapture")  # acapture prints a page of text before it re-raises a missing OpenCV
    with contextlib.redirect_stdout(io.StringIO()):
        module = optional.load("acapture.acapture", "--capture acapture", pip("acapture==1.2.6"))
    module.print = lambda *words: log.debug("acapture: %s", " ".join(map(str, words)))  # type: ignore[attr-defined]
    return module


class _Device:
    """What acapture is given to open in place of the device, which this opens for it."""

    def __init__(self, cv2: Any, device: int | str) -> None:
        self.reads_fail = False
        self._cv2, self._device = cv2, device
        self._capture: Any = None
        self._grabbed_s = 0.0

    def capture(self) -> _Device:
        """An open `cv2.VideoCapture`, as far as acapture uses it."""
        self._capture = self._cv2.VideoCapture(self._device)
        self.isOpened = self._capture.isOpened
        return self

    def release(self) -> None:
        """Free the device, when acapture's thread has ended."""
        if self._capture is not None:
            self._capture.release()

    def read(self) -> tuple[bool, Any]:
        """The next picture; when it came is noted before it is decoded."""
        grabbed = self._capture.grab()
        self._grabbed_s = time.monotonic()
        done, image = self._capture.retrieve() if grabbed else (False, None)
        self.reads_fail = not done
        return done, image

    def time(self) -> float:
        """When the picture came that acapture is about to put into its queue, by time.monotonic()."""
        return self._grabbed_s

    def function(self, func: Any) -> Any:
        """The function of acapture's thread, whose imports give what this has."""
        modules = {
            "cv2": SimpleNamespace(**vars(self._cv2) | {"VideoCapture": _Device.capture}),
            "time": SimpleNamespace(**vars(time) | {"time": self.time}),
        }

        def import_module(name: str, *rest: Any) -> Any:
            return modules.get(name) or builtins.__import__(name, *rest)

        names = func.__globals__ | {"__builtins__": vars(builtins) | {"__import__": import_module}}
        return FunctionType(func.__code__, names, func.__name__, func.__defaults__, func.__closure__)


class AcaptureGrabber:
    """A camera by number; the constructor waits for its first frame, until `stop` is set.

    A device that is open but whose reads fail is given up after `warm_up_s`.  Raises
    CameraNotFound, SourceError, MissingLibrary, or EndOfSource if stopped before the first frame.
    """

    recorded = False

    def __init__(
        self, device: int | str, stop: threading.Event, *, name: str = "", warm_up_s: float = math.inf
    ) -> None:
        self._cv2: Any = optional.opencv("acapture")
        self._name = name or f"camera {device}"
        self._stop = stop
        # Its __init__ calls Thread.setName and setDaemon.  A filter for that module instead of
        # catch_warnings, which would undo changes that other threads make to the filters.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"acapture\.")
        self._device = _Device(self._cv2, device)
        self._camera = _start(load().AsyncCamera, self._device)
        try:
            self._await_first_frame(device, warm_up_s)
        except BaseException:
            self.close()
            raise

    def grab(self) -> Shot:
        """The next frame, timestamped before it was decoded."""
        deadline_s = time.monotonic() + LOST_S
        while not self._has_frame():
            if time.monotonic() > deadline_s:
                raise SourceError(f"{self._name}: acapture has delivered no new frame for {LOST_S:g} s")
        grabbed_s, image = self._camera.read()
        t_capture_ns = round(grabbed_s * 1e9)
        t_unix_ns = time.time_ns() - (time.monotonic_ns() - t_capture_ns)
        return Shot(self._cv2.cvtColor(image, self._cv2.COLOR_RGB2BGR), t_capture_ns, t_unix_ns)

    def close(self) -> None:
        """End acapture's thread, which frees the device.

        Returns when the device is free: if the thread is blocked in a driver, when that call returns.
        """
        self._camera.destroy()
        thread = self._camera.t
        thread.join(STOP_S)
        if thread.is_alive():
            # It may end by itself at this moment; the exception then passes its handlers, and would be printed.
            thread._invoke_excepthook = lambda *_: None  # noqa: SLF001
            identity, fault = ctypes.c_ulong(thread.ident), ctypes.py_object(_StopError)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, fault)
            thread.join()
        self._device.release()

    def _await_first_frame(self, device: int | str, warm_up_s: float) -> None:
        deadline_s = math.inf
        alive = True
        while not self._has_frame():
            if not alive:
                raise device_fault(device, self._name)
            if self._device.reads_fail:
                deadline_s = min(deadline_s, time.monotonic() + warm_up_s)
            if time.monotonic() > deadline_s:
                raise SourceError(f"{self._name} is open but delivers no frames")
            alive = self._camera.t.is_alive()  # before the next look into the queue: it may end with a frame there

    def _has_frame(self) -> bool:
        """Whether a frame is in the queue or arrives shortly.  Raises EndOfSource if stopped before that."""
        frames = self._camera.q
        with frames.not_empty:
            if not frames.queue:
                if self._stop.is_set():
                    raise EndOfSource
                frames.not_empty.wait(WAKE_S)
            return bool(frames.queue)


def _start(camera: Any, device: _Device) -> Any:
    """An acapture camera whose thread has the modules of `device`.  One at a time: the function is the class's."""
    with _STARTING:
        original = camera.func
        camera.func = staticmethod(device.function(original))
        try:
            return camera(fd=device)
        finally:
            camera.func = staticmethod(original)
