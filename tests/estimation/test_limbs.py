"""Centres of joints from points on the skin, and scores of joints that no keypoint shows."""

from __future__ import annotations

import numpy as np
import pytest
from support.poses import pose_2d

from realtime.camera import Intrinsics
from realtime.estimation.agreement import Agreement
from realtime.estimation.camera_level import CameraLevel
from realtime.estimation.limbs import limb_centres
from realtime.estimation.root_position import RootPlacement
from realtime.skeleton import COCO17, COCO_FEET21, H36M17, LIMB_JOINTS, RUNNER18, RUNNER20

# A runner who stands 4 m before the camera; camera axes, metres: x right, y down.
PLACES = {
    "head_front": (0, -0.7, -0.1),
    "spine_t2": (0, -0.5, 0.08),
    "spine_t12": (0, -0.2, 0.08),
    "waist_back": (0, 0, 0),
}
SIDED = {
    "shoulder": (0.2, -0.45, 0),
    "elbow": (0.25, -0.15, 0),
    "wrist": (0.25, 0.1, 0),
    "hip": (0.2, 0.1, 0),
    "knee": (0.1, 0.5, 0),
    "ankle": (0.1, 0.9, 0),
    "heel": (0.1, 0.95, 0.05),
    "toe": (0.1, 0.95, -0.1),
}


def runner(skeleton=RUNNER20):
    at = PLACES | {f"left_{part}": place for part, place in SIDED.items()}
    at |= {f"right_{part}": (-x, y, z) for part, (x, y, z) in SIDED.items()}
    return np.array([at[joint] for joint in skeleton.joints], np.float32)


@pytest.mark.parametrize("skeleton", [RUNNER18, RUNNER20])
def test_hips_and_shoulders_of_a_runner_are_below_the_skin(skeleton):
    limbs = dict(zip(LIMB_JOINTS, limb_centres(skeleton)(runner(skeleton)).tolist(), strict=True))
    # A quarter of the 0.4 m between the trochanters inwards; 0.145 of the 0.3 m of the back downwards.
    assert limbs["left_hip"] == pytest.approx((0.1, 0.1, 0), abs=1e-6)
    assert limbs["right_hip"] == pytest.approx((-0.1, 0.1, 0), abs=1e-6)
    assert limbs["left_shoulder"] == pytest.approx((0.2, -0.4065, 0), abs=1e-6)
    assert limbs["right_knee"] == pytest.approx((-0.1, 0.5, 0), abs=1e-6)


def test_joint_centres_are_taken_as_they_are(rng):
    joints = rng.normal(size=(17, 3)).astype(np.float32)
    assert (limb_centres(H36M17)(joints) == joints[H36M17.indices(LIMB_JOINTS)]).all()


def seen(keypoints, root=(0.3, 0.0, 4.0)):
    """The keypoints at the joint centres of the runner, with a score of 0.9."""
    names = dict(zip(RUNNER20.joints, runner(), strict=True))
    names |= dict(zip(LIMB_JOINTS, limb_centres(RUNNER20)(runner()), strict=True))
    face = dict.fromkeys(("nose", "left_eye", "right_eye", "left_ear", "right_ear"), names["head_front"])
    points = np.array([(names | face)[name] for name in keypoints.joints]) + root
    focal_px = 640 / 2 / np.tan(np.radians(25))
    return pose_2d(points[:, :2] / points[:, 2:] * focal_px + (320, 240), score=0.9, skeleton=keypoints)


def test_a_runner_agrees_with_keypoints_at_the_joint_centres():
    judge, pose = Agreement(COCO_FEET21, RUNNER20, Intrinsics(fov_deg=50)), seen(COCO_FEET21)
    assert not judge.contradicted(runner(), pose)
    assert judge.doubted(runner(), pose) is pose.score
    assert judge.contradicted(runner()[list(RUNNER20.mirror)], pose)


@pytest.mark.parametrize(("keypoints", "of_feet"), [(COCO_FEET21, 0.9), (COCO17, 0.3)])
def test_a_runner_is_placed_and_feet_that_no_keypoint_shows_have_a_low_score(keypoints, of_feet):
    place = RootPlacement(keypoints, RUNNER20, Intrinsics(fov_deg=50), CameraLevel())
    pose = place(runner(), seen(keypoints), is_warm=True)
    assert pose.root_m == pytest.approx((0.3, 4.0, 0.0), abs=0.02)  # x right, y away, z up
    scores = dict(zip(RUNNER20.joints, pose.score.tolist(), strict=True))
    for joint, score in scores.items():
        expected = of_feet if joint.endswith(("heel", "toe")) else 0.9
        assert score == pytest.approx(expected), joint


def test_a_low_score_of_the_ankle_is_that_of_its_toe_too():
    place = RootPlacement(COCO17, RUNNER18, Intrinsics(fov_deg=50), CameraLevel())
    keypoints = seen(COCO17)
    keypoints.score[COCO17.index("left_ankle")] = 0.1
    score = place(runner(RUNNER18), keypoints, is_warm=True).score
    assert score[RUNNER18.indices(("left_ankle", "left_toe"))] == pytest.approx(0.1)
    assert score[RUNNER18.index("right_toe")] == pytest.approx(0.3)
