import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.viewer.figure.capsules import capsules

place = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


def outline(a, b, first, second, arc=9):
    return capsules(np.array([a, b], float), np.array([first, second], float), arc)


def area(points):
    x, y = points.T
    return 0.5 * (x[:-1] * y[1:] - x[1:] * y[:-1]).sum()


def test_a_capsule_is_a_rectangle_and_two_half_circles():
    points = outline((0, 0), (2, 0), 0.5, 0.5, arc=200)
    assert area(points) == pytest.approx(2 * 1 + np.pi / 4, rel=1e-4)
    np.testing.assert_allclose(points.min(0), (-0.5, -0.5), atol=1e-3)
    np.testing.assert_allclose(points.max(0), (2.5, 0.5), atol=1e-3)


def test_the_sides_of_a_tapered_one_touch_both_circles():
    """Circles of 0.5 and 0.3, 0.4 apart: the sides lean by 30°, so a side is 0.4 cos 30° long."""
    points = outline((0, 0), (0.4, 0), 0.5, 0.3, arc=200)
    sides = 0.4 * np.cos(np.pi / 6) * (0.5 + 0.3)
    assert area(points) == pytest.approx(sides + 0.25 * np.pi * 2 / 3 + 0.09 * np.pi / 3, rel=1e-3)


def test_of_a_circle_within_another_nothing_is_left():
    points = outline((0, 0), (0.1, 0), 0.5, 0.2, arc=200)
    assert area(points) == pytest.approx(np.pi * 0.25, rel=1e-3)


@given(place, place, st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_all_have_the_same_winding_and_are_closed(a, b, first, second):
    points = outline(a, b, first, second)
    np.testing.assert_array_equal(points[0], points[-1])
    assert area(points) > 0


def test_a_rim_is_a_capsule_of_larger_radii():
    ends, radii = np.array([[0, 0], [1, 0.5]], float), np.array([0.4, 0.2])
    rim, inner = capsules(ends, radii, 9, rims=np.array(0.1))
    np.testing.assert_allclose(inner, capsules(ends, radii, 9))
    np.testing.assert_allclose(rim, capsules(ends, radii + 0.1, 9), atol=1e-12)
