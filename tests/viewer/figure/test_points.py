import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.viewer_scenes import standing

from realtime.skeleton import H36M17
from realtime.viewer.figure.points import FIGURE, figure_points


def test_the_head_of_an_adult_has_the_size_of_a_head_and_hangs_below_its_top():
    joints = standing(neck=(0, 0, 0.5), nose=(0, -0.135, 0.63), head_top=(0, 0, 0.765))
    points, head = figure_points(joints)
    jaw, crown = points[FIGURE.indices(("jaw", "crown"))]
    np.testing.assert_allclose(jaw[0], 0, atol=1e-6)
    top, chin = crown[2] + head.radii[1], jaw[2] - head.radii[0]
    assert top == pytest.approx(0.765, abs=0.005)
    assert top - chin == pytest.approx(0.225, abs=0.01)  # of a man: 0.23 m from chin to crown
    assert 2 * head.radii.max() == pytest.approx(0.165, abs=0.01)  # and 0.155 wide
    assert crown[1] - head.radii[1] > -0.135 > jaw[1] - head.radii[0] - 0.05  # the nose sticks out


@pytest.mark.parametrize("turn", [np.eye(3), np.diag([-1.0, -1.0, 1.0]), np.eye(3)[[0, 2, 1]], np.eye(3)[[2, 0, 1]]])
def test_the_head_turns_with_the_body(turn):
    points, head = figure_points(standing() @ turn.T)
    there, same = figure_points(standing())
    ends = FIGURE.indices(("jaw", "crown"))
    np.testing.assert_allclose(points[ends], there[ends] @ turn.T, atol=1e-6)
    np.testing.assert_allclose(head.radii, same.radii, rtol=1e-6)


def test_joints_stay_what_they_are():
    points, _ = figure_points(standing())
    np.testing.assert_array_equal(points[: len(H36M17)], standing())
    assert FIGURE.joints[: len(H36M17)] == H36M17.joints


anything = st.one_of(st.floats(width=32), st.sampled_from([0.0, 1.0, -1.0]))


@given(st.lists(anything, min_size=51, max_size=51))
def test_odd_poses_do_not_raise_and_finite_ones_stay_finite(values):
    joints = np.reshape(values, (17, 3))
    points, head = figure_points(joints)
    if np.isfinite(joints).all():
        assert np.isfinite(points).all()
        assert (head.radii >= 0).all()
        assert (head.radii < 0.2).all()
