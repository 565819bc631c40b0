"""The 2D keypoints of a whole video."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import FormatError
from .motion import Floats
from .pose import Array
from .skeleton import Skeleton

_MAX_SIDE_PX = 1 << 15
_MIN_FPS, _MAX_FPS = 0.1, 1000.0


@dataclass(frozen=True, eq=False)
class KeypointTrack:
    """Everybody who was seen, frame by frame.

    `people[t]` is (N, J, 3): x px, y px, score of each of N people, NaN where a joint is
    missing; N is 0 where nobody was seen.  `boxes[t]` is (N, 5): left, top, right and
    bottom px, score.  `fps` and `times_s` (T,), seconds that rise, are None where the file does not tell.
    """

    people: tuple[Array, ...]
    boxes: tuple[Array, ...]
    size_wh: tuple[int, int]
    skeleton: Skeleton
    fps: float | None = None
    times_s: Floats | None = None

    def __len__(self) -> int:
        return len(self.people)

    def best(self) -> Array:
        """(T, J, 3): of each frame the person with the highest box score, NaN where
        nobody was seen."""
        blank = np.full((len(self.skeleton), 3), np.nan, np.float32)
        return np.stack(
            [
                people[np.argmax(boxes[:, 4])] if len(people) else blank
                for people, boxes in zip(self.people, self.boxes, strict=True)
            ]
        )


def single_person_track(
    points: Array,
    size_wh: tuple[int, int],
    skeleton: Skeleton,
    fps: float | None = None,
    times_s: Floats | None = None,
) -> KeypointTrack:
    """A track of one person from `points` (T, J, 3), as `KeypointTrack.best` gives them.

    The box spans the points; its score is their mean score."""
    seen = np.asarray(np.isfinite(points).any((1, 2)))
    boxes = np.empty((len(points), 5), np.float32)
    boxes[seen] = boxes_around(points[seen])  # at once: a recording of hours has a million frames
    rows = [slice(t, t + int(present)) for t, present in enumerate(seen)]
    people, boxes_of = tuple(points[row] for row in rows), tuple(boxes[row] for row in rows)
    return KeypointTrack(people, boxes_of, size_wh, skeleton, fps, times_s)


def boxes_around(people: Array) -> Array:
    """(N, 5) boxes around the present joints of `people` (N, J, 3), score their mean."""
    if not len(people):
        return np.empty((0, 5), np.float32)
    low, high = np.nanmin(people[..., :2], 1), np.nanmax(people[..., :2], 1)
    boxes: Array = np.concatenate([low, high, np.nanmean(people[..., 2], 1)[:, None]], 1).astype(np.float32)
    return boxes


def checked_track(track: KeypointTrack, path: Path) -> KeypointTrack:
    """The track, if it has frames and an image size that can be (else FormatError)."""
    if not len(track):
        raise FormatError(f"{path} holds no frames of keypoints")
    if not all(1 <= side <= _MAX_SIDE_PX for side in track.size_wh):
        raise FormatError(f"{path} says its images are {track.size_wh[0]} x {track.size_wh[1]} pixels")
    if track.fps is not None and not _MIN_FPS <= track.fps <= _MAX_FPS:
        raise FormatError(f"{path} says it has {track.fps:g} frames a second")
    times_s = track.times_s
    if times_s is not None and not (np.isfinite(times_s).all() and (np.diff(times_s) > 0).all()):
        raise FormatError(f"{path} has times that do not rise")
    return track
