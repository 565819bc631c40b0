"""A film whose program is killed plays to within a second of the end.

A live recording and a film of the viewer are mp4 in fragments of 0.8 s under their own name; those of `lift`, `gait`
and `form` appear when they are whole (check 31).
"""

from __future__ import annotations

import random
import signal
import time

import av
import numpy as np
import pytest
from support.numbered_pictures import number_of
from support.recordings import child, live_run, loaded

from realtime.formats.recorded_video import recorded_video
from realtime.recording.earlier_run import archive_previous_run

KILLS = 2

# Tells, at 30 frames a second, the capture stamp of the newest frame that is encoded.
RECORD_FOR_EVER = """
    import sys, time
    from collections import deque
    from dataclasses import replace
    from pathlib import Path
    from support.example_estimates import estimate
    from support.numbered_pictures import picture
    from realtime.pose import Frame
    from realtime.recording.clock import RecordingClock
    from realtime.recording.recorder import Recorder
    from realtime.recording.video_recorder import VideoRecorder
    from realtime.skeleton import H36M17
    folder, clock = Path(sys.argv[1]), RecordingClock.now()
    poses = Recorder(folder, H36M17, source="s", model="m", min_free_bytes=0, clock=clock)
    video = VideoRecorder(folder, clock, min_free_bytes=0)
    stamps_ns = []
    while True:
        index, now_ns = len(stamps_ns), time.monotonic_ns()
        one = estimate(index, value=index)
        one = replace(one, frame=Frame(picture(index), index, now_ns, now_ns),
                      pose=replace(one.pose, t_capture_ns=now_ns))
        stamps_ns.append(now_ns)
        poses(one.pose); video(one)
        time.sleep(1 / 30)
        if video.frames:
            print((stamps_ns[video.frames - 1] - stamps_ns[0]) / 1e9, flush=True)
"""

FILM_FOR_EVER = """
    import sys, time
    import numpy as np
    from pathlib import Path
    from realtime.films.film import open_film
    film, noise = open_film(Path(sys.argv[1]), 60), np.random.default_rng(0)
    for i in range(10**6):
        film.write(noise.integers(0, 255, (120, 160, 4)).astype(np.uint8), i / 60)
        print(i / 60, flush=True)
        time.sleep(0.005)
"""


def decoded(path):
    """Times s and numbers of the pictures in a film."""
    with av.open(str(path)) as film:
        frames = [(frame.time, number_of(frame.to_ndarray(format="bgr24"))) for frame in film.decode(video=0)]
    return np.array([t for t, _ in frames]), [number for _, number in frames]


def killed_after(program, path, least_s, most_s, seed):
    """The last time in the film that a program told, which is killed at a random moment."""
    with child(program, path) as writer:
        writer.stdout.readline()
        until_s = time.monotonic() + random.Random(seed).uniform(least_s, most_s)
        lines = []
        while time.monotonic() < until_s or not lines:
            lines.append(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        lines += [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    return float(lines[-1])


def test_the_video_of_a_recording(tmp_path, figure):
    lost_s = []
    for number in range(KILLS):
        told_s = killed_after(RECORD_FOR_EVER, tmp_path, 1.0, 2.2, number)
        at_s, numbers = decoded(tmp_path / "video.mp4")
        assert numbers == list(range(len(numbers)))
        lost_s.append(told_s - at_s[-1])
        times = np.load(tmp_path / "video_time.npy")
        assert times[: len(at_s)] - times[0] == pytest.approx(at_s, abs=1e-5)
        archive_previous_run(tmp_path)
    assert max(lost_s) <= 1
    folders = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert len(folders) == KILLS
    for folder in folders:
        assert len(decoded(recorded_video(folder))[0]) > 10
        assert len(loaded(folder)[0]) > 10
    figure(f"video.mp4, {KILLS} kills: {max(lost_s):.2f} s before the newest encoded frame at most")


def test_a_film_of_the_viewer(tmp_path, figure):
    told_s = killed_after(FILM_FOR_EVER, tmp_path / "a.mp4", 1.0, 1.5, 0)
    at_s, _ = decoded(tmp_path / "a.mp4")
    assert told_s - at_s[-1] <= 1
    figure(f"a film of 60 pictures a second plays to {told_s - at_s[-1]:.2f} s before the kill")


@pytest.mark.slow
def test_the_program_with_its_camera_s_video(tmp_path):
    out = tmp_path / "out"
    with live_run("--source", "demo", "--save-video", "--out", out) as run:
        until_s = time.monotonic() + 60
        while not (out / "joints.npy").exists() or len(np.load(out / "joints.npy")) < 60:
            assert time.monotonic() < until_s
            time.sleep(0.05)
        run.kill()
    with av.open(str(out / "video.mp4")) as film:
        at_s = [frame.time for frame in film.decode(video=0)]
    frames, poses = np.load(out / "video_time.npy"), np.load(out / "joints_time.npy")
    assert frames[: len(at_s)] - frames[0] == pytest.approx(at_s, abs=1e-5)
    assert at_s[-1] > poses[-1] - frames[0] - 2  # a busy machine's encoder may be behind
