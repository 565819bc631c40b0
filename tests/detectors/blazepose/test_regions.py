import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.detectors.blazepose.regions import Region, region_around

SIZE = 256  # of the crop, px
HALF_PX = 62.5  # of the region's side, for a body with a radius of 50 px: 1.25 times that
CORNERS = [(0, 0), (SIZE, 0), (SIZE, SIZE), (0, SIZE)]  # of the crop, clockwise from the top left

# The point above the middle of the hips (100, 200), which way the region is turned, and where the
# corners of the crop are, from the middle of the hips in units of HALF_PX.
PEOPLE = {
    "upright": ((100, 150), 0, [(-1, -1), (1, -1), (1, 1), (-1, 1)]),
    "head to the right": ((150, 200), math.pi / 2, [(1, -1), (1, 1), (-1, 1), (-1, -1)]),
    "head to the left": ((50, 200), -math.pi / 2, [(-1, 1), (-1, -1), (1, -1), (1, 1)]),
    "upside down": ((100, 250), math.pi, [(1, 1), (-1, 1), (-1, -1), (1, -1)]),
}


def alignment(hips, above):
    return np.array([hips, above], np.float32)


def in_picture(region, points, size=SIZE):
    matrix = region.to_picture(size)
    return np.asarray(points, float) @ matrix[:, :2].T + matrix[:, 2]


@pytest.mark.parametrize("name", PEOPLE)
def test_people_by_hand(name):
    above, angle, corners = PEOPLE[name]
    region = region_around(alignment((100, 200), above))
    assert (region.x_px, region.y_px, region.side_px) == pytest.approx((100, 200, 125))
    assert math.cos(region.angle_rad - angle) == pytest.approx(1)
    assert in_picture(region, [(SIZE / 2, SIZE / 2)])[0] == pytest.approx((100, 200), abs=1e-3)
    expected = np.array([100, 200]) + HALF_PX * np.array(corners)
    assert in_picture(region, CORNERS) == pytest.approx(expected, abs=1e-3)


def test_a_person_who_leans_by_45_degrees():
    """The corners are then straight above, beside and below the hips."""
    region = region_around(alignment((300, 200), (340, 160)))
    reach = 1.25 * 40 * math.sqrt(2) * math.sqrt(2)
    assert region.angle_rad == pytest.approx(math.pi / 4)
    expected = [(300, 200 - reach), (300 + reach, 200), (300, 200 + reach), (300 - reach, 200)]
    assert in_picture(region, CORNERS) == pytest.approx(np.array(expected), abs=1e-3)


@pytest.mark.parametrize("name", PEOPLE)
def test_directions_of_the_crop(name):
    """Up in the crop is towards the head in the picture."""
    above, _, _ = PEOPLE[name]
    region = region_around(alignment((100, 200), above))
    up = region.turn() @ np.array([0, -1])
    assert up == pytest.approx((np.array(above) - (100, 200)) / 50, abs=1e-6)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_crop_shows_the_head_above_the_hips(name):
    above, _, _ = PEOPLE[name]
    picture = np.zeros((400, 300, 3), np.uint8)
    cv2.circle(picture, above, 4, (255, 255, 255), -1)
    region = region_around(alignment((100, 200), above))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    crop = cv2.warpAffine(picture, region.to_picture(SIZE), (SIZE, SIZE), flags=flags)
    y, x = np.nonzero(crop[..., 0] > 127)
    assert (x.mean(), y.mean()) == pytest.approx((128, 128 - SIZE * 50 / 125), abs=1)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_points_without_a_region(bad):
    assert region_around(alignment((100, 200), (100, 200))) is None
    for index in range(4):
        points = alignment((100, 200), (100, 150))
        points.flat[index] = bad
        with np.errstate(invalid="ignore"):
            assert region_around(points) is None


COORDINATE = st.floats(-5000, 5000, width=32)


@given(hips=st.tuples(COORDINATE, COORDINATE), above=st.tuples(COORDINATE, COORDINATE), size=st.sampled_from([64, 256]))
def test_the_body_fills_the_crop_whichever_way_it_lies(hips, above, size):
    """The hips are in the middle; the other point is above them by the radius: size / 2.5."""
    points = alignment(hips, above)
    region = region_around(points)
    radius = math.dist(*points.tolist())
    if region is None:
        assert radius == 0
        return
    assert isinstance(region, Region)
    assert -math.pi <= region.angle_rad <= math.pi
    assert region.side_px == pytest.approx(2.5 * radius, rel=1e-5)
    middle = size / 2
    found = in_picture(region, [(middle, middle), (middle, middle - size / 2.5)], size)
    assert found == pytest.approx(points, abs=0.02)  # px of float32
    turn = region.turn().astype(float)
    assert turn @ turn.T == pytest.approx(np.eye(2), abs=1e-6)
    assert np.linalg.det(turn) == pytest.approx(1, abs=1e-6)
