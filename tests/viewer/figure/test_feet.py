import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.viewer_scenes import standing

from realtime.skeleton import H36M17
from realtime.viewer.figure.feet import ANKLE_HEIGHT_M, HEEL_M, RADIUS_M, SOLE_M, TOE_M, feet_at_rest
from realtime.viewer.figure.vectors import turned

UPRIGHT = {
    "left_knee": (0.12, 0, -0.45),
    "left_ankle": (0.12, 0, -0.9),
    "right_knee": (-0.12, 0, -0.45),
    "right_ankle": (-0.12, 0, -0.9),
}


def upright(**moved):
    """Standing with vertical legs, facing the camera."""
    return standing(**{**UPRIGHT, **moved}).astype(float)


def about(axis, degrees):
    """Rotation matrix about x, y or z."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[[i, i, j, j], [i, j, i, j]] = cos, -sin, sin, cos
    return matrix


def test_somebody_who_stands_has_flat_feet_that_point_ahead():
    heel, toe = feet_at_rest(upright() + (0, 0, 0.9 + ANKLE_HEIGHT_M)).points()[0]
    np.testing.assert_allclose(heel, (0.12, HEEL_M, RADIUS_M), atol=1e-5)
    np.testing.assert_allclose(toe, (0.12, -TOE_M, RADIUS_M), atol=1e-5)


@pytest.mark.parametrize(
    ("knee", "ankle", "toes"),
    [
        ((0.12, -0.45, 0), (0.12, -0.9, 0), (0, 0, 1)),  # the leg straight ahead
        ((0.12, -0.45, 0), (0.12, -0.45, -0.45), (0, -1, 0)),  # on a chair
        ((0.12, 0, -0.45), (0.12, 0.45, -0.45), (0, 0, -1)),  # the heel behind
        ((0.57, 0, 0), (0.57, 0, -0.45), (1, 0, 0)),  # the thigh out to the side: a knee bends backwards only
        ((0.44, -0.32, 0), (0.12, -0.64, 0), (0.7, -0.7, 0)),  # cross-legged
    ],
)
def test_feet_follow_hip_and_knee(knee, ankle, toes):
    forward = feet_at_rest(upright(left_knee=knee, left_ankle=ankle)).forward[0]
    assert forward @ toes > 0.75


@given(st.sampled_from("xyz"), st.floats(-180, 180))
def test_feet_turn_with_the_body(axis, degrees):
    """Whoever lies or stands on the head has the feet of somebody who stands."""
    joints = standing(left_knee=(0.13, -0.3, -0.2)).astype(float)
    there, here = feet_at_rest(joints @ about(axis, degrees).T), feet_at_rest(joints)
    np.testing.assert_allclose(there.forward, here.forward @ about(axis, degrees).T, atol=1e-4)


def test_toes_that_would_be_below_the_floor_rest_on_it():
    bent = upright(left_knee=(0.12, -0.3, -0.55)) + (0, 0, 0.9 + ANKLE_HEIGHT_M)  # the shank leans 40°
    heel, toe = feet_at_rest(bent).points()[0]
    assert toe[2] == pytest.approx(RADIUS_M)
    assert heel[2] >= RADIUS_M
    assert toe[1] < -0.9 * TOE_M  # still in front of the ankle, and of its length
    assert np.linalg.norm(toe - (0.12, 0, ANKLE_HEIGHT_M)) == pytest.approx(np.hypot(TOE_M, SOLE_M), rel=0.01)


numbers = st.floats(-2, 2)


@given(st.lists(numbers, min_size=51, max_size=51))
def test_no_foot_is_below_the_floor_and_none_is_longer_than_it_is(values):
    joints = np.reshape(values, (17, 3))
    points = feet_at_rest(joints).points()
    ankles = joints[H36M17.indices(("left_ankle", "right_ankle"))]
    assert (points[..., 2] >= RADIUS_M - 1e-9).all()
    above = ankles[:, 2] >= RADIUS_M
    reach = np.linalg.norm(points - ankles[:, None], axis=-1)[above]
    assert (reach < 1.01 * np.hypot(TOE_M, SOLE_M)).all()


def test_the_shortest_rotation_is_that_of_a_hinge():
    x, y, z = np.eye(3)
    np.testing.assert_allclose(turned(x, y, x), y, atol=1e-5)
    np.testing.assert_allclose(turned(x, y, y), -x, atol=1e-5)
    np.testing.assert_allclose(turned(x, y, z), z, atol=1e-5)
    assert np.isfinite(turned(x, -x, np.eye(3))).all()
