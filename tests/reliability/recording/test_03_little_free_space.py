"""Below a limit of free space that can be set the recording stops cleanly, with one warning, and the stream goes on."""

from __future__ import annotations

import re

from support.keypoint_files import keypoint_file, walk
from support.recordings import example_pose, live_run, loaded, recording

from realtime.wire.subscriber import PoseSubscriber


def test_little_free_space_pauses_with_one_warning(tmp_path, caplog):
    with recording(tmp_path, min_free_bytes=10**18) as recorder:
        for _ in range(20):
            recorder(example_pose())
        assert recorder.rows == 0
        assert recorder.missed == 20
        assert re.fullmatch(
            r"recording into .* is paused: less than 1e\+09 GB is free; free some space on its disk", recorder.fault
        )
    assert len(caplog.records) == 1


def test_the_limit_is_a_flag_and_the_program_publishes_on(tmp_path, figure):
    points = keypoint_file(tmp_path / "walk.npz", walk(90), fps=30)
    with live_run("--source", points, "--realtime", "--min-free-gb", 10**6, "--out", tmp_path / "out") as run:
        with PoseSubscriber(run.address, newest=False, timeout_s=40) as poses:
            got = [pose for pose, _ in zip(poses, range(40), strict=False)]
            while poses.status is None:
                poses.poll(0.1)
            fault = poses.status.fault
        _, said = run.communicate(timeout=60)
    assert run.returncode == 0
    assert [pose.seq for pose in got] == list(range(got[0].seq, got[0].seq + 40))
    assert re.search(r"is paused: less than 1(\.1)?e\+06 GB is free; free some space", fault)
    assert len(re.findall("WARNING.*is paused|is paused.*the stream continues", said)) == 1
    assert len(loaded(tmp_path / "out")[0]) == 0
    figure("below --min-free-gb: one warning, the fault on status, 40 of 40 poses published")
