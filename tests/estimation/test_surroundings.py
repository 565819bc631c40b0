"""How many people are in a picture, and how bright it is."""

from __future__ import annotations

import numpy as np
import pytest
from support.estimators import everybody, keypoints
from support.poses import frame_at, pose_2d

from realtime.estimation.surroundings import Surroundings, brightness


class OneAtATime:
    """A detector that follows one person, and says how many others there are."""

    many_people = False

    def __init__(self, others):
        self.others, self.looked_at = others, []

    def look_around(self, frame):
        self.looked_at.append(frame.index)
        return self.others


class Everybody:
    many_people = True


def test_a_detector_of_one_person_is_asked_every_second_and_later_every_fourth():
    detector = OneAtATime(2)
    look, people = Surroundings(detector), everybody(keypoints(0))
    answers = [look(people, [keypoints(0)], frame_at(index, fps=10)) for index in range(120)]
    assert detector.looked_at == [0, 10, 20, 30, 40, 50, 90]
    assert [index for index, (seen, _) in enumerate(answers) if seen is not None] == detector.looked_at
    assert {seen for seen, _ in answers} == {None, 3}
    assert [index for index, (_, light) in enumerate(answers) if light is not None] == detector.looked_at


def test_nobody_looks_for_others_where_nobody_is():
    detector = OneAtATime(1)
    assert Surroundings(detector)([], [], frame_at(0)) == (None, 128.0)
    assert detector.looked_at == []


def test_a_detector_of_everybody_is_counted_in_every_frame():
    look = Surroundings(Everybody())
    people = everybody(keypoints(0), keypoints(0))
    assert [look(people, [], frame_at(index))[0] for index in range(3)] == [2, 2, 2]


def test_a_clock_that_steps_back_does_not_stop_it():
    detector = OneAtATime(0)
    look, people = Surroundings(detector), everybody(keypoints(0))
    for index in (1000, 5):
        look(people, [], frame_at(index))
    assert detector.looked_at == [1000, 5]


def test_the_brightness_is_that_of_the_person():
    image = np.full((200, 300, 3), 10, np.uint8)
    image[50:100, 100:200] = 210  # somebody on a stage
    person = pose_2d([(101, 51), (199, 99)] + [(150, 75)] * 15, size_wh=(300, 200))
    assert brightness(image, person) == 210
    assert brightness(image, None) == 10


@pytest.mark.parametrize("corner", [(-50, -50), (400, 400), (np.nan, np.nan)])
def test_a_person_outside_the_picture_has_no_brightness_of_their_own(corner):
    image = np.full((20, 30, 3), 90, np.uint8)
    assert brightness(image, pose_2d([corner] * 17)) == 90


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3000, 3), (40, 30, 1), (40, 30)])
def test_pictures_of_any_shape(shape):
    assert brightness(np.full(shape, 77, np.uint8), None) == 77


def test_pure_black_is_no_picture():
    assert brightness(np.zeros((48, 64, 3), np.uint8), None) is None
