"""A camera that fails writes at most one line a second, and the libraries below it nothing.

Each way to fail lasts 10 s, all at once: cameras that stop as in check 15, one that gives a picture each time it is
opened, and one whose driver raises another error each time.  A line is a line: the traceback of an error that is
nobody's known fault is printed three times at most, and counts as one.

Not kept, for want of such a camera here: libjpeg's own "Corrupt JPEG data", which OpenCV lets through for each
damaged picture of a webcam in MJPG mode (`--size`).
"""

import itertools
import logging
import re
import threading
import time
from contextlib import ExitStack

import pytest
from support.network_camera import serving_camera
from support.pictures import picture

from realtime.errors import SourceError
from realtime.runtime.text import counted
from realtime.sources import Request, open_source
from realtime.sources.cameras import webcam as webcams
from realtime.sources.grabber import Shot
from realtime.sources.reconnecting import LiveSource

pytest.importorskip("acapture")

FAILING_S = 10.0
STAND_IN, SERVED = ("gone", "refuse", "repeat", "block", "crash"), ("gone", "refuse", "hang", "garbage", "repeat")


class Flapping:
    """Gives one picture each time it is opened."""

    recorded = False
    numbers = itertools.count()

    def __init__(self, fault):
        self.fault = fault
        self.given = False

    def grab(self):
        if self.given:
            raise self.fault
        self.given = True
        return Shot(picture(next(self.numbers)), time.monotonic_ns(), time.time_ns())

    def close(self):
        pass


def flapping(name, faults):
    return LiveSource(lambda stop: Flapping(next(faults)), name)


@pytest.fixture
def failing(webcam, monkeypatch):
    """Sources that stream, and a function that makes their cameras fail."""
    streams, turns, sources = {}, [], []
    numbers = itertools.count()
    monkeypatch.setattr(webcams, "resolve", lambda device: streams.get(device, device))
    with ExitStack() as cleanup:

        def add(source):
            sources.append(source)
            cleanup.callback(source.close)

        for mode, capture in itertools.product(STAND_IN, ("acapture", "opencv")):
            number = next(numbers)
            camera = webcam(number=number)
            turns.append((camera.lose, mode))
            add(open_source(Request(str(number), capture=capture)))
        for mode, capture in itertools.product(SERVED, ("acapture", "opencv", "url")):
            number = next(numbers)
            camera = cleanup.enter_context(serving_camera(period_s=0.1))
            streams[number] = camera.url
            turns.append((lambda mode, camera=camera: setattr(camera, "mode", mode), mode))
            add(open_source(Request(camera.url if capture == "url" else str(number), capture=capture)))
        yield sources, lambda: [turn(mode) for turn, mode in turns]


@pytest.mark.slow
def test_ten_seconds_of_each_failure(failing, caplog, capfd, figure):
    caplog.set_level(logging.INFO, "realtime.sources")
    sources, fail = failing
    sources.append(flapping("flapping", itertools.cycle([SourceError("flapping has ended")])))
    sources.append(flapping("bugs", (RuntimeError(f"error {number}") for number in itertools.count())))
    fail()
    start_s = time.monotonic()

    def read(source):
        while time.monotonic() - start_s < FAILING_S:
            source.read(0.1)

    threads = [threading.Thread(target=read, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took_s = time.monotonic() - start_s
    records = [record for record in caplog.records if record.name == "realtime.sources"]
    assert all("\n" not in record.getMessage() for record in records)
    lines = {source.name: 0 for source in sources}
    tracebacks = dict(lines)
    for record in records:
        (name,) = [name for name in lines if re.search(rf"\b{re.escape(name)}\b", record.getMessage())]
        lines[name] += 1
        tracebacks[name] += record.exc_info is not None
    assert max(lines.values()) <= 1 + took_s
    assert lines["flapping"] >= 3
    assert tracebacks["bugs"] == 3
    assert capfd.readouterr() == ("", "")
    most = counted(max(lines.values()), "line")
    figure(f"{len(sources)} ways to fail for 10 s: {most} at most, of flapping ones; native libraries wrote nothing")
    for source in sources[-2:]:
        source.close()
