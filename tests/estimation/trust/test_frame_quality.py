"""What is read from one estimate."""

from dataclasses import replace

import numpy as np
import pytest
from support.observed import observed, standing

from realtime.estimation.trust.frame_quality import frame_quality
from realtime.pose import NO_PERSON
from realtime.skeleton import COCO17, FIT3D25, H36M17


def test_somebody_in_the_middle_of_the_picture():
    quality = frame_quality(observed(3, standing(), people=2, light=120.0))
    assert (quality.t_s, quality.reason, quality.valid, quality.seen) == (0.1, "ok", True, True)
    assert (quality.people, quality.light) == (2, 120.0)
    assert quality.height_px == pytest.approx(400)
    assert (quality.at_edge, quality.outside) == (0, frozenset())
    assert quality.score == pytest.approx(0.9)
    assert (quality.lean.towards_deg, quality.lean.right_deg) == (0, 0)


def test_nobody():
    quality = frame_quality(observed(0))
    assert (quality.reason, quality.valid, quality.seen) == (NO_PERSON, False, False)
    assert (quality.height_px, quality.at_edge, quality.score, quality.lean) == (None,) * 4


def test_a_repeated_pose_was_not_seen():
    quality = frame_quality(observed(0, standing(), bridged=True))
    assert (quality.valid, quality.seen, quality.height_px) == (True, False, None)


@pytest.mark.parametrize("angle", [-30, -12, 5, 25])
def test_the_lean_is_the_angle_of_the_camera(angle):
    lean = frame_quality(observed(0, standing(towards_deg=angle))).lean
    assert (lean.towards_deg, lean.right_deg) == (pytest.approx(angle, abs=1e-3), pytest.approx(0, abs=1e-3))
    lean = frame_quality(observed(0, standing(right_deg=angle))).lean
    assert (lean.towards_deg, lean.right_deg) == (pytest.approx(0, abs=1e-3), pytest.approx(angle, abs=1e-3))


def test_whoever_bows_does_not_lean_as_a_whole():
    assert frame_quality(observed(0, standing(bow_deg=40))).lean.towards_deg == 0
    assert frame_quality(observed(0, standing(towards_deg=-5, bow_deg=40))).lean.towards_deg == 0
    assert frame_quality(observed(0, standing(towards_deg=3, bow_deg=40))).lean.towards_deg == pytest.approx(3)


def test_bent_knees_tell_nothing_of_the_camera():
    squatting = standing(towards_deg=20)
    squatting[H36M17.index("left_knee"), 1] -= 0.4
    assert frame_quality(observed(0, squatting)).lean is None


@pytest.mark.parametrize(
    ("top_px", "outside"), [(200, {"knees", "feet"}), (150, {"feet"}), (-20, {"head"}), (1, {"head"}), (60, set())]
)
def test_parts_at_the_edge_and_outside(top_px, outside):
    quality = frame_quality(observed(0, standing(), top_px=top_px))
    assert quality.outside == outside
    assert bool(quality.at_edge) == bool(outside)


@pytest.mark.parametrize("joints", [np.zeros((17, 3), np.float32), np.full((17, 3), np.nan, np.float32)])
def test_joints_that_are_no_body(joints):
    assert frame_quality(observed(0, joints)).lean is None


def test_keypoints_of_another_skeleton():
    found = observed(0, standing(), top_px=150)
    order = [COCO17.index(joint) if joint in COCO17.joints else 0 for joint in H36M17.joints]
    points, seen = found.keypoints.xy[order], found.keypoints.score[order]
    quality = frame_quality(replace(found, keypoints=replace(found.keypoints, skeleton=H36M17, xy=points, score=seen)))
    assert (quality.at_edge, quality.outside, quality.height_px) == (2, {"feet"}, pytest.approx(400))


def test_a_skeleton_without_these_joints_leans_nowhere():
    found = observed(0, standing())
    other = replace(found.pose, skeleton=FIT3D25, xyz=np.ones((25, 3), np.float32))
    assert frame_quality(replace(found, pose=other)).score == pytest.approx(0.9)
