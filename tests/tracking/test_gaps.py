"""Bridged gaps and placed joints."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.demo_clip import frame_of

from realtime.pose import Pose2D
from realtime.skeleton import COCO17
from realtime.tracking.gaps import GapBridge

IMAGE = np.zeros((48, 64, 3), np.uint8)
XY = np.stack([np.arange(17), np.arange(17) * 2], -1).astype(np.float32)


def frame_at(t_s, index=0):
    return frame_of(IMAGE, index, t_s)


def pose_at(frame, xy=XY, **more):
    score = np.full(len(xy), 0.8, np.float32)
    return Pose2D(xy, score, (64, 48), COCO17, frame.index, frame.t_capture_ns, frame.t_unix_ns, **more)


def missing(*joints, xy=XY):
    xy = xy.copy()
    xy[COCO17.indices(joints)] = np.nan
    return xy


def test_a_whole_pose_passes_untouched():
    frame = frame_at(0)
    pose = pose_at(frame)
    assert GapBridge()(pose, frame) is pose


def test_a_gap_repeats_the_last_pose_with_this_frames_times():
    bridge = GapBridge(max_gap_s=0.5)
    bridge(pose_at(frame_at(0)), frame_at(0))
    frame = frame_at(0.2, index=6)
    bridged = bridge(None, frame)
    assert bridged.bridged
    assert (bridged.index, bridged.t_capture_ns, bridged.t_unix_ns) == (6, frame.t_capture_ns, frame.t_unix_ns)
    np.testing.assert_array_equal(bridged.xy, XY)
    np.testing.assert_allclose(bridged.score, 0.8 * 0.6, rtol=1e-5)


def test_the_gap_is_measured_in_time_not_in_frames():
    bridge = GapBridge(max_gap_s=0.5)
    bridge(pose_at(frame_at(0)), frame_at(0))
    assert all(bridge(None, frame_at(ms / 1000)) for ms in range(1, 500))
    assert bridge(None, frame_at(0.5)) is not None
    assert bridge(None, frame_at(0.501)) is None
    assert bridge(None, frame_at(0.502)) is None


def test_one_late_frame_is_not_bridged():
    bridge = GapBridge()
    bridge(pose_at(frame_at(0)), frame_at(0))
    assert bridge(None, frame_at(0.6)) is None


def test_nothing_before_the_first_person_and_after_a_clock_that_jumped_back():
    bridge = GapBridge()
    assert bridge(None, frame_at(1)) is None
    bridge(pose_at(frame_at(1)), frame_at(1))
    assert bridge(None, frame_at(0)) is None


def test_a_missing_joint_keeps_its_last_place_with_score_0():
    bridge = GapBridge()
    bridge(pose_at(frame_at(0)), frame_at(0))
    pose = bridge(pose_at(frame_at(0.1), xy=missing("left_wrist", xy=XY + 5)), frame_at(0.1))
    wrist = COCO17.index("left_wrist")
    np.testing.assert_array_equal(pose.xy[wrist], XY[wrist])
    assert pose.score[wrist] == 0
    np.testing.assert_array_equal(np.delete(pose.xy, wrist, 0), np.delete(XY + 5, wrist, 0))
    assert not pose.bridged


def test_a_joint_never_seen_takes_the_place_of_its_nearest_relative():
    frame = frame_at(0)
    pose = GapBridge()(pose_at(frame, xy=missing("left_wrist", "left_elbow", "right_ankle")), frame)
    at = dict(zip(COCO17.joints, pose.xy, strict=True))
    np.testing.assert_array_equal(at["left_wrist"], at["left_shoulder"])
    np.testing.assert_array_equal(at["right_ankle"], at["right_knee"])


def test_joints_of_another_person_are_not_borrowed():
    bridge = GapBridge()
    bridge(pose_at(frame_at(0)), frame_at(0))
    pose = bridge(pose_at(frame_at(0.1), xy=missing("nose", xy=XY + 500), person=1), frame_at(0.1))
    assert pose.xy.min() >= 500


def test_a_pose_without_any_joint_is_a_gap():
    bridge = GapBridge()
    bridge(pose_at(frame_at(0)), frame_at(0))
    blank = replace(pose_at(frame_at(0.1)), xy=np.full((17, 2), np.nan, np.float32))
    assert bridge(blank, frame_at(0.1)).bridged


@given(st.lists(st.lists(st.sampled_from([0.0, 100.0, np.nan, np.inf, -np.inf]), min_size=51, max_size=51), max_size=8))
def test_nothing_that_is_not_finite_comes_out(frames):
    bridge = GapBridge()
    for index, numbers in enumerate(frames):
        frame = frame_at(index / 30, index)
        table = np.array(numbers, np.float32).reshape(17, 3)
        pose = bridge(replace(pose_at(frame, xy=table[:, :2]), score=table[:, 2]), frame)
        if pose is not None:
            assert np.isfinite(pose.xy).all()
            assert np.isfinite(pose.score).all()
            assert pose.index == index


@pytest.mark.parametrize("joint", COCO17.joints)
def test_one_joint_is_enough_for_a_whole_pose(joint):
    frame = frame_at(0)
    others = [name for name in COCO17.joints if name != joint]
    pose = GapBridge()(pose_at(frame, xy=missing(*others)), frame)
    np.testing.assert_array_equal(pose.xy, np.broadcast_to(XY[COCO17.index(joint)], (17, 2)))
