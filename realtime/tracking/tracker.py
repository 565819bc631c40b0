"""Trackers: from everybody detected in a frame to the followed person."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..pose import DetectedPerson, Frame, Pose2D
from ..stages import Detector, Tracker
from .identity import LARGEST, PersonFollower

_log = logging.getLogger(__name__)


class SinglePersonTracker:
    """Follows one person; `person` and `patient` as in `people.PersonFollower`."""

    def __init__(self, person: str = LARGEST, *, patient: bool = True) -> None:
        self._follower = PersonFollower(person, patient=patient)

    def __call__(self, people: Sequence[DetectedPerson], frame: Frame) -> Sequence[Pose2D]:
        """The followed person's keypoints; empty if that person is not among `people`."""
        if not people:
            return ()
        boxes = np.array([person.box_px for person in people])
        scores = np.array([person.score for person in people], np.float32)
        chosen = self._follower.choose(boxes, scores, frame.t_capture_ns, frame.size_wh)
        if chosen is None:
            return ()
        keypoints, person = people[chosen].keypoints, self._follower.person
        return (keypoints if keypoints.person == person else replace(keypoints, person=person),)


def open_tracker(detector: Detector, person: str = LARGEST) -> Tracker:
    """The tracker for a detector.  `person` selects whom to follow: largest, centre or a
    number (see identity.py); with a detector of a single person it has no effect, which is
    logged."""
    if detector.many_people:
        return SinglePersonTracker(person)
    if person != LARGEST:
        _log.info("--person %s: no effect, %s detects one person only and selects it itself", person, detector.name)
    return SinglePersonTracker(patient=False)
