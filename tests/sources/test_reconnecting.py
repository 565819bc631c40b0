import logging
import threading
import time

import numpy as np
import pytest

from realtime.errors import PoseError, SourceError
from realtime.sources import reconnecting
from realtime.sources.cameras.changed_frames import ChangeDetector, ChangedFrames
from realtime.sources.grabber import Shot
from realtime.sources.reconnecting import LiveSource
from realtime.sources.url import open_stream
from realtime.stages import ENDED, RECONNECTING, STALLED, STREAMING, EndOfSource

QUICK_S = 0.3  # to call a camera lost, in tests that wait for it


@pytest.fixture
def source(modal_camera):
    has_changed = ChangeDetector()
    source = LiveSource(
        lambda stop: ChangedFrames(modal_camera.open(stop), stop, has_changed),
        "modal",
        stall_s=QUICK_S,
        open_timeout_s=2 * QUICK_S,
    )
    yield source
    modal_camera.mend()
    source.close()


def read_on(source):
    """One step of a program that reads; whether a frame came."""
    return source.read(0.05) is not None


def test_the_newest_frame_is_given_and_every_dropped_one_counted(source, modal_camera):
    indices = []
    for _ in range(5):
        time.sleep(0.03)  # a slow detector
        indices.append(source.read(5).index)
    modal_camera.mode = "block"
    while (frame := source.read(0.05)) is not None:
        indices.append(frame.index)
    assert indices == sorted(set(indices))
    assert source.status().dropped == indices[-1] + 1 - len(indices) > 0


@pytest.mark.parametrize("mode", ["refuse", "repeat", "block", "crash"])
def test_a_lost_camera_is_noticed_and_opened_again(source, modal_camera, mode, eventually, capture_threads):
    assert read_on(source)
    before = source.read(5)
    modal_camera.mode = mode
    eventually(lambda: (read_on(source), source.status().state in (STALLED, RECONNECTING))[1], "the loss is told")
    eventually(lambda: (read_on(source), source.status().state == RECONNECTING)[1], "it is opened again")
    modal_camera.mend()
    eventually(lambda: read_on(source) and source.status().state == STREAMING, "frames come again")
    after = source.read(5)
    assert after.index > before.index
    assert after.t_capture_ns > before.t_capture_ns
    assert source.status().reconnects >= 1
    assert source.status().detail
    eventually(lambda: len(capture_threads()) == 1, "one thread is left")


def test_threads_stuck_in_a_driver_are_bounded_and_end(source, modal_camera, eventually, capture_threads):
    modal_camera.mode = "block"
    most = reconnecting.MAX_ABANDONED + 1
    eventually(lambda: (read_on(source), len(capture_threads()) == most)[1], "as many as allowed are stuck")
    for _ in range(20):
        read_on(source)
        assert len(capture_threads()) <= most
    modal_camera.mend()
    eventually(lambda: (read_on(source), len(capture_threads()) == 1)[1], "the stuck ones have ended")
    eventually(lambda: read_on(source) and source.status().state == STREAMING, "frames come again")


def test_a_blocked_camera_blocks_neither_read_nor_status_nor_close(source, modal_camera, eventually):
    modal_camera.mode = "block"
    eventually(lambda: source.read(0.01) is None, "read comes back")
    assert source.status().state in (STREAMING, STALLED, RECONNECTING)
    source.close()
    assert source.status().state == ENDED


def test_a_stall_is_told_even_if_nobody_reads(source, modal_camera, eventually):
    modal_camera.mode = "block"
    eventually(lambda: source.status().state == STALLED, "the stall is told")


def test_a_frame_from_before_the_process_was_stopped_is_dropped(modal_camera):
    class Old:
        recorded = False

        def __init__(self, stop):
            self.given = False
            self.stop = stop

        def grab(self):
            if self.given:
                self.stop.wait()
            self.given = True
            shot = modal_camera.grab()
            return shot._replace(t_capture_ns=shot.t_capture_ns - 30_000_000_000)

        def close(self):
            pass

    source = LiveSource(Old, "old")
    assert source.read(0) is None
    assert source.status().dropped == 1
    source.close()


class Still:
    """Gives one image over and over."""

    recorded = False

    def __init__(self, image):
        self.image = image

    def grab(self):
        time.sleep(0.005)
        return Shot(self.image, time.monotonic_ns(), time.time_ns())

    def close(self):
        pass


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1), (4, 6, 3), (4, 6, 4)])
def test_images_are_made_bgr_where_they_enter(shape):
    source = LiveSource(lambda _: Still(np.full(shape, 9, np.uint8)), "still")
    frame = source.read(5)
    source.close()
    assert frame.image.shape == (4, 6, 3)
    assert (frame.image == 9).all()


