"""A camera that is off for a while is told within 2 s and read again within 3 s of its return, with as many threads.

Four ways to be off: reads fail, the last picture is repeated, a read does not return, a read raises.  Each through
acapture and OpenCV as they are installed, on a stand-in for the device (OpenCV's VideoCapture replaced) and on a
stream that this test serves, which both open as they open a device (nothing replaced); and through PyAV, for network
cameras.  Of those a repeated picture is no fault: in a compressed stream a still scene gives equal pictures.
"""

import gc
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

import numpy as np
import pytest
from support.network_camera import serving_camera
from support.outages import native_threads, outage
from support.rtsp_server import serving_rtsp
from support.stand_in_cameras import StandInCamera

from realtime.errors import SourceError
from realtime.sources import Request, open_source, reconnecting
from realtime.sources.cameras import webcam as webcams
from realtime.sources.cameras.opencv import OpenCvGrabber
from realtime.sources.reconnecting import LiveSource
from realtime.stages import RECONNECTING, STALLED

pytest.importorskip("acapture")

OFF_S, SHORTLY_S = 10.0, 2.5
# A way to be off: that of the stand-in, and that of the stream.
WAYS = {
    "failing reads": ("refuse", "gone"),
    "a repeated picture": ("repeat", "repeat"),
    "a blocked read": ("block", "hang"),
    "an exception": ("crash", "garbage"),
}
NOT_OF = {"http": ("repeat",), "rtsp": ("repeat", "garbage")}


@pytest.fixture
def cameras(webcam, monkeypatch):
    """Everything that can be opened: name -> (where, options, camera)."""
    found, streams = {}, {}
    with ExitStack() as cleanup:
        for number, capture in enumerate(("acapture", "opencv")):
            found[f"{capture}, stand-in"] = str(number), {"capture": capture}, webcam(number=number)
            camera = cleanup.enter_context(serving_camera())
            streams[number + 10] = camera.url
            found[f"{capture}, stream"] = str(number + 10), {"capture": capture}, camera
        for name, serve in (("http", serving_camera), ("rtsp", serving_rtsp)):
            camera = cleanup.enter_context(serve())
            found[name] = camera.url, {}, camera
        monkeypatch.setattr(webcams, "resolve", lambda device: streams.get(device, device))
        yield found


@contextmanager
def opened(cameras, way):
    """The sources that can be off in that way, streaming, by name."""
    with ExitStack() as cleanup:
        sources = {}
        for name, (where, options, camera) in cameras.items():
            off = WAYS[way][not isinstance(camera, StandInCamera)]
            if off in NOT_OF.get(name, ()):
                continue
            sources[name] = open_source(Request(where, **options)), partial(switch, camera, off)
            cleanup.callback(sources[name][0].close)
        for source, _ in sources.values():
            assert source.read(10) is not None
        yield sources


def switch(camera, off, on):
    if isinstance(camera, StandInCamera):
        camera.mend() if on else camera.lose(off)
    else:
        camera.mode = "stream" if on else off


@pytest.mark.parametrize("way", [pytest.param(way, marks=pytest.mark.slow) for way in WAYS])
def test_ten_seconds(way, cameras, eventually, figure):
    outages = all_outages(way, cameras, OFF_S, eventually)
    told, resumed = (max(getattr(one, kind) for one in outages) for kind in ("told_s", "resumed_s"))
    figure(f"{way}, 10 s, {len(outages)} ways to read a camera: told after {told:.1f} s, back after {resumed:.1f} s")


def test_a_moment_of_failing_reads(cameras, eventually, figure):
    outages = all_outages("failing reads", cameras, SHORTLY_S, eventually)
    told, resumed = (max(getattr(one, kind) for one in outages) for kind in ("told_s", "resumed_s"))
    figure(f"failing reads, {SHORTLY_S} s, told after {told:.1f} s, back after {resumed:.1f} s")


def all_outages(way, cameras, off_s, eventually):
    with opened(cameras, way) as sources:
        before = native_threads() if sys.platform == "linux" else 0
        with ThreadPoolExecutor(len(sources)) as pool:
            waiting = {
                name: pool.submit(outage, source, partial(turn, on=False), partial(turn, on=True), off_s)
                for name, (source, turn) in sources.items()
            }
        outages = {name: one.result() for name, one in waiting.items()}
        for name, one in outages.items():
            assert one.told_in_time, (name, one)
            assert one.resumed_in_time, (name, one)

        def read_all():
            return all(source.read(1) for source, _ in sources.values())

        if sys.platform == "linux":
            eventually(lambda: read_all() and native_threads() <= before, "as many threads as before")
    return list(outages.values())


