"""Gap filling between the detector and the window: short gaps are bridged, missing joints filled in.

The output contains finite values only.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..pose import Array, Frame, Pose2D
from ..skeleton import Skeleton

MAX_GAP_S = 0.5


class GapBridge:
    """The detected pose of a frame, or None → a pose without missing joints, or None.

    A frame without a person repeats the last pose for at most `max_gap_s`, by the frames'
    timestamps: it is marked `bridged`, has this frame's index and timestamps, and its score
    decreases linearly to 0 over the gap.  After a longer gap the result is None.

    A joint without a finite position keeps its last position of the same person, with score
    0.  A joint without a last position takes that of the nearest detected joint in the
    skeleton.
    """

    def __init__(self, max_gap_s: float = MAX_GAP_S) -> None:
        self._max_gap_ns = round(max_gap_s * 1e9)
        self._last: Pose2D | None = None

    def __call__(self, pose: Pose2D | None, frame: Frame) -> Pose2D | None:
        """Call once for every frame, in order, with the detected pose or None."""
        if pose is None or not np.isfinite(pose.xy).all(-1).any():
            return self._bridge(frame)
        self._last = self._fill_joints(pose)
        return self._last

    def _bridge(self, frame: Frame) -> Pose2D | None:
        last = self._last
        gap_ns = frame.t_capture_ns - last.t_capture_ns if last else -1
        if last is None or not 0 <= gap_ns <= self._max_gap_ns:
            self._last = None
            return None
        return replace(
            last,
            score=last.score * np.float32(1 - gap_ns / self._max_gap_ns),
            index=frame.index,
            t_capture_ns=frame.t_capture_ns,
            t_unix_ns=frame.t_unix_ns,
            bridged=True,
        )

    def _fill_joints(self, pose: Pose2D) -> Pose2D:
        seen = np.isfinite(pose.xy[:, 0]) & np.isfinite(pose.xy[:, 1])
        score = np.where(seen & np.isfinite(pose.score), pose.score, np.float32(0))
        if seen.all():
            return pose if np.isfinite(pose.score).all() else replace(pose, score=score)
        last = self._last
        if last is not None and last.person == pose.person and last.skeleton is pose.skeleton:
            xy = np.where(seen[:, None], pose.xy, last.xy)
        else:
            xy = _from_neighbours(pose.xy, seen, pose.skeleton)
        return replace(pose, xy=xy, score=score)


def _from_neighbours(xy: Array, seen: NDArray[np.bool_], skeleton: Skeleton) -> Array:
    """`xy` with every joint that is not `seen` at the position of the nearest one that is,
    by number of bones."""
    xy, known = xy.copy(), seen.copy()
    while not known.all():
        reached = known.copy()
        for a, b in skeleton.bones:
            for near, far in ((a, b), (b, a)):
                if known[near] and not reached[far]:
                    xy[far], reached[far] = xy[near], True
        known = reached
    return xy
