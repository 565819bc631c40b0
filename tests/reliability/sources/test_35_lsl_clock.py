"""`t_capture_ns` is on the clock of the Lab Streaming Layer (LSL): within 1 ms of its `local_clock()` on Linux.

liblsl's `lsl_local_clock` is `std::chrono::steady_clock::now()`
(https://labstreaminglayer.readthedocs.io/info/faqs.html, "What clock does LSL use?").  That function of the C++
library is called here, without LSL; and LSL itself where pylsl happens to be installed, which is no dependency.
"""

import ctypes
import statistics
import sys
import threading
import time

import pytest
from support.stand_in_cameras import StandInCapture

from realtime.sources.cameras.opencv import OpenCvGrabber

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the clocks of Linux")

CALLS, FRAMES = 1000, 20


def steady_clock():
    """`std::chrono::steady_clock::now()`, seconds, from the C++ library."""
    try:
        now = ctypes.CDLL("libstdc++.so.6")._ZNSt6chrono3_V212steady_clock3nowEv
    except OSError:
        pytest.skip("there is no libstdc++")
    now.restype = ctypes.c_int64
    return lambda: now() / 1e9


def lsl_clock():
    """`local_clock` of LSL, seconds."""
    return pytest.importorskip("pylsl", exc_type=ImportError).local_clock


@pytest.mark.parametrize("clock", [steady_clock, lsl_clock])
def test_the_clocks_agree(clock, figure):
    theirs = clock()
    differences_s = []
    for _ in range(CALLS):
        before_ns, there_s, after_ns = time.monotonic_ns(), theirs(), time.monotonic_ns()
        differences_s.append(there_s - (before_ns + after_ns) / 2e9)
    difference_s = statistics.median(map(abs, differences_s))
    assert difference_s < 1e-3
    figure(f"{clock.__name__}: {difference_s * 1e6:.2f} µs from the clock of t_capture (median of {CALLS})")


def test_a_frame_is_stamped_on_that_clock(webcam, monkeypatch, figure):
    """Between the end of the driver's wait for it and the return of the source's read, by their clock."""
    theirs = steady_clock()
    camera = webcam()
    waited_s = {}
    real = StandInCapture.grab

    def grab(capture):
        got = real(capture)
        waited_s[camera.number] = theirs()
        return got

    monkeypatch.setattr(StandInCapture, "grab", grab)
    grabber = OpenCvGrabber(0, threading.Event())
    late_s = []
    for _ in range(FRAMES):
        shot = grabber.grab()
        late_s.append(shot.t_capture_ns / 1e9 - waited_s[camera.number])
        assert late_s[-1] >= 0
        assert shot.t_capture_ns / 1e9 <= theirs()
    grabber.close()
    assert statistics.median(late_s) < 1e-3
    figure(f"a frame's stamp: {statistics.median(late_s) * 1e6:.0f} µs after the driver gave it, on LSL's clock")
