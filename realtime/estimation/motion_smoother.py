"""Smoothing of the joints of one motion once what comes next is known."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..pose import ASSUMED_HEIGHT_M, BRIDGED, Array, Estimate
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
        self._near: deque[tuple[int, Array]] = deque()  # time and joints, oldest first

    def push(self, estimate: Estimate) -> list[Estimate]:
        """The estimates that are due, in order."""
        now_ns = estimate.pose.t_capture_ns
        self._waiting.append(estimate)
        if _is_own(estimate):
            self._near.append((now_ns, estimate.pose.xyz))
        return list(self._due(now_ns - self._reach_ns))

    def finish(self) -> list[Estimate]:
        """The rest; the next estimate begins another motion."""
        rest = [self._smoothed(estimate) for estimate in self._waiting]
        self._waiting.clear()
        self._near.clear()
        return rest

    def _due(self, until_ns: int) -> Iterator[Estimate]:
        """Those before a time."""
        while self._waiting[0].pose.t_capture_ns < until_ns:
            yield self._smoothed(self._waiting.popleft())

    def _smoothed(self, estimate: Estimate) -> Estimate:
        if not _is_own(estimate):
            return estimate
        at_ns = estimate.pose.t_capture_ns
        while self._near[0][0] < at_ns - self._reach_ns:
            self._near.popleft()
        near = [(t_ns, xyz) for t_ns, xyz in self._near if t_ns <= at_ns + self._reach_ns]
        t_s = np.array([t_ns - at_ns for t_ns, _ in near]) / 1e9
        # Of a person of the usual height: who is told to be taller moves as much faster, and no less smoothly.
        size = np.float32((estimate.height_m or ASSUMED_HEIGHT_M) / ASSUMED_HEIGHT_M)
        xyz = size * self._smooth(np.stack([xyz for _, xyz in near]) / size, t_s)
        return replace(estimate, pose=replace(estimate.pose, xyz=xyz))


def _is_own(estimate: Estimate) -> bool:
    """Whether it is about what was seen in its frame."""
    return estimate.pose.reason != BRIDGED and bool(np.isfinite(estimate.pose.xyz).all())
