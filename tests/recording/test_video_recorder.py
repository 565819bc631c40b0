"""The camera's video beside the poses: every frame at its time, and never a pose the less."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import replace

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.example_estimates import estimate
from support.numbered_pictures import number_of, picture
from support.poses import ROOT

from realtime.errors import MissingLibrary
from realtime.films.mp4 import Mp4
from realtime.formats.recorded_video import recorded_video, video_time_0_unix_s
from realtime.pose import NO_PERSON, Frame
from realtime.recording import video_recorder
from realtime.recording.clock import RecordingClock
from realtime.recording.earlier_run import archive_previous_run
from realtime.recording.recorder import Recorder
from realtime.recording.video_recorder import VideoRecorder
from realtime.skeleton import H36M17
from realtime.sources import Request, kind_of, open_source
from realtime.stages import all_frames

START_NS = 5_000_000_000
CLOCK = RecordingClock(1.7e9, START_NS)


def seen(index, t_s=None, reason="ok", image=None):
    """The estimate of a frame that was captured `t_s` after the start of the recording."""
    t_ns = START_NS + round((index / 30 if t_s is None else t_s) * 1e9)
    frame = Frame(picture(index) if image is None else image, index, t_ns, t_ns)
    one = estimate(index, reason, value=index)
    return replace(one, frame=frame, pose=replace(one.pose, t_capture_ns=t_ns))


@contextmanager
def recording(folder, **options):
    """The two sinks of `run --save-video`, called one after the other as the pipeline does."""
    poses = Recorder(folder, H36M17, source="camera 0", model="m", min_free_bytes=0, clock=CLOCK)
    video = VideoRecorder(folder, CLOCK, **{"min_free_bytes": 0, **options})
    try:
        yield poses, video
    finally:
        video.close()
        poses.close()


def give(sinks, estimates):
    for each in estimates:
        for sink in sinks:
            sink(each.pose if isinstance(sink, Recorder) else each)


def wait_for(condition, what):
    end_s = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end_s, what
        time.sleep(0.005)


def decoded(path):
    """Times s and numbers of the pictures in a film."""
    with av.open(str(path)) as film:
        frames = [(frame.time, number_of(frame.to_ndarray(format="bgr24"))) for frame in film.decode(video=0)]
    return np.array([t for t, _ in frames]), [number for _, number in frames]


# What is in the files


def test_every_frame_is_there_at_its_time_with_a_person_or_without(tmp_path):
    times_s = np.cumsum([0.5, 0.033, 0.041, 0.029, 2.5, 0.0333, 0.0333, 0.2])  # a camera is never even
    reasons = ["ok", NO_PERSON, "ok", "bridged", NO_PERSON, NO_PERSON, "warming_up", "ok"]
    with recording(tmp_path) as sinks:
        give(sinks, [seen(i, t_s, why) for i, (t_s, why) in enumerate(zip(times_s, reasons, strict=True))])
    at_s, numbers = decoded(tmp_path / "video.mp4")
    assert numbers == list(range(8))
    assert at_s == pytest.approx(times_s - times_s[0], abs=1e-5)
    stamps = np.load(tmp_path / "video_time.npy")
    assert stamps == pytest.approx(1.7e9 + times_s, abs=1e-6)
    # A pose has the very number of its frame.
    rows = np.flatnonzero(np.isin(stamps, np.load(tmp_path / "joints_time.npy")))
    assert rows.tolist() == [0, 2, 3, 6, 7] == np.load(tmp_path / "joints.npy")[:, 0, 0].tolist()
    assert video_time_0_unix_s(recorded_video(tmp_path)) == stamps[0]


def test_a_frame_with_two_people_is_written_once(tmp_path):
    with recording(tmp_path) as (_, video):
        for index in (0, 0, 1, 1, 1, 2):
            video(seen(index))
        video(replace(seen(3), frame=None))  # the camera has stopped
    assert decoded(tmp_path / "video.mp4")[1] == [0, 1, 2]
    assert (video.frames, video.missed, video.status_words().long) == (3, 0, "3 video frames")


@pytest.mark.parametrize("size_wh", [(64, 48), (65, 49), (641, 353), (1, 1), (17, 300)])
def test_any_size_is_written_and_a_change_of_it_is_scaled(tmp_path, size_wh):
    with recording(tmp_path) as (_, video):
        give([video], [seen(i, image=picture(i, size_wh)) for i in range(3)])
        give([video], [seen(i, image=picture(i, (320, 240))) for i in range(3, 6)])
    with av.open(str(tmp_path / "video.mp4")) as film:
        sizes = {(frame.width, frame.height) for frame in film.decode(video=0)}
    assert sizes == {tuple(max(2, side // 2 * 2) for side in size_wh)}
    if size_wh[0] > 60:
        assert decoded(tmp_path / "video.mp4")[1] == list(range(6))


def test_setting_the_clock_changes_no_time(tmp_path, monkeypatch):
    clock = RecordingClock.now()
    began_s, start_ns = time.time(), time.monotonic_ns()
    with recording(tmp_path) as (_, video):
        video._clock = clock
        for index in range(60):
            if index == 30:
                monkeypatch.setattr(time, "time", lambda: began_s - 3600)
                monkeypatch.setattr(time, "time_ns", lambda: round((began_s - 3600) * 1e9))
            frame = Frame(picture(index), index, start_ns + index * 33_000_000, time.time_ns())
            video(replace(seen(index), frame=frame))
    assert np.diff(np.load(tmp_path / "video_time.npy")) == pytest.approx(0.033, abs=1e-6)
    assert np.diff(decoded(tmp_path / "video.mp4")[0]) == pytest.approx(0.033, abs=2e-5)


def test_nothing_is_written_before_the_first_frame(tmp_path):
    with recording(tmp_path) as (_, video):
        assert video.status_words().long == "0 video frames"
    assert not (tmp_path / "video.mp4").exists()


def test_close_twice_and_the_thread_ends(tmp_path):
    before = threading.active_count()
    with recording(tmp_path) as (_, video):
        video(seen(0))
        video.close()
    assert threading.active_count() == before


# Slow, full, gone


def test_a_slow_encoder_costs_frames_of_the_video_and_no_pose(tmp_path, monkeypatch, caplog):
    goes_on = threading.Event()
    write = Mp4.write

    def slow(self, image, t_s):
        assert goes_on.wait(30)
        write(self, image, t_s)

    monkeypatch.setattr(Mp4, "write", slow)
    monkeypatch.setattr(video_recorder, "_QUEUE_BYTES", 10 * picture(0).nbytes)
    with caplog.at_level(logging.WARNING), recording(tmp_path) as (poses, video):
        give((poses, video), [seen(i) for i in range(100)])
        assert poses.rows == 100
        assert (video.missed, video.fault) == (90, "")
        assert video.status_words() == ("0 video frames, 90 missed", "video 0, 90 missed", 0)
        goes_on.set()
        wait_for(lambda: video.frames == 10, "the queue is written")
        give((poses, video), [seen(100)])
    assert len(caplog.records) == 1
    assert "the poses are complete" in caplog.text
    at_s, numbers = decoded(tmp_path / "video.mp4")
    assert numbers == [*range(10), 100]
    assert at_s[-1] == pytest.approx(100 / 30, abs=1e-5)
    assert len(np.load(tmp_path / "joints.npy")) == 101


def test_memory_is_bounded_by_bytes_and_one_frame_always_fits(tmp_path, monkeypatch):
    monkeypatch.setattr(video_recorder, "_QUEUE_BYTES", 100)
    with recording(tmp_path) as (_, video):
        video(seen(0))
        wait_for(lambda: video.frames == 1, "a frame larger than the queue is written")


def test_before_the_disk_is_full_the_video_pauses_and_poses_go_on(tmp_path, monkeypatch, caplog):
    free = 10**12
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))
    monkeypatch.setattr(video_recorder, "_CHECK_EVERY_S", 0.0)
    poses = Recorder(tmp_path, H36M17, source="camera 0", model="m", min_free_bytes=10**9, clock=CLOCK)
    video = VideoRecorder(tmp_path, CLOCK, min_free_bytes=10**9)
    with caplog.at_level(logging.WARNING):
        give((poses, video), [seen(i) for i in range(10)])
        wait_for(lambda: video.frames == 10, "frames while there is space")
        free = 11 * 10**8
        give((poses, video), [seen(i) for i in range(10, 20)])
        wait_for(lambda: video.missed == 10, "the pause")
        assert "is paused: less than" in video.fault
        assert (poses.fault, poses.rows) == ("", 20)
        assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1
        free = 10**12
        give((poses, video), [seen(i) for i in range(20, 30)])
        wait_for(lambda: video.frames == 20, "its end")
        assert video.fault == ""
    video.close()
    poses.close()
    at_s, numbers = decoded(tmp_path / "video.mp4")
    assert numbers == [*range(10), *range(20, 30)]
    assert at_s == pytest.approx(np.array(numbers) / 30, abs=1e-5)
    assert len(np.load(tmp_path / "video_time.npy")) == 20


def child(code):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
    )


def test_a_write_that_fails_ends_the_video_and_no_pose_is_lost(tmp_path):
    """The system refuses to let a file grow, as a full disk does: the poses' files are below the limit."""
    process = child(f"""
        import logging, resource, signal, sys, time
        from pathlib import Path
        import numpy as np
        from support.example_estimates import estimate
        from dataclasses import replace
        from realtime.pose import Frame
        from realtime.recording.clock import RecordingClock
        from realtime.recording.recorder import Recorder
        from realtime.recording.video_recorder import VideoRecorder
        from realtime.skeleton import H36M17
        logging.basicConfig(level=logging.WARNING)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        folder, clock = Path({str(tmp_path)!r}), RecordingClock.now()
        poses = Recorder(folder, H36M17, source="s", model="m", min_free_bytes=0, clock=clock)
        video = VideoRecorder(folder, clock, min_free_bytes=0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        noise = np.random.default_rng(0).integers(0, 255, (96, 128, 3), np.uint8)
        index = 0
        while not video.fault or index < 300:
            one = estimate(index)
            t_ns = clock.started_monotonic_ns + index * 33_000_000
            one = replace(one, frame=Frame(np.roll(noise, index, 1), index, t_ns, t_ns))
            poses(one.pose); video(one)
            index += 1
            time.sleep(0.002)
            assert index < 10_000
        assert poses.rows == index and not poses.fault, (poses.rows, poses.fault)
        print(video.frames, video.fault)
        video.close(); poses.close()
    """)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    frames, fault = out.split(" ", 1)
    assert "the video has ended: " in fault
    assert "File too large" in fault
    assert err.count("WARNING") == 1, err
    at_s, _ = decoded(tmp_path / "video.mp4")
    assert len(at_s) >= int(frames) - 53  # what the last two fragments held
    assert len(at_s) > 30


