"""After the program was suspended there is no burst of old poses: the first valid one is of now.

SIGSTOP of the process with the stages; that of its socket goes on, and tells meanwhile that nothing comes.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from support.processes import path_environment
from support.watched_runs import FPS, Listener, free_address

CAMERA = """
import sys
from support.watched_runs import run_alone
run_alone(*sys.argv[1:])
"""


def wait_for(condition, what):
    end_s = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < end_s, what
        time.sleep(0.05)


STOPPED_S = 30


@pytest.mark.slow
def test_what_comes_after_a_suspension_is_of_now(tmp_path, figure):
    address = free_address()
    listener = Listener(address)
    heard = listener.heard
    with subprocess.Popen(
        [sys.executable, "-c", CAMERA, address, tmp_path / "out"], env=path_environment(), stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(lambda: heard.status and heard.status[-1]["valid"], "valid poses")
            process.send_signal(signal.SIGSTOP)
            stopped_s = time.monotonic()
            time.sleep(STOPPED_S)
            poses = len(heard.poses)
            while_stopped = [one for one in heard.status if one["at_s"] > stopped_s + 0.5]
            process.send_signal(signal.SIGCONT)
            resumed_s = time.monotonic()
            wait_for(lambda: len(heard.poses) > poses + 40, "poses after it")
            process.send_signal(signal.SIGINT)
            process.wait(40)
        finally:
            process.kill()
            listener.close()
    after = heard.poses[poses:]
    valid = [pose for pose in after if pose["valid"]]
    ages_s = [(pose["t_publish_ns"] - pose["t_capture_ns"]) / 1e9 for pose in valid]
    figure(
        f"stopped for {STOPPED_S} s: first valid pose {ages_s[0] * 1e3:.0f} ms old, "
        f"{len(after) - len(valid)} invalid, told {len(while_stopped)} times meanwhile"
    )
    assert max(ages_s) < 1
    at_once = [pose for pose in after if pose["at_s"] < resumed_s + 0.5]
    assert len(at_once) < FPS * 0.5 + 8  # as many as a camera gives
    frames = [pose["frame"] for pose in valid]
    assert frames == sorted(set(frames))
    assert len(while_stopped) >= STOPPED_S - 2
    assert {(one["valid"], one["reason"]) for one in while_stopped} == {(False, "stage_stalled")}
    assert all("the program has said nothing for" in one["fault"] for one in while_stopped)
    assert (while_stopped[0]["at_s"] - stopped_s) < 2 + 1
