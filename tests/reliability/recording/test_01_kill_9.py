"""A program killed with kill -9 loses at most the pose of one frame: every file loads and holds what was published.

A recorder is killed at twenty random moments, in one folder, so that every start moves the files of the one that
was killed; and the program itself, with a subscriber whose poses are looked for in the file.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time

import numpy as np
import pytest
from support.keypoint_files import keypoint_file, walk
from support.recordings import child, live_run, loaded

from realtime.wire.subscriber import PoseSubscriber

KILLS, PROGRAMS = 20, 4

# Forks a recorder at 30 poses a second for each line that it reads; each tells the number of its newest pose.
FORKS = """
    import os, sys, time
    from support.example_estimates import estimate
    from realtime.recording.background import BackgroundRecorder
    from realtime.recording.recorder import Recorder
    from realtime.skeleton import H36M17
    for number, line in enumerate(sys.stdin):
        pid = os.fork()
        if pid:
            print("pid", pid, flush=True)
            os.waitpid(pid, 0)
            print("gone", flush=True)
            continue
        files = Recorder(sys.argv[1], H36M17, source="demo", model="m", session=str(number), min_free_bytes=0)
        record = BackgroundRecorder(files)
        for index in range(10**6):
            record(estimate(index, value=index))
            os.write(1, f"{index}\\n".encode())
            time.sleep(1 / 30)
"""


def test_at_twenty_random_moments_one_pose_is_lost_at_most(tmp_path, figure):
    told = {}
    with child(FORKS, tmp_path, stdin=subprocess.PIPE) as parent:
        for number in range(KILLS):
            parent.stdin.write("\n")
            parent.stdin.flush()
            pid = int(next(line for line in parent.stdout if line.startswith("pid")).split()[1])
            time.sleep(random.Random(number).uniform(0.0, 0.6))  # the moment is what is tested
            os.kill(pid, signal.SIGKILL)
            lines = list(iter(parent.stdout.readline, "gone\n"))
            told[str(number)] = 1 + max((int(line) for line in lines), default=-1)
        parent.stdin.close()
    lost = dict(told)
    for folder in (tmp_path, *(path for path in tmp_path.iterdir() if path.is_dir())):
        session = json.loads((folder / "joints.json").read_text())["session"]
        joints, _ = loaded(folder)
        assert joints[:, 16, 2].tolist() == list(range(len(joints)))
        lost[session] = told[session] - len(joints)
    assert max(lost.values()) <= 1
    assert sum(told.values()) > KILLS
    figure(f"{sum(told.values())} poses in {KILLS} killed recordings, lost: {max(lost.values())} of one at most")


@pytest.mark.slow
def test_what_was_published_is_in_the_file_of_the_killed_program(tmp_path, figure):
    points = keypoint_file(tmp_path / "walk.npz", walk(600), fps=30)
    found = 0
    for number in range(PROGRAMS):
        out = tmp_path / f"out{number}"
        with live_run("--source", points, "--realtime", "--out", out) as run:
            with PoseSubscriber(run.address, newest=False, timeout_s=40) as poses:
                wanted = random.Random(number).randrange(5, 60)
                got = [pose for pose, _ in zip(poses, range(wanted), strict=False)]
                run.kill()
            run.wait()
        joints, times_s = loaded(out)
        about = json.loads((out / "joints.json").read_text())
        captured_ns = np.round((times_s - about["started_unix_s"]) * 1e9).astype(int) + about["started_monotonic_ns"]
        valid = [pose for pose in got if pose.valid]
        rows = [int(np.abs(captured_ns - pose.t_capture_ns).argmin()) for pose in valid]
        kept = [k for k, pose in zip(rows, valid, strict=True) if abs(captured_ns[k] - pose.t_capture_ns) < 10_000]
        assert len(valid) - len(kept) <= 1
        assert np.array_equal(np.diff(kept), np.diff([pose.seq for pose in valid])[: len(kept) - 1])
        for k, pose in zip(kept, valid, strict=False):
            assert np.allclose(joints[k], pose.joints, atol=1e-4)  # the socket rounds to a tenth of a millimetre
        found += len(kept)
    figure(f"{found} published poses of {PROGRAMS} killed programs are in their files")