def test_a_folder_made_anew_gets_a_video_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(video_recorder, "_CHECK_EVERY_S", 0.0)
    folder = tmp_path / "out"
    with recording(folder) as (poses, video):
        give((poses, video), [seen(i) for i in range(5)])
        wait_for(lambda: video.frames == 5, "frames")
        folder.rename(tmp_path / "away")
        video(seen(5))
        wait_for(lambda: video.fault, "its fault")
        assert "is missing" in video.fault
        Recorder(folder, H36M17, source="camera 0", model="m", min_free_bytes=0, clock=CLOCK).close()
        give([video], [seen(i) for i in range(6, 9)])
        wait_for(lambda: video.frames == 8, "the new video")
    assert decoded(tmp_path / "away" / "video.mp4")[1] == list(range(5))
    assert decoded(folder / "video.mp4")[1] == [6, 7, 8]
    assert np.load(folder / "video_time.npy")[0] == pytest.approx(1.7e9 + 0.2)


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    with recording(tmp_path) as (poses, video):
        (tmp_path / "video.mp4").write_bytes(b"mine")
        give((poses, video), [seen(0)])
        wait_for(lambda: video.fault, "its fault")
        assert video.fault == "the video has ended: File exists"
    assert (tmp_path / "video.mp4").read_bytes() == b"mine"
    assert len(np.load(tmp_path / "joints.npy")) == 1


