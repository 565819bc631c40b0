"""Keypoints from a file instead of a network."""

import logging
from contextlib import ExitStack

import numpy as np
import pytest
from support.demo_clip import frame_of
from support.estimators import followed
from support.keypoint_files import walker, write_videopose3d_set, write_videopose3d_video
from support.poses import CASES, SHARED

from realtime.detectors.replay import Replay
from realtime.errors import DetectorError, FormatError, UsageError
from realtime.estimation.build import detector_and_source
from realtime.formats.keypoints_npz import write_keypoints
from realtime.settings import Settings
from realtime.skeleton import BLAZEPOSE33, COCO17
from realtime.track import single_person_track

LEFT_TURN = SHARED / "data" / "video" / "left_turn.mov.npz"


def blank(index, size_wh=(640, 480)):
    return frame_of(np.zeros((size_wh[1], size_wh[0], 3), np.uint8), index)


def test_every_frame_gets_its_own_keypoints(tmp_path):
    xy = walker(5)
    write_videopose3d_set(tmp_path / "set.npz", {"a.mp4": xy})
    replay = Replay(tmp_path / "set.npz")
    detect = followed(replay)
    assert (replay.length, replay.size_wh, replay.skeleton) == (5, (640, 480), COCO17)
    for index in (0, 3, 4):
        pose = detect(blank(index))
        np.testing.assert_array_equal(pose.xy, xy[index])
        assert (pose.index, pose.t_capture_ns) == (index, blank(index).t_capture_ns)
    np.testing.assert_array_equal(detect(blank(7)).xy, xy[2])  # a source that loops counts on


def test_the_rate_is_the_files_unless_it_is_given(tmp_path):
    points = np.ones((2, 33, 3), np.float32)
    write_keypoints(tmp_path / "own.npz", single_person_track(points, (640, 480), BLAZEPOSE33, fps=25))
    assert Replay(tmp_path / "own.npz").fps == 25
    assert Replay(tmp_path / "own.npz", fps=50).fps == 25  # a file that has a rate keeps it
    assert Replay(str(tmp_path / "own.npz")).skeleton is BLAZEPOSE33


@pytest.mark.parametrize(("fps", "rate"), [(None, 30), (50, 50)])
@pytest.mark.parametrize("layout", ["VideoPose3D's", "ours"])
def test_the_rate_that_is_assumed_is_told_once(layout, fps, rate, tmp_path, caplog):
    caplog.set_level(logging.INFO, "realtime")
    path = CASES / "one.npz"
    if layout == "ours":
        write_keypoints(tmp_path / "one.npz", single_person_track(np.ones((3, 17, 3), np.float32), (640, 480), COCO17))
        path = tmp_path / "one.npz"
    assert Replay(path).fps is None
    with ExitStack() as held:
        _, source = detector_and_source(Settings(source=str(path), fps=fps), held)
        first, second = source.read(0), source.read(0)
    assert second.t_capture_ns - first.t_capture_ns == pytest.approx(1e9 / rate, abs=1)
    told = ["one.npz has no frame rate: assuming 30 fps (--fps)"] if fps is None else []
    assert [record.getMessage() for record in caplog.records] == told


def test_one_of_two_who_cross_is_followed(tmp_path):
    frames = 60
    right, left = walker(frames, step=(5, 0)), walker(frames, at=(400, 60), step=(-5, 0))
    people = [[right[t], left[t]] if t % 2 else [left[t], right[t]] for t in range(frames)]
    # the other one is surer from the tenth frame on; the best of each frame would jump
    scores = [[0.9 if (body is right[t]) == (t < 10) else 0.8 for body in people[t]] for t in range(frames)]
    write_videopose3d_video(tmp_path / "v.npz", people, scores)
    detect = followed(Replay(tmp_path / "v.npz"))
    poses = [detect(blank(t)) for t in range(frames)]
    # the two are of one size, so the surer one of the first frame is the subject
    subject = right if np.array_equal(poses[0].xy, right[0]) else left
    for t in range(frames):
        np.testing.assert_array_equal(poses[t].xy, subject[t])
    assert {pose.person for pose in poses} == {0}


