"""run.py as its user runs it: a process, a real socket, real files, signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from support.live_walks import keypoint_file
from support.networks import save_small
from support.poses import ROOT

from realtime.formats.joints_npy import read_joints
from realtime.formats.safe.npz import save_npz
from realtime.offline.lift import lift_video
from realtime.skeleton import COCO17, COCO_FEET21, H36M17
from realtime.wire.subscriber import PoseSubscriber

DEADLINE_S = 40.0  # for anything to begin, on a busy machine


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def sway(tmp_path):
    """Ten seconds of keypoints of a person who sways, as a file to replay."""
    rng = np.random.default_rng(1)
    base = rng.uniform((250, 100), (390, 400), (len(COCO17), 2))
    xy = base + 20 * np.sin(np.arange(300) / 15)[:, None, None] * (1, 0)
    path = tmp_path / "sway.npz"
    save_npz(
        path,
        format=1,
        xy=xy.astype(np.float32),
        score=np.full(xy.shape[:2], 0.9, np.float32),
        size_wh=np.array([640, 480]),
        fps=np.float64(30),
        skeleton="coco-17",
    )
    return path


def command(*flags):
    return [sys.executable, str(ROOT / "run.py"), *map(str, flags)]


@contextmanager
def running(tmp_path, *flags):
    """run.py in a process of its own, its words in a file; killed if it does not end."""
    address = free_address()
    log = tmp_path / "stderr.txt"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command("--bind", address, "--out", tmp_path / "out", *flags), stderr=errors, stdout=errors, cwd=tmp_path
        )
        process.address, process.log = address, log
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_for(condition, what, process=None):
    end_s = time.monotonic() + DEADLINE_S
    while time.monotonic() < end_s:
        if result := condition():
            return result
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.02)
    pytest.fail(f"no {what}: {process.log.read_text()[-2000:] if process else ''}")


def rows(tmp_path):
    path = tmp_path / "out" / "joints.npy"
    return len(np.load(path)) if path.exists() else 0


def test_the_demo_clip_to_a_subscriber_and_a_file(tmp_path):
    """From pixels, with the detector and the network that ship; then Ctrl-C."""
    with running(tmp_path, "--source", "demo") as process:
        with PoseSubscriber(process.address, newest=False, timeout_s=DEADLINE_S) as poses:
            got = [pose for pose, _ in zip(poses, range(45), strict=False)]
            wait_for(lambda: poses.poll(0.1) is None or poses.status, "status", process)
            assert poses.schema.joints[0] == "pelvis"
            assert poses.status.session == got[0].session
        while_growing = np.load(tmp_path / "out" / "joints.npy")
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 0
    assert [p.seq for p in got] == list(range(got[0].seq, got[0].seq + 45))
    assert got[-1].reason == "ok"
    assert (got[-1].window.have, got[-1].window.want) == (27, 27)
    assert got[-1].joints.shape == (17, 3)
    assert 1.0 < np.ptp(got[-1].joints[:, 2]) < 2.0  # upright, of a person's height
    assert got[-1].root_m[1] > 1  # before the camera
    assert len(got[-1].keypoints_px) == 33
    recorded = np.load(tmp_path / "out" / "joints.npy")
    times = np.load(tmp_path / "out" / "joints_time.npy")
    assert recorded.shape[1:] == (17, 3)
    assert len(recorded) == len(times) >= len(while_growing) > 0
    assert (np.diff(times) > 0).all()
    # What was sent is what was written (the socket rounds to a tenth of a millimetre).
    by_frame = {round(t * 30, 2): row for t, row in zip(times, recorded, strict=True)}
    sent = got[-1]
    nearest = min(by_frame, key=lambda t: abs(t - sent.t_unix_ns / 1e9 * 30))
    assert np.allclose(by_frame[nearest], sent.joints, atol=1e-4)
    words = process.log.read_text()
    assert "Traceback" not in words
    assert re.search(r"^detect +\d+", words, re.MULTILINE)  # the timing table
    path = tmp_path / "out" / "joints.npy"  # and after Ctrl-C what there is now
    assert re.search(
        rf"^recorded {len(recorded)} poses in \d+\.\d s into {path}; play it with: .*viz.py {path}$",
        words,
        re.MULTILINE,
    )


def test_a_file_ends_by_itself_with_every_frame(tmp_path, sway):
    done = subprocess.run(
        command("--source", sway, "--bind", free_address(), "--out", tmp_path / "out"),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "300 frames, 300 with a person" in done.stderr
    assert done.stderr.splitlines()[-2] == "person in 300 of 300 frames, nothing suspicious"
    assert np.load(tmp_path / "out" / "joints.npy").shape == (300, 17, 3)
    assert np.allclose(np.diff(np.load(tmp_path / "out" / "joints_time.npy")), 1 / 30, atol=1e-3)


def test_with_a_delay_every_row_is_that_of_its_own_frame(tmp_path, sway):
    """The network that ships for --delay 3 gives live, frame by frame, what it gives in lift."""
    words = ["--source", sway, "--delay", 3, "--height", 1.9, "--max-frames", 40, "--sinks", "record"]
    done = subprocess.run(
        command(*words, "--out", tmp_path / "out"), capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "40 frames, 40 with a person" in done.stderr
    live = read_joints(tmp_path / "out" / "joints.npy")
    whole = lift_video(sway, delay=3, height=1.9, max_frames=40)
    assert live.model == whole.model
    assert live.model.startswith("delay3-27@")
    assert (live.height_m, whole.height_m) == (1.9, 1.9)
    assert np.array_equal(live.joints, whole.joints)
    assert np.allclose(live.times_s - live.times_s[0], whole.times_s, atol=1e-3)


@pytest.mark.parametrize("jump_s", [-3600, 3600])
def test_setting_the_clock_disturbs_no_recording(tmp_path, sway, jump_s):
    """In the whole program, whose wall clock jumps after half a second of frames."""
    program = f"""
