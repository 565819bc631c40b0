"""What is said at the end of a run."""

from __future__ import annotations

from dataclasses import replace

from support.example_estimates import estimate

from realtime.online.results import results
from realtime.recording.clock import RecordingClock
from realtime.recording.recorder import Recorder
from realtime.runtime.hints import command
from realtime.skeleton import H36M17


def recorder(folder, poses):
    """A recording with poses 0.5 s apart."""
    made = Recorder(folder, H36M17, source="demo", model="m", min_free_bytes=0, clock=RecordingClock(1e9, 0))
    for index in range(poses):
        one = estimate(index)
        made(replace(one, pose=replace(one.pose, t_capture_ns=index * 500_000_000)))
    made.close()
    return made


def test_where_the_recording_is_and_what_plays_it(tmp_path):
    path = tmp_path / "my out" / "joints.npy"
    (line,) = results([recorder(path.parent, 5)])
    assert line == f"recorded 5 poses in 2.0 s into {path}; play it with: {command('view', str(path))}"
    assert f"'{path}'" in line  # as a shell takes a space


def test_one_pose_and_none(tmp_path):
    (one,) = results([recorder(tmp_path / "one", 1)])
    assert one.startswith("recorded 1 pose in 0.0 s into ")
    (none,) = results([recorder(tmp_path / "none", 0)])
    assert none == f"no pose was recorded into {tmp_path / 'none' / 'joints.npy'}: nobody was followed"


def test_what_was_missed_is_told_with_its_reason(tmp_path):
    made = recorder(tmp_path, 3)
    made.missed, made.fault = 2, "recording is paused: the disk is full"
    (line,) = results([made])
    assert "(2 poses missed: recording is paused: the disk is full)" in line


def test_a_sink_without_files_says_nothing():
    assert list(results([])) == []