@pytest.mark.parametrize("image", [np.zeros((4, 6, 3), np.float32), np.zeros((0, 6, 3), np.uint8)])
def test_what_is_no_image_is_told(image):
    with pytest.raises(PoseError, match="an image must be"):
        LiveSource(lambda _: Still(image), "still")


def test_a_recording_may_pause(modal_camera, eventually):
    modal_camera.recorded = True
    source = LiveSource(modal_camera.open, "film", stall_s=0.05)
    modal_camera.mode = "block"
    eventually(lambda: not read_on(source), "the pause begins")
    for _ in range(4):
        assert not read_on(source)
        assert source.status().state == STREAMING
    modal_camera.mend()
    eventually(lambda: read_on(source), "it goes on")
    source.close()
    assert modal_camera.opened == 1


def test_close_wakes_a_waiting_reader(source, modal_camera, eventually):
    modal_camera.mode = "repeat"
    seen = []

    def reader():
        try:
            while True:
                source.read(60)
        except EndOfSource:
            seen.append("end")

    thread = threading.Thread(target=reader)
    thread.start()
    source.close()
    thread.join(5)
    assert seen == ["end"]


def test_a_recording_that_fails_is_not_opened_again(modal_camera, eventually):
    modal_camera.recorded = True
    source = LiveSource(modal_camera.open, "film")
    modal_camera.mode = "refuse"

    def read_to_the_fault():
        while True:
            source.read(1)

    for _ in range(2):
        with pytest.raises(SourceError, match="the camera gives nothing"):
            read_to_the_fault()
    source.close()
    assert modal_camera.opened == 1


def test_a_camera_that_fails_at_first_raises_what_it_raised(modal_camera, capture_threads):
    modal_camera.mode = "refuse"
    with pytest.raises(SourceError, match="the camera is not there"):
        LiveSource(modal_camera.open, "modal")
    modal_camera.mode = "crash"
    with pytest.raises(RuntimeError, match="a driver's own error"):
        LiveSource(modal_camera.open, "modal")
    assert not capture_threads()


def test_a_camera_that_is_silent_at_first_is_told_in_one_line(modal_camera):
    modal_camera.mode = "block"
    with pytest.raises(SourceError, match=r"^modal: no frame within 0.3 s: look at the cable$"):
        LiveSource(modal_camera.open, "modal", open_timeout_s=QUICK_S, hint="look at the cable")


def test_a_failing_camera_writes_at_most_a_line_a_second(modal_camera, caplog, eventually):
    class Flapping:
        """Gives one picture each time it is opened."""

        recorded = False

        def __init__(self, stop):
            self.given = False

        def grab(self):
            if self.given:
                raise SourceError("the camera is gone")
            self.given = True
            return modal_camera.grab()

        close = modal_camera.close

    start_s = time.monotonic()
    source = LiveSource(Flapping, "flapping")
    eventually(lambda: (read_on(source), source.status().reconnects >= 6)[1], "it flaps")
    source.close()
    assert 1 <= len(caplog.records) <= 1 + time.monotonic() - start_s
    assert "\n" not in caplog.records[0].getMessage()


def test_an_unknown_error_keeps_its_traceback_in_the_log(source, modal_camera, caplog, eventually):
    modal_camera.mode = "crash"
    eventually(lambda: (read_on(source), caplog.records)[1], "it is logged")
    assert caplog.records[0].levelno == logging.WARNING
    assert caplog.records[0].exc_info[1].args == ("a driver's own error",)


@pytest.mark.parametrize("mode", ["gone", "hang"])
def test_a_network_camera_comes_back(network_camera, mode, eventually, capture_threads):
    source = open_stream(network_camera.url, "network", read_timeout_s=QUICK_S)
    try:
        assert source.read(5).image.shape == (48, 64, 3)
        network_camera.mode = mode
        eventually(lambda: (read_on(source), source.status().state == RECONNECTING)[1], "the loss is told")
        network_camera.mode = "stream"
        eventually(lambda: read_on(source) and source.status().state == STREAMING, "frames come again")
        assert source.status().reconnects >= 1
        assert len(capture_threads()) == 1
    finally:
        source.close()


def test_a_read_that_never_returns_inside_ffmpeg_is_abandoned(network_camera, eventually, capture_threads):
    """FFmpeg's patience is longer than ours here, so its thread is stuck in C."""
    source = open_stream(network_camera.url, "network", read_timeout_s=30)
    source._stall_s = QUICK_S
    try:
        assert source.read(5) is not None
        network_camera.mode = "hang"
        eventually(lambda: (read_on(source), len(capture_threads()) > 1)[1], "the stuck thread is left alone")
        network_camera.mode = "stream"
        eventually(lambda: read_on(source) and source.status().state == STREAMING, "frames come again")
        eventually(lambda: (read_on(source), len(capture_threads()) == 1)[1], "one thread is left")
    finally:
        source.close()
