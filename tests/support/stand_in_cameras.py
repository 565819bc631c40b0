"""Cameras that are not there: a stand-in for OpenCV's VideoCapture, which acapture opens as well."""

import threading
import time

import cv2
from support.pictures import picture

PERIOD_S = 0.02
BLOCKED_S = 60


class StandInCamera:
    """A camera that can be slow, misbehave and be unplugged.

    `mode`: stream; gone (it does not open); refuse (reads fail); repeat (the last picture for
    ever); block (a read does not return); crash (a read raises what OpenCV raises).  It needs
    `opening_s` until its first picture; `slow_in` tells where: open (VideoCapture does not return),
    read (the first read does not) or failures (reads fail).  `opened` counts its openings,
    `most_open` how many there were at once.
    """

    def __init__(self, opening_s=0.0, *, slow_in="open", size_wh=(64, 48), fps=30.0, modes=((64, 48),), mode="stream"):
        self.opening_s, self.slow_in = opening_s, slow_in
        self.size_wh, self.fps, self.modes = size_wh, fps, modes
        self.mode = mode
        self.unblocked = threading.Event()
        self.opened = self.open_now = self.most_open = self.number = 0
        self._lock = threading.Lock()

    def count(self, change):
        with self._lock:
            self.opened += change > 0
            self.open_now += change
            self.most_open = max(self.most_open, self.open_now)

    def lose(self, mode):
        self.unblocked.clear()
        self.mode = mode

    def mend(self):
        self.mode = "stream"
        self.unblocked.set()


class StandInCapture:
    """An open VideoCapture.  One that has failed to read stays dead, as the file of a lost device does."""

    def __init__(self, camera):
        self._camera, self._is_open, self._dead, self._mode = camera, False, False, None
        camera.count(+1)
        self._counted = True
        if camera.mode == "gone":
            self.release()
            return
        self._first_s = time.monotonic() + camera.opening_s
        if camera.slow_in == "open":
            time.sleep(camera.opening_s)
        self._is_open = True

    def isOpened(self):  # noqa: N802 - OpenCV's name
        return self._is_open

    def grab(self):
        camera = self._camera
        time.sleep(PERIOD_S)
        if camera.slow_in == "read":
            time.sleep(max(0.0, self._first_s - time.monotonic()))
        if not self._is_open or (camera.slow_in == "failures" and time.monotonic() < self._first_s):
            return False
        if camera.mode == "block":
            camera.unblocked.wait(BLOCKED_S)
        if camera.mode == "crash":
            raise cv2.error("OpenCV(5.0.0) cap_v4l.cpp:1: error: (-2:Unspecified error) a driver's own error")
        self._dead = self._dead or camera.mode in ("gone", "refuse")
        if camera.mode == "stream" and not self._dead:
            camera.number += 1
        return not self._dead

    def retrieve(self):
        return True, picture(self._camera.number, *self._camera.size_wh)

    def read(self):
        return self.retrieve() if self.grab() else (False, None)

    def get(self, name):
        width, height = self._camera.size_wh
        known = {
            cv2.CAP_PROP_FRAME_WIDTH: width,
            cv2.CAP_PROP_FRAME_HEIGHT: height,
            cv2.CAP_PROP_FPS: self._camera.fps,
        }
        return float(known.get(name, 0))

    def set(self, name, value):
        """A width selects the mode that has it; other values have no effect."""
        if name == cv2.CAP_PROP_FRAME_WIDTH:
            self._camera.size_wh = next((mode for mode in self._camera.modes if mode[0] == value), self._camera.size_wh)
        return True

    def release(self):
        self._is_open = False
        if self._counted:
            self._counted = False
            self._camera.count(-1)

    __del__ = release


def plug_in(cameras, set_attribute=setattr):
    """Put cameras, by number, into OpenCV; other devices are opened as before."""
    real = cv2.VideoCapture

    def video_capture(device, *rest):
        known = isinstance(device, int) and device in cameras
        return StandInCapture(cameras[device]) if known else real(device, *rest)

    set_attribute(cv2, "VideoCapture", video_capture)
