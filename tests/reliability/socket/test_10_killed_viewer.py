"""A viewer that is killed changes nothing about the rate at which the camera's pictures are taken.

The camera is the bundled clip at its own pace; the viewer is viz.py in a window of a real X server, with the camera's
picture in its corner.
"""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from support.poses import ROOT
from support.replaying import replaying
from support.viewer_scenes import environment, wait_for, x_server

from realtime.wire.subscriber import PoseSubscriber

WINDOWS, WINDOW_S = 5, 1.0


def captured_hz(poses):
    """Frames a second, the median over some windows of time, by the numbers of the frames that were published."""
    rates = []
    for _ in range(WINDOWS):
        seen, end_s = [], time.monotonic() + WINDOW_S
        while time.monotonic() < end_s:
            pose = poses.poll(0.05)
            seen += [(pose.frame, pose.t_publish_ns / 1e9)] if pose else []
        (first, first_s), (last, last_s) = seen[0], seen[-1]
        rates.append((last - first) / (last_s - first_s))
    return float(np.median(rates))


@pytest.mark.slow
def test_a_killed_viewer_costs_no_frames(figure, tmp_path):
    with (
        x_server(tmp_path) as display,
        replaying(tmp_path) as (process, address),
        PoseSubscriber(address, newest=False) as poses,
    ):
        wait_for(lambda: poses.poll(0.1) and process.poll() is None)
        viewer = subprocess.Popen(
            [sys.executable, ROOT / "viz.py", "--connect", address, "--fps", "10"],
            env=environment(DISPLAY=display.name),
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(lambda: poses.poll(0.1) and poses.status and poses.status.subscribers == 2)
            time.sleep(1)  # its first picture takes long
            before = captured_hz(poses)
        finally:
            os.kill(viewer.pid, signal.SIGKILL)
            viewer.wait()
        after = captured_hz(poses)
        wait_for(lambda: poses.poll(0.1) and poses.status.subscribers == 1)
        figure(
            f"captured {before:.2f} fps with the viewer, {after:.2f} fps after it was killed; {poses.lost} poses lost"
        )
        assert after == pytest.approx(before, rel=0.02)
        assert poses.lost == 0
        assert process.poll() is None
