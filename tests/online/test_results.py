"""What is said at the end of a run."""

from __future__ import annotations

from dataclasses import replace

from support.example_estimates import estimate

from realtime.analysis.form.live import Counted, LiveForm
from realtime.analysis.form.result import Repetition
from realtime.estimation.camera_level import CameraLevel
from realtime.online.form import FormSink
from realtime.online.form_level import FormLevel
from realtime.online.results import results
from realtime.recording.background import BackgroundRecorder
from realtime.recording.clock import RecordingClock
from realtime.recording.recorder import Recorder
from realtime.runtime.hints import command
from realtime.settings import settings_from
from realtime.skeleton import H36M17


def recorder(folder, poses):
    """A recording with poses 0.5 s apart."""
    files = Recorder(folder, H36M17, source="demo", model="m", min_free_bytes=0, clock=RecordingClock(1e9, 0))
    made = BackgroundRecorder(files)
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
    files = Recorder(tmp_path, H36M17, source="demo", model="m", min_free_bytes=10**18)
    made = BackgroundRecorder(files)
    made(estimate())
    made(estimate())
    made.close()
    (line,) = results([made])
    assert "(2 poses missed: recording into " in line
    assert "is paused: less than 1e+09 GB is free" in line


def test_a_sink_without_files_says_nothing():
    assert list(results([])) == []


def test_the_sets_that_were_done(tmp_path):
    sink = FormSink(LiveForm(), FormLevel(settings_from(), CameraLevel()), lambda _message: None)
    assert list(results([sink])) == ["no repetition was counted"]
    for number, start_s in enumerate((1.0, 4.0, 60.0), 1):
        sink.sets.add(Counted(Repetition(number, start_s, start_s + 1, start_s + 2)), "squat")
    sink.sets.add_partials(1, 63.0)
    assert list(results([sink])) == ["counted squat 2, squat 1 (1 partial)"]
    path = tmp_path / "joints.npy"
    _, line = results([recorder(tmp_path, 5), sink])
    assert line == f"counted squat 2, squat 1 (1 partial); how they were done: {command('form', str(path))}"