import sys, time
from pathlib import Path
real, real_ns = time.time, time.time_ns
joints = Path({str(tmp_path / "out" / "joints.npy")!r})
jump = lambda: {jump_s} if joints.exists() and joints.stat().st_size > 15 * 17 * 3 * 4 else 0
time.time = lambda: real() + jump()
time.time_ns = lambda: real_ns() + jump() * 10**9
from realtime.commands.run import main
sys.exit(main(sys.argv[1:]))
"""
    flags = ["--source", sway, "--realtime", "--save-video", "--max-frames", 150, "--out", tmp_path / "out"]
    words = [sys.executable, "-c", program, *map(str, flags), "--bind", free_address()]
    began_s = time.time()
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=DEADLINE_S)
    times = np.load(tmp_path / "out" / "joints_time.npy")
    assert began_s < times[0] < times[-1] < time.time() + 1
    assert (np.diff(times) > 0).all()
    assert np.median(np.diff(times)) == pytest.approx(1 / 30, rel=0.1)
    frames = np.load(tmp_path / "out" / "video_time.npy")
    assert np.isin(times, frames).mean() > 0.5  # a busy machine may leave some out of the video
    assert 20 < read_joints(tmp_path / "out" / "joints.npy").fps < 40


def test_an_earlier_run_is_moved_not_lost(tmp_path, sway):
    for frames in (5, 7):
        flags = ["--source", sway, "--bind", free_address(), "--out", tmp_path / "out", "--max-frames", frames]
        subprocess.run(command(*flags), capture_output=True, timeout=DEADLINE_S, check=True)
    assert rows(tmp_path) == 7
    (earlier,) = [p for p in (tmp_path / "out").iterdir() if p.is_dir()]
    assert len(np.load(earlier / "joints.npy")) == 5


def test_ctrl_c_while_nobody_is_there(tmp_path):
    path = tmp_path / "empty.npz"
    save_npz(
        path,
        format=1,
        xy=np.full((3000, 17, 2), np.nan, np.float32),
        score=np.zeros((3000, 17), np.float32),
        size_wh=np.array([64, 48]),
        fps=np.float64(30),
        skeleton="coco-17",
    )
    with running(tmp_path, "--source", path, "--realtime") as process:
        with PoseSubscriber(process.address, timeout_s=DEADLINE_S) as poses:
            pose = next(iter(poses))
            wait_for(lambda: (poses.poll(0.1), poses.status)[1], "status", process)
            assert (pose.valid, pose.reason, len(pose.joints), pose.root_m) == (False, "no_person", 0, None)
            assert poses.status.person is False
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 0
    assert rows(tmp_path) == 0


def test_a_log_that_cannot_be_written_costs_no_pose(tmp_path, sway):
    """As with `run.py 2>&1 | head -1`, or a log on a full disk."""
    reader, writer = os.pipe()
    os.close(reader)
    flags = ["--source", sway, "--bind", free_address(), "--out", tmp_path / "out"]
    try:
        done = subprocess.run(command(*flags), stderr=writer, stdout=writer, timeout=DEADLINE_S, check=False)
    finally:
        os.close(writer)
    assert done.returncode == 0
    assert rows(tmp_path) == 300


def keypoints_of(tmp_path, skeleton):
    path = tmp_path / f"{skeleton.name}.npz"
    xy = np.zeros((5, len(skeleton), 2), np.float32)
    size_wh = np.array([640, 480])
    save_npz(path, format=1, xy=xy, score=xy[..., 0], size_wh=size_wh, fps=np.float64(30), skeleton=skeleton.name)
    return path


def broken_video(tmp_path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"this is no film")
    return path


def a_file(tmp_path):
    path = tmp_path / "a_file"
    path.touch()
    return path


def recording(tmp_path):
    folder = tmp_path / "earlier"
    folder.mkdir()
    (folder / "joints.json").write_text("{}")
    return folder


def broken_weights(tmp_path):
    path = save_small(tmp_path)
    path.write_bytes(path.read_bytes()[:100])
    return path


FAULTS = {
    "missing camera": (lambda t, s: ["--source", "7"], r"cameras"),
    "missing video": (lambda t, s: ["--source", t / "none.mp4"], r"none\.mp4"),
    "broken video": (lambda t, s: ["--source", broken_video(t)], r"broken\.mp4"),
    "empty folder": (lambda t, s: ["--source", t], r"no images"),
    "no such GPU": (lambda t, s: ["--source", s, "--device", "cuda"], r"use --device cpu"),
    "other keypoints": (lambda t, s: ["--source", keypoints_of(t, H36M17)], r"h36m-17, which lacks"),
    "keypoints without feet": (
        lambda t, s: ["--source", s, "--model", save_small(t, keypoints=COCO_FEET21)],
        r"coco-17, which lacks left_heel",
    ),
    "keypoints and a detector": (lambda t, s: ["--source", s, "--detector", "blazepose"], r"holds keypoints already"),
    "half an address": (lambda t, s: ["--source", "http://[bad"], r"address"),
    "no such home": (lambda t, s: ["--source", "~nobody-here/v.mp4"], r"nobody-here"),
    "a camera too many": (lambda t, s: ["--source", "9" * 20], r"camera"),
    "a recording without its video": (
        lambda t, s: ["--source", recording(t)],
        r"without its video; run with --save-video",
    ),
    "a video without poses": (lambda t, s: ["--source", s, "--save-video", "--no-record"], r"leave out --no-record"),
    "a long name": (lambda t, s: ["--source", "x" * 5000], r"--source|name"),
    "a long address": (lambda t, s: ["--source", s, "--bind", "ipc:///tmp/" + "a" * 5000], r"cannot publish"),
    "missing weights": (lambda t, s: ["--source", s, "--model", t / "none.bin"], r"No such file"),
    "broken weights": (lambda t, s: ["--source", s, "--model", broken_weights(t)], r"tiny-9"),
    "unknown model": (lambda t, s: ["--source", s, "--model", "casual"], r"there is no model"),
    "folder is a file": (lambda t, s: ["--source", s, "--out", a_file(t)], r"--out"),
    "bad address": (lambda t, s: ["--source", s, "--bind", "here"], r"'here'"),
    "open address": (lambda t, s: ["--source", s, "--bind", "tcp://0.0.0.0:*"], r"--insecure"),
    "unknown flag": (lambda t, s: ["--windw", "9"], r"did you mean --window"),
    "wrong value": (lambda t, s: ["--window", "x"], r"--window takes"),
    "replay of nothing": (lambda t, s: ["--source", "demo", "--detector", "replay"], r"--keypoints"),
    "missing config": (lambda t, s: ["--config", t / "none.toml"], r"No such file"),
    "missing intrinsics": (lambda t, s: ["--source", s, "--intrinsics", t / "none.json"], r"No such file"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_one_line_and_exit_code_2(tmp_path, sway, fault):
    if fault == "no such GPU" and torch.cuda.is_available():
        pytest.skip("this machine has one")
    flags, says = FAULTS[fault]
    common = ["--bind", free_address(), "--out", tmp_path / "out"]
    done = subprocess.run(
        command(*common, *flags(tmp_path, sway)), capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert re.search(says, line)


def test_a_port_in_use_is_told(tmp_path, sway):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        address = f"tcp://127.0.0.1:{holder.getsockname()[1]}"
        done = subprocess.run(
            command("--source", sway, "--bind", address, "--out", tmp_path),
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )
    assert done.returncode == 2
    assert "in use by another program" in done.stderr


def test_auto_without_a_camera_plays_the_clip_and_says_so(tmp_path):
    if any(Path(f"/dev/video{i}").exists() for i in range(4)):
        pytest.skip("this machine has a camera")
    done = subprocess.run(
        command("--bind", free_address(), "--out", tmp_path / "out", "--max-frames", "3"),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no webcam, playing the bundled clip" in done.stderr
    assert rows(tmp_path) == 3


def test_gait_and_angles_of_a_walk_from_its_keypoints(tmp_path):
    """The networks that ship, to the end of a file."""
    walk = keypoint_file(tmp_path / "walk.npz")
    words = ["--source", walk, "--analyze", "angles,gait", "--bind", free_address(), "--out", tmp_path / "out"]
    done = subprocess.run(command(*words), capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^(angles|gait) +240 ", done.stderr, re.MULTILINE) == ["angles", "gait"]
