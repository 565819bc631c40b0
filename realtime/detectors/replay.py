"""Keypoints from a file instead of a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import DetectorError
from ..formats.keypoints_npz import read_keypoints
from ..pose import DetectedPerson, Frame, Pose2D, bgr_image
from .points import checked_points

_MAX_STRETCH = 0.02


class Replay:
    """Returns the keypoints at the frame's index; after the last it starts again, for sources
    that loop.

    The file is any that `read_keypoints` accepts: this project's npz, or VideoPose3D's of one
    video or of a set (`video` selects from the set).  Keypoints are scaled to the frame's size;
    a frame with another aspect ratio belongs to another video and raises DetectorError.
    `length`, `fps` (None if neither the file nor the caller says), `times_s` (T,) (None if the file
    does not say) and `size_wh` describe the frames the keypoints belong to, `most_people` is the
    largest number of people in a frame.
    """

    name = "replay"
    many_people = True

    def __init__(self, path: str | Path, video: str | None = None, fps: float | None = None) -> None:
        self._track = read_keypoints(Path(path), video)
        self.file_name = Path(path).name
        self.most_people = max(map(len, self._track.people))
        self.skeleton = self._track.skeleton
        self.size_wh = self._track.size_wh
        self.fps = self._track.fps or fps
        self.times_s = self._track.times_s

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self._track)

    def __call__(self, frame: Frame) -> list[DetectedPerson]:
        """Everybody in the file at this frame's index."""
        bgr_image(frame.image[:1, :1])  # validates the image without copying all of it
        row = frame.index % self.length
        people, boxes = self._track.people[row], self._track.boxes[row]
        if not len(people):
            return []
        zoom = self._zoom(frame.size_wh)
        xy, score = checked_points(people[..., :2] * zoom, people[..., 2], frame.size_wh)
        keypoints = (Pose2D.seen_in(frame, self.skeleton, *person) for person in zip(xy, score, strict=True))
        rows = zip(keypoints, boxes[:, :4] * zoom, boxes[:, 4].tolist(), strict=True)
        return [DetectedPerson(*one) for one in rows]

    def close(self) -> None:
        """Nothing to free."""

    def _zoom(self, size_wh: tuple[int, int]) -> np.float32:
        across, down = (new / old for new, old in zip(size_wh, self.size_wh, strict=True))
        if abs(across / down - 1) > _MAX_STRETCH:
            raise DetectorError(
                f"the keypoints belong to a video of {self.size_wh[0]} x {self.size_wh[1]} px, "
                f"not to frames of {size_wh[0]} x {size_wh[1]}; give the video they were detected in"
            )
        return np.float32(across)
