"""Keypoints from a file in place of a network."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from ..errors import DetectorError, UsageError
from ..formats.keypoints_npz import read_keypoints
from ..pose import Frame, Pose2D, bgr_image
from ..tracking.people import LARGEST, PersonFollower
from .points import checked_points

# VideoPose3D's files do not tell their rate; most videos have this one.
DEFAULT_FPS = 30.0
_MAX_STRETCH = 0.02

_log = logging.getLogger("realtime.detectors")


class Replay:
    """Gives the keypoints of the frame's index; after the last come the first again, for
    sources that loop.

    The file is any that `read_keypoints` takes: this project's npz, or VideoPose3D's of
    one video or of a set (`video` picks from the set).  Of several people one is followed,
    as `person` says (person.py); UsageError where no frame shows so many.  Frames of
    another size than the video had get the keypoints in their own pixels; frames of another
    shape belong to another video: DetectorError.
    `length`, `fps` and `size_wh` tell what frames the keypoints want.
    """

    name = "replay"

    def __init__(
        self, path: str | Path, video: str | None = None, fps: float | None = None, person: str = LARGEST
    ) -> None:
        self._track = read_keypoints(Path(path), video)
        self._check(person, Path(path).name)
        self._follower = PersonFollower(person)
        self.skeleton = self._track.skeleton
        self.size_wh = self._track.size_wh
        self.fps = fps or self._track.fps or DEFAULT_FPS

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self._track)

    def __call__(self, frame: Frame) -> Pose2D | None:
        """The followed person's keypoints, None where the file has none for this frame."""
        bgr_image(frame.image[:1, :1])  # checked like any image, but not copied
        row = frame.index % self.length
        people, boxes = self._track.people[row], self._track.boxes[row]
        chosen = self._follower.choose(boxes[:, :4], boxes[:, 4], frame.t_capture_ns, self.size_wh)
        if chosen is None:
            return None
        zoom = self._zoom(frame.size_wh)
        xy, score = checked_points(people[chosen, :, :2] * zoom, people[chosen, :, 2], frame.size_wh)
        if np.isnan(xy).all():
            return None
        return Pose2D.seen_in(frame, self.skeleton, xy, score, self._follower.person)

    def close(self) -> None:
        """Nothing is held open."""

    def _check(self, person: str, name: str) -> None:
        most = max(map(len, self._track.people))
        if person.isdecimal() and int(person) > max(1, most):
            raise UsageError(f"--person {person}: {name} shows at most {most} at a time")
        if person != LARGEST and most <= 1:
            _log.info("--person %s: no effect, %s shows one person only", person, name)

    def _zoom(self, size_wh: tuple[int, int]) -> np.float32:
        across, down = (new / old for new, old in zip(size_wh, self.size_wh, strict=True))
        if abs(across / down - 1) > _MAX_STRETCH:
            raise DetectorError(
                f"the keypoints are of a video of {self.size_wh[0]} x {self.size_wh[1]} pixels, "
                f"not of frames of {size_wh[0]} x {size_wh[1]}; give the video they were made from"
            )
        return np.float32(across)