def test_a_bug_in_the_thread_is_raised_once_a_second(tmp_path, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(Mp4, "write", broken)
    with recording(tmp_path) as (_, video):
        video(seen(0))
        wait_for(lambda: not video._thread.is_alive(), "the end of the thread")
        video(seen(1))
        with pytest.raises(ZeroDivisionError):
            video.report(None)


def test_without_pyav_it_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingLibrary, match=r"--save-video needs av.*pip install av"):
        VideoRecorder(tmp_path, CLOCK)


# An earlier run, and reading


def test_the_video_of_an_earlier_run_is_moved_with_its_poses(tmp_path):
    for value in (1, 2):
        with recording(tmp_path) as sinks:
            give(sinks, [seen(value)])
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert sorted(path.name for path in folder.iterdir()) == [
        "joints.json",
        "joints.npy",
        "joints_time.npy",
        "video.mp4",
        "video_time.npy",
    ]
    assert decoded(folder / "video.mp4")[1] == [1]
    assert decoded(tmp_path / "video.mp4")[1] == [2]


def test_a_video_without_a_pose_is_kept(tmp_path):
    with recording(tmp_path) as sinks:
        give(sinks, [seen(i, reason=NO_PERSON) for i in range(3)])
    folder = archive_previous_run(tmp_path)
    assert decoded(folder / "video.mp4")[1] == [0, 1, 2]
    assert len(np.load(folder / "video_time.npy")) == 3


