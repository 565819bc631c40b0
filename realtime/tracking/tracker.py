"""Identities: from everybody in a frame to the one who is followed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..pose import DetectedPerson, Frame, Pose2D
from ..stages import Detector, Tracker
from .people import LARGEST, PersonFollower

_log = logging.getLogger(__name__)


class SinglePersonTracker:
    """Follows one person, as people.py tells; `person`, `patient`: see PersonFollower."""

    def __init__(self, person: str = LARGEST, *, patient: bool = True) -> None:
        self._follower = PersonFollower(person, loyal=patient)

    def __call__(self, people: Sequence[DetectedPerson], frame: Frame) -> Sequence[Pose2D]:
        """The followed person's keypoints, nobody's where that person is not among `people`."""
        if not people:
            return ()
        boxes, scores = np.array([p.box_px for p in people]), np.array([p.score for p in people], np.float32)
        chosen = self._follower.choose(boxes, scores, frame.t_capture_ns, frame.size_wh)
        if chosen is None:
            return ()
        keypoints, person = people[chosen].keypoints, self._follower.person
        return (keypoints if keypoints.person == person else replace(keypoints, person=person),)


def open_tracker(detector: Detector, person: str = LARGEST) -> Tracker:
    """The tracker for a detector.  `person` is who is followed of several people: largest,
    centre or a number (people.py); of a detector that finds one person only, a log line says
    that it has no effect."""
    if detector.many_people:
        return SinglePersonTracker(person)
    if person != LARGEST:
        _log.info("--person %s: no effect, %s sees one person only and chooses by itself", person, detector.name)
    return SinglePersonTracker(patient=False)
