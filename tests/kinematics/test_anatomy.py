"""Points of the body by name: by hand for a runner who stands, and what no turn, size or mirror changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support.standing import RUNNER_STANDING, mirrored, standing

from realtime.kinematics.anatomy import body_points, h36m_joints
from realtime.skeleton import FIT3D25, H36M17, HALPE26, RUNNER18, RUNNER20, SKELETONS, Skeleton


def test_hips_of_a_runner_lie_inwards_of_behind_and_above_the_trochanters():
    at = body_points(standing(RUNNER20, right_knee=(0.2, 0, -0.37), left_knee=(-0.2, 0, -0.37)), RUNNER20)
    # The markers are 0.4 m apart, the thighs 0.4 m long: a quarter inwards, 8 % back, 3 % up.
    assert at["right_hip"] == pytest.approx([0.1, -0.032, 0.042])
    assert at["left_hip"] == pytest.approx([-0.1, -0.032, 0.042])
    assert at["pelvis"] == pytest.approx([0, -0.032, 0.042])


def test_they_go_along_with_the_thigh():
    at = body_points(standing(RUNNER20, right_knee=(0.2, 0.4, 0.03)), RUNNER20)  # raised, its front is up
    assert at["right_hip"] == pytest.approx([0.1, -0.012, -0.002])


def test_shoulders_of_a_runner_lie_below_the_acromia_along_the_thorax():
    at = body_points(standing(RUNNER18), RUNNER18)
    assert at["left_shoulder"] == pytest.approx([-0.18, -0.145 * 0.02, 0.54 - 0.145 * 0.28])


def test_the_middle_of_a_runner_is_ahead_of_the_back():
    at = body_points(standing(RUNNER20), RUNNER20)
    assert -0.07 < at["spine"][1] < 0.1
    assert 0.15 < at["spine"][2] < 0.3
    assert at["nose"][1] > at["neck"][1] + 0.05
    assert at["head_top"][2] > at["nose"][2] + 0.1
    assert at["spine"][0] == at["neck"][0] == at["head_top"][0] == 0


def test_heel_toe_and_surface_points_are_as_answered():
    at = body_points(standing(RUNNER20), RUNNER20)
    for name in ("left_heel", "right_toe", "waist_back", "spine_t12", "left_knee"):
        assert at[name] == pytest.approx(RUNNER_STANDING[name])
    assert "left_heel" not in body_points(standing(RUNNER18), RUNNER18)
    assert "left_toe" not in body_points(standing(FIT3D25), FIT3D25)


def test_joint_centres_stay_as_they_are():
    at = body_points(standing(HALPE26), HALPE26)
    for name in ("left_hip", "pelvis", "neck", "head_top"):
        assert at[name] == pytest.approx(standing(HALPE26)[HALPE26.index(name)])
    assert at["spine"] == pytest.approx([0, 0, 0.25])


def test_a_head_top_from_ears_and_nose():
    coco = SKELETONS["coco-17"]
    level = standing(coco, nose=(0, 0.12, 0.595))  # the mean head, upright
    assert body_points(level, coco)["head_top"] == pytest.approx([0, 0.01, 0.75], abs=1e-3)


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=lambda skeleton: skeleton.name)
def test_every_skeleton_can_be_drawn(skeleton):
    joints = h36m_joints(np.stack([standing(skeleton)] * 2), skeleton)
    assert joints.shape == (2, 17, 3)
    assert np.isfinite(joints).all()
    ahead = joints[0, H36M17.index("nose")] - joints[0, H36M17.index("neck")]
    assert ahead[1] > 0.05


def test_the_joints_of_human36m_are_returned_as_they_are():
    joints = standing(H36M17).astype(np.float32)
    assert h36m_joints(joints, H36M17) is joints
    assert h36m_joints(standing(FIT3D25), FIT3D25) == pytest.approx(standing(H36M17))


def test_a_skeleton_with_too_few_points_is_refused():
    legs = Skeleton("legs", ("left_hip", "right_hip"), (-1, 0), (0,), (1,))
    with pytest.raises(ValueError, match="legs does not tell where right_knee"):
        h36m_joints(np.zeros((2, 3)), legs)


def test_a_lost_point_loses_only_what_is_made_from_it():
    joints = standing(RUNNER20, left_shoulder=(np.nan,) * 3)
    lost = ~np.isfinite(h36m_joints(joints, RUNNER20)).all(-1)
    names = {H36M17.joints[i] for i in np.flatnonzero(lost)}
    assert names == {"left_shoulder", "spine", "neck", "nose", "head_top"}


@given(
    turn=st.tuples(*[st.floats(-3, 3)] * 3), size=st.floats(0.5, 2), x=st.floats(-9, 9), seed=st.integers(0, 2**32 - 1)
)
def test_points_go_along_with_the_body(turn, size, x, seed):
    joints = standing(RUNNER20) + np.random.default_rng(seed).normal(0, 0.03, (20, 3))
    rotation = Rotation.from_rotvec(turn)
    moved = rotation.apply(size * joints) + [x, 0, 1]
    wanted = rotation.apply(size * h36m_joints(joints, RUNNER20)) + [x, 0, 1]
    assert h36m_joints(moved, RUNNER20) == pytest.approx(wanted, abs=1e-9)
    assert h36m_joints(mirrored(joints), RUNNER20) == pytest.approx(
        mirrored(h36m_joints(joints, RUNNER20), H36M17), abs=1e-9
    )