@given(cut=st.integers(1, 40_000))
@settings(max_examples=15, deadline=None)
def test_a_video_cut_anywhere_is_repaired_to_its_whole_fragments(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("cut")
    with recording(folder) as (_, video):
        give([video], [seen(i) for i in range(100)])
    path = folder / "video.mp4"
    with path.open("r+b") as file:
        file.truncate(max(1, path.stat().st_size - cut))
    left = path.stat().st_size
    path = recorded_video(archive_previous_run(folder))
    if path.stat().st_size == left:
        return  # not even the header was whole
    if b"moof" in path.read_bytes():
        numbers = decoded(path)[1]  # without an error
        assert numbers == list(range(len(numbers)))
        assert len(numbers) == 100 or len(numbers) % 24 < 5  # fragments of 0.8 s, a frame more where it does not divide


@pytest.mark.parametrize("content", [b"", b"mine", b"\0\0\0\x01ftyp" + bytes(90), bytes(100)])
def test_a_film_of_somebody_else_is_moved_as_it_is(tmp_path, content):
    with recording(tmp_path) as (poses, _):
        poses(seen(0).pose)
    (tmp_path / "video.mp4").write_bytes(content)
    assert (archive_previous_run(tmp_path) / "video.mp4").read_bytes() == content


def test_times_of_a_video_that_were_cut_are_repaired(tmp_path):
    with recording(tmp_path) as sinks:
        give(sinks, [seen(i) for i in range(3)])
    with (tmp_path / "video_time.npy").open("r+b") as file:
        file.truncate(192 + 2 * 8 + 3)
    assert len(np.load(archive_previous_run(tmp_path) / "video_time.npy")) == 2


def test_after_the_clock_went_back_no_recording_joins_another(tmp_path):
    """Two runs that began in the same second of the wall clock: one with a video, one without."""
    for save_video in (False, True, False):
        poses = Recorder(tmp_path, H36M17, source="s", model="m", min_free_bytes=0, clock=CLOCK)
        poses(seen(0).pose)
        if save_video:
            video = VideoRecorder(tmp_path, CLOCK, min_free_bytes=0)
            video(seen(0))
            video.close()
            (tmp_path / "joints.json").unlink()
        poses.close()
    archive_previous_run(tmp_path)
    folders = sorted(path for path in tmp_path.iterdir() if path.is_dir())
    assert len(folders) == 3
    for folder in folders:
        assert len(np.load(folder / "joints.npy")) == 1
    assert [(folder / "video.mp4").exists() for folder in folders].count(True) == 1


def test_the_folder_of_a_recording_is_a_source(tmp_path):
    assert kind_of(str(tmp_path)) == "images"
    with recording(tmp_path) as sinks:
        give(sinks, [seen(i) for i in range(4)])
    assert kind_of(str(tmp_path)) == "video"
    with closing(open_source(Request(str(tmp_path)))) as source:
        assert [number_of(frame.image) for frame in all_frames(source)] == [0, 1, 2, 3]
    (tmp_path / "joints.json").unlink()
    assert kind_of(str(tmp_path)) == "images"  # somebody's folder with a film in it
    assert recorded_video(tmp_path) is None
    assert video_time_0_unix_s(tmp_path / "video.mp4") is None


def test_what_is_told_of_the_video_in_joints_json(tmp_path):
    with recording(tmp_path):
        about = json.loads((tmp_path / "joints.json").read_text())
    assert (about["started_unix_s"], about["started_monotonic_ns"]) == (1.7e9, START_NS)


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")
@pytest.mark.parametrize("name", ["-o", "new\nline", "100%d {x}", "file:x", "http:", "'\"$HOME`id`", "\udcff"])
def test_a_folder_of_any_name(tmp_path, name):
    with recording(tmp_path / name) as sinks:
        give(sinks, [seen(i) for i in range(3)])
    assert decoded(tmp_path / name / "video.mp4")[1] == [0, 1, 2]
    assert len(np.load(archive_previous_run(tmp_path / name) / "joints.npy")) == 3
