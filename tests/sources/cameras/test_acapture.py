"""The real acapture 1.2.6: its camera thread also opens a path given as its device."""

import subprocess
import sys
import threading
import time
from itertools import pairwise

import numpy as np
import pytest

from realtime.errors import CameraNotFound, SourceError
from realtime.sources import Request, open_source
from realtime.sources.cameras import acapture
from realtime.sources.cameras.acapture import STOP_S, AcaptureGrabber
from realtime.sources.cameras.webcam import open_camera
from realtime.stages import EndOfSource

pytest.importorskip("acapture")


@pytest.fixture
def stop():
    return threading.Event()


def exhaust(grabber):
    while True:
        grabber.grab()


def test_its_frames_come_new_in_order_and_as_bgr(write_video, stop, capture_threads):
    grabber = AcaptureGrabber(str(write_video(count=200)), stop)
    shots = [grabber.grab() for _ in range(5)]
    grabber.close()
    blue, green, red = shots[0].image[:8, :8].reshape(-1, 3).mean(axis=0)
    assert blue > 200
    assert max(green, red) < 60
    for earlier, later in pairwise(shots):
        assert later.t_capture_ns > earlier.t_capture_ns
        assert not np.array_equal(later.image, earlier.image)
    assert not capture_threads()


def test_a_dead_device_is_told_and_its_spinning_thread_ended(write_video, stop, capture_threads):
    """At the end of the file acapture's thread spins and its read() would repeat the last frame."""
    grabber = AcaptureGrabber(str(write_video(count=3)), stop)
    with pytest.raises(SourceError, match="no new frame for"):
        exhaust(grabber)
    assert capture_threads()
    grabber.close()
    assert not capture_threads()


def test_a_wait_for_a_frame_ends_when_nobody_wants_it(write_video, stop):
    grabber = AcaptureGrabber(str(write_video(count=3)), stop)
    stop.set()
    with pytest.raises(EndOfSource):
        exhaust(grabber)
    grabber.close()


def test_a_device_that_does_not_open_is_told(tmp_path, stop, capture_threads):
    with pytest.raises(SourceError, match="cannot be opened"):
        AcaptureGrabber(str(tmp_path / "none.mp4"), stop)
    assert not capture_threads()


def test_a_thread_that_ends_by_itself_at_last_ends_in_silence(stop, capture_threads, monkeypatch):
    """As on a busy machine: it is told to end twice, and the second time finds it behind its handlers."""

    def func(frames, _flag, _fd, _options):
        frames.put((time.time(), np.zeros((4, 6, 3), np.uint8)))
        time.sleep(2 * STOP_S)

    monkeypatch.setattr(acapture.load().AsyncCamera, "func", staticmethod(func))
    AcaptureGrabber(0, stop).close()
    assert not capture_threads()  # and pytest has no exception of a thread to tell of


def test_a_lost_device_is_opened_anew(write_video, eventually, capture_threads):
    source = open_camera(str(write_video(count=3)), Request(capture="acapture"))
    eventually(lambda: (source.read(0.05), source.status().reconnects >= 1)[1], "it is read again from its beginning")
    source.close()
    assert not capture_threads()


@pytest.mark.parametrize("capture", ["auto", "acapture", "opencv"])
def test_a_number_without_a_camera_is_told(capture):
    with pytest.raises(CameraNotFound, match="python -m realtime cameras"):
        open_source(Request("63", capture=capture))


def test_its_import_writes_nothing():
    script = "from realtime.sources.cameras import acapture; acapture.load()"
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""
