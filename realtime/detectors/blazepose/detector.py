"""BlazePose on LiteRT: 33 landmarks of everybody in view.

picture ─► regions of the people who are followed ─► landmarks ─► next regions
   └─────► person detector, while not everybody is ─► regions of newcomers ┘

V. Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", 2020.  The networks are
Google's (Apache-2.0), as in MediaPipe 0.10.21; the code around them is our own.
"""

from __future__ import annotations

import numpy as np

from ...boxes import box_around
from ...errors import UsageError
from ...pose import DetectedPerson, Frame, Image, Pose2D, bgr_image
from ...skeleton import BLAZEPOSE33
from ..points import checked_points
from . import KINDS
from .landmark_network import LandmarkNetwork, Landmarks
from .people import (
    MIN_PRESENCE,
    SURE_PRESENCE,
    FollowedPerson,
    clearly_apart,
    distinct,
    first_landmarks,
    radius_px,
    same,
    surely_same,
)
from .person_detector import PersonDetector, Sighting, Window
from .search import WHOLE, Search, looks_in_turn
from .threads import default_threads

# At MediaPipe's default of 0.5, furniture in an empty room is reported as a person for seconds.
# In 1394 frames of people walking in and out, 203 had such a false positive (less than 90 px
# high) at 0.5, and 4 at 0.7, at the cost of one frame of a real person.
_MIN_SCORE = 0.7

# Among small things there are more that look like people.  Whoever is found by a look at a part of the
# picture only is reported after so many further frames.
_PROBATION_FRAMES = 5
_MOST_ON_PROBATION = 2  # at a time, when all places are taken


class BlazePose:
    """33 landmarks of each person, `score` is their visibility; the person's score is the presence.

    `world_m` is the network's own 3D estimate: metres, origin at the hip centre, camera axes (x
    right, y down, z away from the camera), depth underestimated.

    `landmarks` is the size of the network: full, heavy (larger, four times slower) or lite (smaller).
    At most `people` are followed, each at the cost of one run of that network; once so many are
    followed, nobody else is looked for, and with 1 that is the largest.  `threads`: how many cores
    a network may use, by default what suits this machine.
    """

    name = "blazepose"
    skeleton = BLAZEPOSE33

    def __init__(self, landmarks: str = "full", people: int = 1, threads: int | None = None) -> None:
        if landmarks not in KINDS:
            raise UsageError(f"--landmarks takes {', '.join(KINDS)}, not {landmarks!r}")
        if people < 1:
            raise UsageError(f"the detector needs at least one person, not {people}")
        self.many_people = people > 1
        self._most = people
        threads = threads or default_threads()
        self._find_people = PersonDetector(threads)
        self._find_landmarks = LandmarkNetwork(landmarks, threads)
        self._people: list[FollowedPerson] = []
        self._size_wh = (1, 1)
        self._search = Search(self._size_wh)
        self._around = looks_in_turn(self._size_wh)

    def __call__(self, frame: Frame) -> list[DetectedPerson]:
        """Everybody who is followed and in the frame."""
        image, t_s = bgr_image(frame.image), frame.t_capture_ns / 1e9
        if frame.size_wh != self._size_wh:
            self._people, self._size_wh, self._search = [], frame.size_wh, Search(frame.size_wh)
            self._around = looks_in_turn(frame.size_wh)
        self._people = self._followed(image, t_s)
        self._look_for_newcomers(image, t_s)
        confirmed = self._confirmed()
        if len(confirmed) == self._most:
            self._people = confirmed
        found = (_detected(frame, person.landmarks) for person in confirmed)
        return [person for person in found if person is not None]

    def look_around(self, frame: Frame) -> int:
        """How many people clearly apart from the followed ones one more look finds, at another part of the
        picture each time.  They are not followed, and no later answer is changed by it."""
        image, window = bgr_image(frame.image), next(self._around)
        known = [person.landmarks for person in self._people]
        others = [one for one in self._sightings(image, window) if all(clearly_apart(one, person) for person in known)]
        found = (first_landmarks(self._find_landmarks, image, one, SURE_PRESENCE) for one in others)
        return sum(landmarks is not None for landmarks in found)

    def close(self) -> None:
        """Follow nobody; LiteRT frees the networks together with this object."""
        self._people = []

    def _followed(self, image: Image, t_s: float) -> list[FollowedPerson]:
        """The people of the last frame who are in this one too, each once."""
        regions = [(person, person.region) for person in self._people]
        followed = distinct(person for person in self._people if person.follow(self._find_landmarks, image, t_s))
        for person, region in regions:
            if person not in followed and person.confirmed and region is not None:
                self._search.lose(region, t_s)
        return followed

    def _enough(self) -> bool:
        """Whether nobody else is wanted now, which also bounds the cost of a frame."""
        return len(self._confirmed()) == self._most or len(self._people) == self._most + _MOST_ON_PROBATION

    def _confirmed(self) -> list[FollowedPerson]:
        return [person for person in self._people if person.confirmed][: self._most]

    def _look_for_newcomers(self, image: Image, t_s: float) -> None:
        """Add the people who are seen for the first time."""
        for window in self._windows(t_s):
            for sighting in self._sightings(image, window):
                min_presence, probation = (MIN_PRESENCE, 0) if window is WHOLE else (SURE_PRESENCE, _PROBATION_FRAMES)
                landmarks = self._of_newcomer(image, sighting, min_presence)
                if landmarks is not None:
                    self._people.append(FollowedPerson(landmarks, t_s, probation))
                    if self._enough():
                        return

    def _windows(self, t_s: float) -> list[Window | None]:
        """Where to look for newcomers in this frame, until there is one."""
        if self._enough():
            return []
        return self._search.beside_others(t_s) if self._confirmed() else self._search.everywhere(t_s)

    def _sightings(self, image: Image, window: Window | None) -> list[Sighting]:
        """The largest first, weighted by the score: usually the subject is nearest to the camera."""
        sightings = self._find_people.look(image, window, _MIN_SCORE)
        sightings.sort(key=lambda one: radius_px(one.alignment) ** 2 * one.score, reverse=True)
        return sightings[: self._most + _MOST_ON_PROBATION]

    def _of_newcomer(self, image: Image, sighting: Sighting, min_presence: float) -> Landmarks | None:
        """Landmarks of the sighting, None if there is nobody, or somebody who is followed already."""
        known = [person.landmarks for person in self._people]
        if any(surely_same(sighting, person) for person in known):
            return None
        landmarks = first_landmarks(self._find_landmarks, image, sighting, min_presence)
        if landmarks is None or any(same(landmarks, person) for person in known):
            return None
        return landmarks


def _detected(frame: Frame, landmarks: Landmarks) -> DetectedPerson | None:
    xy, score = checked_points(landmarks.xy, landmarks.visibility, frame.size_wh)
    if np.isnan(xy).all():
        return None
    world = landmarks.world_m if np.isfinite(landmarks.world_m).all() else None
    keypoints = Pose2D.seen_in(frame, BLAZEPOSE33, xy, score, world)
    return DetectedPerson(keypoints, box_around(xy), landmarks.presence)
