"""Smoothing of the joints of one motion once what comes next is known."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..camera import pitched
from ..pose import ASSUMED_HEIGHT_M, BRIDGED, Estimate, Pose3D
from ..smoothing import ZeroLag


class MotionSmoother:
    """Estimates of one motion, in order → the same with smoothed joints, once `smooth.reach_s` of the future is
    there, or the motion ends.

    Poses that were repeated over a gap are neither changed nor used for others, so that nothing is smoothed across
    a gap.  `root_m` stays as it is: it is not found from one pose after the other by the same network, and
    has errors of its own kind.
    """

    def __init__(self, smooth: ZeroLag) -> None:
        self._smooth = smooth
        self._reach_ns = round(smooth.reach_s * 1e9)
        self._waiting: deque[Estimate] = deque()
        self._near: deque[Pose3D] = deque()  # oldest first

    def push(self, estimate: Estimate) -> list[Estimate]:
        """The estimates that are due, in order."""
        now_ns = estimate.pose.t_capture_ns
        self._waiting.append(estimate)
        if _is_own(estimate):
            self._near.append(estimate.pose)
        return list(self._due(now_ns - self._reach_ns))

    def finish(self) -> list[Estimate]:
        """The rest; the next estimate begins another motion."""
        rest = [self._smoothed(estimate) for estimate in self._waiting]
        self.reset()
        return rest

    def reset(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        self._near.clear()

    def _due(self, until_ns: int) -> Iterator[Estimate]:
        """Those before a time."""
        while self._waiting[0].pose.t_capture_ns < until_ns:
            yield self._smoothed(self._waiting.popleft())

    def _smoothed(self, estimate: Estimate) -> Estimate:
        if not _is_own(estimate):
            return estimate
        at_ns = estimate.pose.t_capture_ns
        while self._near[0].t_capture_ns < at_ns - self._reach_ns:
            self._near.popleft()
        near = [pose for pose in self._near if pose.t_capture_ns <= at_ns + self._reach_ns]
        t_s = np.array([pose.t_capture_ns - at_ns for pose in near]) / 1e9
        # In the axes of the pose in question: an estimated tilt changes.
        more_deg = estimate.pose.pitch_deg - np.array([pose.pitch_deg for pose in near])
        joints = pitched(np.stack([pose.xyz for pose in near]), more_deg)
        # Of a person of the usual height: who is told to be taller moves as much faster, and no less smoothly.
        size = np.float32((estimate.height_m or ASSUMED_HEIGHT_M) / ASSUMED_HEIGHT_M)
        xyz = size * self._smooth(joints / size, t_s)
        return replace(estimate, pose=replace(estimate.pose, xyz=xyz))


def _is_own(estimate: Estimate) -> bool:
    """Whether it is about what was seen in its frame."""
    return estimate.pose.reason != BRIDGED and bool(np.isfinite(estimate.pose.xyz).all())
