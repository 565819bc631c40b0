"""Two programs never record into one folder: the second is refused in one line."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest
from support.keypoint_files import keypoint_file, walk
from support.poses import ROOT
from support.recordings import RECORD_FOR_EVER, child, example_pose, live_run, loaded, recording

from realtime.errors import RecordError
from realtime.recording.recorder import Recorder
from realtime.skeleton import H36M17
from realtime.wire.subscriber import PoseSubscriber


def test_a_second_recorder_is_refused_until_the_first_has_gone(tmp_path):
    with recording(tmp_path) as first:
        first(example_pose(value=1))
        with pytest.raises(RecordError, match="another run is recording"):
            Recorder(tmp_path, H36M17, source="demo", model="m")
        first(example_pose(value=2))
    assert len(loaded(tmp_path)[0]) == 2  # the refused one has moved nothing
    with recording(tmp_path) as second:
        assert second.rows == 0


def test_the_lock_goes_with_the_process(tmp_path):
    writer = child(RECORD_FOR_EVER, tmp_path)
    writer.stdout.readline()
    with pytest.raises(RecordError, match="another run"):
        Recorder(tmp_path, H36M17, source="demo", model="m")
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    with recording(tmp_path):
        pass


def test_a_second_program_is_refused_in_one_line(tmp_path):
    points = keypoint_file(tmp_path / "walk.npz", walk(600), fps=30)
    with live_run("--source", points, "--realtime", "--out", tmp_path / "out") as first:
        with PoseSubscriber(first.address, timeout_s=40) as poses:
            next(iter(poses))
        with live_run("--source", points, "--out", tmp_path / "out") as second:
            _, said = second.communicate(timeout=60)
    assert second.returncode == 2
    assert len(said.strip().splitlines()) == 1


@pytest.mark.slow
def test_of_two_programs_started_at_the_same_second_one_records_and_one_says_why_not(tmp_path, figure):
    points = keypoint_file(tmp_path / "walk.npz", walk(600), fps=30)
    words = [sys.executable, ROOT / "run.py", "--source", points, "--bind", "tcp://127.0.0.1:*"]
    words += ["--out", tmp_path / "out"]
    two = [subprocess.Popen(list(map(str, words)), stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=100)[1] for process in two]
    codes = [process.returncode for process in two]
    if 2 in codes:  # both were there at once
        assert sorted(codes) == [0, 2]
        refusal = said[codes.index(2)]
        told = [line for line in refusal.splitlines() if "another run" in line]
        assert re.fullmatch(r".*another run is recording into .*: stop it, or give another --out", told[0])
        assert "Traceback" not in refusal
        assert len(loaded(tmp_path / "out")[0]) == 600
    folders = [tmp_path / "out", *(path for path in (tmp_path / "out").iterdir() if path.is_dir())]
    assert [len(loaded(folder)[0]) for folder in folders] == [600] * codes.count(0)
    figure(f"two programs at the same second leave with {codes}; {len(folders)} of 600 poses, whole")
