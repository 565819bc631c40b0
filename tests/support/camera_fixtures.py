"""Fixtures with cameras that can misbehave; a conftest imports those that its tests need."""

import threading
import time

import pytest
from support.network_camera import serving_camera
from support.pictures import picture
from support.stand_in_cameras import StandInCamera, plug_in

from realtime.errors import SourceError
from realtime.sources.grabber import Shot

PATIENCE_S = 30  # the machine may be busy


@pytest.fixture
def eventually():
    """Wait for a condition; fail with its text when it does not come true."""

    def wait(condition, what, within_s=PATIENCE_S):
        deadline_s = time.monotonic() + within_s
        while not (result := condition()):
            assert time.monotonic() < deadline_s, f"not within {within_s} s: {what}"
            time.sleep(0.01)
        return result

    return wait


@pytest.fixture
def network_camera():
    with serving_camera() as camera:
        yield camera


class ModalCamera:
    """A camera at the grabber's seam, with the ways in which drivers fail.

    `mode`: stream, refuse (reads fail), repeat (the last picture for ever), block (a read that
    does not return), crash (an error of the driver's own).  `opened` counts its openings.
    """

    recorded = False

    def __init__(self):
        self.mode = "stream"
        self.unblocked = threading.Event()
        self.opened = 0
        self.number = 0

    def open(self, stop):
        self.opened += 1
        if self.mode == "refuse":
            raise SourceError("the camera is not there")
        return self

    def grab(self):
        time.sleep(0.005)
        if self.mode == "refuse":
            raise SourceError("the camera gives nothing")
        if self.mode == "crash":
            raise RuntimeError("a driver's own error")
        if self.mode == "block":
            self.unblocked.wait(60)
        if self.mode == "stream":
            self.number += 1
        return Shot(picture(self.number), time.monotonic_ns(), time.time_ns())

    def close(self):
        pass

    def mend(self):
        self.mode = "stream"
        self.unblocked.set()


@pytest.fixture
def modal_camera():
    camera = ModalCamera()
    yield camera
    camera.mend()


@pytest.fixture
def webcam(monkeypatch):
    """Plug a stand-in camera in, as number 0 if not told otherwise."""
    cameras = {}
    plug_in(cameras, monkeypatch.setattr)

    def plug(*options, number=0, **more):
        cameras[number] = StandInCamera(*options, **more)
        return cameras[number]

    yield plug
    for camera in cameras.values():
        camera.mend()


@pytest.fixture
def capture_threads():
    """The names of the capture threads that are alive."""
    return lambda: [one.name for one in threading.enumerate() if one.name.startswith(("capture ", "AsyncCamera"))]
