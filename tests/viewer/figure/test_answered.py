"""What is drawn of a skeleton: its joints under Human3.6M's names, and its own feet."""

from __future__ import annotations

import numpy as np
import pytest
from support.standing import RUNNER_STANDING, standing

from realtime.skeleton import FIT3D25, H36M17, HALPE26, RUNNER18, RUNNER20, SKELETONS, Skeleton
from realtime.viewer.figure.answered import DRAWN, FOOT_POINTS, answered_points, can_be_drawn, split_feet


@pytest.mark.parametrize("skeleton", [RUNNER20, HALPE26], ids=lambda skeleton: skeleton.name)
def test_heel_and_toe_are_as_answered(skeleton):
    joints, feet = split_feet(answered_points(standing(skeleton), skeleton))
    assert joints.shape == (17, 3)
    np.testing.assert_allclose(feet.reshape(4, 3), [RUNNER_STANDING[point] for point in FOOT_POINTS])


def test_a_heel_that_is_not_answered_lies_behind_and_below_the_ankle():
    joints = standing(RUNNER18, right_toe=(0.1, 0.12, -0.86))
    heel, toe = split_feet(answered_points(joints, RUNNER18))[1][1]
    np.testing.assert_allclose(toe, [0.1, 0.12, -0.86])
    assert heel[0] == pytest.approx(0.1)
    assert -0.08 < heel[1] < -0.04
    assert -0.85 < heel[2] < -0.8


@pytest.mark.parametrize("skeleton", [H36M17, FIT3D25], ids=lambda skeleton: skeleton.name)
def test_joints_without_toes_have_no_feet(skeleton):
    points = answered_points(np.stack([standing(skeleton)] * 3), skeleton)
    assert points.shape == (3, 17, 3)
    assert split_feet(points[0])[1] is None


def test_which_skeletons_can_be_drawn():
    assert all(map(can_be_drawn, SKELETONS.values()))
    assert not can_be_drawn(Skeleton("two", ("left_hip", "right_hip"), (-1, 0), (0,), (1,)))
    assert DRAWN.joints[17:] == FOOT_POINTS
    assert DRAWN.mirror[17:] == (19, 20, 17, 18)
