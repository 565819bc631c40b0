"""With a detector that needs 200 ms every pose is of the newest frame, and what was left out is counted exactly."""

from __future__ import annotations

import time

import numpy as np
import pytest
from support.watched_runs import FPS, Standing, run_here

from realtime.sources.grabber import Shot
from realtime.sources.reconnecting import LiveSource

SLOW_S = 0.2


class Slow(Standing):
    def __call__(self, frame):
        time.sleep(SLOW_S)
        return super().__call__(frame)


class SteadyCamera:
    """A device that delivers FPS pictures a second, and `count` of them."""

    recorded = False

    def __init__(self, stop):
        self.stop, self.count = stop, 0
        self.due_s = time.monotonic()

    def grab(self):
        self.due_s += 1 / FPS
        self.stop.wait(max(0.0, self.due_s - time.monotonic()))
        self.count += 1
        image = np.full((480, 640, 3), self.count % 256, np.uint8)
        return Shot(image, time.monotonic_ns(), time.time_ns())

    def close(self):
        pass


@pytest.mark.parametrize("frames", [12, pytest.param(30, marks=pytest.mark.slow)])
def test_the_newest_frame_wins_and_the_others_are_counted(frames, monkeypatch, tmp_path, figure):
    devices = []
    camera = LiveSource(lambda stop: devices.append(SteadyCamera(stop)) or devices[0], "camera 0")
    try:
        heard = run_here(monkeypatch, tmp_path, camera, detector=Slow(), max_frames=frames)
    finally:
        camera.close()
    ages_s = [(pose["t_publish_ns"] - pose["t_capture_ns"]) / 1e9 for pose in heard.poses]
    late_s = np.median(ages_s) - SLOW_S
    figure(f"detector of 200 ms: median age {np.median(ages_s) * 1e3:.0f} ms, most {max(ages_s) * 1e3:.0f} ms")
    assert 0 < late_s < 2 / FPS
    assert len(heard.poses) == frames
    # Every frame that was captured is processed, counted as dropped, or the newest: it waits, or just comes.
    assert devices[0].count - frames - camera.status().dropped in (0, 1, 2)
    assert heard.status[-1]["dropped"] > frames
