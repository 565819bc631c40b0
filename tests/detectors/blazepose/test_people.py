"""People made by hand, whose landmarks a finder gives as it is told."""

import math

import numpy as np
import pytest

from realtime.detectors.blazepose.landmark_network import Landmarks
from realtime.detectors.blazepose.people import (
    FollowedPerson,
    distinct,
    first_landmarks,
    radius_px,
    same,
    surely_same,
)
from realtime.detectors.blazepose.person_detector import Sighting

IMAGE = np.zeros((480, 640, 3), np.uint8)
RADIUS = 100.0
# Within the body's circle, in radii: 33 points around an ellipse.
SHAPE = np.stack([0.4 * np.cos(np.arange(33)), 0.9 * np.sin(np.arange(33))], 1)


def alignment(x, y, radius=RADIUS):
    return np.array([[x, y], [x, y - radius]], np.float32)


def landmarks(x, y, radius=RADIUS, presence=0.9):
    """Of somebody upright with the hips there."""
    xy = (np.array([x, y]) + radius * SHAPE).astype(np.float32)
    return Landmarks(xy, np.ones(33, np.float32), np.zeros((33, 3), np.float32), alignment(x, y, radius), presence)


def sighting(x, y, radius=RADIUS):
    return Sighting(alignment(x, y, radius), 0.9)


class Finder:
    """Gives these landmarks one after the other, and keeps the regions it was asked for."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.regions = []

    def __call__(self, image, region, min_presence):
        assert image is IMAGE
        assert 0 < min_presence < 1
        self.regions.append(region)
        return self.answers.pop(0)


def test_the_radius():
    assert radius_px(np.array([[10, 20], [13, 16]], np.float32)) == pytest.approx(5)
    assert radius_px(np.array([[10, 20], [10, 20]], np.float32)) > 0  # it is divided by


@pytest.mark.parametrize(
    ("x", "y", "radius", "expected"),
    [
        (300, 200, 100, True),
        (304, 197, 100, True),  # moved by a twentieth of the radius
        (300, 200, 108, True),
        (400, 200, 100, False),  # beside
        (300, 300, 100, False),
        (300, 200, 300, False),  # at the same place, three times as large
        (300, 200, 30, False),
    ],
)
def test_whether_two_are_one(x, y, radius, expected):
    one, other = landmarks(300, 200), landmarks(x, y, radius)
    assert same(one, other) is expected
    assert same(other, one) is expected
    assert surely_same(sighting(x, y, radius), one) is expected


def test_somebody_in_front_of_another_is_another():
    """The hips at one place, but another pose: sitting, with the landmarks half as high."""
    one, other = landmarks(300, 200), landmarks(300, 200)
    other.xy[:] = np.array([300, 200]) + (other.xy - np.array([300, 200])) * (2.5, 0.2)
    assert not same(one, other)


def test_people_of_no_size_are_compared_without_a_fault():
    nobody = landmarks(300, 200, radius=0)
    assert not same(nobody, landmarks(300, 200))
    assert not surely_same(sighting(300, 200), nobody)
    assert not surely_same(sighting(300, 200, radius=0), landmarks(300, 200))


def test_a_person_whose_region_moved_onto_another_is_no_other():
    here, there = (FollowedPerson(landmarks(x, 200), 0.0) for x in (100, 500))
    moved = FollowedPerson(landmarks(104, 203), 0.0)
    assert distinct([here, there]) == [here, there]
    assert distinct([here, there, moved]) == [here, there]
    assert distinct([moved, there, here]) == [moved, there]


def test_whoever_is_on_probation_does_not_take_the_place_of_one_who_is_confirmed():
    confirmed = FollowedPerson(landmarks(100, 200), 0.0)
    newcomer = FollowedPerson(landmarks(104, 203), 0.0, probation=5)
    assert distinct([newcomer, confirmed]) == [confirmed]


def test_a_sighting_is_looked_at_in_its_own_region():
    found = landmarks(300, 200)
    find = Finder(found, None)
    assert first_landmarks(find, IMAGE, sighting(310, 190, 80), 0.5) is found
    (region,) = find.regions
    assert (region.x_px, region.y_px, region.side_px) == pytest.approx((310, 190, 2.5 * 80))
    assert first_landmarks(find, IMAGE, sighting(310, 190, 80), 0.5) is None


def test_a_sighting_without_a_region_is_nobody():
    find = Finder()
    for point in ((300, 200), (math.nan, 200)):
        nowhere = Sighting(np.array([(300, 200), point], np.float32), 0.9)
        assert first_landmarks(find, IMAGE, nowhere, 0.5) is None
    assert find.regions == []


def test_a_person_is_looked_for_where_the_last_landmarks_were():
    person = FollowedPerson(landmarks(300, 200), 0.0)
    assert (person.region.x_px, person.region.y_px, person.region.side_px) == pytest.approx((300, 200, 250))
    next_one = landmarks(330, 200)
    find = Finder(next_one)
    first = person.region
    assert person.follow(find, IMAGE, 1 / 30)
    assert find.regions == [first]
    assert person.landmarks is next_one
    assert 310 < person.region.x_px <= 330  # steadied, but not far behind


def test_somebody_who_is_not_found_is_lost():
    person = FollowedPerson(landmarks(300, 200), 0.0)
    assert not person.follow(Finder(None), IMAGE, 1 / 30)


def test_somebody_of_no_size_is_lost_without_looking():
    person = FollowedPerson(landmarks(300, 200, radius=0), 0.0)
    find = Finder()
    assert not person.follow(find, IMAGE, 1 / 30)
    assert find.regions == []


def test_whoever_must_be_found_again_first_is_not_confirmed_before():
    assert FollowedPerson(landmarks(300, 200), 0.0).confirmed
    person = FollowedPerson(landmarks(300, 200), 0.0, probation=2)
    find = Finder(*[landmarks(300, 200)] * 3)
    seen = [person.confirmed]
    for index in range(3):
        assert person.follow(find, IMAGE, (index + 1) / 30)
        seen.append(person.confirmed)
    assert seen == [False, False, True, True]
