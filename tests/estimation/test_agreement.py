"""Joints against the keypoints of their frame: sides, distances, and what becomes of the score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.poses import pose_2d

from realtime.camera import Intrinsics
from realtime.estimation.agreement import Agreement
from realtime.skeleton import COCO17, H36M17, LIMB_JOINTS

CAMERA = Intrinsics(fov_deg=50)
FOCAL_PX = 640 / 2 / np.tan(np.radians(25))
LIMBS_2D, LIMBS_3D = COCO17.indices(LIMB_JOINTS), H36M17.indices(LIMB_JOINTS)
SIDES = list(H36M17.mirror)
ROOT = np.array([0.4, 0.1, 4.0])


def body(seed=0):
    """Joints (17, 3) m of no person in particular."""
    return np.random.default_rng(seed).uniform(-0.8, 0.8, (17, 3)).astype(np.float32)


def seen(joints, root=ROOT, off_m=0.0):
    """The keypoints of these joints, the left wrist's further right by so many metres."""
    points = joints[LIMBS_3D] + root
    xy = np.zeros((17, 2))
    xy[LIMBS_2D] = points[:, :2] / points[:, 2:] * FOCAL_PX + (320, 240)
    xy[COCO17.index("left_wrist"), 0] += off_m / points[list(LIMB_JOINTS).index("left_wrist"), 2] * FOCAL_PX
    return pose_2d(xy, score=0.8)


def agreement():
    return Agreement(COCO17, H36M17, CAMERA)


@given(st.integers(0, 1000))
def test_joints_agree_with_what_they_were_projected_to_and_do_not_once_exchanged(seed):
    joints = body(seed)
    pose, judge = seen(joints), agreement()
    assert not judge.contradicted(joints, pose)
    assert judge.doubted(joints, pose) is pose.score
    assert judge.contradicted(joints[SIDES], pose)


def test_joints_of_another_body_contradict_the_keypoints():
    judge = agreement()
    for _ in range(10):
        assert not judge.contradicted(body(1), seen(body(1)))
    assert judge.contradicted(body(1), seen(body(2)))


def test_a_network_that_never_fits_is_left_alone():
    """One of another camera: what is usual for it is no contradiction."""
    judge, joints = agreement(), body(1)
    stretched = joints * np.float32((1.0, 1.5, 1.0))
    assert not any(judge.contradicted(stretched + 0, seen(joints)) for _ in range(10))
    assert judge.contradicted(stretched[SIDES], seen(joints))


def test_the_score_falls_with_the_distance_of_a_joint_from_its_keypoint():
    joints, wrist = body(3), COCO17.index("left_wrist")
    scores = [agreement().doubted(joints, seen(joints, off_m=off_m)) for off_m in (0.0, 0.05, 0.2, 0.25, 0.6)]
    others = np.delete(np.arange(17), wrist)
    of_wrist = [score[wrist] for score in scores]
    assert of_wrist == sorted(of_wrist, reverse=True)
    assert of_wrist[:2] == [np.float32(0.8)] * 2
    assert 0 < of_wrist[2] < 0.8
    assert of_wrist[-1] == 0
    assert all((score[others] == np.float32(0.8)).all() for score in scores[:3])


def test_a_score_is_never_raised_and_the_keypoints_keep_theirs(rng):
    for _ in range(50):
        pose = seen(body(4))
        pose.xy[:] += rng.normal(0, 60, (17, 2))
        before = pose.score.copy()
        score = agreement().doubted(body(4), pose)
        assert np.array_equal(pose.score, before)
        assert ((score >= 0) & (score <= before)).all()
        assert score.dtype == np.float32


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_joints_that_cannot_be_placed_contradict_nothing(weight):
    joints, judge = body(5), agreement()
    behind = replace(seen(joints), score=np.full(17, weight, np.float32))
    behind.xy[:] = 320  # all on one ray
    assert not judge.contradicted(joints, behind)
    assert judge.doubted(joints, behind) is behind.score
    assert not judge.contradicted(joints.copy(), seen(joints))
