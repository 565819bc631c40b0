"""A frame is stamped before it is decoded, stamps rise strictly, and moving the wall clock by an hour changes neither
the order, nor an interval, nor a filtered joint.

acapture itself stamps after decoding and on the wall clock; the modules that its thread imports are replaced.
The clock is moved in the process of a whole run, for Python and every library in it, by a library that stands before
libc's (needs a C compiler; nothing else can move a process's wall clock but not the machine's).
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from itertools import cycle, pairwise

import numpy as np
import pytest
from support.live_walks import keypoint_file
from support.pictures import picture
from support.poses import ROOT
from support.stand_in_cameras import StandInCapture

from realtime.sources.cameras.acapture import AcaptureGrabber
from realtime.sources.cameras.opencv import OpenCvGrabber
from realtime.sources.reconnecting import LiveSource
from realtime.sources.streams.address import connect
from realtime.wire.subscriber import PoseSubscriber

DECODING_S = 0.05
HOUR_S = 3600
FRAMES = 12


def slowed(decode, began_ns):
    """`decode`, slowly; notes when it began."""

    def slow(*data):
        began_ns.append(time.monotonic_ns())
        time.sleep(DECODING_S)
        return decode(*data)

    return slow


@pytest.mark.parametrize("grabber_of", [OpenCvGrabber, AcaptureGrabber])
def test_a_webcam_is_stamped_before_it_is_decoded(grabber_of, webcam, monkeypatch):
    if grabber_of is AcaptureGrabber:
        pytest.importorskip("acapture")
    webcam()
    began_ns = []
    monkeypatch.setattr(StandInCapture, "retrieve", slowed(StandInCapture.retrieve, began_ns))
    grabber = grabber_of(0, threading.Event())
    for _ in range(FRAMES):
        stamp_ns, now_ns = grabber.grab().t_capture_ns, time.monotonic_ns()
        after = [began for began in began_ns if stamp_ns <= began <= stamp_ns + 1e9 * DECODING_S / 2]
        assert len(after) == 1
        assert stamp_ns < now_ns
    grabber.close()


def test_a_network_camera_is_stamped_before_it_is_decoded(network_camera):
    class Slow:
        def __init__(self, stream):
            self.decode = slowed(stream.decode, began_ns)

    began_ns = []
    grabber = connect(network_camera.url, "network", threading.Event(), timeout_s=(5, 5))
    grabber.grab()  # what was buffered while it connected is skipped
    grabber._stream = Slow(grabber._stream)
    stamps = [grabber.grab().t_capture_ns for _ in range(FRAMES)]
    grabber.close()
    assert all(stamp <= began for stamp, began in zip(stamps, began_ns, strict=True))


@pytest.mark.parametrize("moved_s", [0, HOUR_S, -HOUR_S])
def test_acapture_stamps_when_a_frame_comes_whatever_the_wall_clock_does_then(moved_s, webcam, monkeypatch):
    """The clock is moved between its stamp and the reading of the frame."""
    pytest.importorskip("acapture")
    grabbed_ns = {}
    real_grab, real_time = StandInCapture.grab, time.time
    moved = [0.0]

    def grab(capture):
        got = real_grab(capture)
        grabbed_ns[capture._camera.number] = time.monotonic_ns()
        return got

    monkeypatch.setattr(StandInCapture, "grab", grab)
    monkeypatch.setattr(time, "time", lambda: real_time() + moved[0])
    camera = webcam()
    grabber = AcaptureGrabber(0, threading.Event())
    grabber.grab()
    for _ in range(FRAMES):
        before = camera.number
        while not grabber._camera.q.qsize() or camera.number < before + 3:
            time.sleep(0.005)
        moved[0] += moved_s
        shot, now_ns = grabber.grab(), time.monotonic_ns()
        number = next(number for number in grabbed_ns if np.array_equal(picture(number), shot.image))
        assert grabbed_ns[number] - 1e6 <= shot.t_capture_ns <= now_ns
        assert now_ns - shot.t_capture_ns > 15e6  # it lay in the queue for a frame of 20 ms at least
        grabbed_ns.clear()
    grabber.close()


def test_stamps_rise_strictly_whatever_the_clock_of_the_device_says(modal_camera):
    class Backwards:
        recorded = True  # whose frames do not become old

        def __init__(self, stop):
            self.grabber = modal_camera.open(stop)

        def grab(self):
            return self.grabber.grab()._replace(t_capture_ns=1_000_000 - modal_camera.number)

        close = modal_camera.close

    source = LiveSource(Backwards, "backwards")
    stamps = [source.read(5).t_capture_ns for _ in range(5)]
    source.close()
    assert all(later > earlier for earlier, later in pairwise(stamps))


@pytest.fixture(scope="module")
def clock_library(tmp_path_factory):
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("needs Linux and a C compiler")
    library = tmp_path_factory.mktemp("clock") / "moved_clock.so"
    source = ROOT / "tests" / "support" / "moved_clock.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


class WallClock:
    """The wall clock of a process that is started in its `surroundings`."""

    def __init__(self, library, folder):
        self._file = folder / "moved_s"
        self.set(0)
        self.surroundings = os.environ | {"LD_PRELOAD": str(library), "MOVED_CLOCK": str(self._file)}

    def set(self, moved_s):
        new = self._file.with_suffix(".new")
        new.write_text(str(moved_s))
        new.replace(self._file)


@pytest.fixture
def wall_clock(clock_library, tmp_path):
    return WallClock(clock_library, tmp_path)


@contextmanager
def run(folder, surroundings, *flags):
    words = [sys.executable, str(ROOT / "run.py"), "--out", str(folder / "out"), *map(str, flags)]
    with subprocess.Popen(words, cwd=folder, env=surroundings, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def test_a_live_run_goes_on_evenly_while_the_wall_clock_is_moved(wall_clock, tmp_path, figure):
    """An hour ahead, two back, and home again; what is sent and what is recorded."""
    walk = keypoint_file(tmp_path / "walk.npz", seconds=6)
    address = free_address()
    flags = ("--source", walk, "--realtime", "--bind", address)
    with run(tmp_path, wall_clock.surroundings, *flags) as process:
        moves = iter((HOUR_S, -HOUR_S, 0))
        got = []
        with PoseSubscriber(address, newest=False, timeout_s=30) as poses:
            for pose in poses:
                got.append(pose)
                if len(got) % 30 == 0 and (moved_s := next(moves, None)) is not None:
                    wall_clock.set(moved_s)
                if len(got) == 120:
                    break
        assert process.wait(60) == 0, process.stderr.read()
    assert [pose.seq for pose in got] == list(range(got[0].seq, got[0].seq + 120))
    steps_ms = np.diff([pose.t_capture_ns for pose in got]) / 1e6
    frames = np.diff([pose.frame for pose in got])
    assert (steps_ms > 0).all()
    uneven_ms = np.abs(steps_ms - frames * 1000 / 30)
    assert np.median(uneven_ms) < 1
    assert steps_ms.max() < 10_000
    wall_s = np.diff([pose.t_unix_ns for pose in got]) / 1e9
    assert sorted(np.round(wall_s[np.abs(wall_s) > 600] / HOUR_S)) == [-2, 1, 1]  # the wall clock itself was moved
    times_s = np.load(tmp_path / "out" / "joints_time.npy")
    assert (np.diff(times_s) > 0).all()
    assert times_s[-1] - times_s[0] < 60
    figure(f"wall clock moved by +1, -2, +1 h: 0 gaps in seq, steps of t_capture even to {np.median(uneven_ms):.3f} ms")


def test_filtered_joints_are_the_same_to_the_byte(wall_clock, tmp_path, figure):
    """Every frame of a file, with the clock jumping by hours, and with one that is left alone."""
    walk = keypoint_file(tmp_path / "walk.npz", seconds=20)
    flags = ("--source", walk, "--sinks", "record", "--height", 1.8)
    joints, moves = [], 0
    for name, moved_s in (("alone", (0,)), ("moved", (HOUR_S, 0, -HOUR_S))):
        folder = tmp_path / name
        folder.mkdir()
        with run(folder, wall_clock.surroundings, *flags) as process:
            for seconds in cycle(moved_s):
                wall_clock.set(seconds)
                moves += len(moved_s) > 1
                with suppress(subprocess.TimeoutExpired):
                    assert process.wait(0.01) == 0, process.stderr.read()
                    break
        joints.append((folder / "out" / "joints.npy").read_bytes())
    assert joints[0] == joints[1]
    assert moves > 10
    figure(f"wall clock moved {moves} times during a run: recorded joints equal to the byte")
