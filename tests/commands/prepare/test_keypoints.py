"""`prepare keypoints`: several videos in one set."""

from __future__ import annotations

import numpy as np
import pytest
from support.keypoint_files import walker, write_videopose3d_video

from realtime.commands.cli import main as program
from realtime.errors import FormatError, UsageError
from realtime.formats.keypoints_npz import write_keypoints
from realtime.formats.videopose3d_npz import read_video_set, video_names, write_video_set
from realtime.skeleton import COCO17, COCO_FEET21, RUNNER18
from realtime.track import single_person_track


def ours(path, xy, skeleton=COCO17):
    write_keypoints(path, single_person_track(np.dstack([xy, np.ones(xy.shape[:2])]), (640, 480), skeleton, 30.0))
    return path


def prepare(*words):
    return program(["prepare", "keypoints", *map(str, words)])


def test_files_of_detectron2_and_of_lift_in_one_set(tmp_path, capsys):
    xy = walker(3)
    write_videopose3d_video(tmp_path / "V.mp4.npz", [[xy[0]], [], [xy[2]]], [[0.9], [], [0.9]])
    lifted = ours(tmp_path / "jog_2d.npz", walker(5))
    assert prepare(tmp_path / "V.mp4.npz", lifted, "--name", "myvideos", "--out", tmp_path / "data") == 0
    path = tmp_path / "data" / "data_2d_custom_myvideos.npz"
    np.testing.assert_allclose(read_video_set(path, "V.mp4").best()[..., :2], xy, atol=1e-3)  # it moves evenly
    np.testing.assert_allclose(read_video_set(path, "jog").best()[..., :2], walker(5), atol=1e-3)
    told = capsys.readouterr().out
    assert "V.mp4: 3 frames, 1 interpolated, with nobody in them\n" in told
    assert "jog: 5 frames\n" in told
    assert f"wrote {path}" in told


def test_sets_are_joined_and_their_videos_keep_their_names(tmp_path):
    for name, frames in (("a", 2), ("b", 4)):
        track = single_person_track(np.dstack([walker(frames), np.ones((frames, 17))]), (640, 480), COCO17)
        write_video_set(tmp_path / f"data_2d_custom_{name}.npz", {f"{name}.mp4": track, f"{name}.mov": track})
    prepare(*sorted(tmp_path.glob("data_2d_custom_?.npz")), "--name", "all", "--out", tmp_path / "out")
    joined = tmp_path / "out" / "data_2d_custom_all.npz"
    assert video_names(joined) == ["a.mp4", "a.mov", "b.mp4", "b.mov"]
    assert [len(read_video_set(joined, video)) for video in video_names(joined)] == [2, 2, 4, 4]
    np.testing.assert_allclose(read_video_set(joined, "b.mp4").best()[..., :2], walker(4), atol=1e-3)


def test_of_keypoints_with_feet_those_of_coco_are_taken(tmp_path):
    feet = ours(tmp_path / "a_2d.npz", np.concatenate([walker(3), walker(3)[:, :4] + 5], 1), COCO_FEET21)
    prepare(feet, "--name", "both", "--out", tmp_path)
    track = read_video_set(tmp_path / "data_2d_custom_both.npz")
    assert track.skeleton is COCO17
    np.testing.assert_allclose(track.best()[..., :2], walker(3), atol=1e-3)


def test_what_is_wrong_is_said_in_one_line(tmp_path):
    a = ours(tmp_path / "a_2d.npz", walker(3))
    with pytest.raises(UsageError, match="two videos are called a: rename one"):
        prepare(a, a, "--out", tmp_path / "out")
    with pytest.raises(UsageError, match="--camera belongs to `python -m realtime prepare qualisys`, not to keypoints"):
        prepare(a, "--camera", 1, "--out", tmp_path / "out")
    runner = single_person_track(np.ones((2, 18, 3), np.float32), (640, 480), RUNNER18)
    write_video_set(tmp_path / "b.npz", {"V": runner})
    with pytest.raises(FormatError, match=r"b\.npz contains runner-18 keypoints; a set has coco-17"):
        prepare(tmp_path / "b.npz", "--out", tmp_path / "out")
    write_videopose3d_video(tmp_path / "empty.npz", [[], []], [[], []])
    with pytest.raises(FormatError, match="nobody was detected in empty"):
        prepare(tmp_path / "empty.npz", "--out", tmp_path / "out")
    assert not list(tmp_path.glob("out/*"))