@pytest.mark.parametrize(("person", "subject"), [("largest", 2), ("centre", 1), ("1", 0), ("2", 1), ("3", 2)])
def test_the_one_who_is_asked_for_is_followed(tmp_path, person, subject):
    frames = 6
    large = walker(frames, at=(400, -50)) * (1.2, 1.5)
    everybody = [walker(frames, at=(50, 50)), walker(frames, at=(290, 140)), large.astype(np.float32)]
    people = [[body[t] for body in np.roll(everybody, t, axis=0)] for t in range(frames)]  # in any order
    write_videopose3d_video(tmp_path / "v.npz", people, [[0.9] * 3] * frames)
    detect = followed(Replay(tmp_path / "v.npz"), person)
    for t in range(frames):
        np.testing.assert_array_equal(detect(blank(t)).xy, everybody[subject][t])


def test_more_people_than_there_are(tmp_path):
    write_videopose3d_video(tmp_path / "v.npz", [[walker(1)[0]] * 2], [[0.9, 0.9]])
    settings = Settings(source=str(tmp_path / "v.npz"), person="3")
    with ExitStack() as held, pytest.raises(UsageError, match=r"--person 3: v\.npz shows at most 2 at a time"):
        detector_and_source(settings, held)


def test_everybody_is_given_with_boxes_of_the_frames_pixels(tmp_path):
    bodies = [walker(1, at=(50, 50))[0], walker(1, at=(400, 60))[0]]
    write_videopose3d_video(tmp_path / "v.npz", [bodies], [[0.9, 0.8]])
    for size_wh, zoom in (((640, 480), 1), ((320, 240), 0.5)):
        people = Replay(tmp_path / "v.npz")(blank(0, size_wh))
        assert [person.score for person in people] == pytest.approx([0.9, 0.8])
        for person, body in zip(people, bodies, strict=True):
            np.testing.assert_allclose(person.keypoints.xy, body * zoom, rtol=1e-6)
            np.testing.assert_allclose(person.box_px, [*body.min(0) * zoom, *body.max(0) * zoom], rtol=1e-6)


def test_frames_without_a_person_are_none(tmp_path):
    xy = walker(3)
    write_videopose3d_video(tmp_path / "v.npz", [[xy[0]], [], [xy[2]]], [[0.9], [], [0.9]])
    detect = followed(Replay(tmp_path / "v.npz"))
    assert [detect(blank(t)) is None for t in range(3)] == [False, True, False]


def test_another_size_of_the_same_video(tmp_path):
    xy = walker(2)
    write_videopose3d_set(tmp_path / "set.npz", {"a.mp4": xy})
    pose = followed(Replay(tmp_path / "set.npz"))(blank(1, size_wh=(320, 240)))
    np.testing.assert_allclose(pose.xy, xy[1] / 2)
    assert pose.size_wh == (320, 240)


def test_another_video(tmp_path):
    write_videopose3d_set(tmp_path / "set.npz", {"a.mp4": walker(2)})
    with pytest.raises(DetectorError, match="640 x 480"):
        Replay(tmp_path / "set.npz")(blank(0, size_wh=(480, 640)))


def test_missing_and_absurd_joints_are_marked(tmp_path):
    xy = walker(1)
    xy[0, 3], xy[0, 4] = np.nan, 1e9
    write_videopose3d_set(tmp_path / "set.npz", {"a.mp4": xy})
    pose = followed(Replay(tmp_path / "set.npz"))(blank(0))
    assert np.isnan(pose.xy[3:5]).all()
    assert (pose.score[3:5] == 0).all()
    assert np.isfinite(np.delete(pose.xy, [3, 4], 0)).all()


def test_a_missing_file():
    with pytest.raises(FormatError, match="nowhere"):
        Replay("nowhere.npz")


@pytest.mark.skipif(not LEFT_TURN.exists(), reason="the recorded Detectron2 file left_turn.mov.npz is not here")
def test_a_real_detectron2_recording():
    replay = Replay(LEFT_TURN)
    detect = followed(replay)
    poses = [detect(blank(t, replay.size_wh)) for t in range(replay.length)]
    assert len(poses) == 120
    assert all(pose is not None and pose.person == 0 for pose in poses)
    heights = [np.ptp(pose.xy[:, 1]) for pose in poses]
    assert 400 < np.median(heights) < 700  # the box is 640 px high
    assert max(np.abs(np.diff([pose.xy.mean(0) for pose in poses], axis=0)).max(0)) < 30
