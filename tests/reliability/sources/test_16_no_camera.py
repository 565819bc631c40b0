"""A camera that is not there is told in one line that names `cameras`, with exit code 2, within 3 s; one that is there
may take 5 s to open, and the program waits for it without work (CPU below 20 %).

Without a camera the start is the interpreter's, which works: what is measured there is how much it works in all, and
the share of the CPU during the wait for a slow camera, which acapture alone would wait for in a busy loop.
"""

import re
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from support.processes import run_realtime

from realtime.sources import Request, open_source
from realtime.sources.cameras import acapture

pytest.importorskip("acapture")

SLOW_S = 5.0


def children_cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("capture", ["auto", "opencv"])
def test_a_camera_that_is_not_there(capture, tmp_path, figure):
    start_s, before_s = time.monotonic(), children_cpu_s()
    done = run_realtime("run", "--source", "63", "--capture", capture, cwd=tmp_path)
    took_s, worked_s = time.monotonic() - start_s, children_cpu_s() - before_s
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(r"error: there is no camera 63 \(.*\); `.* cameras` lists the working cameras\n", done.stderr)
    assert worked_s < 3  # the time in which this machine does nothing else
    assert not list(tmp_path.iterdir())
    figure(f"no camera, --capture {capture}: told after {took_s:.1f} s, {worked_s:.1f} s of them work")


@pytest.mark.slow
def test_a_camera_that_takes_five_seconds(webcam, figure):
    """In its opening, its first read, or with reads that fail until then; by acapture and OpenCV, all at once."""
    cases = list(product(("open", "read", "failures"), ("acapture", "opencv")))
    cameras = [webcam(SLOW_S, slow_in=slow_in, number=number) for number, (slow_in, _) in enumerate(cases)]
    acapture.load()

    def first_frame_after_s(number):
        start_s = time.monotonic()
        source = open_source(Request(str(number), capture=cases[number][1]))
        try:
            assert source.read(5) is not None
            return time.monotonic() - start_s
        finally:
            source.close()

    before_s = time.process_time()
    with ThreadPoolExecutor(len(cases)) as pool:
        took_s = list(pool.map(first_frame_after_s, range(len(cases))))
    share = (time.process_time() - before_s) / max(took_s)
    assert min(took_s) >= SLOW_S
    assert share < 0.2
    assert [camera.opened for camera in cameras] == [1] * len(cases)
    figure(
        f"a camera that needs 5 s: opened once, first frame after {max(took_s):.1f} s; CPU {share:.0%} for six of them"
    )
