"""The keypoint guard, between gap filling and the window: corrects left/right swaps, holds outliers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..pose import Array, Pose2D
from ..skeleton import COCO17, Skeleton
from .side_swaps import PART, Points, SideSwapFilter, SideSwapLimits


@dataclass(frozen=True)
class OutlierLimits:
    """Thresholds for outliers; body sizes and the origin of the values as in `SideSwapLimits`."""

    max_error: float = 0.4  # allowed distance from the expected position, in sizes ...
    max_accel: float = 400.0  # ... plus this, sizes/s², times dt²: a kick at a low frame rate
    min_stable_s: float = 1.0  # time within half of that limit before a point can be an outlier
    max_hold_s: float = 0.07  # longest hold, rounded up to whole frames
    max_outliers: int = 5  # with more, the person has moved: nothing is held
    velocity_time_constant_s: float = 0.05  # of the velocity average
    max_gap_s: float = 0.5  # longer gaps reset the history: the longest gap that is bridged


class KeypointGuard:
    """Pose2D → the same pose, or one with swaps corrected or outliers held; adds no delay.

    Parts that `SideSwapFilter` reports as swapped are swapped back, with their scores.  Each
    point is expected at its last position or at the one its velocity predicts; one that moved
    steadily and is suddenly further away than bodies can move keeps its last position, with
    score 0, until it returns or `max_hold_s` has passed.  Points attached to a keypoint
    (fingers, feet, mouth) follow it; `world_m` is unchanged.  Another person, image size or
    skeleton, or a gap in time, resets the history.
    """

    def __init__(self, sides: SideSwapLimits | None = None, outliers: OutlierLimits | None = None) -> None:
        self._swaps = SideSwapFilter(sides)
        self._limits = outliers or OutlierLimits()
        self._layout = _Layout(COCO17)
        self.reset()

    def reset(self) -> None:
        """Reset the history: the next pose passes unchanged."""
        self._last: Pose2D | None = None

    def __call__(self, pose: Pose2D) -> Pose2D:
        """Call with finite poses in order, as `GapBridge` returns them; returns the same object if
        nothing is corrected."""
        last = self._last
        if last is None or not self._continues(last, pose):
            return self._start(pose)
        if pose.bridged:
            return replace(pose, xy=last.xy, score=np.minimum(pose.score, last.score))
        dt_s = (pose.t_capture_ns - last.t_capture_ns) / 1e9
        points = self._layout.points(pose)
        expected = self._at + self._velocity * dt_s
        swapped = self._swaps(points, expected, self._size_px, dt_s)
        if any(swapped):
            order = self._layout.order(swapped)
            pose = replace(pose, xy=pose.xy[order], score=pose.score[order])
            points = self._layout.points(pose)
        return self._hold_outliers(last, pose, points, expected, dt_s)

    def _continues(self, last: Pose2D, pose: Pose2D) -> bool:
        return (
            pose.person == last.person
            and pose.skeleton is last.skeleton
            and pose.size_wh == last.size_wh
            and 0 < pose.t_capture_ns - last.t_capture_ns <= self._limits.max_gap_s * 1e9
        )

    def _start(self, pose: Pose2D) -> Pose2D:
        if self._layout.skeleton is not pose.skeleton:
            self._layout = _Layout(pose.skeleton)
        return self._restart(pose, self._layout.points(pose))

    def _restart(self, pose: Pose2D, points: Points) -> Pose2D:
        self._swaps.reset()
        self._velocity = np.zeros(len(COCO17), complex)
        self._stable_s = np.zeros(len(COCO17))
        return self._remember(pose, points)

    def _remember(self, pose: Pose2D, points: Points) -> Pose2D:
        mean = complex(points.sum()) / len(points)
        square_px = float(np.vdot(points, points).real) / len(points) - abs(mean) ** 2
        self._size_px = math.sqrt(max(square_px, 1.0))
        self._last, self._at = pose, points
        return pose

    def _hold_outliers(self, last: Pose2D, pose: Pose2D, points: Points, expected: Points, dt_s: float) -> Pose2D:
        limits = self._limits
        step = points - self._at
        error = np.minimum(np.abs(points - expected), np.abs(step))
        limit_px = (limits.max_error + limits.max_accel * dt_s**2) * self._size_px
        far = error > limit_px
        if np.count_nonzero(far) > limits.max_outliers:
            return self._restart(pose, points)
        held = far & (self._stable_s > limits.min_stable_s) & ~np.array(self._swaps.released)[PART]
        self._count_stable(held, (error > limit_px / 2) | (self._layout.score(pose) == 0), dt_s)
        if held.any():
            pose = self._hold(last, pose, held)
            points = np.where(held, self._at, points)
        step[far] = 0  # outliers do not count as motion
        self._velocity += (step - self._velocity * dt_s) / (dt_s + limits.velocity_time_constant_s)
        return self._remember(pose, points)

    def _count_stable(self, held: NDArray[np.bool_], unstable: NDArray[np.bool_], dt_s: float) -> None:
        """Update how long each point has been stable; the excess is how long it may be held."""
        stable_s = np.minimum(self._stable_s + dt_s, self._limits.min_stable_s + self._limits.max_hold_s)
        stable_s[unstable] = 0
        self._stable_s = np.where(held, self._stable_s - dt_s, stable_s)

    def _hold(self, last: Pose2D, pose: Pose2D, held: NDArray[np.bool_]) -> Pose2D:
        is_held = held[self._layout.owner]
        xy = np.where(is_held[:, None], last.xy, pose.xy)
        return replace(pose, xy=xy, score=np.where(is_held, np.float32(0), pose.score))


@dataclass(frozen=True)
class _Layout:
    """Indices of the 17 COCO keypoints in a skeleton, and the keypoint each other point follows."""

    skeleton: Skeleton

    @cached_property
    def _coco(self) -> NDArray[np.intp]:
        return np.array(self.skeleton.indices(COCO17.joints))

    @cached_property
    def owner(self) -> NDArray[np.intp]:
        """(J,) the COCO-17 keypoint that each point is, or is attached to."""
        return np.array([self._owner(joint) for joint in range(len(self.skeleton))])

    def _owner(self, joint: int) -> int:
        name = self.skeleton.joints[joint]
        return COCO17.index(name) if name in COCO17.joints else self._owner(self.skeleton.parents[joint])

    def points(self, pose: Pose2D) -> Points:
        """(17,) the keypoints, px."""
        points: Points = pose.xy[self._coco].astype(np.float64).view(np.complex128)[:, 0]
        return points

    def score(self, pose: Pose2D) -> Array:
        """(17,) their scores."""
        return pose.score[self._coco]

    def order(self, swapped: tuple[bool, bool, bool]) -> NDArray[np.intp]:
        """(J,) indices that swap the given parts back."""
        moved = np.array(swapped)[PART[self.owner]]
        return np.where(moved, self.skeleton.mirror, np.arange(len(self.skeleton)))


# By the value of the setting; None leaves the keypoints unchanged.
GUARDS: dict[str, Callable[[], KeypointGuard] | None] = {"on": KeypointGuard, "off": None}
