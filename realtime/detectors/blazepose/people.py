"""People who are followed from frame to frame, and whether two of them are one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from ...pose import Array, Image
from .alignment_filter import AlignmentFilter
from .landmark_network import Landmarks
from .person_detector import Sighting
from .regions import Region, region_around

# Of the picture, the region and the least presence → landmarks of the person there.
Landmarker = Callable[[Image, Region, float], Landmarks | None]

MIN_PRESENCE = 0.5  # MediaPipe's default to go on following

# A coat on its stand has at most three frames in a row above this, people have 19 of 20 above 0.98.
SURE_PRESENCE = 0.95

# Distances as fractions of the body's radius.
_SURELY_SAME = 0.15  # of the hips, where also the sizes agree
_CLEARLY_APART = 0.5  # of the hips: nobody is seen twice so far apart
_SAME_SIZE = 1.25
_SAME_POINTS = 0.25  # mean over all landmarks


class FollowedPerson:
    """Someone whose next `region` follows from the last `landmarks`.

    `probation`: in how many further frames the network must be sure of the person before `confirmed`
    is true; until then, any doubt loses the person.
    """

    def __init__(self, landmarks: Landmarks, t_s: float, probation: int = 0) -> None:
        self._steady = AlignmentFilter()
        self._probation = probation
        self._take(landmarks, t_s)

    def follow(self, find: Landmarker, image: Image, t_s: float) -> bool:
        """Find the person in the next picture; False if lost."""
        min_presence = MIN_PRESENCE if self.confirmed else SURE_PRESENCE
        landmarks = None if self.region is None else find(image, self.region, min_presence)
        if landmarks is not None:
            self._probation = max(0, self._probation - 1)
            self._take(landmarks, t_s)
        return landmarks is not None

    @property
    def confirmed(self) -> bool:
        """Whether it is a person, as far as can be told."""
        return self._probation == 0

    def _take(self, landmarks: Landmarks, t_s: float) -> None:
        self.landmarks = landmarks
        self.region = region_around(self._steady(landmarks.alignment, t_s))


def first_landmarks(find: Landmarker, image: Image, sighting: Sighting, min_presence: float) -> Landmarks | None:
    """Landmarks of somebody who has just been sighted, None if the network denies it."""
    region = region_around(sighting.alignment)
    return None if region is None else find(image, region, min_presence)


def surely_same(sighting: Sighting, person: Landmarks) -> bool:
    """Whether the sighting is of this person, to be told without asking for landmarks."""
    size = radius_px(sighting.alignment) / radius_px(person.alignment)
    return hips_apart(sighting, person) < _SURELY_SAME and 1 / _SAME_SIZE < size < _SAME_SIZE


def clearly_apart(sighting: Sighting, person: Landmarks) -> bool:
    """Whether the sighting is of somebody else, to be told without asking for landmarks."""
    return hips_apart(sighting, person) > _CLEARLY_APART


def hips_apart(sighting: Sighting, person: Landmarks) -> float:
    """Distance as a fraction of the person's radius."""
    return math.dist(sighting.alignment[0].tolist(), person.alignment[0].tolist()) / radius_px(person.alignment)


def same(one: Landmarks, other: Landmarks) -> bool:
    """Whether these are the landmarks of one person."""
    apart = np.linalg.norm(one.xy - other.xy, axis=1).mean()
    return bool(apart < _SAME_POINTS * min(radius_px(one.alignment), radius_px(other.alignment)))


def distinct(people: Iterable[FollowedPerson]) -> list[FollowedPerson]:
    """The people without those whose region has moved onto somebody else; whoever is confirmed stays,
    rather than whoever is on probation, and whoever was followed first."""
    kept: list[FollowedPerson] = []
    for person in sorted(people, key=lambda person: not person.confirmed):
        if not any(same(person.landmarks, other.landmarks) for other in kept):
            kept.append(person)
    return kept


def radius_px(alignment: Array) -> float:
    """Of the circle around the whole body, from the alignment points (2, 2); not 0."""
    return max(math.dist(*alignment.tolist()), 1e-6)
