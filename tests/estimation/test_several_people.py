"""The shapes at N = 2: a chain for each identity gives what it would give alone."""

from __future__ import annotations

import numpy as np
import pytest
from support.estimators import Scripted, as_told, estimator, keypoints, small_lifter
from support.poses import frame_at

from realtime.estimation.estimator import Estimator
from realtime.estimation.person import PersonChain
from realtime.pose import NO_PERSON
from realtime.smoothing import OneEuro
from realtime.tracking.outliers import KeypointGuard

FRAMES = 30


def pose_of(person, index):
    pose = keypoints(index, person=person)
    pose.xy[:] += 90 * person + index * (person - 0.5)
    return pose


def chain():
    return PersonChain(small_lifter(), guard=KeypointGuard(), smooth=OneEuro())


def alone(person, frames):
    estimate = estimator(
        {i: pose_of(person, i) for i in frames}, small_lifter(), guard=KeypointGuard(), smooth=OneEuro()
    )
    return {i: estimate(frame_at(i)) for i in range(FRAMES)}


def of_person(answers, person):
    return next((a for a in answers if a.keypoints is not None and a.keypoints.person == person), None)


@pytest.mark.parametrize("turned", [False, True])
def test_two_people_are_lifted_as_each_would_be_alone(turned):
    """In whichever order the detector gives them, and with a gap in one of them."""
    seen = {0: set(range(FRAMES)), 1: set(range(5, FRAMES)) - {12, 13}}
    answers = {
        i: [pose_of(p, i) for p in (0, 1) if i in seen[p]][:: -1 if turned and i % 2 else 1] for i in range(FRAMES)
    }
    both = Estimator(Scripted(answers), chain(), chain(), track=as_told)
    found = {i: both(frame_at(i)) for i in range(FRAMES)}
    for person in (0, 1):
        expected = alone(person, seen[person])
        for i in range(FRAMES):
            ours, its = of_person(found[i], person), expected[i]
            if its.keypoints is None:
                assert ours is None
                continue
            assert np.array_equal(ours.pose.xyz, its.pose.xyz)
            assert (ours.pose.reason, ours.have, ours.want) == (its.pose.reason, its.have, its.want)


def test_nobody_is_told_once_however_many_could_be_followed():
    both = Estimator(Scripted({}), chain(), chain(), track=as_told)
    for i in range(3):
        (answer,) = both(frame_at(i))
        assert (answer.pose.reason, answer.keypoints) == (NO_PERSON, None)


def test_who_is_one_too_many_is_not_followed_and_takes_the_first_free_chain():
    everybody = {i: [pose_of(p, i) for p in (0, 1, 2)] for i in range(10)}
    later = {i: [pose_of(p, i) for p in (1, 2)] for i in range(10, FRAMES)}
    both = Estimator(Scripted(everybody | later), chain(), chain(), track=as_told)
    followed = [{a.keypoints.person for a in both(frame_at(i)) if a.keypoints is not None} for i in range(FRAMES)]
    assert followed[:10] == [{0, 1}] * 10
    assert followed[10:] == [{1, 2}] * (FRAMES - 10)