def test_a_loss_is_told_and_a_camera_that_is_back_is_read_in_the_time_that_is_promised(modal_camera, eventually):
    assert reconnecting.STALL_S + reconnecting.WATCH_S < 2  # until a loss is told
    assert max(reconnecting.BACK_OFF_S) + reconnecting.WATCH_S < 3  # until a camera that is back is read
    source = LiveSource(modal_camera.open, "modal")
    try:
        assert source.read(0.05)
        modal_camera.mode = "block"
        eventually(lambda: (source.read(0.05), source.status().state in (STALLED, RECONNECTING))[1], "it is told")
        modal_camera.mode = "refuse"
        eventually(lambda: (source.read(0.05), modal_camera.opened >= 5)[1], "the longest back-off is reached")
        modal_camera.mend()
        tries = modal_camera.opened
        eventually(lambda: source.read(0.05), "frames come again")
        assert modal_camera.opened <= tries + 1  # at the first try
    finally:
        source.close()


def test_what_a_lost_stream_held_is_freed_without_the_garbage_collector(network_camera, eventually):
    """FFmpeg's decoder has threads of its own, and a lost connection kept them until Python collected."""
    camera = network_camera
    source = open_source(Request(camera.url))
    grabbers = []
    real = source._open_grabber
    source._open_grabber = lambda stop: [grabbers.append(weakref.ref(one := real(stop))), one][1]
    gc.disable()
    try:
        for _ in range(2):
            camera.mode = "gone"
            eventually(lambda: (source.read(0.05), source.status().state != "streaming")[1], "it is lost")
            camera.mode = "stream"
            eventually(lambda: source.read(0.05) and source.status().state == "streaming", "it is back")
        eventually(lambda: [one() for one in grabbers].count(None) == 1, "one grabber is left")
        source.close()
        eventually(lambda: not any(one() for one in grabbers), "no grabber is left")
    finally:
        gc.enable()
        source.close()


def test_a_camera_that_opens_and_gives_nothing_is_freed_before_it_is_opened_again(webcam, eventually):
    camera = webcam()
    source = open_source(Request("0", capture="opencv"))
    gc.disable()
    try:
        source.read(5)
        camera.lose("refuse")
        eventually(lambda: (source.read(0.05), camera.opened >= 3)[1], "it is opened again and again")
        assert camera.most_open == 1
    finally:
        gc.enable()
        camera.mend()
        source.close()


def test_a_camera_that_opens_and_gives_nothing_is_free_when_that_is_told(webcam):
    camera = webcam(mode="refuse")
    with pytest.raises(SourceError, match="is open but delivers no frames") as caught:
        OpenCvGrabber(0, threading.Event(), warm_up_s=0.1)
    assert camera.open_now == 0
    del caught  # whose traceback holds the grabber


def test_what_is_no_picture_costs_itself(modal_camera, eventually, caplog, figure):
    """A bug in a driver or a library: None, numbers that are no pixels, five channels, no rows."""
    source = LiveSource(lambda stop: modal_camera, "odd")
    odd = [None, np.zeros((48, 64, 3), np.float32), np.zeros((48, 64, 5), np.uint8), np.zeros((0, 64, 3), np.uint8), 7]
    real, given = modal_camera.grab, []

    def grab():
        shot = real()
        if odd and modal_camera.number % 3 == 0:
            given.append(odd.pop())
            return shot._replace(image=given[-1])
        return shot

    source.read(5)
    modal_camera.grab = grab
    frames = []
    eventually(lambda: (frames.append(source.read(1)), not odd)[1], "all odd ones were given")
    frames.append(source.read(1))
    status = source.status()
    source.close()
    assert all(frame.image.shape == (48, 64, 3) for frame in frames)
    assert (status.reconnects, status.state) == (0, "streaming")
    assert status.dropped >= 5
    assert "odd: an image must be an array, this one is int; left out" in caplog.text
    figure("5 of 5 frames that were no pictures cost themselves only")
